"""Whether a gateway's cameras fit on this machine, and how many of each scene would."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sharp_eyes.edge.capacity.clip import make_clip
from sharp_eyes.edge.capacity.costs import DecodingCost, LookCost, decoding_cost, frames_of, look_cost
from sharp_eyes.edge.capacity.demand import CameraLoad, demand_of, load_of
from sharp_eyes.edge.capacity.streams import SeenStream
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.model import detector_manifests, load_model
from sharp_eyes.edge.extract.runtimes.onnxruntime import onnxruntime_devices
from sharp_eyes.edge.extract.runtimes.openvino import installed, openvino_devices
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.scenes.catalogue import SCENES
from sharp_eyes.edge.settings import CameraSettings, FolderSource, ModelSettings

USABLE = 0.8
"""Share of the processors that cameras may take: above it looks come late whenever several are due at once."""
INTERVALS = (1.0, 2.0, 10.0)
"""Seconds between keyframes of which the table speaks: advised, a usual default, and 'smart' codecs."""
USUAL = 2.0
"""Seconds between keyframes of a camera of which nothing is known."""
ZONE = {"id": "zone", "polygon": [[0.2, 0.3], [0.8, 0.3], [0.8, 0.9], [0.2, 0.9]]}


@dataclass(frozen=True, slots=True)
class Asked:
    """What cameras ask for together, as shares of what there is; above :data:`USABLE` looks come late.

    Attributes:
        quiet, busy: of the processors, while nothing is near any zone, and while something always is.
    """

    cameras: int
    quiet: float
    busy: float


class Capacity:
    """Measures on a clip; each kind of camera once.

    Args:
        model: as the gateway uses it, with workers and threads chosen.
        kept: how the gateway found its networks computed best.
        clip: what is decoded and looked at; made of the detector's reference pictures where None.

    Raises:
        EdgeError: a network cannot be opened, or the clip cannot be read.
    """

    def __init__(self, model: ModelSettings, kept: KeptChoices | None = None, clip: Path | None = None) -> None:
        self.processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._workers = model.workers or 1
        # One look at a time: what two at once cost is not told apart.
        self._detectors = Detectors.open(model.model_copy(update={"workers": 1}), kept)
        self._by_clock = bool([*onnxruntime_devices(), *(openvino_devices() if installed() else [])])
        with tempfile.TemporaryDirectory() as folder:
            if clip is None:
                clip = make_clip(load_model(detector_manifests(model)[0]), Path(folder) / "clip.mp4")
            self.decoding: DecodingCost = decoding_cost(clip)
            self._frames: Sequence[Frame] = frames_of(clip, _camera("clip", ()))
        self._ground = cache(lambda: self._detectors.segment(self._frames[0]))
        self._looks: dict[str, LookCost] = {}
        self._loads: dict[tuple[str, float, bool, int], CameraLoad] = {}

    def look(self, scenes: Sequence[Mapping[str, Any]]) -> LookCost:
        """What a look of these scenes costs."""
        key = _key(scenes)
        if key not in self._looks:
            pipeline = self._pipeline(scenes)
            self._looks[key] = look_cost(pipeline, self._detectors, self._frames, by_clock=self._by_clock)
        return self._looks[key]

    def load(self, camera: CameraSettings, seen: SeenStream, *, busy: bool) -> CameraLoad:
        """What one camera costs a second."""
        keyframes = round(2 * (seen.keyframes or USUAL)) / 2 or 0.5
        pixels = seen.width * seen.height or self.decoding.pixels
        key = (_key(camera.scenes), keyframes, busy, pixels * 100 + camera.tiles)
        if key not in self._loads:
            rate = min(max(seen.rate or self.decoding.rate, 1.0), 60.0)
            demand = demand_of(self._pipeline(camera.scenes), self._frames[0], self._ground, keyframes, rate, busy=busy)
            decoding = self.decoding.of(pixels)
            self._loads[key] = load_of(demand, decoding, self.look(camera.scenes), camera.tiles)
        return self._loads[key]

    def fitting(self, load: CameraLoad) -> int:
        """How many such cameras there may be."""
        by_processor = USABLE * self.processors / load.total if load.total else 0.0
        by_looks = USABLE * self._workers / load.looking if load.looking else by_processor
        return int(min(by_processor, by_looks))

    def asked(self, cameras: Sequence[CameraSettings], seen: Mapping[str, SeenStream]) -> Asked:
        """What a gateway's cameras ask for together."""
        shares = []
        for busy in (False, True):
            loads = [self.load(one, seen.get(one.id, SeenStream()), busy=busy) for one in cameras if one.scenes]
            processors = sum(load.total for load in loads) / self.processors
            shares.append(max(processors, sum(load.looking for load in loads) / self._workers))
        return Asked(len(cameras), *shares)

    def table(self, cameras: Sequence[CameraSettings] = ()) -> Iterator[str]:
        """How many cameras fit, a line for each scene that these have, or for all that there are."""
        cost = self.decoding
        yield (
            f"decoding {cost.pixels / 1e6:.1f} megapixels: a keyframe {1e3 * cost.keyframe:.1f} ms, a frame between "
            f"{1e3 * cost.frame:.1f} ms; {1e3 * cost.rate * cost.packet:.1f} ms a second to read"
        )
        yield "cameras that fit while nothing is near / while something always is, with keyframes every"
        yield f"{'':22}{'a look':>12}" + "".join(f"{f'{interval:g} s':>13}" for interval in INTERVALS)
        for name, raw in _examples(cameras).items():
            camera = _camera(name, (raw,))
            cells = []
            for interval in INTERVALS:
                loads = [self.load(camera, SeenStream(keyframes=interval), busy=busy) for busy in (False, True)]
                cells.append(" / ".join(str(self.fitting(load)) for load in loads))
            look = self.look((raw,))
            said = "every frame" if look.every_frame else f"{1e3 * look.look:.1f} ms"
            yield f"{name:22}{said:>12}" + "".join(f"{cell:>13}" for cell in cells)

    def _pipeline(self, scenes: Sequence[Mapping[str, Any]]) -> CameraPipeline:
        return CameraPipeline("capacity", _camera("capacity", scenes), self._detectors)


def _camera(name: str, scenes: Sequence[Mapping[str, Any]]) -> CameraSettings:
    source = FolderSource(path=Path())
    return CameraSettings(id=name, source=source, scenes=tuple(dict(scene) for scene in scenes))


def _examples(cameras: Sequence[CameraSettings]) -> dict[str, dict[str, Any]]:
    """Scenes to speak of, by name: the first of each kind that the cameras have."""
    found: dict[str, dict[str, Any]] = {}
    for camera in cameras:
        for raw in camera.scenes:
            found.setdefault(str(raw.get("scene")), raw)
    return found or {name: {"scene": name, "zones": [ZONE]} for name in SCENES}


def _key(scenes: Sequence[Mapping[str, Any]]) -> str:
    """What makes scenes cost the same: all but where their zones lie."""
    return json.dumps([{name: raw[name] for name in raw if name not in ("zones", "lines")} for raw in scenes])
