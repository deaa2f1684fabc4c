"""The register of places and things: kept by an office for its area, each with a position that puts it into a grid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.datum import AnyDatum, Point, checked, from_wgs84, to_wgs84
from sharp_eyes.hub.areas.grid import grid_for
from sharp_eyes.hub.areas.place_kinds import Fact
from sharp_eyes.hub.areas.row_error import RowError
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError, not_found, wrong_field
from sharp_eyes.hub.store.grams import folded
from sharp_eyes.hub.store.place_tables import Place
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LONGEST_NUMBER, _LONGEST_NAME = 100, 200


@dataclass(frozen=True, slots=True)
class PlaceWish:
    """A place as somebody wants it in the register.

    Attributes:
        longitude, latitude: in degrees of ``datum``.
        facts: as they were typed, by the fields of its kind.
        area: path of its area, where somebody says it; the position decides where outlines do.
    """

    kind: str
    number: str
    name: str
    longitude: float
    latitude: float
    datum: AnyDatum
    facts: Mapping[str, object] = field(default_factory=dict)
    area: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceFilter:
    """Which places are asked for; an empty field asks for all. ``after``: the id at which to go on."""

    kind: str | None = None
    area: str | None = None
    words: str = ""
    after: int = 0


def list_places(work: UnitOfWork, ground: str, only: PlaceFilter, limit: int) -> tuple[list[Place], int | None]:
    """List the places of an area by their ids, and the cursor of the next page."""
    query = select(Place).where(within(Place.area, ground), Place.id > only.after).order_by(Place.id).limit(limit + 1)
    if only.kind is not None:
        query = query.where(Place.kind == only.kind)
    if only.area is not None:
        query = query.where(within(Place.area, only.area))
    for word in folded(only.words).split():
        query = query.where(Place.found_by.contains(word, autoescape=True))
    found = list(work.session.scalars(query))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def get_place(work: UnitOfWork, ground: str, identity: int) -> Place:
    """Give a place of an area.

    Raises:
        RequestError: 404.
    """
    row = work.session.get(Place, identity) if 0 < identity < 2**53 else None
    if row is None or not covers(ground, row.area):
        raise not_found(f"place {identity}")
    return row


def settled(city: CityPack, ground: str, wish: PlaceWish) -> tuple[dict[str, Any], list[RowError]]:
    """Give a row's values for a wish of somebody who works in ``ground``, and say what is wrong with it."""
    faults: list[RowError] = []
    number, name = wish.number.strip(), wish.name.strip()
    for what, text, most in (("number", number, _LONGEST_NUMBER), ("name", name, _LONGEST_NAME)):
        if not text.isprintable() or not 0 < len(text) <= most:
            faults.append(RowError("wrong_length", f"{what}: give 1 to {most} characters", column=what, most=most))
    kind = city.place_kind(wish.kind)
    facts: dict[str, Fact] = {}
    if kind is None:
        known = ", ".join(one.id for one in city.place_kinds) or "none"
        words = f"kind {wish.kind!r} is not among the city pack's place_kinds: {known}"
        faults.append(RowError("unknown_kind", words, kind=wish.kind, known=known))
    else:
        facts, wrong = kind.read_facts(wish.facts)
        faults += wrong
    try:
        point = to_wgs84(checked(wish.longitude, wish.latitude), wish.datum)
        area = _area(city, ground, wish, point)
    except RowError as fault:
        return {}, [*faults, fault]
    except RequestError as error:
        return {}, [*faults, RowError.of(error)]
    values: dict[str, Any] = {"kind": wish.kind, "number": number, "name": name, "area": area, "facts": facts}
    values |= {"longitude": point[0], "latitude": point[1], "found_by": folded(f"{number}\n{name}")}
    return values, faults


def add_place(work: UnitOfWork, by: Origin, ground: str, wish: PlaceWish) -> Place:
    """Put a place into the register.

    Raises:
        RequestError: 409 ``number_taken``; 422 ``wrong_place``.
    """
    row = Place(**_sound(work, ground, wish), changed_by=by.actor, changed_at=work.now)
    work.session.add(row)
    _flush(work, row)
    record(work.session, work.now, by, Action.PLACE_ADDED, area=row.area, subject=row.name, place=row.id, kind=row.kind)
    return row


def change_place(work: UnitOfWork, by: Origin, ground: str, row: Place, wish: PlaceWish) -> None:
    """Let a place be as somebody wants it.

    Raises:
        RequestError: 409 ``number_taken``; 422 ``wrong_place``.
    """
    values = _sound(work, ground, wish, row)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value and name != "found_by")
    if not changed:
        return
    put(row, values, by, work)
    _flush(work, row)
    detail = {"place": row.id, "kind": row.kind, "changed": changed}
    record(work.session, work.now, by, Action.PLACE_CHANGED, area=row.area, subject=row.name, **detail)


def remove_place(work: UnitOfWork, by: Origin, row: Place) -> None:
    """Take a place out of the register."""
    work.session.delete(row)
    record(
        work.session, work.now, by, Action.PLACE_REMOVED, area=row.area, subject=row.name, place=row.id, kind=row.kind
    )


def put(row: Place, values: Mapping[str, Any], by: Origin, work: UnitOfWork) -> None:
    """Give a row its values, and say by whom."""
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by.actor, work.now


def all_places(work: UnitOfWork, ground: str) -> Iterator[Place]:
    """Give all places of an area by kind and number."""
    query = select(Place).where(within(Place.area, ground)).order_by(Place.kind, Place.number)
    yield from work.session.scalars(query)


def _sound(work: UnitOfWork, ground: str, wish: PlaceWish, row: Place | None = None) -> dict[str, Any]:
    values, faults = settled(work.city, ground, wish)
    if faults:
        raise RequestError(422, "wrong_place", "; ".join(map(str, faults)))
    same = select(Place.id).where(Place.kind == values["kind"], Place.number == values["number"])
    if work.session.scalar(same) not in (None, None if row is None else row.id):
        raise _taken(wish)
    return values


def _flush(work: UnitOfWork, row: Place) -> None:
    try:
        work.session.flush()
    except IntegrityError as error:  # somebody else was quicker
        raise _taken(row) from error


def _taken(wish: PlaceWish | Place) -> RequestError:
    message = f"{wish.kind} {wish.number!r} is in the register already; change that one"
    return wrong_field(409, "number_taken", message, "number", "taken")


def _area(city: CityPack, ground: str, wish: PlaceWish, point: Point) -> str:
    """The grid of the position, made finer by what is said where outlines say no more."""
    found = city.outlines.at(from_wgs84(point, city.datum))
    if found is None and city.areas[0].geometry is not None:
        swapped = city.outlines.at((wish.latitude, wish.longitude)) is not None
        hint = "longitude and latitude look swapped" if swapped else f"is the datum {wish.datum}?"
        code = "swapped" if swapped else "outside_city"
        words = f"the position lies outside of {city.root}; {hint}"
        raise RowError(code, words, longitude=wish.longitude, latitude=wish.latitude, datum=wish.datum)
    grid = grid_for(city, ground, point)
    if wish.area is None or covers(wish.area, grid):
        return grid
    if city.area(wish.area) is None or not covers(grid, wish.area):
        words = f"area {wish.area!r} is said, but the position lies in {grid}"
        raise RowError("other_area", words, area=wish.area, grid=grid)
    return wish.area
