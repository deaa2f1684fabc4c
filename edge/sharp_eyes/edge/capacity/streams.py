"""What comes from a camera: size, frames a second and keyframes, read from its packets; one picture is decoded."""

import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from sharp_eyes.edge.settings import FileSource, RtspSource, Source
from sharp_eyes.edge.snap.sources import read_frames

LEAST = 3.0
"""Seconds a camera is watched at least, …"""
LONGEST = 12.0
"""… and at most, for its second keyframe."""
ENOUGH = 3
"""Keyframes that show how often they come."""
PACKETS = 1500
"""Packets of a recording that are read."""


@dataclass(frozen=True, slots=True)
class SeenStream:
    """A stream as it was seen.

    Attributes:
        width, height: of a frame, pixels; 0 where none came.
        rate: frames a second by the stream's own clock, whether this machine could decode them or not.
        keyframes: seconds from one keyframe to the next; None where no second one came.
    """

    width: int = 0
    height: int = 0
    rate: float | None = None
    keyframes: float | None = None

    def __str__(self) -> str:
        parts = [
            f"{self.width}x{self.height}" if self.width else "",
            f"{self.rate:.1f} frames/s" if self.rate else "",
            f"a keyframe every {self.keyframes:.1f} s" if self.keyframes else "",
        ]
        return ", ".join(filter(None, parts)) or "no frame came"


def seen_in(source: Source, camera: str) -> SeenStream:
    """Watch a source for some seconds, or read the beginning of a recording.

    Raises:
        SourceError: it cannot be read.
    """
    if isinstance(source, FileSource):
        source = source.model_copy(update={"pace": "fast", "loop": False})
    elif isinstance(source, RtspSource):
        source = source.looked_at
    stop, started = threading.Event(), time.monotonic()
    moments: dict[float, bool] = {}

    def note(moment: float, keyframe: bool) -> bool:
        """Asked for every packet; wants none, so that only the first picture is decoded."""
        moments[moment] = moments.get(moment, False) or keyframe
        watched, found = time.monotonic() - started, sum(moments.values())
        if watched > LONGEST or (watched > LEAST and found >= ENOUGH) or len(moments) >= PACKETS:
            stop.set()
        return False

    size = (0, 0)
    for frame in read_frames(source, camera, "all", stop=stop, demand=note):
        size = frame.width, frame.height
        if time.monotonic() - started > LEAST and not moments:  # a folder of pictures
            break
    times, keyed = sorted(moments), [moment for moment in sorted(moments) if moments[moment]]
    steps = [after - before for before, after in pairwise(times)]
    gaps = [after - before for before, after in pairwise(keyed)]
    usual = median(steps) if steps else 0.0
    return SeenStream(*size, 1 / usual if usual > 0 else None, median(gaps) if gaps else None)
