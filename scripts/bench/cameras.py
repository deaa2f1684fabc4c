"""Finds how many cameras one gateway serves with no look late.

Each camera plays a clip as a live camera would and goes the whole way of a gateway: reading, decoding,
detector, tracker, scenes, evidence, outbox on disk. Only the hub is left out. The number is doubled until
looks come late or are missed, then narrowed down by halves.
"""

import argparse
import contextlib
import logging
import math
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import SamplingStats, Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/cameras.py --clip media/street.mp4
  .venv/bin/python scripts/bench/cameras.py --clip CLIP --scene perimeter_intrusion --interval 0.2
  .venv/bin/python scripts/bench/cameras.py --clip CLIP --decode nonreference --most 64 --seconds 30
"""
ROOT = Path(__file__).resolve().parents[2]
ZONE = {"id": "zone", "polygon": [[0.1, 0.3], [0.9, 0.3], [0.9, 0.95], [0.1, 0.95]]}
LEAST_LOOKS = 0.9
"""Share of the looks that should have been: a reader that falls behind is no success either."""


@dataclass(frozen=True)
class Trial:
    """What a number of cameras gave.

    Attributes:
        looks, wanted: looks in the time measured, and how many there should have been.
        late, failed, replaced: looks that came late or failed, frames that a newer one pushed out.
        starved: cameras with too few looks.
        processor: processor seconds a second, all cameras together.
        ages: seconds from a frame's timestamp until it was handled, each look.
        events: durable messages and pieces of evidence put into the outbox.
    """

    cameras: int
    looks: int
    wanted: float
    late: int
    failed: int
    replaced: int
    starved: int
    processor: float
    ages: list[float]
    events: int

    @property
    def passed(self) -> bool:
        """Whether nothing was late, failed or missed."""
        return not (self.late or self.failed or self.starved)

    def __str__(self) -> str:
        ages = sorted(self.ages) or [math.nan]
        p50, p95 = (ages[min(int(share * len(ages)), len(ages) - 1)] * 1e3 for share in (0.5, 0.95))
        return (
            f"{self.cameras:5} {'ok' if self.passed else 'no':>4} {self.looks:7} {self.wanted:7.0f} {self.late:5} "
            f"{self.failed:6} {self.starved:7} {100 * self.processor / self.cameras:8.2f} "
            f"{100 * self.processor:7.0f} {p50:8.0f} {p95:8.0f} {self.events:6}"
        )


HEADING = (
    f"{'N':>5} {'':>4} {'looks':>7} {'wanted':>7} {'late':>5} {'failed':>6} {'starved':>7} {'cpu%/cam':>8} "
    f"{'cpu%':>7} {'p50 ms':>8} {'p95 ms':>8} {'outbox':>6}"
)


def settings_of(given: argparse.Namespace, cameras: int, folder: Path) -> GatewaySettings:
    """A gateway's settings with so many equal cameras."""
    scene = {"scene": given.scene, "look_interval": given.interval, "zones": [ZONE]}
    camera = {
        "source": {"kind": "file", "path": str(given.clip.resolve()), "pace": "live", "loop": True},
        "decode": given.decode,
        "scenes": [scene],
    }
    return GatewaySettings.model_validate(
        {
            "gateway": "bench",
            "data": folder,
            "model": {"manifest": given.manifest, "runtime": given.runtime, "threads": given.threads},
            "cameras": [{"id": f"camera-{number:04}", **camera} for number in range(cameras)],
        }
    )


