"""Moving things of a scene: they set their Blender object and tell where their vertices are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from .mesh import place
from .people import Person, Pose, body, gait, walking
from .timeline import Motion, Stance

Array = NDArray[np.float64]
PAVEMENT = 0.13


@dataclass
class Actor:
    """One labelled thing; `kind` is its COCO class name."""

    number: int
    kind: str
    role: str
    thing: bpy.types.Object
    points: Array = field(default_factory=lambda: np.zeros((0, 3)))
    present: bool = True

    @property
    def moving(self) -> bool:
        """Whether it comes, goes or moves in the clip; what does not is part of the still background."""
        return False

    def move(self, time: float) -> None:
        """Be where the script has it at a time in seconds."""

    def hide(self) -> None:
        """Take the thing out of the picture."""
        self.present = False
        self.thing.hide_render = self.thing.hide_viewport = True

    def show(self) -> None:
        """Put the thing into the picture."""
        self.present = True
        self.thing.hide_render = self.thing.hide_viewport = False

    def take_form(self, points: Array) -> None:
        """Move every vertex of the thing's mesh to a point (N, 3) and show it."""
        self.points = points
        self.thing.data.vertices.foreach_set("co", points.ravel())
        self.thing.data.update()
        self.show()


def local_points(mesh: bpy.types.Mesh) -> Array:
    """Vertices (N, 3) of a mesh."""
    points = np.zeros(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


def stood(local: Array, place: tuple[float, float, float], heading: float) -> Array:
    """A thing's points (N, 3) when it stands at a place with a heading in radians."""
    cosine, sine = math.cos(heading), math.sin(heading)
    turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(local @ turn + np.array(place))


class Guided(Actor):
    """An actor that follows a motion; without one it stays where it is put."""

    motion: Motion | None

    @property
    def moving(self) -> bool:
        """Whether it has a motion to follow."""
        return self.motion is not None

    def move(self, time: float) -> None:
        """Follow the motion."""
        if self.motion is None:
            return
        stance = self.motion.stance(time)
        if stance is None:
            self.hide()
        else:
            self.follow(stance)

    def follow(self, stance: Stance) -> None:
        """Be where the motion says."""
        raise NotImplementedError


class Vehicle(Guided):
    """Rigid thing that stands on its wheels."""

    def __init__(self, number: int, kind: str, role: str, mesh: bpy.types.Mesh, motion: Motion | None) -> None:
        super().__init__(number, kind, role, place(mesh, f"actor{number}"))
        self.local = local_points(mesh)
        self.motion = motion

    def put(self, x: float, y: float, heading: float, z: float = 0.0, roll: float = 0.0) -> None:
        """Stand at a place with a heading in radians; `roll` tips the thing about its own x axis."""
        self.thing.location = (x, y, z)
        self.thing.rotation_euler = (roll, 0.0, heading)
        local = self.local
        if roll:
            tip = np.array(
                [[1.0, 0.0, 0.0], [0.0, math.cos(roll), math.sin(roll)], [0.0, -math.sin(roll), math.cos(roll)]]
            )
            local = local @ tip
        self.points = stood(local, (x, y, z), heading)
        self.show()

    def follow(self, stance: Stance) -> None:
        """Stand as the motion says."""
        self.put(stance.x, stance.y, stance.heading)


class Walker(Guided):
    """Person whose mesh takes a new pose for every frame."""

    def __init__(self, number: int, role: str, person: Person, motion: Motion | None) -> None:
        self.person = person
        self.motion = motion
        super().__init__(number, "person", role, body(person, walking(0.0)).place(f"actor{number}", 60))

    def put(self, x: float, y: float, z: float, heading: float, pose: Pose) -> None:
        """Stand at a place with a heading in radians and a pose."""
        self.take_form(stood(np.concatenate(body(self.person, pose).vertices), (x, y, z), heading))

    def follow(self, stance: Stance) -> None:
        """Walk as the motion says."""
        pose = walking(*gait(stance))
        self.put(stance.x, stance.y, level(stance), stance.heading, pose)


def level(stance: Stance) -> float:
    """Height of the ground under a walker: the kerb is climbed over 0.4 m."""
    outside = max(-5.85 - stance.x, stance.x - 6.45)
    return PAVEMENT * min(1.0, max(0.0, outside / 0.4 + 0.5))


@dataclass(frozen=True)
class Spot:
    """Where a rigid thing is: metres, heading and roll in radians."""

    x: float
    y: float
    z: float = 0.0
    heading: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True)
class Act:
    """Where a person is and in which pose: metres, heading in radians."""

    x: float
    y: float
    z: float
    heading: float
    pose: Pose


def steps(stance: Stance, z: float, manner: Callable[[float, float], Pose] = walking) -> Act:
    """Someone on foot where a stance says, at a height; `manner` is the pose for a phase of the step and a vigour."""
    return Act(stance.x, stance.y, z, stance.heading, manner(*gait(stance)))


class Scripted(Actor):
    """An actor that is wherever its script says; None is out of sight.

    No generic class: `typing` would hold it to the process's end, and with it this module and Blender's, whose end
    then waits for ever.
    """

    script: Callable[[float], Any]  # a place of the kind that `be` takes, or None

    @property
    def moving(self) -> bool:
        """It follows its script."""
        return True

    def move(self, time: float) -> None:
        """Be where the script says."""
        where = self.script(time)
        if where is None:
            self.hide()
        else:
            self.be(where)

    def be(self, where: Any) -> None:
        """Be there."""
        raise NotImplementedError


class Prop(Scripted, Vehicle):
    """Rigid thing with a script."""

    def __init__(
        self, number: int, kind: str, role: str, mesh: bpy.types.Mesh, script: Callable[[float], Spot | None]
    ) -> None:
        super().__init__(number, kind, role, mesh, None)
        self.script = script

    def be(self, where: Spot) -> None:
        """Stand there."""
        self.put(where.x, where.y, where.heading, where.z, where.roll)


class Performer(Scripted, Walker):
    """Person with a script."""

    def __init__(self, number: int, role: str, person: Person, script: Callable[[float], Act | None]) -> None:
        super().__init__(number, role, person, None)
        self.script = script

    def be(self, where: Act) -> None:
        """Stand there in the act's pose."""
        self.put(where.x, where.y, where.z, where.heading, where.pose)
