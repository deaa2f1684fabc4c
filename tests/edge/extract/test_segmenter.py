"""The segmenter says what the ground is at the right place of the frame, whatever the frame's shape."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.edge.extract.models import manifest

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.segmenter import Segmenter, misfit
from sharp_eyes.edge.frame import Frame, Segmentation, coverage
from sharp_eyes.edge.settings import ModelSettings

RAW = {"width": 128, "height": 96, "layout": "nhwc", "colour": "bgr", "dtype": "uint8"}
GROUND: dict[str, Any] = {
    "kind": "segmenter",
    "family": "segmentation",
    "classes": ["blue", "red", "grey"],
    "input": RAW,
}
BLUE, RED = (255, 0, 0), (0, 0, 255)


class ByColour:
    """Stands for a network: tells blue, red and the rest apart, on a grid of one place in 4 x 4 pixels."""

    name = "by colour"

    def run(self, batch: Batch) -> list[Array]:
        count, height, width = batch.shape[:3]
        cells = batch.reshape(count, height // 4, 4, width // 4, 4, 3).mean(axis=(2, 4)) / 255
        blue, red = cells[..., 0] * (1 - cells[..., 2]), cells[..., 2] * (1 - cells[..., 0])
        return [np.stack([blue, red, 1 - blue - red], axis=1).astype(np.float32)]


def look(picture: npt.NDArray[np.uint8]) -> Segmentation:
    model = Model(manifest(**GROUND), Path("nowhere"))
    return Segmenter(model, ByColour()).segment(Frame.of_picture("camera", 0.0, picture))


def halves(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Blue to the left of the middle, red to the right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = BLUE, RED
    return picture


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (640, 480), (480, 1280), (322, 227), (128, 96)])
def test_halves_are_halves_in_every_shape_of_frame(width: int, height: int) -> None:
    """Bars around the picture are no part of the frame, above and below or left and right."""
    found = look(halves(width, height))
    shares = found.shares()
    assert shares["blue"] == pytest.approx(0.5, abs=0.06)
    assert shares["red"] == pytest.approx(0.5, abs=0.06)
    assert found.shares([(0, 0), (0.42, 0), (0.42, 1), (0, 1)])["blue"] == pytest.approx(1, abs=0.01)
    assert found.shares([(0.58, 0), (1, 0), (1, 1), (0.58, 1)])["red"] == pytest.approx(1, abs=0.01)


def test_a_patch_is_found_where_it_lies() -> None:
    """A patch of the frame is seen at its own place and size, not at the place it has in the network's input."""
    picture = np.full((1080, 1920, 3), BLUE, np.uint8)
    picture[540:1080, 1440:1920] = RED
    found = look(picture)
    assert found.shares([(0.77, 0.53), (0.99, 0.53), (0.99, 0.99), (0.77, 0.99)])["red"] > 0.97
    assert found.shares([(0.2, 0.1), (0.7, 0.1), (0.7, 0.9), (0.2, 0.9)])["blue"] > 0.97
    assert found.shares()["red"] == pytest.approx(0.125, abs=0.01)


def test_shares_sum_to_one_and_confidence_is_the_winners_probability() -> None:
    found = Segmentation(np.array([[[0.7, 0.2]], [[0.3, 0.8]]], np.float32), ("soil", "water"))
    assert found.class_map.tolist() == [[0, 1]]
    assert found.shares() == {"soil": 0.5, "water": 0.5}
    assert found.confidence() == pytest.approx(0.75)
    left = [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)]
    assert found.shares(left) == {"soil": 1.0, "water": 0.0}
    assert found.confidence(left) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("polygon", "area"),
    [
        ([(0, 0), (1, 0), (1, 1), (0, 1)], 1.0),
        ([(0, 0), (1, 0), (0, 1)], 0.5),
        ([(0.2, 0.2), (0.7, 0.3), (0.6, 0.9), (0.1, 0.8)], 0.31),
        ([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)], 0.25),
        # Smaller than one cell of the grid.
        ([(0.500, 0.500), (0.510, 0.500), (0.510, 0.520), (0.500, 0.520)], 0.0002),
    ],
)
def test_coverage_is_the_polygons_area(polygon: list[tuple[float, float]], area: float) -> None:
    """What lies outside the frame does not count; a zone smaller than a cell is not lost."""
    assert coverage(polygon, 80, 128).mean() == pytest.approx(area, rel=0.01)


def test_a_polygon_outside_the_frame_is_refused() -> None:
    found = look(halves(640, 480))
    with pytest.raises(ValueError, match="covers nothing"):
        found.shares([(2, 2), (3, 2), (3, 3)])
    with pytest.raises(ValueError, match="covers nothing"):
        found.confidence([(2, 2), (3, 2), (3, 3)])


def test_a_detector_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="street is a detector; a segmenter is wanted"):
        Segmenter.open(ModelSettings(name="street"))


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        (np.full((1, 4, 24, 32), 0.25), "expected 1 x 3 x rows x columns, got 1 x 4 x 24 x 32"),
        (np.full((1, 3, 24, 24), 1 / 3), "in the proportions of 128 x 96, got 24 x 24"),
        (np.full((1, 3, 24, 32), 2.0), "probabilities that sum to 1"),
        (np.full((1, 24, 32), 1.0), "expected 1 x 3 x rows x columns, got 1 x 24 x 32"),
    ],
)
def test_outputs_that_do_not_fit_are_named(output: Array, complaint: str) -> None:
    assert complaint in (misfit([output], manifest(**GROUND)) or "")


def test_what_is_told_of_the_whole_picture_comes_beside_the_places() -> None:
    """A second output, named by the manifest."""

    class WithBrightness(ByColour):
        def run(self, batch: Batch) -> list[Array]:
            return [*super().run(batch), np.asarray(batch.mean(axis=(1, 2, 3))[:, None] / 255, np.float32)]

    told = manifest(**(GROUND | {"whole": ["bright"]}))
    picture = np.full((96, 128, 3), 51, np.uint8)
    seen = Segmenter(Model(told, Path("nowhere")), WithBrightness()).segment(Frame.of_picture("camera", 0.0, picture))
    assert seen.whole == {"bright": pytest.approx(0.2, abs=0.01)}
    assert look(picture).whole == {}
    places = np.full((1, 3, 24, 32), 1 / 3, np.float32)
    assert misfit([places, np.full((1, 1), 0.5, np.float32)], told) is None
    assert "rows x columns and" in (misfit([places], told) or "")
    assert "probabilities of bright" in (misfit([places, np.full((1, 1), 7.0, np.float32)], told) or "")
    assert misfit([places, np.full((1, 1), 0.5, np.float32)], manifest(**GROUND)) is not None


def test_outputs_that_fit_are_taken() -> None:
    assert misfit([np.full((1, 3, 24, 32), 1 / 3, np.float32)], manifest(**GROUND)) is None
