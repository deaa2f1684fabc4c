"""Every page for every kind of person: no barrier that axe finds, no English in Chinese, and laid out as it should be.

Nothing is cut or lies over another thing, at a desk's width and a phone's, in Chinese and in English.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect
from tests.browser.conftest import EAST, OpenPage, find_barriers, shoot
from tests.browser.pictures import jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.said import english_on
from tests.browser.watch import Watch
from tests.e2e.killable import ROOT
from tests.e2e.stand import PASSWORD, Stand, wait_for
from tests.ports import free_port

from sharp_eyes.contract.event import EvidenceKind, Grade, SceneName
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow

SOURCE = ROOT / "hub/page/src"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
TWO_SCREENS: ViewportSize = {"width": 3840, "height": 1080}

SHEET = "6f1c2f2e-3d5e-4a86-9d52-0f5a0f6f7a21"

VISITS = {
    "list": ["/", "/?view=overdue"],
    "case": ["/cases/1"],
    "tasks": ["/tasks"],
    "task": ["/tasks/1"],
    "report": ["/report"],
    "inspections": ["/inspections"],
    "inspection": ["/inspections/1"],
    "inspection-sheet": [f"/inspections/sheet/{SHEET}"],
    "unsent": ["/unsent"],
    "map": ["/map"],
    "cameras": ["/cameras"],
    "zones": ["/cameras/gate-1/east-gate/zones"],
    "handover": ["/handover", "/handover/1"],
    "whistle": ["/whistle"],
    "callbacks": ["/callbacks"],
    "live": ["/live"],
    "figures": ["/figures"],
    "behind": ["/figures/cases"],
    "month": ["/figures/month"],
    "wall": ["/wall"],
    "records": ["/records/holds", "/records/storage", "/records/audit"],
    "account": ["/account"],
    "not-found": ["/nowhere"],
}
"""Addresses by the router's names; those of administration are read from its list; others have walks of their own."""

LEAVES = """host => {
  new Image().src = `http://${host}/a.png`;
  fetch(`http://${host}/b`).catch(() => undefined);
  try { new WebSocket(`ws://${host}/c`); } catch { /* forbidden at once */ }
  document.body.setAttribute("style", "color: red");
}"""
"""What no page does: asks another host for a picture, for data and for a line, and has a style of its own."""

LOOKS = (ROOT / "tests/browser/looks.js").read_text(encoding="utf-8")
FAULTS = f"""async () => {{
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return ({LOOKS})();
}}"""
"""What is wrong with the page's looks, once it is drawn in the size and language that it has now."""
OTHER_LANGUAGE = """() => {
  const button = document.querySelector("header button[lang]");
  button?.click();
  return button !== null;
}"""

PLANTED = {
    "is cut by": "<div style='width: 40px; overflow: hidden; white-space: nowrap'>柳桥东社区消防通道</div>",
    "lies over p “处置中”": "<p>已超时</p><p style='margin-top: -2em'>处置中</p>",
    "lies over button “保存”": "<button>取消</button><button style='margin-left: -30px'>保存</button>",
    "lines of a sign or two": "<button style='width: 34px'>结束代理</button>",
    "touches its icon": "<p><svg width='20' height='20'></svg>已定位</p>",
    "select area “全部部门": "<select name='area' style='width: 60px'><option>全部部门与角色</option></select>",
    "narrower than what is in it": "<div class='panel' style='width: 60px'><p style='width: 90px'>7</p></div>",
    "the page is wider": "<div style='width: 2000px; height: 1px'></div>",
}
"""Faults as they would stand in a page, by what is said of them."""
SOUND = """
  <header style='position: sticky; top: 0'>锐眼</header>
  <p style='display: flex; gap: 8px'><svg width='20'></svg>已定位</p>
  <p style='width: 40px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap'>柳桥东社区消防通道</p>
  <div style='width: 60px; overflow-x: auto; white-space: nowrap'>柳桥东社区消防通道</div>"""


def router_names() -> set[str]:
    text = (SOURCE / "router.ts").read_text(encoding="utf-8")
    return set(re.findall(r'path: "[^"]+", name: "([^"]+)"', text))


def addresses_of_parts(page: str) -> list[str]:
    text = (SOURCE / page / "parts.ts").read_text(encoding="utf-8")
    parts = re.search(r"PARTS = \[(.+?)\]", text)
    assert parts is not None
    return [f"/{page}/{part}" for part in re.findall(r'"(\w+)"', parts[1])]


