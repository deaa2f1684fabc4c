"""The operator's desk: everything by keys, several cases at once, who is at a case, comments, handing over."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, shoot
from tests.browser.pictures import CAR, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway

from sharp_eyes.contract.event import EvidenceKind, Grade, Measure, SceneName
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow

ALERTS = 8
COUNT = Measure(name="count", value=1, unit="1", threshold=1)


@pytest.fixture(scope="module", autouse=True)
def alerts(gateway: PretendGateway) -> None:
    gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in gateway.cameras))
    for number in range(ALERTS):
        grade = Grade.MAJOR if number == 0 else Grade.ORDINARY
        event = gateway.event("north-stairs", SceneName.GAS_CYLINDER, grade=grade, measures=(COUNT,), real=True)
        picture = street(car=True, label=event.camera)
        gateway.send(event)
        gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(picture))
        gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(crop(picture, CAR)))


def at_desk(open_page: OpenPage, user: str = "lead", **how: object) -> Page:
    """The list with its first case in the preview."""
    page = open_page(user, **how)
    expect(page.locator(".preview [data-move]").first).to_be_visible()
    return page


def test_a_case_is_worked_on_without_a_mouse(open_page: OpenPage) -> None:
    """Choose, reject by a form, undo a filing, look up the keys, go to a case by its number, and back."""
    page = at_desk(open_page)
    press = page.keyboard.press
    press("j")
    press("j")
    second = page.locator(".row").nth(1)
    expect(second).to_be_focused()
    expect(page.locator(".preview .actions")).to_be_visible()

    press("r")
    expect(page.locator(".move-form [name=reason]")).to_be_focused()
    press("j")  # a letter for the field, not for the list
    press("Escape")
    expect(page.locator(".move-form")).to_have_count(0)
    expect(page.locator("[data-move=reject]")).to_be_focused()
    press("Escape")
    expect(second).to_be_focused()
    press("ArrowRight")
    expect(page.locator(".preview [data-move]").first).to_be_focused()
    press(".")
    expect(second).to_be_focused()

    press("f")
    expect(page.locator(".pending__one")).to_contain_text("立案")
    page.get_by_role("button", name="撤销").click()

    press("?")
    expect(page.locator(".key-table")).to_contain_text("下一条")
    page.wait_for_timeout(200)
    shoot(page, "keys-1440-zh")
    press("j")  # the window is above the list
    press("Escape")
    expect(page.locator(".key-table")).to_have_count(0)

    press("/")
    page.keyboard.type("000003")
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=000003"))
    page.keyboard.press("Control+a")
    press("Delete")
    expect(page.locator(".row")).to_have_count(ALERTS)
    press("Escape")

    press("Control+k")
    page.keyboard.type("000004")
    expect(page.locator("[role=option]").first).to_contain_text("-000004")
    shoot(page, "palette-1440-zh")
    press("Enter")
    expect(page).to_have_url(re.compile(r"/cases/\d+$"))
    expect(page.locator(".case-page__top")).to_contain_text("-000004")
    before = page.url
    press("j")
    expect(page).not_to_have_url(before)
    last = page.url.rsplit("/", 1)[-1]
    press("Escape")
    expect(page.locator(".row")).to_have_count(ALERTS)
    expect(page.locator(f"[data-case='{last}']")).to_be_focused()

    page.select_option(".filters select >> nth=0", "new")
    page.locator(f"[data-case='{last}']").press("Enter")
    expect(page.locator(".case-page__top")).to_be_visible()
    press("Escape")
    expect(page).to_have_url(re.compile(r"/\?view=new$"))


def test_a_row_that_is_scrolled_away_keeps_the_focus(open_page: OpenPage) -> None:
    """The list keeps the row that has it, so that the next key goes on from there."""
    page = at_desk(open_page, "lead", language="en-GB")
    page.set_viewport_size({"width": 1440, "height": 320})
    page.keyboard.press("j")
    first = page.locator(".row").first
    expect(first).to_be_focused()
    page.mouse.move(300, 250)
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(300)
    assert page.evaluate("window.scrollY") > 300
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".row").nth(1)).to_be_focused()


def test_several_cases_are_moved_as_one_and_can_be_taken_back(open_page: OpenPage) -> None:
    """Select by keys and by hand; what is sent has a reason for all, and what was refused is named."""
    page = at_desk(open_page)
    for key in ("j", "j", "x", "Shift+J", "Shift+J"):
        page.keyboard.press(key)
    expect(page.locator(".selection__count")).to_have_text("已选 3 条")
    expect(page.locator("[data-shared=file]")).to_be_visible()
    page.wait_for_timeout(300)
    shoot(page, "selection-1440-zh")
    page.keyboard.press("r")
    expect(page.locator(".shared [name=reason]")).to_be_focused()
    page.keyboard.type("演练")
    shoot(page, "selection-form-1440-zh")
    page.locator(".shared button[type=submit]").click()
    expect(page.locator(".pending__one")).to_contain_text("不予立案（3 条）")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".pending__one")).to_have_count(0)

    page.locator(".row").nth(5).hover()
    page.locator(".rows__pick").nth(5).click()
    page.locator(".rows__pick").nth(6).click(modifiers=["Shift"])
    expect(page.locator(".selection__count")).to_have_text("已选 2 条")
    page.locator("[data-shared=file]").click()
    expect(page.locator(".pending__one")).to_contain_text("立案（2 条）")
    expect(page.locator(".row", has_text="已立案")).to_have_count(2)


def test_others_see_who_is_at_a_case_and_whom_a_comment_calls(open_page: OpenPage) -> None:
    """On the row and on the case; a claim is taken over, and ends with the session; a notice leads to the case."""
    lead, clerk = at_desk(open_page), at_desk(open_page, "clerk", language="en-GB")
    lead.keyboard.press("c")
    row = clerk.locator(".row").first
    expect(row).to_contain_text("Claimed by 值班长")
    row.click()
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".case-page__head")).to_contain_text("Claimed by 值班长")
    expect(lead.locator(".row").first.locator(".company__open")).to_contain_text("受理员")
    clerk.keyboard.press("m")
    clerk.keyboard.type("请看现场 @le")
    expect(clerk.locator("#comment-people [role=option]").first).to_contain_text("值班长")
    shoot(clerk, "comment-1440-en")
    clerk.keyboard.press("Enter")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator(".log li").first).to_contain_text("Told @lead")
    expect(lead.locator(".bell__count")).to_have_text("2")  # the major alert, and the comment
    lead.locator(".bell summary").click()
    expect(lead.locator(".bell__list")).to_contain_text("备注中提到了您")
    lead.wait_for_timeout(200)
    shoot(lead, "bell-1440-zh")
    clerk.get_by_role("button", name="Take over").click()
    expect(lead.locator(".row").first).to_contain_text("受理员 已认领")
    clerk.get_by_role("button", name="Sign out").click()
    expect(lead.locator(".company")).to_have_count(0)
