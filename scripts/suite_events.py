"""Play every clip of a suite through `replay` and write its events, one JSON Lines file a clip, with their checksums.

What a change must not alter can be compared to the byte: run it before and after, then `diff` the two lists.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = """\
examples:
  python scripts/suite_events.py media/suite/suite.yaml --out before
  diff before/SHA256SUMS after/SHA256SUMS
"""


def camera_of(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The camera of a suite's entry as `gateway.yaml` writes it; the source is the clip."""
    source = {"kind": "file", "path": str((folder / entry["clip"]).resolve())}
    return {**entry["camera"], "source": source}


def play(entry: dict[str, Any], folder: Path, out: Path) -> str:
    """Replay one clip with the settings of the suite; returns the checksum of its events."""
    camera = camera_of(entry, folder)
    own = out / Path(entry["clip"]).stem
    own.mkdir(parents=True, exist_ok=True)
    config = own / "gateway.yaml"
    config.write_text(yaml.safe_dump({"gateway": "suite", "cameras": [camera]}), encoding="utf-8")
    start = ["--start-time", "2026-01-01T12:00:00"]
    command = [sys.executable, "-m", "sharp_eyes.edge", "replay", camera["source"]["path"], "--config", str(config)]
    subprocess.run([*command, *start, "--no-video", "--no-page", "--out", str(own)], check=True)
    return hashlib.sha256((own / "events.jsonl").read_bytes()).hexdigest()


def main() -> None:
    """Play the suite and write `SHA256SUMS` beside the events."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path)
    parser.add_argument("--clips", type=Path, help="folder of the clips, where they do not lie beside the suite")
    parser.add_argument("--out", type=Path, default=Path("replay/suite"))
    arguments = parser.parse_args()
    suite = yaml.safe_load(arguments.suite.read_text(encoding="utf-8"))
    lines = []
    for entry in suite["clips"]:
        digest = play(entry, arguments.clips or arguments.suite.parent, arguments.out)
        lines.append(f"{digest}  {Path(entry['clip']).stem}/events.jsonl")
        print(lines[-1], flush=True)
    (arguments.out / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
