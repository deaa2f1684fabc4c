"""A street of cameras on one gateway: looks late, processor time of a camera-second, memory a camera, events.

Cameras as people have them (1920 x 1080, 25 frames a second, H.264 at 4 Mbit/s without B-frames, a keyframe every two
seconds), played as live ones, the whole way from packets to outbox; only the hub is left out. `slow` are scenes with
long dwells and default settings; `mixed` is 60 of them, 30 of intrusion or smoke and 10 of falling objects. `quiet`
cameras show a still picture with a sensor's noise, `busy` ones the clip. Beside them some cameras play a clip with
known truth once, under the suite's settings: their events are counted, so that what is cheap is also right. Memory
is what comes on top of the models and the first two cameras.
"""

import argparse
import json
import logging
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from scripts.bench.cameras import ZONE, Bench
from scripts.bench.pace import encode

from sharp_eyes.configuration.memory import give_back
from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.camera_scenes import Feed
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

EXAMPLES = """examples:
  .venv/bin/python -m scripts.bench.street
  .venv/bin/python -m scripts.bench.street --cameras 100 --mix slow --seconds 60 --precision bf16
  .venv/bin/python -m scripts.bench.street --cameras 10 --mix mixed --show busy --seconds 20
"""
ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "media/suite/suite.yaml"
MIXES = {
    "slow": {"illegal_parking": 70, "fire_lane_blocked": 15, "bike_clutter": 10, "greenery_damage": 5},
    "mixed": {
        "illegal_parking": 45, "bike_clutter": 10, "greenery_damage": 5,
        "perimeter_intrusion": 20, "smoke": 10, "falling_object": 10,
    },
}  # fmt: skip
"""Scenes by their share of the cameras, in hundredths."""
TOLERANCE = 3.0
"""Seconds after what is expected within which an event of it may come: the dwell counts, and the pace."""
PAGE = os.sysconf("SC_PAGE_SIZE")


class TellingWorker(CameraWorker):
    """A camera that remembers what its scenes said."""

    def __init__(self, *given: Any) -> None:
        self.said: list[SceneEvent] = []
        super().__init__(*given)

    def believe(self) -> None:
        """Believe its packets from now on, as after some arrivals."""
        if self._pipeline.plan is not None:
            self._pipeline.plan.motion.trust()

    def _publish(self, events: Sequence[SceneEvent], frame: Frame, feed: Feed) -> None:
        self.said += events
        super()._publish(events, frame, feed)


@dataclass(frozen=True)
class Truth:
    """A clip with known truth: its camera's settings, and what must come of it, (zone, from, to)."""

    clip: Path
    scenes: list[dict[str, Any]]
    expected: list[tuple[str, float, float]]
    length: float

    def only(self, zone: str) -> "Truth":
        """What is expected in one zone alone."""
        return replace(self, expected=[one for one in self.expected if one[0] == zone])

    def nothing(self) -> "Truth":
        """The same where nothing happens."""
        return replace(self, expected=[])

    def judge(self, said: Sequence[SceneEvent], start: float) -> tuple[int, int]:
        """How many of what was expected came, and how many events that nobody expected."""
        opened = [one for one in said if one.phase is Phase.OPENED]
        hits = {
            place
            for one in opened
            for place, (zone, begin, end) in enumerate(self.expected)
            if one.zone == zone and begin <= one.observed_at.timestamp() - start <= end + TOLERANCE
        }
        false = sum(
            not any(
                one.zone == zone and begin <= one.observed_at.timestamp() - start <= end + TOLERANCE
                for zone, begin, end in self.expected
            )
            for one in opened
        )
        return len(hits), false


def truth_of(clip: Path) -> Truth:
    """The suite's first entry, whose recording is ``clip`` as it was encoded anew."""
    entry = yaml.safe_load(SUITE.read_text(encoding="utf-8"))["clips"][0]
    known = json.loads((SUITE.parent / entry["truth"]).read_text(encoding="utf-8"))
    expected = [(one["zone"], float(one["from"]), float(one["to"])) for one in known["events"] if one["expected"]]
    return Truth(clip, entry["camera"]["scenes"], expected, len(known["frames"]) / known["fps"])


def settings_of(
    given: argparse.Namespace, mix: dict[str, int], clip: Path, truth: Truth, folder: Path
) -> GatewaySettings:
    """A gateway with cameras in this mix, and some that play the truth."""
    names = [name for name, share in mix.items() for _ in range(round(share * given.cameras / 100))]
    names = (names + [next(iter(mix))] * given.cameras)[: given.cameras]
    live: dict[str, Any] = {"kind": "file", "pace": "live"}
    cameras: list[dict[str, Any]] = [
        {
            "id": f"{name.replace('_', '-')}-{number:03}",
            "source": {**live, "path": str(clip), "loop": True},
            "scenes": [{"scene": name, "zones": [ZONE]}],
        }
        for number, name in enumerate(names)
    ]
    cameras += [
        {"id": f"truth-{number}", "source": {**live, "path": str(truth.clip)}, "scenes": truth.scenes}
        for number in range(given.truth)
    ]
    model = {"runtime": given.runtime, "precision": given.precision, "threads": given.threads}
    return GatewaySettings.model_validate({"gateway": "bench", "data": folder, "model": model, "cameras": cameras})


def resident() -> float:
    """Memory of this process, MB, after what a gateway does once a minute."""
    give_back()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


