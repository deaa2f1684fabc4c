"""A part of the picture is looked at from nearer by, and what is found there lies where it is."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.extract.test_detectors import two

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract import detectors as module
from sharp_eyes.edge.extract.crop import LEAST_GAIN, Window, window_on
from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import CameraSettings

INPUT = Input(width=640, height=384)
shares = st.floats(0, 1)


def around(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return max(0.0, x - wide / 2), max(0.0, y - high / 2), min(1.0, x + wide / 2), min(1.0, y + high / 2)


regions = st.builds(around, shares, shares, st.floats(0.02, 0.7), st.floats(0.02, 0.7))
sizes = st.tuples(st.integers(320, 3840), st.integers(240, 2160))


@given(region=regions, size=sizes)
def test_a_window_holds_its_region_and_is_worth_it(
    region: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    """All of the region lies in it, to a pixel; it lies in the picture, shows more than the whole, blows nothing up."""
    window = window_on(region, *size, INPUT)
    if window is None:
        return
    assert 0 <= window.left <= window.scaled_width - window.width
    assert 0 <= window.top <= window.scaled_height - window.height
    assert (window.width, window.height) <= (INPUT.width, INPUT.height)
    assert window.scaled_width <= size[0]
    whole = min(INPUT.width / size[0], INPUT.height / size[1])
    assert window.scaled_width / size[0] >= LEAST_GAIN * whole * 0.99
    x1, y1, x2, y2 = region
    assert window.left <= x1 * window.scaled_width + 1.5
    assert window.left + window.width >= x2 * window.scaled_width - 1.5
    assert window.top <= y1 * window.scaled_height + 1.5
    assert window.top + window.height >= y2 * window.scaled_height - 1.5


@given(region=regions, size=sizes, box=st.tuples(shares, shares, shares, shares))
def test_boxes_come_back_to_where_they_are(
    region: tuple[float, float, float, float], size: tuple[int, int], box: tuple[float, float, float, float]
) -> None:
    """A box of the picture, drawn into the window and taken back, is the same to a hundredth of a pixel."""
    window = window_on(region, *size, INPUT)
    if window is None:
        return
    frame = np.array([box], np.float64) * (*size, *size)
    ratio = np.array([window.scaled_width / size[0], window.scaled_height / size[1]] * 2)
    inside = (frame * ratio - np.array([window.left, window.top] * 2)).astype(np.float32)
    assert window.to_frame(inside) == pytest.approx(frame, abs=0.01)


def test_the_window_shows_what_lies_there() -> None:
    """At the camera's own resolution, pixel for pixel; scaled where it is asked for."""
    picture = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), np.uint8)
    frame = Frame.of_picture("gate", 5.0, picture)
    window = window_on((0.5, 0.5, 0.7, 0.7), 1920, 1080, INPUT)
    assert window == Window(1920, 1080, 1920, 1080, 832, 456, 640, 384)
    part = window.of(frame)
    assert (part.camera, part.time, part.width, part.height) == ("", 5.0, 640, 384)
    assert (part.picture() == picture[456:840, 832:1472]).all()
    assert part.picture(64, 38).shape == (38, 64, 3)


def test_a_camera_is_looked_at_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The detector gets the window, and what it finds comes in the frame's pixels; a wide region changes nothing."""
    shown: list[tuple[int, int]] = []

    class Looks:
        def detect(self, frames: Sequence[Frame]) -> list[Detections]:
            shown.append((frames[0].width, frames[0].height))
            box = np.array([[0, 0, 32, 16]], np.float32)
            return [Detections(box, np.array([0.9], np.float32), np.array([1], np.int32), ("person", "car"))]

    monkeypatch.setattr(module.Detectors, "open_detector", lambda *_: Looks())
    both = two()
    both.serve("gate", ["car"], region=(0.5, 0.5, 0.52, 0.52))
    both.serve("wide", ["car"], region=(0.0, 0.0, 1.0, 0.9))
    near, far = (
        both.detect([Frame.of_picture(one, 0.0, np.zeros((720, 1280, 3), np.uint8))])[0] for one in ("gate", "wide")
    )
    assert shown == [(64, 32), (1280, 720)]
    assert near.boxes.tolist() == [[621, 351, 653, 367]]
    assert far.boxes.tolist() == [[0, 0, 32, 16]]


def test_crop_and_tiles_exclude_each_other() -> None:
    """Tiles are for all of the picture."""
    with pytest.raises((ConfigError, ValueError), match="not both"):
        CameraSettings.model_validate({"id": "a", "source": {"kind": "file", "path": "x"}, "crop": "zones", "tiles": 2})
