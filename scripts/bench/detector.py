"""Times our detector against Ultralytics on the same pictures, and against the bare network.

Each side runs in a process of its own; they take turns, so that both see the same machine, and only one
works at a time. What is timed goes from a decoded picture to boxes.
"""

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/detector.py --pictures PICTURES
  .venv/bin/python scripts/bench/detector.py --pictures PICTURES --runtime openvino --rounds 20
  .venv/bin/python scripts/bench/detector.py --pictures PICTURES --other-python .venv-train/bin/python
"""
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@dataclass
class Spent:
    """Milliseconds of each look."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, answer: dict[str, Any]) -> None:
        """Add one turn's looks."""
        self.wall += answer["wall"]
        self.processor += answer["processor"]

    def percentile(self, share: float) -> float:
        """Return a percentile of the wall-clock times."""
        ordered = sorted(self.wall)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Worker:
    """A process that looks when told to and answers in lines of JSON."""

    def __init__(self, name: str, command: list[str]) -> None:
        """Start it and wait until it is ready; raises SystemExit with its words where it cannot."""
        self.name = name
        self.spent = Spent()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            self.about = self._answer()
        except SystemExit:
            self._process.kill()
            raise

    def look(self, times: int, task: str = "look") -> dict[str, Any]:
        """Do a task so many times; returns milliseconds of each."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task} {times}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise SystemExit(f"{self.name}: ended with status {self._process.wait()} without an answer")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=20)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, required=True, help="folder of JPEG or PNG pictures")
    parser.add_argument("--size", default="1280x720", help="each is scaled to this beforehand (%(default)s)")
    parser.add_argument("--manifest", type=Path, default=ROOT / "models" / "street" / "manifest.yaml", help="our model")
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16", "int8"])
    parser.add_argument(
        "--other-python", type=Path, default=ROOT / ".venv-train" / "bin" / "python",
        help="Python of an environment that has ultralytics (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--other-weights", type=Path, help="a .pt instead of our own ONNX")
    parser.add_argument("--rounds", type=int, default=10, help="turns of each side (%(default)s)")
    parser.add_argument("--looks", type=int, default=20, help="looks in a turn (%(default)s)")
    return parser.parse_args()


def open_other(given: argparse.Namespace, ours: Worker) -> Worker | None:
    """Start the side of Ultralytics, if it is there."""
    if not given.other_python.exists():
        print(f"ultralytics: left out, {given.other_python} is not there (scripts/train/setup.sh makes it)")
        return None
    if given.other_weights is None and ours.about["raw"]:
        print("ultralytics: left out, it cannot feed our network raw pictures; name its own with --other-weights")
        return None
    weights = given.other_weights or ours.about["file"]
    wanted = json.dumps({key: ours.about[key] for key in ("width", "height", "weakest", "iou")})
    command = [str(given.other_python), str(HERE / "ultralytics_worker.py"), str(weights)]
    try:
        return Worker("ultralytics", [*command, str(given.pictures.resolve()), given.size, wanted])
    except SystemExit as reason:
        print(f"ultralytics: left out; {reason}")
        return None


def table(ours: Worker, bare: Spent, other: Worker | None) -> None:
    """Print what was measured."""
    rows = [("sharp eyes", ours.spent), ("  its bare network", bare)]
    if other is not None:
        rows.append(("ultralytics", other.spent))
    middle = statistics.median(ours.spent.wall)
    print(f"\n{'':20}{'p50 ms':>9}{'p95 ms':>9}{'looks/s':>9}{'cpu ms':>9}{'x ours':>9}")
    for name, spent in rows:
        p50 = statistics.median(spent.wall)
        rate = 1e3 * len(spent.wall) / sum(spent.wall)
        processor = statistics.mean(spent.processor)
        print(f"{name:20}{p50:9.1f}{spent.percentile(0.95):9.1f}{rate:9.1f}{processor:9.1f}{p50 / middle:9.2f}")
    worked = statistics.mean(ours.spent.processor) / statistics.mean(bare.processor)
    print(f"\na look costs {middle / statistics.median(bare.wall):.2f} times the bare network (p50),", end=" ")
    print(f"{worked:.2f} times its processor time (mean)")
    if other is not None:
        ratio = statistics.median(other.spent.wall) / middle
        print(f"Ultralytics takes {ratio:.2f} times as long a look (p50), on {other.about['about']}")


def main() -> None:
    """Take turns and print the table."""
    given = arguments()
    command = [sys.executable, str(HERE / "sharp_eyes_worker.py"), str(given.manifest), str(given.pictures)]
    with Worker("sharp eyes", [*command, given.size, given.runtime, given.precision]) as ours:
        print(f"ours: {ours.about['about']}")
        other = open_other(given, ours)
        bare = Spent()
        sides = [ours] if other is None else [ours, other]
        try:
            for side in sides:
                side.look(given.looks)
            for turn in range(given.rounds):
                for side in sides:
                    side.spent.take(side.look(given.looks))
                bare.take(ours.look(given.looks, "bare"))
                print(f"\rturn {turn + 1} of {given.rounds}", end="", flush=True)
        except KeyboardInterrupt:
            print("\nbroken off; what was measured so far:")
        finally:
            if other is not None:
                other.__exit__()
        if bare.wall:
            table(ours, bare, other)


if __name__ == "__main__":
    main()
