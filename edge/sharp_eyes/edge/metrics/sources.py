"""What of a gateway is read to tell its figures and its health."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sharp_eyes.contract.status import CameraHealth, MachineState
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher


class Camera(Protocol):
    """One camera's worker."""

    def health(self) -> CameraHealth:
        """The reader's health with what became of the frames."""

    @property
    def frames_read(self) -> int:
        """Frames decoded since its start."""


@dataclass(frozen=True)
class Sources:
    """The rooms that are read.

    Attributes:
        data: folder of the outbox.
        max_bytes: bytes of evidence that the outbox keeps at most.
    """

    cameras: Mapping[str, Camera]
    scheduler: Scheduler
    outbox: Outbox
    publisher: Publisher
    machine: Callable[[], MachineState | None]
    data: Path
    max_bytes: int

    def every_camera(self) -> dict[str, Camera]:
        """The cameras as they are now; one may be replaced meanwhile."""
        return dict(self.cameras)

    def free_bytes(self) -> int:
        """Bytes that are free on the disk of the outbox; 0 where that cannot be asked."""
        try:
            return shutil.disk_usage(self.data).free
        except OSError:
            return 0

    def is_read_only(self) -> bool:
        """Whether that disk can only be read, which the system makes of a faulty one."""
        try:
            return bool(os.statvfs(self.data).f_flag & os.ST_RDONLY)
        except OSError:
            return False
