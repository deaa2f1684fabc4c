"""Dogs and cats: one mesh each whose legs follow the phase of the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .actors import Scripted, stood
from .mesh import Shape
from .timeline import Stance


@dataclass(frozen=True)
class Beast:
    """Looks of an animal: height of the back and length of the trunk in metres, material of the fur."""

    kind: str
    back: float
    trunk: float
    fur: str
    tail: float


DOG = Beast("dog", 0.48, 0.62, "cloth:4a3422", 0.3)
CAT = Beast("cat", 0.28, 0.38, "cloth:2a2826", 0.3)


def shape_of(beast: Beast, phase: float) -> Shape:
    """The animal at the origin, facing +x, with its legs at a phase of the trot (radians)."""
    shape = Shape()
    half, belly = beast.trunk / 2, beast.back * 0.28
    middle = beast.back - belly * 0.75
    shape.ellipsoid((0.0, 0.0, middle), (half * 1.1, belly * 0.72, belly * 0.8), beast.fur)
    shape.ellipsoid((half * 0.7, 0.0, middle + belly * 0.1), (half * 0.5, belly * 0.78, belly * 0.9), beast.fur)
    head = (half * 1.45, 0.0, beast.back + belly * 0.6)
    shape.tube((half * 0.95, 0.0, middle + belly * 0.3), head, (belly * 0.5, belly * 0.42), beast.fur, 10)
    shape.ellipsoid(head, (belly * 0.7, belly * 0.55, belly * 0.55), beast.fur, (12, 8))
    muzzle = 1.3 if beast.kind == "dog" else 0.7
    shape.ellipsoid(
        (head[0] + belly * muzzle * 0.7, 0.0, head[2] - belly * 0.15),
        (belly * muzzle * 0.5, belly * 0.3, belly * 0.27), beast.fur, (10, 6),
    )  # fmt: skip
    for side in (-1.0, 1.0):
        tip = (head[0] - belly * 0.15, side * belly * 0.5, head[2] + belly * 0.95)
        shape.tube((head[0] - belly * 0.1, side * belly * 0.32, head[2] + belly * 0.35), tip, (belly * 0.22, 0.008),
                   beast.fur, 6)  # fmt: skip
        for place, turn in ((half * 0.85, 0.0 if side > 0 else math.pi), (-half * 0.85, math.pi if side > 0 else 0.0)):
            swing = 0.38 * math.sin(phase + turn)
            foot = (place + beast.back * 0.75 * math.sin(swing), side * belly * 0.45, 0.02)
            lift = max(0.0, math.sin(phase + turn + math.pi / 2)) * beast.back * 0.1
            hip = (place, side * belly * 0.42, middle)
            knee = (place + (foot[0] - place) * 0.4 - 0.03, side * belly * 0.45, middle * 0.5)
            shape.tube(hip, knee, (belly * 0.4, belly * 0.22), beast.fur, 8)
            shape.tube(knee, (foot[0], foot[1], foot[2] + lift), (belly * 0.22, belly * 0.16), beast.fur, 8)
    shape.tube((-half, 0.0, middle + belly * 0.3), (-half - beast.tail * 0.7, 0.0, middle + beast.tail * 0.7),
               (belly * 0.2, belly * 0.08), beast.fur, 8)  # fmt: skip
    return shape


class Animal(Scripted):
    """Animal that trots along a motion."""

    def __init__(self, number: int, role: str, beast: Beast, motion: Callable[[float], Stance | None]) -> None:
        self.beast, self.script = beast, motion
        super().__init__(number, beast.kind, role, shape_of(beast, 0.0).place(f"actor{number}", 60))

    def be(self, where: Stance) -> None:
        """Trot there; the step's length follows the legs' length."""
        gait = min(1.0, where.speed / 0.5)
        phase = where.travelled / (self.beast.back * 1.7) * 2 * math.pi
        local = np.concatenate(shape_of(self.beast, phase * (gait > 0)).vertices)
        self.take_form(stood(local, (where.x, where.y, 0.0), where.heading))
