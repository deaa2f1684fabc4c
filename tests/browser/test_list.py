"""The alert list: figures, filters, keyboard, languages, and what happens when the hub or the session goes away."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect
from tests.browser.conftest import OpenPage, shoot, sign_in
from tests.browser.pictures import CAR, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand

from sharp_eyes.contract.event import EvidenceKind, Grade, Measure, SceneEvent, SceneName
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow

SHARE = Measure(name="covered", value=0.42, unit="1", threshold=0.2)
COUNT = Measure(name="count", value=1, unit="1", threshold=1)
LONG = Measure(name="dwell", value=200, unit="s", threshold=180)
SHORT = Measure(name="dwell", value=6.4, unit="s", threshold=5)
EVENTS = (
    ("north-stairs", SceneName.GAS_CYLINDER, Grade.MAJOR, COUNT, False),
    ("west-lane", SceneName.FIRE_LANE_BLOCKED, Grade.SERIOUS, SHARE, True),
    ("east-gate", SceneName.ILLEGAL_PARKING, Grade.ORDINARY, LONG, True),
    ("north-stairs", SceneName.EBIKE_STAIRWELL, Grade.ORDINARY, SHORT, False),
)


def report(gateway: PretendGateway, event: SceneEvent) -> None:
    """Send an event with its pictures."""
    picture = street(car=True, label=event.camera)
    gateway.send(event)
    gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(picture))
    gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(crop(picture, CAR)))


@pytest.fixture(scope="module", autouse=True)
def alerts(gateway: PretendGateway) -> None:
    gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in gateway.cameras))
    for camera, scene, grade, measure, real in EVENTS:
        report(gateway, gateway.event(camera, scene, grade=grade, measures=(measure,), real=real))


def test_the_figures_filter_what_they_count(open_page: OpenPage) -> None:
    """Each figure equals the number of rows that a press on it leaves."""
    page = open_page("lead")
    expect(page.locator(".row")).to_have_count(len(EVENTS))
    # the figures are an answer of their own, which may come after the rows
    expect(page.locator(".tile", has_text="未结案").locator(".tile__figure")).to_have_text(str(len(EVENTS)))
    for label in ("待派单", "处置中", "待核查", "已超时", "未结案"):
        tile = page.locator(".tile", has_text=label)
        figure = int(tile.locator(".tile__figure").inner_text())
        tile.click()
        expect(tile).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".row")).to_have_count(figure)


def test_a_scene_can_be_chosen_and_stays_in_the_address(open_page: OpenPage) -> None:
    """A filter is part of the address, so it survives going to a case and back."""
    page = open_page("lead", width=390)
    page.select_option(".filters select >> nth=1", "fire_lane_blocked")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("遮挡占比 42% / 20%")
    page.locator(".row").click()
    expect(page).to_have_url(re.compile(r"/cases/\d+$"))
    page.go_back()
    expect(page.locator(".row")).to_have_count(1)


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    """Arrow keys choose, the picture beside follows, Enter opens."""
    page = open_page("lead")
    expect(page.locator(".row")).to_have_count(len(EVENTS))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(".row").nth(1)
    expect(second).to_be_focused()
    expect(page.locator(".preview h1")).to_have_text(second.locator(".row__scene").inner_text())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cases/\d+$"))
    expect(page.locator(".log")).to_be_visible()


def test_the_language_is_the_browsers_until_it_is_chosen(open_page: OpenPage) -> None:
    """The choice is remembered over a reload."""
    page = open_page("lead", language="en-GB")
    expect(page.locator(".row").last).to_contain_text("E-bike in the stairwell")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".row").last).to_contain_text("电动车进楼")
    page.reload()
    expect(page.locator(".row").last).to_contain_text("电动车进楼")


def test_the_gravest_stands_first_and_the_newest_where_that_is_asked_for(open_page: OpenPage) -> None:
    """A major alarm that came first is not pushed down by what came after; the order is part of the address."""
    page = open_page("lead")
    expect(page.locator(".row").first).to_contain_text("重大")
    expect(page.locator(".row").nth(1)).to_contain_text("较大")
    page.select_option(".filters select >> nth=2", "newest")
    expect(page.locator(".row").first).to_contain_text("电动车进楼")
    page.reload()
    expect(page.locator(".row").first).to_contain_text("电动车进楼")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, width: int, language: str) -> None:
    """Sign-in, list and case fit the screen in both languages; the pictures are kept."""
    name = f"{width}-{language[:2]}"
    page = open_page(None, width=width, language=language)
    expect(page.locator("input[name=username]")).to_be_visible()
    shoot(page, f"sign-in-{name}")
    sign_in(page, "lead")
    expect(page.locator(".row img").first).to_be_visible()
    page.wait_for_timeout(700)  # the pictures and the sliding-in come to rest
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    page.wait_for_function(fits)
    shoot(page, f"list-{name}")
    page.goto(page.url.rstrip("/") + "/cases/1")
    expect(page.locator(".log li").first).to_be_visible()
    page.wait_for_timeout(300)
    page.wait_for_function(fits)
    shoot(page, f"case-{name}", whole=True)


def test_the_hubs_clock_counts_not_the_workstations(open_page: OpenPage) -> None:
    """A workstation that is two hours fast shows the right time left; two hours later by the hub it is overdue."""
    fast = (datetime.now(UTC) + timedelta(hours=2)).timestamp()
    page = open_page(None)
    page.clock.install(time=fast)
    page.goto(page.url)
    sign_in(page, "lead")
    expect(page.locator(".row", has_text="机动车违停").first).to_contain_text("剩余 0:2")

    def two_hours_later(route: Route) -> None:
        answer = route.fetch()
        date = format_datetime(datetime.now(UTC) + timedelta(hours=2, seconds=30), usegmt=True)
        route.fulfill(response=answer, headers={**answer.headers, "date": date})

    page = open_page(None)
    page.route(re.compile(r"/api/(?!stream)"), two_hours_later)  # the page goes by the last answer, whatever it is of
    sign_in(page, "lead")
    expect(page.locator(".row", has_text="机动车违停").first).to_contain_text("超时 1:3")
    page.get_by_role("button", name="浅色界面").click()
    shoot(page, "list-overdue-light-1440-zh")


def test_a_refusal_is_shown_in_the_hubs_words(stand: Stand, gateway: PretendGateway, open_page: OpenPage) -> None:
    """Two people act at once: the second one sees the hub's message, and the case as it is now."""
    event = gateway.event("north-stairs", SceneName.GAS_CYLINDER)
    report(gateway, event)
    lead = stand.client("lead")
    page = open_page("clerk", width=390)
    page.locator(".row").first.click()
    expect(page.locator("[data-move=reject]")).to_be_visible()
    page.click("[data-move=reject]")
    confirm = page.locator(".move-form button[type=submit]")
    expect(confirm).to_be_disabled()
    page.fill("textarea[name=reason]", "画面里没有燃气瓶")

    def another_is_faster(route: Route) -> None:
        path = urlsplit(route.request.url).path
        assert lead.post(path, json={"reason": "faster"}).is_success
        route.continue_()

    page.route("**/moves/reject", another_is_faster)
    confirm.click()
    expect(page.locator(".notice--danger")).to_contain_text("案件的状态已变")
    expect(page.locator(".headline")).to_contain_text("不予立案")


