"""People and things of a play: each knows where it is at every time, and what it hands over to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import bpy
import numpy as np
from scripts.render.actors import Walker
from scripts.render.indoor import things
from scripts.render.indoor.forms import moved
from scripts.render.indoor.stage import Item
from scripts.render.people import Pose, random_person
from scripts.render.timeline import Motion, Path, Place

from .gestures import Manner, between, eased

HANDOVER = 0.6  # seconds from one stint to the next


@dataclass(frozen=True)
class State:
    """Where someone or something is: metres, heading and roll in radians, and a person's pose."""

    x: float
    y: float
    z: float
    heading: float
    pose: Pose | None = None
    roll: float = 0.0


@dataclass(frozen=True)
class Stint:
    """What is done from `start` to `end` (seconds); the change from the stint before takes `ease` seconds."""

    start: float
    end: float
    state: Callable[[float], State]
    ease: float = HANDOVER


def blend(first: State, second: State, share: float) -> State:
    """State on the way between two; headings turn the short way."""
    turn = math.remainder(second.heading - first.heading, 2 * math.pi)
    pose = second.pose
    if first.pose is not None and second.pose is not None:
        pose = between(first.pose, second.pose, share)

    def mix(a: float, b: float) -> float:
        return a + (b - a) * share

    return State(
        mix(first.x, second.x), mix(first.y, second.y), mix(first.z, second.z), first.heading + turn * share, pose,
        mix(first.roll, second.roll),
    )  # fmt: skip


def state_at(stints: Sequence[Stint], time: float) -> State | None:
    """State at a time, easing from the stint before when that ended just then; None outside all stints."""
    for index, stint in enumerate(stints):
        if not stint.start <= time < stint.end:
            continue
        now = stint.state(time)
        before = stints[index - 1] if index else None
        if before is None or abs(before.end - stint.start) > 1e-6 or time - stint.start >= stint.ease:
            return now
        return blend(before.state(before.end - 1e-6), now, eased((time - stint.start) / stint.ease))
    return None


def along(corners: Sequence[Place], keys: Sequence[tuple[float, Place]], wheelbase: float = 0.3) -> Motion:
    """Motion through the keys on a rounded line."""
    return Motion(Path(corners, rounding=2), keys, wheelbase)


def rolls(motion: Motion) -> Stint:
    """A thing on wheels that follows a motion."""

    def state(time: float) -> State:
        stance = motion.stance(min(max(time, motion.times[0]), motion.times[-1]))
        assert stance is not None
        return State(stance.x, stance.y, 0.0, stance.heading)

    return Stint(float(motion.times[0]), float(motion.times[-1]), state)


def rests(start: float, end: float, place: State, ease: float = HANDOVER) -> Stint:
    """Stays at a place, set down there within `ease` seconds."""
    return Stint(start, end, lambda _time: place, ease)


def goes(motion: Motion, manner: Manner, ahead: float = 0.0, aside: float = 0.0) -> Stint:
    """A person who follows a motion, or walks `ahead` and `aside` (to the left) of a thing that does, in metres."""

    def state(time: float) -> State:
        stance = motion.stance(min(max(time, motion.times[0]), motion.times[-1]))
        assert stance is not None
        cosine, sine = math.cos(stance.heading), math.sin(stance.heading)
        return State(
            stance.x + ahead * cosine - aside * sine, stance.y + ahead * sine + aside * cosine, 0.0,
            stance.heading, manner(stance),
        )  # fmt: skip

    return Stint(float(motion.times[0]), float(motion.times[-1]), state)


def acts(place: Place, heading: float, keys: Sequence[tuple[float, Pose]]) -> Stint:
    """A person who stands and moves from pose to pose at the keys' times."""

    def state(time: float) -> State:
        pose = keys[-1][1]
        for (start, first), (end, second) in pairwise(keys):
            if start <= time < end:
                pose = between(first, second, eased((time - start) / (end - start)))
        return State(*place, 0.0, heading, pose)

    return Stint(keys[0][0], keys[-1][0], state)


class Player(Walker):
    """Person with stints; `seed` fixes looks."""

    def __init__(self, number: int, role: str, seed: int, stints: Sequence[Stint], top: str = "") -> None:
        person = random_person(np.random.default_rng(seed))
        super().__init__(number, role, replace(person, top=top) if top else person, None)
        self.stints = stints

    def move(self, time: float) -> None:
        """Be where the stints say."""
        state = state_at(self.stints, time)
        if state is None or state.pose is None:
            self.hide()
            return
        self.put(state.x, state.y, state.z, state.heading, state.pose)


class Prop(Item):
    """Thing of the catalogue with stints; look-alikes keep their kind as class name."""

    def __init__(
        self, number: int, kind: str, role: str, seed: int, stints: Sequence[Stint], mesh: bpy.types.Mesh | None = None
    ) -> None:
        name = ""
        if mesh is None:
            name, mesh = things.build(kind, np.random.default_rng(seed))
        super().__init__(number, name or kind, mesh)
        self.role = role
        self.stints = stints

    def move(self, time: float) -> None:
        """Be where the stints say."""
        state = state_at(self.stints, time)
        if state is None:
            self.hide()
            return
        self.put(moved(state.x, state.y, state.z, state.heading, state.roll), None)


def held(by: Sequence[Stint], start: float, end: float, ahead: float, aside: float, z: float, turn: float = 0.0,
         roll: float = 0.0) -> Stint:  # fmt: skip
    """A thing that someone (or a trolley) with those stints has with them, at an offset in metres."""

    def state(time: float) -> State:
        bearer = state_at(by, time)
        if bearer is None:
            raise ValueError(f"nobody holds the thing at {time:.2f} s")
        cosine, sine = math.cos(bearer.heading), math.sin(bearer.heading)
        return State(
            bearer.x + ahead * cosine - aside * sine, bearer.y + ahead * sine + aside * cosine, z,
            bearer.heading + turn, None, roll,
        )  # fmt: skip

    return Stint(start, end, state)


def still(number: int, kind: str, role: str, seed: int, place: State) -> Prop:
    """A thing that stands there for the whole clip."""
    prop = Prop(number, kind, role, seed, ())
    prop.put(moved(place.x, place.y, place.z, place.heading, place.roll), None)
    return prop
