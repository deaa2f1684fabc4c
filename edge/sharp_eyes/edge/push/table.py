"""The outbox's table in SQLite. Errors are plain ``sqlite3.Error``; the outbox translates them.

Write-ahead log with ``synchronous = FULL``: a committed row survives a power cut. The exclusive lock keeps a
second gateway off the same folder; the operating system releases it when the process dies.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sharp_eyes.edge.push.entry import Attachment, Pending, Priority

MAX_REFUSED = 1000
"""Refused messages kept aside at most; the oldest go first."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    priority INTEGER NOT NULL,
    payload BLOB NOT NULL,
    evidence_id TEXT,
    size INTEGER NOT NULL DEFAULT 0,
    part_size INTEGER NOT NULL DEFAULT 0,
    refused TEXT
);
CREATE INDEX IF NOT EXISTS message_in_order ON message (priority, sequence) WHERE refused IS NULL;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT OR IGNORE INTO counter VALUES ('lost', 0);
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, content TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row that names a file: message id, file and bytes."""

    id: str
    evidence_id: UUID
    size: int


class MessageTable:
    """Rows of durable messages in the order they were put."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except sqlite3.Error:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(f"PRAGMA journal_size_limit = {8 * 1024**2}")
        self._connection.executescript(_SCHEMA)

    def write(
        self,
        rows: Sequence[Pending] = (),
        *,
        gone: Collection[str] = (),
        refused: Sequence[tuple[str, str]] = (),
        memories: Mapping[str, str | None] | None = None,
        lost: int,
    ) -> None:
        """In one transaction: delete ``gone``, mark ``refused`` (id, reason), insert ``rows``, keep ``memories``
        (name, content; None forgets), note ``lost``.
        """
        with self._transaction():
            self._connection.executemany("DELETE FROM message WHERE id = ?", [(identity,) for identity in gone])
            self._connection.executemany(
                "UPDATE message SET refused = ?2, size = 0, evidence_id = NULL WHERE id = ?1", refused
            )
            if refused:
                self._connection.execute(
                    "DELETE FROM message WHERE refused IS NOT NULL AND sequence NOT IN"
                    " (SELECT sequence FROM message WHERE refused IS NOT NULL ORDER BY sequence DESC LIMIT ?)",
                    (MAX_REFUSED,),
                )
            self._connection.executemany(
                "INSERT OR IGNORE INTO message (id, priority, payload, evidence_id, size, part_size)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [_values(row) for row in rows],
            )
            kept = {name: content for name, content in (memories or {}).items() if content is not None}
            forgotten = [(name,) for name in (memories or {}) if name not in kept]
            self._connection.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?)", kept.items())
            self._connection.executemany("DELETE FROM memory WHERE name = ?", forgotten)
            self._connection.execute("UPDATE counter SET value = ? WHERE name = 'lost'", (lost,))

    def pending(self, limit: int) -> list[Pending]:
        """The first rows that wait, by priority, then age."""
        found = self._connection.execute(
            "SELECT id, priority, payload, evidence_id, size, part_size FROM message"
            " WHERE refused IS NULL ORDER BY priority, sequence LIMIT ?",
            (limit,),
        )
        return [_pending(row) for row in found]

    def waiting(self, identity: str) -> Pending | None:
        """The row of this id that waits."""
        row = self._connection.execute(
            "SELECT id, priority, payload, evidence_id, size, part_size FROM message WHERE id = ? AND refused IS NULL",
            (identity,),
        ).fetchone()
        return None if row is None else _pending(row)

    def recut(self, row: Pending) -> None:
        """Put a message in the place of the one with its id, its file cut otherwise."""
        part_size = row.attachment.part_size if row.attachment else 0
        with self._transaction():
            self._connection.execute(
                "UPDATE message SET payload = ?, part_size = ? WHERE id = ?", (row.payload, part_size, row.id)
            )

    def knows(self, identity: str) -> bool:
        """Whether there is a row of this id, waiting or refused."""
        found = self._connection.execute("SELECT 1 FROM message WHERE id = ?", (identity,)).fetchone()
        return found is not None

    def evidence(self, ids: Iterable[str]) -> Iterator[EvidenceRow]:
        """Those of ``ids`` that wait and name a file."""
        for identity in ids:
            row = self._connection.execute(
                "SELECT evidence_id, size FROM message WHERE id = ? AND evidence_id IS NOT NULL", (identity,)
            ).fetchone()
            if row is not None:
                yield EvidenceRow(identity, UUID(row[0]), row[1])

    def all_evidence(self, at_least: Priority = Priority.MESSAGE) -> Iterator[EvidenceRow]:
        """All rows that name a file, of a priority or a lesser one: clips before pictures, oldest first."""
        found = self._connection.execute(
            "SELECT id, evidence_id, size FROM message"
            " WHERE evidence_id IS NOT NULL AND priority >= ? ORDER BY priority DESC, sequence",
            (int(at_least),),
        )
        for identity, evidence_id, size in found.fetchall():
            yield EvidenceRow(identity, UUID(evidence_id), size)

    def counts(self) -> tuple[int, int]:
        """How many rows wait, and how many are refused."""
        row = self._connection.execute("SELECT COUNT(*), COUNT(refused) FROM message").fetchone()
        total, refused = int(row[0]), int(row[1])
        return total - refused, refused

    def oldest(self) -> bytes | None:
        """The message of the row that waits longest."""
        query = "SELECT payload FROM message WHERE refused IS NULL ORDER BY sequence LIMIT 1"
        row = self._connection.execute(query).fetchone()
        return None if row is None else bytes(row[0])

    def lost(self) -> int:
        """How many were lost so far."""
        row = self._connection.execute("SELECT value FROM counter WHERE name = 'lost'").fetchone()
        return int(row[0])

    def memory(self, name: str) -> str | None:
        """What was kept under this name."""
        row = self._connection.execute("SELECT content FROM memory WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def memory_names(self) -> set[str]:
        """All names under which something is kept."""
        return {str(row[0]) for row in self._connection.execute("SELECT name FROM memory")}

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _values(row: Pending) -> tuple[str, int, bytes, str | None, int, int]:
    file = row.attachment
    if file is None:
        return row.id, int(row.priority), row.payload, None, 0, 0
    return row.id, int(row.priority), row.payload, str(file.evidence_id), file.size, file.part_size


def _pending(row: tuple[str, int, bytes, str | None, int, int]) -> Pending:
    identity, priority, payload, evidence_id, size, part_size = row
    attachment = None if evidence_id is None else Attachment(UUID(evidence_id), size, part_size)
    return Pending(identity, Priority(priority), payload, attachment)
