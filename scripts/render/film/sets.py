"""Rooms with openings in their walls and what lies behind, so that people can come in and leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.render.indoor.rooms import Room
from scripts.render.mesh import Shape

THICK = 0.2


@dataclass(frozen=True)
class Opening:
    """Doorway centred `at` metres along a wall."""

    at: float
    width: float
    height: float = 2.15


def slab(shape: Shape, room: Room, wall: str, along: tuple[float, float], out: tuple[float, float],
         up: tuple[float, float], name: str) -> None:  # fmt: skip
    """Box by its reach along a wall, outwards from the wall's face (negative: into the room) and upwards."""
    if wall in ("left", "right"):
        sign = -1.0 if wall == "left" else 1.0
        x = sorted((sign * (room.half_width + out[0]), sign * (room.half_width + out[1])))
        shape.box((x[0], along[0], up[0]), (x[1], along[1], up[1]), name)
        return
    y = sorted((room.depth + out[0], room.depth + out[1]) if wall == "far" else (-out[0], -out[1]))
    shape.box((along[0], y[0], up[0]), (along[1], y[1], up[1]), name)


def walls(shape: Shape, room: Room, names: tuple[str, str, float], openings: Mapping[str, Sequence[Opening]]) -> None:
    """Four walls with openings; `names` are the upper and lower surface and the height between them."""
    upper, lower, border = names
    for wall in ("left", "right", "far", "near"):
        reach = (0.0, room.depth) if wall in ("left", "right") else (-room.half_width, room.half_width)
        edge = reach[0]
        for opening in sorted(openings.get(wall, ()), key=lambda one: one.at):
            start, end = opening.at - opening.width / 2, opening.at + opening.width / 2
            both(shape, room, wall, (edge, start), names)
            slab(shape, room, wall, (start, end), (0.0, THICK), (opening.height, room.height), upper)
            edge = end
        both(shape, room, wall, (edge, reach[1]), (upper, lower, border))


def both(shape: Shape, room: Room, wall: str, along: tuple[float, float], names: tuple[str, str, float]) -> None:
    """A solid piece of wall with its painted lower part and a skirting board."""
    upper, lower, border = names
    if along[1] - along[0] < 0.01:
        return
    slab(shape, room, wall, along, (0.0, THICK), (0.0, border), lower)
    slab(shape, room, wall, along, (0.0, THICK), (border, room.height), upper)
    slab(shape, room, wall, along, (-0.012, 0.0), (0.0, 0.1), "plain:6f6b64")


def floor_and_ceiling(shape: Shape, room: Room, floor: str, ceiling: str) -> None:
    """Both, with the thresholds of openings."""
    half, out = room.half_width + THICK, room.depth + THICK
    shape.quad([(-half, -THICK, 0), (half, -THICK, 0), (half, out, 0), (-half, out, 0)], floor)
    top = room.height
    shape.quad([(-half, -THICK, top), (-half, out, top), (half, out, top), (half, -THICK, top)], ceiling)


def passage(
    shape: Shape, room: Room, wall: str, opening: Opening, length: float, names: tuple[str, str], energy: float,
    end_wall: bool = True,
) -> None:  # fmt: skip
    """Corridor behind an opening: floor and walls by name, a lamp of `energy` watts in it."""
    floor, side = names
    start, end = opening.at - opening.width / 2 - 0.15, opening.at + opening.width / 2 + 0.15
    top = opening.height + 0.35
    slab(shape, room, wall, (start, end), (THICK, THICK + length), (-0.1, 0.0), floor)
    slab(shape, room, wall, (start, end), (THICK, THICK + length), (top, top + 0.1), "plain:d8d6d0")
    slab(shape, room, wall, (start - 0.1, start), (THICK, THICK + length), (0.0, top), side)
    slab(shape, room, wall, (end, end + 0.1), (THICK, THICK + length), (0.0, top), side)
    if end_wall:
        slab(shape, room, wall, (start, end), (THICK + length, THICK + length + 0.1), (0.0, top), side)
    if energy > 0:
        away = THICK + length * 0.5
        x, y = {
            "left": (-room.half_width - away, opening.at), "right": (room.half_width + away, opening.at),
            "far": (opening.at, room.depth + away), "near": (opening.at, -away),
        }[wall]  # fmt: skip
        room.add_lamp("lamp", (x, y, top - 0.05), (0.5, 0.5), energy, (1.0, 0.93, 0.82))


def outside(shape: Shape, room: Room, opening: Opening, energy: float) -> None:
    """Bright yard behind an opening in the far wall, with daylight that falls in."""
    start, end = opening.at - 7.0, opening.at + 7.0
    slab(shape, room, "far", (start, end), (THICK, 9.0), (-0.1, -0.005), "paving")
    slab(shape, room, "far", (start, end), (9.0, 9.1), (-0.1, 6.0), "glow:dfe8f2")
    place, size = (opening.at, room.depth + 0.6, 2.6), (opening.width, 1.6)
    room.add_lamp("lamp", place, size, energy, (0.9, 0.95, 1.0), (60.0, 0.0, 180.0))
