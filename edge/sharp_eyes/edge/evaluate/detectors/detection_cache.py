"""What a model found in a picture, kept on disk by the content of both: a second run need not look again."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from typing_extensions import Self

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.digests import file_digest
from sharp_eyes.edge.frame import Boxes

FORM = 1
"""Goes up when what is stored, or how a picture is shown to a network, changes."""


@dataclass(frozen=True, slots=True)
class CachedDetections:
    """What one model found in one picture.

    Attributes:
        width, height: the picture's size in pixels.
        boxes: n x 4 float32 in its pixels; scores: n float32; classes: n int32; best score first.
    """

    width: int
    height: int
    boxes: Boxes
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int32]

    def to_bytes(self) -> bytes:
        """Columns x1, y1, x2, y2, score, class as little-endian float32."""
        rows = np.column_stack([self.boxes, self.scores, self.classes.astype(np.float32)])
        return rows.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, width: int, height: int, stored: bytes) -> Self:
        """Undo :meth:`to_bytes`."""
        rows = np.frombuffer(stored, "<f4").reshape(-1, 6).astype(np.float32)
        return cls(width, height, rows[:, :4], rows[:, 4], rows[:, 5].astype(np.int32))


def default_folder() -> Path:
    """Where the cache lies unless told otherwise."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "sharp-eyes"


SAVE_EVERY = 50
"""Entries between two writes to disk."""


class DetectionCache:
    """One SQLite file. Every entry is on disk at the latest with the next :meth:`save`.

    The file is locked for the moment of writing only, so that evaluations side by side can use it.

    Raises:
        ConfigError: the file cannot be opened or is no cache.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"detections-{FORM}.sqlite"
        self._digests: dict[tuple[str, int, int], str] = {}
        self._unsaved: dict[tuple[str, str], CachedDetections] = {}
        self._notes: dict[str, str] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.file, timeout=60)
            self._database.executescript(
                "PRAGMA journal_mode=WAL;"
                "CREATE TABLE IF NOT EXISTS seen (model TEXT, picture TEXT, width INTEGER, height INTEGER, found BLOB,"
                " PRIMARY KEY (model, picture)) WITHOUT ROWID;"
                "CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
            )
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"--cache {folder}: cannot be used: {error}; name another folder") from error

    def get(self, model: str, picture: str) -> CachedDetections | None:
        """What was found, or None where nobody looked."""
        if (model, picture) in self._unsaved:
            return self._unsaved[model, picture]
        row = self._database.execute(
            "SELECT width, height, found FROM seen WHERE model = ? AND picture = ?", (model, picture)
        ).fetchone()
        return None if row is None else CachedDetections.from_bytes(*row)

    def put(self, model: str, picture: str, seen: CachedDetections) -> None:
        """Keep what was found.

        Raises:
            ConfigError: the file cannot be written.
        """
        self._unsaved[model, picture] = seen
        if len(self._unsaved) >= SAVE_EVERY:
            self.save()

    def note(self, key: str) -> str | None:
        """A text kept by :meth:`keep_note`."""
        row = self._database.execute("SELECT value FROM note WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def keep_note(self, key: str, value: str) -> None:
        """Keep a text.

        Raises:
            ConfigError: the file cannot be written.
        """
        self._notes[key] = value
        self.save()

    def save(self) -> None:
        """Write to disk what was put in.

        Raises:
            ConfigError: the disk is full, or another process holds the file.
        """
        rows = [(*key, seen.width, seen.height, seen.to_bytes()) for key, seen in self._unsaved.items()]
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", rows)
                self._database.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", list(self._notes.items()))
        except sqlite3.Error as error:
            raise ConfigError(f"--cache {self.file}: cannot be written: {error}; name another folder") from error
        self._unsaved.clear()
        self._notes.clear()

    def close(self) -> None:
        """Save and close."""
        self.save()
        self._database.close()

    def digest(self, path: Path) -> str:
        """Digest of a file's content; read once a run as long as the file stays as it is.

        Raises:
            OSError: the file cannot be read.
        """
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns)
        if key not in self._digests:
            self._digests[key] = file_digest(path)
        return self._digests[key]
