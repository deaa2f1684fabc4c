"""Calls back (回访): who is owed one, and how many who reported something heard in time what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from sharp_eyes.hub.cases.facts import Period
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.store.case_tables import Case, CaseClock
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_MOST = 200
_CALLBACK = CaseClock.kind == ClockKind.CALLBACK.value


@dataclass(frozen=True, slots=True)
class Heard:
    """Cases that ended in a period and whose reporters were to hear of it.

    Attributes:
        asked: all of them.
        heard: whose reporters have all been reached.
        in_time: of these, within the limit.
        rated: whose reporters gave stars; ``average`` of these.
    """

    asked: int
    heard: int
    in_time: int
    rated: int
    average: float | None


def owed(work: UnitOfWork, scope: Scope) -> Sequence[tuple[Case, datetime | None]]:
    """List the cases whose reporters have yet to hear, and until when, what is due first at the head."""
    query = (
        select(Case, CaseClock.due_at)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(_CALLBACK, CaseClock.stopped_at.is_(None), visible(scope))
        .order_by(CaseClock.due_at, Case.id)
        .limit(_MOST)
    )
    return [(case, due) for case, due in work.session.execute(query)]


def heard(work: UnitOfWork, scope: Scope, period: Period) -> Heard:
    """Count the calls back of cases that ended in a period."""
    begins, ends = period.bounds(work.city.zone)
    done = CaseClock.stopped_at.is_not(None)

    def count(*only: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*only) if only else func.count()

    query = (
        select(
            count(),
            count(done),
            count(done, CaseClock.late_since.is_(None)),
            count(Case.rating.is_not(None)),
            func.avg(Case.rating),
        )
        .select_from(Case)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(_CALLBACK, visible(scope), Case.ended_at >= begins, Case.ended_at < ends)
    )
    asked, told, in_time, rated, average = work.session.execute(query).one()
    return Heard(asked, told, in_time, rated, None if average is None else round(float(average), 2))
