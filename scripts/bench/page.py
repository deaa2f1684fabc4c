"""Measures the alert list in headless Chromium against a real hub with thousands of open cases and a storm of alerts.

Starts a hub with its broker in a folder, fills its database through the store, signs in, and reads from the browser's
own trace how busy its main thread is: while nothing happens, at a change of view, and while alerts come. Times of
tasks are given by the wall's clock and, because a busy machine stretches that, as processor time of the thread.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.conftest import CHROMIUM, sign_in
from tests.browser.many_cases import CAMERAS, KINDS, fill
from tests.browser.pictures import CAR, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand

from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.contract.status import CameraNote, CameraState

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/page.py
  .venv/bin/python scripts/bench/page.py --cases 2200 --idle 10 --storm 20
  .venv/bin/python scripts/bench/page.py --keep /tmp/ten-thousand    fill once, measure again and again
"""
AREA = "demo/first-street"
VIEWS = ("handling", "new", "open")
PAGES = (
    ("map", "nav a[href$='/map']", "canvas"),
    ("list from the map", "nav a[href$='/']", "[data-case]"),
    ("figures", "nav a[href$='/figures']", ".figures"),
    ("list from the figures", "nav a[href$='/']", "[data-case]"),
    ("case", ".preview a[href*='/cases/']", ".steps"),
)
"""Other pages: what is pressed, and what stands there when it is drawn."""
_PATIENCE = 300_000
"""Milliseconds to wait for a page that is slow; the figures say how slow."""
WATCH = """
window.benchFirst = null;
window.benchCounts = [];
new MutationObserver(() => {
  if (window.benchFirst === null && document.querySelector('[data-case]')) {
    requestAnimationFrame(() => { window.benchFirst ??= performance.now(); });
  }
  const text = document.querySelector('.new-pill')?.textContent ?? '';
  const count = Number(/\\d+/.exec(text)?.[0] ?? 0);
  const last = window.benchCounts.at(-1);
  if (count > (last?.[1] ?? 0)) requestAnimationFrame(() => window.benchCounts.push([Date.now() / 1000, count]));
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


@dataclass(slots=True)
class Load:
    """How busy the page's main thread was: share of the time, and its longest task by either clock (ms)."""

    seconds: float
    busy: float
    busy_processor: float
    longest: float
    longest_processor: float
    over_50: int
    over_50_processor: int


@contextmanager
def traced(browser: Browser, page: Page, found: dict[str, Load], name: str) -> Iterator[None]:
    """Trace the page's main thread while the context lasts, and put down how busy it was."""
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline", "__metadata"])
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    found[name] = read_trace(json.loads(browser.stop_tracing())["traceEvents"], seconds)


def read_trace(events: list[dict[str, Any]], seconds: float) -> Load:
    """Sum up the tasks of the busiest renderer's main thread."""
    threads = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"].get("name") == "CrRendererMain"
    }
    loads = []
    for thread in threads:
        tasks = [
            one
            for one in events
            if (one["pid"], one["tid"]) == thread and one.get("ph") == "X" and one["name"].endswith("RunTask")
        ]
        # the same task is told by several parts of the browser, one inside the other
        outer: list[dict[str, Any]] = []
        for one in sorted(tasks, key=lambda task: (task["ts"], -task["dur"])):
            if not outer or one["ts"] >= outer[-1]["ts"] + outer[-1]["dur"]:
                outer.append(one)
        wall = [one["dur"] / 1000 for one in outer]
        own = [one.get("tdur", one["dur"]) / 1000 for one in outer]
        if wall:
            loads.append(
                Load(
                    seconds,
                    sum(wall) / seconds / 1000,
                    sum(own) / seconds / 1000,
                    max(wall),
                    max(own),
                    sum(one > 50 for one in wall),
                    sum(one > 50 for one in own),
                )
            )
    return max(loads, key=lambda load: load.busy)


