"""Vehicles that wait in a queue: they came one after the other, stand in line, and will move on."""

import math
from collections.abc import Sequence

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.stationary import StationaryObject

_REACH = 1.2
"""Gap between two boxes, in sizes of the vehicles, up to which they stand one behind the other."""

_ALONG = math.cos(math.radians(35))
"""Cosine of the angle between the way they came and the line from one to the other."""


class QueueSettings(Settings):
    """When standing vehicles are a queue, and how long it may take."""

    vehicles: int = Field(3, title="Vehicles in line from which it is a queue; a large number: never", ge=2, le=1000)
    spread: float = Field(45.0, title="Seconds between the stops of two neighbours in a queue", ge=0, le=3600)
    grace: float = Field(300.0, title="Seconds that a vehicle in a queue may stand beyond its dwell", ge=0, le=86_400)
    patience: float = Field(15.0, title="Seconds for a vehicle to follow when its queue moves on", ge=0, le=600)


def queueing(objects: Sequence[StationaryObject], settings: QueueSettings, aspect: float) -> set[int]:
    """Numbers of the objects that stand in a queue.

    Neighbours in a queue stand close by, one behind the other along the way they came, and stopped within ``spread``
    of one another. At least one of a queue was seen to arrive: a row that stood there at start-up is parked.

    Args:
        objects: all vehicles in the picture, not only those in a zone.
        settings: the limits.
        aspect: width of the picture over its height.
    """
    standing = [item for item in objects if not item.moving]
    waiting, found = set(range(len(standing))), set()
    while waiting:
        row = _row(standing, waiting, settings.spread, aspect)
        if len(row) >= settings.vehicles and any(standing[i].arrival for i in row):
            found |= {standing[i].number for i in row}
    return found


def _row(standing: Sequence[StationaryObject], waiting: set[int], spread: float, aspect: float) -> list[int]:
    """Take one vehicle and all that hang together with it, neighbour by neighbour, out of ``waiting``."""
    row = [min(waiting)]
    waiting.remove(row[0])
    for i in row:
        beside = [j for j in sorted(waiting) if _neighbours(standing[i], standing[j], spread, aspect)]
        row += beside
        waiting.difference_update(beside)
    return row


def _neighbours(one: StationaryObject, other: StationaryObject, spread: float, aspect: float) -> bool:
    if abs(one.dwell.began - other.dwell.began) > spread:
        return False
    size = (_size(one.mean, aspect) + _size(other.mean, aspect)) / 2
    if _gap(one.mean, other.mean, aspect) > _REACH * size:
        return False
    line = _between(_centre(one.mean), _centre(other.mean), aspect)
    ways = [_between(*item.arrival, aspect) for item in (one, other) if item.arrival]
    return not ways or any(_along(way, line) for way in ways)


def _along(way: Point, line: Point) -> bool:
    lengths = math.hypot(*way) * math.hypot(*line)
    return abs(way[0] * line[0] + way[1] * line[1]) >= _ALONG * lengths


def _between(start: Point, end: Point, aspect: float) -> Point:
    return (end[0] - start[0]) * aspect, end[1] - start[1]


def _centre(box: Rectangle) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _size(box: Rectangle, aspect: float) -> float:
    return math.sqrt((box[2] - box[0]) * aspect * (box[3] - box[1]))


def _gap(a: Rectangle, b: Rectangle, aspect: float) -> float:
    across = max(a[0] - b[2], b[0] - a[2], 0.0) * aspect
    down = max(a[1] - b[3], b[1] - a[3], 0.0)
    return math.hypot(across, down)
