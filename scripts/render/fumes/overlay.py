"""Smoke, steam and flame of a clip: simulated once into a folder, then laid over its frames."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera

from .air import Air, Source
from .flame import Flame
from .view import Veil, View

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
Keys = Sequence[tuple[float, float]]  # (seconds, value), straight in between
SUBSTEPS = 2
FLAME_STEPS = 40  # a second
SEEN = 0.13  # share of light hidden from which smoke counts as seen
GAMMA = 2.2
LINGERS = 6.0  # seconds in which what was freed last fades
IN_FRONT = 0.45  # share of a flame's light that no smoke stands before


def value_at(keys: Keys, time: float) -> float:
    """Value at a time; constant before the first and after the last key."""
    return float(np.interp(time, [key[0] for key in keys], [key[1] for key in keys]))


@dataclass(frozen=True)
class Plume:
    """Smoke or steam: what frees it and how it looks. `kind` is its class, empty for what is no smoke."""

    name: str
    kind: str
    air: Callable[[], Air]
    source: Source
    flow: Keys
    thickness: float
    colour: tuple[float, float, float]  # BGR, 1 is white paper in the room's light
    shade: float = 0.8
    ambient: float = 0.35


@dataclass(frozen=True)
class Fire:
    """A flame over a place (metres) on a plane `height` metres high; `fierce` 0..1 over time."""

    place: tuple[float, float, float]
    height: float
    fierce: Keys
    seed: int
    still: str = "fire"  # the still lit by the flame alone
    strength: float = 1.0


class Fumes:
    """Overlay of plumes and perhaps a flame; simulated frames are kept in `folder`."""

    def __init__(
        self, folder: Path, camera: Camera, fps: int, frames: int, plumes: Sequence[Plume], fire: Fire | None = None
    ) -> None:  # fmt: skip
        self.folder, self.camera, self.fps, self.frames = folder, camera, fps, frames
        self.plumes, self.fire = plumes, fire
        self.brightness: list[float] = [0.0] * frames
        if fire is not None:
            self.burn(fire)
        for plume in plumes:
            self.rise(plume)
        self.fire_light = np.zeros((camera.height, camera.width, 3), np.float32)
        if fire is not None:
            lit = cv2.imread(str(folder / f"still_{fire.still}.png"))
            self.fire_light = np.asarray((np.asarray(lit, np.float32) / 255) ** GAMMA, dtype=np.float32)

    def span(self, plume: Plume) -> range:
        """Frames in which a plume may be seen."""
        last = self.frames if plume.flow[-1][1] > 0 else min(self.frames, int((plume.flow[-1][0] + LINGERS) * self.fps))
        return range(max(0, int(plume.flow[0][0] * self.fps)), last)

    def rise(self, plume: Plume) -> None:
        """Simulate a plume; a picture of three channels a frame."""
        paths = {index: self.folder / f"veil_{plume.name}_{index:04d}.png" for index in self.span(plume)}
        if all(path.exists() for path in paths.values()):
            return
        air = plume.air()
        view, weight = View(self.camera, air, steps=44), air.reach(plume.source)
        step = 1 / self.fps / SUBSTEPS
        for index, path in paths.items():
            for sub in range(SUBSTEPS):
                air.feed(plume.source, weight, value_at(plume.flow, index / self.fps + sub * step), step)
                air.step(step)
            if not path.exists():
                flame = self.fire.place if self.fire is not None else None
                veil = view.take(air, plume.thickness, plume.shade, plume.ambient, flame)
                cv2.imwrite(str(path), veil.packed())
            if index % 40 == 0:
                print(f"{plume.name}: frame {index}/{self.frames}", flush=True)

    def burn(self, fire: Fire) -> None:
        """Simulate the flame: its picture (100 is white paper) a frame, and its brightness."""
        series = self.folder / "flame.json"
        if series.exists():
            self.brightness = json.loads(series.read_text(encoding="utf-8"))
            return
        flames = [Flame(170, 200, fire.seed + number) for number in range(2)]
        for index in range(int(fire.fierce[0][0] * self.fps), self.frames):
            for sub in range(FLAME_STEPS // self.fps):
                for flame in flames:
                    flame.step(value_at(fire.fierce, (index + sub * self.fps / FLAME_STEPS) / self.fps))
            picture = np.maximum(flames[0].picture(), np.roll(flames[1].picture(), 16, axis=1) * 0.85)
            self.brightness[index] = float(picture[..., 2].mean())
            cv2.imwrite(str(self.folder / f"flame_{index:04d}.png"), np.clip(picture * 100, 0, 255).astype(np.uint8))
        series.write_text(json.dumps(self.brightness), encoding="utf-8")

    def veil(self, plume: Plume, index: int) -> Veil | None:
        """What a plume hides in a frame."""
        path = self.folder / f"veil_{plume.name}_{index:04d}.png"
        return Veil.unpacked(np.asarray(cv2.imread(str(path)), np.uint8)) if path.exists() else None

    def flame(self, index: int) -> NDArray[np.float32] | None:
        """Light of the flame on the picture, BGR; None before it burns."""
        if self.fire is None or not self.brightness[index]:
            return None
        drawn = np.asarray(cv2.imread(str(self.folder / f"flame_{index:04d}.png")), np.float32) / 100
        pixels, depth = self.camera.project(np.array([self.fire.place]))
        tall = self.camera.focal * self.fire.height / float(depth[0])
        scale = tall / drawn.shape[0]
        move = np.array(
            [[scale, 0, pixels[0, 0] - scale * drawn.shape[1] / 2], [0, scale, pixels[0, 1] - tall]], np.float32
        )
        small = cv2.GaussianBlur(drawn, (0, 0), max(0.3, 0.4 / scale))
        size = (self.camera.width, self.camera.height)
        return np.asarray(cv2.warpAffine(small, move, size, flags=cv2.INTER_LINEAR), dtype=np.float32)

    def lay(self, picture: Picture, index: int) -> Picture:
        """Frame `index` with its flame and smoke."""
        light = (picture.astype(np.float32) / 255) ** GAMMA
        flame = self.flame(index)
        flicker = 0.0
        if self.fire is not None and flame is not None:
            flicker = self.fire.strength * min(1.6, self.brightness[index] / 0.2)
            bloom = cv2.GaussianBlur(flame, (0, 0), 9)
            light = light + self.fire_light * flicker + flame * 0.9 + bloom * 0.3
        for plume in self.plumes:
            veil = self.veil(plume, index)
            if veil is None:
                continue
            shine = np.array(plume.colour, np.float32) * veil.light[..., None]
            shine = shine + np.array([0.05, 0.3, 0.8], np.float32) * (veil.glow[..., None] * flicker)
            light = light * (1 - veil.alpha[..., None]) + shine * veil.alpha[..., None]
        if flame is not None:
            light = light + flame * IN_FRONT
        return np.asarray(np.clip(light, 0, 1) ** (1 / GAMMA) * 255 + 0.5, dtype=np.uint8)

    def boxes(self, index: int) -> list[tuple[str, Box]]:
        """Classes and pixel boxes of the smoke and flame that can be seen in a frame."""
        found = []
        for plume in self.plumes:
            veil = self.veil(plume, index) if plume.kind else None
            box = None if veil is None else box_round(veil.alpha > SEEN, 250)
            if box is not None:
                found.append((plume.kind, box))
        flame = self.flame(index)
        box = None if flame is None else box_round(flame[..., 2] > 0.5, 24)
        if box is not None:
            found.append(("fire", box))
        return found

    def first(self, kind: str) -> float:
        """Seconds at which a class is first seen.

        Raises:
            ValueError: it never is.
        """
        for index in range(self.frames):
            if any(kind == name for name, _box in self.boxes(index)):
                return index / self.fps
        raise ValueError(f"{kind} is never seen in the clip; make its source stronger")


def box_round(mask: NDArray[np.bool_], least: int) -> Box | None:
    """Box of the parts of a mask with at least `least` pixels; None when there is none."""
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = [stats[number] for number in range(1, count) if stats[number, cv2.CC_STAT_AREA] >= least]
    if not parts:
        return None
    left, top = min(int(part[0]) for part in parts), min(int(part[1]) for part in parts)
    right, bottom = max(int(part[0] + part[2]) for part in parts), max(int(part[1] + part[3]) for part in parts)
    return float(left), float(top), float(right), float(bottom)
