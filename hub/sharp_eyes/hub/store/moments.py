"""Moments in the future that rows hold: when something is tried again, until when somebody has it.

Each lies ahead by a known time at most. One that lies further ahead was written while the clock was ahead, and counts
as come: else what was to leave then would wait until that day.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def is_come(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], now: datetime, seconds: float
) -> ColumnElement[bool]:
    """Whether a moment has come that lies at most so many seconds ahead; also where there is none."""
    return or_(column.is_(None), column <= now, column > now + timedelta(seconds=seconds))


def has_come(moment: datetime | None, now: datetime, seconds: float) -> bool:
    """The same of a moment that was read."""
    return moment is None or not now < moment <= now + timedelta(seconds=seconds)
