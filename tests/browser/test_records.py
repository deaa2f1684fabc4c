"""Storms, legal holds, disk and terms, and the audit trail in the browser: for their roles, in both languages."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import (
    OpenPage,
    add_people,
    go_to,
    place_in_header,
    shoot_both_themes,
)
from tests.browser.pictures import CAR, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand

from sharp_eyes.contract.event import EvidenceKind

pytestmark = pytest.mark.slow
JOINED = 24
_SINCE = {"since": "2026-01-01T00:00:00Z"}
ILL = {
    "status": "degraded",
    "parts": [
        *({"name": name, "state": "ok", "reason": "", "amount": None, **_SINCE} for name in ("database", "broker")),
        {"name": "notices", "state": "degraded", "reason": "failed", "amount": 3, **_SINCE},
        {"name": "disk", "state": "failed", "reason": "full", "amount": 15 * 1024**2, **_SINCE},
    ],
}
"""A hub that is ill, as it says so."""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """A hub where the second event of a place within an hour joins the first one's case."""
    retention = {
        "terms": [{"grade": "major", "evidence_days": 365, "case_days": 3650}, {"scene": "smoke", "case_days": 90}]
    }
    limits = {"storm_events": 1, "storm_minutes": 60}
    made = Stand(tmp_path_factory.mktemp("hub"), limits=limits, retention=retention)
    add_people(made)
    made.add_user("east", "administrator", "--area", "demo/first-street/east")
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def storm(gateway: PretendGateway) -> int:
    """A case that events joined; gives its id."""
    for number in range(1 + JOINED):
        event = gateway.event("east-gate", zone="kerb")
        gateway.send(event)
        if number == JOINED:
            picture = crop(street(car=True), CAR)
            gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(picture))
    return 1


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-CN"), (390, "en-GB")])
def test_a_storms_alerts_are_listed_on_its_case(
    gateway: PretendGateway, storm: int, open_page: OpenPage, width: int, language: str
) -> None:
    """The count and the alerts by pages; a new one waits until it is asked for."""
    page = open_page("clerk", width=width, language=language, path=f"/cases/{storm}")
    panel = page.locator(".joined")
    lines = panel.locator("li")
    expect(lines).to_have_count(20)
    count = int(re.sub(r"\D", "", page.locator(".headline strong").inner_text())) - 1
    assert count >= JOINED
    expect(panel).to_contain_text(str(count))
    expect(lines.first).to_contain_text("东门路口")
    if width == 1440:
        expect(lines.first.locator("img")).to_be_visible()
    panel.get_by_role("button", name="更早的告警" if language == "zh-CN" else "Earlier alerts").click()
    expect(lines).to_have_count(count)
    shoot_both_themes(page, f"case-storm-{width}-{language[:2]}")
    gateway.send(gateway.event("east-gate", zone="kerb"))
    show = panel.get_by_role("button", name="1 次新告警" if language == "zh-CN" else "Show 1 new")
    expect(show).to_be_visible()
    expect(lines).to_have_count(count)
    show.press("Enter")
    expect(lines).to_have_count(20)
    expect(show).to_have_count(0)
    expect(panel).to_contain_text(str(count + 1))


def test_a_case_is_held_and_released_by_keyboard(storm: int, open_page: OpenPage) -> None:
    """With a reason, from the case's page; it is listed with it, and released in the list."""
    page = open_page("lead", language="zh-CN", path=f"/cases/{storm}")
    hold = page.locator("[data-act=hold]")
    hold.press("Enter")
    reason = page.locator("textarea[name=hold-reason]")
    expect(reason).to_be_focused()
    page.keyboard.press("Escape")
    expect(hold).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="确认依法留存")).to_be_disabled()
    page.keyboard.type("法院案卷 12 号")
    shoot_both_themes(page, "case-hold-1440-zh")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".headline")).to_contain_text("依法留存中")
    expect(hold).to_be_focused()
    expect(hold).to_have_text("解除留存")
    expect(page.locator(".log li").first).to_contain_text("法院案卷 12 号")
    go_to(page, "档案")
    held = page.locator("[data-held]")
    expect(held).to_have_count(1)
    for words in ("机动车违停", "法院案卷 12 号", "值班长"):
        expect(held).to_contain_text(words)
    shoot_both_themes(page, "records-holds-1440-zh")
    held.get_by_role("button", name="解除留存").press("Enter")
    page.keyboard.type("判决已生效")
    page.get_by_role("button", name="确认解除留存").click()
    expect(page.get_by_text("目前没有依法留存的案件")).to_be_visible()


