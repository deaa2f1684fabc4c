"""Hundreds of open cases and a storm of alerts: the page holds few rows and asks the hub for next to nothing."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from scripts.bench.page import Load, traced
from tests.browser.conftest import OpenPage, add_people, shoot
from tests.browser.many_cases import CAMERAS, KINDS, fill
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand, wait_for

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.contract.status import CameraNote

pytestmark = pytest.mark.slow

CASES, ALERTS = 500, 20
AREA = "demo/first-street"
MOST_ROWS = 30
MOST_ELEMENTS = 1500
MOST_SCRIPT = 150_000
"""Bytes of the scripts that the list needs, as they are sent: 138,000, and room for a little more."""
IDLE_SECONDS, MOST_IDLE, LONGEST_TASK = 3, 0.15, 150
"""Several times the figures of docs/benchmarks.md: share of the main thread and ms of one task, in processor time,
which a busy machine stretches too. With a clock in every row it was 63 %."""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("many")
    made = Stand(folder, limits={"storm_events": 0})
    add_people(made)
    made.add_gateway("gate-1", AREA)
    fill(folder / "hub.yaml", "gate-1", AREA, CASES)
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def gateway(stand: Stand) -> Iterator[PretendGateway]:
    password = (stand.folder / "gate-1.password").read_text(encoding="utf-8").strip()
    notes = tuple(CameraNote(camera=name, name=name, area=f"{AREA}/east") for name in CAMERAS)
    made = PretendGateway("gate-1", password, stand.broker_port, notes)
    made.connect()
    yield made
    made.close()


def rows(page: Page) -> list[int]:
    """The cases of the rows that are in the page, in order."""
    found: list[str] = page.eval_on_selector_all("[data-case]", "all => all.map(one => one.dataset.case)")
    return [int(one) for one in found]


def queue(client: httpx.Client) -> list[int]:
    """All open cases as the hub ranks them."""
    found: list[int] = []
    asked: dict[str, str | int] = {"order": "rank", "limit": 200}
    while True:
        page = client.get("/api/cases", params=asked).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return found
        asked["after"] = page["next"]


def test_few_rows_stand_in_the_page_however_many_cases_there_are(stand: Stand, open_page: OpenPage) -> None:
    """The rows of the screen, in the hub's order, at the head of the list and far below; scripts are sent packed."""
    page = open_page("lead")
    expect(page.locator(".list__bar")).to_contain_text(str(CASES))
    expect(page.locator(".tile", has_text="未结案").locator(".tile__figure")).to_have_text(str(CASES))
    wanted = queue(stand.client("lead"))
    assert len(wanted) == CASES
    drawn = rows(page)
    assert drawn == wanted[: len(drawn)]
    assert page.locator(".row--major").count() > 0, "the gravest stand first"
    assert len(drawn) <= MOST_ROWS
    assert page.evaluate("document.querySelectorAll('*').length") <= MOST_ELEMENTS
    shoot(page, "many-1440-zh")
    sizes = """performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
        .reduce(([sent, whole], one) => [sent + one.encodedBodySize, whole + one.decodedBodySize], [0, 0])"""
    sent, whole = page.evaluate(sizes)
    assert 0 < sent <= min(MOST_SCRIPT, whole / 2)

    def at_the_end() -> bool:
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        return rows(page)[-1:] == wanted[-1:]

    wait_for("the last row", at_the_end, 30)
    drawn = rows(page)
    assert drawn == wanted[-len(drawn) :]
    assert len(drawn) <= MOST_ROWS
    shoot(page, "many-end-1440-zh")


def test_a_storm_costs_the_page_no_request_for_each_alert(
    browser: Browser, stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """Each alert is told by the stream and counted at once; the rows stand still, and what one looks at changes. By the
    browser's own trace the main thread is at rest before, and no task of the storm holds it up.
    """
    page = open_page("lead")
    page.locator(".row").nth(1).click()
    expect(page.locator(".preview .headline")).to_be_visible()
    page.wait_for_timeout(1500)  # what the opening of the page asks for is over
    before = rows(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    calls: list[str] = []  # the bar above the list asks for the most urgent one when it has counted anew
    page.on("request", lambda request: calls.append(request.url) if "unacknowledged=" in request.url else None)
    loads: dict[str, Load] = {}
    with traced(browser, page, loads, "idle"):
        page.wait_for_timeout(IDLE_SECONDS * 1000)
    assert loads["idle"].busy_processor < MOST_IDLE, loads
    asked.clear()
    pill = page.locator(".new-pill")
    with traced(browser, page, loads, "storm"):
        for number in range(ALERTS):
            scene, _, measure = KINDS[number % len(KINDS)]
            event = gateway.event(CAMERAS[number % len(CAMERAS)], scene, grade=Grade.ORDINARY, measures=(measure,))
            gateway.send(event)
        expect(pill).to_have_text(re.compile(rf"\b{ALERTS} "))
    print(loads)
    assert loads["storm"].longest_processor < LONGEST_TASK, loads
    assert rows(page) == before
    assert len([path for path in asked if re.fullmatch(r"/api/cases(/\d+)?", path)]) == len(calls)
    assert len(calls) <= asked.count("/api/cases/counts")
    expect(page.locator(".tile", has_text="未结案").locator(".tile__figure")).to_have_text(str(CASES + ALERTS))
    assert asked.count("/api/cases/counts") < ALERTS

    gateway.send(gateway.event(CAMERAS[0], SceneName.SMOKE, grade=Grade.MAJOR))
    expect(pill).to_contain_text("有重大")
    shoot(page, "many-storm-1440-zh")
    pill.click()
    expect(page.locator(".row--major .row__new")).to_be_in_viewport()
    assert rows(page)[0] in queue(stand.client("lead"))


def test_a_page_that_nobody_looks_at_shows_what_comes_by_itself(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """After a while without a hand on it, and at the head of the list, the gravest new one stands at its place."""
    page = open_page(None)
    page.clock.install()
    page.goto(page.url)
    page.fill("input[name=username]", "lead")
    page.fill("input[name=password]", "a long test password")
    page.click("button[type=submit]")
    expect(page.locator(".row").first).to_be_visible()
    event = gateway.event(CAMERAS[0], SceneName.SMOKE, grade=Grade.MAJOR)
    gateway.send(event)
    expect(page.locator(".new-pill")).to_be_visible()
    page.clock.fast_forward(40_000)
    expect(page.locator(".new-pill")).to_have_count(0)
    expect(page.locator(".row--major .row__new")).to_have_count(1)
    assert rows(page) == queue(stand.client("lead"))[: len(rows(page))]
