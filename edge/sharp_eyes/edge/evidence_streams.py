"""Which of a camera's streams evidence comes from: the main stream if it is there, else the one that is looked at."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.settings import CameraSettings, RtspSource
from sharp_eyes.edge.snap.main_stream import MainStream
from sharp_eyes.edge.snap.ring import EncodedClip, PacketRing

_log = logging.getLogger(__name__)
_SAME_SHAPE = 0.02


class EvidenceStreams:
    """The streams of one camera, of which one may be all there is.

    Args:
        ring: packets of the stream that is looked at.
        seconds: of packets that are kept of the main stream.
    """

    def __init__(self, camera: CameraSettings, masker: Masker, ring: PacketRing, seconds: float) -> None:
        self._camera = camera.id
        self._masker = masker
        self._ring = ring
        source = camera.source
        self._main: MainStream | None = None
        self._working: ThreadPoolExecutor | None = None
        if isinstance(source, RtspSource) and source.substream is not None:
            self._main = MainStream(camera.id, source, seconds)
            # A group of pictures is decoded for each: not on the thread of the detector, which all cameras share.
            self._working = ThreadPoolExecutor(1, f"evidence-{camera.id}")

    def start(self) -> None:
        """Begin to read the main stream, where there is one."""
        if self._main is not None:
            self._main.start()

    def stop(self) -> None:
        """End that reading."""
        if self._main is not None:
            self._main.stop()

    def finish(self) -> None:
        """Wait for what was put off; no more comes."""
        if self._working is not None:
            self._working.shutdown(wait=True)

    def ring(self, stream: Literal["main", "sub"]) -> PacketRing:
        """The packets of a stream; of the only one where there are not two, or the main stream is lost."""
        return self._ring if stream == "sub" or self._usable is None else self._usable.ring

    @property
    def notice(self) -> str:
        """What people should know of the main stream; empty where all is well or there is none."""
        if self._main is None:
            return ""
        if not self._main.lost and not self._masks_hold:
            return "main stream: it has another shape than the substream, so that masks would not fit: it is not used"
        return self._main.notice

    @property
    def span(self) -> tuple[float, float] | None:
        """Times between which a clip can be cut; None while nothing is there."""
        spans = [span for span in (self._ring.span, self._usable and self._usable.span) if span]
        return (max(start for start, _ in spans), min(end for _, end in spans)) if spans else None

    def cut(self, start: float, end: float) -> EncodedClip | None:
        """The clip between two times, as far as they have been seen."""
        clip = self._usable.cut(start, end) if self._usable is not None else None
        return self._ring.cut(start, end) if clip is None else clip

    def frame(self, frame: Frame, *, wait: bool = False) -> Frame:
        """The best picture of a frame's moment; what nobody looks at is painted over in it.

        Args:
            wait: for packets that are late; never on a thread that others wait for.
        """
        found = self._usable.picture(frame, wait=wait) if self._usable is not None else None
        if found is None or not self._masks_hold:
            return frame
        return self._masker.watched(found)

    def later(self, work: Callable[[], None]) -> None:
        """Do what needs a main stream's picture: at once where there is none, else on a thread of its own."""
        if self._working is None:
            work()
            return
        self._working.submit(self._work, work)

    def _work(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - nobody waits for it: the log says it, and the next event goes on
            _log.exception("camera %s: evidence of the main stream could not be made", self._camera)

    @property
    def _usable(self) -> MainStream | None:
        if self._main is None or self._main.lost or not self._masks_hold:
            return None
        self._main.ring.turned = self._ring.turned  # it is not decoded, and a camera turns both
        return self._main

    @property
    def _masks_hold(self) -> bool:
        """Whether what is drawn for the substream's picture lies in the same place of the main stream's."""
        if self._main is None or not any(self._masker.changes(kind) for kind in ("full", "crop", "after", "clip")):
            return True
        looked_at, main = self._ring.size, self._main.size
        if looked_at is None or main is None:
            return False
        return abs(looked_at[0] * main[1] / (looked_at[1] * main[0]) - 1) <= _SAME_SHAPE
