"""Render ground pictures with their masks, group by group; a group shares its ground and houses."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import bpy
import cv2
import numpy as np
from scripts.render import engine
from scripts.render.index_file import write_index
from scripts.render.picture_file import write_picture
from scripts.render.sensor import Picture, expose, lens, noise

from . import passes
from .belts import add_belt
from .classes import shares
from .damage import belt_ground
from .fields import Sheet
from .graph import set_control
from .light import set_light
from .plan import Damage, Look, Strip, random_damages, random_look, random_strips
from .stopping import Stopper
from .streets import add_kerbs, add_paved, flood, paved_sheet
from .surfaces import make_surfaces, number_surfaces
from .things import Crowd, glows, houses, lamps, shrubs, trees
from .weather import grey, haze, rain_streaks

GROUP = 5
KINDS = ("street", "ponding", "yard", "ponding")
BRIGHTNESS = {"night": (38, 80), "infrared": (70, 110), "dusk": (60, 95)}


@dataclass
class Ground:
    """What one group's pictures share."""

    kind: str
    strips: list[Strip]
    sheets: list[Sheet]
    things: list[bpy.types.Object | None]
    lamps: list[bpy.types.Object]
    damages: dict[int, list[Damage]]


def kind_of(group: int) -> str:
    """Kind of scene of a group."""
    return KINDS[group % len(KINDS)]


def start() -> None:
    """Empty file with the renderer set up for pictures and masks."""
    engine.fresh_scene(0)
    scene = bpy.context.scene
    scene.cycles.max_bounces = 3
    scene.cycles.diffuse_bounces = 1
    scene.cycles.denoising_quality = "BALANCED"
    scene.cycles.denoising_prefilter = "NONE"  # keeps the grain of grass, soil and asphalt
    scene.cycles.transparent_max_bounces = 6
    scene.cycles.use_adaptive_sampling = False
    passes.prepare()


def clear() -> None:
    """Remove the last group; the library of meshes stays."""
    for thing in list(bpy.context.scene.objects):
        bpy.data.objects.remove(thing)
    for blocks in (bpy.data.meshes, bpy.data.lights, bpy.data.cameras):
        for block in [block for block in blocks if block.users == 0]:
            blocks.remove(block)


def build(group: int) -> Ground:
    """Build a group's scene."""
    random = np.random.default_rng([group, 7])
    clear()
    kind = kind_of(group)
    make_surfaces(random)
    glows()
    strips = random_strips(kind, random)
    sheets: list[Sheet] = []
    things: list[bpy.types.Object | None] = []
    damages: dict[int, list[Damage]] = {}
    for number, strip in enumerate(strips):
        if strip.kind == "belt":
            damages[number] = random_damages(strip, random)
            belt = belt_ground(strip, damages[number], random)
            add_belt(belt, shrubs(), random)
            sheets.append(belt.soil)
            things.append(None)
        else:
            sheet = paved_sheet(strip, kind, random)
            sheets.append(sheet)
            things.append(add_paved(strip, sheet, random))
    add_kerbs(strips)
    houses(strips, kind, random)
    trees(strips, random)
    return Ground(kind, strips, sheets, things, lamps(strips, random), damages)


def fill_with_water(ground: Ground, look: Look, random: np.random.Generator) -> list[bpy.types.Object]:
    """Let water stand on the target strip, less on other paved strips and in the holes of wet belts."""
    placed = []
    for index, (strip, sheet) in enumerate(zip(ground.strips, ground.sheets, strict=True)):
        share = look.water
        if strip.kind == "belt":
            share = min(0.12, look.water * 0.4) if look.wet > 0.3 and random.random() < 0.5 else 0.0
        elif index != look.target:
            share *= float(random.uniform(0.0, 0.6))
        level = sheet.level(share, (1.0, 26.0)) if share > 0.002 else -np.inf
        if strip.kind == "road":
            level = min(level, 0.12)
        water = flood(sheet, ground.things[index], level)
        if water is not None:
            placed.append(water)
    for name, value in (("wet", look.wet), ("turbid", look.turbid), ("ripple", look.ripple), ("rain", look.rain)):
        set_control(name, value)
    return placed


