"""What waits on the gateway's disk until the hub says that it has committed it.

A file of evidence is written and synced before the row that names it, and removed after that row: a death at
any moment leaves at worst a file without a row, which the next start sweeps away.

When there is no room (disk full, or the budget for evidence is used up) events come before pictures and
pictures before clips; the oldest clips go first. What was lost is counted and logged. An event that cannot be
written is held in memory, can be sent from there, and is written as soon as there is room.
"""

import errno
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from uuid import UUID

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.envelope import EvidenceMessage, parse_durable
from sharp_eyes.contract.status import OutboxState
from sharp_eyes.edge.errors import OutboxError, OutboxInUse
from sharp_eyes.edge.push.entry import Attachment, Entry, Pending, Priority
from sharp_eyes.edge.push.files import EvidenceFolder
from sharp_eyes.edge.push.table import EvidenceRow, MessageTable

MAX_HELD = 10_000
"""Messages held in memory at most while the disk takes none."""

RETRY_SECONDS = 1.0
"""Between two attempts to write what is held in memory."""

ROOM_FOR_ROWS = 256 * 1024
"""Bytes freed at once when a row finds no room."""

_LONGEST_REASON = 500
_log = logging.getLogger(__name__)


class Outbox:
    """Durable messages and their evidence; safe to use from several threads.

    Args:
        folder: made if missing; belongs to one gateway process at a time.
        max_bytes: bytes of evidence kept at most.

    Raises:
        OutboxError: when the folder or its database cannot be used.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = RLock()
        self._listener: Callable[[], None] = _nothing
        self._held: dict[str, Pending] = {}
        self._gone: dict[str, UUID | None] = {}
        self._memories: dict[str, str | None] = {}
        self._used = 0
        self._fault: sqlite3.Error | None = None
        self._tried = -RETRY_SECONDS
        try:
            self._files = EvidenceFolder(folder / "evidence")
            folder.chmod(0o700)  # pictures of people, for the gateway's user alone
            self._table = MessageTable(folder / "outbox.sqlite3")
            self._lost = self._table.lost()
            self._sweep()
        except (OSError, sqlite3.Error) as error:
            if "locked" in str(error):
                advice = "stop the other gateway or give this one its own data folder"
                raise OutboxInUse(f"outbox {folder}: another process uses it; {advice}") from error
            raise OutboxError(f"outbox {folder} cannot be opened: {_reason(error)}") from error

    def listen(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called after each put; it must return at once."""
        self._listener = listener

    def put(self, entries: Sequence[Entry], memories: Mapping[str, str | None] | None = None) -> None:
        """Write entries in one transaction; what is known already is left as it is.

        ``memories`` (name, content) are written with them, so that what a scene has said and what it remembers of
        having said it never differ; None forgets what stood under a name. Never raises for want of room: see the
        module's text for what gives way to what.
        """
        with self._lock:
            fresh = {entry.message.id: entry for entry in entries if not self._knows(entry.message.id)}
            rows = [row for row in map(self._row, fresh.values()) if row is not None]
            self._memories |= memories or {}
            if any(row.attachment for row in rows):
                self._files.sync()
            if rows or memories:
                self._store(rows)
        if entries:
            self._listener()

    def memory(self, name: str) -> str | None:
        """What was last put under this name; None where nothing was."""
        with self._lock:
            return self._memories[name] if name in self._memories else self._table.memory(name)

    def memory_names(self) -> list[str]:
        """All names under which something is kept."""
        with self._lock:
            names = self._table.memory_names() | self._memories.keys()
            return sorted(name for name in names if self.memory(name) is not None)

    def pending(self, limit: int) -> list[Pending]:
        """The first messages that wait for the hub: by priority, then age."""
        with self._lock:
            if self._held and time.monotonic() - self._tried >= RETRY_SECONDS:
                self._insert([])
            rows = self._table.pending(limit + len(self._gone))
            waiting = [row for row in rows if row.id not in self._gone] + list(self._held.values())
            return sorted(waiting, key=lambda row: row.priority)[:limit]

    def waiting(self, identity: str) -> Pending | None:
        """The message of this id, if it waits."""
        with self._lock:
            return None if identity in self._gone else self._held.get(identity) or self._table.waiting(identity)

    def read_part(self, attachment: Attachment, part: int) -> bytes:
        """Read one part of a file.

        Raises:
            OutboxError: when the file is gone or shorter than it should be.
        """
        length = attachment.part_length(part)
        try:
            content = self._files.read(attachment.evidence_id, part * attachment.part_size, length)
        except OSError as error:
            raise OutboxError(f"evidence {attachment.evidence_id} in {self._files.path}: {error}") from error
        if len(content) != length:
            raise OutboxError(f"evidence {attachment.evidence_id} in {self._files.path} is too short")
        return content

    def forget(self, ids: Iterable[str]) -> None:
        """Forget what the hub has committed; it may name a message twice that came to it twice."""
        with self._lock:
            ids = list(dict.fromkeys(ids))
            for identity in ids:
                self._held.pop(identity, None)
            files = {row.id: row for row in self._table.evidence(ids)}
            known = [identity for identity in ids if identity not in self._gone and self._table.knows(identity)]
            for identity in known:
                row = files.get(identity)
                self._gone[identity] = row.evidence_id if row else None
                self._used -= row.size if row else 0
            if known:
                self._commit()

    def set_aside(self, identity: str, reason: str) -> None:
        """Keep a message that the hub refuses for good, without its file, and stop sending it."""
        reason = reason[:_LONGEST_REASON]
        with self._lock:
            _log.error("the hub refuses message %s for good: %s", identity, reason)
            if self._held.pop(identity, None) or identity in self._gone or not self._table.knows(identity):
                return
            files = list(self._table.evidence([identity]))
            if self._commit(refused=[(identity, reason)]):
                for row in files:
                    self._files.remove(row.evidence_id)
                    self._used -= row.size

    def give_up(self, identity: str) -> None:
        """Count a message as lost whose file cannot be read any more."""
        with self._lock:
            for row in self._table.evidence([identity]):
                if identity not in self._gone:
                    self._lose(row, "its file cannot be read")
            self._commit()

    def recut(self, row: Pending, part_size: int) -> Pending:
        """Cut a waiting message's file into parts of so many bytes; the hub starts its file anew.

        Raises:
            sqlite3.Error: the database cannot be written.
        """
        message = parse_durable(row.payload)
        if row.attachment is None or not isinstance(message, EvidenceMessage):
            return row
        cut = message.model_copy(update={"data": message.data.model_copy(update={"part_size": part_size})})
        row = replace(
            row, payload=cut.model_dump_json().encode(), attachment=replace(row.attachment, part_size=part_size)
        )
        with self._lock:
            self._table.recut(row)
        return row

    def state(self) -> OutboxState:
        """How much waits, is refused and was lost."""
        with self._lock:
            waiting, refused = self._table.counts()
            pending = waiting - len(self._gone) + len(self._held)
            return OutboxState(pending=pending, bytes=self._used, refused=refused, lost=self._lost)

    @property
    def oldest(self) -> float:
        """Seconds since that was seen which waits longest, by its own time; 0 where nothing waits."""
        with self._lock:
            payload = self._table.oldest()
        if payload is None:
            return 0.0
        seen = datetime.fromisoformat(json.loads(payload)["time"].replace("Z", "+00:00"))
        return max(0.0, (datetime.now(UTC) - seen).total_seconds())

    def close(self) -> None:
        """Write what is still held, if it can be, and close the database."""
        with self._lock:
            if (self._held or self._gone or self._memories) and not self._insert([]):
                _log.error("%d messages held in memory are lost: %s", len(self._held), self._advice())
            self._table.close()

    # -- files of evidence ---------------------------------------------------------------------------------

    def _row(self, entry: Entry) -> Pending | None:
        """The entry's row, its file written; None where the file found no room."""
        message = entry.message
        if not isinstance(message, EvidenceMessage) or entry.content is None:
            return Pending(message.id, entry.priority, entry.payload)
        evidence = message.data
        if not self._written(evidence.evidence_id, entry.content, entry.priority):
            self._lost += 1
            _log.error("evidence %s (%s) is lost: %s", evidence.evidence_id, evidence.kind, self._advice())
            return None
        self._used += entry.size
        attachment = Attachment(evidence.evidence_id, evidence.size, evidence.part_size)
        return Pending(message.id, entry.priority, entry.payload, attachment)

    def _written(self, evidence_id: UUID, content: bytes, priority: Priority) -> bool:
        excess = self._used + len(content) - self._max_bytes
        if excess > 0 and not self._evict(excess, priority):
            return False
        try:
            self._files.write(evidence_id, content)
        except OSError as error:
            if not _is_full(error) or not self._evict(len(content), priority):
                _log.error("evidence %s: %s", evidence_id, error)
                return False
        else:
            return True
        try:
            self._files.write(evidence_id, content)
        except OSError as error:
            _log.error("evidence %s: %s", evidence_id, error)
            return False
        return True

    def _evict(self, needed: int, priority: Priority) -> bool:
        """Give up older files of the same or lesser worth; False, and nothing done, where that is not enough."""
        victims: list[EvidenceRow] = []
        freed = 0
        for row in self._table.all_evidence(at_least=max(priority, Priority.PICTURE)):
            if row.id in self._gone:
                continue
            victims.append(row)
            freed += row.size
            if freed >= needed:
                break
        if freed < needed:
            return False
        for row in victims:
            self._lose(row, f"it gave way to something newer; {self._advice()}")
        return True

    def _lose(self, row: EvidenceRow, why: str) -> None:
        # The file goes first: on a full disk the row cannot be deleted before there is room.
        self._discard(row, why)
        self._gone[row.id] = None

    def _discard(self, row: EvidenceRow, why: str) -> None:
        self._files.remove(row.evidence_id)
        self._used -= row.size
        self._lost += 1
        _log.error("evidence %s is lost: %s", row.evidence_id, why)

    def _sweep(self) -> None:
        rows = list(self._table.all_evidence())
        for row in rows:
            self._used += row.size
            if self._files.size(row.evidence_id) != row.size:
                self._lose(row, f"its file in {self._files.path} is missing or cut short")
        orphans = self._files.remove_all_but({row.evidence_id for row in rows})
        if orphans:
            _log.info("outbox %s: removed %d files left by an interrupted write", self._folder, orphans)
        if self._gone:
            self._commit()

    # -- rows ----------------------------------------------------------------------------------------------

    def _knows(self, identity: str) -> bool:
        if identity in self._gone:
            self._gone[identity] = None  # its file is about to be written anew
            return False
        return identity in self._held or self._table.knows(identity)

    def _store(self, rows: list[Pending]) -> None:
        """Insert rows; without room first old evidence gives way, then these rows' own, then memory holds."""
        if self._insert(rows):
            return
        if _is_full(self._fault) and self._evict(ROOM_FOR_ROWS, Priority.PICTURE) and self._insert(rows):
            return
        for row in rows:
            if row.attachment:
                self._discard(EvidenceRow(row.id, row.attachment.evidence_id, row.attachment.size), self._advice())
        messages = [row for row in rows if row.attachment is None]
        if messages and not self._insert(messages):
            self._hold(messages)

    def _hold(self, rows: list[Pending]) -> None:
        self._held.update((row.id, row) for row in rows)
        while len(self._held) > MAX_HELD:
            oldest = next(iter(self._held))
            del self._held[oldest]
            self._lost += 1
            _log.error("message %s is lost: memory is full as well; %s", oldest, self._advice())

    def _insert(self, rows: list[Pending]) -> bool:
        """Write rows after those held in memory, which are older."""
        if not self._commit(rows=[*self._held.values(), *rows]):
            return False
        self._held.clear()
        return True

    def _commit(self, rows: Sequence[Pending] = (), refused: Sequence[tuple[str, str]] = ()) -> bool:
        self._tried = time.monotonic()
        try:
            self._table.write(rows, gone=list(self._gone), refused=refused, memories=self._memories, lost=self._lost)
        except sqlite3.Error as error:
            began, self._fault = self._fault is None, error
            if began:
                _log.error("%s Messages are held in memory until then. (%s)", self._advice(), error)
            return False
        if self._fault is not None:
            _log.warning("outbox %s can be written again", self._folder)
        self._fault = None
        for evidence_id in self._gone.values():
            if evidence_id is not None:
                self._files.remove(evidence_id)
        self._gone.clear()
        self._memories.clear()
        return True

    def _advice(self) -> str:
        if self._fault is not None and (damage := _damage(self._fault)):
            return f"outbox {self._folder} cannot be written: {damage}."
        if "readonly" in str(self._fault):
            return f"outbox {self._folder} can only be read: its disk, or the folder, is read-only; look at the disk."
        return (
            f"outbox {self._folder} cannot be written ({self._used} of {self._max_bytes} bytes of evidence used):"
            " free disk space there, raise outbox.max_bytes, or bring back the hub."
        )


def _nothing() -> None:
    pass


def _is_full(error: OSError | sqlite3.Error | None) -> bool:
    if isinstance(error, sqlite3.Error):
        # Python 3.10 does not give SQLite's code, 13.
        return getattr(error, "sqlite_errorcode", 13) == 13 and "full" in str(error)
    return error is not None and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _reason(error: OSError | sqlite3.Error) -> str:
    return _damage(error) or f"{error}; check that the folder can be written and the disk has room"


def _damage(error: OSError | sqlite3.Error) -> str:
    """What is wrong with the database itself, and what to do; empty where it is something else."""
    text = str(error)
    advice = "move the folder aside and start again"
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in text or "not a database" in text):
        return f"outbox.sqlite3 is damaged ({text}); {advice}"
    if isinstance(error, sqlite3.OperationalError) and ("no such" in text or "has no column" in text):
        return f"outbox.sqlite3 is none of this version ({text}); {advice}"
    return ""
