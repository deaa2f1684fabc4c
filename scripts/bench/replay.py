"""How much faster than real time recordings are replayed and judged, for each core, and what a second job gives.

Several copies of the bundled street, encoded as a camera sends it (1080p25, 4 Mbit/s, a keyframe every two seconds),
make a suite for one slow scene with its default dwell; `evaluate events` judges it without a cache, with one job and
with more. Seconds of video by processor seconds, and by the clock; what a process takes to start is in it.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from scripts.bench.cameras import ZONE
from scripts.bench.pace import encode

EXAMPLES = """examples:
  .venv/bin/python -m scripts.bench.replay
  .venv/bin/python -m scripts.bench.replay --scene perimeter_intrusion --clips 4 --jobs 1
"""
ROOT = Path(__file__).resolve().parents[2]


def suite(folder: Path, scene: str, clips: int, length: float) -> Path:
    """A suite of so many equal clips."""
    encode(ROOT / "media/street.mp4", folder / "clip-0.mp4", 2.0, False, length)
    entries: list[dict[str, Any]] = []
    for number in range(clips):
        if number:
            shutil.copy(folder / "clip-0.mp4", folder / f"clip-{number}.mp4")
            with (folder / f"clip-{number}.mp4").open("ab") as file:
                file.write(b"\0\0\0\x09free" + bytes([number]))  # another checksum, so that none is taken for another
        camera = {"id": f"camera-{number}", "scenes": [{"scene": scene, "zones": [ZONE]}]}
        entries.append({"clip": f"clip-{number}.mp4", "kind": "rendered", "camera": camera, "events": []})
    path = folder / "suite.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "name": "bench", "clips": entries}), encoding="utf-8")
    return path


def judged(path: Path, jobs: int, out: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor that judging the suite took."""
    command = [sys.executable, "-m", "sharp_eyes.edge", "evaluate", "events", "--suite", str(path), "--no-cache"]
    command += ["--jobs", str(jobs), "--out", str(out)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not out.exists():
        raise SystemExit(done.stderr.strip() or done.stdout.strip())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, spent


def main() -> None:
    """Judge with each number of jobs and print a row."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scene", default="illegal_parking", choices=["illegal_parking", "perimeter_intrusion", "smoke"]
    )
    parser.add_argument("--clips", type=int, default=6, help="(%(default)s)")
    parser.add_argument("--length", type=float, default=60.0, help="seconds of each (%(default)s)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="(%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = suite(folder, given.scene, given.clips, given.length)
        video = given.clips * given.length
        print(
            f"{given.clips} clips of {given.length:g} s, {given.scene}; {os.cpu_count()} cores, load "
            f"{os.getloadavg()[0]:.1f} before\n"
            f"{'jobs':>5}{'s':>8}{'cpu s':>8}{'x real time':>13}{'a core':>8}{'gain':>6}",
            flush=True,
        )
        first: float | None = None
        for jobs in given.jobs:
            wall, processor = judged(path, jobs, folder / f"out-{jobs}")
            first = first or wall
            print(
                f"{jobs:5}{wall:8.1f}{processor:8.1f}{video / wall:13.1f}{video / processor:8.1f}{first / wall:6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
