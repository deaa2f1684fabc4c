"""What networks found in clips, kept on disk: a rule can be tried again without looking again."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sharp_eyes.edge.errors import ConfigError

FORM = 1
"""Goes up when what is stored changes."""

MOST_BYTES = 2 * 1024**3
"""Size from which the runs that were used least recently are dropped."""

SAVE_EVERY = 50
"""Entries between two writes to disk."""


class InferenceCache:
    """One SQLite file; an entry is what one network found in one frame of one clip.

    A *run* is all that one network found in one clip; its looks are kept and dropped together. Any thread may use
    it, one at a time.

    Args:
        folder: where the file lies; made if need be.
        most_bytes: size the file is held to when it is closed.

    Raises:
        ConfigError: the file cannot be opened or is no cache.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.file = folder / f"looks-{FORM}.sqlite"
        self._most_bytes = most_bytes
        self._runs: dict[tuple[str, str], int] = {}
        self._unsaved: dict[tuple[int, int], bytes] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.file, timeout=60, check_same_thread=False)
            self._database.executescript(
                "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, network TEXT, clip TEXT, used REAL,"
                " UNIQUE (network, clip));"
                "CREATE TABLE IF NOT EXISTS look (run INTEGER, moment INTEGER, found BLOB,"
                " PRIMARY KEY (run, moment)) WITHOUT ROWID;"
            )
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"--cache {folder}: cannot be used: {error}; name another folder") from error

    def get(self, network: str, clip: str, moment: int) -> bytes | None:
        """What was found, or None where nobody looked.

        Args:
            network: key of the network and of how it is read.
            clip: checksum of the recording.
            moment: milliseconds from the clip's first frame.
        """
        key = self._run(network, clip), moment
        if key in self._unsaved:
            return self._unsaved[key]
        row = self._database.execute("SELECT found FROM look WHERE run = ? AND moment = ?", key).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, network: str, clip: str, moment: int, found: bytes) -> None:
        """Keep what was found."""
        self._unsaved[self._run(network, clip), moment] = found
        if len(self._unsaved) >= SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write to disk what was put in; the file is locked for that moment only, so that others can use it too."""
        rows = [(*key, found) for key, found in self._unsaved.items()]
        with self._writing():
            self._database.executemany("INSERT OR REPLACE INTO look VALUES (?, ?, ?)", rows)
        self._unsaved.clear()

    def close(self) -> None:
        """Save, drop what is too much, and close."""
        self.save()
        self._shrink()
        self._database.close()

    def _run(self, network: str, clip: str) -> int:
        if (network, clip) not in self._runs:
            with self._writing():
                self._database.execute(
                    "INSERT INTO run (network, clip, used) VALUES (?, ?, ?)"
                    " ON CONFLICT (network, clip) DO UPDATE SET used = excluded.used",
                    (network, clip, time.time()),
                )
            row = self._database.execute(
                "SELECT id FROM run WHERE network = ? AND clip = ?", (network, clip)
            ).fetchone()
            self._runs[network, clip] = int(row[0])
        return self._runs[network, clip]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; a full disk or a file that another process holds is a clear error."""
        try:
            with self._database:
                yield
        except sqlite3.Error as error:
            raise ConfigError(f"--cache {self.file}: cannot be written: {error}; or go on with --no-cache") from error

    def _shrink(self) -> None:
        while self._bytes() > self._most_bytes:
            oldest = self._database.execute("SELECT id FROM run ORDER BY used, id LIMIT 1").fetchone()
            if oldest is None:
                return
            with self._writing():
                self._database.execute("DELETE FROM look WHERE run = ?", oldest)
                self._database.execute("DELETE FROM run WHERE id = ?", oldest)
            self._database.executescript("PRAGMA incremental_vacuum")

    def _bytes(self) -> int:
        pages, free, size = (
            int(self._database.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size
