"""A handler's day with a phone: the network goes, the browser is killed, and everything arrives exactly once."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, FilePayload, Geolocation, Page, expect
from tests.browser.conftest import PATIENCE_MS, OpenPage, find_barriers, hindrances_to_install, shoot, sign_in
from tests.browser.pictures import jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.said import LANGUAGES, said, speaks
from tests.browser.watch import Watch
from tests.e2e.stand import PASSWORD, Stand, wait_for

from sharp_eyes.contract.event import EvidenceKind, Grade

PHOTO: FilePayload = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": jpeg(street(car=True))}
PLACE: Geolocation = {"latitude": 31.2304, "longitude": 121.4738, "accuracy": 8.0}

LOSE_THE_FIRST_ANSWER = """
const whole = window.fetch;
window.fetch = async (request, ...more) => {
  const answer = await whole(request, ...more);
  if (request.url?.endsWith("/moves/accept") && !localStorage.getItem("lost")) {
    localStorage.setItem("lost", "once");  // outlives a reload after signing in again
    throw new TypeError("the network went while the answer was on its way");
  }
  return answer;
};
"""


class Phone:
    """A browser with a profile on disk, which can be killed in the middle of anything."""

    def __init__(self, browser: Browser, profile: Path, address: str) -> None:
        self._browser, self._profile, self._address = browser, profile, address
        self._context: BrowserContext | None = None
        self.watch = Watch(address)

    def start(
        self,
        path: str = "/",
        *,
        offline: bool = False,
        language: str = "zh-CN",
        before: Callable[[BrowserContext], object] | None = None,
    ) -> Page:
        """Open the page in a fresh process on the same profile."""
        (self._profile / "SingletonLock").unlink(missing_ok=True)
        self._context = self._browser.browser_type.launch_persistent_context(
            str(self._profile),
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            viewport={"width": 390, "height": 844},
            has_touch=True,
            locale=language,
            timezone_id="Asia/Shanghai",
            offline=offline,
            geolocation=PLACE,
            permissions=["geolocation"],
            timeout=PATIENCE_MS,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.watch.follow(self._context)
        if before is not None:
            before(self._context)
        page = self._context.pages[0]
        page.goto(self._address + path)
        return page

    def go_offline(self) -> None:
        """Once the page's own files are kept: what a phone has not finished fetching cannot open without network."""
        assert self._context is not None
        self._context.pages[0].evaluate("navigator.serviceWorker.ready.then(() => true)")
        self._context.set_offline(True)

    def go_online(self) -> None:
        assert self._context is not None
        self._context.set_offline(False)

    def kill(self) -> None:
        """SIGKILL: nothing of the browser's gets a word in."""
        assert self._context is not None
        (process,) = self._processes()
        os.kill(process, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        if self._context is not None:
            with contextlib.suppress(Error):  # it was killed
                self._context.close()
            self._context = None

    def _processes(self) -> Iterator[int]:
        wanted = f"--user-data-dir={self._profile}"
        for folder in Path("/proc").iterdir():
            try:
                words = (folder / "cmdline").read_text().split("\0") if folder.name.isdecimal() else []
            except OSError:
                continue
            if wanted in words and not any(word.startswith("--type=") for word in words):
                yield int(folder.name)


@pytest.fixture
def phone(browser: Browser, stand: Stand, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(browser, tmp_path / "profile", stand.hub.url)
    yield made
    made.close()
    assert not made.watch.faults, made.watch.faults


@pytest.fixture(scope="module")
def lead(stand: Stand) -> httpx.Client:
    return stand.client("lead")


def dispatched(gateway: PretendGateway, lead: httpx.Client, grade: Grade = Grade.ORDINARY) -> int:
    """A case that the rules have sent to the squad."""
    event = gateway.event("east-gate", grade=grade)
    gateway.send(event)
    gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(street(car=True)))

    def found() -> int | None:
        items = lead.get("/api/cases").json()["items"]
        return next((one["id"] for one in items if one["event_id"] == str(event.event_id) and one["unit"]), None)

    return wait_for("the case to be with the squad", found)


def detail(lead: httpx.Client, case: int) -> dict[str, Any]:
    return lead.get(f"/api/cases/{case}").json()  # type: ignore[no-any-return]


def photo(page: Page, moment: str) -> None:
    shown = page.locator("[data-photo]")
    before = shown.count()
    page.set_input_files(f"input[name=photo-{moment}]", PHOTO)
    expect(shown).to_have_count(before + 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_without_network_and_two_kills_arrives_exactly_once(
    phone: Phone, gateway: PretendGateway, lead: httpx.Client, language: str
) -> None:
    """Accepted, on site and photographed without network; killed; done without network; killed; all sent once."""
    case = dispatched(gateway, lead, Grade.SERIOUS)
    page = phone.start(language=language)
    sign_in(page, "squad")
    expect(page).to_have_url(re.compile(r"/tasks$"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert hindrances_to_install(page) == []
    expect(page.get_by_role("heading", name=said("tasks.title", language))).to_be_visible()
    speaks(page, language)
    shoot(page, f"tasks-390-{language}")
    page.click(f"[data-task='{case}']")
    expect(page.locator("[data-move=accept]")).to_be_visible()
    shoot(page, f"task-390-{language}", whole=True)
    for button in page.locator(".moves button").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 48

    phone.go_offline()
    page.click("[data-move=accept]")
    page.click("[data-move=arrive]")
    photo(page, "before")
    phone.kill()
    assert [line["what"] for line in detail(lead, case)["log"]][-1] == "dispatched", "nothing could be sent"

    page = phone.start(f"/tasks/{case}", offline=True, language=language)
    expect(page.locator("[data-queued=waiting]")).to_have_count(3)
    expect(page.locator("[data-move=accept]")).to_have_count(0)
    photo(page, "after")
    page.get_by_role("button", name=said("tasks.done", language)).click()
    page.fill("textarea", "车已开走")
    speaks(page, language)
    shoot(page, f"task-offline-390-{language}", whole=True)
    page.get_by_role("button", name=said("tasks.doneSend", language)).click()
    expect(page.locator("[data-queued=waiting]")).to_have_count(5)
    phone.kill()

    lose = LOSE_THE_FIRST_ANSWER
    page = phone.start("/tasks", language=language, before=lambda context: context.add_init_script(lose))
    page.wait_for_selector(".phone-bar, input[name=username]")
    if page.locator("input[name=username]").is_visible():
        sign_in(page, "squad")  # a killed browser may forget its cookie
    expect(page.locator(".phone-bar")).to_contain_text(said("outbox.title", language))
    wait_for("everything to arrive", lambda: detail(lead, case)["state"] == "handled")
    arrived = detail(lead, case)
    made = [line["what"] for line in arrived["log"]]
    assert page.evaluate("localStorage.getItem('lost')") == "once", "the first answer was lost on its way"
    assert [made.count(what) for what in ("accepted", "arrived", "handled")] == [1, 1, 1]
    assert made.index("accepted") < made.index("arrived") < made.index("handled")
    handled = arrived["log"][made.index("handled")]
    assert handled["note"] == "车已开走"
    photos = {one["id"]: one for one in arrived["evidence"] if one["kind"] == "photo"}
    assert sorted(one["moment"] for one in photos.values()) == ["after", "before"]
    assert all(one["place"] == PLACE for one in photos.values())
    assert set(handled["photo_ids"]) == set(photos)
    page.click(".phone-bar a:last-child")
    expect(page.get_by_text(said("outbox.none", language))).to_be_visible()
    expect(page.locator("[data-queued]")).to_have_count(0)
    speaks(page, language)


def test_what_somebody_else_has_settled_meanwhile_is_said_and_nothing_is_dropped(
    phone: Phone, gateway: PretendGateway, lead: httpx.Client
) -> None:
    """The centre withdraws a case while the phone is without network: the phone says so and waits for a person."""
    case = dispatched(gateway, lead)
    page = phone.start()
    sign_in(page, "squad")
    page.click(f"[data-task='{case}']")
    phone.go_offline()
    page.click("[data-move=accept]")
    page.click("[data-move=handle]")
    page.fill("textarea", "已处理")
    page.click("[data-confirm]")
    assert lead.post(f"/api/cases/{case}/moves/withdraw", json={"reason": "一处两报"}).is_success
    phone.go_online()
    refused = page.locator("[data-queued=failed]")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("撤回")
    expect(page.locator("[data-queued=waiting]")).to_contain_text("前一步")
    shoot(page, "task-refused-390-zh", whole=True)
    for _ in range(2):
        refused.locator("button").last.click()
        refused.locator("button").last.click()
        page.wait_for_timeout(300)
    expect(page.locator("[data-queued]")).to_have_count(0)
    assert "handled" not in [line["what"] for line in detail(lead, case)["log"]]


def test_what_was_done_while_the_account_changed_is_never_silently_gone(
    phone: Phone, gateway: PretendGateway, lead: httpx.Client, stand: Stand
) -> None:
    """Signed out by a change of role: the sign-in page says what waits; refused then, it is said on every page."""
    admin = stand.client("admin")
    relief = {"username": "relief", "role": "handler", "display_name": "交警二组", "unit": "traffic-police"}
    made = admin.post("/api/users", json=relief | {"new_password": PASSWORD, "password": PASSWORD})
    assert made.is_success, made.text
    case = dispatched(gateway, lead)
    page = phone.start()
    sign_in(page, "relief")
    page.click(f"[data-task='{case}']")
    phone.go_offline()
    page.click("[data-move=accept]")
    page.click("[data-move=arrive]")
    expect(page.locator("[data-queued=waiting]")).to_have_count(2)
    changed = admin.patch("/api/users/relief", json={"role": "checker", "password": PASSWORD})
    assert changed.is_success, changed.text
    phone.go_online()
    expect(page.locator("[data-left=relief]")).to_contain_text("2 项未发送")
    shoot(page, "unsent-left-390-zh")
    page.get_by_role("button", name="English").click()
    expect(page.locator("[data-left=relief]")).to_contain_text("2 things of relief")
    sign_in(page, "relief")
    expect(page).not_to_have_url(re.compile("sign-in"))
    page.goto(f"{stand.hub.url}/figures")
    stuck = page.locator("[data-stuck]")
    expect(stuck).to_contain_text("refused")
    shoot(page, "unsent-stuck-390-en")
    stuck.click()
    expect(page.locator("[data-queued=failed]")).to_have_count(1)
    expect(page.locator("[data-queued=waiting]")).to_contain_text("Sent once the one before is settled")
    assert "accepted" not in [line["what"] for line in detail(lead, case)["log"]]


def test_a_grid_worker_reports_without_network_and_the_desk_says_whether_it_is_the_same(
    phone: Phone, lead: httpx.Client, open_page: OpenPage
) -> None:
    """Kept on the phone with photo and place, sent when there is a network; the second of one spot is offered."""
    page = phone.start("/report")
    sign_in(page, "grid")
    expect(page.locator("option[value=parked_car]")).to_be_attached()
    phone.go_offline()
    for words in ("越野车堵住 7 号门", "又一辆"):
        page.select_option("select[name=kind]", "parked_car")
        page.set_input_files("input[name=photos]", PHOTO)
        page.click("button[name=locate]")
        expect(page.locator("fieldset [role=status]")).to_be_visible()
        page.fill("textarea[name=words]", words)
        shoot(page, "report-390-zh", whole=True)
        page.click(".report__send")
        expect(page.locator("textarea[name=words]")).to_have_value("")
    said = page.locator(".report > .notice")
    expect(said).to_contain_text("有网络时自动发送")
    assert lead.get("/api/cases", params={"source": "grid_worker"}).json()["items"] == []
    phone.go_online()

    def arrived() -> list[dict[str, Any]] | None:
        found = lead.get("/api/cases", params={"source": "grid_worker"}).json()["items"]
        return found if len(found) == 2 and all(one["picture_id"] for one in found) else None

    second, first = wait_for("both reports and their photos to arrive", arrived)
    expect(said).to_contain_text("已上报")
    assert detail(lead, first["id"])["position"] == {"longitude": PLACE["longitude"], "latitude": PLACE["latitude"]}
    for width, language in ((1440, "zh-CN"), (390, "en-GB")):
        desk = open_page("lead", path=f"/cases/{second['id']}", width=width, language=language)
        expect(desk.locator(f"[data-duplicate='{first['id']}']")).to_be_visible()
        shoot(desk, f"duplicate-{width}", whole=True)
    desk.click("button[name=two]")
    expect(desk.locator("[data-duplicate]")).to_have_count(0)
    clerk = open_page("clerk", path="/report")
    clerk.click("button[name=on-map]")
    expect(clerk.locator(".picker [data-map]")).to_be_visible()
    shoot(clerk, "report-desk-1440-zh", whole=True)


def test_an_inspection_is_walked_without_network_and_its_failure_becomes_a_case(
    phone: Phone, lead: httpx.Client, open_page: OpenPage
) -> None:
    """One item after the other; what was found outlives the page, and is handed in when there is a network."""
    place = {"kind": "restaurant", "name": "东门小馆", "area": lead.get("/api/session").json()["area"]}
    premises = lead.post("/api/premises", json=place).json()["id"]
    page = phone.start("/inspections")
    sign_in(page, "grid")
    page.click(f"[data-due='{premises}'] a")
    page.click("button[name=begin]")
    phone.go_offline()
    page.click("[data-item=gas-alarm] button[name=fail]")
    page.set_input_files("input[name=photos]", PHOTO)
    expect(page.locator("figure img")).to_be_visible()
    page.fill("textarea[name=note]", "报警器未接电")
    page.click("[data-item] summary")
    assert not find_barriers(page)
    shoot(page, "inspection-390-zh", whole=True)
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator("textarea[name=note]")).to_have_value("报警器未接电")
    page.click("button[name=next]")
    page.click("[data-item=exit-doors] button[name=pass]")
    page.click("button[name=next]")
    shoot(page, "inspection-overview-390-zh", whole=True)
    page.click("button[name=hand-in]")
    expect(page.get_by_role("status").first).to_be_visible()
    phone.go_online()
    case = wait_for("the case", lambda: lead.get("/api/cases", params={"source": "inspection"}).json()["items"])[0]
    assert (case["grade"], case["unit"], case["kind"]) == ("major", "fire-brigade", "fire_hazard")
    assert case["picture_id"] is not None
    for width, language in ((1440, "zh-CN"), (390, "en-GB")):
        desk = open_page("lead", path=f"/cases/{case['id']}", width=width, language=language)
        expect(desk.locator("dd", has_text=re.compile("安全生产法|Work Safety Law"))).to_be_visible()
        shoot(desk, f"inspection-case-{width}", whole=True)
        desk.goto(desk.url.replace(f"/cases/{case['id']}", "/register/premises"))
        desk.locator(f"[data-row='{premises}'] button").click()
        expect(desk.locator(f"[data-hazard='{case['number']}']")).to_be_visible()
        expect(desk.locator("[data-inspection]")).to_have_count(1)
        shoot(desk, f"premises-{width}", whole=True)


def test_a_resident_reports_follows_and_rates_without_an_account(open_page: OpenPage, lead: httpx.Client) -> None:
    """On their own phone: where they stand, a photo, a number, how it goes in plain words, and stars at last."""
    page = open_page(None, width=390, path="/report-here")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(PLACE)
    page.select_option("[name=service]", "leaning_tree")
    page.fill("[name=words]", "树斜了，挡住半条巷子")
    page.click(".resident .button--main")
    expect(page.get_by_role("alert")).to_contain_text("请定位")
    page.click("[name=locate]")
    expect(page.locator(".resident__placed")).to_be_visible()
    page.set_input_files("[name=photo]", PHOTO)
    expect(page.locator("figure img")).to_be_visible()
    page.fill("[name=phone]", "13800001111")
    assert not find_barriers(page)
    shoot(page, "resident-390-zh", whole=True)
    page.click(".resident .button--main")
    number = page.locator("[data-number]").inner_text()
    assert not find_barriers(page)
    shoot(page, "resident-sent-390-zh", whole=True)
    page.click("[name=follow-it]")
    expect(page.locator("[data-status=open]")).to_contain_text("已安排人员处理")
    case = next(one["id"] for one in lead.get("/api/cases").json()["items"] if one["number"] == number)
    assert lead.post(f"/api/cases/{case}/moves/force_close", json={"reason": "done"}).status_code == 200

    page.goto(page.url)
    expect(page.locator("[data-status=closed]")).to_contain_text("已办结")
    page.locator(".follow__stars label").nth(3).click()
    assert not find_barriers(page)
    shoot(page, "resident-rating-390-zh", whole=True)
    page.click("[name=rate]")
    expect(page.get_by_text("感谢您的评价")).to_be_visible()
    assert lead.get(f"/api/cases/{case}").json()["rating"] == 4

    other = open_page(None, language="en-GB", path=f"/report-here/{number}")
    other.evaluate("localStorage.setItem('sharp-eyes.theme', 'light')")
    other.reload()
    expect(other.locator("[data-status=closed]")).to_contain_text("Done")
    assert other.locator(".follow form").count() == 0  # the stars are the reporter's
    shoot(other, "resident-follow-1440-en", whole=True)
    other.goto(other.url.removesuffix(f"/{number}"))
    other.click("[name=on-map]")
    expect(other.locator(".picker canvas")).to_be_visible()
    assert not find_barriers(other)
    shoot(other, "resident-1440-en", whole=True)
