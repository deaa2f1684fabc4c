"""Months, quarters and years by name, each with the one before: what offices report on."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sharp_eyes.hub.cases.facts import Period

PATTERN = r"^(20|21)\d\d(-(0[1-9]|1[0-2])|-Q[1-4])?$"
"""``2026-03``, ``2026-Q1`` or ``2026``."""


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """A month, a quarter or a year, and the one before it.

    ``until``: the last day that is counted, where the period goes on.
    """

    name: str
    whole: Period
    before: Period
    until: date

    @property
    def counted(self) -> Period:
        """Days that are over, or have begun."""
        return Period(self.whole.first, self.until)


def read_period(name: str, today: date) -> CalendarPeriod | None:
    """Read a name; ``None`` where the period has yet to begin.

    Raises:
        ValueError: it is no such name.
    """
    if not re.match(PATTERN, name):
        raise ValueError(f"{name!r} is neither a month (2026-03) nor a quarter (2026-Q1) nor a year (2026)")
    year, _, part = name.partition("-")
    months = 12 if not part else 3 if part.startswith("Q") else 1
    number = 0 if not part else 3 * (int(part[1:]) - 1) if months == 3 else int(part) - 1
    first = date(int(year), number + 1, 1)
    if first > today:
        return None
    last = _months_on(first, months) - timedelta(days=1)
    before = Period(_months_on(first, -months), first - timedelta(days=1))
    return CalendarPeriod(name, Period(first, last), before, min(last, today))


def _months_on(first: date, count: int) -> date:
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
