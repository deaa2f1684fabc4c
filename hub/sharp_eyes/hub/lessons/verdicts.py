"""Whether an alarm was right, from what people did with its case.

False: the case was voided or rejected for a reason that says that the camera was wrong. Confirmed: it was closed
after a unit had said that the work is done. Everything else nobody has judged: an open case, one that was closed by
force without work or rejected for another reason, and an alarm that a storm or a merge brought from another spot, at
which whoever judged the case did not look.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, select

from sharp_eyes.hub.lifecycle.model import AssignmentOutcome, State
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case


class Verdict(StrEnum):
    """What is known of an alarm."""

    FALSE = "false"
    CONFIRMED = "confirmed"
    UNJUDGED = "unjudged"


def verdict() -> ColumnElement[str]:
    """Give the verdict on an alarm as a column of a query that joins alarms with their cases."""
    # The joins of places hold for the alarm that made the case, too: only others can be from elsewhere.
    own = and_(*(getattr(Alarm, name) == getattr(Case, name) for name in ("gateway", "camera", "scene", "zone")))
    return case(
        (and_(Case.false_alarm, own), Verdict.FALSE.value),
        (and_(Case.state == State.CLOSED.value, own, _done()), Verdict.CONFIRMED.value),
        else_=Verdict.UNJUDGED.value,
    )


def _done() -> ColumnElement[bool]:
    done = Assignment.outcome == AssignmentOutcome.DONE.value
    return select(Assignment.case_id).where(Assignment.case_id == Case.id, done).exists()
