"""Which hub takes which gateways' messages, where several share a database and a broker.

Every such hub hears every gateway; each gateway's name falls into one of ``SLOTS``, and whoever holds the slot takes
what it says. A slot is an advisory lock of PostgreSQL, held by a connection of its own: it is free the moment its hub
dies, by whatever death, and nobody has to agree on the time. Where two take the same message nevertheless, as a slot
changes hands, the database allows it once.
"""

import logging
import math
import random
import zlib
from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.configuration.reminder import Reminder
from sharp_eyes.hub.store.database import Database

_LOG = logging.getLogger(__name__)

SLOTS = 64
"""More than there are hubs, few enough to be shared out evenly."""

LOOK_SECONDS = 1.0
"""Seconds between two looks: for so long a dead hub's gateways wait, until they send again what nobody took."""

_LOCK = 420844
"""First half of the locks; the second is a slot of a group, or what its hubs hold together."""

_PRESENT, _WIDTH = SLOTS, 2 * SLOTS
_GROUPS = 2**31 // _WIDTH
_HELD = text(
    "SELECT CAST(objid AS bigint) - :first, pid = pg_backend_pid() FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :lock"
    " AND CAST(objid AS bigint) BETWEEN :first AND :last"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Division:
    """A hub's part of the gateways; all of them on SQLite, which has one hub. ``look`` belongs to one thread."""

    def __init__(self, database: Database, group: str | None) -> None:
        """``group``: what hubs on the same broker have in common; None where a broker is its hub's own."""
        self._database = database
        self._is_shared = database.is_postgresql and group is not None
        self._first = zlib.crc32((group or "").encode()) % _GROUPS * _WIDTH
        self._connection: Connection | None = None
        self._held: set[int] = set()
        self._left: set[int] = set()
        """Slots that were given up and that nobody has taken yet."""
        self._serves: frozenset[int] | None = None
        self._trouble = Reminder()

    def serves(self, gateway: str) -> bool:
        """Whether this hub takes what a gateway says; safe to call from any thread."""
        serves = self._serves
        return serves is None or zlib.crc32(gateway.encode()) % SLOTS in serves

    def look(self) -> None:
        """See which hubs there are, and take or give up slots until each has its part."""
        if not self._is_shared:
            return
        try:
            self._share_out()
        except SQLAlchemyError as error:
            if self._trouble.is_due():
                _LOG.warning("which gateways this hub takes cannot be seen, for now none: %s", error)
            self._serves = frozenset()
            self.close()
        else:
            self._trouble.over()

    def close(self) -> None:
        """Give everything up."""
        connection, self._connection = self._connection, None
        self._held, self._left = set(), set()
        if connection is not None:
            connection.close()

    def _share_out(self) -> None:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._database.own_connection()
            self._call(connection, "pg_advisory_lock_shared", _PRESENT)
        rows = connection.execute(_HELD, {"lock": _LOCK, "first": self._first, "last": self._first + _PRESENT}).all()
        hubs = sum(slot == _PRESENT for slot, _ in rows)
        others = {slot for slot, is_ours in rows if slot != _PRESENT and not is_ours}
        share = math.ceil(SLOTS / max(1, hubs))
        self._give_up(connection, len(self._held) - share)
        self._take(connection, set(range(SLOTS)) - others - self._held, share)
        self._left -= others | self._held
        self._note(hubs)

    def _give_up(self, connection: Connection, count: int) -> None:
        for slot in random.sample(sorted(self._held), max(0, count)):
            self._call(connection, "pg_advisory_unlock", slot)
            self._held.discard(slot)
            self._left.add(slot)

    def _take(self, connection: Connection, free: Iterable[int], share: int) -> None:
        for slot in random.sample(sorted(free), len(set(free))):
            if len(self._held) >= share:
                return
            if self._call(connection, "pg_try_advisory_lock", slot):
                self._held.add(slot)

    def _note(self, hubs: int) -> None:
        """What was given up is served until another hub has it: nothing falls between."""
        serves = frozenset(self._held | self._left)
        if serves != self._serves:
            _LOG.info("takes %d of %d parts of the gateways, beside %d other hubs", len(serves), SLOTS, hubs - 1)
            self._serves = serves

    def _call(self, connection: Connection, function: str, slot: int) -> bool:
        which = {"lock": _LOCK, "slot": self._first + slot}
        return bool(connection.execute(text(f"SELECT {function}(:lock, :slot)"), which).scalar())
