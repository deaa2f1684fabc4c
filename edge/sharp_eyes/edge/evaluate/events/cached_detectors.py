"""Detectors and ground segmenter that look only where nobody looked before; what they give is the same to the bit."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.extract.backends import Backend, backends
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.model import Model, find_manifest, load_model, sha256_of
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame, Segmentation
from sharp_eyes.edge.settings import ModelSettings

FLOOR = 0.05
"""Least score that is kept, so that a rule's or a model's threshold can be lowered without looking again."""


@dataclass(slots=True)
class Recordings:
    """Which recording each camera plays, and since when: with the frame's time that says which picture it is.

    A frame's number would not do: it counts decoded frames, and depends on how many are left out.

    Attributes:
        digests: checksum of the recording, by camera.
        starts: time of its first frame, by camera.
        shown: where in the recording the frame is, by camera, where it is not played straight on: seconds.
    """

    digests: dict[str, str] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)

    def begin(self, camera: str, digest: str, start: float) -> None:
        """Take note that a camera plays a recording from its first frame."""
        self.digests[camera] = digest
        self.starts[camera] = start
        self.shown.pop(camera, None)

    def show(self, camera: str, footage: float) -> None:
        """Take note of where in the recording the next frame is, seconds from the first one."""
        self.shown[camera] = footage

    def plays(self, camera: str) -> bool:
        """Whether a camera plays a recording; a part of a picture that is looked at more closely belongs to none."""
        return camera in self.digests

    def place(self, frame: Frame) -> tuple[str, int]:
        """Checksum of the frame's recording, and its milliseconds from the first frame."""
        seconds = self.shown.get(frame.camera)
        if seconds is None:
            seconds = frame.time - self.starts[frame.camera]
        return self.digests[frame.camera], round(seconds * 1000)


@dataclass(frozen=True, slots=True)
class InferenceMemory:
    """Where looks are kept; without a cache every look is a fresh one."""

    cache: InferenceCache | None
    recordings: Recordings


class CachingDetector:
    """A detector that gives what was found before; the network is opened with the first look that is missing."""

    def __init__(
        self, model: Model, way: Backend, threads: int, thresholds: Thresholds, memory: InferenceMemory
    ) -> None:
        self._model, self._way, self._threads = model, way, threads
        self._memory = memory
        self._floors = thresholds.weakest(model.classes)
        self._least = min(FLOOR, float(self._floors.min()))
        self._thresholds = thresholds
        described = model.manifest.model_dump(mode="json", include={"family", "classes", "class_map", "input", "iou"})
        self._key = key_of(sha256_of(model.file_of(way.precision)), described, str(way), self._least)

    @cached_property
    def _detector(self) -> Detector:
        runtime = self._way.open(self._model, self._threads)
        return Detector(self._model, runtime, self._thresholds, weakest=self._least)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Give the detections of each frame, as a detector with these thresholds does.

        Raises:
            ModelError: when the network fails.
        """
        return [self._above(self._seen(frame)) for frame in frames]

    def _seen(self, frame: Frame) -> Detections:
        cache = self._memory.cache
        if cache is None or not self._memory.recordings.plays(frame.camera):
            return self._detector.detect([frame])[0]
        clip, moment = self._memory.recordings.place(frame)
        stored = cache.get(self._key, clip, moment)
        if stored is not None:
            return _unpacked(stored, self._model.classes)
        found = self._detector.detect([frame])[0]
        cache.put(self._key, clip, moment, _packed(found))
        return found

    def _above(self, found: Detections) -> Detections:
        kept = found.scores >= self._floors[found.classes]
        return Detections(found.boxes[kept], found.scores[kept], found.classes[kept], found.names)


class CachingSegmenter:
    """A segmenter that gives what was seen before.

    Attributes:
        model: the network and its manifest.
        way: how it is computed.
    """

    def __init__(self, settings: ModelSettings, memory: InferenceMemory) -> None:
        """``settings`` name the segmenter and its runtime.

        Raises:
            ModelError: when the model is missing, altered or not what its manifest says.
        """
        self.model = load_model(find_manifest(settings))
        self._settings = settings
        self._memory = memory
        described = self.model.manifest.model_dump(mode="json", include={"family", "classes", "input", "whole"})
        self.way = next(way for way in backends(self.model.manifest) if way.runtime == settings.runtime)
        self._key = key_of(sha256_of(self.model.file), described, str(self.way), None)

    @cached_property
    def _segmenter(self) -> Segmenter:
        return Segmenter.open(self._settings)

    def segment(self, frame: Frame) -> Segmentation:
        """Look at a frame.

        Raises:
            ModelError: when the network fails.
        """
        cache = self._memory.cache
        if cache is None:
            return self._segmenter.segment(frame)
        clip, moment = self._memory.recordings.place(frame)
        stored = cache.get(self._key, clip, moment)
        if stored is not None:
            return _ground(stored, self.model.classes, self.model.manifest.whole)
        seen = self._segmenter.segment(frame)
        cache.put(self._key, clip, moment, _packed_grid(seen))
        return seen


def key_of(network: str, described: Mapping[str, object], way: str, least: float | None) -> str:
    """Key of everything that a look depends on besides the picture: network, how it is read, and what computes it."""
    runtime = way.split(maxsplit=1)[0]
    try:
        release = version(runtime)
    except PackageNotFoundError as error:
        raise ModelError(f"{runtime} is not installed") from error
    text = json.dumps([network, described, way, release, least], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _packed(found: Detections) -> bytes:
    rows = np.column_stack([found.boxes, found.scores, found.classes.astype(np.float32)])
    return zlib.compress(rows.astype("<f4").tobytes())


def _unpacked(stored: bytes, names: tuple[str, ...]) -> Detections:
    rows = np.frombuffer(zlib.decompress(stored), "<f4").reshape(-1, 6).astype(np.float32)
    return Detections(rows[:, :4], rows[:, 4], rows[:, 5].astype(np.int32), names)


def _packed_grid(seen: Segmentation) -> bytes:
    shape = np.array(seen.probabilities.shape, "<i4").tobytes()
    whole = np.array(list(seen.whole.values()), "<f4").tobytes()
    return shape + zlib.compress(seen.probabilities.astype("<f4").tobytes() + whole, 1)


def _ground(stored: bytes, names: tuple[str, ...], whole: tuple[str, ...]) -> Segmentation:
    shape = np.frombuffer(stored[:12], "<i4")
    values = np.frombuffer(zlib.decompress(stored[12:]), "<f4").astype(np.float32)
    grid = values[: len(values) - len(whole)].reshape(shape)
    told = [float(value) for value in values[len(values) - len(whole) :]]
    return Segmentation(grid, names, dict(zip(whole, told, strict=True)))
