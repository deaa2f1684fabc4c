"""A less exact way to compute is used only if the reference inputs agree and it is worth it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from tests.edge.extract.graphs import constant_network, rows
from tests.edge.extract.models import description

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import backend_selection as choice
from sharp_eyes.edge.extract import backends as ways
from sharp_eyes.edge.extract.backend_selection import BackendTrial, open_runtime, try_backends
from sharp_eyes.edge.extract.model import Model, load_model
from sharp_eyes.edge.extract.parity import compare
from sharp_eyes.edge.extract.reference import Tolerance
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections
from sharp_eyes.edge.settings import ModelSettings

WIDTH, HEIGHT = 64, 32
OBJECTS = [(4.0 * k, 4.0, 4.0 * k + 10, 20.0, 0.9 - k / 20, float(k % 2)) for k in range(6)]


@pytest.fixture(autouse=True)
def only_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "installed", lambda: False)


def model(folder: Path, small: Sequence[tuple[float, ...]], *, reference: bool = True) -> Model:
    """A model whose fp32 network sees OBJECTS, and its int8 network ``small``."""
    entries: dict[str, Any] = {}
    for precision, objects in (("fp32", OBJECTS), ("int8", small)):
        content = constant_network([rows(*objects)], (1, 3, HEIGHT, WIDTH))
        (folder / f"{precision}.onnx").write_bytes(content)
        entries[precision] = {"file": f"{precision}.onnx", "sha256": hashlib.sha256(content).hexdigest()}
    cv2.imwrite(str(folder / "a.png"), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    boxes = [{"class": ("person", "car")[int(kind)], "box": [*box], "score": score} for *box, score, kind in OBJECTS]
    picture = {"file": "a.png", "sha256": hashlib.sha256((folder / "a.png").read_bytes()).hexdigest(), "boxes": boxes}
    changes = {"family": "ultralytics_end2end", "networks": entries}
    changes |= {"reference": {"pictures": [picture]}} if reference else {}
    path = folder / "manifest.yaml"
    path.write_text(yaml.safe_dump(description(**changes)), encoding="utf-8")
    return load_model(path)


def trials(
    monkeypatch: pytest.MonkeyPatch, made: Model, seconds: tuple[float, float], **wishes: Any
) -> list[BackendTrial]:
    """Try both with given times of fp32 and int8."""

    def set_times(timed: list[BackendTrial], _model: Model) -> None:
        for trial in timed:
            trial.seconds = trial.processor = seconds[trial.way.computing == "int8"]

    monkeypatch.setattr(choice, "_time_in_turn", set_times)
    return try_backends(made, ModelSettings.model_validate(wishes))


def used(found: list[BackendTrial]) -> list[str]:
    return [str(trial.way) for trial in found if trial.used]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [((0.02, 0.01), "int8"), ((0.02, 0.0185), "fp32"), ((0.01, 0.02), "fp32")],
)
def test_int8_that_agrees_is_used_when_it_is_worth_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, float], expected: str
) -> None:
    """Slightly other scores and boxes agree; then the time decides, by a margin."""
    near = [(x1 + 0.5, y1, x2, y2, score - 0.05, kind) for x1, y1, x2, y2, score, kind in OBJECTS]
    found = trials(monkeypatch, model(tmp_path, near), seconds)
    assert used(found) == [f"onnxruntime {expected}"]
    assert found[1].parity is not None
    assert found[1].parity.share == 1.0
    measured = found[1].measured
    assert measured is not None
    assert (measured.agrees, measured.share) == (True, 1.0)


@pytest.mark.parametrize(
    "small",
    [
        [(x1 + 6, y1, x2 + 6, y2, score, kind) for x1, y1, x2, y2, score, kind in OBJECTS],
        [(*box, score - 0.3, kind) for *box, score, kind in OBJECTS],
        [(*box, score, 1 - kind) for *box, score, kind in OBJECTS],
        [(*box, score, kind) for *box, score, kind in OBJECTS][:4],
        [*OBJECTS, *[(30.0, 25.0 - k, 40.0, 30.0, 0.8, 0.0) for k in range(3)]],
        [(*box, float("nan"), kind) for *box, score, kind in OBJECTS],
        [],
    ],
    ids=["moved", "fainter", "swapped", "missing", "surplus", "not a number", "blind"],
)
def test_int8_that_sees_otherwise_is_never_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Sequence[tuple[float, ...]]
) -> None:
    """However fast it is, and even when the settings name it."""
    made = model(tmp_path, small)
    found = trials(monkeypatch, made, (0.02, 0.001))
    assert used(found) == ["onnxruntime fp32"]
    assert "disagrees with the manifest" in found[1].verdict
    with pytest.raises(ModelError, match=r"model\.precision int8 is not used on this machine.*disagrees"):
        open_runtime(made, ModelSettings.model_validate({"precision": "int8"}))


def test_without_reference_inputs_nothing_less_exact_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be checked is not used, even where it would agree."""
    found = trials(monkeypatch, model(tmp_path, [*OBJECTS], reference=False), (0.02, 0.001))
    assert used(found) == ["onnxruntime fp32"]
    assert "no reference inputs" in found[1].verdict


def test_settings_name_the_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, it is used without a race; what the machine cannot do is said with what it can."""
    made = model(tmp_path, [*OBJECTS])
    assert used(trials(monkeypatch, made, (0.01, 0.02), precision="int8")) == ["onnxruntime int8"]
    exact = trials(monkeypatch, made, (0.02, 0.01), precision="fp32")
    assert (used(exact), exact[0].measured) == (["onnxruntime fp32"], None)
    with pytest.raises(ModelError, match=r"precision bf16 is not possible.*onnxruntime fp32, onnxruntime int8"):
        open_runtime(made, ModelSettings.model_validate({"precision": "bf16"}))


def found_in(*objects: tuple[float, float, float, float, float, int]) -> Detections:
    table = np.array(objects, np.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 4], table[:, 5].astype(np.int32), ("person", "car"))


def test_boxes_near_the_threshold_do_not_decide() -> None:
    """A box that slips just below, or comes just above, is neither missing nor surplus; a clear one is."""
    here, there = (0, 0, 10, 10), (20, 20, 30, 30)
    level, tolerance = Thresholds(0.35, {"car": 0.6}), Tolerance(overlap=0.8, score=0.1, matched=0.9)
    expected = found_in((*here, 0.37, 0), (*there, 0.3, 0))
    assert compare(expected, found_in((*here, 0.3, 0), (*there, 0.39, 0)), level, tolerance) == (1, 1, 0)
    assert compare(expected, found_in((*here, 0.2, 0)), level, tolerance) == (1, 0, 0)
    assert compare(found_in(), found_in((*here, 0.44, 0)), level, tolerance) == (0, 0, 0)
    assert compare(found_in(), found_in((*here, 0.46, 0)), level, tolerance) == (0, 0, 1)
    assert compare(found_in(), found_in((*here, 0.69, 1)), level, tolerance) == (0, 0, 0)
