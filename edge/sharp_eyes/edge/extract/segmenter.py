"""The segmenter: a frame in, the class of every place in it out."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.status import ModelParity
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array, describe
from sharp_eyes.edge.extract.letterbox import Geometry, Letterbox
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.extract.model import Model, find_manifest, load_model
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.extract.runtimes.openvino import OpenVino
from sharp_eyes.edge.frame import Frame, Segmentation
from sharp_eyes.edge.settings import ModelSettings

log = logging.getLogger(__name__)

DEFAULT = "ground"
"""The bundled segmenter that is used where the settings name none."""

TOLERANCE = 1e-2
"""How far the probabilities of one place may sum up beside 1."""


class Segmenter:
    """One network for all cameras; may be called from any thread, one call at a time is served.

    Attributes:
        model: the network and its manifest.
        runtime: what computes it.
        parity: how it agreed with the reference pictures when it was opened; None where there are none.
    """

    def __init__(self, model: Model, runtime: Runtime) -> None:
        self.model = model
        self.runtime = runtime
        self._letterbox = Letterbox(model.manifest.input)
        self._lock = threading.Lock()
        self.parity: ModelParity | None = None

    @classmethod
    def open(cls, settings: ModelSettings | None = None) -> "Segmenter":
        """Load the model that the settings name, the bundled one where they name none.

        It looks once in seconds or minutes, so 'auto' means ONNX Runtime and nothing is timed.

        Raises:
            ModelError: when the model is missing, altered, no segmenter, or not what its manifest says.
        """
        settings = settings or ModelSettings()
        if settings.manifest is None and settings.name is None:
            settings = settings.model_copy(update={"name": DEFAULT})
        model = load_model(find_manifest(settings))
        manifest = model.manifest
        if manifest.kind != "segmenter":
            raise ModelError(f"model {manifest.name} is a {manifest.kind}; a segmenter is wanted here")
        if manifest.class_map is not None:
            raise ModelError(f"model {manifest.name}: class_map: a segmenter gives all its classes; leave it out")
        runtime = OpenVino if settings.runtime == "openvino" else OnnxRuntime
        segmenter = cls(model, runtime(model.file, settings.threads))
        grey = np.full(manifest.input.shape, manifest.input.pad, manifest.input.dtype)
        problem = misfit(segmenter.runtime.run(grey), manifest)
        if problem is not None:
            raise ModelError(
                f"{model.file}: its outputs do not fit family {manifest.family}: {problem}; "
                "correct classes and input in the manifest, or export the network again"
            )
        segmenter.parity = segmenter._compare_with_reference(runtime.name)
        return segmenter

    def reference_gap(self) -> float | None:
        """How far this machine's answer lies from the recorded one: the largest difference of any class's share
        in any of the manifest's reference pictures; ``None`` where there are none.

        Raises:
            ModelError: when a picture cannot be read, or the network fails.
        """
        gaps = []
        for picture in self.model.manifest.reference.pictures:
            shares = self.segment(read_frame(self.model.folder / picture.file)).shares()
            gaps += [abs(shares[name] - share) for name, share in picture.shares.items()]
        return max(gaps, default=None)

    def _compare_with_reference(self, runtime: str) -> ModelParity | None:
        manifest = self.model.manifest
        gap, allowed = self.reference_gap(), manifest.reference.tolerance(manifest.base).share
        if gap is None:
            return None
        if gap > allowed:
            log.warning(
                "model %s: with %s its reference pictures look otherwise than recorded: a share differs by %.3f, "
                "%.3f is allowed; its areas cannot be relied on here",
                manifest.name,
                runtime,
                gap,
                allowed,
            )
        return ModelParity(
            agrees=gap <= allowed,
            share=round(max(1 - gap, 0.0), 4),
            wanted=max(1 - allowed, 0.0),
            measured_at=datetime.now(UTC),
        )

    def segment(self, frame: Frame) -> Segmentation:
        """Look at a frame.

        Raises:
            ModelError: when the network fails.
        """
        with self._lock:
            batch, geometry = self._letterbox.fit(frame)
            outputs = self.runtime.run(batch)
        manifest = self.model.manifest
        whole = {name: float(outputs[1][0, number]) for number, name in enumerate(manifest.whole)}
        return Segmentation(on_frame(outputs[0][0], geometry, manifest), self.model.classes, whole)


def misfit(outputs: Sequence[Array], manifest: Manifest) -> str | None:
    """Compare a network's outputs with what a segmenter gives; ``None``, or 'expected …, got …'.

    Wanted is one output 1 x classes x rows x columns: probabilities that sum to 1 at each place, on a grid
    that covers the network's input; and where the manifest says so a second one, 1 x names, of probabilities of the
    whole picture that stand each by itself.
    """
    shapes = [output.shape for output in outputs]
    count, wide, high = len(manifest.classes), manifest.input.width, manifest.input.height
    more = [(1, len(manifest.whole))] if manifest.whole else []
    wanted = f"1 x {count} x rows x columns" + (f" and {describe(more)}" if more else "")
    if not shapes or len(shapes[0]) != 4 or shapes[0][:2] != (1, count) or shapes[1:] != more:
        return f"expected {wanted}, got {describe(shapes)}"
    rows, columns = shapes[0][2:]
    if high * columns != wide * rows:
        return f"expected a grid in the proportions of {wide} x {high}, got {columns} x {rows}"
    if not np.allclose(outputs[0].sum(axis=1), 1.0, atol=TOLERANCE) or outputs[0].min() < 0:
        return "expected probabilities that sum to 1 at each place, got other values"
    if more and not ((outputs[1] >= 0) & (outputs[1] <= 1)).all():
        return f"expected probabilities of {', '.join(manifest.whole)}, got other values"
    return None


def on_frame(scores: Array, geometry: Geometry, manifest: Manifest) -> npt.NDArray[np.float32]:
    """Take scores (classes x rows x columns) on the network's grid to one that covers exactly the frame.

    The cells keep about their size; between two centres values are interpolated.
    """
    stride = manifest.input.height / scores.shape[1]
    columns = max(round(geometry.width / stride), 1)
    rows = max(round(geometry.height / stride), 1)
    # Column i of the result has its centre at input pixel left + (i + 0.5) * wide.
    wide, high = geometry.width / columns, geometry.height / rows
    place = np.array(
        [
            [wide / stride, 0, (geometry.left + wide / 2) / stride - 0.5],
            [0, high / stride, (geometry.top + high / 2) / stride - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    planes = [
        cv2.warpAffine(
            np.ascontiguousarray(plane, np.float32),
            place,
            (columns, rows),
            flags=flags,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in scores
    ]
    return np.stack(planes).astype(np.float32)
