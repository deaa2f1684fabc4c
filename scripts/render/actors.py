"""Moving things of a scene: they set their Blender object and tell where their vertices are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import bpy
import numpy as np
from numpy.typing import NDArray

from .mesh import place
from .people import STRIDE, Person, Pose, body, walking
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

    def hide(self) -> None:
        """Take the thing out of the picture."""
        self.present = False
        self.thing.hide_render = self.thing.hide_viewport = True

    def show(self) -> None:
        """Put the thing into the picture."""
        self.present = True
        self.thing.hide_render = self.thing.hide_viewport = False


def local_points(mesh: bpy.types.Mesh) -> Array:
    """Vertices (N, 3) of a mesh."""
    points = np.zeros(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


class Vehicle(Actor):
    """Rigid thing that stands on its wheels."""

    def __init__(self, number: int, kind: str, role: str, mesh: bpy.types.Mesh, motion: Motion | None) -> None:
        super().__init__(number, kind, role, place(mesh, f"actor{number}"))
        self.local = local_points(mesh)
        self.motion = motion

    def put(self, x: float, y: float, heading: float, z: float = 0.0) -> None:
        """Stand at a place with a heading in radians."""
        self.thing.location = (x, y, z)
        self.thing.rotation_euler = (0.0, 0.0, heading)
        cosine, sine = math.cos(heading), math.sin(heading)
        turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        self.points = self.local @ turn + np.array([x, y, z])
        self.show()

    def move(self, time: float) -> None:
        """Follow the motion; without one the vehicle stays."""
        if self.motion is None:
            return
        stance = self.motion.stance(time)
        if stance is None:
            self.hide()
        else:
            self.put(stance.x, stance.y, stance.heading)


class Walker(Actor):
    """Person whose mesh takes a new pose for every frame."""

    def __init__(self, number: int, role: str, person: Person, motion: Motion | None) -> None:
        self.person = person
        self.motion = motion
        self.last_heading: float | None = None
        super().__init__(number, "person", role, body(person, walking(0.0)).place(f"actor{number}", 60))

    def put(self, x: float, y: float, z: float, heading: float, pose: Pose) -> None:
        """Stand at a place with a heading in radians and a pose."""
        local = np.concatenate(body(self.person, pose).vertices)
        cosine, sine = math.cos(heading), math.sin(heading)
        turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        self.points = local @ turn + np.array([x, y, z])
        self.thing.data.vertices.foreach_set("co", self.points.ravel())
        self.thing.data.update()
        self.show()

    def move(self, time: float) -> None:
        """Follow the motion."""
        if self.motion is None:
            return
        stance = self.motion.stance(time)
        if stance is None:
            self.hide()
            return
        pose = walking(stance.travelled / STRIDE * 2 * math.pi, min(1.0, stance.speed / 1.1))
        self.put(stance.x, stance.y, level(stance), stance.heading, pose)


def level(stance: Stance) -> float:
    """Height of the ground under a walker: the kerb is climbed over 0.4 m."""
    outside = max(-5.85 - stance.x, stance.x - 6.45)
    return PAVEMENT * min(1.0, max(0.0, outside / 0.4 + 0.5))
