"""Who sees which cases: one rule for lists, single cases, files and the live stream.

A person sees the cases of an area and below, of past ones those that lay there then; one whose role is bound to a unit
sees of these only what that unit has, or had.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, select

from sharp_eyes.hub.areas.tree import Ground, Stay
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see. ``unit``: only what this unit has or had; all of the area where None.

    ``person``: their user name, for what is said to them alone. ``on_behalf_of``: whose deputy they act as.
    """

    area: str
    unit: str | None = None
    person: str | None = None
    on_behalf_of: str | None = None
    stays: tuple[Stay, ...] = ()
    """Paths that the area has and had, for what ended while it lay elsewhere; only now's where empty."""

    @property
    def ground(self) -> Ground:
        """The area, with where it lay before."""
        return Ground(self.area, self.stays)


def visible(scope: Scope) -> ColumnElement[bool]:
    """Give the rule as a condition of a query on cases."""
    theirs_now_or_then = scope.ground.within(Case.area, Case.ended_at)
    if scope.unit is None:
        return theirs_now_or_then
    theirs = select(Assignment.case_id).where(Assignment.unit == scope.unit, Assignment.case_id == Case.id)
    # Of the many that nobody was sent to yet no turn is looked for.
    return and_(theirs_now_or_then, Case.dispatched_at.is_not(None), theirs.correlate(Case).exists())


def sees(work: UnitOfWork, scope: Scope, case: Case) -> bool:
    """Whether somebody may see a case."""
    if not scope.ground.covers(case.area, case.ended_at):
        return False
    return scope.unit is None or scope.unit in units_of(work, case)


def hears(scope: Scope, update: LiveUpdate) -> bool:
    """Whether somebody is told of a change."""
    if update.people is not None:
        return scope.person in update.people
    if not scope.ground.covers(update.area, update.ended_at):
        return False
    return scope.unit is None or update.units is None or scope.unit in update.units


def units_of(work: UnitOfWork, case: Case) -> frozenset[str]:
    """Units that have a case or had it."""
    known = work.case_states.get(case.id)
    if known is not None and known.sequence == case.log_sequence:
        return frozenset(turn.unit for turn in known.assignments)
    noted: frozenset[str] | None = work.noted((Assignment, case.id))
    if noted is not None:
        return noted
    return frozenset(work.session.scalars(select(Assignment.unit).where(Assignment.case_id == case.id)))


_UNITS_OF = select(Assignment.case_id, Assignment.unit).where(
    Assignment.case_id.in_(bindparam("cases", expanding=True))
)


def look_up_units(work: UnitOfWork, cases: Collection[int]) -> None:
    """Ask at once which units have or had cases that this work does not change."""
    found: dict[int, set[str]] = {case_id: set() for case_id in cases}
    for case_id, unit in work.session.execute(_UNITS_OF, {"cases": list(cases)}):
        found[case_id].add(unit)
    for case_id, units in found.items():
        work.note((Assignment, case_id), frozenset(units))
