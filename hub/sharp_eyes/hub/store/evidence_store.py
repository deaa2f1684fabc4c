"""Where the bytes of evidence lie: files that are written once, under a key that names their content.

A key is ``ab/<sha256 in hex>.jpg``: equal bytes have one key, and any file can be held against its name. Files from
before that lie under the id of their row and keep their keys. Since rows may share a file, whoever puts one in or takes
one out holds :func:`hold_files` until its rows are committed.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.store.disk_room import DiskRoom

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}
_FILES_LOCK = 420848
"""PostgreSQL's advisory lock of the evidence files."""

SMALL = ".small"
"""Ends the key of a small picture beside a file."""

_PIECE = 256 * 1024
_UNFINISHED = ".new-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class NewFile:
    """A whole file, in this machine's files or in memory, that is to be put in under a key."""

    source: Path | bytes
    key: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that lies in the store."""

    key: str
    size: int
    modified_at: datetime


class EvidenceStore(Protocol):
    """A store of files that are written once."""

    def put(self, files: Sequence[NewFile]) -> None:
        """Take finished files in, durably, each under its key; the originals stay where they are.

        Raises:
            StoreError: it cannot be written.
        """

    def put_bytes(self, media_type: str, content: bytes) -> str:
        """Take bytes in, durably; return their key.

        Raises:
            StoreError: it cannot be written.
        """

    def put_small(self, key: str, content: bytes) -> None:
        """Keep a small picture beside the file that it was made of; it goes with it.

        Raises:
            StoreError: it cannot be written.
        """

    def path(self, key: str) -> Path | None:
        """Where a file lies on this machine; ``None`` where it is missing, or lies elsewhere."""

    def size(self, key: str) -> int | None:
        """Bytes of a file; ``None`` where it is missing.

        Raises:
            StoreError: the store does not answer.
        """

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Read a file, or ``length`` bytes of it from ``start`` on, piece by piece.

        Raises:
            FileNotFoundError: it is missing.
            StoreError: the store does not answer.
        """

    def remove(self, keys: Sequence[str]) -> None:
        """Forget files and the small pictures beside them; one that is gone already is no error.

        Raises:
            StoreError: one could not be removed; the others are.
        """

    def listed(self) -> Iterator[Listed]:
        """List all that lies there, in no order.

        Raises:
            StoreError: the store does not answer.
        """


def key_of(sha256: str, media_type: str) -> str:
    """Give the key of bytes by their sum."""
    return f"{sha256[:2]}/{sha256}.{EXTENSIONS[media_type]}"


def small_key(key: str) -> str:
    """Give the key of the small picture beside a file."""
    return f"{key}{SMALL}"


def hold_files(session: Session, *, alone: bool) -> None:
    """Keep files in the store from being removed until this work is done; ``alone``: and from being put in.

    SQLite has one writer anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}({_FILES_LOCK})")


class LocalEvidenceStore:
    """Files in a local folder, spread over 256 subfolders."""

    def __init__(self, folder: Path, room: DiskRoom | None = None) -> None:
        """``room``: what must stay free; nothing is kept free without it."""
        self._folder = folder
        self._room = room or DiskRoom(folder, 0)

    def put(self, files: Sequence[NewFile]) -> None:
        """Take finished files in by giving them their names last: there is never half a file under its name.

        Each file and each folder is brought to the disk once, when all are written.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        try:
            for file in files:
                if isinstance(file.source, Path):
                    sync(file.source)
            for file in files:
                if isinstance(file.source, bytes):
                    self._write(file.source, file.key)
                else:
                    self._link(file.source, self._folder / file.key)
            for folder in {f"{self._folder}/{file.key.partition('/')[0]}" for file in files}:
                sync(folder)
        except OSError as error:
            raise self._translated(error) from error

    def put_bytes(self, media_type: str, content: bytes) -> str:
        """Take bytes in by way of a temporary file in the same folder.

        Raises:
            NoRoomError: what must stay free for the database would not.
            StoreError: the disk is full or the folder cannot be written.
        """
        self._room.check(len(content))
        name: Path | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=_UNFINISHED, delete=False) as opened:
                name = Path(opened.name)
                opened.write(content)
            file = NewFile(name, key_of(hashlib.sha256(content).hexdigest(), media_type))
            self.put([file])
        except OSError as error:
            raise self._translated(error) from error
        finally:
            if name is not None:
                name.unlink(missing_ok=True)
        return file.key

    def put_small(self, key: str, content: bytes) -> None:
        """Keep a small picture; after a power cut it may be gone, and is made again.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        self._room.check(len(content))
        target = self._folder / small_key(key)
        new = target.with_name(f"{_UNFINISHED}{target.name}-{threading.get_ident()}")
        try:
            new.write_bytes(content)
            new.replace(target)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise self._translated(error) from error

    def path(self, key: str) -> Path | None:
        """Where to read a file, or ``None`` where it is missing."""
        path = self._folder / key
        return path if path.is_file() else None

    def size(self, key: str) -> int | None:
        """Bytes of a file; ``None`` where it is missing."""
        path = self.path(key)
        return None if path is None else path.stat().st_size

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Read a file, or a piece of it.

        Raises:
            FileNotFoundError: it is missing.
        """
        with (self._folder / key).open("rb") as file:
            file.seek(start)
            while length is None or length > 0:
                content = file.read(_PIECE if length is None else min(_PIECE, length))
                if not content:
                    return
                length = None if length is None else length - len(content)
                yield content

    def remove(self, keys: Sequence[str]) -> None:
        """Forget files.

        Raises:
            StoreError: one could not be removed; the others are.
        """
        failed: OSError | None = None
        for key in (one for named in keys for one in (named, small_key(named))):
            try:
                (self._folder / key).unlink(missing_ok=True)
            except OSError as error:
                failed = error
        if failed is not None:
            raise self._translated(failed) from failed

    def listed(self) -> Iterator[Listed]:
        """List all that lies there, with what was never finished."""
        for path in self._folder.glob("*/*"):
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            yield Listed(f"{path.parent.name}/{path.name}", found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _link(self, path: Path, target: Path) -> None:
        """Give a file its name."""
        try:
            _name(path, target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            _name(path, target)

    def _write(self, content: bytes, key: str) -> None:
        """Write a file, bring it to the disk and give it its name. Names are texts here: each picture comes by."""
        folder, _, name = key.rpartition("/")
        new = f"{self._folder}/{folder}/{_UNFINISHED}{name}-{threading.get_ident()}"
        try:
            descriptor = os.open(new, _NEW, 0o600)
        except FileNotFoundError:
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
            descriptor = os.open(new, _NEW, 0o600)
        try:
            try:
                _write_whole(descriptor, content)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(new, f"{self._folder}/{key}")  # noqa: PTH105 - equal bytes may lie there
        except OSError:
            Path(new).unlink(missing_ok=True)
            raise

    def _translated(self, error: OSError) -> StoreError:
        return StoreError(f"evidence folder {self._folder}: {error.strerror}")


def _name(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileExistsError:
        pass  # equal bytes lie there
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(path, target)


def _copy(path: Path, target: Path) -> None:
    """Give a file its name on another disk, where the evidence has one of its own."""
    new = target.with_name(f"{_UNFINISHED}{target.name}-{threading.get_ident()}")
    try:
        shutil.copyfile(path, new)
        sync(new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _write_whole(descriptor: int, content: bytes) -> None:
    """Write all of it where a file's position is."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def sync(path: Path | str) -> None:
    """Bring a file's bytes, or a folder's names, safely to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
