"""The main stream of a camera whose substream is looked at: kept in packets, and decoded only for evidence."""

import logging
import threading
import time
from statistics import median

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import RtspSource
from sharp_eyes.edge.snap.losses import Losses
from sharp_eyes.edge.snap.ring import EncodedClip, PacketRing
from sharp_eyes.edge.snap.same_moment import Match, match
from sharp_eyes.edge.snap.sources import read_packets
from sharp_eyes.edge.snap.statistics import StreamStatistics

WINDOW = 0.8
"""Seconds before and after a moment in which the main stream's picture of it is looked for."""

WIDE_WINDOW = 2.5
"""The same once more where no picture of the window is the right one: the streams are further apart at first."""

LATE = 2.0
"""Seconds for which packets of the main stream are awaited that should be there."""

SILENT = 10.0
"""Seconds without a packet after which the stream counts as lost."""

OFFSETS = 5
"""Latest matches that say by how much the streams are apart."""

_log = logging.getLogger(__name__)


class MainStream:
    """Reads the packets of a camera's main stream in a thread of its own and decodes none.

    Args:
        source: whose ``url`` is the main stream's.
        seconds: of packets that are kept.

    Attributes:
        ring: the packets.
    """

    def __init__(self, camera: str, source: RtspSource, seconds: float) -> None:
        self._camera = camera
        self._source = source.model_copy(update={"substream": None})
        self.ring = PacketRing(seconds)
        self._statistics = StreamStatistics()
        self._stop = threading.Event()
        self._lost = "is not connected yet"
        self._losses = Losses()
        self._latest = time.monotonic()
        self._offsets: list[float] = []
        self._shapes = ""
        self._thread = threading.Thread(target=self._run, name=f"main-{camera}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the reading; a thread that waits for the camera is left to its own time-out."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.5)

    @property
    def lost(self) -> str:
        """Why the main stream cannot be used now; empty where it can."""
        if self._lost:
            return self._lost
        silent = time.monotonic() - self._latest
        return f"sent nothing for {silent:.0f} s" if silent > SILENT else ""

    @property
    def notice(self) -> str:
        """What people should know of it; empty where all is well."""
        lost = self.lost
        return f"main stream: {lost}; pictures and clips are the substream's" if lost else self._shapes

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels; None before it is known."""
        return self.ring.size

    @property
    def span(self) -> tuple[float, float] | None:
        """Times of the first and the last packet kept; None while empty."""
        return self.ring.span

    def cut(self, start: float, end: float) -> EncodedClip | None:
        """A clip of the main stream; None where it was lost for a part of it, so that the substream's is better."""
        span = self.ring.span
        if span is None or span[0] > start + 1 or span[1] < min(end, time.time()) - LATE:
            return None
        return self.ring.cut(start, end)

    def shift(self, frame: Frame) -> float:
        """When a frame's moment is on the main stream's clock, as far as is known."""
        return frame.time + (median(self._offsets) if self._offsets else 0.0)

    def picture(self, frame: Frame, *, wait: bool) -> Frame | None:
        """The main stream's picture of a substream's frame; None where there is none of the same moment.

        Args:
            wait: for packets that are late; never on a thread that others wait for.
        """
        if self.lost:
            return None
        around = self.shift(frame)
        deadline = time.monotonic() + (LATE if wait else 0.0)
        while (span := self.ring.span) is None or span[1] < around + WINDOW:
            if time.monotonic() >= deadline or self._stop.wait(0.05):
                break
        found = self._match(frame, around, WINDOW)
        if found is not None and wait and (found.doubtful or abs(found.offset + frame.time - around) > 0.75 * WINDOW):
            found = self._match(frame, around, WIDE_WINDOW) or found
        if found is None or found.doubtful:
            return None
        if found.told:
            self._offsets = [*self._offsets, found.offset][-OFFSETS:]
        self._note_shape(found, frame)
        return found.frame(frame)

    def _match(self, frame: Frame, around: float, window: float) -> Match | None:
        clip = self.ring.cut(around - window, around + window)
        return None if clip is None else match(clip, frame, around, window)

    def _note_shape(self, found: Match, frame: Frame) -> None:
        if 0.98 <= (frame.width / frame.height) / (found.width / found.height) <= 1.02:
            self._shapes = ""
            return
        shown = "shows only the middle of it, to which pictures are cut" if found.is_cut else "shows it squeezed"
        self._shapes = (
            f"main stream: {found.width} x {found.height}, the substream ({frame.width} x {frame.height}) {shown}; "
            "set both to the same aspect ratio"
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                for _ in read_packets(self._source, self._camera, self.ring, self._stop, self._statistics):
                    self._latest = time.monotonic()
                    self._lost = ""
                    if self._losses.came():
                        _log.info("camera %s: main stream is read", self._camera)
            except SourceError as error:
                self._lost = str(error)
            except Exception as error:  # noqa: BLE001 - it is read again after that, and the log says it
                _log.exception("camera %s: the main stream's packets could not be handled", self._camera)
                self._lost = f"a fault in the program, see the log: {error!r}"
            self._statistics.break_off()
            loss = self._losses.broke_off()
            if loss.is_due and self._lost and not self._stop.is_set():
                words = "camera %s: main stream lost%s: %s; evidence comes from the substream"
                _log.warning(words, self._camera, loss.often, self._lost)
            self._stop.wait(loss.delay)
