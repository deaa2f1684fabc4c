"""An operator's whole day in one window, in either language: by keys alone, with a colleague, until the shift ends."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.conftest import OpenPage, add_people, go_to, shoot, sign_in
from tests.browser.desk_day import REASONS, STORM, WATCHED, WORDS, Street, Words, row, step, take_row, walk_to
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.said import said, speaks
from tests.e2e.killable import ROOT
from tests.e2e.stand import Stand, wait_for

from sharp_eyes.contract.event import Grade
from sharp_eyes.contract.status import CameraState
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.settings import load_settings

pytestmark = pytest.mark.slow

REPEATS = 3
NAMES = ("night",)
"""Names of things on the pages of this day."""
LIMIT = "2 hours"
"""Until what nobody looks at is late: no day of a test takes so long, and a turned clock says when it did."""

PLACES = """[...document.querySelectorAll('[data-case]')]
    .map(({dataset, parentElement}) => [dataset.case, parentElement.style.transform])"""
"""Which rows stand where."""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """A hub with the demo district's pack, which has reasons, units and ladders."""
    folder = tmp_path_factory.mktemp("hub")
    city = yaml.safe_load((ROOT / "configs/city/demo-district.yaml").read_text(encoding="utf-8"))
    for clock in ("triage", "dispatch"):
        city["clocks"][clock] |= {"limit": LIMIT, "grades": {}}
    file = folder / "own-city.yaml"
    file.write_text(yaml.safe_dump(city, allow_unicode=True), encoding="utf-8")
    made = Stand(folder, city=str(file), limits={"storm_events": 0})
    add_people(made)
    made.add_user("night", "shift_lead", "--display-name", "夜班值班长")
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture
def at_street(stand: Stand, gateway: PretendGateway) -> Iterator[Street]:
    gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in gateway.cameras))
    made = Street(gateway, stand.client("clerk"))
    yield made
    made.end(stand.client("lead"))


def show_new(page: Page) -> None:
    """Let come what waits behind the pill, by its key."""
    expect(page.locator(".new-pill")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".new-pill")).to_have_count(0)


def begin(open_page: OpenPage, stand: Stand, language: str) -> Page:
    """Sign in by the form, and ask for notifications on the desktop."""
    page = open_page(None, language=language)
    page.context.grant_permissions(["notifications"], origin=stand.hub.url)
    page.add_init_script(WATCHED)
    page.goto(stand.hub.url + "/account")
    sign_in(page, "lead")
    page.check("input[name=notify]")
    go_to(page, WORDS[language].alerts)
    return page


@pytest.mark.parametrize("language", WORDS)
def test_an_operators_day(stand: Stand, at_street: Street, open_page: OpenPage, language: str) -> None:
    """Sign in, triage by keys while a storm comes, several at once, two at one case, a call, an escalation, the end."""
    words = WORDS[language]
    bikes = [at_street.case(at_street.bike(f"stairs-{number}", picture=number == 0)) for number in range(7)]
    intruders = [at_street.case(at_street.intruder()) for _ in range(2)]
    page = begin(open_page, stand, language)
    expect(row(page, bikes[0])).to_be_visible()

    a_storm_moves_nothing(page, at_street, bikes[0], words, REASONS[language])
    one_by_one(page, at_street, bikes[1], bikes[2], words)
    several_at_once(page, at_street, bikes[3:6], intruders, words)
    two_at_one_case(page, at_street, bikes[6], words, REASONS[language])
    again = repeats_fold(page, at_street)
    one_alarm_is_split_off(page, at_street, again, language)
    a_place_is_silenced(page, at_street, again, language)
    it_calls(page, at_street, words)
    nobody_acknowledges(page, stand, at_street, words)
    the_shift_ends(page, at_street, words)


