"""Renders a story's clip: a good still of the place, then only what moves, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import engine
from .actors import Actor
from .camera import Camera
from .encode import write_clip
from .labels import Seen, frame_boxes, truth
from .regions import Frames, Region, States, actor_mask, area, hull, region_round, rendered, vertices
from .story import Moment, Story
from .truth_file import write_truth_file

Picture = NDArray[np.uint8]
MARGIN = 5
NEAREST, SPREAD = 0.5, 5  # of `regions.actor_mask`


def moving(actors: Sequence[Actor]) -> list[Actor]:
    """The actors that follow a script."""
    return [actor for actor in actors if actor.moving]


def ground_truth(story: Story, actors: list[Actor]) -> dict[str, Any]:
    """Ground truth of all frames (moves the actors through the whole story)."""
    engine.use_camera(story.camera)
    random = np.random.default_rng(story.seed)
    seen: Seen | None = {} if story.steady else None
    frames = []
    for index in range(story.frames):
        seconds = index / story.fps
        for actor in moving(actors):
            actor.move(seconds)
        boxes = frame_boxes(actors, story.camera, random, story.probes, seen)
        frames.append({"index": index, "time": seconds, "boxes": boxes})
    return truth(story, actors, frames)


def write_truth(story: Story, actors: list[Actor], path: Path) -> None:
    """Write the ground truth (moves the actors through the whole story)."""
    write_truth_file(ground_truth(story, actors), path)


def region_of(actor: Actor, story: Story, camera: Camera) -> Region | None:
    """Picture region of an actor with its shadows, with a margin."""
    if not actor.present:
        return None
    parts = [actor.points, *(light.shadow(actor.points) for light in story.lights)]
    return region_round(np.concatenate(parts), camera, MARGIN)


def joined(regions: list[Region]) -> list[Region]:
    """Merge regions while one render of the hull costs less than two; every render has its fixed cost."""
    fixed = 3000
    result = list(regions)
    merged = True
    while merged:
        merged = False
        for first in range(len(result)):
            for second in range(first + 1, len(result)):
                whole = hull(result[first], result[second])
                if area(whole) <= area(result[first]) + area(result[second]) + fixed:
                    result = [r for i, r in enumerate(result) if i not in (first, second)] + [whole]
                    merged = True
                    break
            if merged:
                break
    return result


def fading(height: int, width: int, reach: int = 8) -> NDArray[np.float32]:
    """1 inside a region and falling to 0 at its edge, so that a faint shadow that leaves the region is not cut off."""
    rows = np.minimum(np.arange(height), np.arange(height)[::-1])
    columns = np.minimum(np.arange(width), np.arange(width)[::-1])
    return np.asarray(np.clip(np.minimum(rows[:, None], columns) / reach, 0, 1), np.float32)


def blend(still: Picture, fresh: Picture, mask: NDArray[np.float32]) -> Picture:
    """Take the fresh render where an actor is or where it differs (shadows), else the quiet still."""
    difference = np.abs(still.astype(np.float32) - fresh.astype(np.float32)).max(axis=2)
    difference = cv2.GaussianBlur(difference, (0, 0), 2.0)
    shade = np.clip((difference - 5.0) / 7.0, 0, 1) * fading(mask.shape[0], mask.shape[1])
    weight = cv2.GaussianBlur(np.maximum(mask, shade), (0, 0), 1.0)[..., None]
    return np.asarray(still * (1 - weight) + fresh * weight + 0.5, dtype=np.uint8)


class ClipRenderer:
    """Renders frames in order into a folder; frames that exist already are kept."""

    def __init__(self, story: Story, actors: list[Actor], folder: Path, scale: float = 1.0) -> None:
        full = story.camera
        self.story, self.actors, self.folder = story, actors, folder
        self.camera = replace(full, width=round(full.width * scale), height=round(full.height * scale))
        folder.mkdir(parents=True, exist_ok=True)
        self.scratch = folder / "scratch.png"
        self.frames = Frames(folder, story.frames, story.name)
        engine.use_camera(self.camera)
        self.still = self.background()

    def background(self) -> Picture:
        """The place without anything that moves, rendered once."""
        path = self.folder / "still.png"
        if not path.exists():
            for actor in moving(self.actors):
                actor.hide()
            print(f"rendering the still picture with {self.story.still_samples} samples", flush=True)
            cv2.imwrite(str(path), engine.render(self.story.still_samples, self.scratch))
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8)

    def states(self) -> States:
        """Region and exact vertices of every moving actor, to tell what changed."""
        return {
            actor.number: (region_of(actor, self.story, self.camera), vertices(actor)) for actor in moving(self.actors)
        }

    def act(self, seconds: float) -> None:
        """Put every actor where it is at a time."""
        for actor in moving(self.actors):
            actor.move(seconds)

    def nothing(self) -> States:
        """The states before anything came."""
        return {actor.number: (None, b"") for actor in moving(self.actors)}

    def run(self) -> None:
        """Render all frames that are missing."""
        picture, before = self.still.copy(), self.nothing()
        for index in range(self.story.frames):
            self.act(index / self.story.fps)
            now = self.states()
            picture = self.frames.get(index, partial(self.next_picture, picture, before, now))
            before = now

    def next_picture(self, picture: Picture, before: States, now: States) -> Picture:
        """The picture after the changes between two states."""
        changed = [number for number in now if now[number][1] != before[number][1]]
        regions = [r for number in changed for r in (before[number][0], now[number][0]) if r is not None]
        result = picture.copy()
        mask = actor_mask(moving(self.actors), self.camera, NEAREST, SPREAD)
        for region in joined(regions):
            fresh, part = rendered(region, self.story.samples, self.scratch)
            result[part] = blend(self.still[part], fresh, mask[part])
        return self.cleared(result, now)

    def cleared(self, picture: Picture, now: States) -> Picture:
        """The still wherever nothing is now: a shadow longer than its actor's region must not stay behind."""
        covered = np.zeros(picture.shape[:2], bool)
        for region, _vertices in now.values():
            if region is not None:
                covered[region[1] : region[3], region[0] : region[2]] = True
        return np.where(covered[..., None], picture, self.still)

    def at(self, seconds: float) -> Picture:
        """One finished picture at a time, without the frames before it."""
        self.act(seconds)
        return self.finish(self.next_picture(self.still, self.nothing(), self.states()), seconds)

    def finish(self, picture: Picture, seconds: float) -> Picture:
        """A rendered frame as the camera would send it; the actors stand where they are then."""
        full, index = self.story.camera, round(seconds * self.story.fps)
        if picture.shape[1] != full.width:
            picture = np.asarray(
                cv2.resize(picture, (full.width, full.height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8
            )
        random = np.random.default_rng([self.story.seed, index])
        return self.story.finish(picture, Moment(index, seconds, random, self.actors, full))

    def finished(self) -> Iterator[Picture]:
        """The frames as the camera would send them."""
        for index in range(self.story.frames):
            seconds = index / self.story.fps
            self.act(seconds)
            yield self.finish(self.frames.read(index), seconds)


def render_clip(story: Story, folder: Path, out: Path, scale: float, quality: int) -> None:
    """Render the whole clip and write its `.mp4` and `.json` into `out`.

    Args:
        folder: cache of frames; an interrupted run continues there.
        scale: share of the full picture size at which to render (the clip keeps its size).
        quality: x264's CRF.
    """
    actors = story.set_up()
    out.mkdir(parents=True, exist_ok=True)
    write_truth(story, actors, out / f"{story.name}.json")
    print(f"wrote {out / story.name}.json", flush=True)
    renderer = ClipRenderer(story, actors, folder, scale)
    renderer.run()
    clip = out / f"{story.name}.mp4"
    write_clip(clip, renderer.finished(), story.fps, (story.camera.width, story.camera.height), quality)
    print(f"wrote {clip}, {clip.stat().st_size / 1e6:.2f} MB", flush=True)


def render_at(story: Story, times: Sequence[float], folder: Path, out: Path, scale: float) -> None:
    """Write single finished pictures of a story at some times, as `out`/<story>_<seconds>.png."""
    out.mkdir(parents=True, exist_ok=True)
    renderer = ClipRenderer(story, story.set_up(), folder, scale)
    for seconds in times:
        path = out / f"{story.name}_{seconds:05.1f}.png"
        cv2.imwrite(str(path), renderer.at(seconds))
        print(f"wrote {path}", flush=True)
