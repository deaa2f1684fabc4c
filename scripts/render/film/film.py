"""Renders a play: a good still for every state of the lamps, then only what moves, frame by frame."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import engine
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.encode import write_clip
from scripts.render.indoor import surfaces
from scripts.render.indoor.lighting import coarse_sky, room_sky
from scripts.render.labels import meet
from scripts.render.regions import Frames, Region, States, actor_mask, area, hull, region_round, rendered, vertices
from scripts.render.sensor import lens, noise, time_stamp
from scripts.render.truth_file import write_truth_file

from .play import Look, Overlay, Play, ground_truth, moving

Picture = NDArray[np.uint8]
PLAYS = ("ebike_lobby", "ebike_stair_night", "gas_kitchen", "gas_corridor_night", "smoke_corridor", "smoke_street_dusk")
MARGIN = 18
NEAREST, SPREAD = 0.2, 3  # of `regions.actor_mask`
SHADOW = 0.28  # metres round a thing's footprint in which its soft shadow is redrawn
HUNG = 1.2  # metres above the floor from which a thing's shadow is too faint to be redrawn
ADAPTING = 1.0  # seconds in which the camera follows a change of light


def prepare(name: str) -> Play:
    """Build a play's scene from nothing.

    Raises:
        ValueError: no play has that name.
    """
    if name not in PLAYS:
        raise ValueError(f"{name}: no such play; the plays are {', '.join(PLAYS)}")
    engine.fresh_scene(0)
    surfaces.register()
    scene = bpy.context.scene
    scene.cycles.denoising_quality = "FAST"
    play: Play = importlib.import_module(f"scripts.render.film.plays.{name}").build()
    scene.cycles.seed = play.seed
    engine.use_camera(play.camera)
    scene.camera.data.clip_start = 0.05
    return play


def indoor_sky(strength: float) -> None:
    """The even light of a closed room, and the exposure of all plays."""
    room_sky(strength)
    coarse_sky()
    bpy.context.scene.view_settings.exposure = 0.8


def region_of(actor: Actor, camera: Camera) -> Region | None:
    """Picture region of an actor with its soft shadow on the floor, with a margin."""
    if not actor.present:
        return None
    foot = actor.points[::3].copy()
    foot[:, 2] = 0.0
    round_it = [foot + np.array([x, y, 0.0]) for x in (-SHADOW, SHADOW) for y in (-SHADOW, SHADOW)]
    hung = float(actor.points[:, 2].min()) > HUNG
    return region_round(actor.points if hung else np.concatenate([actor.points, *round_it]), camera, MARGIN)


def joined(regions: list[Region], fixed: int = 12000) -> list[Region]:
    """Merge regions while one render of the hull costs less than two; every render has its fixed cost in pixels."""
    result = list(regions)
    index = 0
    while index < len(result):
        for other in range(index + 1, len(result)):
            whole = hull(result[index], result[other])
            if area(whole) <= area(result[index]) + area(result[other]) + fixed:
                result[index] = whole
                del result[other]
                index = -1
                break
        index += 1
    return result


def ramps(regions: list[Region], camera: Camera, width: int = 22) -> NDArray[np.float32]:
    """Plane of the picture: 1 inside regions, falling to 0 at their borders (not at the picture's), 0 outside."""
    plane = np.zeros((camera.height, camera.width), np.float32)
    for x0, y0, x1, y1 in regions:
        across, down = np.full(x1 - x0, width), np.full(y1 - y0, width)
        if x0 > 0:
            across = np.minimum(across, np.arange(x1 - x0))
        if x1 < camera.width:
            across = np.minimum(across, np.arange(x1 - x0)[::-1])
        if y0 > 0:
            down = np.minimum(down, np.arange(y1 - y0))
        if y1 < camera.height:
            down = np.minimum(down, np.arange(y1 - y0)[::-1])
        part = np.minimum(across[None, :], down[:, None]).astype(np.float32) / width
        plane[y0:y1, x0:x1] = np.maximum(plane[y0:y1, x0:x1], part)
    return plane


def blend(still: Picture, fresh: Picture, mask: NDArray[np.float32], ramp: NDArray[np.float32]) -> Picture:
    """Take the fresh render where an actor is or where it differs (shadows), else the quiet still."""
    change = fresh.astype(np.float32) - still.astype(np.float32)
    shade = np.clip((np.abs(cv2.GaussianBlur(change, (0, 0), 2.5)).max(axis=2) - 5.0) / 9.0, 0, 1)
    weight = np.maximum(cv2.GaussianBlur(mask, (0, 0), 0.8), cv2.GaussianBlur(shade, (0, 0), 2.0) * ramp)[..., None]
    return np.asarray(still + change * weight + 0.5, dtype=np.uint8)


class Film:
    """Renders frames in order into a folder; frames that exist already are kept."""

    def __init__(self, play: Play, folder: Path, samples: int, still_samples: int) -> None:
        self.play, self.samples, self.still_samples = play, samples, still_samples
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.scratch = folder / "scratch.png"
        self.frames = Frames(folder, play.frames, play.name)
        states = [*(name for _start, name in play.lights), *play.extra_stills]
        self.stills = {name: self.background(name) for name in dict.fromkeys(states)}

    def background(self, light: str) -> Picture:
        """The room without anything that moves."""
        path = self.folder / f"still_{light}.png"
        if not path.exists():
            for actor in moving(self.play):
                actor.hide()
            self.play.switch(light)
            print(f"{self.play.name}: still '{light}' with {self.still_samples} samples", flush=True)
            cv2.imwrite(str(path), engine.render(self.still_samples, self.scratch))
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8)

    def states(self) -> States:
        """Region and exact vertices of every moving actor, to tell what changed."""
        return {actor.number: (region_of(actor, self.play.camera), vertices(actor)) for actor in moving(self.play)}

    def run(self, only: set[int] | None = None) -> None:
        """Render all frames that are missing, or only some (for a look at them)."""
        play = self.play
        light = ""
        picture = self.stills[play.light_at(0.0)].copy()
        before: States = {}
        for index in range(play.frames):
            for actor in moving(play):
                actor.move(index / play.fps)
            if only is not None and index not in only:
                continue
            now = self.states()
            if play.light_at(index / play.fps) != light or only is not None:
                light = play.light_at(index / play.fps)
                play.switch(light)
                picture, before = self.stills[light].copy(), {}
            picture = self.frames.get(index, partial(self.next_picture, picture, light, before, now))
            before = now

    def next_picture(self, picture: Picture, light: str, before: States, now: States) -> Picture:
        """The picture after the changes between two states."""
        nothing: tuple[Region | None, bytes] = (None, b"")
        changed = [number for number in now if now[number][1] != before.get(number, nothing)[1]]
        pairs = [(before.get(number, nothing)[0], now[number][0]) for number in changed]
        regions = [region for pair in pairs for region in pair if region is not None]
        near = [region for region, _points in now.values() if region and any(meet(region, other) for other in regions)]
        regions = list(dict.fromkeys([*regions, *near]))  # what rests near by stands in another's shadow
        result = picture.copy()
        mask = actor_mask(moving(self.play), self.play.camera, NEAREST, SPREAD)
        shaded = ramps([region for region, _points in now.values() if region is not None], self.play.camera)
        for region in joined(regions):
            fresh, part = rendered(region, self.samples, self.scratch)
            result[part] = blend(self.stills[light][part], fresh, mask[part], shaded[part])
        return result

    def exposure(self, light: str) -> float:
        """Gamma by which the recorder brings a still near its target."""
        mean = max(4.0, float(shown(self.stills[light], self.play.look).mean()))
        return float(np.clip(np.log(self.play.look.target / 255) / np.log(mean / 255), 0.4, 1.6))

    def gamma(self, seconds: float) -> float:
        """Exposure at a time: the camera follows a change of light within a second."""
        play = self.play
        value = self.exposure(play.lights[0][1])
        for start, name in play.lights[1:]:
            share = np.clip((seconds - start) / ADAPTING, 0, 1)
            value += (self.exposure(name) - value) * float(share)
        return value

    def finished(self, overlay: Overlay | None, only: set[int] | None = None) -> Iterator[Picture]:
        """The frames as the camera would send them."""
        play = self.play
        for index in range(play.frames):
            if only is not None and index not in only:
                continue
            picture = self.frames.read(index)
            if overlay is not None:
                picture = overlay.lay(picture, index)
            table = (255 * (np.arange(256) / 255) ** self.gamma(index / play.fps)).round().astype(np.uint8)
            picture = np.asarray(cv2.LUT(shown(picture, play.look), table), dtype=np.uint8)
            grain = noise(
                lens(picture, play.look.softness, play.look.vignette),
                np.random.default_rng([play.seed, index]), play.look.noise,
            )  # fmt: skip
            if play.look.infrared:
                grain = np.repeat(grain[..., :1], 3, axis=2)
            yield time_stamp(grain, index / play.fps)


