"""Sharp Eyes beside Ultralytics `track` and Frigate's pipeline: processor time of a camera-second, in one call.

All see the same 1080p25 H.264 (4 Mbit/s, no B-frames, a keyframe every two seconds), once with nothing moving but a
sensor's noise and once the bundled street; each from packets to tracked objects, ours to events in the outbox. On the
street the parked car of the ground truth must raise an alarm: ours by the scene, over the others' tracks a plain dwell
rule (`dwell_rule.py`). Ultralytics and Frigate run in environments of their own, and are left out in words where these
are not there; `--network` and `--small` are one network, exported by Ultralytics at 640 x 384 and 320 x 320.
"""

import argparse
import json
import logging
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench.pace import encode
from scripts.bench.street import Truth, run, truth_of

from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.settings import GatewaySettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.bench.peers
  .venv/bin/python -m scripts.bench.peers --ultralytics-python .venv-train/bin/python --network street_640x384.onnx
  .venv/bin/python -m scripts.bench.peers --frigate-python ENV/bin/python --frigate-source FRIGATE --small NET_320.onnx
"""
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DWELL = 8
VEHICLES = ("car", "bus", "truck")
NAMES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
OURS: dict[str, dict[str, Any]] = {
    "illegal_parking, dwell 180 s": {"scene": "illegal_parking"},
    "illegal_parking, dwell 8 s": {"scene": "illegal_parking", "dwell": DWELL, "grace": 4, "clear_after": 2},
    "perimeter_intrusion at 5 Hz": {"scene": "perimeter_intrusion", "look_interval": 0.2},
}
"""What a camera of ours watches for: the second is the rule that is laid over the others' tracks."""


@dataclass(frozen=True)
class Spent:
    """Processor milliseconds of a camera-second, and what came of the truth: hits and false alarms."""

    milliseconds: float
    hits: int | None = None
    false: int = 0

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "Spent":
        """What a worker's answer says."""
        return cls(1e3 * answer["processor"] / max(answer["seconds"], 1e-9), answer["hits"], answer["false"])


def ours(given: argparse.Namespace, clip: Path, truth: Truth, folder: Path, scene: dict[str, Any]) -> Spent:
    """Our gateway with two cameras that play the clip live, each once."""
    source = {"kind": "file", "path": str(clip), "pace": "live", "loop": True}
    zone = next(one["zones"] for one in truth.scenes if one["scene"] == "illegal_parking")
    cameras = [{"id": f"camera-{n}", "source": source, "scenes": [{**scene, "zones": zone}]} for n in range(2)]
    model = {"runtime": given.runtime, "precision": given.precision, "threads": 1}
    settings = GatewaySettings.model_validate({"gateway": "bench", "data": folder, "model": model, "cameras": cameras})
    figures = run(settings, Detectors.open(settings.model.shared_out()), given.warm_up, given.seconds)
    judged = [truth.judge(said, started) for said, started in figures.said]
    return Spent(figures.milliseconds, sum(hit for hit, _ in judged), sum(false for _, false in judged))


def asked(name: str, command: list[str]) -> Spent | None:
    """A worker's answer; None, and why in words, where it cannot give one."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if extra := environment.pop("PEERS_PYTHONPATH", ""):
        environment["PYTHONPATH"] = extra
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=environment, timeout=600)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        reason = (done.stderr.strip() or done.stdout.strip() or "no answer").splitlines()[-1]
        print(f"{name}: left out, {reason}", flush=True)
        return None
    return Spent.of(json.loads(lines[-1]))


def ultralytics(
    given: argparse.Namespace, clip: Path, zone: list[Any], expected: list[Any], every: int
) -> Spent | None:
    """Ultralytics' own `track` on every so many frames."""
    wanted = {
        "width": 640, "height": 384, "every": every, "rate": 25, "classes": [NAMES.index(name) for name in VEHICLES],
        "zone": zone, "dwell": DWELL, "expected": expected,
    }  # fmt: skip
    worker = [str(given.ultralytics_python), str(HERE / "ultralytics_worker.py"), "track"]
    return asked("Ultralytics", [*worker, str(given.network), str(clip), json.dumps(wanted)])


