"""Handing a shift over: what is open at that moment, with a note, to whoever confirms that they have it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from sharp_eyes.hub import desks
from sharp_eyes.hub.areas.tree import Ground, covers
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.desks import Sitter
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.notices.outbox import add_once
from sharp_eyes.hub.people.placement import needs_unit
from sharp_eyes.hub.people.shift_sheet import AHEAD, Post, open_cases, write_cases, write_facts
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.live_tables import DeskClaim
from sharp_eyes.hub.store.notice_tables import DutyShift, Notice
from sharp_eyes.hub.store.people_tables import Handover
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork


def hand_over(work: UnitOfWork, by: Origin, giver: Account, post: Post, taker: Account | None, note: str) -> Handover:
    """Hand a post over, with what is open there now; to who is next by the roster where nobody is named.

    Raises:
        RequestError: 422 ``no_next`` where nobody is named and none follows by the roster, ``no_taker`` where it is
            oneself or cannot sign in, ``not_of_unit`` where whoever is named does not belong there.
    """
    taker = taker or next_of(work, post, giver)
    if taker is None:
        raise RequestError(422, "no_next", f"nobody follows for {post} by the roster; name who takes over")
    if taker.id == giver.id or taker.disabled:
        raise RequestError(422, "no_taker", "a shift is handed over to somebody else, who can sign in")
    if not _belongs(taker, post):
        raise RequestError(422, "not_of_unit", f"{taker.username} does not belong to {post}")
    row = Handover(area=post.area, unit=post.unit, role=post.role, giver_id=giver.id, taker_id=taker.id)
    row.on_behalf_of, row.note, row.made_at = by.on_behalf_of, note, work.now
    row.sheet, row.cases = write_cases(work, post)
    row.facts = write_facts(work, post, giver)
    work.session.add(row)
    work.session.flush()
    subject = f"{giver.username}: {taker.username}"
    _record(work, by, Action.HANDED_OVER, row, subject, cases=row.cases, unit=post.unit, role=post.role)
    _tell(work, row, giver, taker)
    return row


def take(work: UnitOfWork, by: Origin, row: Handover, taker: Sitter, note: str) -> None:
    """Confirm that a shift was taken over; what its giver saw to is seen to by the taker from now on.

    Raises:
        RequestError: 409 ``handover_over`` where it was taken or withdrawn.
    """
    _check_waits(row)
    row.taken_at, row.taken_note = work.now, note
    giver = work.session.get_one(Account, row.giver_id)
    post = Post(row.area, row.unit, row.role)
    if row.on_behalf_of is not None or _belongs(giver, post):  # a shift lead who hands over for others stays on duty
        desks.hand_on(work, giver.username, taker, _claimed(work, row, post, giver))
    _record(work, by, Action.HANDOVER_TAKEN, row, by.actor)


def withdraw(work: UnitOfWork, by: Origin, row: Handover) -> None:
    """Take a shift back that nobody has taken over yet, such as one that went to somebody by mistake.

    Raises:
        RequestError: 409 ``handover_over``.
    """
    _check_waits(row)
    row.withdrawn_at = work.now
    _record(work, by, Action.HANDOVER_WITHDRAWN, row, by.actor)


def list_handovers(
    work: UnitOfWork, seen: ColumnElement[bool], *, waiting: bool, before: int | None, limit: int
) -> tuple[list[Handover], int | None]:
    """List handovers that somebody may see, newest first, and the cursor of the next page."""
    query = select(Handover).where(seen).order_by(Handover.id.desc()).limit(limit + 1)
    if waiting:
        query = query.where(Handover.taken_at.is_(None), Handover.withdrawn_at.is_(None))
    if before is not None:
        query = query.where(Handover.id < before)
    found = list(work.session.scalars(query))
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def find_handover(work: UnitOfWork, seen: ColumnElement[bool], number: int, *, lock: bool = False) -> Handover:
    """Find a handover that somebody may see.

    Raises:
        RequestError: 404.
    """
    query = select(Handover).where(Handover.id == number, seen)
    row = work.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise not_found(f"handover {number}")
    return row


def may_see(ground: Ground, unit: str | None, account: int | None) -> ColumnElement[bool]:
    """Give as a condition who may see a handover: the area, of it ``unit`` alone, and whoever gave or takes it.

    A handover keeps the path that its area had on its day.
    """
    there = ground.within(Handover.area, Handover.made_at)
    if unit is not None:
        there = there & (Handover.unit == unit)
    return there if account is None else or_(there, Handover.giver_id == account, Handover.taker_id == account)


def post_of(work: UnitOfWork, role: str, unit: str | None) -> tuple[str | None, str | None]:
    """Give unit and role of the post that somebody has: the unit's where their role belongs to one, else the role's."""
    return (unit, None) if needs_unit(work.city, role) else (None, role)


def _claimed(work: UnitOfWork, row: Handover, post: Post, giver: Account) -> Sequence[int]:
    """Cases of the post that its giver claimed, when the sheet was written or since, and that are still open."""
    then = [line["id"] for line in row.sheet if (line.get("claimed_by") or {}).get("username") == giver.username]
    now = select(DeskClaim.case_id).where(DeskClaim.username == giver.username, DeskClaim.until > work.now)
    query = select(Case.id).where(*open_cases(post), or_(Case.id.in_(then), Case.id.in_(now))).order_by(Case.id)
    return work.session.scalars(query).all()


def _belongs(account: Account, post: Post) -> bool:
    theirs = account.unit == post.unit if post.unit is not None else account.role == post.role
    return theirs and covers(account.area, post.area)


def takers_of(work: UnitOfWork, post: Post, giver: Account) -> list[Account]:
    """List who could take a post over."""
    theirs = Account.unit == post.unit if post.unit is not None else Account.role == post.role
    query = select(Account).where(theirs, Account.disabled.is_(False), Account.id != giver.id)
    return [one for one in work.session.scalars(query.order_by(Account.username)) if _belongs(one, post)]


def next_of(work: UnitOfWork, post: Post, giver: Account) -> Account | None:
    """Find who is on duty by the roster besides the giver: whose shift began last, else whose begins first."""
    what = DutyShift.unit == post.unit if post.unit is not None else DutyShift.role == post.role
    query = (
        select(DutyShift, Account)
        .join(Account, Account.id == DutyShift.account_id)
        .where(what, DutyShift.ends_at > work.now, DutyShift.begins_at <= work.now + AHEAD)
        .where(DutyShift.account_id != giver.id, Account.disabled.is_(False))
        .order_by(DutyShift.begins_at, DutyShift.id)
    )
    here = [(shift, one) for shift, one in work.session.execute(query) if covers(shift.area, post.area)]
    begun = [one for shift, one in here if shift.begins_at <= work.now]
    found = begun[-1:] or [one for _, one in here][:1]
    return found[0] if found else None


def _check_waits(row: Handover) -> None:
    if row.taken_at is not None or row.withdrawn_at is not None:
        raise RequestError(409, "handover_over", "this handover was taken or withdrawn already")


def _tell(work: UnitOfWork, row: Handover, giver: Account, taker: Account) -> None:
    name = {"zh": f"{giver.display_name} → {taker.display_name}", "en": f"{giver.display_name} → {taker.display_name}"}
    data = {"handover": row.id, "area": row.area, "name": name}
    told = {"key": f"handover/{row.id}", "account_id": taker.id, "case_id": None, "at": work.now, "read_at": None}
    add_once(work, Notice, [told | {"kind": "handed_over", "area": row.area, "data": data}])
    shown = {"case": None, "kind": "handed_over"}
    work.live_updates.append(LiveUpdate("notice", row.area, shown, people=frozenset({taker.username})))


def _record(work: UnitOfWork, by: Origin, action: Action, row: Handover, subject: str, **detail: Any) -> None:
    record(work.session, work.now, by, action, area=row.area, subject=subject, handover=row.id, **detail)
