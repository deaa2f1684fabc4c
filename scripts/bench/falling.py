"""What the scene of falling objects costs a frame, in processor time on one core.

Example:
    python scripts/bench/falling.py --clip media/street.mp4 --frames 300
    python scripts/bench/falling.py --clip media/suite/falling_rain.mp4
"""

import argparse
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.falling_object import FallingObject, FallingObjectSettings
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap.sources import read_frames

WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def costs(clip: Path, frames: int) -> tuple[str, list[float]]:
    """Size of the picture, and milliseconds of processor time for each frame, without decoding it."""
    settings = FallingObjectSettings.model_validate({"zones": [{"id": "whole", "polygon": WHOLE}]})
    scene, clock, spent, size = FallingObject(settings, Origin("bench", "bench", lambda _: None)), Clock(), [], ""
    source = FileSource(path=clip, pace="fast")
    for frame in islice(read_frames(source, "bench", "all", start_time=0.0), frames):
        size = f"{frame.width}x{frame.height}"
        clock.advance(frame.time)
        begun = time.thread_time()
        scene.observe_frame(frame, clock)
        spent.append(1000 * (time.thread_time() - begun))
    return size, spent


def main() -> None:
    """Measure one clip and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, required=True, help="a recorded clip; the zone is its whole picture")
    parser.add_argument("--frames", type=int, default=300, help="frames to measure at most (default: 300)")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    size, spent = costs(arguments.clip, arguments.frames)
    middle, high = np.percentile(spent, [50, 95])
    print(
        f"{arguments.clip.name}, {size}, {len(spent)} frames: "
        f"mean {np.mean(spent):.2f} ms, p50 {middle:.2f} ms, p95 {high:.2f} ms"
    )


if __name__ == "__main__":
    main()
