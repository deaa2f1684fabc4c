"""In which order a desk deals with cases: the gravest first, of equal ones whose limit ends first, then the oldest.

One number says it, so that a database sorts by it and goes on from it. No clock is in it: a deadline that has passed
lies before all that are to come, so what is late stands first among its equals by itself, and nothing moves while
nobody does anything. Pure.
"""

from datetime import datetime

from sharp_eyes.contract.event import Grade

_GRADES = (Grade.MAJOR.value, Grade.SERIOUS.value, Grade.ORDINARY.value)
GRADE_STEP = 10**11
"""Between two grades; more than any moment's seconds."""

NO_LIMIT = GRADE_STEP // 2
"""What has no limit stands behind all of its grade that has one, the oldest first."""


def queue_rank(grade: str, due_at: datetime | None, opened_at: datetime) -> int:
    """Give a case's place among others; the smallest comes first."""
    seconds = NO_LIMIT + int(opened_at.timestamp()) if due_at is None else int(due_at.timestamp())
    return _GRADES.index(grade) * GRADE_STEP + seconds
