"""A real hub with the built page, a gateway that speaks to it, and a browser that looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.watch import Watch
from tests.e2e.killable import ROOT
from tests.e2e.stand import PASSWORD, Stand
from tests.hub.bench import QUICK_HASHER
from tests.hub.databases import lay

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.people import accounts
from sharp_eyes.hub.settings import load_settings

CHROMIUM = Path("/usr/bin/chromium")
PICTURES = ROOT / "runs" / "browser"
EAST, WEST = "demo/first-street/east", "demo/first-street/west"
PATIENCE_MS = 120_000
"""Milliseconds for a page to load or a button to come, on a machine that does much besides."""
PEOPLE = (
    ("clerk", "clerk", "受理员", None),
    ("dispatcher", "dispatcher", "派遣员", None),
    ("lead", "shift_lead", "值班长", None),
    ("checker", "checker", "核查员", None),
    ("admin", "administrator", "Admin", None),
    ("grid", "grid_worker", "网格员", None),
    ("squad", "handler", "交警一组", "traffic-police"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Not for the whole session: Playwright keeps an event loop running, which others must not find."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    if not (ROOT / "hub/sharp_eyes/hub/web/dist/index.html").is_file():
        pytest.skip("the page is not built: run 'make page'")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield made
        made.close()


def add_people(stand: Stand) -> None:
    """Make the accounts in this process: a command for each of them would take longer than many a test here.

    The tables are copied and the passwords hashed at low cost, as in the hub's own tests; the hub checks them as such.
    """
    settings = load_settings(stand.folder / "hub.yaml")
    lay(settings.database_url)
    with pytest.MonkeyPatch.context() as patch, prepared_hub(settings) as hub, hub.transaction() as work:
        patch.setattr(accounts, "_HASHER", QUICK_HASHER)
        for name, role, display, unit in PEOPLE:
            named = {"username": name, "password": PASSWORD, "display_name": display, "role": role}
            accounts.add_account(work.session, work.city, work.now, area=None, unit=unit, **named)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    many = {"storm_events": 0}  # many alerts of one place
    made = Stand(tmp_path_factory.mktemp("hub"), limits=many, open311={"enabled": True})
    add_people(made)
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def gateway(stand: Stand) -> Iterator[PretendGateway]:
    password = stand.add_gateway("gate-1", "demo/first-street").read_text(encoding="utf-8").strip()
    scenes = (SceneName.ILLEGAL_PARKING, SceneName.FIRE_LANE_BLOCKED)
    cameras = (
        CameraNote(camera="east-gate", name="东门路口", area=EAST, scenes=scenes),
        CameraNote(camera="west-lane", name="西巷消防通道", area=WEST, scenes=(SceneName.FIRE_LANE_BLOCKED,)),
        CameraNote(camera="north-stairs", name="3 号楼楼道", area=WEST, scenes=(SceneName.EBIKE_STAIRWELL,)),
    )
    made = PretendGateway("gate-1", password, stand.broker_port, cameras)
    made.connect()
    yield made
    made.close()


class Windows:
    """Windows of one browser. One that somebody was signed in on is used again: it has the page's files already."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[int, str], list[BrowserContext]] = {}

    def new(self, width: int, language: str) -> BrowserContext:
        """One that nobody has used."""
        made = self._browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            locale=language,
            timezone_id="Asia/Shanghai",
            has_touch=width < 600,
        )
        made.set_default_timeout(PATIENCE_MS)
        return made

    def take(self, width: int, language: str) -> BrowserContext:
        """One that remembers nothing but files."""
        free = self._free.get((width, language))
        return free.pop() if free else self.new(width, language)

    def give_back(self, context: BrowserContext, width: int, language: str, address: str) -> None:
        """Let it forget whoever was there and all that the page has kept."""
        first, *others = context.pages or [context.new_page()]
        for page in others:
            page.close()
        first.goto("about:blank")  # the page could still write
        kinds = "local_storage,indexeddb,cache_storage,service_workers,file_systems"
        session = context.new_cdp_session(first)
        session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": kinds})
        first.close()
        context.clear_cookies()
        self._free.setdefault((width, language), []).append(context)


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(windows: Windows, stand: Stand) -> Iterator[OpenPage]:
    """Open the page as somebody, in a window of some width and a language. Fails on any error in the page.

    For nobody (None) the window is new; others are signed in without the form.
    """
    used: list[tuple[BrowserContext, tuple[int, str] | None, Callable[[], None]]] = []
    watch = Watch(stand.hub.url)

    def make(user: str | None = "lead", *, width: int = 1440, language: str = "zh-CN", path: str = "/") -> Page:
        context = windows.new(width, language) if user is None else windows.take(width, language)
        used.append((context, None if user is None else (width, language), watch.follow(context)))
        if user is not None:
            known = {"username": user, "password": PASSWORD}
            asked_by = {"X-Requested-With": "sharp-eyes"}
            answer = context.request.post(f"{stand.hub.url}/api/session", data=known, headers=asked_by)
            assert answer.ok, answer.text()
        page = context.new_page()
        page.goto(stand.hub.url + path)
        return page

    yield make
    for context, kind, end_watch in used:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # an answer that is still on its way would fail the next test
        end_watch()
        if kind is None:
            context.close()
        else:
            windows.give_back(context, *kind, stand.hub.url)
    assert not watch.faults, watch.faults


def sign_in(page: Page, user: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")


def place_in_header(page: Page, name: str) -> Locator:
    """One of the header's places, whether there is room for it or it waits behind the header's button."""
    return page.locator("header nav a", has_text=name)


def go_to(page: Page, name: str) -> None:
    """Follow one of the header's places, wherever it is now."""
    place = place_in_header(page, name)
    expect(place).to_have_count(1)
    place.evaluate("place => place.click()")


def find_barriers(page: Page) -> list[str]:
    """What keeps people out by WCAG 2.2 AA, as axe finds it in the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((ROOT / "hub/page/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("rules => axe.run({runOnly: rules}).then(({violations}) => violations)", rules)
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def hindrances_to_install(page: Page) -> list[str]:
    """Why Chromium would not install the page; that a window is private is the test's own doing."""
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = session.send("Page.getAppManifest")
    errors = [one["errorId"] for one in found] + [one["message"] for one in manifest["errors"]]
    return [one for one in errors if one != "in-incognito"] if manifest["url"] else ["no manifest"]


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=whole)


def fits(page: Page) -> bool:
    """Whether the page is no wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def shoot_both_themes(page: Page, name: str) -> None:
    """Keep a picture in the dark and in the light theme; the page fits its window in either."""
    for theme in ("dark", "light"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        shoot(page, f"{name}-{theme}", whole=True)
        assert fits(page)
