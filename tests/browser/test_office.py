"""An office's days beyond the camera, in the browser: who told of a case hears back, a whistle, a lone elder's home."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import EAST, OpenPage, add_people, shoot
from tests.e2e.killable import ROOT
from tests.e2e.stand import PASSWORD, Stand

from sharp_eyes.client import Client

pytestmark = pytest.mark.slow

SPOT = {"longitude": 120.5214, "latitude": 29.6262, "datum": "wgs84"}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """A hub with the demo district's pack, which knows callers, whistles and devices."""
    made = Stand(tmp_path_factory.mktemp("hub"), city=str(ROOT / "configs/city/demo-district.yaml"))
    add_people(made)
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


def told(stand: Stand, **more: Any) -> int:
    """Somebody told the clerk of a hole in the road, who wrote it down; gives its case."""
    with Client(stand.hub.url) as clerk:
        clerk.sign_in("clerk", PASSWORD)
        return clerk.report("visit", "road_hole", words="7 号院门前路面坑洞", area=EAST, **more).case


def test_who_told_of_it_hears_what_became_of_it(stand: Stand, open_page: OpenPage) -> None:
    """The clerk finds the call that is owed, makes it and notes the stars; then none is owed, and figures say so."""
    case = told(stand, contact={"name": "居民", "phone": "13800000000"}, position=SPOT)
    lead = stand.client("lead")
    rejected = lead.post(f"/api/cases/{case}/moves/reject", json={"reason": "minor"})
    assert rejected.is_success, rejected.text
    page = open_page("clerk", path="/callbacks")
    shoot(page, "office-callbacks-1440-zh")
    page.locator(".callbacks li a").click()
    page.click("[data-move=call_back]")
    page.fill("input[name=stars]", "4")
    page.fill("textarea[name=note]", "已告知：这条路由市里养护")
    page.locator(".move-form button[type=submit]").click()
    expect(page.locator("[data-move=call_back]")).to_have_count(0)
    page.goto(f"{stand.hub.url}/callbacks")
    expect(page.locator(".callbacks [role=status]")).to_be_visible()
    expect(page.locator(".callbacks .figures")).to_contain_text("4")


def test_a_street_whistles_and_the_week_s_list_shows_whom_it_asks(stand: Stand, open_page: OpenPage) -> None:
    """The case goes on the list that gathers, with the units that were named; anybody of the office reads it."""
    case = told(stand)
    page = open_page("lead", path=f"/cases/{case}")
    page.locator("summary:has-text('更多操作')").click()
    page.click("[data-move=whistle]")
    page.check("input[name=units][value=drainage]")
    page.check("input[name=units][value=parks]")
    page.locator(".move-form button[type=submit]").click()
    expect(page.locator(".move-form")).to_have_count(0)
    page.goto(f"{stand.hub.url}/whistle")
    listed, gathering = page.locator(".paper"), page.locator(".whistle .gathering")
    expect(listed.or_(gathering)).to_be_visible()
    if gathering.count():  # after Wednesday it goes on the list of the week that comes
        gathering.click()
    expect(listed).to_contain_text("路面坑洞")
    for unit in ("排水所", "园林所"):
        expect(listed).to_contain_text(unit)
    shoot(page, "office-whistle-1440-zh")


def test_a_lone_elders_home_and_its_smoke_alarm_are_registered(stand: Stand, open_page: OpenPage) -> None:
    """By an administrator; the home is found by its address, and the alarm stands with it."""
    page = open_page("admin", path="/register/households")
    page.click("[data-act=add]")
    page.fill("dialog input[name=address]", "一街 3 号院 2 单元 501")
    page.select_option("dialog select[name=area]", EAST)
    page.check("dialog input[name=lone-elder]")
    page.fill("dialog input[name=longitude]", str(SPOT["longitude"]))
    page.fill("dialog input[name=latitude]", str(SPOT["latitude"]))
    page.click("dialog button[name=on-map]")
    expect(page.locator("dialog canvas")).to_be_visible()
    shoot(page, "office-household-1440-zh")
    page.locator("dialog button[type=submit]").click()
    page.fill(".parts__part input[type=search]", "3 号院")
    expect(page.locator(".row")).to_contain_text("一街 3 号院 2 单元 501")

    page.goto(f"{stand.hub.url}/register/devices")
    page.click("[data-act=add]")
    page.fill("dialog input[name=serial]", "SMOKE-501")
    page.select_option("dialog select[name=household]", label="一街 3 号院 2 单元 501")
    page.fill("dialog input[name=place]", "厨房")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("[data-row='SMOKE-501']")).to_contain_text("一街 3 号院 2 单元 501")
    shoot(page, "office-devices-1440-zh")


def test_a_form_names_what_is_wrong_and_loses_nothing(stand: Stand, open_page: OpenPage) -> None:
    """Nothing written is lost by Escape, by going back or by somebody who was quicker; a double click is one."""
    page, other = open_page("admin", path="/register/premises"), open_page("lead", path="/register/households")
    page.get_by_role("link", name="住户").click()
    page.click("[data-act=add]:has-text('住户')")
    page.keyboard.press("Escape")
    expect(page.locator("[data-act=add]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("dialog button[type=submit]").click()
    address = page.locator("dialog input[name=address]")
    expect(page.locator("dialog [role=alert]")).to_contain_text("请填写“地址”")
    expect(address).to_be_focused()
    expect(address).to_have_attribute("aria-invalid", "true")
    address.fill("二街 9 号 101")
    expect(page.locator("dialog [role=alert]")).to_have_count(0)
    page.keyboard.press("Escape")
    page.click("dialog [data-act=go-on]")
    page.go_back()
    expect(page.locator("dialog [data-act=discard]")).to_be_visible()
    shoot(page, "office-unsaved-1440-zh")
    page.click("dialog [data-act=go-on]")
    expect(address).to_have_value("二街 9 号 101")
    page.locator("dialog button[type=submit]").dblclick()
    expect(page.locator(".said")).to_contain_text("已完成")
    row = ".row:has-text('二街 9 号 101')"
    expect(page.locator(row)).to_have_count(1)

    for one in (page, other):
        one.fill(".parts__part input[type=search]", "二街 9 号")
        one.locator(row).locator(".row__head").click()
        one.locator(row).locator("[data-act=change]").click()
    other.fill("dialog textarea[name=note]", "钥匙在 102")
    other.locator("dialog button[type=submit]").click()
    expect(other.locator("dialog")).to_have_count(0)
    page.check("dialog input[name=lone-elder]")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("钥匙在 102")
    shoot(page, "office-meanwhile-1440-zh")
    page.fill("dialog textarea[name=note]", "钥匙在 102")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(row)).to_contain_text("独居老人")
    expect(page.locator(row)).to_contain_text("钥匙在 102")
