"""Poses of people who push, carry, bend down and reach, by the way they have gone, and the way from pose to pose."""

from __future__ import annotations

import math
from collections.abc import Callable

from scripts.render.people import STRIDE, Pose, gait, walking
from scripts.render.timeline import Stance

Manner = Callable[[Stance], Pose]
STANDING = walking(0.0, 0.0)
BENT = Pose(hips=(1.0, 0.9), knees=(1.3, 1.2), shoulders=(0.35, 0.35), elbows=(0.15, 0.15), lean=0.75, rise=-0.2)
LOWERING = Pose((0.5, 0.4), (0.7, 0.6), (0.15, -0.2), (0.05, 0.3), lean=0.32, rise=-0.07)
REACHING = Pose((0.03, -0.03), (0.05, 0.02), (1.5, 0.0), (0.25, 0.2), lean=0.06)


def step(stance: Stance, most: float) -> Pose:
    """Legs and arms of someone who walks at the stance's speed (m/s)."""
    return walking(*gait(stance, most))


def walks(stance: Stance) -> Pose:
    """Arms swing free."""
    return step(stance, 1.0)


def pushes(stance: Stance) -> Pose:
    """Both hands on a bar in front."""
    legs = step(stance, 0.8)
    return Pose(legs.hips, legs.knees, (0.8, 0.72), (0.35, 0.4), lean=0.16, rise=legs.rise)


def carries(stance: Stance) -> Pose:
    """A load before the belly."""
    legs = step(stance, 0.65)
    return Pose(legs.hips, legs.knees, (0.55, 0.55), (0.85, 0.85), lean=-0.06, rise=legs.rise)


def hangs(stance: Stance) -> Pose:
    """A load that hangs from the left hand."""
    legs = step(stance, 0.75)
    swing = math.sin(stance.travelled / STRIDE * 2 * math.pi) * min(1.0, stance.speed)
    return Pose(legs.hips, legs.knees, (0.05, 0.35 * swing), (0.05, 0.3), lean=0.06, rise=legs.rise)


def mirrored(pose: Pose) -> Pose:
    """The same pose with left and right exchanged."""
    return Pose(pose.hips[::-1], pose.knees[::-1], pose.shoulders[::-1], pose.elbows[::-1], pose.lean, pose.rise)


def hangs_right(stance: Stance) -> Pose:
    """A load that hangs from the right hand."""
    legs = step(stance, 0.75)
    swing = math.sin(stance.travelled / STRIDE * 2 * math.pi) * min(1.0, stance.speed)
    return Pose(legs.hips, legs.knees, (-0.35 * swing, 0.05), (0.3, 0.05), lean=0.06, rise=legs.rise)


def pulls(stance: Stance) -> Pose:
    """The left hand holds a handle behind."""
    legs = step(stance, 0.9)
    return Pose(legs.hips, legs.knees, (-0.55, legs.shoulders[1]), (0.1, 0.35), lean=0.08, rise=legs.rise)


def between(first: Pose, second: Pose, share: float) -> Pose:
    """Pose on the way from one (share 0) to another (share 1)."""

    def mix(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

    return Pose(
        mix(first.hips, second.hips), mix(first.knees, second.knees), mix(first.shoulders, second.shoulders),
        mix(first.elbows, second.elbows), first.lean + (second.lean - first.lean) * share,
        first.rise + (second.rise - first.rise) * share,
    )  # fmt: skip


def eased(share: float) -> float:
    """0..1 with a soft start and end."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)
