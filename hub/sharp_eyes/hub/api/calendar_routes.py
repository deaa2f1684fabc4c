"""The working calendar by administrators of the whole city: days off, days worked, hours, and their effect."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from sharp_eyes.hub.api.calendar_schemas import (
    CalendarDays,
    CalendarMove,
    CalendarTrial,
    CalendarView,
    GivenCalendar,
)
from sharp_eyes.hub.api.city_changes import (
    ExpectedVersion,
    changing_city,
    check_whole_city,
    entity_tag,
    keep_change,
    note_act,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.areas.city_edits import with_calendar
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.pack_reading import Fault
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.calendar_change import follow_calendar
from sharp_eyes.hub.cases.calendar_effect import CalendarEffect, effect_on_open_cases, free_version, year_needed
from sharp_eyes.hub.cases.calendars import keep_calendar, missing_years
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.errors import CityError, RequestError
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/calendar", tags=["city"])
_MOST_SHOWN = 200
_NEW = "-"
"""Stands in for the version of a calendar that is only tried."""


@router.get("")
def get_calendar(hub: HubDependency, person: CurrentPerson, response: Response) -> CalendarView:
    """Give the working calendar by which limits count; 403 for all but administrators of the whole city."""
    check_whole_city(hub.city, person, "calendars")
    with hub.read_only() as work:
        return _view(work, response)


@router.post("/try")
def post_calendar_try(hub: HubDependency, person: CurrentPerson, body: CalendarDays) -> CalendarTrial:
    """Say whose deadlines a changed calendar would move; nothing is changed. 403 not_allowed, 422 wrong_city."""
    check_whole_city(hub.city, person, "calendars")
    with hub.read_only() as work:
        try:
            calendar = _calendar_of(_changed(work.city, body, _NEW))
        except CityError as error:
            raise RequestError(422, "wrong_city", str(error), members={"city_faults": error.faults}) from error
        return _trial(effect_on_open_cases(work, calendar))


@router.put("")
def put_calendar(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: GivenCalendar
) -> CalendarView:
    """Let these be the days and hours of work: as a new version of the calendar, which open cases follow.

    403 not_allowed, 409 changed_meanwhile, 422 wrong_city, reason_needed, 428 version_missing.
    """
    check_whole_city(hub.city, person, "calendars")
    why = body.why.strip()
    if not why:
        raise RequestError(422, "reason_needed", "say why the calendar is changed: open cases follow it")
    with changing_city(hub, expected, body.version) as work:
        before = work.city.calendar
        tried = _calendar_of(_changed(work.city, body.calendar, _NEW))
        if before is None or tried.model_copy(update={"version": before.version}) != before:
            if stuck := effect_on_open_cases(work, tried).stuck:
                said = year_needed(stuck)
                raise CityError(str(said), [Fault.of(said).said])
            pack = _changed(work.city, body.calendar, free_version(work, tried))
            keep_change(work, person, pack)
            keep_calendar(work)
            detail = {"reason": why, "calendar": _calendar_of(pack).version, **_difference(before, tried)}
            note_act(work, person, Action.CALENDAR_CHANGED, work.city.root, "", **detail)
        view = _view(work, response)
    follow_calendar(hub.transaction, hub.read_only)
    return view


def _changed(pack: CityPack, days: CalendarDays, version: str) -> CityPack:
    """The pack with these days; its time zone stays.

    Raises:
        CityError: they contradict each other.
    """
    zone = pack.timezone if pack.calendar is None else pack.calendar.timezone
    given = days.model_dump()
    listed = {name: sorted(set(given[name])) for name in ("years", "weekdays", "holidays", "swapped")}
    return with_calendar(pack, {"version": version, "timezone": zone, "hours": given["hours"], **listed})


def _calendar_of(pack: CityPack) -> WorkingCalendar:
    assert pack.calendar is not None
    return pack.calendar


def _difference(before: WorkingCalendar | None, after: WorkingCalendar) -> dict[str, Any]:
    """Which days are others by it, for the audit trail."""
    was: dict[str, set[date]] = {
        name: set() if before is None else set(getattr(before, name)) for name in ("holidays", "swapped")
    }
    days = {
        "days_off": sorted(set(after.holidays) - was["holidays"]),
        "days_worked": sorted(set(after.swapped) - was["swapped"]),
        "plain_again": sorted((was["holidays"] | was["swapped"]) - {*after.holidays, *after.swapped}),
    }
    said: dict[str, Any] = {name: [str(day) for day in listed] for name, listed in days.items() if listed}
    if before is None or before.hours != after.hours:
        said["hours"] = list(after.hours)
    return said


def _view(work: UnitOfWork, response: Response) -> CalendarView:
    response.headers["ETag"] = entity_tag(work.city_version)
    calendar = work.city.calendar
    return CalendarView(
        version=work.city_version,
        calendar_version=None if calendar is None else calendar.version,
        calendar=None if calendar is None else CalendarDays.model_validate(calendar.model_dump(exclude=_NOT_GIVEN)),
        today=work.now.astimezone(work.city.zone if calendar is None else calendar.zone).date(),
        missing_years=missing_years(calendar, work.now),
    )


_NOT_GIVEN = {"version", "timezone"}


def _trial(effect: CalendarEffect) -> CalendarTrial:
    moved = effect.moved
    return CalendarTrial(
        looked_at=effect.looked_at,
        left_out=effect.left_out,
        cases=len({one.case.id for one in moved}),
        stuck=list(effect.stuck[:_MOST_SHOWN]),
        moved=[
            CalendarMove(
                case=one.case.id,
                number=one.case.number,
                scene=one.case.scene,
                area=one.case.area,
                clock=one.clock,
                unit=one.unit or None,
                before=one.before,
                after=one.after,
            )
            for one in moved[:_MOST_SHOWN]
        ],
    )