def storm(gateway: PretendGateway, a_minute: float, seconds: float) -> list[float]:
    """Send alerts with two pictures each at an even pace; returns when each was sent (seconds since 1970)."""
    whole = street(car=True, label="storm")
    pictures = ((EvidenceKind.FULL, jpeg(whole)), (EvidenceKind.CROP, jpeg(crop(whole, CAR))))
    sent: list[float] = []

    def one(number: int) -> None:
        scene, grade, measure = KINDS[number % len(KINDS)]
        event = gateway.event(CAMERAS[number % len(CAMERAS)], scene, grade=grade, measures=(measure,))
        sent.append(time.time())
        gateway.send(event)
        for kind, content in pictures:
            gateway.send_file(event.event_id, kind, content)

    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        for number in range(int(a_minute * seconds / 60)):
            time.sleep(max(0.0, began + number * 60 / a_minute - time.monotonic()))
            pool.submit(one, number)
    return sorted(sent)


def switch_view(page: Page, view: str) -> float:
    """Press the figure of a view; returns seconds until its rows stand and are painted."""
    return float(
        page.evaluate(
            """async (at) => {
              const tile = document.querySelectorAll('.glance .tile')[at];
              const began = performance.now();
              tile.click();
              const painted = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
              do await painted();
              while (tile.getAttribute('aria-pressed') !== 'true' || document.querySelector('[aria-busy=true]'));
              return (performance.now() - began) / 1000;
            }""",
            {"new": 1, "handling": 2, "open": 4}[view],
        )
    )


def walk_pages(browser: Browser, page: Page) -> None:
    """Go from page to page and back, and print the longest tasks of each step in processor time."""
    loads: dict[str, Load] = {}
    for name, link, there in PAGES:
        with traced(browser, page, loads, name):
            page.eval_on_selector(link, "link => link.click()")
            page.wait_for_selector(there)
            time.sleep(1)
    with traced(browser, page, loads, "back to the list"):
        page.go_back()
        page.wait_for_selector("[data-case]")
        time.sleep(1)
    print(f"{'pages':14} {', '.join(f'{name} {one.longest_processor:.0f} ms' for name, one in loads.items())}")


def delays(sent: list[float], drawn: list[list[float]]) -> list[float]:
    """Seconds from the sending of each alert to the page's counting it; those never drawn are left out."""
    found = []
    for number, when in enumerate(sent, start=1):
        seen = next((moment for moment, count in drawn if count >= number), None)
        if seen is not None:
            found.append(seen - when)
    return found


def say_load(name: str, load: Load) -> None:
    """Print one phase."""
    print(
        f"{name:14} {load.seconds:6.1f} s  busy {load.busy:6.1%} (processor {load.busy_processor:6.1%})  longest task "
        f"{load.longest:7.0f} ms (processor {load.longest_processor:6.0f} ms)  over 50 ms: {load.over_50} "
        f"({load.over_50_processor})",
        flush=True,
    )


def requests_of(page: Page) -> list[str]:
    """Keep the paths that the page asks the hub for from now on; pictures do not count."""
    found: list[str] = []
    page.on(
        "request", lambda one: found.append(one.url) if "/api/" in one.url and "/evidence/" not in one.url else None
    )
    return found


def script_bytes(link: CDPSession, page: Page) -> tuple[int, int]:
    """Load the page anew without a cache, its own service worker's too; returns bytes of its scripts as sent, and as
    they are.
    """
    link.send("Network.enable")
    link.send("Network.setBypassServiceWorker", {"bypass": True})
    link.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    page.wait_for_selector("[data-case]")
    sent, whole = page.evaluate(
        """() => performance.getEntriesByType('resource').filter((one) => one.name.split('?')[0].endsWith('.js'))
          .reduce(([a, b], one) => [a + one.encodedBodySize, b + one.decodedBodySize], [0, 0])"""
    )
    return int(sent), int(whole)


