"""What was committed, in the order in which it was, for every hub on the database.

Each change of which pages are told is a row, written with the change itself. A reader has a *position*: what it has
seen. On PostgreSQL ids are given out before transactions commit, so a position is a snapshot: whatever it does not show
comes next, once, however late its transaction commits, and no long transaction of somebody else's holds it up. On
SQLite, which has one writer, a position is the last id.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, text
from sqlalchemy.orm import Session

from sharp_eyes.hub.store.live_tables import Change
from sharp_eyes.hub.store.unit_of_work import LiveUpdate
from sharp_eyes.hub.store.writing import WritingSession

CHANNEL = "sharp_eyes_change"
"""PostgreSQL's channel by which readers are woken."""

KEPT = timedelta(minutes=10)
"""How long a change can be read: longer than a page is away that reconnects by itself."""

_SNAPSHOT = re.compile(r"(\d{1,18}):(\d{1,18}):(\d{1,18}(,\d{1,18})*)?")
_ID = re.compile(r"\d{1,18}")
_NEW = text(
    "transaction >= CAST(CAST(pg_snapshot_xmin(CAST(:before AS pg_snapshot)) AS text) AS bigint)"
    " AND transaction < CAST(CAST(pg_snapshot_xmax(CAST(:now AS pg_snapshot)) AS text) AS bigint)"
    " AND NOT pg_visible_in_snapshot(CAST(CAST(transaction AS text) AS xid8), CAST(:before AS pg_snapshot))"
    " AND pg_visible_in_snapshot(CAST(CAST(transaction AS text) AS xid8), CAST(:now AS pg_snapshot))"
)
"""What the later snapshot shows and the earlier one does not; the first two lines are for the index."""


_COLUMNS = select(Change.topic, Change.area, Change.data, Change.units, Change.people, Change.ended_at)


class UnknownPositionError(Exception):
    """A position that this database never gave, such as one from before a backup was restored."""


def write_changes(session: WritingSession, updates: Sequence[LiveUpdate], now: datetime) -> None:
    """Write down what pages are told, and wake those who read once this transaction is committed."""
    if not updates:
        return
    for one in updates:
        session.add_row(
            Change,
            {
                "at": now,
                "topic": one.topic,
                "area": one.area,
                "units": None if one.units is None else sorted(one.units),
                "people": None if one.people is None else sorted(one.people),
                "ended_at": one.ended_at,
                "data": one.data,
            },
        )
    if _is_postgresql(session):
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def current_position(session: Session) -> str:
    """The position of a reader that has seen all that is committed."""
    if _is_postgresql(session):
        return str(session.scalar(text("SELECT pg_current_snapshot()::text")))
    last = session.connection().exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'change'")
    return str(last.scalar() or 0)


def changes_since(session: Session, position: str, most: int | None = None) -> tuple[list[LiveUpdate], str]:
    """Read what was committed after a position, and the position after that.

    ``most``: how many are read; the position holds only where there were fewer.

    Raises:
        UnknownPositionError: this database never gave the position.
    """
    now = current_position(session)
    _check(position, now)
    if now == position:
        return [], now
    if _is_postgresql(session):
        query = _COLUMNS.where(_NEW.bindparams(before=position, now=now))
    else:
        query = _COLUMNS.where(Change.id > int(position), Change.id <= int(now))
    rows = session.execute(query.order_by(Change.id).limit(most))
    return [as_update(row) for row in rows], now


def forget_changes(session: Session, now: datetime) -> None:
    """Delete what nobody can ask for any more."""
    session.execute(delete(Change).where(Change.at < now - KEPT - timedelta(minutes=1)))


def as_update(row: Change | Row[Any]) -> LiveUpdate:
    """What a row says, or its columns."""
    return LiveUpdate(
        row.topic,  # type: ignore[arg-type]  # what was written is a topic
        row.area,
        row.data,
        units=None if row.units is None else frozenset(row.units),
        people=None if row.people is None else frozenset(row.people),
        ended_at=row.ended_at,
    )


def _check(position: str, now: str) -> None:
    """See that a position is one, and that no number in it is still to come."""
    before, after = (_SNAPSHOT.fullmatch(one) or _ID.fullmatch(one) for one in (position, now))
    if before is None or after is None or before.re is not after.re:
        raise UnknownPositionError(position)
    if before.re is _ID:
        if int(position) > int(now):
            raise UnknownPositionError(position)
        return
    least, most = int(before[1]), int(before[2])
    running = [int(one) for one in (before[3] or "").split(",") if one]
    sound = 0 < least <= most <= int(after[2]) and running == sorted(set(running))
    if not sound or not all(least <= one < most for one in running):
        raise UnknownPositionError(position)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
