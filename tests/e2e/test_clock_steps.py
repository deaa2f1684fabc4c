"""A gateway whose clock is set while it runs: real processes, and libfaketime as the hand that sets it.

Every ten seconds a car stands in a zone for seven. After each step of the clock the hub must hear of it again, at
the time that the clock shows by then, and the gateway must be online throughout; frozen, it must soon be
offline, whatever its clock says.

A longer run:
  SHARP_EYES_STEPS=40 SHARP_EYES_SEED=7 pytest -s -n 0 tests/e2e/test_clock_steps.py
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from tests.e2e.films import no_parking, still_clip
from tests.e2e.stand import Stand, wait_for
from tests.e2e.stored import Stored

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
STEPS = int(os.environ.get("SHARP_EYES_STEPS", "3"))
SEED = int(os.environ.get("SHARP_EYES_SEED", str(random.SystemRandom().randrange(10_000))))
HOUR, DAY = 3600, 86_400
SIZES = (30 * DAY, -30 * DAY, -HOUR, HOUR, 40, -40, 4, -4)
"""Seconds by which the clock is set; the first three are always tried."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900 + 200 * STEPS),
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is missing; see scripts/install-system-parts.sh"),
]


@dataclass
class Kerb:
    """A hub whose clock is right, and a gateway at a kerb whose clock is not."""

    stand: Stand
    stored: Stored
    clock: Path
    off: int = 0

    def set_clock(self, seconds: int) -> None:
        """Set the gateway's clock by so much."""
        self.off += seconds
        new = self.clock.with_suffix(".new")
        new.write_text(f"{self.off:+d}\n")
        new.replace(self.clock)

    def started_since(self, event: int) -> list[float]:
        """By how much each event's start differs from the gateway's present clock."""
        rows = self.stored.rows("SELECT started_at FROM alarm ORDER BY received_at LIMIT 1000 OFFSET :n", n=event)
        now = time.time() + self.off
        return [now - datetime.fromisoformat(f"{row[0]}+00:00").timestamp() for row in rows]

    def has_events(self, number: int) -> bool:
        """Whether the hub has heard of so many."""
        return len(self.started_since(0)) >= number

    @property
    def online(self) -> bool:
        """Whether the hub believes that the gateway is there."""
        return bool(self.stored.rows("SELECT online FROM gateway")[0][0])


@pytest.fixture
def kerb(tmp_path: Path) -> Iterator[Kerb]:
    stand = Stand(tmp_path)
    stand.hub.start()
    stand.hub.wait_until_healthy()
    still_clip(tmp_path / "kerb.mp4", (2.0, 6), (20.0, 14))
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    environment = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    camera = {
        "id": "kerb",
        "source": {"kind": "file", "path": str(tmp_path / "kerb.mp4"), "loop": True},
        "scenes": [{"scene": "illegal_parking", "zones": [no_parking()], "dwell": 2, "clear_after": 1, "grace": 1}],
    }
    password = stand.add_gateway("gate", "demo/first-street")
    stand.start_gateway("gate", password, [camera], **environment, FAKETIME_DONT_FAKE_MONOTONIC="1")
    stored = Stored(stand.hub.data)
    yield Kerb(stand, stored, clock)
    stored.close()
    stand.close()


def test_a_clock_that_is_set_makes_no_camera_deaf_and_no_gateway_immortal(kerb: Kerb) -> None:
    """Forward and back, by days, an hour, seconds."""
    print(f"\nseed {SEED}, {STEPS} steps")
    wait_for("the first event", lambda: kerb.started_since(0), 90)
    chance = random.Random(SEED)
    sizes = [*SIZES[:3], *(chance.choice(SIZES) for _ in range(STEPS - 3))]
    waited, wrong = list[float](), list[float]()
    for size in sizes:
        wanted = len(kerb.started_since(0)) + 2
        kerb.set_clock(size)
        began = time.monotonic()
        # One that began before the step may still be on its way; the next one is told by the clock as it is now.
        wait_for(f"events after the step of {size} s", partial(kerb.has_events, wanted), 90)
        waited.append(time.monotonic() - began)
        wrong.append(min(abs(one) for one in kerb.started_since(wanted - 2)))
        assert kerb.online
        assert wrong[-1] < 30, f"{wrong[-1]:.0f} s from the clock after the step of {size} s"
        print(f"{size:+10d} s: two events within {waited[-1]:.0f} s, begun {wrong[-1]:.1f} s ago by its clock")
    assert kerb.stand.gateway is not None
    assert "clock was set" in kerb.stand.gateway.tail(10_000)
    kerb.stand.gateway.freeze()
    began = time.monotonic()
    wait_for("the hub to miss it", lambda: not kerb.online, 60)
    kerb.stand.gateway.kill()
    print(f"frozen: offline after {time.monotonic() - began:.0f} s; longest wait for two events {max(waited):.0f} s")
