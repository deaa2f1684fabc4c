"""The shipped ground model is the file its manifest describes, and it tells road from greenery."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from tests.edge.extract.models import material

from sharp_eyes.edge.extract.model import Model, load_model
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

FOLDER = Path(__file__).resolve().parents[2] / "models" / "ground"
LARGEST_FILE = 6_000_000
CLASSES = ("vegetation", "soil", "paved", "water", "other")


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(FOLDER / "manifest.yaml")


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.open(ModelSettings(runtime="onnxruntime", threads=1))


def test_the_manifest_is_read_and_the_file_is_its_own(model: Model) -> None:
    network = model.manifest.networks[model.manifest.base]
    assert hashlib.sha256(model.file.read_bytes()).hexdigest() == network.sha256
    assert model.classes == CLASSES
    assert model.manifest.kind == "segmenter"


def test_the_file_is_small_enough_for_a_repository(model: Model) -> None:
    assert model.file.stat().st_size <= LARGEST_FILE


def test_raw_pictures_go_in_and_a_grid_of_probabilities_comes_out(model: Model) -> None:
    session = onnxruntime.InferenceSession(str(model.file), providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    assert entry.type == "tensor(uint8)"
    assert tuple(entry.shape[1:]) == model.manifest.input.shape[1:]
    pictures = np.random.default_rng(3).integers(0, 256, (2, *model.manifest.input.shape[1:]), np.uint8)
    together, whole = (np.asarray(output) for output in session.run(None, {entry.name: pictures}))
    assert whole.shape == (2, len(model.manifest.whole))
    assert model.manifest.whole == ("flooded",)
    assert ((whole >= 0) & (whole <= 1)).all()
    assert together.shape == (2, len(CLASSES), model.manifest.input.height // 4, model.manifest.input.width // 4)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-3)
    alone = np.concatenate([np.asarray(session.run(None, {entry.name: one[None]})[0]) for one in pictures])
    np.testing.assert_allclose(together, alone, atol=2e-3)


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_the_reference_pictures_look_as_recorded(runtime: str) -> None:
    """Bundled rendered pictures: every runtime sees the shares that the manifest records."""
    if runtime == "openvino":
        pytest.importorskip("openvino")
    opened = Segmenter.open(ModelSettings.model_validate({"runtime": runtime}))
    gap = opened.reference_gap()
    assert gap is not None
    assert gap <= opened.model.manifest.reference.tolerance(opened.model.manifest.base).share


def test_figures_say_what_was_measured_on_real_pictures(model: Model) -> None:
    """Paved, vegetation and water have real figures; nothing is called measured without pictures."""
    for name in ("paved", "vegetation", "water", "flooded"):
        assert model.measured_on_real(name)
    for name, figures in model.manifest.figures.items():
        for side in (figures.real, figures.rendered):
            assert side is None or side.pictures > 0, name


def test_a_real_flood_is_water_and_the_picture_is_flooded(segmenter: Segmenter) -> None:
    """A held-out flood at eye level, which version 1 took for soil and road; and a dry junction."""
    folder = material("data/flood_ground")
    picture = cv2.imread(str(folder / "images" / f"{FLOOD}.jpg"), cv2.IMREAD_COLOR)
    mask = cv2.imread(str(folder / "masks" / f"{FLOOD}.png"), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert mask is not None
    found = segmenter.segment(Frame.of_picture("camera", 0.0, np.asarray(picture, np.uint8)))
    assert found.shares()["water"] == pytest.approx((mask == 1).mean(), abs=0.15)
    dry = cv2.imread(str(next(iter(sorted((folder.parent / "street_cctv" / "images").iterdir())))), cv2.IMREAD_COLOR)
    assert dry is not None
    road = segmenter.segment(Frame.of_picture("camera", 0.0, np.asarray(dry, np.uint8)))
    assert road.whole["flooded"] < found.whole["flooded"] - 0.3
    assert road.shares()["water"] < 0.05


def test_a_real_street_is_paved_and_its_trees_are_green(segmenter: Segmenter) -> None:
    """A held-out frame of a drive: the road in front of the car, and what the hand-made mask says in all."""
    folder = material("data/camvid")
    picture = cv2.imread(str(folder / "images" / f"{HELD_OUT}.jpg"), cv2.IMREAD_COLOR)
    mask = cv2.imread(str(folder / "masks" / f"{HELD_OUT}.png"), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert mask is not None
    found = segmenter.segment(Frame.of_picture("camera", 0.0, np.asarray(picture, np.uint8)))
    road = [(0.3, 0.75), (0.7, 0.75), (0.8, 0.95), (0.2, 0.95)]
    assert found.shares(road)["paved"] > 0.95
    assert found.confidence(road) > 0.8
    shares = found.shares()
    assert shares["paved"] == pytest.approx(np.isin(mask, (3, 4)).mean(), abs=0.06)
    assert shares["vegetation"] == pytest.approx((mask == 5).mean(), abs=0.08)


HELD_OUT = "camvid_00042"
FLOOD = "flood_ground_00002"
