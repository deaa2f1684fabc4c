"""Runs detectors over sources: from the cache where it is there, with the network where it is not."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sharp_eyes.edge.errors import ModelError, SourceError
from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections, DetectionCache
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, LabelledSource
from sharp_eyes.edge.evaluate.detectors.negatives import frames_of
from sharp_eyes.edge.extract.backends import backends
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.model import MANIFEST, find_manifest, load_model, sha256_of
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.extract.tiles import look_in_tiles
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings
from sharp_eyes.edge.snap.folder import decode_picture

FLOOR = 0.01
"""Least score that is kept: average precision needs the whole curve, not what is above a threshold."""

SAVE_EVERY = 20
"""Looks between two writes to disk."""


@dataclass(frozen=True, slots=True)
class EvaluatedModel:
    """One model under evaluation.

    Attributes:
        name: unique in a report.
        key: says which network, read in which way, gave a detection.
        manifest, sha256: where it is described, and the network's checksum.
        precision: which of the model's networks it is.
        tiles: parts across and down that are looked at once more; 1 means not at all.
    """

    name: str
    key: str
    manifest: Path
    sha256: str
    precision: str
    detector: Detector
    tiles: int = 1

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the model's order."""
        return self.detector.model.classes

    @property
    def input_size(self) -> tuple[int, int]:
        """Width and height of the network's input in pixels."""
        wanted = self.detector.model.manifest.input
        return wanted.width, wanted.height


@dataclass(slots=True)
class SourceDetections:
    """What one model found in one source.

    Attributes:
        seen: by the picture's index in the source; what could not be read is missing.
        faults: pictures and clips that could not be read.
        broken: clips that could not be read; each is one fault, however many looks at it are missing.
    """

    seen: dict[int, CachedDetections] = field(default_factory=dict)
    faults: list[LabelFault] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)


def open_model(manifest: Path | None, precision: str | None, runtime: str, tiles: int = 1) -> EvaluatedModel:
    """Load a model so that it gives everything down to ``FLOOR``.

    Nothing is timed and no reference input is asked: measured is what was named, and every run alike.

    Args:
        manifest: its manifest; None means the bundled model.
        precision: ``fp32``, ``fp16`` or ``int8``; None means the most exact file that it has.
        runtime: ``onnxruntime`` or ``openvino``.
        tiles: see :class:`EvaluatedModel`.

    Raises:
        ModelError: the model is missing, altered or no detector, or cannot be computed in this way here.
    """
    settings = ModelSettings(manifest=manifest)
    model = load_model(find_manifest(settings))
    described = model.manifest
    wanted = precision or described.base
    way = next((way for way in backends(described) if (way.runtime, way.computing) == (runtime, wanted)), None)
    if way is None:
        there = ", ".join(str(way) for way in backends(described))
        raise ModelError(f"{model.folder}: cannot be computed by {runtime} in {wanted} here; there is: {there}")
    detector = Detector(model, way.open(model, 0), Thresholds.chosen(described, settings), weakest=FLOOR)
    network = sha256_of(model.file_of(way.precision))
    reading = described.model_dump(mode="json", include={"family", "classes", "class_map", "input", "iou"})
    text = json.dumps([network, reading, runtime, FLOOR, *([tiles] if tiles > 1 else [])], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()
    name = f"{described.name} {described.version}" + (f" {wanted}" if wanted != described.base else "")
    return EvaluatedModel(name, key, model.folder / MANIFEST, network, wanted, detector, tiles)


def detect_source(
    model: EvaluatedModel, source: LabelledSource, cache: DetectionCache, step: float, advance: Callable[[], None]
) -> SourceDetections:
    """Look at every picture of a source; ``advance`` is called once for each.

    Raises:
        ModelError: the network fails.
    """
    looks, clip = SourceDetections(), ClipReader(step)
    try:
        for index, picture in enumerate(source.pictures):
            _look_at(model, picture, index, looks, cache, clip)
            advance()
            if index % SAVE_EVERY == 0:
                cache.save()
    finally:
        cache.save()
    return looks


class ClipReader:
    """Gives the looks at clips one after the other, so that each clip is decoded once a run."""

    def __init__(self, step: float) -> None:
        self.step = step
        self._path: Path | None = None
        self._next = 0
        self._last: Frame | None = None
        self._frames: Iterator[Frame] = iter(())

    def frame(self, path: Path, number: int) -> Frame | None:
        """Look ``number`` of a clip; None where the clip has become shorter."""
        if path != self._path or number < self._next - 1:
            self._path, self._next, self._frames = path, 0, frames_of(path, self.step)
        while self._next <= number:
            self._last = next(self._frames, None)
            self._next += 1
        return self._last


def _look_at(
    model: EvaluatedModel,
    picture: LabelledPicture,
    index: int,
    looks: SourceDetections,
    cache: DetectionCache,
    clip: ClipReader,
) -> None:
    if picture.path in looks.broken:
        return
    try:
        digest = cache.digest(picture.path)
    except OSError as error:
        looks.faults.append(LabelFault(picture.name, "unreadable picture", f"{picture.path}: {error.strerror}"))
        return
    key = digest if picture.moment is None else f"{digest}:{clip.step:g}:{picture.moment[0]}"
    seen = cache.get(model.key, key)
    if seen is None:
        try:
            frame = frame_of(picture, clip)
        except SourceError as error:
            looks.broken.add(picture.path)
            looks.faults.append(LabelFault(str(picture.path), "unreadable clip", str(error)))
            return
        if frame is not None:
            seen = detect(model, frame)
            cache.put(model.key, key, seen)
    fault = _fault(picture, seen)
    if fault is not None:
        looks.faults.append(fault)
    elif seen is not None:
        looks.seen[index] = seen


def frame_of(picture: LabelledPicture, clip: ClipReader) -> Frame | None:
    """The picture itself, or None where it cannot be decoded.

    Raises:
        SourceError: the clip cannot be read.
    """
    if picture.moment is not None:
        return clip.frame(picture.path, picture.moment[0])
    shown = decode_picture(picture.path.read_bytes())
    return None if shown is None else Frame.of_picture("evaluate", 0.0, shown)


def detect(model: EvaluatedModel, frame: Frame) -> CachedDetections:
    """What a model finds in one frame."""
    found = look_in_tiles(lambda one: model.detector.detect([one])[0], frame, model.tiles)
    return CachedDetections(frame.width, frame.height, found.boxes, found.scores, found.classes)


def _fault(picture: LabelledPicture, seen: CachedDetections | None) -> LabelFault | None:
    if seen is None:
        return LabelFault(picture.name, "unreadable picture", f"{picture.path}: cannot be decoded; it may be cut off")
    if picture.stated_size not in (None, (seen.width, seen.height)):
        stated = "x".join(str(side) for side in picture.stated_size or ())
        message = f"{picture.path}: is {seen.width}x{seen.height}, but the annotations say {stated}"
        return LabelFault(picture.name, "size differs", message)
    return None