def a_storm_moves_nothing(page: Page, at_street: Street, case: int, words: Words, reason: str) -> None:
    """It waits behind the pill while a reason is typed; a key shows it, and the words are still there."""
    walk_to(page, case)
    page.keyboard.press("v")
    expect(page.locator(".move-form select[name=reason]")).to_be_focused()
    typed = page.locator(".move-form textarea[name=note]")
    page.keyboard.press("Tab")
    expect(typed).to_be_focused()
    page.keyboard.type(reason[:6])
    before, stood = page.evaluate(PLACES), typed.bounding_box()
    for _ in range(STORM):
        at_street.bike()
    expect(page.locator(".new-pill")).to_have_text(re.compile(words.new))
    page.keyboard.type(reason[6:])
    expect(typed).to_have_value(reason)
    assert page.evaluate(PLACES) == before
    assert typed.bounding_box() == stood
    shoot(page, f"day-storm-{page.evaluate('document.documentElement.lang')}")
    page.keyboard.press("Escape")
    expect(page.locator(".move-form")).to_have_count(0)
    expect(page.locator(".actions__more summary")).to_be_focused()  # where the move is
    show_new(page)
    expect(page.locator(".list__bar")).to_contain_text(str(9 + STORM))
    page.keyboard.press("v")
    expect(typed).to_have_value(reason)
    page.locator(".move-form .button--quiet").press("Enter")
    page.keyboard.press("Escape")
    expect(row(page, case)).to_be_focused()


def one_by_one(page: Page, at_street: Street, case: int, other: int, words: Words) -> None:
    """File, undo, file again, send, reject with a reason of the pack; look up the keys and go by the palette."""
    press = page.keyboard.press
    walk_to(page, case)
    press("f")
    expect(page.locator(".pending__one")).to_contain_text(words.undone)
    press("z")
    expect(page.locator(".pending__one")).to_have_count(0)
    assert at_street.state(case) == "reported"
    press("f")
    expect(row(page, case)).to_contain_text(words.filed)
    expect(page.locator("[data-move=dispatch]")).to_be_enabled()  # new buttons take no press for a moment
    press("ArrowRight")
    expect(page.locator(".preview [data-move]").first).to_be_focused()
    press(".")
    expect(row(page, case)).to_be_focused()
    press("d")
    unit = page.locator(".move-form select[name=unit]")
    expect(unit).to_be_focused()
    unit.select_option("traffic-police")
    page.locator(".move-form button[type=submit]").press("Enter")
    expect(page.locator(".move-form")).to_have_count(0)
    expect(row(page, case)).to_be_focused()
    assert at_street.state(case) == "dispatched"

    walk_to(page, other)
    press("r")
    expect(page.locator(".move-form select[name=reason]")).to_be_focused()
    page.locator(".move-form select[name=reason]").select_option("minor")
    page.locator(".move-form button[type=submit]").press("Enter")
    expect(row(page, other)).to_have_class(re.compile("row--gone"))
    press("?")
    expect(page.locator(".key-table")).to_be_visible()
    press("Escape")
    press("/")
    page.keyboard.type("stairs-6")
    expect(page.locator("[data-case]")).to_have_count(1)
    press("Control+a")
    press("Delete")
    press("Escape")
    expect(row(page, case)).to_be_visible()


def several_at_once(page: Page, at_street: Street, three: list[int], filed: list[int], words: Words) -> None:
    """Three are filed, taken back, filed and made void for a reason of the pack; two are sent as one."""
    press = page.keyboard.press

    def select(cases: list[int]) -> None:
        walk_to(page, cases[0])
        press("x")
        for _ in cases[1:]:
            step(page, "Shift+J")
        expect(page.locator(".selection__count")).to_contain_text(str(len(cases)))
        expect(page.locator("[data-shared]").first).to_be_visible()  # the hub said what can be done with them

    select(three)
    press("f")
    expect(page.locator(".pending__one")).to_contain_text(words.undo_several)
    press("z")
    expect(page.locator(".pending__one")).to_have_count(0)
    assert {at_street.state(case) for case in three} == {"reported"}
    select(three)
    press("f")
    for case in three:
        expect(row(page, case)).to_contain_text(words.filed)
    select(three)
    press("v")
    page.locator(".shared select[name=reason]").select_option("look-alike")
    page.locator(".shared button[type=submit]").press("Enter")
    select(filed)
    press("d")
    page.locator(".shared select[name=unit]").select_option("traffic-police")
    page.locator(".shared button[type=submit]").press("Enter")
    for case in three:
        expect(row(page, case)).to_have_class(re.compile("row--gone"))
    expect(page.locator(".pending__one")).to_have_count(0)
    assert {at_street.state(case) for case in three} == {"voided"}
    assert {at_street.state(case) for case in filed} == {"dispatched"}


