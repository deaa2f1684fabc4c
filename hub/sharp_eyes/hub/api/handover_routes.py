"""Shifts that are handed over: given with a note, confirmed by whoever takes them, readable later."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, select

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person, SignedInPerson, Working
from sharp_eyes.hub.api.desk_routes import sitter
from sharp_eyes.hub.api.handover_schemas import (
    HandoverBody,
    HandoverDraft,
    HandoverPage,
    HandoverSheet,
    HandoverView,
    TakeBody,
    WhichPost,
)
from sharp_eyes.hub.api.notice_routes import Before, Limit
from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.people import handovers
from sharp_eyes.hub.people.placement import needs_unit
from sharp_eyes.hub.people.shift_sheet import Post, shift_of, write_cases, write_facts
from sharp_eyes.hub.store.people_tables import Handover
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/duty/handovers", tags=["duty"])
_MAX_ID = 2**53


@router.get("")
def get_handovers(
    hub: HubDependency, person: CurrentPerson, waiting: bool = False, limit: Limit = 50, before: Before = None
) -> HandoverPage:
    """List the handovers of the asker's area, newest first; ``waiting``: those that nobody has confirmed yet."""
    with hub.read_only() as work:
        rows, cursor = handovers.list_handovers(work, _seen(person), waiting=waiting, before=before, limit=limit)
        people = _people(work, rows)
        items = [HandoverView(**_values(row, people)) for row in rows]
        return HandoverPage(items=items, next=None if cursor is None else str(cursor))


@router.get("/draft")
def get_draft(hub: HubDependency, person: Working, which: Annotated[WhichPost, Query()]) -> HandoverDraft:
    """Show what a handover would say now, and who could take the shift; refused as handing it over is."""
    with hub.read_only() as work:
        giver = work.session.get_one(Account, person.account)
        post = _post(work, person, which)
        sheet, count = write_cases(work, post)
        shift, following = shift_of(work, giver), handovers.next_of(work, post, giver)
        said = {
            "area": post.area,
            "unit": post.unit,
            "role": post.role,
            "shift_ends_at": None if shift is None else shift.ends_at,
            "next": None if following is None else _shown(following),
            "takers": [_shown(one) for one in handovers.takers_of(work, post, giver)],
            "cases": count,
            "sheet": sheet,
            "facts": write_facts(work, post, giver),
        }
        return HandoverDraft.model_validate(said)


@router.get("/{handover_id}")
def get_handover(hub: HubDependency, person: CurrentPerson, handover_id: int) -> HandoverSheet:
    """Show a handover with the cases that were open then, as they were."""
    with hub.read_only() as work:
        return _sheet(work, handovers.find_handover(work, _seen(person), _checked(handover_id)))


@router.post("", status_code=201)
def post_handover(hub: HubDependency, person: Working, body: HandoverBody) -> HandoverSheet:
    """Hand one's shift over; of another unit or role for administrators and shift leads.

    422 reason_needed without a note, no_next, no_taker, not_of_unit.
    """
    if not body.note.strip():
        raise RequestError(422, "reason_needed", "write what whoever takes over has to know, if only that all is well")
    with hub.transaction() as work:
        taker = None if body.to is None else _taker(work, person, body.to)
        giver = work.session.get_one(Account, person.account)
        row = handovers.hand_over(work, person.origin, giver, _post(work, person, body), taker, body.note.strip())
        return _sheet(work, row)


@router.post("/{handover_id}/take")
def take_handover(hub: HubDependency, person: Working, handover_id: int, body: TakeBody) -> HandoverSheet:
    """Confirm that one has taken the shift over. 403 not_yours, 409 handover_over."""
    with hub.transaction() as work:
        row = handovers.find_handover(work, _seen(person), _checked(handover_id), lock=True)
        if not _is(work, person, row.taker_id):
            raise RequestError(403, "not_yours", "whoever it was handed over to confirms it, or their deputy")
        handovers.take(work, person.origin, row, sitter(person), body.note.strip())
        return _sheet(work, row)


@router.post("/{handover_id}/withdraw")
def withdraw_handover(hub: HubDependency, person: Working, handover_id: int) -> HandoverSheet:
    """Take a handover back that waits, for whoever gave it, administrators and shift leads.

    403 not_yours, 409 handover_over.
    """
    with hub.transaction() as work:
        row = handovers.find_handover(work, _seen(person), _checked(handover_id), lock=True)
        keeps = person.me.role in KEEPERS and person.ground.covers(row.area, row.made_at)
        if not keeps and not _is(work, person, row.giver_id):
            raise RequestError(403, "not_yours", "whoever gave it takes it back, or an administrator or shift lead")
        handovers.withdraw(work, person.origin, row)
        return _sheet(work, row)


def _seen(person: Person) -> ColumnElement[bool]:
    unit = (person.me.unit or "") if person.rights.sees_own_unit_only else None
    return handovers.may_see(person.ground, unit, person.account if isinstance(person, SignedInPerson) else None)


def _post(work: UnitOfWork, person: SignedInPerson, which: WhichPost) -> Post:
    area = which.area or person.area
    if not covers(person.area, area):
        raise not_found(f"area {area}")
    if work.city.area(area) is None:
        raise RequestError(422, "invalid", f"area {area!r} is not in the city pack")
    own = handovers.post_of(work, person.me.role, person.me.unit)
    if which.unit is not None and which.role is not None:
        raise RequestError(422, "invalid", "a shift is of a unit or of a role, one of the two")
    if which.role is not None and needs_unit(work.city, which.role):
        # Its sheet would list the cases of every unit, and whoever takes it sees their own unit's alone.
        raise RequestError(422, "invalid", f"a {which.role} belongs to a unit; name the unit whose shift it is")
    wanted = own if which.unit is None and which.role is None else (which.unit, which.role)
    mine = wanted in (own, (person.me.unit, None), (None, person.me.role))
    if not mine and person.me.role not in KEEPERS:
        raise RequestError(
            403, "not_allowed", "the shift of another unit or role is for administrators and shift leads"
        )
    return Post(area, *wanted)


def _taker(work: UnitOfWork, person: Person, username: str) -> Account:
    found = work.session.scalar(select(Account).where(Account.username == username))
    if found is None or not (covers(person.area, found.area) or covers(found.area, person.area)):
        raise not_found(f"user {username}")
    return found


def _is(work: UnitOfWork, person: SignedInPerson, account: int) -> bool:
    """Whether somebody is who is meant, or acts in their place."""
    return person.account == account or person.me.on_behalf_of == work.session.get_one(Account, account).username


def _sheet(work: UnitOfWork, row: Handover) -> HandoverSheet:
    return HandoverSheet.model_validate(_values(row, _people(work, [row])) | {"sheet": row.sheet, "facts": row.facts})


def _people(work: UnitOfWork, rows: Iterable[Handover]) -> dict[int, Account]:
    wanted = {account for row in rows for account in (row.giver_id, row.taker_id)}
    return {one.id: one for one in work.session.scalars(select(Account).where(Account.id.in_(wanted)))}


def _values(row: Handover, people: dict[int, Account]) -> dict[str, Any]:
    named = {"giver": people[row.giver_id], "taker": people[row.taker_id]}
    shown = {key: _shown(one) for key, one in named.items()}
    return {name: getattr(row, name) for name in HandoverView.model_fields if name not in named} | shown


def _shown(account: Account) -> PersonView:
    return PersonView(username=account.username, display_name=account.display_name)


def _checked(identity: int) -> int:
    return min(max(identity, 0), _MAX_ID)
