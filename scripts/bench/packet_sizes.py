"""What the sizes of a stream's packets say of motion, without decoding: how often they stir, and what they miss.

The gateway's own judgement (`edge/packet_motion.py`), as if every look had seen nothing move: the part of the time, of
which a quiet level is known, that stirs (what could be saved is the rest), and the expected events near whose beginning
(3 s before to 1 s after) nothing stirs. A gateway learns from quiet looks alone, and believes only cameras that tell.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import yaml

from sharp_eyes.edge.packet_motion import PacketMotion

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/packet_sizes.py media/suite/suite.yaml
  .venv/bin/python scripts/bench/packet_sizes.py tests/expected/suite.yaml --clips CLIPS
"""
SHORTEST = 7.0
"""Seconds of a clip in which a quiet level can be learnt at all."""
Series = npt.NDArray[np.float64]


def judged(path: Path) -> tuple[Series, npt.NDArray[np.bool_]]:
    """Moments of a clip whose quiet level is known, seconds, and whether it stirs then."""
    motion = PacketMotion()
    motion.looked(0.0, calm=True)
    moments, stirs = [], []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size and packet.pts is not None]
        base = float(stream.time_base or 0)
        rows = sorted((float(one.pts or 0) * base, one.is_keyframe, one.size) for one in packets)
    for moment, keyframe, size in rows:
        motion.see(moment, size, keyframe)
        if motion.known:
            moments.append(moment - rows[0][0])
            stirs.append(motion.began is not None)
    return np.array(moments), np.array(stirs, bool)


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
    given = parser.parse_args()
    folder = given.suite.parent
    read = []
    for entry in yaml.safe_load(given.suite.read_text(encoding="utf-8"))["clips"]:
        moments, stirs = judged((given.clips or folder) / entry["clip"])
        if len(moments) and moments[-1] >= SHORTEST:
            read.append((Path(entry["clip"]).stem, moments, stirs, expected(entry, folder)))
    shares = {name: float(stirs.mean()) for name, _, stirs, _ in read}
    events = [
        (name, scene, start, bool(stirs[(moments >= start - 3) & (moments <= start + 1)].any()))
        for name, moments, stirs, known in read
        for scene, start in known
        if start >= moments[0]
    ]
    missed = [f"{name} {scene} at {start:g} s" for name, scene, start, stirs in events if not stirs]
    least = sorted(shares.items(), key=lambda one: one[1])[:4]
    print(
        f"{np.mean(list(shares.values())):.0%} of {len(read)} clips' time stirs (least: "
        f"{', '.join(f'{name} {share:.0%}' for name, share in least)}); missed {len(missed)} of {len(events)}"
        f"{': ' if missed else ''}{', '.join(missed)}"
    )


if __name__ == "__main__":
    main()
