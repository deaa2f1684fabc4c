"""What a ground clip is: pictures in order, the true shares, events; and writing it all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera
from scripts.render.encode import write_clip
from scripts.render.ground.weather import grey
from scripts.render.sensor import lens, noise
from scripts.render.truth_file import write_truth_file

from .blending import Picture, Pixels, inside
from .movers import Drive, Sprite, Walk

FPS = 8
GRAIN = 1.0


class GroundClip(ABC):
    """A clip about the share of a zone's ground that is bare or under water."""

    name: ClassVar[str]
    scene: ClassVar[str]
    seed: ClassVar[int]
    duration: ClassVar[float]
    threshold: ClassVar[float]  # share from which the condition holds
    quality: ClassVar[int] = 27
    scripts: ClassVar[tuple[Walk | Drive, ...]]
    why: ClassVar[tuple[tuple[str, str, float, float], ...]]  # traps: zone, why, from, to

    def __init__(self, camera: Camera, zones: dict[str, Sequence[tuple[float, float, float]]]) -> None:
        self.camera = camera
        self.polygons = {name: camera.polygon(list(corners)) for name, corners in zones.items()}
        self.insides = {name: inside(polygon, (camera.width, camera.height)) for name, polygon in self.polygons.items()}
        self.boxes: list[list[dict[str, Any]]] = []

    @abstractmethod
    def picture(self, time: float, random: np.random.Generator) -> tuple[Pixels, list[Sprite]]:
        """The picture at a time before lens and noise, and what moves in it."""

    @abstractmethod
    def changed(self, time: float) -> NDArray[np.bool_]:
        """Pixels (rows, columns) of ground that is bare or under water at a time, whatever stands before them."""

    def objects(self) -> list[dict[str, Any]]:
        """The things that move, as rows of the ground truth."""
        return [
            {"id": number, "class": "car" if isinstance(script, Drive) else "person", "role": self.role(script)}
            for number, script in enumerate(self.scripts, 1)
        ]

    def role(self, script: Walk | Drive) -> str:
        """What a mover is called in the ground truth."""
        return script.role

    def grain(self, _time: float) -> float:
        """Deviation of the sensor's noise at a time, grey levels."""
        return GRAIN

    def infrared(self, _time: float) -> bool:
        """Whether the camera sees by infrared light at a time, and so without any colour."""
        return False

    def share(self, zone: str, time: float) -> float:
        """Share of a zone's pixels that is bare or under water."""
        mask = self.insides[zone]
        return float((self.changed(time) & mask).sum() / mask.sum())

    def frames(self) -> Iterator[Picture]:
        """All frames as the camera sends them; fills `boxes` on the way."""
        self.boxes = []
        count = int(self.duration * FPS)
        for index in range(count):
            time = index / FPS
            random = np.random.default_rng([self.seed, index])
            picture, sprites = self.picture(time, random)
            self.boxes.append(sorted(
                ({"object": sprite.number, "box": [round(side, 1) for side in sprite.box]} for sprite in sprites),
                key=lambda row: row["object"],
            ))  # fmt: skip
            clean = np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)
            noisy = noise(lens(clean), random, self.grain(time))
            yield grey(noisy) if self.infrared(time) else noisy
            if (index + 1) % 40 == 0:
                print(f"{self.name}: frame {index + 1}/{count}", flush=True)

    def events(self) -> list[dict[str, Any]]:
        """When the share of each zone is above the threshold, and the traps."""
        found: list[dict[str, Any]] = []
        for zone in self.polygons:
            holds = [index / FPS for index in range(int(self.duration * FPS))
                     if self.share(zone, index / FPS) >= self.threshold]  # fmt: skip
            if holds:
                largest = max(self.share(zone, time) for time in holds)
                found.append({"scene": self.scene, "zone": zone, "from": holds[0], "to": self.duration,
                              "expected": True, "share": round(largest, 4)})  # fmt: skip
        found += [{"scene": self.scene, "zone": zone, "from": start, "to": end, "expected": False, "why": why}
                  for zone, why, start, end in self.why]  # fmt: skip
        return sorted(found, key=lambda event: float(event["from"]))

    def truth(self) -> dict[str, Any]:
        """Ground truth as plain data; the frames must have been made."""
        return {
            "version": 1, "clip": f"{self.name}.mp4", "fps": FPS, "width": self.camera.width,
            "height": self.camera.height, "seed": self.seed,
            "camera": {"position": self.camera.position, "yaw": self.camera.yaw, "pitch": self.camera.pitch,
                       "field_of_view": self.camera.field_of_view},
            "threshold": self.threshold,
            "zones": {name: {"polygon": polygon} for name, polygon in self.polygons.items()},
            "objects": self.objects(),
            "events": self.events(),
            "shares": [{"time": second, **{zone: round(self.share(zone, second), 4) for zone in self.polygons}}
                       for second in range(int(self.duration))],
            "frames": [{"index": index, "time": index / FPS, "boxes": boxes} for index, boxes in
                       enumerate(self.boxes)],
        }  # fmt: skip

    def write(self, out: Path) -> None:
        """Write clip and ground truth."""
        out.mkdir(parents=True, exist_ok=True)
        write_clip(out / f"{self.name}.mp4", self.frames(), FPS, (self.camera.width, self.camera.height), self.quality)
        write_truth_file(self.truth(), out / f"{self.name}.json")
