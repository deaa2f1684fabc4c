"""The runtimes agree, the faster one is chosen, and what does not fit is refused in words."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.edge.extract.models import COCO, manifest, material, write

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import backend_selection as choice
from sharp_eyes.edge.extract import backends as ways
from sharp_eyes.edge.extract.backend_selection import BackendTrial, open_runtime
from sharp_eyes.edge.extract.backends import disagreement, dummy
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model, load_model
from sharp_eyes.edge.extract.runtimes.base import Placement
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.extract.runtimes.openvino import _options
from sharp_eyes.edge.settings import ModelSettings


@pytest.fixture(scope="module")
def street() -> Model:
    return load_model()


def settings(runtime: str, threads: int = 1) -> ModelSettings:
    return ModelSettings.model_validate({"runtime": runtime, "threads": threads, "precision": "fp32"})


class Rival:
    """Stands for OpenVINO: ONNX Runtime's answers, altered, after some more or less time."""

    name = "openvino"

    def __init__(self, file: Path, threads: int, constants: Any = None, *, bf16: bool = False) -> None:
        self._inner = OnnxRuntime(file, threads)

    def run(self, batch: Batch) -> list[Array]:
        return self._inner.run(batch)


def choose(monkeypatch: pytest.MonkeyPatch, street: Model, rival: type[Rival], seconds: list[float]) -> Any:
    def set_times(trials: list[BackendTrial], _model: Model) -> None:
        for trial, spent in zip(trials, seconds, strict=False):
            trial.seconds = trial.processor = spent

    monkeypatch.setattr(ways, "OpenVino", rival)
    monkeypatch.setattr(ways, "installed", lambda: True)
    monkeypatch.setattr(ways, "computes_bf16", lambda: False)
    monkeypatch.setattr(choice, "_time_in_turn", set_times)
    return open_runtime(street, settings("auto"))


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_named_runtime_is_used(street: Model, runtime: str) -> None:
    """A runtime named in the settings is the one that computes."""
    if runtime == "openvino":
        pytest.importorskip("openvino")
    opened = open_runtime(street, settings(runtime))
    assert opened.name == runtime
    (output,) = opened.run(dummy(street.manifest))
    assert output.shape[:2] == (1, 4 + len(street.classes))


def test_both_runtimes_give_the_same(street: Model) -> None:
    """On the same input OpenVINO's numbers are ONNX Runtime's, to a thousandth of the input's width."""
    pytest.importorskip("openvino")
    batch = dummy(street.manifest)
    ours, theirs = (open_runtime(street, settings(name)).run(batch)[0] for name in ("onnxruntime", "openvino"))
    assert np.abs(ours[:, 4:] - theirs[:, 4:]).max() < 0.005
    assert np.abs(ours[:, :4] - theirs[:, :4]).max() < 0.64


def test_auto_says_what_it_measured(street: Model, caplog: pytest.LogCaptureFixture) -> None:
    """One line names both times and the choice."""
    pytest.importorskip("openvino")
    with caplog.at_level(logging.INFO):
        chosen = open_runtime(street, settings("auto"))
    said = next(record.getMessage() for record in caplog.records if record.levelno == logging.INFO)
    assert "onnxruntime fp32" in said
    assert "openvino fp32" in said
    assert f"using {chosen.name}" in said


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([0.02, 0.01], "openvino"), ([0.02, 0.0195], "onnxruntime"), ([0.01, 0.02], "onnxruntime")],
)
def test_clearly_faster_one_is_chosen(
    street: Model, monkeypatch: pytest.MonkeyPatch, seconds: list[float], expected: str
) -> None:
    """OpenVINO is chosen when it is clearly faster; a tie stays with ONNX Runtime."""
    assert choose(monkeypatch, street, Rival, seconds).name == expected


