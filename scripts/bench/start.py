"""Times a gateway from its process's start to its first look: once with nothing kept, then as at every later start.

Each start is a process of its own; wanted is at most 3 s with what was kept. Where others use the machine too, read the
processor's seconds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/start.py --clip media/street.mp4
  .venv/bin/python scripts/bench/start.py --clip media/street.mp4 --starts 10 --scenes illegal_parking smoke
"""
ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def start_once(data: Path, clip: Path, scenes: list[str], began: float) -> dict[str, float]:
    """Start a gateway in this process, wait for its first look and stop it; seconds since ``began``."""
    from sharp_eyes.edge.gateway import Gateway  # noqa: PLC0415 - importing is part of a start
    from sharp_eyes.edge.settings import GatewaySettings  # noqa: PLC0415

    imported = time.monotonic() - began
    camera: dict[str, Any] = {"id": "bench", "source": {"kind": "file", "path": str(clip.resolve()), "loop": True}}
    camera["scenes"] = [{"scene": name, "zones": [{"id": "all", "polygon": EVERYWHERE}]} for name in scenes]
    settings = GatewaySettings.model_validate({"gateway": "bench", "data": str(data), "cameras": [camera]})
    with Gateway(settings) as gateway:
        built = time.monotonic() - began
        (worker,) = gateway._workers.values()
        while not worker.health().looks:
            time.sleep(0.01)
        looked = time.monotonic() - began
        return {"imported": imported, "built": built, "looked": looked, "processor": time.process_time()}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path, default=ROOT / "media" / "street.mp4", help="(%(default)s)")
    parser.add_argument("--scenes", nargs="+", default=["illegal_parking", "smoke"], help="(%(default)s)")
    parser.add_argument("--starts", type=int, default=5, help="starts with what was kept (%(default)s)")
    parser.add_argument("--in-process", nargs=2, metavar=("DATA", "BEGAN"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Start again and again and print a line for each."""
    given = arguments()
    if given.in_process:
        data, began = given.in_process
        print(json.dumps(start_once(Path(data), given.clip, given.scenes, float(began))))
        return
    print(f"{'start':>10}{'imported':>10}{'built':>10}{'first look':>12}{'processor s':>13}")
    with tempfile.TemporaryDirectory() as data:
        for number in range(given.starts + 1):
            command = [sys.executable, __file__, "--clip", str(given.clip), "--scenes", *given.scenes]
            command += ["--in-process", data, str(time.monotonic())]
            answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
            spent: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
            name = "kept" if number else "nothing"
            print(
                f"{name:>10}{spent['imported']:10.2f}{spent['built']:10.2f}{spent['looked']:12.2f}{spent['processor']:13.2f}"
            )


if __name__ == "__main__":
    main()
