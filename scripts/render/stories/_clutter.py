"""What the clips with shared bicycles have in common: who comes and rides by, and the expected events."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scripts.render.actors import Actor, Performer, Prop, Spot
from scripts.render.labels import spans, traps
from scripts.render.people import random_person
from scripts.render.story import Take
from scripts.render.timeline import Place
from scripts.render.two_wheelers import scooter

from . import _plaza as plaza
from ._acts import Thing, drive, dropped, rider, stroll

Drop = tuple[float, Place, Place]  # seconds at which a bicycle is left, where, the corner of the way before it

WHY = {"docked": "stands in the dock", "in bay": "a motorcycle in its bay", "passing": "rides through"}


def add_drops(actors: list[Actor], drops: Sequence[Drop], seed: int, change: Callable[[int, Thing], Thing]) -> None:
    """Riders who come, leave a bicycle and go in; `change` may alter the script of the bicycle of an index."""
    for index, (stop, spot, corner) in enumerate(drops):
        side = 1.0 if corner[0] > spot[0] else -1.0
        person = random_person(np.random.default_rng(seed + index))
        way = ((side * 15.0, 5.0), (side * 8.5, 5.6), corner, spot)
        bike, driver = dropped(way, stop - 6.0, stop, person.height, ((spot[0] * 0.5, 13.6), plaza.DOOR))
        actors.append(Prop(len(actors) + 1, "bicycle", "left", plaza.bike_mesh(index), change(index, bike)))
        actors.append(Performer(len(actors) + 1, "rider", person, driver))


def add_passing(actors: list[Actor], passing: Sequence[tuple[float, float, int]], seed: int) -> None:
    """Riders who only pass: (start, y, direction) each; the second rides a scooter."""
    for index, (start, y, way) in enumerate(passing):
        person = random_person(np.random.default_rng(seed + index))
        kind, name = ("scooter", "motorcycle") if index == 1 else ("bicycle", "bicycle")
        mesh = scooter("paint:2f7f5f") if kind == "scooter" else plaza.bike_mesh(index + 1)
        ends = ((-16.0 * way, y), (16.0 * way, y))
        thing = drive(ends, ((start, ends[0]), (start + 6.4, ends[1])), 1.1)
        actors.append(Prop(len(actors) + 1, name, "passing", mesh, thing))
        actors.append(Performer(len(actors) + 1, "rider", person, rider(thing, kind, person.height, math.inf)))


def add_walkers(actors: list[Actor], walks: Sequence[tuple[int, Sequence[Place], float]]) -> None:
    """People on foot: (seed of the looks, corners of the way, start) each."""
    for seed, corners, start in walks:
        person = random_person(np.random.default_rng(seed))
        speed = 1.1 + 0.05 * (seed % 7)
        actors.append(Performer(len(actors) + 1, "walker", person, stroll(corners, start, speed)))


def toppling(thing: Thing, at: float, roll: float, rest: float) -> Thing:
    """A bicycle that falls over at a time, within 0.6 s, to a roll and a height of rest."""

    def script(time: float) -> Spot | None:
        spot = thing(time)
        if spot is None or time <= at:
            return spot
        share = min(1.0, (time - at) / 0.6) ** 2
        return replace(spot, z=rest * share, roll=spot.roll + (roll - spot.roll) * share)

    return script


def clutter_events(take: Take, least: int) -> list[dict[str, Any]]:
    """One event from when `least` bicycles stand in the zone outside the dock to the clip's end; the rest are traps.

    Bicycles with the role `left` stay where they are left; they count from the frame in which they stand still.
    """
    scene = {"scene": "bike_clutter", "zone": "entrance"}
    since = sorted(
        resting(take, actor.number)
        for actor in take.actors
        if actor.role == "left" and spans(take, actor.number, "entrance")
    )
    found: list[dict[str, Any]] = [
        {**scene, "from": since[least - 1], "to": take.story.duration, "expected": True, "count": len(since)}
    ]
    for actor in take.actors:
        if actor.role in WHY:
            found += traps(take, actor.number, scene, WHY[actor.role])
    return found


def resting(take: Take, number: int) -> float:
    """First time from which an object stays where it is, to a few pixels, for two seconds; it may topple later."""
    boxes = [(frame["time"], box["box"]) for frame in take.frames for box in frame["boxes"] if box["object"] == number]
    for time, box in boxes:
        soon = [other for later, other in boxes if time <= later <= time + 2.0]
        if max(abs(a - b) for other in soon for a, b in zip(box, other, strict=True)) <= 6.0:
            return float(time)
    raise ValueError(f"object {number} never stands still")
