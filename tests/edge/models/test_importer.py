"""A network of each family is recognised, described and finds its objects; what is wrong is said in words."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from tests.edge.extract.graphs import HALF, constant_network, rows

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.manifest import read_manifest
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.models.importer import ImportedModel, ImportOptions, import_model
from sharp_eyes.edge.models.registry import check
from sharp_eyes.edge.settings import ModelSettings

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 128, 64
PLACES = sum((WIDTH // stride) * (HEIGHT // stride) for stride in (8, 16, 32))
BOX = (32.0, 16.0, 64.0, 48.0)
SHARES = (48 / WIDTH, 32 / HEIGHT, 32 / WIDTH, 32 / HEIGHT)
NAMES = {"names": "{0: 'person', 1: 'gas cylinder', 2: 'Car'}", "task": "detect"}
SIZES = {"orig_target_sizes": (1, 2)}


def ultralytics() -> list[Array]:
    output = np.zeros((1, 7, PLACES), np.float32)
    output[0, :, 10] = [48, 32, 32, 32, 0.1, 0.9, 0.2]
    return [output]


def yolox() -> list[Array]:
    output = np.zeros((1, PLACES, 8), np.float32)
    output[0, 0] = [6, 4, math.log(4), math.log(4), 0.95, 0.1, 0.95, 0.1]
    return [output]


def rtdetr() -> list[Array]:
    output = np.zeros((1, 30, 7), np.float32)
    output[0, 4] = [*SHARES, 0.1, 0.9, 0.2]
    return [output]


def rtdetr_best() -> list[Array]:
    output = np.zeros((1, 30, 6), np.float32)
    output[0, 4] = [*SHARES, 0.9, 1]
    return [output]


def three() -> list[Array]:
    labels, boxes, scores = np.zeros((1, 30), np.int64), np.zeros((1, 30, 4), np.float32), np.zeros((1, 30), np.float32)
    labels[0, 3], boxes[0, 3], scores[0, 3] = 1, BOX, 0.9
    return [labels, boxes, scores]


def rfdetr() -> list[Array]:
    boxes, logits = np.zeros((1, 30, 4), np.float32), np.full((1, 30, 4), -8, np.float32)
    boxes[0, 5], logits[0, 5] = SHARES, [-3, 2.2, -3, 6]
    return [boxes, logits]


def put(folder: Path, content: bytes, picture: Path | None = None, **wishes: Any) -> ImportedModel:
    network = folder / "some-Network.onnx"
    network.write_bytes(content)
    replace = wishes.pop("replace", False)
    return import_model(ImportOptions(network, **wishes), folder / "models", picture, replace=replace)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((640, 1280, 3), 90, np.uint8))
    return path


@pytest.mark.parametrize(
    ("write", "extra", "metadata", "family"),
    [
        (ultralytics, {}, NAMES, "ultralytics"),
        (lambda: [rows((*BOX, 0.9, 1))], {}, NAMES, "ultralytics_end2end"),
        (yolox, {}, NAMES, "yolox"),
        (rtdetr, {}, NAMES, "rtdetr"),
        (rtdetr_best, {}, NAMES | {"head": "RTDETRDecoder"}, "rtdetr"),
        (rtdetr_best, {}, NAMES, "rtdetr"),
        (three, SIZES, NAMES, "dfine"),
        (rfdetr, {}, NAMES, "rfdetr"),
    ],
)
def test_each_family_is_recognised_and_read(
    tmp_path: Path,
    picture: Path,
    write: Callable[[], list[Array]],
    extra: dict[str, tuple[int, int]],
    metadata: dict[str, str],
    family: str,
) -> None:
    """From a bare ONNX to a box in the picture's pixels, by the name of the model alone."""
    added = put(tmp_path, constant_network(write(), (1, 3, HEIGHT, WIDTH), extra=extra, metadata=metadata), picture)
    assert added.family.family == family
    assert added.found is not None
    assert added.model.classes == ("person", "gas_cylinder", "car")
    settings = {"name": "some_network", "directory": tmp_path / "models", "runtime": "onnxruntime"}
    detector = Detector.open(ModelSettings.model_validate(settings))
    (seen,) = detector.detect([read_frame(picture)])
    assert seen.boxes.tolist() == [pytest.approx([side * 10 for side in BOX], abs=0.5)]
    assert [seen.names[kind] for kind in seen.classes] == ["gas_cylinder"]
    assert seen.scores[0] == pytest.approx(0.9, abs=0.01)
    assert read_manifest(added.model.folder / "manifest.yaml").measured_on == "not measured on real pictures"


def test_what_only_the_maker_knows_can_be_said(tmp_path: Path, picture: Path) -> None:
    """Family, classes, map, size, input, threshold and licence from the command line go before every guess."""
    content = constant_network(three(), ("batch", 3, "height", "width"), extra=SIZES)
    added = put(
        tmp_path, content, picture, family="rtdetr", classes="a,b,c,d", map_="1=car,c=bus", size=(WIDTH, HEIGHT),
        input={"fit": "letterbox", "colour": "bgr"}, threshold=0.6, licence="CC0-1.0", name="mine",
    )  # fmt: skip
    manifest = added.model.manifest
    assert (manifest.name, manifest.family, manifest.licence, manifest.threshold) == ("mine", "rtdetr", "CC0-1.0", 0.6)
    assert (manifest.input.fit, manifest.input.colour) == ("letterbox", "bgr")
    assert manifest.classes == ("car", "bus")
    assert manifest.class_map is not None
    assert manifest.class_map.names == {1: "car", 2: "bus"}
    assert added.found is not None
    assert [added.found.names[kind] for kind in added.found.classes] == ["car"]


