"""Pieces of scripts for things and people: walking, standing about, pushing, arriving and leaving."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scripts.render.actors import Act, Spot, steps
from scripts.render.film.gestures import between, eased
from scripts.render.people import RIDING, Pose, walking
from scripts.render.timeline import Motion, Path, Place
from scripts.render.two_wheelers import SEATS

Keys = Sequence[tuple[float, Place]]
Person = Callable[[float], Act | None]
Thing = Callable[[float], Spot | None]
Manner = Callable[[float, float], Pose]


def flat(_x: float, _y: float) -> float:
    """Ground at height 0 everywhere."""
    return 0.0


def pushing(phase: float, vigour: float) -> Pose:
    """Walking with both hands on a bar before the chest."""
    return replace(walking(phase, vigour), shoulders=(0.72, 0.72), elbows=(0.45, 0.45), lean=0.14)


def walk(
    corners: Sequence[Place], keys: Keys, level: Callable[[float, float], float] = flat, manner: Manner = walking
) -> Person:
    """Walk along a path through (time, place) keys; between two keys at one place the person stands.

    Args:
        level: height of the ground at (x, y).
        manner: pose for a phase of the step and a vigour from 0 (standing) to 1.
    """
    motion = Motion(Path(corners, rounding=2), keys)

    def script(time: float) -> Act | None:
        stance = motion.stance(time)
        return None if stance is None else steps(stance, level(stance.x, stance.y), manner)

    return script


def stroll(corners: Sequence[Place], start: float, speed: float = 1.25, **how: Callable[..., object]) -> Person:
    """Walk along a path at an even pace from `start` seconds on; `how` as for `walk`."""
    lengths = [math.dist(one, other) for one, other in pairwise(corners)]
    keys = [(start, corners[0]), (start + sum(lengths) * 0.97 / speed, corners[-1])]
    return walk(corners, keys, **how)  # type: ignore[arg-type]


def stand(place: Place, heading: float, span: tuple[float, float], seed: int, z: float = 0.0) -> Person:
    """Stand and talk: every second or two the arms or the weight shift a little. `heading` in degrees."""
    random = np.random.default_rng(seed)
    poses = [
        replace(
            walking(0.0, 0.0),
            shoulders=(float(random.uniform(-0.1, 0.5)), float(random.uniform(-0.1, 0.3))),
            elbows=(float(random.uniform(0.2, 1.4)), float(random.uniform(0.2, 0.9))),
            lean=float(random.uniform(-0.02, 0.06)),
        )
        for _ in range(64)
    ]
    turns = random.normal(0, 0.12, 64)

    def script(time: float) -> Act | None:
        if not span[0] <= time < span[1]:
            return None
        step = int((time - span[0]) / 1.4) % 64
        return Act(*place, z, math.radians(heading) + float(turns[step]), poses[step])

    return script


def in_turn(*scripts: Person) -> Person:
    """One script after the other: the first that knows where the person is."""

    def script(time: float) -> Act | None:
        return next((act for each in scripts if (act := each(time)) is not None), None)

    return script


def drive(corners: Sequence[Place], keys: Keys, wheelbase: float = 2.7, stays: bool = False, z: float = 0.0) -> Thing:
    """A vehicle that follows a path; with `stays` it stands where it stopped to the clip's end."""
    motion = Motion(Path(corners), keys, wheelbase)

    def script(time: float) -> Spot | None:
        stance = motion.stance(min(time, float(motion.times[-1])) if stays else time)
        return None if stance is None else Spot(stance.x, stance.y, z, stance.heading)

    return script


def ahead(person: Person, distance: float, until: float, z: float = 0.0) -> Thing:
    """A thing that a person pushes before them until a time, and leaves there."""

    def script(time: float) -> Spot | None:
        act = person(min(time, until))
        if act is None:
            return None
        x, y = act.x + math.cos(act.heading) * distance, act.y + math.sin(act.heading) * distance
        return Spot(x, y, z, act.heading)

    return script


def pedalling(phase: float) -> Pose:
    """Riding a bicycle with the cranks at a phase in radians."""
    swing = math.sin(phase)
    return replace(
        RIDING, hips=(1.05 + 0.24 * swing, 1.05 - 0.24 * swing), knees=(1.15 + 0.3 * swing, 1.15 - 0.3 * swing)
    )


def rider(thing: Thing, kind: str, height: float, until: float) -> Person:
    """Sits on a two-wheeler of a kind of `SEATS` until a time; `height` is the person's, metres."""
    back, seat = SEATS[kind]

    def script(time: float) -> Act | None:
        spot = thing(time)
        if spot is None or time > until:
            return None
        x, y = spot.x + back * math.cos(spot.heading), spot.y + back * math.sin(spot.heading)
        pose = pedalling(time * 6.0) if kind == "bicycle" else RIDING
        return Act(x, y, spot.z + seat - 0.84 * height / 1.72, spot.heading, pose)

    return script


def dropped(
    corners: Sequence[Place], start: float, stop: float, height: float, exit_to: Sequence[Place], lean: float = 0.13
) -> tuple[Thing, Person]:
    """A bicycle that is ridden along a path and left where it ends, and its rider, who gets off and walks away.

    Args:
        start: seconds at which the ride begins; at `stop` it ends.
        exit_to: where the rider walks afterwards.
        lean: roll of the bicycle on its stand, radians.
    """
    lengths = [math.dist(one, other) for one, other in pairwise(corners)]
    total, gone = sum(lengths), sum(lengths[:-1])
    middle = start + (stop - start) * 0.8 * gone / total
    moved = drive(corners, [(start, corners[0]), (middle, corners[-2]), (stop, corners[-1])], 1.08, stays=True)
    last = moved(stop)
    assert last is not None
    side = last.heading + math.pi / 2
    beside = (last.x + 0.5 * math.cos(side), last.y + 0.5 * math.sin(side))
    way = (beside, *exit_to)
    off = stroll(way, stop + 2.2)
    person = in_turn(
        rider(moved, "bicycle", height, stop + 0.6),
        stand(beside, math.degrees(last.heading), (stop, stop + 2.2), int(stop * 8)),
        off,
    )

    def bike(time: float) -> Spot | None:
        spot = moved(time)
        return replace(spot, roll=lean) if spot is not None and time > stop + 2.0 else spot

    return bike, person


def through(keys: Sequence[tuple[float, Act]]) -> Person:
    """Acts at given times with soft ways between them; out of sight before the first and from the last on."""

    def script(time: float) -> Act | None:
        for (start, first), (end, second) in pairwise(keys):
            if start <= time < end:
                share = eased((time - start) / (end - start))
                x, y, z, heading = (
                    one + (other - one) * share
                    for one, other in zip(
                        (first.x, first.y, first.z, first.heading), (second.x, second.y, second.z, second.heading),
                        strict=True,
                    )
                )  # fmt: skip
                return Act(x, y, z, heading, between(first.pose, second.pose, share))
        return None

    return script