@pytest.mark.parametrize("damage", ["scores", "boxes", "classes", "not_a_number"])
def test_faster_but_wrong_is_not_chosen(
    street: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """A runtime whose outputs differ is not used, and the log says so."""

    class Wrong(Rival):
        def run(self, batch: Batch) -> list[Array]:
            output = super().run(batch)[0].copy()
            match damage:
                case "scores":
                    output[:, 4:] += 0.1
                case "boxes":
                    output[:, :2] += 40
                case "classes":
                    output[:, 4:] = output[:, :3:-1]
                case _:
                    output[:] = np.nan
            return [output]

    with caplog.at_level(logging.WARNING):
        assert choose(monkeypatch, street, Wrong, [0.02, 0.01]).name == "onnxruntime"
    assert "openvino fp32: not used" in caplog.text


def test_runtime_that_cannot_open_the_model_is_not_chosen(
    street: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An OpenVINO that fails at the start costs a warning, not the gateway."""

    class Broken(Rival):
        def __init__(self, *_: Any, **__: Any) -> None:
            raise ModelError("an unknown layer")

    with caplog.at_level(logging.WARNING):
        assert choose(monkeypatch, street, Broken, [0.02, 0.01]).name == "onnxruntime"
    assert "an unknown layer" in caplog.text


def test_order_of_equal_boxes_does_not_matter() -> None:
    """The same boxes in another order agree."""
    described = manifest(family="ultralytics_end2end")
    random = np.random.default_rng(5)
    rows = np.zeros((1, 40, 6), np.float32)
    rows[0, :, :2] = random.uniform(0, 30, (40, 2))
    rows[0, :, 2:4] = rows[0, :, :2] + random.uniform(5, 20, (40, 2))
    rows[0, :, 4] = random.uniform(0.1, 0.9, 40)
    shuffled = rows[:, random.permutation(40)]
    assert disagreement(described, [rows], [shuffled]) is None
    assert disagreement(described, [rows], [rows[:, 1:]]) is not None or rows[0, 0, 4] < rows[0, 1:, 4].max()


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_file_that_is_no_network_is_named(tmp_path: Path, runtime: str) -> None:
    """A file that is whole but no network is an error with its name."""
    if runtime == "openvino":
        pytest.importorskip("openvino")
    model = load_model(write(tmp_path, b"no network at all"))
    with pytest.raises(ModelError, match=r"test\.onnx"):
        open_runtime(model, settings(runtime))


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": ["car"]}, r"expected 1 x 5 x places .* got 1 x 10 x 5040"),
        ({"family": "yolox"}, "do not fit family yolox"),
        ({"family": "ultralytics_end2end"}, "of family ultralytics"),
    ],
)
def test_network_that_is_not_what_the_manifest_says(
    tmp_path: Path, street: Model, runtime: str, changes: dict[str, Any], said: str
) -> None:
    """Wrong family or classes are found when the model is opened, not when nothing is ever detected."""
    if runtime == "openvino":
        pytest.importorskip("openvino")
    fed = street.manifest.input.model_dump(mode="json")
    model = load_model(write(tmp_path, street.file, **({"classes": [*street.classes], "input": fed} | changes)))
    with pytest.raises(ModelError, match=said):
        open_runtime(model, settings(runtime))


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_wrong_input_size_is_named(tmp_path: Path, street: Model, runtime: str) -> None:
    """A network that does not take the manifest's input is an error with the file's name."""
    if runtime == "openvino":
        pytest.importorskip("openvino")
    fed = street.manifest.input.model_dump(mode="json") | {"width": 64, "height": 96}
    model = load_model(write(tmp_path, street.file, classes=[*street.classes], input=fed))
    with pytest.raises(ModelError, match=r"test\.onnx"):
        open_runtime(model, settings(runtime))


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("yolox_nano_coco.onnx", {"family": "yolox", "input": {"width": 416, "height": 416}}),
        (
            "yolo26n_coco_int8.onnx",
            {"family": "ultralytics_end2end", "input": {"width": 640, "height": 640, "scale": 1 / 255}},
        ),
    ],
)
def test_published_networks_open(tmp_path: Path, file: str, changes: dict[str, Any]) -> None:
    """Networks of the other families open and fit their description."""
    model = load_model(write(tmp_path, material(f"weights/{file}"), classes=[*COCO], **changes))
    assert open_runtime(model, settings("onnxruntime")).name == "onnxruntime"


@pytest.mark.parametrize("device", ["cuda", "tensorrt"])
@pytest.mark.parametrize("way", ["raises", "leaves it out"])
def test_a_device_whose_libraries_are_missing_is_left_out_in_words(
    street: Model, monkeypatch: pytest.MonkeyPatch, device: str, way: str
) -> None:
    """As ONNX Runtime's GPU package does on a machine without a GPU: it lists the device, and cannot open it.

    For CUDA it goes over to the processor without a word; for TensorRT it raises an error that is none of its own.
    """
    package = pytest.importorskip("onnxruntime")
    real = package.InferenceSession

    def session(content: bytes, options: Any, providers: list[Any], **wishes: Any) -> Any:
        assert wishes == {"enable_fallback": 0}
        if len(providers) > 1 and way == "raises":
            raise RuntimeError("Please install TensorRT libraries")
        return real(content, options, providers=["CPUExecutionProvider"], **wishes)

    monkeypatch.setattr(package, "InferenceSession", session)
    monkeypatch.setattr(ways, "onnxruntime_devices", lambda: [device])
    monkeypatch.setattr(ways, "installed", lambda: False)
    wishes = ModelSettings.model_validate({"device": device})
    with pytest.raises(ModelError, match=rf"on model\.device {device} is not used on this machine: .*{device}.*fails"):
        open_runtime(street, wishes)
    assert open_runtime(street, ModelSettings.model_validate({"precision": "fp32"})).name == "onnxruntime"


def test_what_intel_devices_are_asked_for(tmp_path: Path) -> None:
    """A device computes as exactly as it was asked to and keeps what it compiles in a folder of its own."""
    device, options = _options(2, False, Placement("gpu", "fp16", tmp_path))
    assert (device, options["INFERENCE_PRECISION_HINT"]) == ("GPU", "f16")
    assert options["CACHE_DIR"] == str(tmp_path / "gpu-fp16")
    assert (tmp_path / "gpu-fp16").stat().st_mode & 0o777 == 0o700
    assert _options(2, True, None) == (
        "CPU",
        {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": "2"},
    )
