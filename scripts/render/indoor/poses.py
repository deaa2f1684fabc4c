"""Poses of people beyond walking: pushing, carrying, sitting, reaching and lying on the floor."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scripts.render.mesh import Shape
from scripts.render.people import Person, Pose, body, walking

Array = NDArray[np.float64]
SITTING = Pose(hips=(1.45, 1.35), knees=(1.5, 1.3), shoulders=(0.55, 0.5), elbows=(0.7, 0.8), lean=0.05, rise=-0.42)
CROUCHING = Pose(hips=(1.9, 1.6), knees=(2.3, 2.2), shoulders=(0.9, 0.7), elbows=(0.6, 0.6), lean=0.45, rise=-0.52)


def pushing(random: np.random.Generator) -> Pose:
    """Walking with both hands on a handlebar."""
    step = walking(float(random.uniform(0, 6.28)), 0.7)
    reach = float(random.uniform(0.65, 0.9))
    return Pose(
        step.hips, step.knees, (reach, reach - 0.1), (0.35, 0.4), lean=float(random.uniform(0.08, 0.25)), rise=step.rise
    )


def carrying(random: np.random.Generator) -> Pose:
    """Walking with a load held before the belly."""
    step = walking(float(random.uniform(0, 6.28)), 0.6)
    return Pose(step.hips, step.knees, (0.55, 0.55), (0.85, 0.85), lean=-0.06, rise=step.rise)


def one_handed(random: np.random.Generator) -> Pose:
    """Walking with a load that hangs from the left hand."""
    step = walking(float(random.uniform(0, 6.28)), 0.6)
    return Pose(step.hips, step.knees, (0.05, -0.3), (0.05, 0.3), lean=0.06, rise=step.rise)


def telephoning() -> Pose:
    """Standing with one hand at the face."""
    return Pose((0.03, -0.03), (0.05, 0.02), (0.75, 0.0), (1.9, 0.2), lean=0.05)


def limp(random: np.random.Generator) -> Pose:
    """Limbs as they come to lie after a fall."""
    hips = random.uniform(-0.1, 1.3, 2) if random.random() < 0.6 else random.uniform(-0.1, 0.35, 2)
    knees = np.minimum(hips * random.uniform(0.8, 1.6, 2) + random.uniform(0, 0.4, 2), 2.0)
    shoulders, elbows = random.uniform(-0.4, 2.7, 2), random.uniform(0.1, 1.5, 2)
    return Pose(
        (float(hips[0]), float(hips[1])), (float(knees[0]), float(knees[1])),
        (float(shoulders[0]), float(shoulders[1])), (float(elbows[0]), float(elbows[1])),
        lean=float(random.uniform(-0.05, 0.5)),
    )  # fmt: skip


def lying(person: Person, random: np.random.Generator) -> Shape:
    """Person on the floor: on the back, the belly or a side, head towards -x, resting on z = 0."""
    shape = body(person, limp(random))
    points = np.concatenate(shape.vertices)
    on = float(random.choice([0.0, math.pi, math.pi / 2, -math.pi / 2])) + float(random.normal(0, 0.15))
    cosine, sine = math.cos(on), math.sin(on)
    spun = np.stack(
        [points[:, 0] * cosine - points[:, 1] * sine, points[:, 0] * sine + points[:, 1] * cosine, points[:, 2]], axis=1
    )
    laid = np.stack([0.85 - spun[:, 2], spun[:, 1], spun[:, 0]], axis=1)
    laid[:, 2] -= np.quantile(laid[:, 2], 0.02)
    laid[:, 2] = np.maximum(laid[:, 2], 0.004 + 0.02 * (laid[:, 2] - laid[:, 2].min()))
    result = Shape()
    result.add(laid, shape.faces, shape.materials)
    return result
