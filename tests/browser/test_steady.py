"""The operator never acts on the wrong case: nothing moves by itself, words are kept, one click can be undone."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import OpenPage, shoot, sign_in
from tests.browser.pictures import CAR, crop, hevc_clip, jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand, wait_for

from sharp_eyes.contract.event import EvidenceKind, SceneEvent, SceneName
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow

NEWEST = "/?order=newest"
"""Of many cases only the rows on the screen are in the page; what a test has just reported stands first so."""

ORDER = ".filters select >> nth=2"
REASON = "画面里没有燃气瓶，是一只水桶"


def report(gateway: PretendGateway, camera: str = "north-stairs", *, pictures: bool = True) -> SceneEvent:
    """Send an event that nobody files by itself."""
    event = gateway.event(camera, SceneName.GAS_CYLINDER)
    gateway.send(event)
    if pictures:
        picture = street(car=True, label=camera)
        gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(picture))
        gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(crop(picture, CAR)))
    return event


def case_of(client: httpx.Client, event: SceneEvent) -> dict[str, Any]:
    """The case that an event has made, in full."""
    items = client.get("/api/cases", params={"limit": 200}).json()["items"]
    identity = next(item["id"] for item in items if item["event_id"] == str(event.event_id))
    detail: dict[str, Any] = client.get(f"/api/cases/{identity}").json()
    return detail


@pytest.fixture(scope="module", autouse=True)
def cameras(gateway: PretendGateway) -> None:
    gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in gateway.cameras))


def place(what: Locator) -> dict[str, float]:
    """Where something stands on the screen."""
    box = what.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def rows(page: Page) -> list[str]:
    """The cases of the list, in order."""
    found: list[str] = page.eval_on_selector_all("[data-case]", "all => all.map(one => one.dataset.case)")
    return found


@pytest.mark.parametrize(
    ("language", "pill", "changed"), [("zh-CN", "3 条新告警", "案件有变动"), ("en-GB", "3 new", "changed while")]
)
@pytest.mark.parametrize("width", [1440, 390])
def test_new_alerts_and_other_people_leave_a_form_alone(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage, width: int, language: str, pill: str, changed: str
) -> None:
    """Three alerts come while a reason is typed, then somebody else decides the case: the text, the focus, the case in
    front and every place on the screen stay; the alerts wait, and the form says what happened and sends nothing."""
    lead = stand.client("lead")
    for _ in range(3):
        event = report(gateway)
    case = case_of(lead, event)
    page = open_page("clerk", width=width, language=language, path=NEWEST)
    page.locator(f"[data-case='{case['id']}']").click()
    page.locator("[data-move=reject]").click()
    text = page.locator("textarea[name=reason]")
    text.press_sequentially(REASON)
    drawn = "[...document.querySelectorAll('main img')].every(one => one.complete || one.loading === 'lazy')"
    page.wait_for_function(drawn)
    confirm = page.locator(".move-form button[type=submit]")
    expect(confirm).to_be_enabled()
    open_cases = lead.get("/api/cases/counts").json()["open"]
    before, stood, scrolled = rows(page), place(text), page.evaluate("window.scrollY")

    for camera in ("east-gate", "west-lane", "north-stairs"):
        report(gateway, camera)
    if width > 1000:
        expect(page.locator(".new-pill")).to_have_text(re.compile(pill))
        shoot(page, f"steady-list-{width}-{language[:2]}")
    expect(page).to_have_title(re.compile(rf"\({open_cases + 3}\)"))
    assert rows(page) == before
    assert page.evaluate("window.scrollY") == scrolled

    assert lead.post(f"/api/cases/{case['id']}/moves/file", json={}).is_success
    expect(page.locator(".move-form__changed")).to_contain_text(changed)
    assert lead.post(f"/api/cases/{case['id']}/moves/reject", json={"reason": "faster"}).is_success
    expect(page.locator(".move-form__changed")).to_contain_text("faster")
    expect(confirm).to_be_disabled()
    expect(text).to_have_value(REASON)
    expect(text).to_be_focused()
    assert place(text) == stood
    assert rows(page) == before
    shoot(page, f"steady-form-changed-{width}-{language[:2]}", whole=width < 600)
    page.locator(".move-form .button--quiet").click()
    expect(page.locator(".move-form")).to_have_count(0)
    if width > 1000:
        page.locator(".new-pill").click()
        expect(page.locator(".list__bar")).to_contain_text(str(open_cases + 2))
        expect(page.locator("[data-case]").first).not_to_have_attribute("data-case", before[0])
        left = [row for row in before if row != str(case["id"])]
        standing = rows(page)[3:]
        assert standing == left[: len(standing)]


def test_text_outlives_another_case_and_another_sign_in(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """A look at another case, a narrow window and an ended session cost nobody their words; others see none."""
    first, second = (case_of(stand.client("lead"), report(gateway)) for _ in range(2))
    page = open_page("clerk", path=NEWEST)
    page.locator(f"[data-case='{first['id']}']").click()
    page.locator("[data-move=reject]").click()
    text = page.locator("textarea[name=reason]")
    text.fill(REASON)
    page.locator(f"[data-case='{second['id']}']").click()
    expect(page.locator(".preview a.button")).to_contain_text(second["number"])
    expect(text).to_have_count(0)
    page.locator(f"[data-case='{first['id']}']").click()
    expect(text).to_have_value(REASON)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(text).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(text).to_have_value(REASON)
    page.context.clear_cookies()
    page.locator("header").get_by_role("link", name="摄像机").click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    sign_in(page, "clerk")
    page.locator("header").get_by_role("link", name="告警").click()
    page.select_option(ORDER, "newest")
    page.locator(f"[data-case='{first['id']}']").click()
    expect(text).to_have_value(REASON)
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, "lead")
    page.select_option(ORDER, "newest")
    page.locator(f"[data-case='{first['id']}']").click()
    expect(page.locator("[data-move=reject]")).to_be_visible()
    expect(text).to_have_count(0)


def test_one_click_can_be_undone_and_the_log_holds_only_what_was_done(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """Undone: the hub never hears of it. Not undone: it is filed in the end. Page left: filed at once."""
    lead = stand.client("lead")
    case = case_of(lead, report(gateway))

    def log() -> list[str]:
        lines = lead.get(f"/api/cases/{case['id']}").json()["log"]
        return [line["what"] for line in lines if line["actor_kind"] == "person"]

    page = open_page("clerk", path=f"/cases/{case['id']}")
    file = page.locator("[data-move=file]")
    file.click()
    waiting = page.locator(".pending__one")
    expect(waiting).to_contain_text(case["number"])
    expect(file).to_be_disabled()
    shoot(page, "undo-1440-zh")
    waiting.get_by_role("button", name="撤销").click()
    expect(waiting).to_have_count(0)
    expect(file).to_be_enabled()
    page.wait_for_timeout(7000)  # longer than it would have waited
    assert log() == []
    file.click()
    expect(waiting).to_be_visible()
    assert log() == [], "nothing is sent while it can be undone"
    expect(page.locator(".headline")).to_contain_text("已立案")
    expect(waiting).to_have_count(0)
    assert log() == ["filed"]

    case = case_of(lead, report(gateway))
    page = open_page("clerk", width=390, language="en-GB", path=f"/cases/{case['id']}")
    page.locator("[data-move=file]").click()
    expect(page.locator(".pending__one")).to_be_visible()
    shoot(page, "undo-390-en")
    page.goto("about:blank")
    assert wait_for("the move of a page that was left", log, 5) == ["filed"]


def test_a_refused_click_is_said_wherever_one_is(stand: Stand, gateway: PretendGateway, open_page: OpenPage) -> None:
    """Somebody was faster while it could be undone, and one has gone on to another page: the word comes there."""
    lead = stand.client("lead")
    case = case_of(lead, report(gateway))
    page = open_page("clerk", path=f"/cases/{case['id']}")
    page.locator("[data-move=file]").click()
    page.locator("header").get_by_role("link", name="摄像机").click()
    assert lead.post(f"/api/cases/{case['id']}/moves/reject", json={"reason": "faster"}).is_success
    expect(page.locator(".pending__one")).to_contain_text("案件的状态已变")
    page.locator(".pending__one").get_by_role("button", name="关闭").click()
    expect(page.locator(".pending__one")).to_have_count(0)


def test_a_row_whose_case_is_over_stays_until_the_list_is_tidied(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """The rows below do not come up under the pointer; the row says what became of it, and so does the preview."""
    lead = stand.client("lead")
    case = case_of(lead, report(gateway))
    page = open_page("clerk", path=NEWEST)
    row = page.locator(f"[data-case='{case['id']}']")
    row.click()
    below = page.locator(".row").nth(1)
    expect(below).to_be_visible()
    stood, before = place(below), rows(page)
    assert lead.post(f"/api/cases/{case['id']}/moves/reject", json={"reason": "a bucket"}).is_success
    expect(row).to_contain_text("不予立案")
    expect(row).to_contain_text("已不在此列表")
    expect(page.locator(".preview .headline")).to_contain_text("不予立案")
    assert rows(page) == before
    assert place(below) == stood
    shoot(page, "steady-gone-1440-zh")
    page.locator(".tidy").click()
    expect(row).to_have_count(0)


def test_a_clip_the_browser_cannot_play_is_offered_as_a_file(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """HEVC, tagged as a gateway tags it: many browsers play none, and a black picture would be no evidence."""
    event = report(gateway)
    content = hevc_clip()
    gateway.send_file(event.event_id, EvidenceKind.CLIP, content, "video/mp4")
    case = case_of(stand.client("lead"), event)
    for width, language, words in ((1440, "zh-CN", "无法播放"), (390, "en-GB", "cannot play")):
        page = open_page("lead", width=width, language=language, path=f"/cases/{case['id']}")
        if page.evaluate("document.createElement('video').canPlayType('video/mp4; codecs=\"hvc1.1.6.L93.B0\"')"):
            pytest.skip("this browser plays HEVC")
        expect(page.locator(".clip__none")).to_contain_text(words)
        page.locator(".clip__none").scroll_into_view_if_needed()
        shoot(page, f"clip-hevc-{width}-{language[:2]}")
        with page.expect_download() as started:
            page.locator(".clip__none a").click()
        assert started.value.suggested_filename == f"{case['number']}.mp4"
        assert started.value.path().read_bytes() == content
