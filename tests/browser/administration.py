"""What an administrator changes in the city, step by step and by clicks alone: pack, calendar, thresholds."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
from playwright.sync_api import Page, expect
from tests.browser.conftest import EAST, find_barriers, shoot
from tests.browser.pretend_gateway import PretendGateway

from sharp_eyes.contract.event import Measure, SceneName
from sharp_eyes.contract.status import CameraNote

CHANGES = (("Drainage Office", "Water Office"), ("高空抛物", "高空坠物"))


def a_pack_is_taken_over_and_back(page: Page, client: httpx.Client) -> None:
    """What differs is named; the version before comes back as another one."""
    text = client.get("/api/city/pack").json()["text"]
    for was, becomes in CHANGES:
        assert was in text
        text = text.replace(was, becomes, 1)
    held = page.locator("h2", has_text="现行第")
    expect(held).to_be_visible()
    before = int(re.sub(r"\D", "", held.inner_text()))
    page.set_input_files("input[name=pack]", {"name": "新.yaml", "mimeType": "text/yaml", "buffer": text.encode()})
    differences = page.locator("[data-differences]")
    expect(differences.locator("[data-part=units]")).to_contain_text("变更 1： 排水所")
    expect(differences.locator("[data-part=categories]")).to_contain_text("变更 1： 高空坠物")
    expect(differences.locator("[data-part]")).to_have_count(2)
    shoot(page, "admin-city-differences-1440-zh")
    take_force(page, "机构改革")
    expect(held).to_contain_text(f"第 {before + 1} 版")
    page.locator(f"[data-back='{before}']").click()
    expect(differences.locator("[data-part=categories]")).to_contain_text("变更 1： 高空抛物")
    take_force(page, "改错了")
    expect(held).to_contain_text(f"第 {before + 2} 版")
    shoot(page, "admin-city-back-1440-zh", whole=True)


def a_calendar_is_begun(page: Page) -> None:
    """With hours of the office; hours that are none are not taken."""
    page.click("[data-act=begin]")
    page.click("[data-act=hours]")
    hours = page.locator("input[name=hours]")
    hours.fill("九点到五点")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("工作时间")
    hours.fill("08:30-12:00、14:00-18:00")
    page.locator("dialog button[type=submit]").click()
    puts_in_force(page, "建立", "没有未结案件的时限因此变动")


def a_case_that_counts_working_days(client: httpx.Client, gateway: PretendGateway) -> dict[str, Any]:
    """Handled within five of them; gives the case."""
    pack = client.get("/api/city/pack").json()
    text = f"{pack['text']}\nclocks: {{handle: {{limit: 5 working days}}}}\n"
    client.put("/api/city/pack", json={"text": text, "version": pack["version"]}).raise_for_status()
    gateway.send(gateway.event("east-gate", SceneName.FALLING_OBJECT))
    case: dict[str, Any] = client.get("/api/cases?scene=falling_object").json()["items"][0]
    for move, body in (("file", {}), ("dispatch", {"unit": "parks", "anyway": True})):
        client.post(f"/api/cases/{case['id']}/moves/{move}", json=body).raise_for_status()
    return case


def a_day_off_moves_it(page: Page, case: dict[str, Any]) -> None:
    """One of the next days, by mouse and keys; it is said before it is in force, and stands in the case's log."""
    reported = datetime.fromisoformat(case["reported_at"])
    ahead = (reported + timedelta(days=number) for number in range(2, 9))
    off = next(f"{day:%Y-%m-%d}" for day in ahead if day.isoweekday() == 3)
    page.locator(f"[data-year='{off[:4]}']").click()
    day = page.locator(f"[data-day='{off}']")
    day.click()
    expect(day).to_have_accessible_name(re.compile("放假（未生效）"))
    page.keyboard.press("ArrowLeft")
    expect(day).not_to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(day).to_be_focused()
    shoot(page, "admin-calendar-1440-zh", whole=True)
    assert find_barriers(page) == []
    page.get_by_role("link", name="规则", exact=True).click()
    expect(page.get_by_text("修改的日历还没有生效")).to_be_visible()
    puts_in_force(page, "临时放假", case["number"])
    expect(page.locator(".pairs dd").first).to_have_text(re.compile(r"\.2$"))
    page.goto(page.url.replace("/admin/calendar", f"/cases/{case['id']}"))
    expect(page.get_by_text("工作日历已更新").first).to_be_visible()


def puts_in_force(page: Page, why: str, effect: str) -> None:
    """Once it is said what it does to open cases."""
    page.click("[data-act=save]")
    expect(page.locator("[data-effect]")).to_contain_text(effect)
    shoot(page, "admin-calendar-effect-1440-zh")
    take_force(page, why)
    expect(page.locator(".bar")).to_have_count(0)


def take_force(page: Page, why: str) -> None:
    """Give the reason and send the form; it closes."""
    page.locator("dialog [name=why]").fill(why)
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog")).to_have_count(0)


def a_gateway_with_lessons(password: str, broker_port: int, lead: httpx.Client, squad: httpx.Client) -> PretendGateway:
    """Of the alarms of its camera people have found three wrong, and two right that stood for longer."""
    scene = SceneName.ILLEGAL_PARKING
    camera = CameraNote(camera="kerb", name="路边", area=EAST, scenes=(scene,))
    made = PretendGateway("gate-2", password, broker_port, (camera,), "hub")
    made.connect()
    made.report_settings("kerb", scenes=[{"scene": scene.value, "dwell": 8, "zones": []}])
    for dwell in (9, 14, 19, 24, 29):
        measure = Measure(name="dwell", value=dwell, unit="s", threshold=8, uncertainty=0.4)
        made.send(made.event("kerb", measures=(measure,)))
    cases = lead.get("/api/cases?gateway=gate-2&camera=kerb").json()["items"]
    confirm: tuple[tuple[str, httpx.Client, dict[str, str]], ...] = (
        ("accept", squad, {}),
        ("handle", squad, {"note": "拖走"}),
        ("pass", lead, {}),
    )
    for number, case in enumerate(sorted(cases, key=lambda one: int(one["id"]))):
        for move, who, body in (("void", lead, {"reason": "false_alarm"}),) if number < 3 else confirm:
            answer = who.post(f"/api/cases/{case['id']}/moves/{move}", json=body)
            assert answer.is_success, answer.text
    return made


def a_threshold_is_taken_over_and_back(page: Page, gateway: str) -> None:
    """With what it would have cost; the gateway's answer comes without a press, and its file's value again."""
    row = page.locator(f"[data-row='{gateway}/kerb/illegal_parking']")
    row.locator("button").first.click()
    dwell = row.locator("[data-key=dwell]")
    expect(dwell).to_contain_text("现值 8 s")
    step = dwell.locator("tr").filter(has_text="建议")
    expect(step).to_contain_text("3 / 3")
    step.get_by_role("button", name="采用").click()
    expect(page.locator("dialog")).to_contain_text("少 3 次误报，丢失 0 件真实案件")
    take_force(page, "夜间误报多")
    expect(row).to_contain_text("第 1 版（已生效） · 夜间误报多")
    expect(dwell).to_contain_text("现值 20 s")
    shoot(page, "admin-advice-1440-zh", whole=True)
    row.get_by_role("button", name="回到此版").click()
    take_force(page, "漏报")
    expect(row).to_contain_text("第 2 版（已生效）")
    expect(row).to_contain_text("漏报")
