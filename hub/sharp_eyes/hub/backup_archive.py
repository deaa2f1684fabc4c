"""The file of a backup: a tar with a manifest before all else and, at its end, what was in it, so that damage is seen.

Evidence is named by its SHA-256; the manifest has the database's, the end that of everything else.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sharp_eyes.hub.errors import StoreError

_MANIFEST, _END = "manifest.json", "end.json"
_OWN_SUM = re.compile(r"evidence/../([0-9a-f]{64})\.\w+")
_MARK = ".restore"


class SummedArchive:
    """A backup being written, of files as they are read: links are followed, what is no file is left out."""

    def __init__(self, tar: tarfile.TarFile, manifest: Mapping[str, object], database: Path) -> None:
        """Begin with the manifest and the database's copy."""
        self._tar = tar
        self._sums: dict[str, str] = {}
        self._evidence = 0
        self._put_note(_MANIFEST, {**manifest, "sum": _sum_of(database)})
        self.add(database, database.name)

    def add(self, path: Path, name: str) -> None:
        """Add a file.

        Raises:
            OSError: it is not there, or cannot be read.
        """
        with path.open("rb") as file:
            known = os.fstat(file.fileno())
            self.add_read(file, known.st_size, name, known.st_mode & 0o700)

    def add_all(self, path: Path, name: str) -> None:
        """Add a file, or all files below a folder."""
        if path.is_file():
            self.add(path, name)
        for folder, _, files in os.walk(path):
            for one in sorted(Path(folder, file) for file in files):
                if one.is_file():
                    self.add(one, f"{name}/{one.relative_to(path)}")

    def add_read(self, file: IO[bytes], size: int, name: str, mode: int = 0o600) -> None:
        """Add so many bytes that are read."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, mode
        self._evidence += name.startswith("evidence/")
        if _OWN_SUM.fullmatch(name):
            self._tar.addfile(entry, file)
            return
        summed = _Summed(file)
        self._tar.addfile(entry, summed)
        self._sums[name] = summed.digest.hexdigest()

    def end(self) -> None:
        """Write down what is in it."""
        self._put_note(_END, {"evidence": self._evidence, "sums": self._sums})

    def _put_note(self, name: str, said: object) -> None:
        content = json.dumps(said, indent=1).encode()
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))


class _Summed(io.RawIOBase):
    """A file whose bytes are summed while they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


def extract(source: Path, place: Path) -> list[str]:
    """Take a backup apart; says what of it is damaged or missing, and leaves that out.

    Raises:
        OSError, tarfile.TarError: it is no tar file, or cannot be put there.
    """
    with tarfile.open(source) as tar:
        names, damage = _extract_all(tar, place)
    said = _read(place / _END)
    if said is None:
        if "sum" not in (_read(place / _MANIFEST) or {}):
            return damage  # of a version that wrote no end
        return [*damage, "it is cut off", *_take_out(place, names, {})]
    damage += _take_out(place, names, said["sums"])
    lost = said["evidence"] - sum(name.startswith("evidence/") for name in names)
    return damage + ([f"{lost} files of evidence are not there"] if lost > 0 else [])


def _extract_all(tar: tarfile.TarFile, place: Path) -> tuple[list[str], list[str]]:
    names: list[str] = []
    try:
        for member in tar:
            names.append(member.name)
            tar.extract(member, place, filter="data")
    except tarfile.ReadError as error:
        return names, [str(error)]
    return names, []


def _take_out(place: Path, names: Sequence[str], sums: Mapping[str, str]) -> list[str]:
    """Take out what is not as its sum says, and say what is not there or was not whole."""
    there = set(names)
    damage = [name for name in sums if name not in there]
    for name in names:
        own = _OWN_SUM.fullmatch(name)
        wanted = own[1] if own else sums.get(name)
        path = place / name
        if wanted is not None and path.is_file() and _sum_of(path) != wanted:
            damage.append(name)
            path.unlink()
    return damage


def read_manifest(source: Path, place: Path) -> dict[str, Any]:
    """Read what a backup says of itself.

    Raises:
        StoreError: it is none.
    """
    found = _read(place / _MANIFEST)
    if found is None:
        raise StoreError(f"{source} is no backup of a hub: it has no {_MANIFEST} that can be read")
    return found


def is_database_whole(place: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether the database's copy is there as it was written."""
    copy = place / str(manifest.get("database"))
    return copy.is_file() and manifest.get("sum") in (None, _sum_of(copy))


@contextmanager
def unfinished(data: Path) -> Iterator[None]:
    """Mark a data folder while it is filled; the mark stays where that does not come to its end."""
    mark = data / _MARK
    mark.touch(mode=0o600)
    yield
    mark.unlink()


def check_finished(data: Path) -> None:
    """See that no restoration into a data folder was interrupted.

    Raises:
        StoreError: one was.
    """
    if (data / _MARK).exists():
        raise StoreError(
            f"a backup was being restored into {data} and did not come to its end: remove the folder, empty the "
            "database, and restore again"
        )


def _read(note: Path) -> dict[str, Any] | None:
    try:
        said = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
