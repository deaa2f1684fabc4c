"""A thread that reads one camera for ever: it connects, reads, notices a loss and connects again."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.configuration.reminder import Reminder
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.status import CameraHealth, CameraState
from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.packet_motion import PacketMotion
from sharp_eyes.edge.settings import CameraSettings
from sharp_eyes.edge.snap.decode_device import DecodeDevice
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand, keyframe_notice
from sharp_eyes.edge.snap.losses import Losses
from sharp_eyes.edge.snap.ring import PacketRing
from sharp_eyes.edge.snap.sources import read_frames
from sharp_eyes.edge.snap.standing_back import stand_back
from sharp_eyes.edge.snap.statistics import StreamStatistics
from sharp_eyes.edge.snap.wall_clock import wall

STOP_PATIENCE = 1.5
"""Seconds :meth:`CameraReader.stop` waits for the thread; one that hangs in the network ends by itself."""

_log = logging.getLogger(__name__)


class CameraReader:
    """Reads one camera in a thread of its own.

    Args:
        mode: what may be decoded; see :data:`DecodeMode`.
        ring: gets every packet; may be cut from any thread.
        on_frame: called in the reader's thread for each frame; it must be quick.
        on_health: called in the reader's thread at each change of state, and once at the start.
        demand: says which frames are wanted; None: all that the mode gives.
        patience: seconds that the scenes wait for a keyframe; where the camera's are rarer, the health's detail
            says so.
        device: decodes the video beside the processor, as long as that goes well.
        motion: is told the size of every packet.
    """

    def __init__(
        self,
        camera: CameraSettings,
        mode: DecodeMode,
        ring: PacketRing | None,
        on_frame: Callable[[Frame], None],
        on_health: Callable[[CameraHealth], None],
        *,
        demand: Demand | None = None,
        patience: float | None = None,
        device: DecodeDevice | None = None,
        motion: PacketMotion | None = None,
    ) -> None:
        self._camera = camera
        self._mode = mode
        self._ring = ring
        self._on_frame = on_frame
        self._on_health = on_health
        self._demand = demand
        self._patience = patience
        self._device = device
        self._motion = motion
        self._statistics = StreamStatistics()
        self._stop = threading.Event()
        self._steps = Steps()
        self._losses = Losses()
        self._lock = threading.Lock()
        self._state = CameraState.STARTING
        self._since = datetime.now(UTC)
        self._detail = ""
        self._frame_began: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"camera-{camera.id}", daemon=True)

    @property
    def decoded(self) -> int:
        """Frames decoded since the start."""
        return self._statistics.decoded

    @property
    def hangs(self) -> float:
        """Seconds for which the frame in hand has been handled; 0 where there is none."""
        began = self._frame_began
        return 0.0 if began is None else time.monotonic() - began

    def start(self) -> None:
        """Begin to read."""
        self._on_health(self.health())
        self._thread.start()

    def stop(self) -> None:
        """End the context, within two seconds; no callback is begun after this returns.

        A thread that is just waiting for a camera's answer is left to its own time-out.
        """
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(STOP_PATIENCE)

    def health(self) -> CameraHealth:
        """Return the camera's health as of now."""
        with self._lock:
            state, since, detail = self._state, self._since, self._detail
        statistics = self._statistics
        rare = keyframe_notice(self._mode, self._patience, statistics)
        notices = (rare, statistics.notice, wall.doubt) if state is CameraState.ONLINE else ()
        return CameraHealth(
            camera=self._camera.id,
            state=state,
            since=since,
            detail="; ".join(text for text in (detail, *notices) if text),
            frames_per_second=statistics.frames_per_second if state is CameraState.ONLINE else None,
            skipped={"broken": statistics.broken} if statistics.broken else {},
            keyframe_interval=statistics.keyframe_interval,
        )

    def _run(self) -> None:
        stand_back()
        faults = Reminder()
        while not self._stop.is_set():
            try:
                self._read_once()
            except Exception as error:  # noqa: BLE001 - a full disk, a fault of ours: it is watched again after that
                if not isinstance(error, SourceError) and faults.is_due():
                    _log.exception("camera %s: what comes from it could not be handled", self._camera.id)
                self._statistics.break_off()
                self._lose(_said(error))
            else:
                if not self._stop.is_set():
                    _log.info("camera %s: read to its end", self._camera.id)
                self._become(CameraState.ENDED, "read to its end")
                return

    def _lose(self, why: str) -> None:
        loss = self._losses.broke_off()
        detail = f"{why}; next try in {loss.delay:.1f} s"
        if loss.is_due and not self._stop.is_set():
            _log.warning("camera %s: lost%s: %s", self._camera.id, loss.often, detail)
        self._become(CameraState.LOST, detail)
        self._stop.wait(loss.delay)

    def _read_once(self) -> None:
        frames = read_frames(
            self._camera.source,
            self._camera.id,
            self._mode,
            ring=self._ring,
            stop=self._stop,
            statistics=self._statistics,
            demand=self._demand,
            device=self._device,
            motion=self._motion,
        )
        with contextlib.closing(frames):
            for frame in frames:
                if self._losses.came():
                    _log.info("camera %s: online", self._camera.id)
                self._become(CameraState.ONLINE, "")
                if self._stop.is_set():
                    return
                self._frame_began = time.monotonic()
                try:
                    self._on_frame(frame)
                finally:
                    self._frame_began = None

    def _become(self, state: CameraState, detail: str) -> None:
        if self._stop.is_set():
            return
        with self._lock:
            self._detail = detail
            if state is self._state:
                return
            self._state = state
            self._since = datetime.now(UTC)
        self._steps.do(f"camera {self._camera.id}: saying how it is", lambda: self._on_health(self.health()))


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, SourceError) else f"a fault in the program, see the log: {error!r}"