def frigate(given: argparse.Namespace, clip: Path, zone: list[Any], expected: list[Any]) -> Spent | None:
    """Frigate's motion, regions, detector and tracker at its five frames a second."""
    wanted = {
        "side": 320, "labels": NAMES, "track": VEHICLES, "zone": zone, "dwell": DWELL, "expected": expected,
    }  # fmt: skip
    worker = [str(given.frigate_python), str(HERE / "frigate_worker.py"), str(given.frigate_source)]
    return asked("Frigate", [*worker, str(given.small), str(clip), json.dumps(wanted)])


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", nargs="+", choices=["quiet", "busy"], default=["quiet", "busy"], help="(%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="ours is measured for so long (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=6.0, help="seconds before it (%(default)s)")
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16", "int8"])
    parser.add_argument(
        "--ultralytics-python", type=Path, default=ROOT / ".venv-train/bin/python", help="(%(default)s)"
    )
    parser.add_argument("--network", type=Path, help="ONNX or .pt for Ultralytics, 640 x 384")
    parser.add_argument("--every", type=int, nargs="+", default=[1, 5, 25], help="of 25 frames (%(default)s)")
    parser.add_argument("--frigate-python", type=Path, help="Python of an environment with what Frigate imports")
    parser.add_argument("--frigate-source", type=Path, help="a checkout of Frigate")
    parser.add_argument("--small", type=Path, help="ONNX for Frigate, 320 x 320")
    return parser.parse_args()


def main() -> None:
    """Measure everybody on each clip and print a table."""
    given = arguments()
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; processor time, user and system", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for show in given.show:
            clip = folder / f"{show}.mp4"
            truth = truth_of(clip).only("no_parking")
            encode(ROOT / "media/street.mp4", clip, 2.0, show == "quiet", truth.length)
            zone = next(one["zones"] for one in truth.scenes if one["scene"] == "illegal_parking")[0]["polygon"]
            expected = [[begin, end] for _, begin, end in truth.expected] if show == "busy" else []
            known = truth if show == "busy" else truth.nothing()
            print(f"\n{show}\n{'':34}{'ms a camera-second':>19}{'x ours':>8}{'alarms':>10}{'false':>7}", flush=True)
            base: float | None = None
            for number, (label, scene) in enumerate(OURS.items()):
                try:
                    spent = ours(given, clip, known, folder / f"{show}-{number}", scene)
                except EdgeError as error:
                    raise SystemExit(str(error)) from error
                base = base or spent.milliseconds
                judged = spent if scene.get("dwell") == DWELL else Spent(spent.milliseconds)
                print(row(f"Sharp Eyes, {label}", judged, base, 2 * len(expected)), flush=True)
            if given.network is None:
                print("Ultralytics: left out, no --network is given")
            for every in given.every if given.network is not None else ():
                told = ultralytics(given, clip, zone, expected, every)
                if told is not None:
                    print(
                        row(f"Ultralytics track, {25 / every:g} frames/s", told, base or 1, len(expected)), flush=True
                    )
            if None in (given.frigate_python, given.frigate_source, given.small):
                print("Frigate: left out, give --frigate-python, --frigate-source and --small")
                continue
            told = frigate(given, clip, zone, expected)
            if told is not None:
                print(row("Frigate's pipeline, 5 frames/s", told, base or 1, len(expected)), flush=True)


def row(label: str, spent: Spent, base: float, expected: int) -> str:
    """A row of the table."""
    alarms = "" if spent.hits is None else f"{spent.hits} of {expected}"
    false = "" if spent.hits is None else str(spent.false)
    return f"{label:40}{spent.milliseconds:13.1f}{spent.milliseconds / base:8.1f}{alarms:>10}{false:>7}"


if __name__ == "__main__":
    main()
