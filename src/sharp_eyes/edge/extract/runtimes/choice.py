"""Chooses the runtime: the faster one of those that agree."""

import logging
import time
from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads import Candidates, head_of
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.nms import overlaps
from sharp_eyes.edge.extract.runtimes.base import Runtime
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.extract.runtimes.openvino import OpenVino, installed
from sharp_eyes.edge.settings import ModelSettings

log = logging.getLogger(__name__)

MARGIN = 0.95
"""OpenVINO must need less than this share of ONNX Runtime's time, so that noise does not decide."""
ROUNDS = 10
LONGEST_TIMING = 3.0
SCORE_TOLERANCE = 0.03
LEAST_OVERLAP = 0.85
COMPARED = 20


def open_runtime(model: Model, settings: ModelSettings) -> Runtime:
    """Open the runtime that the settings name; 'auto' times what is installed and takes the faster one.

    OpenVINO is taken only if its outputs agree with ONNX Runtime's. One line in the log says what was
    measured and chosen.

    Raises:
        ModelError: when the network cannot be read, or its outputs are not what the manifest says.
    """
    if settings.runtime == "openvino":
        runtime: Runtime = OpenVino(model.file, settings.threads)
        check_outputs(model, runtime.run(dummy(model.manifest)))
        return runtime
    reference = OnnxRuntime(model.file, settings.threads)
    outputs = reference.run(dummy(model.manifest))
    check_outputs(model, outputs)
    if settings.runtime == "auto" and installed():
        return _faster(model, reference, outputs, settings.threads)
    return reference


def dummy(manifest: Manifest) -> Batch:
    """An input to time and compare with: smooth shapes under noise, the same at every start."""
    width, height = manifest.input.width, manifest.input.height
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:height, :width]
    waves = np.stack([np.sin(columns / 40 + k) * np.cos(rows / 30 - k) for k in range(3)])
    picture = np.clip(128 + 90 * waves + random.normal(0, 20, waves.shape), 0, 255)
    picture[:, height // 3 : 2 * height // 3, width // 4 : width // 2] = 40
    if manifest.input.dtype == "uint8":
        return picture[None].astype(np.uint8)
    return np.asarray(picture[None] * manifest.input.scale, dtype=np.float32)


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

    Compared is what will be used: the best scores, and place and class of the best boxes, however low
    they score on an input without objects.
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


def _faster(model: Model, reference: OnnxRuntime, outputs: Sequence[Array], threads: int) -> Runtime:
    try:
        other = OpenVino(model.file, threads)
        found = other.run(dummy(model.manifest))
        check_outputs(model, found)
    except ModelError as error:
        log.warning("model %s: OpenVINO is not used: %s", model.manifest.name, error)
        return reference
    problem = disagreement(model.manifest, outputs, found)
    if problem is not None:
        log.warning(
            "model %s: OpenVINO is not used, its outputs differ from ONNX Runtime's: %s",
            model.manifest.name,
            problem,
        )
        return reference
    seconds = _time_in_turn([reference, other], dummy(model.manifest))
    chosen: Runtime = other if seconds[1] < MARGIN * seconds[0] else reference
    log.info(
        "model %s: ONNX Runtime %.1f ms, OpenVINO %.1f ms a picture, outputs agree; using %s",
        model.manifest.name,
        seconds[0] * 1e3,
        seconds[1] * 1e3,
        chosen.name,
    )
    return chosen


def _time_in_turn(runtimes: Sequence[Runtime], batch: Batch) -> list[float]:
    """Median seconds of each; in turn, so that other load on the machine hits both."""
    spent: list[list[float]] = [[] for _ in runtimes]
    end = time.perf_counter() + LONGEST_TIMING
    for done in range(ROUNDS):
        if done >= 3 and time.perf_counter() > end:
            break
        for runtime, seconds in zip(runtimes, spent, strict=True):
            start = time.perf_counter()
            runtime.run(batch)
            seconds.append(time.perf_counter() - start)
    return [float(np.median(seconds)) for seconds in spent]
