"""What a layer of the map is, and what it gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sharp_eyes.hub.areas.datum import Point, to_wgs84
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.roles import Right, Rights
from sharp_eyes.hub.one_map.shapes import Box
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Certainty = Literal["own", "camera", "area"]
"""Whose a position is: the thing's own, that of the camera that saw it, or its area's middle."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the map.

    Attributes:
        layer: name of its layer.
        key: what it is called within its layer; things come in the order of their keys.
        kind: what it is, such as ``hydrant``, a scene or a unit; a word of the layer's.
        area: path of its grid.
        point: where it is, in WGS 84.
        certainty: whose position that is.
        state: how it is, a word of the layer's.
        count: how many stand for it, such as alarms of a case or people of a unit on duty.
        facts: what else is known of it.
    """

    layer: str
    key: str
    kind: str
    name: str | Text
    area: str
    point: Point
    certainty: Certainty = "own"
    state: str | None = None
    count: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What a layer may leave out beforehand; what it gives is looked at again.

    Attributes:
        box: of the ground that is asked about; everywhere where None.
        after: the key after which things are asked for.
        kinds: only of these; of any where empty.
    """

    box: Box | None = None
    after: str = ""
    kinds: frozenset[str] = frozenset()


def everybody(_rights: Rights) -> bool:
    """Whoever sees the area."""
    return True


def whoever_sends(rights: Rights) -> bool:
    """Who sends units to cases, or watches over it."""
    return Right.ALL in (rights.of("dispatch"), rights.of("supervise"))


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of things on the map.

    Attributes:
        name: as the interface says it.
        things: those of a scope in the order of their keys, from those of a view; further ones do no harm.
        open_to: who may see any of them.
    """

    name: str
    things: Callable[[UnitOfWork, Scope, View], Iterable[Thing]]
    open_to: Callable[[Rights], bool] = everybody


def number_after(view: View) -> int:
    """The number of the row after which things are asked for.

    Raises:
        RequestError: 422 where the cursor is none.
    """
    if not (view.after or "0").isascii() or not (view.after or "0").isdigit():
        raise RequestError(422, "invalid", f"after: {view.after!r} is no cursor; take 'next' of the page before")
    return min(int(view.after or 0), 2**53)


def key_of(number: int) -> str:
    """A row's number as a key: keys are compared as text."""
    return f"{number:012d}"


def point_of(work: UnitOfWork, longitude: float | None, latitude: float | None) -> Point | None:
    """Give a position of the city's datum in WGS 84; None where there is none."""
    return None if longitude is None or latitude is None else to_wgs84((longitude, latitude), work.city.datum)


def middle_of(work: UnitOfWork, area: str) -> Point | None:
    """Give the middle of an area, or of the nearest above it that has an outline, in WGS 84."""
    found = work.city.outlines.middle_of(area)
    return None if found is None else to_wgs84(found, work.city.datum)
