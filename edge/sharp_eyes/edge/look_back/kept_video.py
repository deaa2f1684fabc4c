"""What is kept of one camera's video, as its worker has it: recorded, or for a reason not."""

import threading
from collections.abc import Callable
from pathlib import Path

from sharp_eyes.contract.video import RefusalReason
from sharp_eyes.edge.look_back.recorder import Recorder
from sharp_eyes.edge.look_back.shelf import Shelf
from sharp_eyes.edge.settings import LookBackSettings
from sharp_eyes.edge.snap.ring import PacketRing


class KeptVideo:
    """One camera's past. Where parts of the picture are masked nothing is kept, and what was is removed.

    Args:
        masked: whether the camera's own packets may not leave.
        ring_of: the packets of the best stream that is there now.
    """

    def __init__(
        self, folder: Path, camera: str, settings: LookBackSettings, ring_of: Callable[[], PacketRing], *, masked: bool
    ) -> None:
        self.refusal: RefusalReason | None = "masked" if masked else "not_kept" if settings.minutes == 0 else None
        self.shelf = Shelf(folder, settings.minutes * 60, settings.max_bytes, settings.reserve_bytes)
        self.ended = threading.Event()
        """Whether another worker goes on with it, or none."""
        self._recorder = Recorder(camera, self.shelf, ring_of) if self.refusal is None else None
        if self._recorder is None:
            self.shelf.clear()

    @property
    def notice(self) -> str:
        """What people should know of it; empty where all is well."""
        return "" if self._recorder is None else self._recorder.notice

    def start(self) -> None:
        """Begin to record."""
        if self._recorder is not None:
            self._recorder.start()

    def stop(self) -> None:
        """End the recording."""
        self.ended.set()
        if self._recorder is not None:
            self._recorder.stop()
