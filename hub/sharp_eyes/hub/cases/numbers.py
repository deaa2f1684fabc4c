"""Numbers of cases, counted for each of the city's years, and the ids of their rows."""

from sqlalchemy import func, select, text

from sharp_eyes.hub.store.case_tables import Case, CaseCounter
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LAST = PreparedSelect(lambda _: select(func.max(Case.id)))
_NEXT = text(
    "INSERT INTO case_counter (year, last) VALUES (:year, 1) "
    "ON CONFLICT (year) DO UPDATE SET last = case_counter.last + 1 RETURNING last"
)


def next_number(work: UnitOfWork) -> str:
    """Give out the next case number of the city's year, such as ``2026-000123``; never the same one twice."""
    year = work.now.astimezone(work.city.zone).year
    before: int | None = work.noted((CaseCounter, year))
    if before is None:
        # By the connection itself: nothing of this work is written for it.
        last = work.session.connection().execute(_NEXT, {"year": year}).scalar_one()
    else:  # its row has been ours since the first one
        last = before + 1
        work.session.put_row(CaseCounter, {"year": year, "last": last})
    work.note((CaseCounter, year), last)
    return f"{year}-{last:06d}"


def expect_cases(work: UnitOfWork, count: int) -> None:
    """Ask at once, before anything is written, for the ids of all cases that a work may make."""
    if count:
        work.note((Case, "ids"), _new_ids(work, count))


def next_id(work: UnitOfWork) -> int:
    """Give out the id of a new case's row, so that what belongs to it is written together with it."""
    spare: list[int] = work.noted((Case, "ids")) or _new_ids(work, 1)
    work.note((Case, "ids"), spare)
    return spare.pop()


def _new_ids(work: UnitOfWork, count: int) -> list[int]:
    """Ids of which the last is the lowest."""
    if work.session.get_bind().dialect.name == "postgresql":
        sequence = func.nextval(func.pg_get_serial_sequence(Case.__tablename__, "id"))
        found = work.session.execute(select(sequence).select_from(func.generate_series(1, count)))
        return sorted((one for (one,) in found), reverse=True)
    # SQLite has one writer, which is this work
    last = _LAST.rows(work.session)[0][0] or 0
    return list(range(last + count, last, -1))
