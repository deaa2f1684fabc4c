"""The register: households that the office looks after, their contacts, and the devices that hang there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update

from sharp_eyes.hub.areas.city_pack import CityPack, Text
from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError, not_found, wrong_field
from sharp_eyes.hub.store.device_tables import Device, Household, HouseholdContact
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

DeviceState = Literal["alarm", "silent", "low_battery", "unheard", "ok"]
"""How a device is: it gives an alarm; it was not heard for too long; its battery is low; it never said a word; well."""

_MOST_CONTACTS = 5


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody of a household can be reached."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class HouseholdWish:
    """What is to stand of a household. ``point`` is in WGS 84."""

    area: str
    address: str
    note: str = ""
    lone_elder: bool = False
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class DeviceWish:
    """What is to stand of a device; ``area`` and ``point`` are its household's where they are left out."""

    kind: str
    serial: str
    household: int | None = None
    place: str = ""
    area: str | None = None
    point: Point | None = None


def find_household(work: UnitOfWork, area: str, identity: int) -> Household:
    """Find a household of somebody's area.

    Raises:
        RequestError: 404.
    """
    row = work.session.get(Household, identity)
    if row is None or not covers(area, row.area):
        raise not_found(f"household {identity}")
    return row


def find_device(work: UnitOfWork, area: str, identity: int) -> Device:
    """Find a device of somebody's area.

    Raises:
        RequestError: 404.
    """
    row = work.session.get(Device, identity)
    if row is None or not covers(area, row.area):
        raise not_found(f"device {identity}")
    return row


def households(work: UnitOfWork, area: str, words: str = "", limit: int = 200) -> Sequence[Household]:
    """List households of an area whose address or note holds some words, by address."""
    query = select(Household).where(within(Household.area, area))
    for word in words.split()[:5]:
        query = query.where(
            or_(Household.address.icontains(word, autoescape=True), Household.note.icontains(word, autoescape=True))
        )
    return work.session.scalars(query.order_by(Household.address, Household.id).limit(limit)).all()


def devices(
    work: UnitOfWork, area: str, words: str = "", household: int | None = None, limit: int = 200
) -> list[Device]:
    """List devices of an area: alarms first, then those that need somebody, then by serial.

    ``words``: of serial, place or the household's address.
    """
    query = select(Device).outerjoin(Household, Household.id == Device.household_id).where(within(Device.area, area))
    if household is not None:
        query = query.where(Device.household_id == household)
    for word in words.split()[:5]:
        found = (column.icontains(word, autoescape=True) for column in (Device.serial, Device.place, Household.address))
        query = query.where(or_(*found))
    query = query.order_by(_urgency(work), Device.serial).limit(limit)
    return list(work.session.scalars(query))


def state_of_device(city: CityPack, row: Device, work: UnitOfWork) -> DeviceState:
    """Say how a device is, the gravest of what is to be said."""
    if row.alarm_since is not None:
        return "alarm"
    if row.heard_at is None:
        return "unheard"
    if work.now - row.heard_at > _silent_after(city, row.kind):
        return "silent"
    return "low_battery" if row.battery_low else "ok"


def save_household(work: UnitOfWork, ground: str, wish: HouseholdWish, row: Household | None = None) -> Household:
    """Add a household, or change one; its devices without a place of their own go along.

    Raises:
        RequestError: 422 ``unknown_area``.
    """
    _check_area(work, ground, wish.area)
    if row is None:
        row = Household(contact=uuid4(), made_at=work.now)
    row.area, row.address, row.note, row.lone_elder = wish.area, wish.address, wish.note, wish.lone_elder
    row.longitude, row.latitude = wish.point or (None, None)
    row.changed_at = work.now
    work.session.add(row)
    work.session.flush()
    work.session.execute(update(Device).where(Device.household_id == row.id).values(area=row.area))
    return row


def remove_household(work: UnitOfWork, row: Household) -> None:
    """Remove a household with its contacts.

    Raises:
        RequestError: 409 ``has_devices``.
    """
    serials = work.session.scalars(select(Device.serial).where(Device.household_id == row.id)).all()
    if serials:
        raise RequestError(409, "has_devices", f"devices still hang there: {', '.join(serials)}; remove them first")
    work.session.execute(delete(HouseholdContact).where(HouseholdContact.contact == row.contact))
    work.session.delete(row)


def contacts_of(work: UnitOfWork, row: Household) -> Sequence[HouseholdContact]:
    """Give a household's contacts, as they were noted."""
    query = select(HouseholdContact).where(HouseholdContact.contact == row.contact).order_by(HouseholdContact.id)
    return work.session.scalars(query).all()