class Bench:
    """One set of cameras, running; ``worker`` makes each of them."""

    def __init__(
        self, settings: GatewaySettings, detectors: Detectors, worker: type[CameraWorker] = CameraWorker
    ) -> None:
        self._outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
        self._scheduler = Scheduler(detectors, self._on_detections, workers=settings.model.shared_out().workers)
        self._workers = {
            camera.id: worker(settings, camera, detectors, self._scheduler, self._outbox) for camera in settings.cameras
        }
        self._ages: list[float] = []
        self._lock = Lock()

    @property
    def workers(self) -> list[CameraWorker]:
        """One for each camera."""
        return list(self._workers.values())

    @property
    def cameras(self) -> list[str]:
        """Their identifiers."""
        return list(self._workers)

    def counts(self, camera: str) -> SamplingStats:
        """What became of a camera's frames so far."""
        return self._scheduler.counts(camera)

    def keep_house(self) -> None:
        """Do what a gateway does between the looks; live pictures are made and thrown away."""
        for worker in self._workers.values():
            worker.housekeeping()
            if worker.snapshot_due:
                worker.snapshot()

    @contextlib.contextmanager
    def running(self, interval: float) -> Iterator[None]:
        """Start the cameras, out of step with each other as real ones are; stop them at the end."""
        self._scheduler.start()
        try:
            for worker in self._workers.values():
                worker.start()
                time.sleep(interval / len(self._workers))
            yield
        finally:
            for worker in self._workers.values():
                worker.stop()
            self._scheduler.stop()
            self._outbox.close()

    def measure(self, seconds: float, interval: float) -> Trial:
        """Count for so many seconds."""
        before = {camera: self._scheduler.counts(camera) for camera in self._workers}
        with self._lock:
            self._ages.clear()
        start, worked = time.monotonic(), time.process_time()
        end = start + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.25))
            self.keep_house()
        taken, processor = time.monotonic() - start, time.process_time() - worked
        after = {camera: self._scheduler.counts(camera) for camera in self._workers}
        pairs = [(before[camera], after[camera]) for camera in self._workers]
        looks = [new.looks - old.looks for old, new in pairs]
        wanted = taken / interval
        with self._lock:
            ages = list(self._ages)
        return Trial(
            cameras=len(pairs),
            looks=sum(looks),
            wanted=wanted * len(pairs),
            late=sum(new.late - old.late for old, new in pairs),
            failed=sum(new.skipped["failed"] - old.skipped["failed"] for old, new in pairs),
            replaced=sum(new.skipped["replaced"] - old.skipped["replaced"] for old, new in pairs),
            starved=sum(number < min(LEAST_LOOKS * wanted, wanted - 1) for number in looks),
            processor=processor / taken,
            ages=ages,
            events=self._outbox.state().pending,
        )

    def _on_detections(self, frame: Frame, detections: Detections) -> None:
        self._workers[frame.camera].on_detections(frame, detections)
        with self._lock:
            self._ages.append(time.time() - frame.time)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path, required=True, help="what every camera shows, again and again")
    parser.add_argument(
        "--scene", default="illegal_parking", choices=["illegal_parking", "fire_lane_blocked", "perimeter_intrusion"]
    )
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks (%(default)s)")
    parser.add_argument("--decode", default="auto", choices=["auto", "all", "nonreference", "keyframes"])
    parser.add_argument("--manifest", type=Path, help="another model than the bundled one")
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--threads", type=int, default=0, help="threads of the runtime; 0: its own choice")
    parser.add_argument("--seconds", type=float, default=15.0, help="measured for each number (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=5.0, help="seconds before it (%(default)s)")
    parser.add_argument("--first", type=int, default=4, help="number to begin with (%(default)s)")
    parser.add_argument("--most", type=int, default=256, help="number to stop at (%(default)s)")
    return parser.parse_args()


def attempt(given: argparse.Namespace, detectors: Detectors, cameras: int) -> bool:
    """Try so many cameras and print the outcome."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(settings_of(given, cameras, Path(folder)), detectors)
        with bench.running(given.interval):
            time.sleep(given.warm_up)
            trial = bench.measure(given.seconds, given.interval)
    print(trial, flush=True)
    return trial.passed


def search(given: argparse.Namespace, detectors: Detectors) -> int:
    """Largest number of cameras that passed, 0 where not even one did."""
    good, bad, number = 0, given.most + 1, min(given.first, given.most)
    while bad - good > max(1, good // 16):
        if attempt(given, detectors, number):
            good = number
        else:
            bad = number
        number = min(2 * good, given.most) if bad > given.most and good else (good + bad) // 2
        if good == given.most:
            break
    return good


def main() -> None:
    """Search and say the result."""
    given = arguments()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    if not given.clip.is_file():
        raise SystemExit(f"{given.clip}: no such clip; scripts/render makes media/street.mp4")
    try:
        settings = settings_of(given, 1, ROOT)
        detectors = Detectors.open(settings.model.shared_out())
        print(
            f"{given.clip.name}, {given.scene} every {given.interval:g} s, decode {given.decode}, "
            f"{os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f} before the start\n{HEADING}",
            flush=True,
        )
        good = search(given, detectors)
    except EdgeError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        raise SystemExit("\nbroken off; the lines above hold") from None
    reached = " (and more were not tried)" if good == given.most else ""
    print(f"\n{good} cameras with nothing late{reached}")


if __name__ == "__main__":
    main()
