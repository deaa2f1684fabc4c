"""What becomes of an item that is not in order: a case with a limit, and of its re-check the case's own check.

A failure that is major, or that repeats, is reported upward: its case is major, it is on the list of hazards until it
ends, and the leaders one level up answer for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from sqlalchemy import func, select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.checklists import CheckItem, Checklist
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.inspections.premises import FAIL
from sharp_eyes.hub.intake.reports import Located, Told, take_report
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Actor, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.model import Source, State
from sharp_eyes.hub.lifecycle.roles import Right, Rights, Role
from sharp_eyes.hub.notices.people import of_role
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

PASS = "pass"
_REPEATED = "repeated"
_STILL_THERE = "still_there"


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspector found of an item. ``photos``: ids of the inspection's photos."""

    item: str
    result: str
    note: str = ""
    photos: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """Whose walk through a checklist it is, and where. ``ground``: the area that they see."""

    inspection: Inspection
    premises: Premises
    actor: Actor
    ground: str
    limits: LimitSettings


def open_case(work: UnitOfWork, premises: int, item: str) -> Case | None:
    """Find the open case of an item that failed, locked."""
    query = (
        select(Case.id)
        .join(InspectionItem, InspectionItem.case_id == Case.id)
        .join(Inspection, Inspection.key == InspectionItem.inspection)
        .where(Inspection.premises_id == premises, InspectionItem.item == item, Case.ended_at.is_(None))
        .order_by(Case.id.desc())
        .limit(1)
    )
    found = work.session.scalar(query)
    return None if found is None else lock_row(work, found)


def settle(
    work: UnitOfWork, walk: Walk, items: Sequence[CheckItem], found: Mapping[str, Found]
) -> dict[str, tuple[Case | None, UUID | None]]:
    """Do what follows from the items that were looked at, by whose ids ``found`` is.

    Gives the case of each, where it has one, and the event under which its photos belong to that case. Items whose
    cases were merged have one check, which they pass together.

    Raises:
        RequestError: as the intake of reports.
    """
    settled: dict[str, tuple[Case | None, UUID | None]] = {}
    known: dict[int, tuple[Case, list[CheckItem]]] = {}
    for item in items:
        case = open_case(work, walk.premises.id, item.id)
        if case is not None:
            known.setdefault(case.id, (case, []))[1].append(item)
            settled[item.id] = case, case.event_id
        elif found[item.id].result == FAIL:
            settled[item.id] = _make_case(work, walk, item, found[item.id])
        else:
            settled[item.id] = None, None
    for case, its_items in known.values():
        _look_at_known(work, walk, case, _as_one(its_items, found))
    return settled


def _as_one(items: Sequence[CheckItem], found: Mapping[str, Found]) -> Found:
    """What is found of a case: in order where all of its items are; of several, it says of which it speaks."""
    if len(items) == 1:
        return found[items[0].id]
    results = {found[item.id].result for item in items}
    result = next((one for one in (FAIL, PASS) if one in results), found[items[0].id].result)
    of = [item for item in items if found[item.id].result == result]
    return Found(items[0].id, result, "。".join(_told(item, found[item.id]) for item in of))


def _told(item: CheckItem, found: Found) -> str:
    return "。".join(part for part in (item.name.zh, found.note) if part)


def _make_case(work: UnitOfWork, walk: Walk, item: CheckItem, found: Found) -> tuple[Case, UUID]:
    premises = walk.premises
    key = uuid5(walk.inspection.key, item.id)
    at = premises.longitude, premises.latitude
    told = Told(
        key=key,
        source=Source.INSPECTION,
        kind=item.kind,
        words=_told(item, found),
        place=None if at[0] is None or at[1] is None else Located((at[0], at[1]), "wgs84"),
        address=" ".join(part for part in (premises.name, premises.address) if part),
        area=premises.area,
        limit=item.limit,
        grade=Grade.MAJOR if _has_failed_lately(work, walk, item.id) else item.grade,
        apart=True,
    )
    report = take_report(work, walk.actor, walk.ground, told, walk.limits)
    case = lock_row(work, report.case_id)
    if case is None:
        raise LookupError(f"case {report.case_id} of report {report.key} is gone")
    if case.grade == Grade.MAJOR:
        put_on_list(work, case)
    return case, key


def _has_failed_lately(work: UnitOfWork, walk: Walk, item: str) -> bool:
    """Whether an item has failed before, so that this is once more; what failed then has been in order since."""
    checklist = work.city.checklist(walk.premises.kind)
    days = Checklist.model_fields["repeat_days"].default if checklist is None else checklist.repeat_days
    query = (
        select(func.max(Inspection.submitted_at))
        .join(InspectionItem, InspectionItem.inspection == Inspection.key)
        .where(Inspection.premises_id == walk.premises.id, InspectionItem.item == item, InspectionItem.result == FAIL)
    )
    last = work.session.scalar(query)
    return last is not None and (work.now - last).days < days


def _look_at_known(work: UnitOfWork, walk: Walk, case: Case, found: Found) -> None:
    """The case is known: where it is handled this is its check, else a word on how it stands."""
    checker = _as_checker(walk.actor)
    if found.result not in (PASS, FAIL):
        return
    if case.state != State.HANDLED:
        write_line(work, case, walk.actor, line.Inspected(in_order=found.result == PASS, text=found.note))
    elif found.result == PASS:
        move_case(work, case, checker, Move.PASS, Given(note=found.note))
    else:
        move_case(work, case, checker, Move.FAIL, Given(reason=_reason(work), note=found.note))
        if case.grade != Grade.MAJOR:
            perform_move(work, case, RULE_TABLE, Move.REGRADE, Given(reason=_REPEATED, grade=Grade.MAJOR))
        if state_of(work, case).listed_since is None:
            put_on_list(work, case)


def _reason(work: UnitOfWork) -> str:
    """Why the check fails: as a camera says it; where the pack has other reasons, the first of them."""
    listed = [one.code for one in work.city.reasons_for(Move.FAIL)]
    if not listed or _STILL_THERE in listed:
        return _STILL_THERE
    return listed[0]


def _as_checker(actor: Actor) -> Actor:
    """Whoever inspects may check what inspections found, whatever else they may."""
    own = Rights() if actor.rights is None else actor.rights
    moves = {**own.moves, Move.PASS.value: Right.ALL, Move.FAIL.value: Right.ALL}
    return replace(actor, rights=replace(own, moves=moves))


def put_on_list(work: UnitOfWork, case: Case) -> None:
    """Put a locked case on the list of hazards; the leaders one level up answer for it."""
    leads = of_role(work, Role.LEADER, case.area, up=1)
    write_line(work, case, RULE_TABLE, line.Listed(leads=tuple(one.account.username for one in leads)))
