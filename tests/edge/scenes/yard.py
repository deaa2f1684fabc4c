"""A yard in which smoke, flames and lamps are painted, look by look."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from tests.edge.scenes.worlds import Camera, scene_of, track

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.frame import Frame, Picture, Track, Tracks
from sharp_eyes.edge.scenes.base import Observation
from sharp_eyes.edge.scenes.geometry import Rectangle

ROWS, COLUMNS = 144, 256
YARD = {"id": "yard", "polygon": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]}
LOOK = 0.3
BOX: Rectangle = (0.4, 0.3, 0.6, 0.7)

Paint = Callable[[Picture, int], None]
"""Draws the world's moving part into a picture, look by look."""


def still(picture: Picture, number: int) -> None:
    """Nothing moves."""


def part(picture: Picture, box: Rectangle) -> Picture:
    x1, y1, x2, y2 = box
    return picture[int(y1 * ROWS) : int(y2 * ROWS), int(x1 * COLUMNS) : int(x2 * COLUMNS)]


def smoke_in(box: Rectangle) -> Paint:
    """Soft grey swirls that drift upwards."""

    def paint(picture: Picture, number: int) -> None:
        place = part(picture, box)
        cloud = np.random.default_rng(5).uniform(0, 255, (20, 8)).astype(np.float32)
        soft = cv2.resize(cloud, (place.shape[1], 4 * place.shape[0]), interpolation=cv2.INTER_CUBIC)
        shown = np.roll(soft, -3 * number, axis=0)[: place.shape[0]]
        place[:] = np.clip(0.7 * place + 0.3 * shown[..., None], 0, 255)

    return paint


def flame_in(box: Rectangle) -> Paint:
    """Tongues of bright orange that leap from look to look."""

    def paint(picture: Picture, number: int) -> None:
        place = part(picture, box)
        tongues = np.random.default_rng(number).uniform(0, 1, (6, 6, 1)).astype(np.float32)
        heat = cv2.resize(tongues, (place.shape[1], place.shape[0]))[..., None]
        place[:] = np.clip(place * (1 - heat) + heat * np.array([60, 160, 255]), 0, 255)

    return paint


def lamp_in(box: Rectangle) -> Paint:
    """A steady bright orange spot."""

    def paint(picture: Picture, number: int) -> None:
        part(picture, box)[:] = (60, 160, 255)

    return paint


class Yard(Camera):
    """A camera with pictures: a textured wall, some noise, and what is painted over it."""

    def __init__(self, paint: Paint = still, **changes: Any) -> None:
        settings = {"scene": "smoke", "zones": [YARD], "clear_after": 5, "grace": 2}
        super().__init__(scene_of(**(settings | changes)))
        self.paint = paint
        self.number = 0
        random = np.random.default_rng(1)
        blocks = random.integers(60, 160, (ROWS // 8, COLUMNS // 8, 3)).astype(np.uint8)
        self.wall = cv2.resize(blocks, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        self.noise = random.normal(0, 2, (2 * ROWS, COLUMNS, 3)).astype(np.float32)

    def picture(self) -> Picture:
        """The world now."""
        start = 37 * self.number % ROWS
        picture: Picture = np.clip(self.wall + self.noise[start : start + ROWS], 0, 255).astype(np.uint8)
        self.paint(picture, self.number)
        return picture

    def see(self, tracks: Sequence[Track], looks: int = 1) -> list[SceneEvent]:
        """Look so many times."""
        said: list[SceneEvent] = []
        for _ in range(looks):
            said += self.glance(tracks)
        return said

    def glance(self, tracks: Sequence[Track]) -> list[SceneEvent]:
        """One look."""
        self.clock.advance(self.time)
        said = self.scene.observe(self.seen(tracks))
        self.events += said
        self.time += LOOK
        self.number += 1
        return said

    def seen(self, tracks: Sequence[Track]) -> Observation:
        """One look with its picture."""
        frame = Frame.of_picture("cam", self.time, self.picture())
        return Observation(Tracks(self.time, 1000, 1000, tuple(tracks)), self.clock, None, frame)


def smoke(box: Rectangle = BOX, identity: int = 1, score: float = 0.5) -> Track:
    return track(identity, box, "smoke", score=score)


def flame(box: Rectangle = BOX, identity: int = 2, score: float = 0.3) -> Track:
    return track(identity, box, "fire", score=score)
