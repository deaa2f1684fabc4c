"""The register of premises: who may read it, finding, adding and changing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select

from sharp_eyes.hub.areas.datum import AnyDatum, Point, to_wgs84
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError, not_found, wrong_field
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises, PremisesContact
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

FAIL = "fail"


@dataclass(frozen=True, slots=True)
class PremisesWish:
    """What premises are to be. ``place``: a position and its datum; ``phone``: empty where nobody can be called, none
    where the contact stays as it is."""

    kind: str
    name: str
    area: str
    address: str = ""
    place: tuple[Point, AnyDatum] | None = None
    contact: str = ""
    phone: str | None = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class PremisesFilter:
    """Which premises are asked for; what is empty asks for all. ``words``: in name or address."""

    words: str = ""
    kind: str | None = None
    area: str | None = None
    active: bool | None = None
    after: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PlacedPremises:
    """Premises as a map shows them: degrees in WGS 84; ``open_failures``: items whose cases are open."""

    id: int
    kind: str
    name: str
    area: str
    longitude: float
    latitude: float
    inspected_at: datetime | None
    open_failures: int


def visible_premises(scope: Scope) -> ColumnElement[bool]:
    """Give the condition by which somebody sees premises: of their area; none where they see one unit's cases."""
    return within(Premises.area, scope.area) if scope.unit is None else false()


def list_premises(work: UnitOfWork, scope: Scope, only: PremisesFilter) -> tuple[Sequence[Premises], int | None]:
    """List premises in the order in which they were added, and the cursor of the next page."""
    query = select(Premises).where(visible_premises(scope), Premises.id > only.after).order_by(Premises.id)
    if only.words:
        sought = only.words.strip().lower()
        named = (func.lower(column).contains(sought, autoescape=True) for column in (Premises.name, Premises.address))
        query = query.where(or_(*named))
    if only.kind is not None:
        query = query.where(Premises.kind == only.kind)
    if only.area is not None:
        query = query.where(within(Premises.area, only.area))
    if only.active is not None:
        query = query.where(Premises.active.is_(only.active))
    found = work.session.scalars(query.limit(only.limit + 1)).all()
    page = found[: only.limit]
    return page, page[-1].id if len(found) > only.limit else None


def find_premises(work: UnitOfWork, scope: Scope, identity: int) -> Premises:
    """Find premises that somebody sees.

    Raises:
        RequestError: 404.
    """
    row = work.session.scalar(select(Premises).where(visible_premises(scope), Premises.id == identity))
    if row is None:
        raise not_found(f"premises {identity}")
    return row


def premises_on_map(work: UnitOfWork, scope: Scope) -> list[PlacedPremises]:
    """Give the premises with a position that somebody sees and that are inspected, by their ids."""
    query = select(Premises).where(visible_premises(scope), Premises.active, Premises.latitude.is_not(None))
    rows = work.session.scalars(query.order_by(Premises.id)).all()
    failures = count_open_failures(work, None)
    return [
        PlacedPremises(
            row.id, row.kind, row.name, row.area, row.longitude, row.latitude, row.inspected_at, failures.get(row.id, 0)
        )
        for row in rows
        if row.longitude is not None and row.latitude is not None
    ]


def count_open_failures(work: UnitOfWork, premises: Collection[int] | None) -> Mapping[int, int]:
    """Count the open cases that inspections of these premises made (of all where None), by the premises' ids."""
    query = (
        select(Inspection.premises_id, func.count(Case.id.distinct()))
        .join(InspectionItem, InspectionItem.inspection == Inspection.key)
        .join(Case, Case.id == InspectionItem.case_id)
        .where(InspectionItem.result == FAIL, Case.ended_at.is_(None))
        .group_by(Inspection.premises_id)
    )
    if premises is not None:
        query = query.where(Inspection.premises_id.in_(premises))
    return dict(work.session.execute(query).all())


def add_premises(work: UnitOfWork, by: Origin, ground: str, wish: PremisesWish) -> Premises:
    """Add premises to the register, within the area ``ground``.

    Raises:
        RequestError: 422 ``unknown_kind``, ``unknown_area``; 409 ``known_premises``.
    """
    check_wish(work, ground, wish)
    row = Premises(added_at=work.now)
    _write(work, row, wish)
    record(work.session, work.now, by, Action.PREMISES_ADDED, area=row.area, subject=row.name, premises=row.id)
    return row


def change_premises(work: UnitOfWork, by: Origin, ground: str, row: Premises, wish: PremisesWish) -> None:
    """Change premises into what is wished.

    Raises:
        RequestError: as :func:`add_premises`.
    """
    check_wish(work, ground, wish, but=row.id)
    _write(work, row, wish)
    record(work.session, work.now, by, Action.PREMISES_CHANGED, area=row.area, subject=row.name, premises=row.id)


def check_wish(work: UnitOfWork, ground: str, wish: PremisesWish, but: int | None = None) -> None:
    """Check that premises can be so; ``but`` is their own id.

    Raises:
        RequestError: as :func:`add_premises`.
    """
    if work.city.premises_kind(wish.kind) is None:
        known = ", ".join(one.id for one in work.city.premises_kinds) or "none"
        raise RequestError(422, "unknown_kind", f"kind of premises {wish.kind!r} is not in the city pack; use {known}")
    if work.city.area(wish.area) is None or not covers(ground, wish.area):
        raise RequestError(422, "unknown_area", f"area {wish.area!r} is not within yours")
    known_as = find_same(work, wish)
    if known_as is not None and known_as.id != but:
        message = (
            f"{wish.name!r} is in the register of {wish.area} already; change it there, or give this one another name"
        )
        raise wrong_field(409, "known_premises", message, "name", "taken")


def find_same(work: UnitOfWork, wish: PremisesWish) -> Premises | None:
    """Find the premises of this kind and name in this area."""
    same = Premises.area == wish.area, Premises.kind == wish.kind, Premises.name == wish.name
    return work.session.scalar(select(Premises).where(*same))


def _write(work: UnitOfWork, row: Premises, wish: PremisesWish) -> None:
    point = None if wish.place is None else to_wgs84(*wish.place)
    row.kind, row.name, row.area, row.address, row.active = wish.kind, wish.name, wish.area, wish.address, wish.active
    row.longitude, row.latitude = (None, None) if point is None else point
    row.changed_at = work.now
    work.session.add(row)
    work.session.flush()
    known = work.session.get(PremisesContact, row.id)
    if wish.phone:
        contact = known or PremisesContact(premises_id=row.id)
        contact.name, contact.phone, contact.noted_at = wish.contact, wish.phone, work.now
        work.session.add(contact)
    elif wish.phone is not None and known is not None:
        work.session.delete(known)
    work.session.flush()
