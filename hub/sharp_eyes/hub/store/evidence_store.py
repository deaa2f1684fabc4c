"""Where the bytes of evidence lie: a local folder now; another kind of store keeps to the same interface."""

import os
import tempfile
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.store.disk_room import DiskRoom

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}


class EvidenceStore(Protocol):
    """A store of files that are written once."""

    def put(self, identity: UUID, media_type: str, content: Path) -> str:
        """Take a finished file in, durably; return its key. ``content`` is moved away."""

    def put_bytes(self, identity: UUID, media_type: str, content: bytes) -> str:
        """Take bytes in, durably; return their key."""

    def path(self, key: str) -> Path | None:
        """Where to read a file, or ``None`` where it is missing."""

    def remove(self, key: str) -> None:
        """Forget a file."""


class LocalEvidenceStore:
    """Files in a local folder, spread over 256 subfolders."""

    def __init__(self, folder: Path, room: DiskRoom | None = None) -> None:
        """``room``: what must stay free; nothing is kept free without it."""
        self._folder = folder
        self._room = room or DiskRoom(folder, 0)

    def put(self, identity: UUID, media_type: str, content: Path) -> str:
        """Take a finished file in by renaming it: there is never half a file under its name.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        key = f"{identity.hex[:2]}/{identity}.{EXTENSIONS[media_type]}"
        target = self._folder / key
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            sync(content)
            content.replace(target)
            sync(target.parent)
        except OSError as error:
            raise StoreError(f"evidence folder {self._folder}: {error.strerror}") from error
        return key

    def put_bytes(self, identity: UUID, media_type: str, content: bytes) -> str:
        """Take bytes in by way of a temporary file in the same folder.

        Raises:
            NoRoomError: what must stay free for the database would not.
            StoreError: the disk is full or the folder cannot be written.
        """
        self._room.check(len(content))
        name: Path | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".new-", delete=False) as file:
                name = Path(file.name)
                file.write(content)
            return self.put(identity, media_type, name)
        except OSError as error:
            raise StoreError(f"evidence folder {self._folder}: {error.strerror}") from error
        finally:
            if name is not None:
                name.unlink(missing_ok=True)  # moved away by now, or half written

    def path(self, key: str) -> Path | None:
        """Where to read a file, or ``None`` where it is missing."""
        path = self._folder / key
        return path if path.is_file() else None

    def remove(self, key: str) -> None:
        """Forget a file; one that is gone already is no error."""
        (self._folder / key).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file's bytes, or a folder's names, safely to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
