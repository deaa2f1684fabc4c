"""How much room the data folder has, and the part of it that is kept for the database."""

import shutil
from pathlib import Path

from sharp_eyes.hub.errors import NoRoomError

_LARGEST_SHARE = 0.05
"""A small disk keeps no more than this share of itself."""


class DiskRoom:
    """The room of one folder's disk. Evidence is taken only while more than the reserve is free."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder = folder
        self._reserve = reserve_bytes

    def free_bytes(self) -> tuple[int, int]:
        """Bytes that are free, and bytes to be kept; a disk that cannot be asked has none free."""
        try:
            total, free = _room_of(self._folder)
        except OSError:
            return 0, self._reserve
        return free, min(self._reserve, int(total * _LARGEST_SHARE))

    def has_room(self, wanted: int = 0) -> bool:
        """Whether so many bytes of evidence may be taken."""
        free, reserve = self.free_bytes()
        return free - wanted >= reserve

    def check(self, wanted: int = 0) -> None:
        """Refuse evidence that would leave the database too little.

        Raises:
            NoRoomError: names the folder, what is free and what is kept.
        """
        free, reserve = self.free_bytes()
        if free - wanted < reserve:
            raise NoRoomError(
                f"data folder {self._folder}: {free} bytes are free and {reserve} are kept for the database "
                "(disk.reserve_bytes); free some room there"
            )


def _room_of(folder: Path) -> tuple[int, int]:
    """Bytes of the disk on which a folder lies, or will lie, and of these free ones."""
    try:
        total, _, free = shutil.disk_usage(folder)
    except FileNotFoundError:
        if folder == folder.parent:
            raise
        return _room_of(folder.parent)
    return total, free