@dataclass
class Walker:
    """A person at a page: goes from address to address and notes what is wrong there."""

    page: Page
    is_chinese: bool
    faults: list[str] = field(default_factory=list)
    _running: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", self._begin)
        self.page.on("requestfinished", self._end)
        self.page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        self._running.add(request)

    def _end(self, request: Request) -> None:
        self._running.discard(request)

    def settle(self) -> None:
        """Wait until the page has what it asked for; the stream of changes goes on for ever."""
        self.page.locator("main :visible").first.wait_for()

        deadline = time.monotonic() + 60
        calm = 0
        while calm < 3 and time.monotonic() < deadline:
            # The page's own turn: what an answer leads to has begun by then.
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
            calm = 0 if self._asked() else calm + 1
        assert calm, f"{self.page.url} never had all that it asked for: {self._asked()}"
        self._running.clear()

    def _asked(self) -> list[str]:
        asked = [one.url for one in self._running if "/api/" in one.url or "/assets/" in one.url]
        return [url for url in asked if "/api/stream" not in url]

    def visit(self, address: str, *, theme: str) -> None:
        self.page.evaluate(
            """([address, theme]) => {
              document.documentElement.dataset.theme = theme;
              history.pushState({}, "", address);
              dispatchEvent(new PopStateEvent("popstate", { state: {} }));
            }""",
            [address, theme],
        )
        self.settle()
        if address.startswith("/handover"):
            width = (self.page.viewport_size or DESK)["width"]
            shoot(
                self.page,
                f"handover-{address.count('/')}-{'zh' if self.is_chinese else 'en'}-{theme}-{width}",
                whole=True,
            )
        self.look(f"{address} ({'zh' if self.is_chinese else 'en'}, {theme})")

    def look(self, where: str) -> None:
        self.faults += [f"{where}: {barrier}" for barrier in find_barriers(self.page)]
        if self.is_chinese:
            self.faults += [f"{where}: English {words!r}" for words in english_on(self.page)]
        own = self.page.viewport_size or DESK
        wider = [TWO_SCREENS] if "/wall" in where else []
        for size in [own, *wider] if own == PHONE else [own, *wider, PHONE]:
            self.page.set_viewport_size(size)
            for language in ("", "in the other language, "):
                found = self.page.evaluate(FAULTS)
                self.faults += [f"{where}, {language}{size['width']} px wide: {fault}" for fault in found]
                if not self.page.evaluate(OTHER_LANGUAGE):
                    break
        self.page.set_viewport_size(own)


