"""The page calls whoever is at the desk, until somebody has acknowledged the alert: then every desk is quiet."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, shoot, sign_in
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand

from sharp_eyes.contract.event import Grade, Measure, SceneName

COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""
STAIRWELL = {
    "scene": SceneName.EBIKE_STAIRWELL,
    "measures": (Measure(name="dwell", value=9, unit="s", threshold=8, uncertainty=0.4),),
}


def icon(page: Page) -> str:
    return page.locator("link[rel=icon]").get_attribute("href") or ""


def test_an_alert_calls_every_desk_until_one_acknowledges_it(
    open_page: OpenPage, stand: Stand, gateway: PretendGateway
) -> None:
    lead = stand.client("lead")
    desks = []
    for user, language in (("lead", "zh-CN"), ("clerk", "en-GB")):
        page = open_page(None, language=language)
        page.add_init_script(COUNT_TONES)
        page.reload()
        sign_in(page, user)
        expect(page.locator("[data-calling='0']")).to_be_visible()
        desks.append(page)
    first, second = desks
    plain = icon(first)
    first.mouse.click(5, 300)

    gateway.send(gateway.event("north-stairs", grade=Grade.MAJOR, **STAIRWELL))  # type: ignore[arg-type]
    waiting = lead.get("/api/cases", params={"unacknowledged": "true"}).json()["items"]
    assert len(waiting) == 1, "no rule may have filed and sent it"
    for page in desks:
        expect(page.locator("[data-calling='1']")).to_be_visible()
        expect(page).to_have_title("(1) 告警 · 锐眼" if page is first else "(1) Alerts · Sharp Eyes")
        assert icon(page).startswith("data:image/svg+xml")
    first.wait_for_function("window.tones >= 5")
    shoot(first, "call-1440-zh")
    shoot(second, "call-1440-en")

    second.click("[data-acknowledge]")
    for page in desks:
        expect(page.locator("[data-calling='0']")).to_be_visible()
    assert icon(first) == plain
    log = lead.get(f"/api/cases/{waiting[0]['id']}").json()["log"]
    assert [(line["what"], line["actor"]) for line in log][-1] == ("acknowledged", "受理员")

    first.goto(stand.hub.url + "/account")
    first.uncheck("input[name=sound]")
    first.reload()
    expect(first.locator("input[name=sound]")).not_to_be_checked()
    expect(first.locator("button[name=notify-ask], input[name=notify], .notice")).not_to_have_count(0)
    first.locator("input[name=volume]").scroll_into_view_if_needed()
    shoot(first, "account-calls-1440-zh")
