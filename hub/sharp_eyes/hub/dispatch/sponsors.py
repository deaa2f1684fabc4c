"""The register of sponsors (包保单位): which unit sponsors which area or place in it, and who is responsible."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from sharp_eyes.hub.areas.tree import covers, parent
from sharp_eyes.hub.errors import RequestError, wrong_field
from sharp_eyes.hub.store.sponsor_tables import Sponsor
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SponsorWish:
    """What the register is to say. ``person``: user name of who holds the post."""

    area: str
    unit: str
    post: str
    place: str = ""
    person: str | None = None
    since: datetime | None = None


def list_sponsors(work: UnitOfWork, area: str, *, over: bool = False) -> list[Sponsor]:
    """List the sponsors of an area and below, and of those above it; ``over``: past and future ones too."""
    query = select(Sponsor).order_by(Sponsor.area, Sponsor.unit, Sponsor.id)
    rows = work.session.scalars(query if over else query.where(_in_force(work)))
    return [row for row in rows if covers(area, row.area) or covers(row.area, area)]


def sponsors_of(work: UnitOfWork, area: str) -> list[Sponsor]:
    """Give the sponsors in force of the nearest area, at or above ``area``, that has any."""
    rows = [row for row in list_sponsors(work, area) if covers(row.area, area)]
    at = area
    while at:
        here = [row for row in rows if row.area == at]
        if here:
            return here
        at = parent(at)
    return []


def add_sponsor(work: UnitOfWork, wish: SponsorWish, by: str) -> Sponsor:
    """Add a sponsor, from now on where no moment is said.

    Raises:
        RequestError: 422 ``unknown_area``, ``unknown_unit``, ``unknown_person``, ``reason_needed``.
    """
    if work.city.area(wish.area) is None:
        raise RequestError(422, "unknown_area", f"area {wish.area!r} is not in the city pack")
    if work.city.unit(wish.unit) is None:
        raise RequestError(422, "unknown_unit", f"unit {wish.unit!r} is not in the city pack")
    row = Sponsor(area=wish.area, unit=wish.unit, since=wish.since or work.now, made_by=by, made_at=work.now)
    change_sponsor(work, row, post=wish.post, place=wish.place, person=wish.person)
    work.session.add(row)
    work.session.flush()
    return row


def change_sponsor(work: UnitOfWork, row: Sponsor, *, post: str, place: str, person: str | None) -> None:
    """Name another post, place or person.

    Raises:
        RequestError: 422 ``post_needed``, ``unknown_person``.
    """
    if not post.strip():
        raise RequestError(422, "post_needed", "say who is responsible, by their post")
    row.post, row.place = post.strip(), place.strip()
    row.account_id = None if person is None else _account(work, person).id


def end_sponsor(row: Sponsor, at: datetime) -> None:
    """Let a sponsorship end.

    Raises:
        RequestError: 422 ``invalid`` where it would end before it begins.
    """
    if at < row.since:
        raise RequestError(422, "invalid", "a sponsor's time ends after it begins")
    row.until = at


def _account(work: UnitOfWork, username: str) -> Account:
    found = work.session.scalar(select(Account).where(Account.username == username, Account.disabled.is_(False)))
    if found is None:
        raise wrong_field(422, "unknown_person", f"nobody called {username!r} can sign in", "person", "unknown")
    return found


def _in_force(work: UnitOfWork) -> ColumnElement[bool]:
    return and_(Sponsor.since <= work.now, or_(Sponsor.until.is_(None), Sponsor.until > work.now))
