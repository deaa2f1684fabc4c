"""The ways there are to compute a network on this machine: a runtime, and how exactly it computes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads import Candidates, head_of
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch, Letterbox
from sharp_eyes.edge.extract.manifest import MOST_EXACT, Manifest
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.nms import overlaps
from sharp_eyes.edge.extract.reference import Computing, Precision
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.extract.runtimes.base import Placement
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime, onnxruntime_devices
from sharp_eyes.edge.extract.runtimes.openvino import OpenVino, computes_bf16, installed, openvino_devices
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import Device

SCORE_TOLERANCE = 0.03
LEAST_OVERLAP = 0.85
COMPARED = 20

COMPUTED: dict[Device, dict[Computing, tuple[Precision, ...]]] = {
    "cuda": {"fp32": ("fp32",), "fp16": ("fp16",)},
    "tensorrt": {"fp16": ("fp32", "fp16"), "int8": ("int8",)},
    "gpu": {"fp16": ("fp32", "fp16"), "int8": ("int8",)},
    "npu": {"fp16": ("fp32", "fp16"), "int8": ("int8",)},
}
"""What a device is tried with, and from which of a model's files, the first that there is."""

UNTRIED: frozenset[Device] = frozenset(COMPUTED)
"""Devices on which this program has not been run yet. Parity check and guard stand before the scenes."""

FRAME = (1280, 720)
"""Width and height of the frame that is looked at to take the time."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to compute a network.

    Attributes:
        runtime: what computes.
        precision: which of the model's files.
        computing: how exactly; bf16, and fp16 on a device, compute an fp32 file.
        device: what computes it; the processor unless something else is named.
    """

    runtime: Literal["onnxruntime", "openvino"]
    precision: Precision
    computing: Computing
    device: Device = "cpu"

    def __str__(self) -> str:
        return " ".join([self.runtime, *([] if self.device == "cpu" else [self.device]), self.computing])

    def open(self, model: Model, threads: int, cache: Path | None = None) -> Runtime:
        """Open the network so; ``cache`` is a folder for what a device compiles the network into.

        Raises:
            ModelError: when it cannot be read, or its outputs are not what the manifest says.
        """
        file, constants = model.file_of(self.precision), head_of(model.manifest).constants(model.manifest)
        runtime: Runtime
        if self.runtime == "onnxruntime":
            runtime = OnnxRuntime(file, threads, constants, **self._on_device(cache))
        else:
            bf16 = self.computing == "bf16"
            runtime = OpenVino(file, threads, constants, bf16=bf16, **self._on_device(cache))
        check_outputs(model, runtime.run(blank(model.manifest)))
        return runtime

    def _on_device(self, cache: Path | None) -> dict[str, Any]:
        return {} if self.device == "cpu" else {"on": Placement(self.device, self.computing, cache)}


def backends(manifest: Manifest) -> list[Backend]:
    """All ways on this machine, the most exact ones first; the very first is what the others are compared with."""
    stored = [precision for precision in MOST_EXACT if precision in manifest.networks]
    found = [Backend("onnxruntime", precision, precision) for precision in stored]
    if installed():
        found += [Backend("openvino", precision, precision) for precision in stored]
        if "fp32" in stored and computes_bf16():
            found.append(Backend("openvino", "fp32", "bf16"))
    found += _on_devices(stored)
    order: list[Computing] = ["fp32", "fp16", "bf16", "int8"]
    # The processor before a device: what is as exact and no cheaper elsewhere stays here.
    return sorted(found, key=lambda way: (order.index(way.computing), way.device != "cpu"))


def _on_devices(stored: Sequence[Precision]) -> list[Backend]:
    """The ways beside the processor; each device with what it computes and the file that it is computed from."""
    there: list[tuple[Literal["onnxruntime", "openvino"], Device]] = []
    there += [("onnxruntime", device) for device in onnxruntime_devices()]
    there += [("openvino", device) for device in (openvino_devices() if installed() else [])]
    found: list[Backend] = []
    for runtime, device in there:
        for computing, files in COMPUTED[device].items():
            file = next((precision for precision in files if precision in stored), None)
            if file is not None:
                found.append(Backend(runtime, file, computing, device))
    return found


def dummy_frame() -> Frame:
    """A frame to take the time with: smooth shapes under noise, the same at every start."""
    width, height = FRAME
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:height, :width]
    waves = np.stack([np.sin(columns / 40 + k) * np.cos(rows / 30 - k) for k in range(3)], axis=2)
    picture = np.clip(128 + 90 * waves + random.normal(0, 20, waves.shape), 0, 255).astype(np.uint8)
    picture[height // 3 : 2 * height // 3, width // 4 : width // 2] = 40
    return Frame.of_picture("dummy", 0.0, picture)


def blank(manifest: Manifest) -> Batch:
    """An empty picture as a network's input."""
    wanted = manifest.input
    return np.zeros(wanted.shape, np.uint8) if wanted.dtype == "uint8" else np.zeros(wanted.shape, np.float32)


def dummy(manifest: Manifest) -> Batch:
    """That frame as a network's input."""
    return Letterbox(manifest.input).fit(dummy_frame())[0]


def check_outputs(model: Model, outputs: Sequence[Array]) -> None:
    """Compare a network's outputs with what its manifest promises.

    Raises:
        ModelError: says what was expected and what was got.
    """
    manifest = model.manifest
    problem = head_of(manifest).misfit([output.shape for output in outputs], manifest)
    if problem is not None:
        raise ModelError(
            f"{model.file}: its outputs do not fit family {manifest.family}: {problem}; "
            "correct family, classes and input in the manifest, or export the network again"
        )


def disagreement(manifest: Manifest, expected: Sequence[Array], got: Sequence[Array]) -> str | None:
    """Say how two runtimes differ on one input, or ``None`` where they agree.

    For models without reference inputs. Compared is what will be used: the best scores, and place and class
    of the best boxes, however low they score on an input without objects.
    """
    head = head_of(manifest)
    ours, theirs = (head.decode(outputs, manifest, 0.0) for outputs in (expected, got))
    best = [np.sort(found.scores)[::-1][:COMPARED] for found in (ours, theirs)]
    if best[0].shape != best[1].shape or not np.isfinite(best[1]).all():
        return "the numbers of boxes differ"
    apart = float(np.abs(best[0] - best[1]).max(initial=0.0))
    if apart > SCORE_TOLERANCE:
        return f"scores differ by {apart:.3f}"
    missing = _unmatched(ours, theirs)
    return f"{missing} of the {COMPARED} best boxes differ" if missing else None


def _unmatched(ours: Candidates, theirs: Candidates) -> int:
    top = np.argsort(-ours.scores, kind="stable")[:COMPARED]
    near = overlaps(ours.boxes[top], theirs.boxes) >= LEAST_OVERLAP
    same = ours.classes[top][:, None] == theirs.classes[None, :]
    close = np.abs(ours.scores[top][:, None] - theirs.scores[None, :]) <= SCORE_TOLERANCE
    return int((~(near & same & close).any(axis=1)).sum())
