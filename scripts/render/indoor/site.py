"""What a row of `kinds` is made of, and how a place is built from it.

Everything is drawn from one random source in one order: sizes, surfaces in the order in which the row names them, the
height of the painted lower wall, then the fittings one after the other. Another order gives other pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scripts.render.chance import Range, drawn, pick
from scripts.render.mesh import Shape

from .rooms import Room, shell

End = Literal["near", "far"]


@dataclass
class Site:
    """A place while it is built; `surfaces` are those drawn for it, by part."""

    random: np.random.Generator
    room: Room
    shape: Shape
    surfaces: dict[str, str] = field(default_factory=dict)


Fitting = Callable[[Site], None]


@dataclass(frozen=True)
class Kind:
    """One kind of place; lengths in metres, a pair is a range to draw from.

    Attributes:
        share: of all groups of pictures.
        lens: range of horizontal fields of view, degrees.
        hang: range of the cameras' heights.
        surfaces: what floor, wall and dado may be of, in the order in which they are drawn.
        fittings: what stands and hangs in it, in the order in which it is drawn.
        mounts: where cameras hang: share of the half width (-1 left, 1 right), and which end or the place along y.
        inset: how far from the walls that is.
        ceiling: surface; a place without one has no walls either.
        wishes: weights of the acts of `filling` that its pictures show.
        alike: what is taken for something else there; empty for `filling.ALIKE`.
    """

    share: float
    half_width: Range
    depth: Range
    height: Range | float
    lens: Range
    surfaces: Mapping[str, tuple[str, ...]]
    fittings: tuple[Fitting, ...]
    mounts: tuple[tuple[float, End | float], ...]
    wishes: Mapping[str, float]
    ceiling: str = ""
    dado_height: Range | float = 1.2
    hang: Range = (2.2, 2.7)
    inset: float = 0.14
    alike: tuple[str, ...] = ()


def build(name: str, kind: Kind, random: np.random.Generator) -> Room:
    """Add a place of a kind to the scene."""
    half_width, depth = drawn(random, kind.half_width), drawn(random, kind.depth)
    room = Room(name, half_width, depth, drawn(random, kind.height), kind.lens, hang=kind.hang)
    room.outdoors = not kind.ceiling
    x, ends = half_width - kind.inset, {"near": kind.inset, "far": depth - kind.inset}
    room.mounts = [(across * x, ends[at] if isinstance(at, str) else at) for across, at in kind.mounts]
    site = Site(random, room, Shape(), {part: pick(random, names) for part, names in kind.surfaces.items()})
    if kind.ceiling:
        surfaces = site.surfaces
        height = drawn(random, kind.dado_height)
        shell(site.shape, room, surfaces["floor"], surfaces["wall"], kind.ceiling, surfaces.get("dado", ""), height)
    for fitting in kind.fittings:
        fitting(site)
    site.shape.place("room", 30)
    return room
