"""Moves of two cases at once: merge, split, link. Both are locked in the order of their ids."""

from uuid import UUID

from sqlalchemy import select, update

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.legal_hold import set_legal_hold
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.numbers import next_number
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Actor, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import IllegalMoveError, MissingInputError, check_move
from sharp_eyes.hub.lifecycle.model import ENDED, Listing, Source, State
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.inspection_tables import InspectionItem
from sharp_eyes.hub.store.report_tables import Report
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOVES = frozenset({Move.MERGE, Move.SPLIT, Move.LINK})


def move(work: UnitOfWork, case: Case, actor: Actor, what: Move, given: Given) -> None:
    """Merge a case into another, split alarms off into one of their own, or link it with another.

    Raises:
        MoveError: it is not legal, not this actor's, or the other case cannot take part.
    """
    match what:
        case Move.SPLIT:
            _split(work, case, actor, given)
        case Move.MERGE:
            _merge(work, case, actor, given)
        case _:
            check_move(state_of(work, case), actor, what, given, work.now)
            other = _other(work, case, given)
            write_line(work, case, actor, line.Linked(other=other.number), what.value)


def _merge(work: UnitOfWork, case: Case, actor: Actor, given: Given) -> None:
    check_move(state_of(work, case), actor, Move.MERGE, given, work.now)
    other = _other(work, case, given)
    if state_of(work, other).state in ENDED:
        raise IllegalMoveError("illegal_move", f"case {other.number} has ended; merge the other way, or reopen it")
    alarms = tuple(work.session.scalars(select(Alarm.event_id).where(Alarm.case_id == case.id)))
    reports = tuple(work.session.scalars(select(Report.key).where(Report.case_id == case.id)))
    listing = state_of(work, case).listing if case.listed_since is not None else None
    why = {"reason": given.reason.strip(), "text": given.note.strip()}
    write_line(work, case, actor, line.Merged(into=other.number, **why), Move.MERGE.value)
    work.session.execute(update(Alarm).where(Alarm.case_id == case.id).values(case_id=other.id, area=other.area))
    for theirs in (Report, InspectionItem):
        work.session.execute(update(theirs).where(theirs.case_id == case.id).values(case_id=other.id))
    other.alarm_count += len(alarms)
    if other.spot is None:
        other.spot = case.spot  # further alarms of it join where the case goes on
    write_line(work, other, actor, line.TookOver(other=case.number, alarms=alarms, reports=reports), "took_over")
    if listing is not None:
        _list_instead(work, other, case.number, listing)


def _list_instead(work: UnitOfWork, case: Case, other: str, listing: Listing) -> None:
    """Put a case on the list of hazards in the place of one that it took over, as grave and since that day."""
    state = state_of(work, case)
    if case.grade != Grade.MAJOR and state.suspended_until is None:
        perform_move(work, case, RULE_TABLE, Move.REGRADE, Given(reason="listed", grade=Grade.MAJOR))
    own = state.listing if state.listed_since is not None else None
    leads, since = listing.leads, listing.since
    if own is not None:
        leads, since = tuple(dict.fromkeys((*own.leads, *leads))), min(own.since, since)
    write_line(work, case, RULE_TABLE, line.Listed(leads=leads, other=other, since=since))


def _split(work: UnitOfWork, case: Case, actor: Actor, given: Given) -> None:
    rows = _alarms_of(work, case, given.alarms)
    check_move(state_of(work, case), actor, Move.SPLIT, given, work.now)
    if case.event_id in given.alarms or len(rows) >= case.alarm_count:
        message = f"the alarm that made case {case.number} stays with it; split off the others"
        raise IllegalMoveError("illegal_move", message)
    first = min(rows, key=lambda row: row.started_at)
    new = Case(
        number=next_number(work),
        source=case.source,
        event_id=first.event_id,
        gateway=first.gateway,
        camera=first.camera,
        scene=first.scene,
        zone=first.zone,
        # The spot stays with the case that has it: further alarms go on joining that one.
        spot=None,
        code=case.code,
        area=case.area,
        place=case.place,
        state=State.REPORTED.value,
        grade=first.grade,
        opened_at=first.started_at,
        reported_at=work.now,
        updated_at=work.now,
        alarm_count=len(rows),
        counts={},
        log_sequence=0,
    )
    work.session.add(new)
    work.session.flush()
    for row in rows:
        row.case_id = new.id
    case.alarm_count -= len(rows)
    why = {"reason": given.reason.strip(), "text": given.note.strip()}
    write_line(work, case, actor, line.Split(into=new.number, alarms=given.alarms, **why), Move.SPLIT.value)
    reported = line.Reported(
        source=Source(case.source), grade=Grade(first.grade), area=case.area, alarm=first.event_id, text=case.number
    )
    write_line(work, new, actor, reported, "reported")
    if case.legal_hold:
        set_legal_hold(work, new, actor, held=True, reason=case.number)


def _other(work: UnitOfWork, case: Case, given: Given) -> Case:
    query = select(Case).where(Case.number == (given.case or "")).with_for_update()
    other = work.session.scalar(query)
    if other is None or not (covers(other.area, case.area) or covers(case.area, other.area) or _share(other, case)):
        raise MissingInputError("unknown_case", f"there is no case {given.case!r} that this one could belong with")
    if other.id == case.id:
        raise MissingInputError("unknown_case", "a case cannot be merged into itself")
    return other


def _share(one: Case, other: Case) -> bool:
    """Whether two cases lie below the same root; areas of a city always do."""
    return one.area.partition("/")[0] == other.area.partition("/")[0]


def _alarms_of(work: UnitOfWork, case: Case, wanted: tuple[UUID, ...]) -> list[Alarm]:
    rows = list(work.session.scalars(select(Alarm).where(Alarm.case_id == case.id, Alarm.event_id.in_(wanted))))
    missing = set(wanted) - {row.event_id for row in rows}
    if missing:
        raise MissingInputError("unknown_alarm", f"alarm {min(missing)} does not belong to this case")
    return rows
