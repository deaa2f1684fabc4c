"""The demo district's people beside the crew: reliefs, grid workers and leaders; who is on duty, and who stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.duty import add_shift, deputies, set_deputy, shifts
from sharp_eyes.hub.store.notice_tables import Deputy, DutyShift
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_DISTRICT, _STREET = "demo", "demo/first-street"
_SECOND_STREET = "demo/second-street"
_CHANGES = (8, 20)
"""Hours of the day at which the watch changes."""

_WATCH = timedelta(hours=12)
_AHEAD = timedelta(days=7)
_LEAVE = timedelta(days=14)
_BY = "demo"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the district with an account, whom the crew does not play."""

    username: str
    role: Role
    name: str
    area: str
    unit: str | None = None


OTHERS = (
    Person("demo-clerk-2", Role.CLERK, "演示受理员（二班） · Demo clerk, second watch", _DISTRICT),
    Person("demo-dispatcher-2", Role.DISPATCHER, "演示派遣员（二班） · Demo dispatcher, second watch", _DISTRICT),
    Person("demo-shift-lead-2", Role.SHIFT_LEAD, "演示值班长（二班） · Demo shift lead, second watch", _DISTRICT),
    Person("demo-grid-east", Role.GRID_WORKER, "东社区网格员 · Grid worker, East", f"{_STREET}/east"),
    Person("demo-grid-west", Role.GRID_WORKER, "西社区网格员 · Grid worker, West", f"{_STREET}/west"),
    Person("demo-grid-east-2", Role.GRID_WORKER, "东社区网格员（二） · Second grid worker, East", f"{_STREET}/east"),
    Person("demo-grid-north", Role.GRID_WORKER, "北社区网格员 · Grid worker, North", f"{_SECOND_STREET}/north"),
    Person("demo-north-lead", Role.SHIFT_LEAD, "北社区值班长 · Shift lead, North", f"{_SECOND_STREET}/north"),
    Person("demo-second-street-lead", Role.SHIFT_LEAD, "石湾街道值班长 · Shift lead, Shiwan Street", _SECOND_STREET),
    Person("demo-street-leader", Role.LEADER, "街道分管领导 · Leader of the street", _STREET),
    Person("demo-district-leader", Role.LEADER, "区分管领导 · Leader of the district", _DISTRICT),
    Person("demo-district-deputy", Role.LEADER, "区值班领导 · Deputy leader of the district", _DISTRICT),
    Person("demo-evaluator", Role.EVALUATOR, "演示评价员 · Demo evaluator", _DISTRICT),
    Person(
        "crew-property-management-2",
        Role.HANDLER,
        "物业（二班） · Property, second watch",
        _STREET,
        "property-management",
    ),
)
"""Those who are told, and whose names stand in the roster; anybody may sign in as one of them."""

_WATCHES = (
    ("demo-clerk", "demo-clerk-2"),
    ("demo-dispatcher", "demo-dispatcher-2"),
    ("demo-shift-lead", "demo-shift-lead-2"),
    ("crew-property-management", "crew-property-management-2"),
)
"""Pairs who take turns; the first of each has the watch in which the roster is made."""

_ON_CALL = ("demo-grid-east", "demo-grid-east-2", "demo-grid-west", "demo-grid-north")
"""Grid workers, who are called to devices' alarms at any hour."""

_AWAY = ("demo-district-leader", "demo-district-deputy")


def keep_roster(work: UnitOfWork) -> None:
    """See that the coming days have people on duty, and that whoever is away has a deputy; what is there stays."""
    known = {one.username: one for one in work.session.scalars(select(Account))}
    planned = {row.account_id for row in shifts(work, _DISTRICT) if row.ends_at > work.now + _WATCH}
    for pair in _WATCHES:
        people = [known[name] for name in pair]
        if not planned & {one.id for one in people}:
            for number, begins in enumerate(_watches(work.now, work)):
                person = people[number % len(people)]
                add_shift(work, _shift(work, person, _DISTRICT, begins, _WATCH), person)
    for person in (known[name] for name in _ON_CALL):
        if person.id not in planned:
            add_shift(work, _shift(work, person, person.area, work.now, _AHEAD, "备勤 · on call"), person)
    away, deputy = (known[name] for name in _AWAY)
    if not deputies(work, away.id):
        row = Deputy(
            account_id=away.id,
            deputy_id=deputy.id,
            begins_at=work.now,
            ends_at=work.now + _LEAVE,
            reason="外出培训 · training",
            made_by=_BY,
            made_at=work.now,
        )
        set_deputy(work, row, away, deputy)


def _shift(
    work: UnitOfWork, person: Account, area: str, begins: datetime, length: timedelta, note: str = ""
) -> DutyShift:
    return DutyShift(
        account_id=person.id,
        area=area,
        unit=person.unit,
        role=None if person.unit is not None else person.role,
        begins_at=begins,
        ends_at=begins + length,
        note=note,
        made_by=_BY,
        made_at=work.now,
    )


def _watches(now: datetime, work: UnitOfWork) -> Iterator[datetime]:
    """Beginnings of the watches from the present one on."""
    local = now.astimezone(work.city.zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    last_night = today - timedelta(days=1) + timedelta(hours=_CHANGES[1])
    begun = [last_night, *(today + timedelta(hours=hour) for hour in _CHANGES)]
    begins = max(one for one in begun if one <= local)
    while begins < local + _AHEAD:
        yield begins.astimezone(now.tzinfo)
        begins += _WATCH