@dataclass(frozen=True)
class Figures:
    """What a run gave.

    Attributes:
        milliseconds: of the processor, for each second of a camera.
        share: of all cores, 0 to 1.
        looks: a camera-second.
        late, lost: looks that came late; frames that failed or that a newer one pushed out.
        said: what each camera said, and when it was started, seconds since the Unix epoch.
        memory: MB a camera, on top of the models and the first two cameras.
    """

    milliseconds: float
    share: float
    looks: float
    late: int
    lost: int
    memory: float
    said: list[tuple[list[SceneEvent], float]]


def run(
    settings: GatewaySettings,
    detectors: Detectors,
    warm_up: float,
    seconds: float,
    least: float = 0,
    believed: bool = False,
) -> Figures:
    """Run a gateway's cameras.

    Args:
        least: seconds that they are to run at all.
        believed: packets that say that nothing moves are believed from the start.
    """
    first = settings.model_copy(update={"cameras": settings.cameras[:2], "data": settings.data / "first"})
    small = Bench(first, detectors)
    with small.running(1.0):
        wait(small, 5.0)
        before_all = resident()
    bench = Bench(settings, detectors, TellingWorker)
    for one in bench.workers:
        if believed and isinstance(one, TellingWorker):
            one.believe()
    started = time.time()
    with bench.running(2.0):
        wait(bench, warm_up)
        before, start, worked = counts(bench), time.monotonic(), time.process_time()
        wait(bench, seconds)
        passed, processor = time.monotonic() - start, time.process_time() - worked
        looks, late, failed, replaced = (new - old for new, old in zip(counts(bench), before, strict=True))
        memory = (resident() - before_all) / max(len(bench.workers) - 2, 1)
        wait(bench, started + least - time.time())
    workers = [one for one in bench.workers if isinstance(one, TellingWorker)]
    camera_seconds = passed * len(workers)
    return Figures(
        milliseconds=1e3 * processor / camera_seconds,
        share=processor / passed / (os.cpu_count() or 1),
        looks=looks / camera_seconds,
        late=late,
        lost=failed + replaced,
        memory=memory,
        said=[(one.said, started + 2.0 * number / len(workers)) for number, one in enumerate(workers)],
    )


def row(given: argparse.Namespace, settings: GatewaySettings, detectors: Detectors, truth: Truth) -> str:
    """Run one street and give its figures."""
    least = 2.0 + truth.length + 6 if given.truth else 0.0
    figures = run(settings, detectors, given.warm_up, given.seconds, least, given.believed)
    judged = [truth.judge(*said) for said in figures.said[len(figures.said) - given.truth :]]
    hits, false = sum(hit for hit, _ in judged), sum(false for _, false in judged)
    return (
        f"{figures.milliseconds:9.1f} {100 * figures.share:5.0f} % {figures.looks:8.2f} {figures.late:6} "
        f"{figures.lost:6} {figures.memory:8.1f} {hits:4} of {len(truth.expected) * given.truth:<3} {false:5}"
    )


def wait(bench: Bench, seconds: float) -> None:
    """Keep house for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.25))
        bench.keep_house()


def counts(bench: Bench) -> list[int]:
    """Looks, late ones, failed ones, and frames that a newer one pushed out, all cameras together; those that look."""
    sampled = [bench.counts(one.camera.id) for one in bench.workers if one._sampled]
    return [
        sum(one.looks for one in sampled),
        sum(one.late for one in sampled),
        sum(one.skipped["failed"] for one in sampled),
        sum(one.skipped["replaced"] for one in sampled),
    ]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=100, help="(%(default)s)")
    parser.add_argument("--mix", nargs="+", choices=list(MIXES), default=list(MIXES), help="(%(default)s)")
    parser.add_argument("--show", nargs="+", choices=["quiet", "busy"], default=["quiet", "busy"], help="(%(default)s)")
    parser.add_argument("--truth", type=int, default=2, help="cameras beside them with known truth (%(default)s)")
    parser.add_argument("--keyframes", type=float, default=2.0, help="seconds between keyframes (%(default)s)")
    parser.add_argument("--seconds", type=float, default=35.0, help="measured for each row (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=15.0, help="seconds before it (%(default)s)")
    parser.add_argument(
        "--believed",
        action="store_true",
        help="packets that say that nothing moves are believed from the start, as after some arrivals",
    )
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16", "int8"])
    parser.add_argument("--threads", type=int, default=0, help="threads of the runtime; 0: as a gateway (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Measure each mix, quiet and busy."""
    given = arguments()
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")
    print(
        f"{given.cameras} cameras 1080p25, keyframes every {given.keyframes:g} s, and {given.truth} with known truth; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n{'':14} {'cpu ms/s':>9} {'of all':>7} "
        f"{'looks/s':>8} {'late':>6} {'lost':>6} {'MB/cam':>8} {'events':>10} {'false':>5}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = {show: folder / f"{show}.mp4" for show in ("quiet", "busy")}
        street = truth_of(clips["busy"])
        for show, clip in clips.items():
            if show in given.show or show == "busy":
                encode(ROOT / "media/street.mp4", clip, given.keyframes, show == "quiet", street.length)
        try:
            for mix in given.mix:
                for show in given.show:
                    settings = settings_of(given, MIXES[mix], clips[show], street, folder / f"{mix}-{show}")
                    said = row(given, settings, Detectors.open(settings.model.shared_out()), street)
                    print(f"{mix + ', ' + show:14} {said}", flush=True)
        except EdgeError as error:
            raise SystemExit(str(error)) from error
        except KeyboardInterrupt:
            raise SystemExit("\nbroken off; the rows above hold") from None


if __name__ == "__main__":
    main()