def two_at_one_case(page: Page, at_street: Street, case: int, words: Words, reason: str) -> None:
    """Who is there is seen; a comment calls; the second to move is told so, and what was typed stays."""
    clerk, body = at_street.clerk, {"page": "another-page-0000", "case": case}
    assert clerk.put("/api/desks", json=body).is_success
    assert clerk.put(f"/api/cases/{case}/claim", json={}).is_success
    expect(row(page, case)).to_contain_text(words.claimed)
    expect(row(page, case)).to_contain_text(words.open_by)
    said = {"note": "@lead 请看一下"}
    assert clerk.post(f"/api/cases/{case}/moves/comment", json=said).is_success
    expect(page.locator(".bell__count")).to_be_visible()
    walk_to(page, case)
    page.keyboard.press("Enter")
    expect(page.locator(".log li").first).to_contain_text(words.told)
    page.keyboard.press("r")
    page.locator(".move-form select[name=reason]").select_option("minor")
    page.locator(".move-form textarea[name=note]").fill(reason)

    def another_is_faster(route: Route) -> None:
        assert clerk.post(f"/api/cases/{case}/moves/reject", json={"reason": "minor"}).is_success
        route.continue_()

    page.route("**/moves/reject", another_is_faster, times=1)
    page.locator(".move-form button[type=submit]").press("Enter")
    expect(page.locator(".actions .notice--danger")).to_contain_text(words.changed)
    expect(page.locator(".move-form textarea[name=note]")).to_have_value(reason)
    expect(page.locator(".move-form button[type=submit]")).to_be_disabled()
    shoot(page, f"day-conflict-{page.evaluate('document.documentElement.lang')}")
    page.locator(".move-form .button--quiet").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".list__bar")).to_be_visible()


def repeats_fold(page: Page, at_street: Street) -> int:
    """What happens again at a spot is counted on its row, and makes none of its own; gives its case."""
    take_row(page)
    first = at_street.case(at_street.bike("stairs-again"))
    show_new(page)
    walk_to(page, first)
    for _ in range(REPEATS):
        at_street.bike("stairs-again")
    expect(row(page, first).locator(".row__count")).to_contain_text(f"×{1 + REPEATS}")
    expect(page.locator(".new-pill")).to_have_count(0)
    return first


def one_alarm_is_split_off(page: Page, at_street: Street, case: int, language: str) -> None:
    """The alarms that joined a case are ticked by what they show; those chosen make a case of their own."""
    page.keyboard.press("Enter")
    page.locator(".actions").get_by_text(said("case.more", language), exact=True).click()
    page.locator("[data-move=split]").click()
    alarms = page.get_by_role("group", name=said("form.alarms", language))
    expect(alarms.get_by_role("checkbox")).to_have_count(REPEATS)
    send = page.locator(".move-form button[type=submit]")
    expect(send).to_be_disabled()
    alarms.get_by_role("checkbox").first.check()
    page.locator(".move-form textarea[name=note]").fill("不是同一辆车")
    speaks(page, language, *NAMES)
    shoot(page, f"day-split-{language}")
    send.click()
    expect(page.locator(".log li").first).to_contain_text(said("line.split", language))
    expect(page.locator(".headline")).to_contain_text(said("case.events", language, n=REPEATS))
    speaks(page, language, *NAMES)
    newest = at_street.clerk.get("/api/cases", params={"state": "reported", "limit": 200}).json()["items"]
    assert at_street.clerk.get(f"/api/cases/{case}").json()["event_count"] == REPEATS
    assert max(one["id"] for one in newest) > case