def render_picture(ground: Ground, look: Look, samples: int, out: Path,
                   random: np.random.Generator) -> tuple[Picture, Picture]:  # fmt: skip
    """One picture and its mask."""
    engine.use_camera(look.camera)
    set_light(look.light, ground.lamps, random)
    water = fill_with_water(ground, look, random)
    crowd = Crowd(random)
    crowd.fill(ground.strips, ground.sheets)
    hidden = hide_near(look)
    number_surfaces()
    dark = look.light in ("night", "infrared", "dusk")
    picture = engine.render(samples + (2 if dark else 0), out / "scratch.png")
    mask, depth = passes.render_mask(out)
    crowd.clear()
    for thing in hidden:
        thing.hide_render = False
    for thing in water:
        mesh = thing.data
        bpy.data.objects.remove(thing)
        bpy.data.meshes.remove(mesh)
    return finish(picture, depth, look, random), mask


def hide_near(look: Look) -> list[bpy.types.Object]:
    """Hide trees and lamps' poles that stand right before the camera."""
    x, y, _z = look.camera.position
    hidden = []
    for thing in bpy.context.scene.objects:
        if thing.name.startswith("library tree") and np.hypot(thing.location[0] - x, thing.location[1] - y) < 9.0:
            thing.hide_render = True
            hidden.append(thing)
    return hidden


def finish(picture: Picture, depth: passes.Values, look: Look, random: np.random.Generator) -> Picture:
    """Weather, exposure, lens and sensor."""
    if look.rain > 0.05 or random.random() < 0.12:
        picture = haze(picture, depth, float(random.uniform(50, 260)))
    picture = expose(picture, float(random.uniform(*BRIGHTNESS.get(look.light, (85, 140)))))
    if look.rain > 0.05:
        picture = rain_streaks(picture, look.rain, random)
    if look.light == "infrared":
        picture = grey(picture)
    picture = lens(picture, float(random.uniform(0.25, 0.75)))
    picture = noise(picture, random, float(random.uniform(0.8, 3.0)) * (1.8 if look.light in BRIGHTNESS else 1.0))
    return grey(picture) if look.light == "infrared" else picture


def name_of(group: int, index: int) -> str:
    """File name without its ending."""
    return f"ground_{group}_{index}"


def finished(out: Path, group: int, index: int) -> bool:
    """Whether a picture, its mask and its description are there."""
    name = name_of(group, index)
    files = (out / "images" / f"{name}.jpg", out / "masks" / f"{name}.png", out / "looks" / f"{name}.json")
    return all(file.exists() for file in files)


def render_group(group: int, indices: list[int], out: Path, samples: int, stopper: Stopper) -> None:
    """Render a group's missing pictures."""
    ground = build(group)
    for index in indices:
        stopper.check()
        began = time.monotonic()
        random = np.random.default_rng([group, index, 11])
        look = random_look(ground.kind, ground.strips, ground.damages, random)
        picture, mask = render_picture(ground, look, samples, out, random)
        name = name_of(group, index)
        (out / "looks" / f"{name}.json").write_text(json.dumps(asdict(look), indent=1) + "\n", encoding="utf-8")
        quality = int(random.integers(72, 95))
        write_picture(out / "masks" / f"{name}.png", mask)
        write_picture(out / "images" / f"{name}.jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        parts = " ".join(f"{key} {value:.0%}" for key, value in shares(mask).items())
        print(f"{name} {ground.kind} {look.light} {time.monotonic() - began:.1f} s: {parts}", flush=True)


def render_ground(count: int, seed: int, out: Path, samples: int) -> None:
    """Render `count` pictures into `out`/images, masks and looks (camera, light, water), listed in index.csv."""
    for folder in ("images", "masks", "looks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rows = [(seed + number // GROUP, number % GROUP) for number in range(count)]
    start()
    for group in sorted({group for group, _index in rows}):
        missing = [index for one, index in rows if one == group and not finished(out, one, index)]
        if missing:
            with Stopper() as stopper:
                render_group(group, missing, out, samples, stopper)
                stopper.check()
        done = [row for row in rows if finished(out, *row)]
        listed = [(f"{name_of(*row)}.jpg", row[0], f"ground_{row[0]}", kind_of(row[0])) for row in done]
        write_index(out / "index.csv", ("image", "seed", "group", "kind"), listed)
        print(f"{len(done)}/{count} pictures", flush=True)
    (out / "scratch.png").unlink(missing_ok=True)