def measure(browser: Browser, stand: Stand, gateway: PretendGateway, given: argparse.Namespace) -> None:
    """Walk through all phases and print what they cost."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(stand.hub.url)
    sign_in(page, "lead")
    page.wait_for_selector("[data-case]")
    time.sleep(3)
    loads: dict[str, Load] = {}
    firsts = []
    link = context.new_cdp_session(page)
    for _ in range(3):
        page.reload()
        page.wait_for_selector("[data-case]")
        page.wait_for_function("window.benchFirst !== null")
        firsts.append(page.evaluate("window.benchFirst") / 1000)
    sent, whole = script_bytes(link, page)
    time.sleep(given.settle)
    elements = page.evaluate("document.querySelectorAll('*').length")
    print(f"elements in the page {elements}, rows {page.locator('[data-case]').count()}")
    print(f"scripts {sent / 1000:.0f} kB as sent, {whole / 1000:.0f} kB whole")
    print(f"first row painted after {min(firsts):.2f}, {statistics.median(firsts):.2f}, {max(firsts):.2f} s")
    asked = requests_of(page)
    with traced(browser, page, loads, "idle"):
        time.sleep(given.idle)
    say_load("idle", loads["idle"])
    print(f"{'':14} requests {len(asked)}")
    took = {}
    with traced(browser, page, loads, "views"):
        for view in VIEWS:
            took[view] = switch_view(page, view)
            time.sleep(1)
    say_load("views", loads["views"])
    print(f"{'':14} {', '.join(f'{view} {seconds:.2f} s' for view, seconds in took.items())}")
    walk_pages(browser, page)
    measure_storm(browser, page, gateway, given, asked)
    context.close()


def measure_storm(
    browser: Browser, page: Page, gateway: PretendGateway, given: argparse.Namespace, asked: list[str]
) -> None:
    """Let alerts come while somebody reads, and print what that costs and when each was drawn."""
    loads: dict[str, Load] = {}
    asked.clear()
    page.click(".row >> nth=1")  # somebody reads: what comes waits behind the pill
    page.evaluate("window.benchCounts = []")
    sending: list[list[float]] = []
    with traced(browser, page, loads, "storm"):
        thread = threading.Thread(target=lambda: sending.append(storm(gateway, given.a_minute, given.storm)))
        thread.start()
        while thread.is_alive():
            page.wait_for_timeout(200)
        page.wait_for_timeout(5000)
    say_load("storm", loads["storm"])
    late = delays(sending[0], page.evaluate("window.benchCounts"))
    print(f"{'':14} alerts {len(sending[0])}, drawn {len(late)}, requests {len(asked)}")
    if late:
        late.sort()
        most = late[int(len(late) * 0.95) - 1]
        print(
            f"{'':14} sent to drawn: median {statistics.median(late):.2f} s, 95 % {most:.2f} s, "
            f"longest {late[-1]:.2f} s"
        )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cases", type=int, default=10_000, help="open cases")
    parser.add_argument("--idle", type=float, default=20, help="seconds of doing nothing")
    parser.add_argument("--settle", type=float, default=5, help="seconds of rest before it")
    parser.add_argument("--storm", type=float, default=60, help="seconds of alerts")
    parser.add_argument("--a-minute", type=float, default=200, help="alerts a minute")
    parser.add_argument("--keep", type=Path, help="folder of the filled hub, which is made where it is missing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-page-") as place:
        folder = Path(place) / "hub"
        if given.keep is not None and given.keep.exists():
            shutil.copytree(given.keep, folder)
        else:
            folder.mkdir()
        stand = Stand(folder, limits={"storm_events": 0})
        if given.keep is None or not given.keep.exists():
            began = time.monotonic()
            stand.add_user("lead", "shift_lead", "--display-name", "值班长")
            stand.add_gateway("gate-1", AREA)
            fill(folder / "hub.yaml", "gate-1", AREA, given.cases)
            print(f"{given.cases} open cases made in {time.monotonic() - began:.0f} s", flush=True)
            if given.keep is not None:
                shutil.copytree(folder, given.keep)
        password = (folder / "gate-1.password").read_text(encoding="utf-8").strip()
        notes = tuple(CameraNote(camera=name, name=name, area=f"{AREA}/east") for name in CAMERAS)
        stand.hub.start()
        try:
            stand.hub.wait_until_healthy()
            gateway = PretendGateway("gate-1", password, stand.broker_port, notes)
            gateway.connect()
            gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in notes))
            print(f"{datetime.now(UTC):%H:%M:%S} hub is up", flush=True)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=str(CHROMIUM),
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                )
                measure(browser, stand, gateway, given)
                browser.close()
            gateway.close()
        finally:
            stand.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