def a_place_is_silenced(page: Page, at_street: Street, case: int, language: str) -> None:
    """For a reason, until an end: what comes there waits; when it is ended by hand, that comes to the list."""
    page.locator("[data-act=snooze]").click()
    page.select_option("select[name=snooze-hours]", "1")
    page.uncheck("input[name=snooze-zone]")
    begin = page.get_by_role("button", name=said("snooze.set", language), exact=True)
    expect(begin).to_be_disabled()
    page.fill("textarea[name=snooze-reason]", "楼道改造")
    begin.click()
    set_here = page.locator("[data-snooze]")
    expect(set_here).to_contain_text("楼道改造")
    expect(set_here).to_contain_text(said("snooze.until", language, when="").strip())
    speaks(page, language, *NAMES)
    shoot(page, f"day-snooze-{language}")
    calling = at_street.clerk.get("/api/cases/counts").json()["unacknowledged"]
    quiet = at_street.case(at_street.bike("stairs-works"))
    assert at_street.state(quiet) == "rejected"
    assert at_street.clerk.get("/api/cases/counts").json()["unacknowledged"] == calling
    set_here.get_by_role("button", name=said("snooze.end", language)).click()
    expect(set_here).to_have_count(0)
    wait_for("what was silenced to be open again", lambda: at_street.state(quiet) != "rejected")
    page.get_by_role("link", name=said("case.back", language)).click()
    expect(page.locator(".list__bar")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("stairs-works")
    expect(page.locator("[data-case]")).to_have_count(1)
    expect(row(page, quiet)).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")


def it_calls(page: Page, at_street: Street, words: Words) -> None:
    """A sound, the tab's number, a notification on the desktop that leads to the case; acknowledged, it is quiet."""
    calling = at_street.clerk.get("/api/cases/counts").json()["unacknowledged"]
    expect(page.locator(f"[data-calling='{calling}']")).to_be_visible()
    page.evaluate("window.away = true; window.tones = 0;")
    event = at_street.bike(grade=Grade.MAJOR)
    page.wait_for_function("() => window.tones >= 5 && window.shown.length === 1")
    expect(page).to_have_title(f"({calling + 1}) {words.title}")
    shown: dict[str, Any] = page.evaluate(
        "(({title, body, tag, requireInteraction}) => ({title, body, tag, requireInteraction}))(window.shown[0])"
    )
    case = at_street.case(event)
    assert words.major in shown["title"]
    assert shown["tag"] == f"/cases/{case}"
    assert shown["requireInteraction"], "what is major stays until somebody sees it"
    page.evaluate("window.away = false; window.shown[0].dispatchEvent(new Event('click'))")
    expect(page).to_have_url(re.compile(rf"/cases/{case}$"))
    expect(page.locator("[data-move=acknowledge]")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("[data-move=acknowledge]")).to_have_count(0)
    expect(page).to_have_title(re.compile(rf"^\({calling}\) "))


def nobody_acknowledges(page: Page, stand: Stand, at_street: Street, words: Words) -> None:
    """Another hub on the database, whose clock is ahead, does what time would: the page says who was told."""
    page.keyboard.press("Escape")
    take_row(page)
    case = at_street.case(at_street.bike(grade=Grade.SERIOUS))
    show_new(page)
    due = datetime.fromisoformat(at_street.clerk.get(f"/api/cases/{case}").json()["due_at"])
    ahead = Hub(load_settings(stand.folder / "hub.yaml"), lambda: due + timedelta(minutes=1))
    ahead.take_city()
    run_due(ahead.transaction)
    ahead.stop()
    expect(row(page, case).locator(".escalated")).to_contain_text(words.escalated)
    shoot(page, f"day-escalated-{page.evaluate('document.documentElement.lang')}")
    walk_to(page, case)
    page.keyboard.press("Enter")
    expect(page.locator(".headline .escalated")).to_contain_text(words.escalated)
    expect(page.locator(".log")).to_contain_text(words.lead)


def the_shift_ends(page: Page, at_street: Street, words: Words) -> None:
    """The case prints as a form to sign; the sheet says what is open, and goes to whoever comes next."""
    page.emulate_media(media="print")
    expect(page.get_by_text(words.signature)).to_be_visible()
    expect(page.locator("header.header")).to_be_hidden()
    page.emulate_media(media="screen")
    page.keyboard.press("Control+k")
    page.keyboard.type(words.handover)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/handover"))
    page.locator("select[name=to]").select_option(label="夜班值班长")
    page.locator("textarea[name=note]").fill(REASONS["zh-CN"])
    page.locator("form button[type=submit]").press("Enter")
    expect(page.get_by_role("heading", name=re.compile(words.given))).to_be_visible()
    expect(page.locator("article")).to_contain_text(REASONS["zh-CN"])
    page.emulate_media(media="print")
    shoot(page, f"day-sheet-{page.evaluate('document.documentElement.lang')}", whole=True)
    page.emulate_media(media="screen")
