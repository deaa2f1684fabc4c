"""Tables that PostgreSQL keeps a month at a time: what is over goes as a whole, without a row being touched.

Each month is a partition with an index of its own under which an id is there once; what belongs to no month that was
made in time lies in one partition more. SQLite, which has no partitions, keeps one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

MONTHLY: Mapping[str, Sequence[str]] = {"received": ("source", "message_id"), "camera_change": ("id",)}
"""Their names, and what tells rows of a month apart; all have the moment ``received_at``."""

_AHEAD = 2
"""Months that are made beforehand."""

_LOCK = 420846
_PATIENCE = "5s"
"""How long who gives up a month waits for those who read the table; everybody else waits behind."""


def is_by_month(session: Session) -> bool:
    """Whether the database keeps them so."""
    return session.get_bind().dialect.name == "postgresql"


def rest_of(table: str) -> str:
    """Name of the partition for what belongs to no month that was made."""
    return f"{table}_other"


def make_months(session: Session, now: datetime) -> None:
    """Make the partitions of this month and the next ones, where they are missing."""
    if not is_by_month(session):
        return
    wanted = list(_months(now, _AHEAD + 1))
    missing = [(table, month) for table in MONTHLY for month in wanted if month not in _made(session, table)]
    if missing:
        session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))  # another hub may be at it
    for table, month in missing:
        if month not in _made(session, table) and not _has_rest(session, table, month):
            session.execute(text(partition_of(table, month)))
            session.execute(text(index_of(table, f"{table}_{month:%Y_%m}")))


def give_up_months(session: Session, table: str, before: datetime) -> Iterator[tuple[str, int]]:
    """Give up the months that ended before a moment; yields each month, and how many rows it had.

    Raises:
        OperationalError: somebody reads the table for longer than it may take; nothing was given up.
    """
    if not is_by_month(session):
        return
    for month in sorted(_made(session, table)):
        if _next(month) <= before:
            name = f"{table}_{month:%Y_%m}"
            session.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
            count = session.scalar(text(f"SELECT count(*) FROM {name}")) or 0
            session.execute(text(f"ALTER TABLE {table} DETACH PARTITION {name}"))
            session.execute(text(f"DROP TABLE {name}"))
            yield f"{month:%Y-%m}", count


def partition_of(table: str, month: datetime) -> str:
    """The statement that makes a month's partition."""
    bounds = f"FROM ('{month.isoformat()}') TO ('{_next(month).isoformat()}')"
    return f"CREATE TABLE {table}_{month:%Y_%m} PARTITION OF {table} FOR VALUES {bounds}"


def index_of(table: str, partition: str) -> str:
    """The statement that lets each id be in a partition once."""
    return f"CREATE UNIQUE INDEX uq_{partition} ON {partition} ({', '.join(MONTHLY[table])})"


def _made(session: Session, table: str) -> set[datetime]:
    names = session.scalars(
        text(
            "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = CAST(:table AS regclass)"
        ),
        {"table": table},
    )
    ends = [name.removeprefix(f"{table}_") for name in names]
    return {datetime.strptime(end, "%Y_%m").replace(tzinfo=UTC) for end in ends if end != "other"}


def _has_rest(session: Session, table: str, month: datetime) -> bool:
    """Whether rows of a month lie outside months already; then they stay there, and so do further ones."""
    query = text(f"SELECT EXISTS (SELECT FROM {rest_of(table)} WHERE received_at >= :begins AND received_at < :ends)")
    return bool(session.scalar(query, {"begins": month, "ends": _next(month)}))


def _months(now: datetime, count: int) -> Iterator[datetime]:
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(count):
        yield month
        month = _next(month)


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
