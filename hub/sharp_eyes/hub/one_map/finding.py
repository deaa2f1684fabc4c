"""Finds things of several layers by ground, area, kind and words; and what stands nearest to a place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.roles import Rights
from sharp_eyes.hub.one_map.layer import Layer, Thing, View
from sharp_eyes.hub.one_map.layers import LAYERS
from sharp_eyes.hub.one_map.nearest import Away, by_distance
from sharp_eyes.hub.one_map.shapes import Circle, Shape, overlap
from sharp_eyes.hub.store.grams import folded
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_COUNTED = 50_000
"""Things that one question looks at."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what they see, and by what rights."""

    scope: Scope
    rights: Rights


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; an empty field asks for all.

    Attributes:
        layers: their names, in the order in which things come.
        shapes: a thing lies in each of them.
        area: path of an area, with all below it.
        kinds: of the layers' kinds.
        words: each stands somewhere in a thing's name or number.
    """

    layers: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    area: str | None = None
    kinds: frozenset[str] = frozenset()
    words: str = ""

    def view(self, after: str = "") -> View:
        """What a layer may leave out."""
        return View(overlap([shape.box for shape in self.shapes]), after, self.kinds)

    def fits(self, thing: Thing) -> bool:
        """Whether a thing is asked for."""
        if self.kinds and thing.kind not in self.kinds:
            return False
        if self.area is not None and not covers(self.area, thing.area):
            return False
        if not all(shape.holds(thing.point) for shape in self.shapes):
            return False
        if not self.words:
            return True
        said = folded(f"{_said(thing.name)}\n{thing.facts.get('number', '')}")
        return all(word in said for word in folded(self.words).split())


def layers_for(asker: Asker, names: Sequence[str]) -> list[Layer]:
    """Give layers by their names, all that somebody may see where none is named.

    Raises:
        RequestError: 403 ``not_allowed``: one that is not for them.
    """
    if not names:
        return [layer for layer in LAYERS if layer.open_to(asker.rights)]
    chosen = [layer for name in dict.fromkeys(names) for layer in LAYERS if layer.name == name]
    for layer in chosen:
        if not layer.open_to(asker.rights):
            raise RequestError(403, "not_allowed", f"layer {layer.name} is for those who send units or supervise")
    return chosen


def find(work: UnitOfWork, asker: Asker, asked: Asked, after: str | None, limit: int) -> tuple[list[Thing], str | None]:
    """List things by layer and key, and the cursor of the next page.

    Raises:
        RequestError: 403 ``not_allowed``; 422 where ``after`` is no cursor of such a list.
    """
    layers = layers_for(asker, asked.layers)
    layers, key = _going_on(layers, after)
    found: list[Thing] = []
    for thing in _fitting(work, asker.scope, asked, layers, key):
        if len(found) == limit:
            return found, f"{found[-1].layer}/{found[-1].key}"
        found.append(thing)
    return found, None


def fitting(work: UnitOfWork, asker: Asker, asked: Asked) -> list[Thing]:
    """Give all things that fit.

    Raises:
        RequestError: 403 ``not_allowed``; 422 ``too_many_things``.
    """
    found: list[Thing] = []
    for thing in _fitting(work, asker.scope, asked, layers_for(asker, asked.layers), ""):
        found.append(thing)
        if len(found) > MOST_COUNTED:
            raise RequestError(
                422, "too_many_things", f"more than {MOST_COUNTED} things lie there; ask for less ground"
            )
    return found


def nearest(work: UnitOfWork, asker: Asker, asked: Asked, middle: Point, metres: float, limit: int) -> list[Away]:
    """List what lies within so many metres of a place, the nearest first, each with its distance."""
    asked = replace(asked, shapes=(*asked.shapes, Circle(middle, metres)))
    return by_distance(fitting(work, asker, asked), middle)[:limit]


def _fitting(work: UnitOfWork, scope: Scope, asked: Asked, layers: Sequence[Layer], after: str) -> Iterator[Thing]:
    for number, layer in enumerate(layers):
        for thing in layer.things(work, scope, asked.view(after if number == 0 else "")):
            if asked.fits(thing):
                yield thing


def _going_on(layers: list[Layer], after: str | None) -> tuple[list[Layer], str]:
    """The layers that are left behind a cursor, and the key within the first of them."""
    if after is None:
        return layers, ""
    name, _, key = after.partition("/")
    left = [number for number, layer in enumerate(layers) if layer.name == name]
    is_row = name == "units" or (key.isascii() and key.isdigit() and len(key) == 12)
    if not left or not is_row:
        raise RequestError(
            422, "invalid", f"after: {after!r} is no cursor of this list; take 'next' of the page before"
        )
    return layers[left[0] :], key


def _said(name: str | Text) -> str:
    return name if isinstance(name, str) else f"{name.zh} {name.en}"
