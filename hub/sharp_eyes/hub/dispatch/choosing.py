"""Which unit a rule sends, and whom of it: by duty roster and by load, and in which words that is told.

The same roster and the same open turns give the same choice: of units that lie level the one that the pack names first,
of people the first by name. A case that is suspended is no load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from sharp_eyes.hub.areas.city_pack import Course, SendTo
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.lifecycle.model import Basis
from sharp_eyes.hub.notices.duty import on_duty, with_deputies
from sharp_eyes.hub.notices.people import people_of
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a rule sends; without a unit nobody can be sent."""

    unit: str | None
    person: str | None = None
    basis: Basis | None = None


def choose(work: UnitOfWork, case: Case, rule: Course) -> Choice:
    """Find the unit that a rule sends to a case now."""
    if rule.send is None:
        return _always(work, case, rule.unit)
    people = {unit: _people(work, case, unit, rule.send) for unit in rule.send.units}
    able = [unit for unit in rule.send.units if people[unit]]
    loads = _loads(work, Assignment.unit, able)
    off_duty = tuple(unit for unit in rule.send.units if unit not in able)
    if not able:
        return Choice(None, None, Basis({}, off_duty, *_words(work, rule.send, {}, off_duty, None)))
    # Of units that lie level the first stays: they stand in the pack's order.
    unit = min(able, key=lambda one: loads[one]) if rule.send.by == "load" else able[0]
    person = _person(work, people[unit]) if rule.send.person else None
    return Choice(unit, person, Basis(loads, off_duty, *_words(work, rule.send, loads, off_duty, person)))


def _always(work: UnitOfWork, case: Case, unit: str | None) -> Choice:
    """Send the one unit that a rule names, as it says; where nobody can sign in for it, the log says that."""
    if unit is None:
        return Choice(None)
    send = SendTo(units=(unit,), on_duty=False)
    if _people(work, case, unit, send):
        return Choice(unit)
    return Choice(unit, None, Basis({}, (unit,), *_words(work, send, {}, (unit,), None)))


def _people(work: UnitOfWork, case: Case, unit: str, send: SendTo) -> list[str]:
    """Names of a unit's people who could go, on duty where the rule asks for it; deputies stand in for who is away."""
    return work.once((_people, unit, case.area, send.on_duty), lambda: _who_could_go(work, case.area, unit, send))


def _who_could_go(work: UnitOfWork, area: str, unit: str, send: SendTo) -> list[str]:
    own = [one for one in people_of(work, unit) if covers(one.area, area)]
    found = on_duty(work, own, area, unit=unit) if send.on_duty else own
    return sorted(one.username for one in with_deputies(work, found))


def _person(work: UnitOfWork, names: Sequence[str]) -> str:
    loads = _loads(work, Assignment.person, names)
    return min(names, key=lambda name: (loads[name], name))


def _loads(
    work: UnitOfWork, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], of: Sequence[str]
) -> dict[str, int]:
    """Open turns of units, or of people by name, leaving out those of suspended cases."""
    work.session.flush()
    query = (
        select(column, func.count())
        .join(Case, Case.id == Assignment.case_id)
        .where(column.in_(of), Assignment.until.is_(None), Case.suspended_until.is_(None))
        .group_by(column)
    )
    found: dict[str | None, int] = {row[0]: row[1] for row in work.session.execute(query)}
    return {one: found.get(one, 0) for one in of}


def _words(
    work: UnitOfWork, send: SendTo, loads: Mapping[str, int], off_duty: Sequence[str], person: str | None
) -> tuple[str, str]:
    """Say it for the log, in Chinese and English."""
    names = {unit.id: unit.name for unit in work.city.units}
    zh, en = [], []
    if loads:
        by = ("按负荷", "by load") if send.by == "load" else ("按顺序", "in order")
        zh.append(f"{by[0]}：" + "、".join(f"{names[unit].zh} {count} 件在办" for unit, count in loads.items()))
        en.append(f"{by[1]}: " + ", ".join(f"{names[unit].en} {count} open" for unit, count in loads.items()))
    if off_duty:
        lacks = ("无人值班", "nobody on duty") if send.on_duty else ("无人可派", "nobody can sign in")
        zh.append(f"{lacks[0]}：" + "、".join(names[unit].zh for unit in off_duty))
        en.append(f"{lacks[1]}: " + ", ".join(names[unit].en for unit in off_duty))
    if person is not None:
        zh.append(f"派给 {person}")
        en.append(f"to {person}")
    return "；".join(zh), "; ".join(en)
