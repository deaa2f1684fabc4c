"""What a gateway has of a camera's past, to try settings on: a recording that it plays, or its kept video."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.look_back.shelf import Shelf
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.decode_mode import Demand
from sharp_eyes.edge.snap.sources import look_through

LONGEST_RECORDING = 180.0
"""Seconds of a recording that are looked through at most."""

_log = logging.getLogger(__name__)


class Footage:
    """A camera's past.

    Attributes:
        seconds: of it that are looked through at most.
        dated: whether its frames carry the time at which they were seen.
    """

    def __init__(self, source: FileSource | Shelf, since: float, seconds: float) -> None:
        self._source, self._since = source, since
        self.seconds = seconds
        self.dated = isinstance(source, Shelf)

    def frames(self, camera: str, wants: Demand, stop: threading.Event) -> Iterator[Frame]:
        """The frames that are wanted, as :func:`look_through` gives them.

        Raises:
            SourceError: a recording cannot be read.
        """
        if isinstance(self._source, FileSource):
            yield from look_through(self._source, camera, wants, stop=stop)
        else:
            yield from _kept_frames(self._source, camera, self._since, wants, stop)


def footage_of(camera: CameraSettings, kept: KeptVideo | None, minutes: float, now: float) -> Footage | None:
    """What there is of a camera's last minutes; all of a recording that it plays; None where nothing is kept.

    Args:
        kept: its kept video, where its worker has any.
        now: seconds since the Unix epoch.
    """
    if isinstance(camera.source, FileSource):
        return Footage(camera.source, 0.0, LONGEST_RECORDING)
    since = now - 60 * minutes
    if kept is None or kept.refusal is not None or not kept.shelf.stretches(since, now):
        return None
    return Footage(kept.shelf, since, 60 * minutes)


def _kept_frames(shelf: Shelf, camera: str, since: float, wants: Demand, stop: threading.Event) -> Iterator[Frame]:
    """Frames of all files since then, over gaps; each opened when its turn comes, since the oldest goes meanwhile."""
    for start, end in shelf.stretches(since, float("inf")):
        for segment in shelf.covering(start, end):
            if stop.is_set():
                return
            try:
                with shelf.open(segment) as file:
                    # By its descriptor: it may be renamed or removed while it is read.
                    source = FileSource(path=Path(f"/proc/self/fd/{file.fileno()}"))
                    yield from look_through(source, camera, wants, start_time=segment.start, stop=stop)
            except (FileNotFoundError, SourceError) as error:
                _log.debug("kept video of %s is left out of a trial: %s", camera, error)  # gone, or nothing wanted
