"""Who is at which case now, and who has claimed it. It is of the moment and in no log; all hubs on a database share it.

A page says again and again where it is; what is not said again for ``TERM_SECONDS`` is over, whether its browser was
closed, its machine died or its network went. A claim is its session's: it ends with it, or with its last page; by the
roster it ends with its person's shift, and goes to whoever takes the shift over.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.visibility import units_of
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.live_tables import DeskClaim, DeskStay
from sharp_eyes.hub.store.notice_tables import DutyShift
from sharp_eyes.hub.store.tables import Account, LoginSession
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

TERM_SECONDS = 150.0
"""Longer than the minute to which browsers slow down a page in the background."""

MOST_CLAIMS = 50
"""Cases that one session can claim."""

_TERM = timedelta(seconds=TERM_SECONDS)
_RENEWED = timedelta(seconds=TERM_SECONDS * 0.6)
"""What is left of a term when it is written anew: pages say where they are twice as often, to no purpose for others."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """A person at a desk, with the session and the page by which they are there."""

    username: str
    display_name: str
    session: int
    page: str = ""


def is_news(work: UnitOfWork, who: Sitter, case_id: int | None) -> bool:
    """Whether anything has to be written for a page that says where it is."""
    stay = work.session.get(DeskStay, (who.session, who.page))
    if (stay and stay.case_id) != case_id or (stay is not None and stay.until - work.now < _RENEWED):
        return True
    least = select(func.min(DeskClaim.until)).where(DeskClaim.session_id == who.session)
    claims_end = work.session.scalar(least)
    return claims_end is not None and claims_end - work.now < _RENEWED


def sit(work: UnitOfWork, who: Sitter, case_id: int | None) -> None:
    """Note that a page is there and has this case open, or none; keeps its session's claims."""
    # Its row alone: PostgreSQL locks none of those that are joined to it and may be missing.
    if work.session.get(LoginSession, who.session, with_for_update={"of": LoginSession}) is None:  # it ended meanwhile
        return
    stay = work.session.get(DeskStay, (who.session, who.page))
    before = None if stay is None else stay.case_id
    if stay is not None and case_id is None:
        work.session.delete(stay)
    elif case_id is not None:
        named = {"username": who.username, "display_name": who.display_name, "until": work.now + _TERM}
        work.session.merge(DeskStay(session_id=who.session, page=who.page, case_id=case_id, **named))
    ours = (DeskClaim.session_id == who.session) & (DeskClaim.until > work.now)
    work.session.execute(update(DeskClaim).where(ours).values(until=_claim_until(work, who)))
    if before != case_id:
        _tell(work, [one for one in (before, case_id) if one is not None])


def claim(work: UnitOfWork, who: Sitter, case_id: int, *, take_over: bool) -> None:
    """Claim a case for oneself.

    Raises:
        RequestError: 409 ``claimed`` where somebody else has it and ``take_over`` is not said; 422 ``too_many``.
    """
    lock_row(work, case_id)  # two people may claim it at once, at two hubs
    held = work.session.get(DeskClaim, case_id)
    is_held = held is not None and held.until > work.now
    if held is not None and is_held and held.username != who.username and not take_over:
        raise RequestError(409, "claimed", f"{held.display_name} has claimed this case; take it over, or leave it")
    theirs = select(func.count()).where(DeskClaim.session_id == who.session, DeskClaim.until > work.now)
    if not is_held and (work.session.scalar(theirs) or 0) >= MOST_CLAIMS:
        raise RequestError(422, "too_many", f"{MOST_CLAIMS} cases at most are claimed at once; release some first")
    _put_claims(work, who, [case_id])
    _tell(work, [case_id])


def hand_on(work: UnitOfWork, giver: str, taker: Sitter, case_ids: Sequence[int]) -> None:
    """End somebody's claims: these cases are the taker's now, as far as nobody else has claimed them meanwhile."""
    for case_id in sorted(case_ids):
        lock_row(work, case_id)
    work.session.execute(
        update(DeskClaim).where(DeskClaim.username == giver, DeskClaim.case_id.in_(case_ids)).values(until=work.now)
    )
    held = select(DeskClaim.case_id).where(DeskClaim.until > work.now)
    taken = set(work.session.scalars(held.where(DeskClaim.case_id.in_(case_ids))))
    room = MOST_CLAIMS - len(work.session.scalars(held.where(DeskClaim.session_id == taker.session)).all())
    _put_claims(work, taker, [one for one in case_ids if one not in taken][: max(room, 0)])
    _tell(work, case_ids)


