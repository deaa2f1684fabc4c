"""Render one belt or one road by the same camera in changing light and state: a time lapse of stills."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import bpy
import cv2
import numpy as np
from scripts.render.camera import Camera
from scripts.render.picture_file import write_picture

from . import pictures
from .belts import add_belt
from .damage import EDGE, Belt, belt_ground, outline
from .fields import Noise, Sheet
from .plan import SIZE, Damage, Look, Strip, random_strips
from .stopping import Stopper
from .streets import add_kerbs, add_paved, paved_sheet
from .surfaces import make_surfaces
from .things import glows, houses, lamps, shrubs, trees

SHOTS = {
    "belt": {
        "whole": ("sun", "low_sun", "overcast", "hazy", "rain", "sun", "overcast", "night", "infrared"),
        "broken": ("sun", "low_sun", "overcast", "rain", "night"),
        "ruined": ("sun", "overcast"),
    },
    "road": {
        "dry": ("sun", "overcast", "hazy"),
        "wet": ("overcast", "rain", "sun"),
        "puddles": ("overcast",),
        "ponded": ("overcast", "rain", "sun"),
        "flooded": ("overcast", "rain"),
    },
}
"""Lights of each state."""

WATER = {"wet": (0.9, 0.0), "puddles": (0.7, 0.06), "ponded": (0.8, 0.3), "flooded": (0.8, 0.75)}
"""How wet a road is, and the share of it that is under water."""

HARM = {"broken": ((9.0, 2.4),), "ruined": ((8.0, 3.2), (12.0, 3.0), (17.0, 4.0))}
"""Distance and size in metres of the bare places."""


def damaged(belt: Belt, damages: Sequence[Damage], random: np.random.Generator) -> Belt:
    """The same belt with places in which the plants are gone."""
    x, y = np.meshgrid(belt.cover.xs, belt.cover.ys)
    bare = np.max([outline(one, belt.strip, x, y, random) for one in damages], axis=0)
    fray = Noise(random, 1.1, 5, 0.62)(x, y)
    cover = np.minimum(belt.cover.z, np.clip(-3.2 * (bare + EDGE * fray), -1.0, 1.0))
    return Belt(belt.strip, belt.soil, Sheet(belt.cover.xs, belt.cover.ys, cover))


def build(seed: int, kind: str, state: str) -> tuple[pictures.Ground, int]:
    """The scene with its belt or road in a state, and the number of that strip. Only the damage differs by state."""
    pictures.clear()
    random = np.random.default_rng([seed, 7])
    make_surfaces(random)
    glows()
    scene = "ponding" if kind == "road" else "yard"
    strips = random_strips(scene, random)
    target = max((i for i, strip in enumerate(strips) if strip.kind == kind), key=lambda i: strips[i].width)
    sheets: list[Sheet] = []
    things: list[bpy.types.Object | None] = []
    for number, strip in enumerate(strips):
        if strip.kind == "belt":
            belt = belt_ground(strip, [], random)
            if number == target and state in HARM:
                x = strip.middle + 0.1 * strip.width
                harm = [Damage("bare", x, y, size, 0.6) for y, size in HARM[state]]
                belt = damaged(belt, harm, np.random.default_rng([seed, 13]))
            add_belt(belt, shrubs(), np.random.default_rng([seed, number, 17]))
            sheets.append(belt.soil)
            things.append(None)
        else:
            sheets.append(paved_sheet(strip, scene, random))
            things.append(add_paved(strip, sheets[-1], random))
    add_kerbs(strips)
    houses(strips, scene, random)
    trees(strips, random)
    return pictures.Ground(scene, strips, sheets, things, lamps(strips, random), {}), target


def camera_of(strip: Strip, seed: int) -> Camera:
    """A camera on a pole beside the strip that looks along it."""
    random = np.random.default_rng([seed, 19])
    height, away = float(random.uniform(5.0, 7.0)), 12.0
    x = strip.x0 - 1.0 if random.random() < 0.5 else strip.x1 + 1.0
    yaw = math.degrees(math.atan2(strip.middle - x, away))
    return Camera((x, -2.0, height), yaw, -math.degrees(math.atan2(height, away + 2)), 62.0, *SIZE)


def zone_of(camera: Camera, strip: Strip) -> list[list[float]]:
    """The strip's ground as a polygon in the picture."""
    inside = 0.15
    corners = [(strip.x0 + inside, 5.0), (strip.x1 - inside, 5.0), (strip.x1 - inside, 22.0), (strip.x0 + inside, 22.0)]
    points = camera.polygon([(x, y, strip.z) for x, y in corners])
    return [[min(max(value, 0.0), 1.0) for value in point] for point in points]


def render_lapse(kind: str, seed: int, out: Path, samples: int) -> None:
    """Render what is missing of a lapse; writes pictures, masks and lapse.json with camera and zone."""
    folder = out / f"{kind}_{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    for state, lights in SHOTS[kind].items():
        names = [f"{state}_{index}_{light}" for index, light in enumerate(lights)]
        missing = [name for name in names if not (folder / f"{name}.jpg").exists()]
        if not missing:
            continue
        ground, target = build(seed, kind, state)
        camera = camera_of(ground.strips[target], seed)
        description = {
            "kind": kind,
            "seed": seed,
            "camera": vars(camera),
            "zone": zone_of(camera, ground.strips[target]),
        }
        (folder / "lapse.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
        with Stopper() as stopper:
            for index, (name, light) in enumerate(zip(names, lights, strict=True)):
                if name not in missing:
                    continue
                stopper.check()
                wet, water = WATER.get(state, (0.7 if light == "rain" else 0.0, 0.0))
                rain = 0.6 if light == "rain" else 0.0
                look = Look(camera, light, wet, water, 0.3, max(rain, 0.1), rain, target)
                random = np.random.default_rng([seed, len(state), index, 23])
                picture, mask = pictures.render_picture(ground, look, samples, folder, random)
                write_picture(folder / f"{name}.png", mask)
                write_picture(folder / f"{name}.jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
                print(f"{folder.name}/{name}", flush=True)
    (folder / "scratch.png").unlink(missing_ok=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: .venv-render/bin/python -m scripts.render.ground.lapse --kind belt --seed 41 --seed 42",
    )
    parser.add_argument("--kind", choices=sorted(SHOTS), required=True, help="what the camera looks at")
    parser.add_argument("--seed", type=int, action="append", required=True, help="may be given several times")
    parser.add_argument("--out", type=Path, default=Path("runs/render/lapse"))
    parser.add_argument("--samples", type=int, default=8)
    options = parser.parse_args()
    pictures.start()
    for seed in options.seed:
        render_lapse(options.kind, seed, options.out, options.samples)


if __name__ == "__main__":
    main()
