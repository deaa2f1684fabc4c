"""Several detectors at one gateway: each camera pays for what its scenes need, and each class has one owner."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.edge.extract.models import manifest
from tests.edge.extract.test_detector import Fixed

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import ModelParity
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import detectors as module
from sharp_eyes.edge.extract.backend_selection import Opened
from sharp_eyes.edge.extract.backends import Backend
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.guarded_runtime import GuardedRuntime
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.running import Need
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

STREET = [[0, 8, 5, 13, 0.6, 0], [10, 8, 15, 13, 0.9, 1]]
WAY = Backend("openvino", "fp32", "bf16")
PARITY = ModelParity(agrees=True, share=0.97, wanted=0.93, measured_at=datetime(2026, 3, 1, tzinfo=UTC))
HAZARD = [[20, 8, 25, 13, 0.8, 0], [30, 8, 35, 13, 0.95, 1]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the networks that were opened, in order."""
    names: list[str] = []

    def open_runtimes(model: Model, _settings: ModelSettings, _kept: object) -> Opened:
        names.append(model.manifest.name)
        return Opened(Fixed(HAZARD if model.manifest.name == "hazard" else STREET), None, WAY, PARITY)

    monkeypatch.setattr(module, "open_runtimes", open_runtimes)
    return names


def two(**settings: Any) -> Detectors:
    street = manifest(family="ultralytics_end2end", name="street", classes=("person", "car"), threshold=0.5)
    hazard = manifest(family="ultralytics_end2end", name="hazard", classes=("smoke", "car"), threshold=0.3)
    models = [Model(street, Path("street")), Model(hazard, Path("hazard"))]
    return Detectors(models, ModelSettings.model_validate(settings))


def seen(found: Detectors, camera: str) -> list[tuple[str, float]]:
    frame = Frame.of_picture(camera, 0.0, np.zeros((160, 640, 3), np.uint8))
    (detections,) = found.detect([frame])
    names = [detections.names[kind] for kind in detections.classes]
    return [(name, round(float(score), 2)) for name, score in zip(names, detections.scores, strict=True)]


def test_a_camera_pays_only_for_the_networks_its_scenes_need(opened: list[str]) -> None:
    both = two()
    assert both.serve("gate", ["person"]) == ("street",)
    assert opened == ["street"]
    assert both.serve("stairs", ["smoke", "person"]) == ("street", "hazard")
    assert opened == ["street", "hazard"]
    assert [(one.name, one.computed_by, one.checked) for one in both.running()] == [
        ("street", "fixed", True),
        ("hazard", "fixed", True),
    ]
    assert seen(both, "gate") == [("car", 0.9), ("person", 0.6)]


def test_of_each_network_is_told_what_it_is_for_and_whether_it_was_measured(opened: list[str]) -> None:
    """Which file, how exactly, for which scenes; what took over after a fault was never shown the pictures."""
    both = two()
    both.serve("stairs", ["smoke", "person"])
    needs = [Need(SceneName.SMOKE, ["smoke"], False), Need(SceneName.PERIMETER_INTRUSION, ["person", "car"], True)]
    street, hazard = both.running(needs)
    assert (street.scenes, hazard.scenes) == ((SceneName.PERIMETER_INTRUSION,), (SceneName.SMOKE,))
    assert (street.precision, street.computing, street.kind, street.parity) == ("fp32", "bf16", "detector", PARITY)
    assert street.sha256 == both._models[0].manifest.networks["fp32"].sha256
    detector = both._opened[0]
    assert isinstance(detector, Detector)
    failed = GuardedRuntime(both._models[0], detector.runtime, "bf16", None, "openvino bf16", lambda: detector.runtime)
    failed.fault = "openvino bf16 failed; computed by onnxruntime fp32"
    detector._runtimes[0] = failed
    street, hazard = both.running()
    assert (street.computing, street.checked, street.parity, street.scenes) == ("fp32", False, None, ())
    assert hazard.checked


def test_what_two_networks_find_comes_together_and_each_class_from_its_owner(opened: list[str]) -> None:
    both = two()
    both.serve("stairs", ["smoke", "person"])
    assert both.classes == ("person", "car", "smoke")
    assert seen(both, "stairs") == [("car", 0.9), ("smoke", 0.8), ("person", 0.6)]


def test_a_camera_that_needs_no_class_is_shown_to_no_network(opened: list[str]) -> None:
    both = two()
    both.serve("tower", [])
    assert (seen(both, "tower"), opened) == ([], [])


def test_a_class_that_no_model_has_is_named(opened: list[str]) -> None:
    with pytest.raises(ModelError, match="camera gate: no model finds dragon; there are person, car, smoke"):
        two().serve("gate", ["dragon"])


def test_thresholds_are_those_of_each_owner_unless_set() -> None:
    usual = two().thresholds
    assert (usual.of("person"), usual.of("car"), usual.of("smoke")) == (0.5, 0.5, 0.3)
    assert two(thresholds={"smoke": 0.7}).thresholds.of("smoke") == 0.7
    with pytest.raises(ModelError, match="thresholds: dragon: no such class"):
        two(thresholds={"dragon": 0.5})


def test_an_event_names_the_model_behind_its_class() -> None:
    note = two().note_of("smoke")
    assert note is not None
    assert (note.name, note.measured_on_real) == ("hazard", False)
    assert two().note_of(None) is None