def shown(picture: Picture, look: Look) -> Picture:
    """Grey when taken in infrared."""
    if not look.infrared:
        return picture
    grey = picture.astype(np.float32) @ np.array([0.3, 0.35, 0.35], np.float32)
    return np.repeat(np.clip(grey, 0, 255)[..., None], 3, axis=2).astype(np.uint8)


def only_truth(name: str, folder: Path, out: Path) -> None:
    """Write only the ground truth of a play; `folder` holds the smoke of one that was rendered."""
    play = prepare(name)
    overlay = play.overlay(folder) if play.overlay else None
    write_truth_file(ground_truth(play, overlay), out / f"{name}.json")
    print(f"wrote {out / name}.json", flush=True)


def render_play(name: str, folder: Path, out: Path, samples: int, still_samples: int, quality: int) -> None:
    """Render a play and write `<name>.mp4` and `<name>.json` into `out`.

    Args:
        folder: cache of frames; an interrupted run continues there.
        quality: x264's CRF.
    """
    play = prepare(name)
    out.mkdir(parents=True, exist_ok=True)
    film = Film(play, folder, samples, still_samples)
    film.run()
    overlay = play.overlay(folder) if play.overlay else None
    write_truth_file(ground_truth(play, overlay), out / f"{name}.json")
    clip = out / f"{name}.mp4"
    size = (play.camera.width, play.camera.height)
    write_clip(clip, film.finished(overlay), play.fps, size, quality)
    print(f"wrote {clip}, {clip.stat().st_size / 1e6:.2f} MB", flush=True)


def preview(name: str, folder: Path, seconds: list[float], samples: int = 4, still_samples: int = 6) -> None:
    """Write a few finished frames as `look_<index>.png` into `folder`, to look at them."""
    play = prepare(name)
    film = Film(play, folder, samples, still_samples)
    overlay = play.overlay(folder) if play.overlay else None
    only = {round(second * play.fps) for second in seconds}
    film.run(only)
    for index, picture in zip(sorted(only), film.finished(overlay, only), strict=True):
        cv2.imwrite(str(folder / f"look_{index:04d}.png"), picture)
