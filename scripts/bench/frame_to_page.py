"""Times an alert from the frame that raised it to the frame of the page that shows it, with every part in between real.

A recording is played as RTSP cameras; a gateway process watches them for intrusion, a hub process with its broker
takes its events, and headless Chromium shows the list. The page notes when a case's row is painted; the event says when
its frame came. What the camera itself needs to encode and send is not in it. Each case is voided once it was seen, so
that the next walk of the recording makes another.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.conftest import CHROMIUM, sign_in
from tests.e2e.stand import Stand, wait_for
from tests.edge.snap.clips import RtspCamera
from tests.ports import free_port

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/frame_to_page.py
  .venv/bin/python scripts/bench/frame_to_page.py --cameras 8 --minutes 5
"""
ROOT = Path(__file__).resolve().parents[2]
AREA = "demo/first-street/east"
YARD = [[0.2531, 0.7762], [0.3449, 0.4702], [0.1404, 0.4757], [0.0436, 0.5817], [0.058, 0.7865]]
"""Where somebody walks in, in every loop of the bundled street."""

QUIET_MS = 35_000
"""As long as somebody has touched the page within half a minute, what comes waits behind the pill."""

WATCH = """
window.benchRows = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll('[data-case]')) {
    const id = row.dataset.case;
    if (!(id in window.benchRows)) {
      window.benchRows[id] = null;
      requestAnimationFrame(() => { window.benchRows[id] = Date.now() / 1000; });
    }
  }
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-case']});
"""


def camera(number: int, url: str) -> dict[str, Any]:
    """One network camera that watches the yard."""
    scene = {"scene": "perimeter_intrusion", "zones": [{"id": "yard", "polygon": YARD}]}
    return {"id": f"yard-{number}", "area": AREA, "source": {"kind": "rtsp", "url": url}, "scenes": [scene]}


def seen_at(case: dict[str, Any]) -> float:
    """When the frame came that raised the case (seconds since 1970): the one at which the dwell was over."""
    measure = case["main_measure"]
    if measure["name"] != "dwell":
        raise SystemExit(f"case {case['number']} was raised by {measure['name']}, not by a dwell")
    return datetime.fromisoformat(case["opened_at"]).timestamp() + float(measure["value"])


def collect(page: Page, stand: Stand, minutes: float) -> list[float]:
    """Seconds from frame to row of every case that comes within the time."""
    lead = stand.client("lead")
    found: dict[int, float] = {}
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        page.wait_for_timeout(1000)
        for case, drawn in page.evaluate("window.benchRows").items():
            if int(case) in found or drawn is None:
                continue
            detail = lead.get(f"/api/cases/{case}").raise_for_status().json()
            found[int(case)] = drawn - seen_at(detail)
            lead.post(f"/api/cases/{case}/moves/void", json={"reason": "bench"}).raise_for_status()
            print(f"case {case}: {found[int(case)]:.2f} s", flush=True)
    return sorted(found.values())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-frame-") as place, sync_playwright() as playwright:
        stand = Stand(Path(place), limits={"storm_events": 0})
        stand.add_user("lead", "shift_lead")
        password = stand.add_gateway("gate-1", AREA)
        source = RtspCamera(ROOT / "media/street.mp4", free_port())
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        try:
            stand.hub.start()
            stand.hub.wait_until_healthy()
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_init_script(WATCH)
            page = context.new_page()
            page.goto(stand.hub.url)
            sign_in(page, "lead")
            page.wait_for_timeout(QUIET_MS)
            stand.start_gateway("gate-1", password, [camera(one, source.url) for one in range(given.cameras)])
            lead = stand.client("lead")
            wait_for("the cameras", lambda: len(lead.get("/api/cameras").json()) == given.cameras, 60)
            late = collect(page, stand, given.minutes)
        finally:
            source.stop()
            browser.close()
            stand.close()
    if not late:
        print("no case came: is the yard walked into?", file=sys.stderr)
        return 1
    most = late[max(0, int(len(late) * 0.95) - 1)]
    print(f"{len(late)} alerts: median {statistics.median(late):.2f} s, 95 % {most:.2f} s, longest {late[-1]:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
