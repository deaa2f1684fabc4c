"""Handing a shift over: what is open at that moment, with a note, to whoever confirms that they have it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from sharp_eyes.hub.areas.tree import Ground, covers, within
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.lifecycle.model import ENDED
from sharp_eyes.hub.notices.outbox import add_once
from sharp_eyes.hub.people.placement import needs_unit
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.notice_tables import DutyShift, Notice
from sharp_eyes.hub.store.people_tables import Handover
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

MOST_CASES = 1000
"""Cases that a sheet lists; their number is always whole."""

_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Post:
    """What is handed over: a unit's work, or a role's, in an area and below."""

    area: str
    unit: str | None
    role: str | None

    def __str__(self) -> str:
        """Its name for people."""
        return f"{self.unit or self.role} in {self.area}"


def hand_over(work: UnitOfWork, by: Origin, giver: Account, post: Post, taker: Account | None, note: str) -> Handover:
    """Hand a post over, with what is open there now; to who is next by the roster where nobody is named.

    Raises:
        RequestError: 422 ``no_taker`` where nobody is named and none follows by the roster, or it is oneself;
            ``not_of_unit`` where whoever is named does not belong there.
    """
    taker = taker or _next(work, post, giver)
    if taker.id == giver.id or taker.disabled:
        raise RequestError(422, "no_taker", "a shift is handed over to somebody else, who can sign in")
    if not _belongs(taker, post):
        raise RequestError(422, "not_of_unit", f"{taker.username} does not belong to {post}")
    open_here = _open_cases(post)
    count = work.session.scalar(select(func.count()).select_from(Case).where(*open_here)) or 0
    query = select(Case).where(*open_here).order_by(Case.due_at.is_(None), Case.due_at, Case.id).limit(MOST_CASES)
    row = Handover(area=post.area, unit=post.unit, role=post.role, giver_id=giver.id, taker_id=taker.id)
    row.on_behalf_of, row.note, row.made_at = by.on_behalf_of, note, work.now
    row.sheet, row.cases = [_line(case) for case in work.session.scalars(query)], count
    work.session.add(row)
    work.session.flush()
    subject = f"{giver.username}: {taker.username}"
    _record(work, by, Action.HANDED_OVER, row, subject, cases=count, unit=post.unit, role=post.role)
    _tell(work, row, giver, taker)
    return row


def take(work: UnitOfWork, by: Origin, row: Handover, note: str) -> None:
    """Confirm that a shift was taken over.

    Raises:
        RequestError: 409 ``handover_over`` where it was taken or withdrawn.
    """
    _check_waits(row)
    row.taken_at, row.taken_note = work.now, note
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


def _open_cases(post: Post) -> tuple[ColumnElement[bool], ...]:
    here = within(Case.area, post.area), Case.state.not_in([state.value for state in ENDED])
    if post.unit is None:
        return here
    theirs = Assignment.case_id == Case.id, Assignment.unit == post.unit, Assignment.until.is_(None)
    return (*here, select(Assignment.case_id).where(*theirs).exists())


def _line(case: Case) -> dict[str, Any]:
    """A case as it stands now; what becomes of it later does not change the sheet."""
    moments = ("reported_at", "due_at", "late_since", "suspended_until")
    said: dict[str, Any] = {name: getattr(case, name) for name in moments}
    return {
        "id": case.id,
        "number": case.number,
        "scene": case.scene,
        "state": case.state,
        "grade": case.grade,
        "area": case.area,
        "unit": case.unit,
    } | {name: None if at is None else at.isoformat() for name, at in said.items()}


def _belongs(account: Account, post: Post) -> bool:
    theirs = account.unit == post.unit if post.unit is not None else account.role == post.role
    return theirs and covers(account.area, post.area)


def _next(work: UnitOfWork, post: Post, giver: Account) -> Account:
    """Who is on duty by the roster besides the giver: whose shift began last, else whose begins first."""
    what = DutyShift.unit == post.unit if post.unit is not None else DutyShift.role == post.role
    query = (
        select(DutyShift, Account)
        .join(Account, Account.id == DutyShift.account_id)
        .where(what, DutyShift.ends_at > work.now, DutyShift.begins_at <= work.now + _AHEAD)
        .where(DutyShift.account_id != giver.id, Account.disabled.is_(False))
        .order_by(DutyShift.begins_at, DutyShift.id)
    )
    here = [(shift, one) for shift, one in work.session.execute(query) if covers(shift.area, post.area)]
    begun = [one for shift, one in here if shift.begins_at <= work.now]
    found = begun[-1:] or [one for _, one in here][:1]
    if not found:
        raise RequestError(422, "no_taker", f"nobody follows for {post} by the roster; name who takes over")
    return found[0]


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
