"""Whether an alarm was right, from what people did with its case.

False: the case was voided or rejected for a reason that says that the camera was wrong. Confirmed: it was closed
after a unit had said that the work is done. Everything else nobody has judged: an open case, one that was closed by
force without work or rejected for another reason, and an alarm that a storm or a merge brought from another spot, at
which whoever judged the case did not look.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, update

from sharp_eyes.hub.lifecycle.model import AssignmentOutcome, CaseState, State
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


class Verdict(StrEnum):
    """What is known of an alarm."""

    FALSE = "false"
    CONFIRMED = "confirmed"
    UNJUDGED = "unjudged"


def verdict() -> ColumnElement[str]:
    """Give the verdict on an alarm as a column of a query."""
    return func.coalesce(Alarm.verdict, Verdict.UNJUDGED.value)


def judge_alarms(work: UnitOfWork, row: Case, after: CaseState) -> None:
    """Write to a case's alarms what its new state says of them, and where it lies; before the row itself tells it."""
    said = _verdict(after)
    was_judged = row.false_alarm or row.state == State.CLOSED.value
    if said is None and not was_judged and row.area == after.area:
        return
    work.session.flush()
    # The joins of places hold for the alarm that made the case, too: only others can be from elsewhere.
    own = and_(*(getattr(Alarm, name) == getattr(row, name) for name in ("gateway", "camera", "scene", "zone")))
    told = case((own, said), else_=None)
    differs = or_(Alarm.area != after.area, Alarm.verdict.is_distinct_from(told))
    told_of = update(Alarm).where(Alarm.case_id == row.id, differs).values(area=after.area, verdict=told)
    work.session.execute(told_of, execution_options={"synchronize_session": False})


def _verdict(state: CaseState) -> str | None:
    if state.false_alarm:
        return Verdict.FALSE.value
    done = any(turn.outcome is AssignmentOutcome.DONE for turn in state.assignments)
    return Verdict.CONFIRMED.value if state.state is State.CLOSED and done else None