def test_coco_by_category_number_for_rfdetr(tmp_path: Path) -> None:
    """RF-DETR's published weights have 91 slots, numbered as COCO's categories: 3 is car, 12 is nothing."""
    boxes, logits = np.full((1, 10, 4), 0.5, np.float32), np.full((1, 10, 91), -8, np.float32)
    logits[0, 0, [3, 12]] = [2, 7]
    content = constant_network([boxes, logits], (1, 3, HEIGHT, WIDTH))
    added = put(tmp_path, content, classes="coco", map_="car=car,1=person")
    assert added.model.manifest.class_map is not None
    assert added.model.manifest.class_map.names == {1: "person", 3: "car"}
    assert {box.name for picture in added.model.manifest.reference.pictures for box in picture.boxes} == {"car"}


@pytest.mark.parametrize(
    "names", ["names: [one, two, three]", "names: {0: one, 1: two, 2: three}", "[one, two, three]"]
)
def test_classes_from_a_file(tmp_path: Path, names: str) -> None:
    """A data.yaml or a plain list says the names."""
    path = tmp_path / "data.yaml"
    path.write_text(names, encoding="utf-8")
    added = put(tmp_path, constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH)), classes=str(path))
    assert added.model.classes == ("one", "two", "three")


WHOLE = constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH), metadata=NAMES)


@pytest.mark.parametrize(
    ("content", "wishes", "said"),
    [
        (b"no network", {}, "ONNX Runtime cannot read it"),
        (constant_network(ultralytics(), (4, 3, HEIGHT, WIDTH), metadata=NAMES), {}, "exactly 4 pictures at a time"),
        (constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH), HALF, metadata=NAMES), {}, "float16"),
        (constant_network(ultralytics(), (1, 1, HEIGHT, WIDTH), metadata=NAMES), {}, "pictures of 1 channels"),
        (constant_network(ultralytics(), (1, 3, "h", "w"), metadata=NAMES), {}, "say it with --size"),
        (constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH)), {}, "give --classes"),
        (constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH), metadata={"names": "{0: "}), {}, "metadata 'names'"),
        (constant_network(ultralytics(), (1, 3, HEIGHT, WIDTH), metadata={"task": "segment"}), {}, "task 'segment'"),
        (constant_network(ultralytics(), extra={"scale_factor": (1, 2)}), {}, "takes images .* scale_factor"),
        (constant_network([np.zeros((1, 9, 9, 9), np.float32)], (1, 3, HEIGHT, WIDTH)), {}, "no family known"),
        (WHOLE, {"classes": "a,b"}, "scores for 3 classes, but there are 2 names"),
        (WHOLE, {"classes": "coco"}, "scores for 3 classes, but there are 80 names"),
        (WHOLE, {"classes": "nowhere.yaml"}, "nowhere.yaml"),
        (WHOLE, {"family": "yolov1"}, "--family yolov1: unknown; there are ultralytics"),
        (WHOLE, {"family": "yolox"}, "do not fit family yolox"),
        (WHOLE, {"size": (64, 64)}, "takes 128 x 64 only"),
        (WHOLE, {"map_": "7=car"}, "--map 7=car: .* 0=person, 1=gas_cylinder, 2=car"),
        (WHOLE, {"map_": "car"}, "--map car: write NUMBER=our_name"),
        (WHOLE, {"input": {"colour": "grey"}}, "--input: colour"),
        (WHOLE, {"input": {"breadth": 3}}, "breadth: unknown key"),
        (WHOLE, {"name": "../out"}, "cannot be named '../out'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, wishes: dict[str, Any], said: str) -> None:
    """Each mistake is one error that says what to do, and leaves nothing behind."""
    with pytest.raises(ModelError, match=said):
        put(tmp_path, content, **wishes)
    assert not list((tmp_path / "models").glob("*"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """PyTorch weights: see ``test_weights.py``."""
    with pytest.raises(ModelError, match=r"nowhere\.onnx: there is no such file"):
        import_model(ImportOptions(tmp_path / "nowhere.onnx"), tmp_path, None, replace=False)


def test_a_model_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """A second model of the same name needs another name, or --replace."""
    put(tmp_path, WHOLE)
    with pytest.raises(ModelError, match="there is a model of that name"):
        put(tmp_path, WHOLE)
    assert put(tmp_path, WHOLE, threshold=0.8, replace=True).model.manifest.threshold == 0.8


def test_check_finds_an_altered_file_and_other_eyes(tmp_path: Path) -> None:
    """A flipped byte is an error; a network that sees something else than was recorded is named."""
    folder = put(tmp_path, WHOLE).model.folder
    _, trials, wrong = check(folder / "manifest.yaml")
    assert wrong == []
    assert sum(trial.used for trial in trials) == 1
    manifest = folder / "manifest.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("score: 0.9", "score: 0.5"), encoding="utf-8")
    _, trials, wrong = check(manifest)
    assert "disagrees with the manifest" in wrong[0]
    network = folder / "network.onnx"
    network.write_bytes(network.read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"network\.onnx: not the file"):
        check(manifest)
