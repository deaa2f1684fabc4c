"""Small things are seen in parts of the picture, and nothing is told twice for it."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.edge.extract.models import EXACT
from tests.edge.privacy_scenes import street_picture

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.tiles import look_in_tiles, merged, tile_edges
from sharp_eyes.edge.frame import Detections, Frame, Picture
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.settings import CameraSettings, ModelSettings

GREY = 114


@pytest.mark.parametrize("length", [1920, 1080, 641, 64])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_parts_cover_a_side_and_overlap(length: int, count: int) -> None:
    """From the first pixel to the last."""
    edges = tile_edges(length, count)
    assert edges[0][0] == 0
    assert edges[-1][1] == length
    assert all(before[1] > after[0] for before, after in pairwise(edges))


def blobs(frame: Frame) -> Detections:
    """Every white rectangle that is at least a hundredth of the picture's width: as a network loses small things."""
    picture = frame.picture()
    white = (picture[..., 0] > 200).astype(np.uint8)
    found: list[tuple[int, int, int, int]] = []
    while white.any():
        row, column = (int(value) for value in np.argwhere(white)[0])
        right = column + int(np.argmin(np.append(white[row, column:], 0)))
        bottom = row + int(np.argmin(np.append(white[row:, column], 0)))
        white[row:bottom, column:right] = 0
        if right - column >= frame.width / 100:
            found.append((column, row, right, bottom))
    boxes = np.array(found, np.float32).reshape(-1, 4)
    return Detections(boxes, np.full(len(found), 0.8, np.float32), np.zeros(len(found), np.int32), ("car",))


def picture_with(*boxes: tuple[int, int, int, int]) -> Picture:
    picture = np.full((600, 1000, 3), GREY, np.uint8)
    for x1, y1, x2, y2 in boxes:
        picture[y1:y2, x1:x2] = 255
    return picture


def seen(*boxes: tuple[int, int, int, int], count: int = 2) -> set[tuple[int, ...]]:
    found = look_in_tiles(blobs, Frame.of_picture("cam", 0.0, picture_with(*boxes)), count)
    return {tuple(int(value) for value in box) for box in found.boxes}


def test_what_is_too_small_for_the_whole_picture_is_seen_in_its_parts() -> None:
    """At the right place, in each corner."""
    small = [(20, 20, 27, 27), (900, 30, 907, 37), (40, 550, 47, 557), (930, 560, 937, 567)]
    assert len(blobs(Frame.of_picture("cam", 0.0, picture_with(*small)))) == 0
    assert seen(*small) == set(small)


def test_what_lies_across_the_parts_is_told_once_and_whole() -> None:
    """The whole picture has it; what a part cut off is no thing of its own."""
    large = (300, 200, 720, 420)
    assert seen(large) == {large}
    assert seen(large, count=3) == {large}


def test_what_lies_in_two_parts_is_told_once() -> None:
    """In their overlap, small or large."""
    both = [(490, 290, 498, 298), (450, 100, 540, 160)]
    assert seen(*both) == set(both)


def test_two_things_side_by_side_stay_two() -> None:
    """Only most of the smaller one in the larger makes one of them; another class is left alone."""
    boxes = np.array([[0, 0, 10, 10], [6, 0, 16, 10], [1, 1, 9, 9], [1, 1, 9, 9]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    assert list(merged(boxes, scores, np.array([0, 0, 0, 1], np.int32))) == [0, 1, 3]


def camera(**changes: Any) -> CameraSettings:
    zone = {"id": "kerb", "polygon": [[0, 0], [1, 0], [1, 1]]}
    raw = {"id": "gate", "source": {"kind": "file", "path": "x.mp4"}, "tiles": 2}
    return CameraSettings.model_validate(raw | {"scenes": [{"scene": "illegal_parking", "zones": [zone]} | changes]})


def test_tiles_are_for_slow_scenes() -> None:
    """A scene that looks often is named, with what to do."""
    classes = ["person", "car", "bus", "truck"]
    CameraScenes("gw", camera(), lambda _name: None, classes)
    with pytest.raises(ConfigError, match=r"camera gate: tiles: 2 .* illegal_parking looks every 0.5 s: raise"):
        CameraScenes("gw", camera(look_interval=0.5), lambda _name: None, classes)


def counting(detect: Callable[[Sequence[Frame]], list[Detections]], asked: list[int]) -> Any:
    def counted(frames: Sequence[Frame]) -> list[Detections]:
        asked.append(len(frames))
        return detect(frames)

    return counted


def test_a_cameras_setting_reaches_its_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled network looks five times instead of once, and still finds the cars of the bundled clip."""

    looks = []
    for tiles in (1, 2):
        settings = camera().model_copy(update={"tiles": tiles})
        pipeline = CameraPipeline("gw", settings, Detectors.open(ModelSettings.model_validate(EXACT)))
        detector = next(iter(pipeline._detectors._opened.values()))
        asked: list[int] = []
        monkeypatch.setattr(detector, "detect", counting(detector.detect, asked))
        analysis = pipeline.process(Frame.of_picture("gate", 1000.0, street_picture())).analysis
        assert analysis is not None
        assert len(analysis.tracks.items) > 0
        looks.append(len(asked))
    assert looks == [1, 5]
