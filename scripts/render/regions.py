"""Regions of the picture that are rendered anew when something in them moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from . import engine
from .actors import Actor
from .camera import Camera
from .picture_file import write_picture

Picture = NDArray[np.uint8]
Region = tuple[int, int, int, int]
States = dict[int, tuple[Region | None, bytes]]  # of each moving actor: its region and its vertices


def region_round(points: NDArray[np.float64], camera: Camera, margin: int) -> Region | None:
    """Region of points (N, 3) with a margin in pixels; None if they are out of sight."""
    box = camera.box(points)
    if box is None:
        return None
    return (
        max(0, int(box[0]) - margin), max(0, int(box[1]) - margin),
        min(camera.width, int(box[2]) + 1 + margin), min(camera.height, int(box[3]) + 1 + margin),
    )  # fmt: skip


class Frames:
    """A clip's frames in a folder: those that are there are read, the others made and kept; every 20th tells the pace.

    Args:
        count: frames of the whole clip.
        label: what the clip is called where it tells its pace.
    """

    def __init__(self, folder: Path, count: int, label: str) -> None:
        self.folder, self.count, self.label = folder, count, label
        self.started, self.done = time.monotonic(), 0

    def path(self, index: int) -> Path:
        """File of a frame."""
        return self.folder / f"{index:04d}.png"

    def read(self, index: int) -> Picture:
        """A frame that is there."""
        return np.asarray(cv2.imread(str(self.path(index))), dtype=np.uint8)

    def get(self, index: int, make: Callable[[], Picture]) -> Picture:
        """A frame, made only if it is not there."""
        if self.path(index).exists():
            return self.read(index)
        picture = make()
        write_picture(self.path(index), picture)
        self.done += 1
        if self.done % 20 == 0:
            pace = (time.monotonic() - self.started) / self.done
            print(f"{self.label}: frame {index + 1}/{self.count}, {pace:.2f} s a frame", flush=True)
        return picture


def vertices(actor: Actor) -> bytes:
    """An actor's exact vertices, to tell whether it changed; none when it is out of the picture."""
    return actor.points.round(4).tobytes() if actor.present else b""


def area(region: Region) -> int:
    """Pixels of a region."""
    return (region[2] - region[0]) * (region[3] - region[1])


def hull(a: Region, b: Region) -> Region:
    """Smallest region round two."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def actor_mask(actors: Iterable[Actor], camera: Camera, nearest: float, spread: int) -> NDArray[np.float32]:
    """1 where an actor may be seen (hull of its vertices), else 0.

    Args:
        nearest: metres; vertices nearer to the camera are left out.
        spread: side in pixels of the square by which the hulls grow.
    """
    mask = np.zeros((camera.height, camera.width), np.uint8)
    for actor in actors:
        if not actor.present:
            continue
        pixels, depth = camera.project(actor.points)
        pixels = pixels[depth > nearest]
        if len(pixels) >= 3:
            outline = cv2.convexHull(np.clip(pixels, -4000, 4000).astype(np.int32))
            cv2.fillConvexPoly(mask, outline, 255)
    return np.asarray(cv2.dilate(mask, np.ones((spread, spread), np.uint8)).astype(np.float32) / 255)


def rendered(region: Region, samples: int, scratch: Path) -> tuple[Picture, tuple[slice, slice]]:
    """A region as it is now, and the rows and columns of the picture that it fills."""
    x0, y0, x1, y1 = region
    fresh = engine.render(samples, scratch, region)[: y1 - y0, : x1 - x0]
    height, width = fresh.shape[:2]
    return fresh, (slice(y0, y0 + height), slice(x0, x0 + width))
