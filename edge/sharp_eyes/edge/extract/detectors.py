"""All detectors of a gateway: each frame is shown to those whose classes its camera's scenes need."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sharp_eyes.contract.event import ModelNote, SceneName
from sharp_eyes.contract.status import RunningModel
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backend_selection import open_runtimes
from sharp_eyes.edge.extract.crop import Region, window_on
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.model import Model, detector_manifests, load_model
from sharp_eyes.edge.extract.running import Need, running_model
from sharp_eyes.edge.extract.scheduler import SupportsDetect
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.extract.tiles import look_in_tiles
from sharp_eyes.edge.frame import Detections, Frame, Segmentation
from sharp_eyes.edge.settings import ModelSettings


class SupportsSegment(Protocol):
    """What is needed of a segmenter."""

    model: Model

    def segment(self, frame: Frame) -> Segmentation:
        """Give the class of every place in a frame."""


class Detectors:
    """The detector that the settings name, then the bundled ones for the classes it lacks.

    A class belongs to the first that has it. A network is opened when a camera first needs one of its classes, so a
    gateway without a stairwell does not pay for the hazards.

    Attributes:
        classes: every class that can be found.
        thresholds: score from which a detection of each class stands on its own.

    Raises:
        ModelError: when a threshold in the settings names no class.
    """

    def __init__(self, models: Sequence[Model], settings: ModelSettings, kept: KeptChoices | None = None) -> None:
        self._settings = settings
        self._kept = kept
        self._models = list(models)
        owners: dict[str, int] = {}
        for number, model in enumerate(self._models):
            for name in model.classes:
                owners.setdefault(name, number)
        self._owners = owners
        self.classes = tuple(owners)
        if unknown := sorted(set(self._settings.thresholds) - set(owners)):
            raise ModelError(
                f"model.thresholds: {', '.join(unknown)}: no such class; there are {', '.join(self.classes)}"
            )
        each = [Thresholds.chosen(model.manifest, self._settings_of(model)) for model in self._models]
        self.thresholds = Thresholds(each[0].usual, {name: each[number].of(name) for name, number in owners.items()})
        self._opened: dict[int, SupportsDetect] = {}
        self._ground: SupportsSegment | None = None
        self._numbers: dict[int, npt.NDArray[np.int32]] = {}
        self._of_camera: dict[str, tuple[int, ...]] = {}
        self._tiles: dict[str, int] = {}
        self._regions: dict[str, Region | None] = {}

    @classmethod
    def open(cls, settings: ModelSettings | None = None, kept: KeptChoices | None = None) -> "Detectors":
        """Find and check the models; no network is opened yet. ``kept``: how networks were computed before.

        Raises:
            ModelError: when a model is missing, altered or not what its manifest says.
        """
        settings = settings or ModelSettings()
        return cls([load_model(path) for path in detector_manifests(settings)], settings, kept)

    def serve(
        self,
        camera: str,
        classes: Collection[str],
        ground: bool = False,
        tiles: int = 1,
        region: Region | None = None,
    ) -> tuple[str, ...]:
        """Open what a camera needs to find these classes, and the ground; returns the names of its models.

        Args:
            camera: its identifier.
            classes: what is to be found.
            ground: whether the ground is to be segmented.
            tiles: parts across and down in which its frames are looked at once more; 1 means not at all.
            region: the part of its pictures that is looked at; None: all of them.

        Raises:
            ModelError: when no model has a class, or a network cannot be opened.
        """
        if missing := sorted(set(classes) - set(self.classes)):
            known = ", ".join(self.classes)
            raise ModelError(f"camera {camera}: no model finds {', '.join(missing)}; there are {known}")
        needed = tuple(sorted({self._owners[name] for name in classes}))
        for number in needed:
            self._open(number)
        self._of_camera[camera] = needed
        self._tiles[camera] = tiles
        self._regions[camera] = region
        names = [self._models[number].manifest.name for number in needed]
        if ground and self._ground is None:
            self._ground = self.open_ground()
        if ground and self._ground is not None:
            names.append(self._ground.model.manifest.name)
        return tuple(names)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Look at frames of cameras that are served, with the detectors that each needs.

        Returns:
            For each frame its detections, best score first; ``classes`` are indices into :attr:`classes`.

        Raises:
            ModelError: when a network fails.
        """
        return [self._look(frame) for frame in frames]

    def faults(self, camera: str) -> str:
        """What computes a camera's networks otherwise than chosen, since that failed; empty where all is well."""
        opened = (self._opened.get(number) for number in self._of_camera.get(camera, ()))
        return "; ".join(filter(None, (one.fault for one in opened if isinstance(one, Detector))))

    def running(self, needs: Iterable[Need] = ()) -> tuple[RunningModel, ...]:
        """Say which networks are open, what computes them, and which scenes need them."""
        wanted: dict[int | None, dict[SceneName, None]] = {}
        for need in needs:
            owners = {self._owners[name] for name in need.classes if name in self._owners}
            for number in (*owners, *([None] if need.ground else [])):
                wanted.setdefault(number, {})[need.scene] = None
        detectors = [(number, self._models[number], one) for number, one in sorted(self._opened.items())]
        ground = [] if self._ground is None else [(None, self._ground.model, self._ground)]
        return tuple(
            running_model(model, one, sorted(wanted.get(number, ()))) for number, model, one in (*detectors, *ground)
        )

    def limit_of(self, class_name: str) -> float | None:
        """Mean score of closer looks below which a candidate of a class is refused; None where nobody looks closer."""
        number = self._owners.get(class_name)
        return None if number is None else self._models[number].manifest.verify.get(class_name)

    def input_shape(self, class_name: str) -> tuple[int, int]:
        """Width and height in pixels of the input of the detector that knows a class."""
        wanted = self._models[self._owners[class_name]].manifest.input
        return wanted.width, wanted.height

    def look_closer(self, class_name: str, frame: Frame) -> Detections:
        """Look at a part of a picture with the detector that knows a class, which a camera must be served with.

        Raises:
            ModelError: when the network fails.
        """
        return self._opened[self._owners[class_name]].detect([frame])[0]

    def segment(self, frame: Frame) -> Segmentation:
        """Segment the ground in a frame of a camera that is served with ``ground``.

        Raises:
            ModelError: when the network fails, or no camera asked for the ground.
        """
        if self._ground is None:
            raise ModelError(f"camera {frame.camera}: the ground's model is not open; no camera was served with it")
        return self._ground.segment(frame)

    def note_of(self, object_class: str | None) -> ModelNote | None:
        """What an event says of the model behind a class: which, and whether it was measured on real pictures.

        None for what no model finds, such as a class of the model before this one.
        """
        if self._ground is not None and object_class in self._ground.model.classes:
            model = self._ground.model
        elif object_class in self._owners:
            model = self._models[self._owners[object_class]]
        else:
            return None
        measured = model.measured_on_real(object_class)
        return ModelNote(name=model.manifest.name, version=model.manifest.version, measured_on_real=measured)

    def open_detector(self, model: Model, thresholds: Thresholds) -> SupportsDetect:
        """Open one network with these thresholds; whoever keeps what was seen gives another.

        Raises:
            ModelError: when it cannot be opened.
        """
        opened = open_runtimes(model, self._settings, self._kept)
        at_once = self._settings.workers or 1
        return Detector(model, opened.runtime, thresholds, again=opened.again, at_once=at_once, opened=opened)

    def open_ground(self) -> SupportsSegment:
        """Open the ground's segmenter; whoever keeps what was seen gives another.

        Raises:
            ModelError: when it cannot be opened.
        """
        return Segmenter.open(ModelSettings(runtime="onnxruntime", threads=self._settings.threads))

    def _settings_of(self, model: Model) -> ModelSettings:
        """The settings with the thresholds of this model's classes only."""
        own = {name: value for name, value in self._settings.thresholds.items() if name in model.classes}
        return self._settings.model_copy(update={"thresholds": own})

    def _open(self, number: int) -> None:
        if number in self._opened:
            return
        model = self._models[number]
        thresholds = Thresholds.chosen(model.manifest, self._settings_of(model))
        self._opened[number] = self.open_detector(model, thresholds)
        ours = [self.classes.index(name) if self._owners[name] == number else -1 for name in model.classes]
        self._numbers[number] = np.array(ours, np.int32)

    def _look_with(self, detector: SupportsDetect, frame: Frame, wanted: Input) -> Detections:
        region = self._regions[frame.camera]
        window = None if region is None else window_on(region, frame.width, frame.height, wanted)
        if window is not None:
            return window.look(detector.detect([window.of(frame)])[0])
        return look_in_tiles(lambda one: detector.detect([one])[0], frame, self._tiles[frame.camera])

    def _look(self, frame: Frame) -> Detections:
        parts = []
        for number in self._of_camera[frame.camera]:
            found = self._look_with(self._opened[number], frame, self._models[number].manifest.input)
            classes = self._numbers[number][found.classes]
            own = classes >= 0
            parts.append((found.boxes[own], found.scores[own], classes[own]))
        if not parts:
            return Detections.none(self.classes)
        boxes, scores, classes = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(-scores, kind="stable")
        return Detections(boxes[order], scores[order], classes[order], self.classes)
