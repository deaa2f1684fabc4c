"""Makes a year's holidays and swapped days (调休) for a city pack; asked once a year by a person, never at run time.

The days come from the package ``chinesecalendar``, which follows the State Council's yearly notice.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby

from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.errors import CalendarError

OFFICE_HOURS = ("09:00-12:00", "13:30-17:30")
"""Hours of a working day where nobody has said others."""


def chinese_year(year: int) -> tuple[list[date], list[date]]:
    """List the weekdays off and the weekend days worked of a year.

    Raises:
        CalendarError: the package is missing or does not know the year yet.
    """
    try:
        import chinese_calendar  # noqa: PLC0415 - an extra; the running hub never needs it
    except ImportError as error:
        raise CalendarError(
            "holidays come from the package 'chinesecalendar': pip install 'sharp-eyes[calendar]'"
        ) from error
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    try:
        worked = [chinese_calendar.is_workday(day) for day in days]
    except NotImplementedError as error:
        raise CalendarError(
            f"chinesecalendar does not know {year} yet; the notice comes in autumn: "
            "pip install --upgrade chinesecalendar, or write the days by hand"
        ) from error
    off = [day for day, works in zip(days, worked, strict=True) if not works and day.isoweekday() <= 5]
    swapped = [day for day, works in zip(days, worked, strict=True) if works and day.isoweekday() > 5]
    return off, swapped


def with_chinese_years(years: Iterable[int], before: WorkingCalendar | None, version: str | None) -> WorkingCalendar:
    """Give a calendar with these years made anew; hours, plain week and other years stay as they were ``before``.

    ``version``: of the new calendar; where it is not given the last year's, with a number that ``before`` has not.

    Raises:
        CalendarError: as :func:`chinese_year`.
    """
    wanted = sorted(set(years))
    kept = [year for year in (before.years if before else ()) if year not in wanted]
    every = sorted({*kept, *wanted})
    holidays = [day for day in (before.holidays if before else ()) if day.year in kept]
    swapped = [day for day in (before.swapped if before else ()) if day.year in kept]
    for year in wanted:
        off, worked = chinese_year(year)
        holidays += off
        swapped += worked
    base = {"timezone": "Asia/Shanghai", "hours": OFFICE_HOURS} if before is None else before.model_dump()
    days = {"years": every, "holidays": sorted(holidays), "swapped": sorted(swapped)}
    return WorkingCalendar.model_validate(base | days | {"version": version or _next_version(every[-1], before)})


def as_yaml(calendar: WorkingCalendar) -> str:
    """Give a calendar as lines for a city pack, a line for a month's days."""
    rows = [f'  version: "{calendar.version}"', f"  timezone: {calendar.timezone}"]
    rows += [f"  {name}: [{', '.join(map(str, getattr(calendar, name)))}]" for name in ("years", "weekdays")]
    rows.append(f"  hours: [{', '.join(map(_quoted, calendar.hours))}]")
    for name in ("holidays", "swapped"):
        months = groupby(getattr(calendar, name), lambda day: (day.year, day.month))
        lines = [f"    {', '.join(day.isoformat() for day in days)}," for _, days in months]
        rows += [f"  {name}: [", *lines, "  ]"] if lines else [f"  {name}: []"]
    return "calendar:\n" + "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _next_version(year: int, before: WorkingCalendar | None) -> str:
    last, _, number = (before.version if before else "").partition(".")
    return f"{year}.{int(number) + 1}" if last == str(year) and number.isdigit() else f"{year}.1"
