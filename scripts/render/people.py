"""Walking people: one mesh each whose vertices follow the phase of the step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import pick
from .mesh import Shape, frame_around
from .timeline import Stance

Array = NDArray[np.float64]
STRIDE = 1.45  # metres walked in one full cycle (two steps) by a person of 1.70 m


@dataclass(frozen=True)
class Person:
    """Looks of a person; colours are material names, height in metres."""

    height: float
    top: str
    trousers: str
    skin: str
    hair: str
    skirt: bool = False
    bag: str = ""
    sleeves: bool = True
    build: float = 1.0


@dataclass(frozen=True)
class Pose:
    """Joint angles in radians, swing positive forward; `lean` tips the trunk forward."""

    hips: tuple[float, float]
    knees: tuple[float, float]
    shoulders: tuple[float, float]
    elbows: tuple[float, float]
    lean: float = 0.03
    rise: float = 0.0


def gait(stance: Stance, most: float = 1.0) -> tuple[float, float]:
    """Phase of the step cycle (radians) and vigour, at `most` so much, of someone who walks as a stance says."""
    return stance.travelled / STRIDE * 2 * math.pi, min(most, stance.speed / 1.1)


def walking(phase: float, vigour: float = 1.0) -> Pose:
    """Pose at a phase of the step cycle (radians); vigour 0 is standing."""
    swing = math.sin(phase)
    bend = [max(0.0, math.sin(phase + turn)) for turn in (-0.9 + math.pi / 2, math.pi / 2 - 0.9 + math.pi)]
    return Pose(
        hips=(0.44 * swing * vigour, -0.44 * swing * vigour),
        knees=((0.08 + 0.85 * bend[0]) * vigour, (0.08 + 0.85 * bend[1]) * vigour),
        shoulders=(-0.42 * swing * vigour, 0.42 * swing * vigour),
        elbows=(0.25 + 0.2 * vigour, 0.25 + 0.2 * vigour),
        lean=0.04 * vigour,
        rise=-0.035 * vigour * abs(swing),
    )


RIDING = Pose(hips=(1.25, 0.85), knees=(1.35, 0.95), shoulders=(0.95, 0.95), elbows=(0.35, 0.35), lean=0.22)


def body(person: Person, pose: Pose) -> Shape:
    """Shape of a person standing at the origin and facing +x.

    The number and order of vertices depend on the person only, never on the pose.
    """
    shape = Shape()
    hip_height = 0.92 + pose.rise
    for index, side in enumerate((1.0, -1.0)):
        leg(shape, person, side, hip_height, pose.hips[index], pose.knees[index])
    upper = Shape()
    trunk(upper, person)
    for index, side in enumerate((1.0, -1.0)):
        arm(upper, person, side, pose.shoulders[index], pose.elbows[index])
    points = np.concatenate(upper.vertices)
    cosine, sine = math.cos(pose.lean), math.sin(pose.lean)
    offset = points - np.array([0.0, 0.0, 0.92])
    leaned = np.stack(
        [
            offset[:, 0] * cosine + offset[:, 2] * sine,
            offset[:, 1],
            -offset[:, 0] * sine + offset[:, 2] * cosine + hip_height,
        ],
        axis=1,
    )
    shape.add(leaned, upper.faces, upper.materials)
    scale = person.height / 1.72
    shape.vertices = [part * np.array([scale, scale * person.build, scale]) for part in shape.vertices]
    return shape


def limb(shape: Shape, points: Sequence[Array], radii: Sequence[float], names: Sequence[str]) -> None:
    """Round limb along the points, one radius a point and one material a section."""
    rings = []
    turns = np.linspace(0, 2 * math.pi, 10, endpoint=False)[:, None]
    for index, (point, radius) in enumerate(zip(points, radii, strict=True)):
        before, after = points[max(0, index - 1)], points[min(len(points) - 1, index + 1)]
        across, upward = frame_around_y(after - before)
        rings.append(point + radius * (np.cos(turns) * across + np.sin(turns) * upward))
    shape.loft(rings, lambda ring, _column: names[ring])
    shape.add(rings[0], [tuple(range(10))], [names[0]])
    shape.add(rings[-1], [tuple(range(10))], [names[-1]])


def frame_around_y(direction: Array) -> tuple[Array, Array]:
    """Axes square to a limb that swings in the x-z plane; the first one stays along y."""
    if abs(direction[1]) > 0.8 * float(np.linalg.norm(direction)):
        return frame_around(direction)
    across = np.array([0.0, 1.0, 0.0])
    upward = np.cross(direction / np.linalg.norm(direction), across)
    return across, upward / np.linalg.norm(upward)


def swung(angle: float) -> Array:
    """Unit vector that hangs down and is swung forward by the angle."""
    return np.array([math.sin(angle), 0.0, -math.cos(angle)])


def leg(shape: Shape, person: Person, side: float, hip_height: float, hip: float, knee: float) -> None:
    """Trousered (or bare, under a skirt) leg with a shoe."""
    start = np.array([0.0, side * 0.088, hip_height + 0.03])
    thigh, shin = swung(hip), swung(hip - knee)
    joint = start + thigh * 0.43
    ankle = joint + shin * 0.42
    points = [
        start, start + thigh * 0.16, joint - thigh * 0.07, joint,
        joint + shin * 0.1, joint + shin * 0.2, ankle - shin * 0.05, ankle,
    ]  # fmt: skip
    radii = [0.088, 0.086, 0.066, 0.06, 0.061, 0.058, 0.046, 0.045]
    if not person.skirt:
        radii = [*radii[:5], 0.064, 0.06, 0.058]
    cover = person.skin if person.skirt else person.trousers
    limb(shape, points, radii, [person.trousers, person.trousers, *[cover] * 6])
    toe = np.array([math.cos(hip - knee), 0.0, math.sin(hip - knee)])
    heel = ankle + shin * 0.045 - toe * 0.05
    down = shin * 0.025
    limb(
        shape,
        [heel - toe * 0.03, heel + toe * 0.03, heel + toe * 0.14 + down * 0.6, heel + toe * 0.24 + down],
        [0.03, 0.05, 0.046, 0.024],
        ["shoe"] * 4,
    )


def arm(shape: Shape, person: Person, side: float, swing: float, bend: float) -> None:
    """Arm with a hand; the forearm is bare without sleeves."""
    start = np.array([0.0, side * 0.205, 1.40])
    outward = np.array([0.0, side * 0.09, 0.0])
    upper, lower = swung(swing) + outward, swung(swing + bend) + outward * 0.3
    elbow = start + upper * 0.28
    wrist = elbow + lower * 0.25
    cover = person.top if person.sleeves else person.skin
    points = [
        start + np.array([0.0, -side * 0.03, 0.02]), start + upper * 0.06, start + upper * 0.2,
        elbow, elbow + lower * 0.12, wrist, wrist + lower * 0.07, wrist + lower * 0.16,
    ]  # fmt: skip
    names = [person.top, person.top, cover, cover, cover, person.skin, person.skin, person.skin]
    limb(shape, points, [0.06, 0.066, 0.055, 0.048, 0.045, 0.036, 0.043, 0.02], names)


def trunk(shape: Shape, person: Person) -> None:
    """Pelvis, chest, neck and head, with an optional skirt or bag."""
    sections = [
        (0.84, 0.11, 0.150), (0.90, 0.125, 0.172), (1.00, 0.118, 0.165), (1.10, 0.105, 0.152),
        (1.22, 0.122, 0.175), (1.33, 0.125, 0.203), (1.41, 0.110, 0.210), (1.455, 0.084, 0.160),
        (1.485, 0.060, 0.075),
    ]  # fmt: skip
    hem = 0.90 if person.skirt else 0.86
    rings = [oval(z, depth, width) for z, depth, width in sections]
    names = [person.trousers if z + 0.02 < hem else person.top for z, _d, _w in sections]
    shape.loft(rings, lambda ring, _column: names[ring])
    if person.skirt:
        skirt = [oval(1.0, 0.122, 0.168), oval(0.8, 0.17, 0.20), oval(0.52, 0.21, 0.235)]
        shape.loft(skirt, lambda _ring, _column: person.trousers)
    shape.tube((0.0, 0, 1.44), (0.012, 0, 1.56), (0.058, 0.054), person.skin, sides=10)
    shape.ellipsoid((0.015, 0, 1.600), (0.100, 0.082, 0.124), person.skin)
    shape.ellipsoid((-0.012, 0, 1.630), (0.103, 0.091, 0.112), person.hair)
    shape.ellipsoid((0.112, 0, 1.59), (0.018, 0.013, 0.024), person.skin, (8, 6))
    if person.bag:
        shape.ellipsoid((-0.18, 0, 1.22), (0.10, 0.155, 0.22), person.bag)


def oval(z: float, depth: float, width: float) -> Array:
    """Ring of a trunk section at height z."""
    turns = np.linspace(0, 2 * math.pi, 18, endpoint=False)
    return np.stack([depth * np.cos(turns), width * np.sin(turns), np.full(18, z)], axis=1)


TOPS = (
    "cloth:c23b34",
    "cloth:2d4a78",
    "cloth:e4e2dc",
    "cloth:26282c",
    "cloth:6f8f5a",
    "cloth:d9a23b",
    "cloth:7c6a9a",
    "cloth:88a7bd",
    "cloth:b56a48",
)
BOTTOMS = ("cloth:23304a", "cloth:1d1d20", "cloth:5a5246", "cloth:8a8172", "cloth:39465a")
SKINS = ("skin:d9a786", "skin:c68f6c", "skin:e3b999", "skin:8f5e42")
HAIRS = ("hair:15110f", "hair:2a1c14", "hair:55504c", "hair:1a1715")
BAGS = ("", "", "", "cloth:2b2f38", "cloth:8a2f2a", "cloth:3e5a4a")


def random_person(random: np.random.Generator) -> Person:
    """A person of random height, clothes and build."""
    return Person(
        height=float(random.uniform(1.55, 1.84)),
        top=pick(random, TOPS),
        trousers=pick(random, BOTTOMS),
        skin=pick(random, SKINS),
        hair=pick(random, HAIRS),
        skirt=bool(random.random() < 0.18),
        bag=pick(random, BAGS),
        sleeves=bool(random.random() < 0.65),
        build=float(random.uniform(0.94, 1.14)),
    )
