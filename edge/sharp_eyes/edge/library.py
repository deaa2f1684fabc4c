"""The gateway as a library, for notebooks and scripts of one's own; import it from :mod:`sharp_eyes.edge`.

>>> from sharp_eyes.edge import open_model, replay_clip, score_suite
>>> open_model("street").detect("street.jpg").to_supervision()
>>> zone = {"id": "kerb", "polygon": [[0.1, 0.5], [0.4, 0.5], [0.4, 0.9]]}
>>> for event in replay_clip("street.mp4", [{"scene": "illegal_parking", "dwell": 8, "zones": [zone]}]):
...     print(event.phase, event.started_at, event.measures)
>>> score_suite("media/suite").rows
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError
from rich.console import Console

from sharp_eyes.configuration import explain
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.backend_selection import open_runtime
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.model import find_manifest, load_model
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.frame import Detections, Frame, Picture
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.replay.command import GATEWAY, naming
from sharp_eyes.edge.settings import CameraSettings, FileSource, ModelSettings
from sharp_eyes.edge.snap.sources import look_through

if TYPE_CHECKING:
    from sharp_eyes.edge.evaluate.events.schema import EventReport

_FLOOR = 0.01
"""Least score of what is kept; what :meth:`DetectionModel.detect` gives goes by the thresholds."""


class DetectionModel:
    """A detector, opened. May be used from any thread; one call at a time is served.

    Attributes:
        name, version: of the model.
        classes: names of what it finds.
        thresholds: score from which a detection of each class counts.
    """

    def __init__(self, detector: Detector) -> None:
        """Use :func:`open_model`."""
        manifest = detector.model.manifest
        self.name, self.version, self.classes = manifest.name, manifest.version, manifest.classes
        self.thresholds = {name: detector.thresholds.of(name) for name in manifest.classes}
        self._detector = detector

    def detect(self, picture: Picture | Path | str, threshold: float | None = None) -> Detections:
        """Find objects in one picture.

        Args:
            picture: height x width x 3 uint8 in the order blue, green, red; or a picture's path.
            threshold: least score of every class; by default each class has its own.

        Returns:
            The detections, best score first; boxes in the picture's pixels, not clipped.

        Raises:
            ConfigError: the array is no picture.
            ModelError: the file cannot be read, or the network fails.
        """
        found = self._detector.detect([_frame_of(picture)])[0]
        least = np.array([self.thresholds[name] if threshold is None else threshold for name in self.classes])
        return found.where(found.scores >= least[found.classes])


def open_model(
    model: str | Path = "street", *, runtime: str = "onnxruntime", precision: str = "fp32"
) -> DetectionModel:
    """Open a detector: a bundled or added one by its name, any other by its folder or its ``manifest.yaml``.

    Args:
        runtime, precision: as in ``gateway.yaml``; ``auto`` measures, so that two runs may differ.

    Raises:
        ModelError: it is not there, was altered, or cannot be computed so.
    """
    path = Path(model) / "manifest.yaml" if Path(model).is_dir() else model
    settings = ModelSettings.model_validate({**naming(str(path), None), "runtime": runtime, "precision": precision})
    loaded = load_model(find_manifest(settings))
    return DetectionModel(Detector(loaded, open_runtime(loaded, settings), weakest=_FLOOR))


def replay_clip(
    clip: str | Path,
    scenes: Sequence[Mapping[str, Any]],
    *,
    camera: str = "clip",
    start_time: float | None = None,
    model: str | Path | None = None,
) -> Iterator[SceneEvent]:
    """Replay a recording; the same one gives the same events, to the byte.

    Args:
        clip: path of the recording.
        scenes: the camera's scenes, as they stand in ``gateway.yaml``.
        camera: identifier of the camera, which the events name.
        start_time: timestamp of the first frame, seconds since the Unix epoch; by default the clip's creation time.
        model: a detector before the bundled ones, by name, folder or ``manifest.yaml``.

    Yields:
        What the scenes say, as it is said: openings, updates and closings.

    Raises:
        ConfigError: a scene's settings are wrong.
        SourceError: the clip cannot be read.
        ModelError: a network cannot be opened or fails.
    """
    source = FileSource(path=Path(clip), pace="fast")
    try:
        settings = CameraSettings.model_validate(
            {"id": camera, "source": source, "scenes": [dict(one) for one in scenes]}
        )
    except ValidationError as error:
        raise ConfigError(explain(error)) from error
    chosen = {} if model is None else naming(str(model), None)
    detectors = Detectors.open(ModelSettings.model_validate({**chosen, "runtime": "onnxruntime", "precision": "fp32"}))
    pipeline = CameraPipeline.for_recording(GATEWAY, settings, detectors)
    for frame in look_through(source, camera, pipeline.wants, start_time=start_time):
        yield from pipeline.process(frame).events


def score_suite(
    suite: str | Path,
    *,
    clips: str | Path | None = None,
    only: Sequence[str] = (),
    models: Sequence[str] = (),
    settings: Sequence[str] = (),
    use_cache: bool = True,
    jobs: int = 1,
) -> "EventReport":
    """Play a suite of clips and match its events with the expected ones, as ``evaluate events`` does.

    A clip that cannot be read ends nothing: it stands in the report's ``not_judged``, and in no figure.

    Args:
        suite: ``suite.yaml`` or its folder.
        clips: folder of the recordings, where they do not lie beside the suite.
        only: names of clips or scenes; all of them where empty.
        models, settings: what is compared, as on the command line.
        use_cache: keep what the networks found, so that a second run needs none.
        jobs: clips at once.

    Raises:
        EdgeError: a suite, a model or an option cannot be used; or the extra ``evaluate`` is not installed.
    """
    from sharp_eyes.edge.evaluate.extra import need_extra  # noqa: PLC0415 - the rest works without that extra

    need_extra()
    from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluationOptions, evaluate_events  # noqa: PLC0415
    from sharp_eyes.edge.evaluate.events.event_matching import TOLERANCE  # noqa: PLC0415

    options = EventEvaluationOptions(
        suites=[Path(suite)],
        models=models,
        settings=settings,
        only=only,
        recordings=None if clips is None else Path(clips),
        tolerance=TOLERANCE,
        runtime="onnxruntime",
        cache=None,
        use_cache=use_cache,
        jobs=jobs,
    )
    return evaluate_events(options, Console(stderr=True)).report


def _frame_of(picture: Picture | Path | str) -> Frame:
    if isinstance(picture, str | Path):
        return read_frame(Path(picture))
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ConfigError(
            f"an array of {picture.dtype} with shape {picture.shape} is no picture: give height x width x 3 uint8, BGR"
        )
    return Frame.of_picture("picture", 0.0, picture)
