"""Lays the moving things over the still tower, frame by frame, and writes clip and ground truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render.encode import write_clip
from scripts.render.sensor import expose, lens, noise
from scripts.render.truth_file import write_truth_file

from . import plan
from .solids import Pixels, Solid, draw, lay_over, spun
from .story import FPS, STORIES, Mover, Story
from .things import DRAG
from .tower import Sky, Stills
from .wet import drops, streaks, through_drop

Picture = NDArray[np.uint8]
MOMENTS = 5  # of an exposure
SEEN = 0.15  # coverage from which a pixel belongs to a thing's box
SWITCH = 0.08  # seconds in which a lamp comes on


def moment(mover: Mover, time: float) -> tuple[Solid, NDArray[np.float64]] | None:
    """Form and place of a mover at a time, turned as it spins; None where it is not there."""
    place = mover.path.at(time)
    if place is None:
        return None
    solid = mover.form(time)
    turn = spun(np.array((0.0, 0.0, 1.0)), mover.heading)
    if mover.spin:
        turn = spun(np.array(mover.axis), mover.spin * (time - mover.path.start)) @ turn
    return Solid(solid.corners @ turn.T, solid.faces, solid.colours), place


def seen(mover: Mover, time: float, exposure: float) -> tuple[Pixels, tuple[int, int]] | None:
    """A mover as one exposure, which ends at `time`, takes it in."""
    times = time - exposure + exposure * (np.arange(MOMENTS) + 0.5) / MOMENTS
    shots = [shot for shot in (moment(mover, float(at)) for at in times) if shot is not None]
    if not shots:
        return None
    drawn = draw(shots, plan.CAMERA)
    if drawn is not None and len(shots) < MOMENTS:
        drawn[0][...] *= len(shots) / MOMENTS
    return drawn


def box_of(drawn: Pixels, at: tuple[int, int]) -> list[float] | None:
    """Box of what can be seen of a drawn thing, clipped to the picture; None where nothing can."""
    ys, xs = np.nonzero(drawn[..., 3] > SEEN)
    if not len(xs):
        return None
    x0, y0 = max(0, int(xs.min()) + at[0]), max(0, int(ys.min()) + at[1])
    x1, y1 = min(plan.SIZE[0], int(xs.max()) + 1 + at[0]), min(plan.SIZE[1], int(ys.max()) + 1 + at[1])
    return [float(x0), float(y0), float(x1), float(y1)] if x1 > x0 and y1 > y0 else None


class Clip:
    """One story over its still pictures."""

    def __init__(self, story: Story, folder: Path, samples: int) -> None:
        self.story = story
        sun, strength, exposure, lit = story.still
        stills = Stills(folder, Sky(sun, strength, exposure, lit), 31, samples)
        self.base = stills.picture()
        self.lights = [(one.time, *stills.lit(one.floor, one.bay)) for one in story.lights]
        self.frames = int(story.duration * FPS)
        self.boxes: list[list[dict[str, Any]]] = []

    def ground(self, time: float) -> Picture:
        """The still tower with the lamps that are on."""
        picture = self.base.copy()
        for start, part, (x0, y0, x1, y1) in self.lights:
            share = float(np.clip((time - start) / SWITCH, 0, 1))
            if share > 0:
                region = picture[y0:y1, x0:x1]
                picture[y0:y1, x0:x1] = cv2.addWeighted(region, 1 - share, part, share, 0)
        return picture

    def pictures(self) -> Iterator[Picture]:
        """All frames in order; fills `boxes` on the way."""
        story = self.story
        random = np.random.default_rng(story.seed)
        on_lens = drops(story.drops, plan.SIZE, story.duration, random)
        self.boxes = []
        for index in range(self.frames):
            time = index / FPS
            cloud = 1 + 0.012 * np.sin(time * 0.31) + 0.008 * np.sin(time * 0.83 + 1)
            picture = expose(self.ground(time), story.target).astype(np.float32) * np.float32(cloud)
            light = story.target / 132.0
            self.boxes.append(self.lay_movers(picture, time, light))
            if story.rain:
                shape = (plan.SIZE[1], plan.SIZE[0])
                picture += streaks(shape, plan.CAMERA.focal, story.exposure, story.rain, random)[..., None]
            for drop in on_lens:
                through_drop(picture, drop.x, drop.at(time), drop.radius)
            yield noise(lens(np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)), random, story.noise)
            if (index + 1) % (FPS * 10) == 0:
                print(f"frame {index + 1}/{self.frames}", flush=True)

    def lay_movers(self, picture: Pixels, time: float, light: float) -> list[dict[str, Any]]:
        """Lay everything that moves over the picture, far things first; returns the boxes."""
        boxes = []
        order = sorted(enumerate(self.story.movers, 1), key=lambda item: -float(item[1].path.places[0][1]))
        for number, mover in order:
            drawn = seen(mover, time, self.story.exposure)
            if drawn is None:
                continue
            lay_over(picture, drawn[0], drawn[1], mover.blur, light)
            box = box_of(*drawn)
            if box is not None and mover.name != "laundry":
                boxes.append({"object": number, "box": box})
        return sorted(boxes, key=lambda item: int(item["object"]))

    def truth(self) -> dict[str, Any]:
        """Ground truth as plain data; the frames must have been made."""
        story = self.story
        objects: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        for number, mover in enumerate(story.movers, 1):
            item: dict[str, Any] = {"id": number, "class": mover.name, "role": "trap" if mover.why else "falling"}
            times = [index / FPS for index, boxes in enumerate(self.boxes)
                     if any(box["object"] == number for box in boxes)]  # fmt: skip
            if mover.name == "laundry":
                times = [0.0, story.duration]
            if not times:
                raise ValueError(f"{story.name}: {mover.name} {number} is never in the picture; move it or its time")
            event: dict[str, Any] = {"scene": "falling_object", "zone": "tower", "object": number,
                                     "from": times[0], "to": times[-1]}  # fmt: skip
            if mover.why:
                event |= {"expected": False, "why": mover.why}
            else:
                item |= {"floor": mover.floor, "drag": round(DRAG[mover.name], 4)}
                event |= {"expected": True, "floor": mover.floor, "thing": mover.name}
            objects.append(item)
            events.append(event)
        whole = [*story.traps, *(("a light goes on", light.time, light.time + 1.0) for light in story.lights)]
        events += [{"scene": "falling_object", "zone": "tower", "from": start, "to": end, "expected": False, "why": why}
                   for why, start, end in whole]  # fmt: skip
        return {
            "version": 1, "clip": f"{story.name}.mp4", "fps": FPS, "width": plan.SIZE[0], "height": plan.SIZE[1],
            "seed": story.seed, "zones": {"tower": {"polygon": plan.zone()}}, "facade": plan.facade(),
            "objects": objects, "events": sorted(events, key=lambda event: float(event["from"])),
            "frames": [{"index": index, "time": index / FPS, "boxes": boxes} for index, boxes in
                       enumerate(self.boxes)],
        }  # fmt: skip


def render_tower(name: str, cache: Path, out: Path, samples: int) -> None:
    """Write a falling clip and its ground truth into `out`; still pictures are kept in `cache`."""
    story = STORIES[name]()
    clip = Clip(story, cache / name, samples)
    out.mkdir(parents=True, exist_ok=True)
    write_clip(out / f"{name}.mp4", clip.pictures(), FPS, plan.SIZE, story.quality)
    write_truth_file(clip.truth(), out / f"{name}.json")
