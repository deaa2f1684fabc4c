"""Networks with raw pictures: how INT8 is made and compared, and how figures get into a manifest."""

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from scripts.train.agreement import Agreement, RawDetector, compare
from scripts.train.boxes import Found
from scripts.train.manifest import figures_of, picture_of, sources_of, write_references
from scripts.train.quantise import float_nodes, quantise
from scripts.train.raw_input import ExportError, pictures_in, read_batch
from scripts.train.recipe import RecipeError

WIDTH, HEIGHT, STEP = 64, 32, 8
PLACES = (WIDTH // STEP) * (HEIGHT // STEP)


def small_detector(path: Path) -> None:
    """A network of family ultralytics: a place's only class scores as high as the place is bright."""
    random = np.random.default_rng(3)
    first = np.full((4, 3, STEP, STEP), 1 / (3 * STEP * STEP * 255), np.float32)
    second = np.eye(4, dtype=np.float32).reshape(4, 4, 1, 1) + random.normal(0, 0.01, (4, 4, 1, 1)).astype(np.float32)
    last = np.zeros((1, 4, 1, 1), np.float32)
    last[0, 0] = 1
    rows, columns = np.mgrid[: HEIGHT // STEP, : WIDTH // STEP]
    centres = np.stack([columns.ravel() * STEP + 4, rows.ravel() * STEP + 4]).astype(np.float32)
    boxes = np.concatenate([centres, np.full((2, PLACES), STEP, np.float32)])[None]
    tensors = {
        "first": first, "second": second, "last": last, "boxes": boxes,
        "shape": np.array([0, 1, PLACES], np.int64), "none": np.zeros((1, 1, 1), np.float32),
    }  # fmt: skip
    nodes = [
        helper.make_node("Transpose", ["pictures"], ["planes"], "swap", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["values"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Conv", ["values", "first"], ["a"], "first_conv", strides=[STEP, STEP]),
        helper.make_node("Relu", ["a"], ["b"], "relu"),
        helper.make_node("Conv", ["b", "second"], ["c"], "second_conv"),
        helper.make_node("Conv", ["c", "second"], ["d"], "third_conv"),
        helper.make_node("Conv", ["d", "second"], ["e"], "fourth_conv"),
        helper.make_node("Conv", ["e", "last"], ["f"], "decoding_conv"),
        helper.make_node("Reshape", ["f", "shape"], ["scores"], "reshape"),
        helper.make_node("Concat", ["boxes", "scores"], ["output0"], "concat", axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["batch", HEIGHT, WIDTH, 3])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 5, PLACES])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of pictures with a bright square each, in folders of their own."""
    for number in range(8):
        path = tmp_path / "pictures" / f"part{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = np.full((HEIGHT, WIDTH, 3), 20 + number, np.uint8)
        picture[8:16, 8 * number : 8 * number + 8] = 230
        cv2.imwrite(str(path), picture)
    return tmp_path / "pictures"


def test_the_first_and_the_last_convolutions_stay_in_float(tmp_path: Path) -> None:
    """Two from the picture on, and back from the output; the one of a single channel belongs to the decoding."""
    small_detector(tmp_path / "net.onnx")
    kept = float_nodes(onnx.load(str(tmp_path / "net.onnx")))
    assert set(kept) == {
        "swap", "cast", "first_conv", "relu", "second_conv", "concat", "reshape", "decoding_conv", "fourth_conv",
    }  # fmt: skip


@pytest.mark.parametrize("method", ["minmax", "percentile", "entropy"])
def test_an_int8_network_agrees_with_the_one_it_was_made_from(tmp_path: Path, pictures: Path, method: str) -> None:
    """Whatever the calibration: integer operators inside, and the same objects at nearly the same scores."""
    small_detector(tmp_path / "net.onnx")
    batch = read_batch(pictures_in(pictures, 8), WIDTH, HEIGHT)
    quantise(tmp_path / "net.onnx", tmp_path / "int8.onnx", batch, method, "all")
    operators = {node.op_type for node in onnx.load(str(tmp_path / "int8.onnx")).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= operators
    exact, small = RawDetector(tmp_path / "net.onnx"), RawDetector(tmp_path / "int8.onnx")
    agreement = compare(exact, small, batch, threshold=0.5)
    assert (agreement.recorded, agreement.matched, agreement.surplus) == (8, 8, 0)
    assert 0 < agreement.differences / 8 < 0.05


def test_agreement_counts_what_is_missing_and_what_is_too_much() -> None:
    """One box alike, one gone, one of another class, one new; those near the threshold do not count."""
    expected = Found(
        np.array([[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, 49, 9]], np.float32),
        np.array([0.9, 0.8, 0.36], np.float32),
        np.array([0, 1, 0]),
    )
    got = Found(
        np.array([[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, 49, 9], [60, 0, 69, 9]], np.float32),
        np.array([0.85, 0.8, 0.3, 0.4], np.float32),
        np.array([0, 0, 0, 0]),
    )
    counted = Agreement(overlap=0.75, score=0.1)
    counted.add(expected, got, threshold=0.35)
    assert (counted.recorded, counted.matched, counted.surplus) == (3, 2, 1)
    assert counted.share == 0.5


def test_pictures_from_a_list_and_from_nowhere(tmp_path: Path, pictures: Path) -> None:
    """A list's lines start at its own folder; what is not there is said."""
    (tmp_path / "list.txt").write_text("./pictures/part0/0.png\n\npictures/part1/1.png\n", encoding="utf-8")
    assert [path.name for path in pictures_in(tmp_path / "list.txt", 9)] == ["0.png", "1.png"]
    assert len(pictures_in(pictures, 3)) == 3
    with pytest.raises(ExportError, match="no such folder or list"):
        pictures_in(tmp_path / "nowhere", 3)


def test_figures_are_those_of_the_network_with_this_checksum(tmp_path: Path) -> None:
    """From the tables over all sources of a kind; a class without objects has no figure."""

    def figures(value: float | None, objects: int) -> dict[str, object]:
        return {"ap50": value, "ap50_95": value, "precision": None, "recall": 0.5, "pictures": 9, "objects": objects}

    table = {
        "model": "a 1",
        "kind": "real",
        "source": None,
        "classes": {"car": figures(0.8, 7), "bus": figures(0.0, 0)},
    }
    report = {
        "models": [{"name": "a 1", "sha256": "1" * 64}, {"name": "b 1", "sha256": "2" * 64}],
        "tables": [
            table,
            {**table, "kind": "rendered", "classes": {"car": figures(0.4, 3)}},
            {**table, "source": "one", "classes": {"car": figures(0.1, 3)}},
            {**table, "model": "b 1", "classes": {"car": figures(0.2, 3)}},
        ],
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    found = figures_of([path], "1" * 64, ["car", "bus"])
    assert set(found) == {"car"}
    assert (found["car"]["real"]["map50"], found["car"]["rendered"]["map50"]) == (0.8, 0.4)
    assert found["car"]["real"]["precision"] is None
    assert figures_of([path], "3" * 64, ["car"]) == {}


def test_only_the_sources_of_a_detector_are_named(tmp_path: Path) -> None:
    index = tmp_path / "sources.json"
    index.write_text(json.dumps([{"name": "a"}, {"name": "b"}]), encoding="utf-8")
    assert sources_of(index, ["b"]) == [{"name": "b"}]
    assert len(sources_of(index, "all")) == 2


def test_reference_pictures_are_small_and_may_come_from_a_clip(tmp_path: Path) -> None:
    """A frame of a clip is scaled to the width of a reference; a time after its end is an error."""
    clip = Path(__file__).resolve().parents[2] / "media" / "street.mp4"
    (entry,) = write_references([f"{clip}@3"], tmp_path)
    written = cv2.imread(str(tmp_path / entry["file"]))
    assert written is not None
    assert written.shape == (360, 640, 3)
    with pytest.raises(RecipeError, match="the clip ends before"):
        picture_of(f"{clip}@9999")
    with pytest.raises(RecipeError, match="no file"):
        picture_of("nowhere.png")
