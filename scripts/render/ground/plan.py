"""What a ground scene is made of: strips along the street, damage, and what each picture varies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scripts.render.camera import Camera
from scripts.render.chance import pick

SIZE = (512, 320)  # the input size of the ground segmentation
KERB = 0.15
NEAR, FAR = -8.0, 95.0
DAMAGES = ("bare", "bare", "trodden", "ruts", "hole", "pile", "edge", "gap")
DAY = ("sun", "sun", "low_sun", "hazy", "overcast", "overcast", "rain")
DARK = ("dusk", "night", "night", "infrared")


@dataclass(frozen=True)
class Strip:
    """Ground from x0 to x1 that runs along y; kind is road, slabs, path or belt."""

    kind: str
    x0: float
    x1: float
    z: float
    cover: str = ""  # of a belt: lawn, bed, hedge or shrubs

    @property
    def middle(self) -> float:
        """X of the middle."""
        return (self.x0 + self.x1) / 2

    @property
    def width(self) -> float:
        """Metres."""
        return self.x1 - self.x0


@dataclass(frozen=True)
class Damage:
    """A place in a belt where the plants are gone; `size` in metres, `turn` in radians."""

    kind: str
    x: float
    y: float
    size: float
    turn: float


@dataclass(frozen=True)
class Look:
    """What one picture of a group varies; shares and strengths run from 0 to 1."""

    camera: Camera
    light: str
    wet: float
    water: float  # share of the target strip that is under water
    turbid: float
    ripple: float
    rain: float
    target: int


def random_strips(kind: str, random: np.random.Generator) -> list[Strip]:
    """Neighbouring strips from left to right for a scene of kind street, yard or ponding."""
    names = yard_names(random) if kind == "yard" else street_names(kind, random)
    widths = {
        "road": (5.5, 7.5) if kind == "yard" else (6.5, 13.0),
        "slabs": (1.6, 4.5), "path": (1.3, 3.0), "belt": (3.0, 9.0) if kind == "yard" else (1.3, 4.5),
    }  # fmt: skip
    spans = [float(random.uniform(*widths[name])) for name in names]
    x = -sum(spans) * float(random.uniform(0.4, 0.6))
    strips = []
    for name, width in zip(names, spans, strict=True):
        z = {"road": 0.0, "slabs": 0.13, "path": 0.1, "belt": 0.09}[name]
        cover = ""
        if name == "belt":
            cover = str(random.choice(("lawn", "bed", "hedge", "shrubs"), p=(0.45, 0.2, 0.25, 0.1)))
        strips.append(Strip(name, x, x + width, z, cover))
        x += width
    return strips


def street_names(kind: str, random: np.random.Generator) -> list[str]:
    """Carriageway with pavements; belts beside it, always one outside ponding scenes."""
    chance = 0.35 if kind == "ponding" else 0.75
    names = ["road"] if random.random() < 0.8 else ["road", "belt", "road"]
    for side in (0, 1):
        outside = []
        if random.random() < chance:
            outside.append("belt")
        outside.append(pick(random, ("slabs", "slabs", "path")))
        if random.random() < chance * 0.6:
            outside.append("belt")
        names = [*outside[::-1], *names] if side == 0 else [*names, *outside]
    if kind != "ponding" and "belt" not in names:
        names.insert(0, "belt")
    return names


def yard_names(random: np.random.Generator) -> list[str]:
    """Lawns, paths and a drive between houses."""
    names = ["belt", pick(random, ("path", "slabs")), "belt"]
    if random.random() < 0.6:
        names += ["road"]
        names += ["belt"] if random.random() < 0.6 else ["slabs"]
    return names if random.random() < 0.5 else names[::-1]


def random_damages(strip: Strip, random: np.random.Generator, chance: float = 0.85) -> list[Damage]:
    """Damage of one belt; an intact belt has none."""
    if random.random() > chance:
        return []
    count = int(random.integers(2, 8))
    return [
        Damage(
            pick(random, DAMAGES),
            float(random.uniform(strip.x0 + 0.2, strip.x1 - 0.2)),
            float(random.uniform(3.0, 24.0)),
            float(random.uniform(0.4, 1.0) * random.choice((1.0, 1.8, 3.2))),
            float(random.uniform(0, math.pi)),
        )
        for _ in range(count)
    ]


def target_strip(kind: str, strips: list[Strip], random: np.random.Generator) -> int:
    """The strip that a picture is about: a belt, or the road (sometimes the pavement) when ponding."""
    wanted = "belt"
    if kind == "ponding":
        wanted = "road" if random.random() < 0.85 else "slabs"
    choices = [index for index, strip in enumerate(strips) if strip.kind == wanted]
    if not choices:
        choices = [index for index, strip in enumerate(strips) if strip.kind == "road"]
    return int(random.choice(choices))


def random_look(
    kind: str, strips: list[Strip], damages: Mapping[int, Sequence[Damage]], random: np.random.Generator
) -> Look:
    """Camera, weather, light and water of one picture; `damages` by the number of their strip."""
    target = target_strip(kind, strips, random)
    found = damages.get(target, ())
    aim = None
    if found and random.random() < 0.65:
        harm = found[int(random.integers(len(found)))]
        aim = (harm.x, harm.y)
    dark = random.random() < (0.38 if kind == "ponding" else 0.2)
    light = pick(random, DARK if dark else DAY)
    ponded = kind == "ponding" and random.random() < 0.8
    raining = light == "rain" or (kind == "ponding" and random.random() < 0.25)
    wet = float(random.uniform(0.5, 1.0)) if raining or (kind == "ponding" and random.random() < 0.7) else 0.0
    water = 0.0
    if ponded:
        spans = ((0.01, 0.08), (0.08, 0.35), (0.35, 0.95))  # puddles, ponds, a flooded street
        water = float(random.uniform(*spans[int(random.choice(3, p=(0.28, 0.4, 0.32)))]))
    elif raining:
        water = float(random.uniform(0.0, 0.06))
    rain = float(random.uniform(0.3, 1.0)) if raining else 0.0
    ripple = max(rain, float(random.uniform(0, 0.5)) if random.random() < 0.5 else 0.0)
    turbid = float(random.choice((random.uniform(0.0, 0.2), random.uniform(0.2, 0.7), random.uniform(0.7, 1.0))))
    return Look(random_camera(strips, target, aim, random), light, wet, water, turbid, ripple, rain, target)


def random_camera(
    strips: list[Strip], target: int, place: tuple[float, float] | None, random: np.random.Generator
) -> Camera:
    """A camera on a pole or a wall that looks down at a place (x, y), or anywhere on the target strip."""
    strip = strips[target]
    height = float(random.uniform(3.0, 9.0))
    x = float(np.clip(strip.middle + random.normal(0, 4.5), strips[0].x0 + 0.6, strips[-1].x1 - 0.6))
    y = float(random.uniform(-3.0, 1.0))
    away = float(random.uniform(5.5, 10 + height * 1.6))
    aim = float(np.clip(strip.middle + random.normal(0, 1.0), strip.x0, strip.x1))
    if place is not None:
        aim, away = place[0], max(4.5, place[1] - y)
    distance = math.hypot(aim - x, away)
    view = float(random.choice((random.uniform(38, 60), random.uniform(60, 92))))
    yaw = math.degrees(math.atan2(aim - x, away)) + float(random.normal(0, 5))
    pitch = -math.degrees(math.atan2(height, distance)) + float(random.uniform(-4, view * 0.12))
    return Camera((x, y, height), yaw, float(np.clip(pitch, -52, -7)), view, *SIZE)