def set_contacts(work: UnitOfWork, row: Household, people: Sequence[Person]) -> None:
    """Note a household's contacts in the place of those that were there; their term begins anew.

    Raises:
        RequestError: 422 ``too_many_contacts``.
    """
    if len(people) > _MOST_CONTACTS:
        raise RequestError(422, "too_many_contacts", f"a household has {_MOST_CONTACTS} contacts at most")
    work.session.execute(delete(HouseholdContact).where(HouseholdContact.contact == row.contact))
    for one in people:
        work.session.add(HouseholdContact(contact=row.contact, name=one.name, phone=one.phone, noted_at=work.now))
    row.changed_at = work.now


def save_device(work: UnitOfWork, ground: str, wish: DeviceWish, row: Device | None = None) -> Device:
    """Add a device, or change one.

    Raises:
        RequestError: 404 where its household is none of the ground's; 409 ``serial_taken``; 422 ``unknown_kind``,
            ``unknown_area``, ``place_missing``.
    """
    if work.city.device_kind(wish.kind) is None:
        known = ", ".join(one.id for one in work.city.device_kinds) or "none"
        raise RequestError(422, "unknown_kind", f"kind {wish.kind!r} is not in the city pack; there are {known}")
    home = None if wish.household is None else find_household(work, ground, wish.household)
    area = home.area if home is not None else wish.area
    if area is None:
        raise RequestError(422, "place_missing", "name the household in which it hangs, or its area")
    _check_area(work, ground, area)
    other = work.session.scalar(select(Device.id).where(Device.serial == wish.serial))
    if other is not None and (row is None or row.id != other):
        raise wrong_field(409, "serial_taken", f"device {wish.serial!r} is in the register already", "serial", "taken")
    row = row or Device(made_at=work.now)
    row.kind, row.serial, row.household_id, row.place, row.area = (
        wish.kind,
        wish.serial,
        wish.household,
        wish.place,
        area,
    )
    row.longitude, row.latitude = wish.point or (None, None)
    work.session.add(row)
    work.session.flush()
    return row


@dataclass(frozen=True, slots=True)
class DeviceOnMap:
    """A device with a place, for the map: where it is and how, and of its household no more than which one."""

    id: int
    kind: str
    name: Text | None
    area: str
    longitude: float
    latitude: float
    state: DeviceState
    household: int | None


@dataclass(frozen=True, slots=True)
class HouseholdCount:
    """How many households an area has, and in how many of them an elder lives alone."""

    households: int
    lone_elders: int


def devices_on_map(work: UnitOfWork, scope: Scope) -> list[DeviceOnMap]:
    """Give the devices with a place that somebody may see; none to those who see their unit's cases alone."""
    if scope.unit is not None:
        return []
    query = select(Device, Household.longitude, Household.latitude).outerjoin(
        Household, Household.id == Device.household_id
    )
    found = []
    for row, longitude, latitude in work.session.execute(query.where(within(Device.area, scope.area))):
        east, north = (longitude, latitude) if row.longitude is None else (row.longitude, row.latitude)
        if east is None or north is None:
            continue
        kind = work.city.device_kind(row.kind)
        state = state_of_device(work.city, row, work)
        found.append(
            DeviceOnMap(
                row.id, row.kind, None if kind is None else kind.name, row.area, east, north, state, row.household_id
            )
        )
    return found


def households_by_area(work: UnitOfWork, scope: Scope) -> Mapping[str, HouseholdCount]:
    """Count households by the path of the area that they lie in; nothing to those who see their unit's cases alone."""
    if scope.unit is not None:
        return {}
    lone = func.sum(case((Household.lone_elder, 1), else_=0))
    query = (
        select(Household.area, func.count(), lone).where(within(Household.area, scope.area)).group_by(Household.area)
    )
    return {area: HouseholdCount(count, alone) for area, count, alone in work.session.execute(query)}


def _urgency(work: UnitOfWork) -> ColumnElement[int]:
    silent = [
        and_(Device.kind == kind.id, Device.heard_at < work.now - kind.silent.length) for kind in work.city.device_kinds
    ]
    return case(
        (Device.alarm_since.is_not(None), 0),
        *((condition, 1) for condition in silent),
        (Device.battery_low, 2),
        (Device.heard_at.is_(None), 3),
        else_=4,
    )


def _silent_after(city: CityPack, kind: str) -> timedelta:
    found = city.device_kind(kind)
    return timedelta.max if found is None else found.silent.length


def _check_area(work: UnitOfWork, ground: str, area: str) -> None:
    if work.city.area(area) is None or not covers(ground, area):
        raise RequestError(422, "unknown_area", f"area {area!r} is not within yours")