def release(work: UnitOfWork, username: str, case_id: int | None = None) -> None:
    """Give up one's claim of a case, or all of them."""
    theirs = DeskClaim.username == username
    _drop(work, DeskClaim, theirs if case_id is None else theirs & (DeskClaim.case_id == case_id))


def leave(work: UnitOfWork, sessions: Collection[int]) -> None:
    """Sessions ended: their pages and claims are gone."""
    _drop(work, DeskStay, DeskStay.session_id.in_(sessions))
    _drop(work, DeskClaim, DeskClaim.session_id.in_(sessions))


def is_anybody(work: UnitOfWork, sessions: Collection[int]) -> bool:
    """Whether one of these sessions is at a case or has claimed one."""
    return any(
        work.session.scalar(select(table.case_id).where(table.session_id.in_(sessions)).limit(1)) is not None
        for table in (DeskStay, DeskClaim)
    )


def sweep(work: UnitOfWork) -> None:
    """Tell of those who have not said for a term that they are there."""
    _drop(work, DeskStay, DeskStay.until <= work.now)
    _drop(work, DeskClaim, DeskClaim.until <= work.now)


def everybody(work: UnitOfWork) -> list[dict[str, Any]]:
    """Say of every case that somebody is at who that is."""
    here = work.session.scalars(select(DeskStay.case_id).where(DeskStay.until > work.now))
    claimed = work.session.scalars(select(DeskClaim.case_id).where(DeskClaim.until > work.now))
    return list(_said(work, {*here, *claimed}).values())


def _put_claims(work: UnitOfWork, who: Sitter, case_ids: Iterable[int]) -> None:
    named = {"username": who.username, "display_name": who.display_name, "until": _claim_until(work, who)}
    for case_id in case_ids:
        work.session.merge(DeskClaim(case_id=case_id, session_id=who.session, **named))


def _claim_until(work: UnitOfWork, who: Sitter) -> datetime:
    """When a claim ends that is not renewed: after its term, and with a shift of the roster that nothing follows."""
    theirs = Account.username == who.username, DutyShift.begins_at <= work.now + _TERM, DutyShift.ends_at > work.now
    shift_ends = work.session.scalar(
        select(func.max(DutyShift.ends_at)).join(Account, Account.id == DutyShift.account_id).where(*theirs)
    )
    ends = work.now + _TERM
    return ends if shift_ends is None else min(ends, shift_ends)


def _drop(work: UnitOfWork, table: type[DeskStay | DeskClaim], which: ColumnElement[bool]) -> None:
    gone = work.session.scalars(delete(table).where(which).returning(table.case_id)).all()
    _tell(work, gone)


def _said(work: UnitOfWork, cases: Collection[int]) -> dict[int, dict[str, Any]]:
    """What is said of each of these cases."""
    stays = work.session.scalars(select(DeskStay).where(DeskStay.case_id.in_(cases), DeskStay.until > work.now)).all()
    claims = select(DeskClaim).where(DeskClaim.case_id.in_(cases), DeskClaim.until > work.now)
    claimed = {row.case_id: _named(row) for row in work.session.scalars(claims)}
    people = {(row.case_id, row.username): _named(row) for row in stays}
    return {
        case: {
            "case": case,
            "people": [shown for (at, _), shown in sorted(people.items()) if at == case],
            "claimed_by": claimed.get(case),
        }
        for case in sorted(cases)
    }


def _named(row: DeskStay | DeskClaim) -> dict[str, str]:
    return {"username": row.username, "display_name": row.display_name}


def _tell(work: UnitOfWork, cases: Iterable[int]) -> None:
    wanted = set(cases)
    if not wanted:
        return
    work.session.flush()
    said = _said(work, wanted)
    for case in work.session.scalars(select(Case).where(Case.id.in_(wanted))):
        work.live_updates.append(
            LiveUpdate("desk", case.area, said[case.id], units_of(work, case), ended_at=case.ended_at)
        )
