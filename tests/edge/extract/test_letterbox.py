"""A frame is fitted into the network's input and boxes find their way back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.extract.letterbox import Geometry, Letterbox
from sharp_eyes.edge.frame import Frame, Picture

GREY = 114


def wanted(**changes: Any) -> Input:
    return Input.model_validate({"width": 64, "height": 32, "pad": GREY, "scale": 1 / 255} | changes)


def plain(width: int, height: int, colour: tuple[int, int, int]) -> Frame:
    return Frame.of_picture("a", 0.0, np.full((height, width, 3), colour, np.uint8))


def test_wide_and_narrow_frames_are_padded_on_the_right_sides() -> None:
    """A wide frame has bars above and below, a narrow one at the sides, in the pad's grey."""
    letterbox = Letterbox(wanted())
    batch, _ = letterbox.fit(plain(400, 100, (255, 255, 255)))
    assert batch.shape == (1, 3, 32, 64)
    assert batch[0, 0, :, 30] == pytest.approx([GREY / 255] * 8 + [1.0] * 16 + [GREY / 255] * 8)
    batch, _ = letterbox.fit(plain(100, 100, (255, 255, 255)))
    assert batch[0, 0, 16] == pytest.approx([GREY / 255] * 16 + [1.0] * 32 + [GREY / 255] * 16)
    assert batch[0, 0, 0, 20] == 1.0


def test_top_left_leaves_the_rest_grey() -> None:
    """With fit letterbox_topleft the picture lies in the corner."""
    batch, geometry = Letterbox(wanted(fit="letterbox_topleft", scale=1.0)).fit(plain(100, 100, (9, 9, 9)))
    assert (geometry.left, geometry.top) == (0, 0)
    assert batch[0, 0, 16].tolist() == [9.0] * 32 + [GREY] * 32


@pytest.mark.parametrize(("colour", "expected"), [("rgb", [30, 20, 10]), ("bgr", [10, 20, 30])])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_channels_come_in_the_order_asked_for(colour: str, dtype: str, expected: list[int]) -> None:
    """Blue, green, red becomes what the manifest says, in the type it says."""
    frame = plain(64, 32, (10, 20, 30))
    batch, _ = Letterbox(wanted(colour=colour, dtype=dtype, scale=1.0)).fit(frame)
    assert batch.dtype == dtype
    assert batch[0, :, 5, 5].tolist() == expected


@pytest.mark.parametrize(("colour", "expected"), [("rgb", [30, 20, 10]), ("bgr", [10, 20, 30])])
def test_channels_last_is_the_picture_itself(colour: str, expected: list[int]) -> None:
    """Layout nhwc keeps rows, columns and channels as the frame has them."""
    frame = plain(64, 16, (10, 20, 30))
    batch, _ = Letterbox(wanted(layout="nhwc", colour=colour, dtype="uint8", scale=1.0)).fit(frame)
    assert batch.shape == (1, 32, 64, 3)
    assert batch.dtype == np.uint8
    assert batch[0, 16, 5].tolist() == expected
    assert batch[0, 0, 5].tolist() == [GREY] * 3


@pytest.mark.parametrize(("colour", "expected"), [("rgb", [1.0, 0.5, -2.0]), ("bgr", [0.0, 0.5, 0.0])])
def test_mean_and_deviation_are_taken_out(colour: str, expected: list[float]) -> None:
    """A value is (pixel * scale - mean) / std, channel by channel in the order asked for; the padding too."""
    normal = {"scale": 0.1, "mean": [1, 1, 3], "std": [2, 2, 1]}
    batch, _ = Letterbox(wanted(colour=colour, pad=10, **normal)).fit(plain(64, 16, (10, 20, 30)))
    assert batch[0, :, 16, 5].tolist() == pytest.approx(expected)
    assert batch[0, :, 0, 5].tolist() == pytest.approx([0.0, 0.0, -2.0])


def test_stretch_fills_the_whole_input() -> None:
    """With fit stretch nothing is padded, and boxes come back by their own factors."""
    batch, geometry = Letterbox(wanted(fit="stretch", scale=1.0)).fit(plain(100, 100, (9, 9, 9)))
    assert (batch == 9).all()
    boxes = np.array([[16, 8, 32, 16]], np.float32)
    assert geometry.to_frame(boxes).tolist() == [[25, 25, 50, 50]]


def test_nothing_is_converted_at_full_size() -> None:
    """The frame is asked once, for the small picture alone."""
    asked: list[tuple[int, int]] = []

    def scaled(width: int, height: int) -> Picture:
        asked.append((width, height))
        return np.zeros((height, width, 3), np.uint8)

    frame = Frame("a", 0.0, 0, 1920, 1080, keyframe=True, after_gap=False, scaled=scaled)
    Letterbox(wanted(width=640, height=384)).fit(frame)
    assert asked == [(640, 360)]


@given(
    frame_width=st.integers(1, 5000),
    frame_height=st.integers(1, 5000),
    width=st.integers(32, 1280),
    height=st.integers(32, 1280),
    fit=st.sampled_from(["letterbox", "letterbox_topleft", "stretch"]),
    shares=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_boxes_survive_the_way_there_and_back(
    frame_width: int,
    frame_height: int,
    width: int,
    height: int,
    fit: str,
    shares: tuple[float, float, float, float],
) -> None:
    """Frame to input to frame gives the same box; the frame's corners are the picture's corners."""
    geometry = Geometry.of(frame_width, frame_height, wanted(width=width, height=height, fit=fit))
    size = np.array([frame_width, frame_height] * 2, np.float32)
    box = (np.array(shares, np.float32) * size)[None]
    inside = geometry.to_input(box)
    assert (inside >= -1e-3).all()
    assert (inside <= np.array([width, height] * 2) + 1e-3).all()
    assert geometry.to_frame(inside) == pytest.approx(box, rel=1e-4, abs=float(size.max()) * 1e-4 + 0.01)
    assert 0 <= geometry.left <= width - geometry.width
    assert 0 <= geometry.top <= height - geometry.height
    whole = geometry.to_input(np.array([[0, 0, frame_width, frame_height]], np.float32))[0]
    corner = [geometry.left, geometry.top]
    assert whole == pytest.approx([*corner, corner[0] + geometry.width, corner[1] + geometry.height], abs=1e-2)
    assert geometry.width == width or geometry.height == height
