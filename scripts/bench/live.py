"""Measures live video from a camera's packet to the picture in headless Chromium, on one machine.

Starts a hub and a gateway whose cameras play a recording that carries its own clock, opens a wall, and reads the clock
off the pictures that the browser shows. Processor time is that of the gateway's process, without and with watchers.
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser import clock_clip
from tests.browser.conftest import CHROMIUM, sign_in
from tests.browser.test_live import Studio, began, hear
from tests.e2e.stand import Stand, wait_for

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/live.py
  .venv/bin/python scripts/bench/live.py --cameras 16 --readings 60
"""
CLIP_SECONDS = 60
HELD_UP, CATCHES_UP = 1.0, 8.0
"""Seconds for which the gateway stands still, and after that until when the player's way back is watched."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=1, choices=(1, 4, 9, 16), help="shown at once")
    parser.add_argument("--readings", type=int, default=40, help="of the clock, half a second apart")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(Path(folder))
        try:
            measure(stand, asked.cameras, asked.readings)
        finally:
            stand.close()


def measure(stand: Stand, cameras: int, readings: int) -> None:
    """Run all on a stand that is not started yet."""
    clip = stand.folder / "clock.mp4"
    clock_clip.render(clip, CLIP_SECONDS)
    stand.add_user("lead", "shift_lead")
    stand.hub.start()
    stand.hub.wait_until_healthy()
    source = {"kind": "file", "path": str(clip), "pace": "live", "loop": True}
    area = "demo/first-street/east"
    played = [{"id": f"clock-{number}", "area": area, "source": source} for number in range(cameras)]
    gateway = stand.start_gateway("live-1", stand.add_gateway("live-1", "demo/first-street"), played)
    client = stand.client("lead")
    wait_for("the cameras", lambda: all(one["state"] == "online" for one in client.get("/api/cameras").json()))
    process = gateway.pid
    print(f"gateway, nobody watches: {busy(process):.1%} of a core")
    studio = Studio(stand, clip, client)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(stand.hub.url)
        sign_in(page, "lead")
        page.wait_for_selector(".nav")
        opened = time.monotonic()
        page.goto(f"{stand.hub.url}/live?n={cameras}")
        page.locator('[data-live="playing"]').nth(cameras - 1).wait_for(timeout=120_000)
        print(f"all {cameras} play: {time.monotonic() - opened:.2f} s after the address was opened")
        print(f"gateway, {cameras} watched: {busy(process):.1%} of a core")
        starts = began_at_all(studio, cameras)
        print_delays(page, starts, readings)
        print_after_a_stop(page, starts[0], process)
        browser.close()


def began_at_all(studio: Studio, cameras: int) -> list[float]:
    """When each camera was shown picture 0."""
    found = []
    for number in range(cameras):
        with studio.ask(f"clock-{number}") as line:
            found.append(began(*hear(line, 5)))
    return found


def read(page: Page, number: int, start: float) -> tuple[float, float]:
    """How many seconds a camera's picture is behind it, and how many of them the player has in hand."""
    shown, now, in_hand = page.locator(f'[data-camera="clock-{number}"] video').evaluate(clock_clip.READ_IN_PAGE)
    return (now - start - shown / clock_clip.RATE) % CLIP_SECONDS, in_hand


def print_delays(page: Page, starts: list[float], readings: int) -> None:
    """Read the clocks again and again, each camera in its turn."""
    found, in_hand = [], []
    for reading in range(readings):
        number = reading % len(starts)
        behind, kept = read(page, number, starts[number])
        found.append(behind)
        in_hand.append(kept)
        time.sleep(0.5)
    found.sort()
    late = found[int(0.95 * (len(found) - 1))]
    median = statistics.median(found)
    print(f"delay, {readings} readings: median {median:.2f} s, 95 % {late:.2f} s, most {found[-1]:.2f} s")
    print(f"of which the player has in hand: median {statistics.median(in_hand):.2f} s")


def print_after_a_stop(page: Page, start: float, gateway: int) -> None:
    """Hold the gateway up, so that its packets come all at once, and see how soon the player has caught up."""
    os.kill(gateway, signal.SIGSTOP)
    time.sleep(HELD_UP)
    os.kill(gateway, signal.SIGCONT)
    goes_on = time.monotonic()
    behind = []
    while (since := time.monotonic() - goes_on) < CATCHES_UP:
        behind.append((since, read(page, 0, start)[0]))
        time.sleep(0.1)
    late = max((since for since, seconds in behind if seconds > 1), default=0.0)
    most = max(seconds for _, seconds in behind)
    print(f"gateway held up for {HELD_UP} s: most {most:.2f} s behind, below 1 s again {late:.1f} s after it goes on")


def busy(process: int, seconds: float = 10.0) -> float:
    """The share of one core that a process takes."""
    before, began_at = processor_seconds(process), time.monotonic()
    time.sleep(seconds)
    return (processor_seconds(process) - before) / (time.monotonic() - began_at)


def processor_seconds(process: int) -> float:
    """What a process has taken so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
