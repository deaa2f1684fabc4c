"""What the sizes of a stream's packets say of motion, without decoding: how often they stir, and what they miss.

The mean size of the packets between keyframes over 0.6 s is held against a quiet level, a low quantile of the latest
half minute. For each share above it that counts as stirring: the part of the clips' time that stirs (what could be
saved is the rest), and the expected events near whose beginning (3 s before to 1 s after) nothing stirs.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import yaml

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/packet_sizes.py media/suite/suite.yaml
  .venv/bin/python scripts/bench/packet_sizes.py tests/expected/suite.yaml --clips CLIPS --above 0.08 0.15 0.3
"""
WINDOW, STEP = 0.6, 0.2
SPAN, QUANTILE = 30.0, 0.2
SHORTEST = 7.0
"""Seconds of a clip in which a quiet level can be learnt at all."""
Series = npt.NDArray[np.float64]


def sizes(path: Path) -> tuple[Series, Series]:
    """Moments in a clip, seconds, and the mean bytes of the packets before each that are no keyframes."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size and packet.pts is not None]
        base = float(stream.time_base or 0)
        rows = sorted((float(one.pts or 0) * base, one.is_keyframe, one.size) for one in packets)
    times = np.array([row[0] - rows[0][0] for row in rows])
    others = np.array([not row[1] for row in rows])
    total = np.concatenate([[0], np.cumsum(others * np.array([row[2] for row in rows]))])
    number = np.concatenate([[0], np.cumsum(others)])
    moments = np.arange(WINDOW, times[-1], STEP)
    first, last = np.searchsorted(times, moments - WINDOW), np.searchsorted(times, moments)
    return moments, (total[last] - total[first]) / np.maximum(number[last] - number[first], 1)


def above_quiet(moments: Series, values: Series) -> Series:
    """By which share each value lies above the quiet level learnt until then."""
    starts = np.searchsorted(moments, moments - SPAN)
    quiet = [np.quantile(values[start : i + 1], QUANTILE) for i, start in enumerate(starts)]
    return np.asarray(values / np.maximum(quiet, 1) - 1, np.float64)


def expected(entry: dict[str, Any], folder: Path) -> list[tuple[str, float]]:
    """Scene and beginning of what is expected in a clip and does not begin with it."""
    truth = json.loads((folder / entry["truth"]).read_text(encoding="utf-8")) if "truth" in entry else entry
    events = [event for event in truth.get("events", []) if event.get("expected", True)]
    return [(event["scene"], float(event["from"])) for event in events if float(event.get("from") or 0) >= 3]


def main() -> None:
    """Read the suite and print a row for each limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path)
    parser.add_argument("--clips", type=Path, help="folder of the clips, where they do not lie beside the suite")
    parser.add_argument(
        "--above", type=float, nargs="+", default=[0.08, 0.15, 0.3], help="shares above the quiet level"
    )
    given = parser.parse_args()
    folder = given.suite.parent
    read = []
    for entry in yaml.safe_load(given.suite.read_text(encoding="utf-8"))["clips"]:
        moments, values = sizes((given.clips or folder) / entry["clip"])
        if len(moments) and moments[-1] >= SHORTEST:
            read.append((Path(entry["clip"]).stem, moments, above_quiet(moments, values), expected(entry, folder)))
    for limit in given.above:
        shares = {name: float((over > limit).mean()) for name, _, over, _ in read}
        events = [
            (name, scene, start, bool((over[(moments >= start - 3) & (moments <= start + 1)] > limit).any()))
            for name, moments, over, known in read
            for scene, start in known
        ]
        missed = [f"{name} {scene} at {start:g} s" for name, scene, start, stirs in events if not stirs]
        least = sorted(shares.items(), key=lambda one: one[1])[:4]
        print(
            f"{limit:.0%} above: {np.mean(list(shares.values())):.0%} of {len(read)} clips' time stirs (least: "
            f"{', '.join(f'{name} {share:.0%}' for name, share in least)}); missed {len(missed)} of {len(events)}"
            f"{': ' if missed else ''}{', '.join(missed)}"
        )


if __name__ == "__main__":
    main()
