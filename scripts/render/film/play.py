"""What a play consists of, and its ground truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.indoor.rooms import Room
from scripts.render.labels import frame_boxes, inside, meet

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
HIDDEN = 4.0


@dataclass(frozen=True)
class Look:
    """How the recorder shows the picture: `target` is the mean grey level its exposure aims at."""

    target: float = 110.0
    infrared: bool = False
    noise: float = 1.3
    softness: float = 0.6
    vignette: float = 0.16


class Overlay(Protocol):
    """Something laid over the finished picture, such as smoke."""

    def lay(self, picture: Picture, index: int) -> Picture:
        """Frame `index` with it; pictures are BGR (height, width, 3)."""

    def boxes(self, index: int) -> list[tuple[str, Box]]:
        """Classes and pixel boxes of what can be seen of it in frame `index`."""


@dataclass
class Play:
    """One clip: `lights` names the states of lamps from a time on; events are written in `expected` and `traps`."""

    name: str
    seed: int
    duration: float
    camera: Camera
    room: Room
    actors: Sequence[Actor]
    zones: dict[str, list[list[float]]]
    scene: str
    look: Look = field(default_factory=Look)
    fps: int = 8
    lights: Sequence[tuple[float, str]] = ((0.0, "on"),)
    switch: Callable[[str], None] = lambda _state: None
    extra_stills: Sequence[str] = ()  # states of the lamps that only the overlay needs
    overlay: Callable[[Path], Overlay] | None = None  # made from the folder of frames, when the stills are there
    whys: dict[int, str] = field(default_factory=dict)  # of look-alikes: why they raise no alarm
    events: Callable[[Any], Sequence[dict[str, Any]]] = lambda _overlay: ()  # those not told by boxes of things

    @property
    def frames(self) -> int:
        """Number of frames."""
        return round(self.duration * self.fps)

    def light_at(self, time: float) -> str:
        """State of the lamps."""
        return [name for start, name in self.lights if start <= time + 1e-6][-1]


def zone_on(camera: Camera, floor: list[tuple[float, float, float]]) -> list[list[float]]:
    """Zone of corners in metres, kept inside the picture."""
    return [[min(1.0, max(0.0, x)), min(1.0, max(0.0, y))] for x, y in camera.polygon(floor)]


def moving(play: Play) -> list[Any]:
    """The actors with stints."""
    return [actor for actor in play.actors if getattr(actor, "stints", ())]


def spans(play: Play, frames: Sequence[dict[str, Any]], number: int, zone: str) -> list[tuple[float, float]]:
    """Times during which the bottom centre of an object's box lies in a zone, as (from, to) seconds.

    Somebody who hides it for less than `HIDDEN` seconds does not end a stay.
    """
    times = []
    for frame in frames:
        for box in frame["boxes"]:
            if box["object"] == number:
                x = (box["box"][0] + box["box"][2]) / 2 / play.camera.width
                y = (box["box"][3] - 0.5) / play.camera.height
                if inside(play.zones[zone], x, y):
                    times.append(frame["index"])
    result: list[tuple[float, float]] = []
    for index in times:
        if result and index / play.fps - result[-1][1] < HIDDEN:
            result[-1] = (result[-1][0], (index + 1) / play.fps)
        else:
            result.append((index / play.fps, (index + 1) / play.fps))
    return result


def offence(play: Play) -> tuple[str, ...]:
    """Classes whose stay in the zone is the play's event."""
    return {"ebike_stairwell": ("ebike",), "gas_cylinder": ("gas_cylinder",)}.get(play.scene, ())


def stays(play: Play, frames: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of things in zones: the offender's stay, and the stays of what is taken for one."""
    events = []
    for actor in play.actors:
        expected = actor.kind in offence(play)
        if not expected and actor.number not in play.whys:
            continue
        for zone in play.zones:
            for start, end in spans(play, frames, actor.number, zone):
                event: dict[str, Any] = {
                    "scene": play.scene, "zone": zone, "object": actor.number, "from": start, "to": end,
                    "expected": expected,
                }  # fmt: skip
                if not expected:
                    event["why"] = play.whys[actor.number]
                events.append(event)
    return sorted(events, key=lambda event: float(event["from"]))


def standing(play: Play) -> list[Actor]:
    """The actors without stints."""
    return [actor for actor in play.actors if not getattr(actor, "stints", ())]


def visible_boxes(play: Play, alone: dict[int, dict[str, Any]], random: np.random.Generator) -> list[dict[str, Any]]:
    """Boxes of this frame; what stands looks as it does `alone` unless something that moves may hide it."""
    movers = [actor for actor in moving(play) if actor.present]
    boxes = [box for box in (play.camera.box(actor.points) for actor in movers) if box is not None]
    anew, rows = list[Actor](movers), []
    for actor in standing(play):
        box = play.camera.box(actor.points)
        if box is not None and any(meet(box, other) for other in boxes):
            anew.append(actor)
        elif actor.number in alone:
            rows.append(alone[actor.number])
    return sorted([*rows, *frame_boxes(anew, play.camera, random)], key=lambda row: int(row["object"]))


def ground_truth(play: Play, overlay: Overlay | None) -> dict[str, Any]:
    """The whole ground truth (moves the actors through the play)."""
    random = np.random.default_rng(play.seed)
    frames: list[dict[str, Any]] = []
    for actor in moving(play):
        actor.hide()
    alone = {row["object"]: row for row in frame_boxes(standing(play), play.camera, random)}
    before, boxes = b"", []
    extra: dict[str, int] = {}
    for index in range(play.frames):
        for actor in moving(play):
            actor.move(index / play.fps)
        now = b"".join(actor.points.tobytes() if actor.present else b"-" for actor in moving(play))
        if now != before or index == 0:
            boxes = visible_boxes(play, alone, random)
        before = now
        seen = list(boxes)
        for kind, box in overlay.boxes(index) if overlay else ():
            number = extra.setdefault(kind, 900 + len(extra))
            seen.append({"object": number, "box": [round(side, 1) for side in box]})
        frames.append({"index": index, "time": index / play.fps, "boxes": seen})
    objects = [{"id": actor.number, "class": actor.kind, "role": actor.role} for actor in play.actors]
    objects += [{"id": number, "class": kind, "role": "fire"} for kind, number in extra.items()]
    return {
        "version": 1, "clip": f"{play.name}.mp4", "fps": play.fps, "width": play.camera.width,
        "height": play.camera.height, "seed": play.seed,
        "zones": {name: {"polygon": polygon} for name, polygon in play.zones.items()},
        "objects": objects, "frames": frames, "events": [*stays(play, frames), *play.events(overlay)],
    }  # fmt: skip