@pytest.fixture(scope="module")
def filled(stand: Stand, gateway: PretendGateway) -> Iterator[Stand]:
    """A hub with something on every page: cases of each grade, a clip, a camera that is lost, a shift that waits."""
    lost = gateway.health("west-lane", CameraState.LOST, "rtsp://10.0.0.9/1 sends no video; next try in 8 s")
    gateway.heartbeat(gateway.health("east-gate", CameraState.ONLINE), lost)
    gateway.snapshot("east-gate", jpeg(street(car=True)))
    gateway.report_settings("east-gate")
    for scene, grade, zone in (
        (SceneName.ILLEGAL_PARKING, Grade.SERIOUS, "kerb-1"),
        (SceneName.ILLEGAL_PARKING, Grade.ORDINARY, "gate"),
        (SceneName.FIRE_LANE_BLOCKED, Grade.MAJOR, "fire-lane-2"),
    ):
        event = gateway.event("east-gate", scene, grade=grade, zone=zone)
        gateway.send(event)
        gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(street(car=True)))
    lead, ends = stand.client("lead"), (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    wait_for("the cases", lambda: len(lead.get("/api/cases").json()["items"]) == 3)
    for path, body in (
        ("/api/cases/1/moves/comment", {"note": "车主十分钟后来"}),
        ("/api/cases/1/hold", {"held": True, "reason": "保险公司要求"}),
        ("/api/snoozes", {"camera": "east-gate", "gateway": "gate-1", "ends_at": ends, "reason": "道路施工"}),
        ("/api/duty/handovers", {"role": "clerk", "to": "clerk", "note": "一切正常"}),
    ):
        answer = lead.post(path, json=body)
        assert answer.is_success, answer.text
    assert lead.put("/api/cases/2/claim", json={}).is_success
    restaurant = {
        "kind": "restaurant",
        "name": "东门小馆",
        "area": EAST,
        "address": "一街 2 号",
        "phone": "13800001234",
    }
    inn = lead.post("/api/premises", json=restaurant)
    assert inn.is_success
    grid = stand.client("grid")
    begun = grid.post("/api/inspections", json={"premises": inn.json()["id"]}, headers={"Idempotency-Key": SHEET})
    assert begun.is_success, begun.text
    grid.close()
    yield stand
    lead.close()


def test_every_page_can_be_used_by_everybody(filled: Stand, open_page: OpenPage) -> None:
    """Chinese and English, light and dark; a page that the router has and nobody visits is a fault too."""
    assert router_names() == VISITS.keys() | {"admin", "register", "sign-in", "report-here"}
    everywhere = [address for addresses in VISITS.values() for address in addresses]
    everywhere += addresses_of_parts("admin") + addresses_of_parts("register")
    handlers = [one for one in everywhere if not one.startswith(("/admin", "/records", "/wall", "/handover/"))]
    leads = [
        "/",
        "/cases/2",
        "/map",
        "/figures",
        "/figures/month",
        "/wall",
        "/live",
        "/handover",
        "/admin/duty",
        "/admin/notices",
        "/account",
    ]
    faults: list[str] = []
    for number, (user, language, width, addresses) in enumerate(
        (("admin", "zh-CN", 1440, everywhere), ("lead", "en-GB", 1440, leads), ("squad", "zh-CN", 390, handlers))
    ):
        page = open_page(None, language=language, width=width, path="/sign-in")
        walker = Walker(page, language == "zh-CN")
        walker.look("/sign-in")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.locator(".header").wait_for()
        for place, address in enumerate(addresses):
            walker.visit(address, theme="dark" if (place + number) % 2 else "light")
        faults += [f"{user} at {fault}" for fault in walker.faults]
    assert not faults, "\n".join(faults)


def test_a_shift_is_handed_over_and_confirmed(filled: Stand, open_page: OpenPage) -> None:
    """By two people at their own pages; the claim goes along, and the sheet stays in the list."""
    admin = filled.client("admin")
    night = {"username": "night", "display_name": "夜班派遣员", "role": "dispatcher", "new_password": PASSWORD}
    made = admin.post("/api/users", json=night | {"area": "demo", "password": PASSWORD})
    assert made.is_success, made.text
    admin.close()
    seated = filled.client("dispatcher")
    assert seated.put("/api/cases/1/claim", json={}).is_success
    seated.close()
    day = open_page("dispatcher", path="/handover")
    day.locator("select[name=to]").select_option(label="夜班派遣员")
    day.locator("textarea[name=note]").fill("鼓楼路 3 号的垃圾明早再看")
    expect(day.get_by_text("确认后，您认领的 1 件案件归接班人")).to_be_visible()
    day.locator("form button[type=submit]").click()
    expect(day.get_by_role("heading", name="交接班单 第")).to_be_visible()

    taker = open_page("night", path="/handover")
    taker.get_by_role("link", name="查看交接班单").click()
    expect(taker.locator("article")).to_contain_text("鼓楼路 3 号的垃圾明早再看")
    taker.get_by_role("button", name="确认接班").click()
    expect(taker.locator("[data-handover]").first).to_contain_text("已接班")
    taker.emulate_media(media="print")
    expect(taker.get_by_text("接班人签字")).to_be_visible()
    shoot(taker, "handover-print", whole=True)
    taker.emulate_media(media="screen")
    taker.goto(filled.hub.url + "/cases/1")
    expect(taker.get_by_role("button", name="放弃认领")).to_be_visible()


@pytest.mark.parametrize(
    ("lets_through", "noticed"), [(False, ("/a", "/b", "/c", "style")), (True, ("/a", "/b", "/c"))]
)
def test_what_leaves_the_host_or_breaks_the_policy_would_be_noticed(
    stand: Stand, browser: Browser, lets_through: bool, noticed: tuple[str, ...]
) -> None:
    """By the browser's own policy, and also where that let it through: what all windows are watched for here."""
    context = browser.new_context(bypass_csp=lets_through)
    watch = Watch(stand.hub.url)
    watch.follow(context)
    page = context.new_page()
    page.goto(f"{stand.hub.url}/sign-in")
    page.locator("input[name=username]").wait_for()
    assert not watch.faults
    page.evaluate(LEAVES, f"127.0.0.1:{free_port()}")

    def unnoticed() -> list[str]:
        page.wait_for_timeout(50)
        return [what for what in noticed if not any(what in fault for fault in watch.faults)]

    wait_for(f"the watch to see {noticed}", lambda: not unnoticed())
    context.close()


def test_faults_of_looks_are_seen_where_they_are_planted(browser: Browser) -> None:
    """And none is seen in what is cut on purpose: by an ellipsis, or to be scrolled."""
    page = browser.new_page(viewport=PHONE)
    page.set_content(SOUND)
    assert page.evaluate(FAULTS) == []
    for said, planted in PLANTED.items():
        page.set_content(f"<body style='font: 15px sans-serif'>{planted}</body>")
        found = page.evaluate(FAULTS)
        assert any(said in fault for fault in found), f"{said!r} is not in {found}"
    page.close()
