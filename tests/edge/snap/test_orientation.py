"""Recordings that say how they are to be shown: turned, mirrored, with pixels that are not square."""

import io
import itertools
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.edge.snap.clips import make_clip

from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import PacketRing, read_frames

EIGHT = list(itertools.product((0, 90, 180, -90), (False, True)))
WIDTH, HEIGHT = 160, 120


def scene() -> Picture:
    """A picture of which no two corners are alike."""
    picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    picture[:40, :60] = (200, 60, 60)
    picture[:40, 100:] = (60, 200, 60)
    picture[80:, :60] = (60, 60, 200)
    return picture


def stored(picture: Picture, degrees: int, mirrored: bool) -> Picture:
    """The picture as a camera stores it that must be turned by ``degrees`` (against the clock), then mirrored."""
    seen = picture[:, ::-1] if mirrored else picture
    return np.ascontiguousarray(np.rot90(seen, -degrees // 90))


def write(path: Path, picture: Picture, degrees: int, mirrored: bool, aspect: Fraction = Fraction(1)) -> Path:
    """A recording of one standing picture with a display matrix; without one where nothing is turned."""
    height, width = picture.shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"g": "5", "crf": "10", "threads": "1"}
        stream.sample_aspect_ratio = aspect
        if degrees or mirrored:
            stream.set_display_rotation(degrees, hflip=mirrored)
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def first(path: Path, ring: PacketRing | None = None) -> Frame:
    frames = list(read_frames(FileSource(path=path, pace="fast"), "cam", "all", ring=ring))
    return frames[0]


def differ(one: Picture, other: Picture) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize(("degrees", "mirrored"), EIGHT)
def test_a_picture_is_shown_as_its_recording_says(tmp_path: Path, degrees: int, mirrored: bool) -> None:
    """All eight ways: size and pixels are those of the scene, at full and at any other size."""
    frame = first(write(tmp_path / "a.mp4", stored(scene(), degrees, mirrored), degrees, mirrored))
    assert (frame.width, frame.height) == (WIDTH, HEIGHT)
    assert differ(frame.picture(), scene()) < 6
    small = np.asarray(cv2.resize(scene(), (64, 36), interpolation=cv2.INTER_AREA), np.uint8)
    assert differ(frame.picture(64, 36), small) < 8


@pytest.mark.parametrize(
    ("aspect", "degrees", "size"),
    [
        (Fraction(16, 11), 0, (233, 120)),
        (Fraction(1, 2), 0, (160, 240)),
        (Fraction(2), 90, (120, 320)),
        (Fraction(400), 0, (160, 120)),
    ],
)
def test_pixels_become_square(tmp_path: Path, aspect: Fraction, degrees: int, size: tuple[int, int]) -> None:
    """What is narrow in the file is as wide as it was in the street; a senseless shape is not believed."""
    frame = first(write(tmp_path / "a.mp4", scene(), degrees, False, aspect))
    assert (frame.width, frame.height) == size
    assert frame.picture().shape == (size[1], size[0], 3)


def test_a_clip_of_a_turned_recording_is_turned_as_well(tmp_path: Path) -> None:
    """What is cut out of it says the same of itself."""
    ring = PacketRing(60)
    first(write(tmp_path / "a.mp4", stored(scene(), -90, False), -90, False, Fraction(1)), ring)
    clip = ring.cut(0, 10)
    assert clip is not None
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert next(iter(container.decode(video=0))).rotation == -90


def test_an_upright_recording_is_left_as_it_is(tmp_path: Path) -> None:
    """Its pixels are those of the decoder."""
    path = make_clip(tmp_path / "a.mp4", seconds=1)
    with av.open(str(path)) as container:
        plain = np.asarray(next(iter(container.decode(video=0))).to_ndarray(format="bgr24"), np.uint8)
    assert differ(first(path).picture(), plain) < 2