def test_an_ended_session_leads_to_sign_in_and_back(open_page: OpenPage) -> None:
    """The page says that the session is over; after signing in one is where one was."""
    page = open_page("lead")
    expect(page.locator(".row").first).to_be_visible()
    page.goto(page.url + "cases/2")
    expect(page.locator(".log")).to_be_visible()
    page.context.clear_cookies()
    said = page.get_by_text("登录已过期")
    page.get_by_role("link", name="摄像机").or_(said).click()  # a request of the page's own may have been first
    expect(said).to_be_visible()
    shoot(page, "sign-in-expired-1440-zh")
    sign_in(page, "lead", "a wrong password")
    expect(page.get_by_text("用户名或密码不正确")).to_be_visible()
    sign_in(page, "lead")
    expect(page).to_have_url(re.compile(r"/(cameras|cases/2)$"))


def test_a_lost_hub_is_said_and_what_was_missed_comes_by_itself(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """The hub stops: a banner says so. It starts again: the banner goes and a new alert waits, without a reload."""
    page = open_page("lead")
    expect(page.locator(".row").first).to_be_visible()
    before = page.locator(".row").count()
    page.locator(".row").first.click()  # somebody reads, so that nothing moves by itself
    stand.hub.stop()
    expect(page.locator(".lost")).to_contain_text("连接已断开", timeout=60_000)
    shoot(page, "lost-1440-zh")
    stand.hub.start()
    expect(page.locator(".lost")).to_have_count(0, timeout=90_000)
    gateway.wait_until_back()
    gateway.send(gateway.event("east-gate"))
    page.locator(".new-pill").click()
    expect(page.locator(".row")).to_have_count(before + 1)
