"""How much room the data folder has, and the part of it that is kept for the database."""

import os
from collections.abc import Sequence
from pathlib import Path

from sharp_eyes.hub.errors import NoRoomError, StoreError

_LARGEST_SHARE = 0.05
"""A small disk keeps no more than this share of itself."""


class DiskRoom:
    """The room of one folder's disk. Evidence is taken only while more than the reserve is free."""

    def __init__(self, folder: Path, reserve_bytes: int, within: Sequence[str] = ()) -> None:
        """``within``: folders below it that may be disks of their own; what is written goes there, too."""
        self._folder = folder
        self._reserve = reserve_bytes
        self._written = (folder, *(folder / name for name in within))

    def free_bytes(self) -> tuple[int, int]:
        """Bytes free where they are fewest, and bytes to be kept; a disk that cannot be asked has none free."""
        try:
            found = min(map(_disk_of, self._written), key=_free)
        except OSError:
            return 0, self._reserve
        total, free = found.f_blocks * found.f_frsize, _free(found)
        return free, min(self._reserve, int(total * _LARGEST_SHARE))

    def read_only(self) -> Path | None:
        """Which folder cannot be written: its disk can only be read now, which the system makes of a faulty one."""
        for folder in self._written:
            try:
                if _disk_of(folder).f_flag & os.ST_RDONLY:
                    return folder
            except OSError:  # whoever asks for room is told
                continue
        return None

    def has_room(self, wanted: int = 0) -> bool:
        """Whether so many bytes of evidence may be taken."""
        free, reserve = self.free_bytes()
        return free - wanted >= reserve and self.read_only() is None

    def check(self, wanted: int = 0) -> None:
        """Refuse evidence that would leave the database too little.

        Raises:
            NoRoomError: names the folder, what is free and what is kept.
            StoreError: nothing can be written there.
        """
        if (folder := self.read_only()) is not None:
            raise StoreError(
                f"folder {folder} is on a disk that can only be read now; nothing is taken until it is put right"
            )
        free, reserve = self.free_bytes()
        if free - wanted < reserve:
            raise NoRoomError(
                f"data folder {self._folder}: {free} bytes are free and {reserve} are kept for the database "
                "(disk.reserve_bytes); free some room there"
            )


def _free(disk: os.statvfs_result) -> int:
    return disk.f_bavail * disk.f_frsize


def _disk_of(folder: Path) -> os.statvfs_result:
    """The disk on which a folder lies, or will lie."""
    try:
        return os.statvfs(folder)
    except FileNotFoundError:
        if folder == folder.parent:
            raise
        return _disk_of(folder.parent)