def test_records_are_for_their_roles(open_page: OpenPage, storm: int) -> None:
    """A clerk finds neither the way nor the page; a shift lead no audit trail; an area's administrator no disk."""
    clerk = open_page("clerk", language="en-GB", path=f"/cases/{storm}")
    expect(clerk.locator(".actions")).to_be_visible()
    expect(clerk.locator("[data-act=hold]")).to_have_count(0)
    expect(place_in_header(clerk, "Records")).to_have_count(0)
    for user, part in (("clerk", "holds"), ("lead", "audit")):
        page = open_page(user, language="en-GB", path=f"/records/{part}")
        expect(page.get_by_text("This is not for your role")).to_be_visible()
    phone = open_page("lead", language="en-GB", width=390)
    phone.locator("header nav summary").click()
    way = place_in_header(phone, "Records")
    expect(way).to_be_in_viewport(ratio=1)
    way.click()
    expect(phone.get_by_text("No case is under legal hold")).to_be_visible()
    expect(phone.locator("nav [aria-current=page]", has_text="Legal holds")).to_be_visible()
    shoot_both_themes(phone, "records-holds-390-en")
    east = open_page("east", language="en-GB", path="/records/storage")
    expect(east.get_by_text("Terms of keeping")).to_be_visible()
    expect(east.locator("meter")).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [(1440, "en-GB"), (390, "zh-CN")])
def test_disk_and_terms_are_shown(open_page: OpenPage, storm: int, width: int, language: str) -> None:
    """How full the disk is, and each term of the settings."""
    page = open_page("admin", width=width, language=language, path="/records/storage")
    expect(page.locator("meter")).to_be_visible()
    for words in ("180", "1825", "365", "3650") if language == "en-GB" else ("重大", "烟雾", "90 天"):
        expect(page.locator(".records")).to_contain_text(words)
    health = page.get_by_role("region", name="This hub's health" if language == "en-GB" else "本机运行状况")
    expect(health).to_contain_text("All parts are well" if language == "en-GB" else "全部正常", timeout=30_000)
    shoot_both_themes(page, f"records-storage-{width}-{language[:2]}")
    page.route("**/api/health/parts", lambda route: route.fulfill(json=ILL))
    page.reload()
    for words in ("15 MiB are left", "3 notices") if language == "en-GB" else ("仅剩 15 MiB", "3 条通知"):
        expect(health).to_contain_text(words)
    shoot_both_themes(page, f"records-health-{width}-{language[:2]}")


def test_the_audit_trail_is_filtered_and_exported(open_page: OpenPage, storm: int, tmp_path: Path) -> None:
    """By person, kind and time, page by page; the file holds what was asked for, and the trail then says so."""
    open_page("lead")
    page = open_page("admin", language="en-GB", path="/records/audit")
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    page.fill("input[name=actor]", "lead")
    page.select_option("select[name=action]", "sign_in")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows.filter(has_not_text="lead")).to_have_count(0)
    expect(rows.first).to_contain_text("Signed in")
    count = rows.count()
    with page.expect_download() as waiting:
        page.locator("[data-act=export]").click()
    file = tmp_path / "trail.csv"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.startswith("audit-")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert len(lines) == count
    assert {(line["actor"], line["action"]) for line in lines} == {("lead", "sign_in")}
    page.fill("input[name=actor]", "")
    page.select_option("select[name=action]", "")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows.first).to_contain_text("Exported the audit trail")
    expect(rows.first).to_contain_text(f"lines {count}")
    shoot_both_themes(page, "records-audit-1440-en")
    page.fill("input[name=until]", "2020-01-01T00:00")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No lines match")).to_be_visible()
    phone = open_page("admin", width=390, language="zh-CN", path="/records/audit")
    expect(phone.locator("tbody tr").first).to_be_visible()
    shoot_both_themes(phone, "records-audit-390-zh")
