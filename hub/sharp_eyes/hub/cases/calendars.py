"""Working calendars by version: the city pack's now, and those of former days that cases still follow."""

import logging
from datetime import datetime, timedelta

from sharp_eyes.hub.clocks.calendar import WorkingCalendar, around_the_clock
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.store.case_tables import CalendarVersion
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_AHEAD = timedelta(days=60)
_LOG = logging.getLogger(__name__)


def keep_calendar(work: UnitOfWork) -> None:
    """Keep the city pack's calendar under its version.

    Raises:
        CalendarError: that version is known with other days.
    """
    calendar = work.city.calendar
    if calendar is None:
        return
    if known_otherwise(work, calendar):
        raise CalendarError(
            f"calendar.version {calendar.version!r} of the city pack has other days or hours than the one that set "
            "limits under this name; give the changed calendar a new version"
        )
    if work.session.get(CalendarVersion, calendar.version) is None:
        content = calendar.model_dump(mode="json")
        work.session.add(CalendarVersion(version=calendar.version, content=content, first_used_at=work.now))
    missing = missing_year(calendar, work.now)
    if missing is not None:
        _LOG.error("city pack: %s", missing)


def known_otherwise(work: UnitOfWork, calendar: WorkingCalendar) -> bool:
    """Whether a calendar of the same version with other days or hours has set limits."""
    known = work.session.get(CalendarVersion, calendar.version)
    return known is not None and known.content != calendar.model_dump(mode="json")


def missing_years(calendar: WorkingCalendar | None, now: datetime) -> list[int]:
    """Name this year where a calendar lacks it, and within the last weeks the coming one."""
    if calendar is None:
        return []
    needed = sorted({moment.astimezone(calendar.zone).year for moment in (now, now + _AHEAD)})
    return [year for year in needed if year not in calendar.years]


def missing_year(calendar: WorkingCalendar | None, now: datetime) -> str | None:
    """Say that a calendar lacks this year, or within the next weeks the coming one: limits into it are refused."""
    years = missing_years(calendar, now)
    if calendar is None or not years:
        return None
    return (
        f"calendar {calendar.version} does not hold {years[0]}: limits that reach into it are refused; "
        f"make that year with 'sharp-eyes-hub city calendar {years[0]}' and add it"
    )


def calendar_of(work: UnitOfWork, version: str) -> WorkingCalendar:
    """Find a calendar by its version; the empty one has no nights and no holidays.

    Raises:
        CalendarError: there is none of that version.
    """
    if version == "":
        return work.once(("calendar", ""), lambda: around_the_clock(work.city.timezone))
    if work.city.calendar is not None and work.city.calendar.version == version:
        return work.city.calendar
    known = work.session.get(CalendarVersion, version)
    if known is None:
        raise CalendarError(f"calendar {version!r} set limits of a case and is not kept any more")
    return WorkingCalendar.model_validate(known.content)
