"""What an operator's day needs: the words of both languages, what the cameras report, and steps by keys."""

from dataclasses import dataclass

import httpx
from playwright.sync_api import Locator, Page, expect
from tests.browser.pictures import CAR, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway

from sharp_eyes.contract.event import EvidenceKind, Grade, Measure, SceneEvent, SceneName

STORM = 30

WATCHED = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
window.shown = [];
const Real = window.Notification;
window.Notification = class extends Real {
    constructor(title, options) {
        super(title, options);
        this.addEventListener('show', () => window.shown.push(this));
    }
};
Object.defineProperty(document, 'hidden', { get: () => window.away === true });
"""
"""Counts tones, and keeps the notifications of which the browser itself says that they are shown; a window without a
screen is never behind another, so that is said for it."""


@dataclass(frozen=True)
class Words:
    """What the page says in a language."""

    alerts: str
    new: str
    filed: str
    undone: str
    claimed: str
    told: str
    open_by: str
    changed: str
    lead: str
    escalated: str
    title: str
    major: str
    given: str
    handover: str
    signature: str
    undo_several: str


WORDS = {
    "zh-CN": Words(
        alerts="告警",
        new=f"{STORM} 条新告警",
        filed="已立案",
        undone="立案",
        claimed="受理员 已认领",
        told="已提醒 @lead",
        open_by="受理员 正在查看",
        changed="案件的状态已变",
        lead="值班长",
        escalated="已升级至值班长",
        title="告警 · 锐眼",
        major="重大",
        given="交接班单 第",
        handover="交接班",
        signature="处置人（签字）",
        undo_several="立案（3 条）",
    ),
    "en-GB": Words(
        alerts="Alerts",
        new=f"{STORM} new",
        filed="Filed",
        undone="File",
        claimed="Claimed by 受理员",
        told="Told @lead",
        open_by="受理员 has it open",
        changed="The case has moved on",
        lead="shift lead",
        escalated="Escalated to shift lead",
        title="Alerts · Sharp Eyes",
        major="Major",
        given="Hand-over sheet",
        handover="Hand-over",
        signature="Handled by (signature)",
        undo_several="File: 3 cases",
    ),
}
REASONS = {"zh-CN": "画面里没有电动车，是一辆婴儿车", "en-GB": "There is no e-bike, it is a pram"}


@dataclass
class Street:
    """What the cameras report, and the colleague at the other desk."""

    gateway: PretendGateway
    clerk: httpx.Client

    def bike(self, zone: str | None = None, grade: Grade = Grade.ORDINARY, *, picture: bool = False) -> SceneEvent:
        """An e-bike in the stairwell, which waits for a person."""
        dwell = Measure(name="dwell", value=9, unit="s", threshold=8, uncertainty=0.4)
        scene = SceneName.EBIKE_STAIRWELL
        event = self.gateway.event("north-stairs", scene, grade=grade, measures=(dwell,), zone=zone, real=True)
        self.gateway.send(event)
        if picture:
            drawn = street(car=True, label="north-stairs")
            self.gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(drawn))
            self.gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(crop(drawn, CAR)))
        return event

    def intruder(self) -> SceneEvent:
        """Somebody where nobody may be: filed by the rule, sent by a person."""
        event = self.gateway.event("west-lane", SceneName.PERIMETER_INTRUSION, real=True)
        self.gateway.send(event)
        return event

    def case(self, event: SceneEvent) -> int:
        """The case that an event has made."""
        items = self.clerk.get("/api/cases", params={"limit": 200}).json()["items"]
        found: int = next(item["id"] for item in items if item["event_id"] == str(event.event_id))
        return found

    def state(self, case: int) -> str:
        """How far a case is, by the hub."""
        state: str = self.clerk.get(f"/api/cases/{case}").json()["state"]
        return state

    def end(self, lead: httpx.Client) -> None:
        """Reject whatever is open, so that another day begins with an empty list."""
        open_states = ["reported", "filed", "dispatched", "accepted", "handled", "checked"]
        asked: dict[str, list[str] | int] = {"state": open_states, "limit": 200}
        body = {"ids": [one["id"] for one in lead.get("/api/cases", params=asked).json()["items"]]}
        assert lead.post("/api/cases/moves/void", json=body | {"reason": "duplicate"}).is_success
        self.clerk.close()


def row(page: Page, case: int) -> Locator:
    return page.locator(f"[data-case='{case}']")


FOCUSED = "document.activeElement?.dataset.case ?? null"


def step(page: Page, key: str) -> str:
    """Go a row on; gives the case of the row that has the focus then."""
    before = page.evaluate(FOCUSED)
    page.keyboard.press(key)
    page.wait_for_function(f"before => ({FOCUSED}) !== before", arg=before)
    return str(page.evaluate(FOCUSED))


def take_row(page: Page) -> None:
    """Give the keyboard to the row that is chosen, where none has it: a hand is at the list."""
    if page.evaluate(FOCUSED) is None:
        step(page, "k")


def walk_to(page: Page, case: int) -> None:
    """Go by keys from the head of the list to a case's row, which is then shown beside the list."""
    take_row(page)
    while page.evaluate("document.activeElement.closest('[aria-posinset]').ariaPosInSet") != "1":
        step(page, "k")
    while page.evaluate(FOCUSED) != str(case):
        step(page, "j")
    expect(page.locator(f".preview a[href$='/cases/{case}']")).to_be_visible()
    expect(page.locator(".preview [data-move]").first).to_be_visible()  # whose moves the keys are
