"""What lies on a piece of ground, in numbers: by layer, kind and area; cases by grade and lateness."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.devices.register import HouseholdCount
from sharp_eyes.hub.one_map.finding import Asked, Asker, fitting
from sharp_eyes.hub.one_map.layer import Thing, middle_of
from sharp_eyes.hub.one_map.nearest import units_by_distance
from sharp_eyes.hub.one_map.register_layers import households_in
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Analysis:
    """Numbers of a piece of ground.

    Attributes:
        layers: things by layer.
        kinds: by layer and kind.
        areas: by layer and area.
        counted: what the things themselves count, such as households, by layer and kind.
        grades: open cases by grade; ``late``: how many of them are.
        households: of an area that is asked about alone: within another ground nobody counts them.
        middle: of the ground, where it has one.
        units: the nearest to it, with metres.
    """

    layers: dict[str, int]
    kinds: dict[tuple[str, str], int]
    areas: dict[tuple[str, str], int]
    counted: dict[tuple[str, str], int]
    grades: dict[str, int]
    late: int
    households: HouseholdCount | None
    middle: Point | None
    units: list[tuple[float, Thing]]


def analyse(work: UnitOfWork, asker: Asker, asked: Asked, nearest_units: int) -> Analysis:
    """Count what lies on a piece of ground."""
    things = fitting(work, asker, asked)
    cases = [thing for thing in things if thing.layer == "cases"]
    middle = _middle(work, asked)
    return Analysis(
        layers=Counter(thing.layer for thing in things),
        kinds=Counter((thing.layer, thing.kind) for thing in things),
        areas=Counter((thing.layer, thing.area) for thing in things),
        counted=_sums(things),
        grades={grade.value: sum(one.facts["grade"] == grade for one in cases) for grade in Grade},
        late=sum(bool(one.facts["late"]) for one in cases),
        households=households_in(work, asker.scope, asked.area) if asked.area and not asked.shapes else None,
        middle=middle,
        units=[] if middle is None else units_by_distance(work, asker.scope, middle)[:nearest_units],
    )


def _middle(work: UnitOfWork, asked: Asked) -> Point | None:
    for shape in asked.shapes:
        west, south, east, north = shape.box
        return (west + east) / 2, (south + north) / 2
    return None if asked.area is None else middle_of(work, asked.area)


def _sums(things: Iterable[Thing]) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for thing in things:
        if thing.layer == "places" and thing.count is not None:
            found[thing.layer, thing.kind] += thing.count
    return found
