"""How often a camera is looked at, and what is decoded for it: counted with the plan and the paces of the gateway."""

from dataclasses import dataclass

from sharp_eyes.edge.capacity.costs import DecodingCost, LookCost, at
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.sampling import LookPlan
from sharp_eyes.edge.scenes.camera_scenes import SegmentGround

PLAYED = 180.0
"""Seconds that are played, without pictures; the first tenth is left out."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for in a second of one camera.

    Attributes:
        looks: how often it is looked at.
        keyframes, frames: how many are decoded, and how many of those between.
    """

    looks: float
    keyframes: float
    frames: float


@dataclass(frozen=True, slots=True)
class CameraLoad:
    """What a camera costs a second, in seconds of the processor; ``looking``: of a look thread."""

    decoding: float
    network: float
    scenes: float
    looking: float

    @property
    def total(self) -> float:
        """Of the processor."""
        return self.decoding + self.network + self.scenes


def demand_of(
    pipeline: CameraPipeline, picture: Frame, ground: SegmentGround, keyframes: float, rate: float, *, busy: bool
) -> Demand:
    """Play a camera's timestamps.

    Args:
        pipeline: a fresh one; it is used up.
        picture: what the scenes see all the time; nothing is detected in it.
        ground: the ground in it.
        keyframes: seconds between two.
        rate: frames a second.
        busy: whether something is always near, so that every look is wanted as soon as may be.
    """
    scenes = pipeline.scenes
    group = max(1, round(keyframes * rate))
    if scenes.every_frame:
        looks = 0.0 if scenes.interval is None else 1 / scenes.interval
        return Demand(looks, rate / group, rate - rate / group)
    if scenes.interval is None:
        return Demand(0.0, 0.0, 0.0)
    plan = LookPlan(scenes.interval)
    looks, last_wanted, decoded = 0, -1, [0, 0]
    start, end = round(PLAYED * rate / 10), round(PLAYED * rate)
    for number in range(end):
        place, moment = number % group, 1000.0 + number / rate
        if place == 0 and number > start:
            decoded[0] += last_wanted >= 0
            decoded[1] += max(0, last_wanted)
        last_wanted = -1 if place == 0 else last_wanted
        plan.see(moment, place == 0)
        if not plan.wants(moment, place == 0):
            continue
        last_wanted = place
        looks += number >= start
        plan.taken(moment)
        if busy:
            plan.wish(moment, [scene.pace.often(moment) for scene in scenes.scenes])
        else:
            scenes.observe(at(picture, moment), Tracks(moment, picture.width, picture.height, ()), ground)
            plan.wish(moment, scenes.next_looks)
    lasted = (end - start) / rate
    return Demand(looks / lasted, decoded[0] / lasted, decoded[1] / lasted)


def load_of(demand: Demand, decoding: DecodingCost, look: LookCost, tiles: int = 1) -> CameraLoad:
    """What that costs; ``tiles``: parts across and down in which the networks look once more."""
    parts = 1 + tiles**2 if tiles > 1 else 1
    frames = demand.keyframes + demand.frames
    return CameraLoad(
        decoding.rate * decoding.packet + demand.keyframes * decoding.keyframe + demand.frames * decoding.frame,
        demand.looks * look.network * parts,
        demand.looks * (look.look - look.network) + frames * look.every_frame,
        demand.looks * look.lasts * parts,
    )
