"""The main stream's picture of the moment that the substream shows."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.edge.snap.numbered import RATE, drawn, number_clip, number_of, textured

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.snap.ring import EncodedClip
from sharp_eyes.edge.snap.same_moment import match

START = 1_000_000.0


def substream(number: int, size: tuple[int, int], part: tuple[slice, slice] = (slice(None), slice(None))) -> Frame:
    """The picture of a number as a substream gives it: smaller, coarser, a little brighter."""
    smaller = cv2.resize(drawn(textured(), number)[part], size, interpolation=cv2.INTER_AREA)
    brighter = cv2.convertScaleAbs(smaller, alpha=1.0, beta=6)
    _, coarse = cv2.imencode(".jpg", brighter, [cv2.IMWRITE_JPEG_QUALITY, 50])
    picture = np.asarray(cv2.imdecode(coarse, cv2.IMREAD_COLOR), np.uint8)
    return Frame.of_picture("gate", START + number / RATE, picture)


@pytest.fixture(scope="module")
def main_stream(tmp_path_factory: pytest.TempPathFactory) -> EncodedClip:
    """Four seconds of the main stream."""
    path = number_clip(tmp_path_factory.mktemp("main") / "main.mp4", (1280, 720), seconds=4)
    return EncodedClip(path.read_bytes(), START, START + 4)


@pytest.mark.parametrize("error", [-0.6, -0.24, 0.0, 0.2, 0.64])
@pytest.mark.parametrize("number", [40, 51, 60])
def test_motion_tells_the_moment_though_the_clocks_differ(main_stream: EncodedClip, number: int, error: float) -> None:
    """To the very frame, wherever in the window it lies; the difference is told for the next search."""
    frame = substream(number, (640, 360))
    found = match(main_stream, frame, frame.time + error, 0.8)
    assert found is not None
    assert found.told
    picture = found.frame(frame)
    assert (picture.width, picture.height, picture.time) == (1280, 720, frame.time)
    assert number_of(picture.picture()) == number
    assert found.offset == pytest.approx(0, abs=0.5 / RATE)


def test_where_nothing_moves_the_nearest_in_time_is_taken(tmp_path: Path) -> None:
    """And nothing is said about the clocks."""
    path = tmp_path / "still.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        picture = np.asarray(cv2.resize(drawn(textured(), 0), (640, 360), interpolation=cv2.INTER_AREA), np.uint8)
        for number in range(75):
            shown = av.VideoFrame.from_ndarray(picture, format="bgr24")
            shown.pts = number
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    clip = EncodedClip(path.read_bytes(), START, START + 3)
    frame = substream(0, (320, 180))
    found = match(clip, frame, START + 1.49, 0.8)
    assert found is not None
    assert not found.told
    assert found.offset == pytest.approx(1.48, abs=0.021)


def test_another_shape_is_taken_for_squeezed_or_for_cut_as_the_pictures_say(main_stream: EncodedClip) -> None:
    """So that boxes, which are shares of the substream's picture, lie where they belong."""
    squeezed = substream(51, (640, 480))
    found = match(main_stream, squeezed, squeezed.time + 0.2, 0.8)
    assert found is not None
    assert not found.is_cut
    assert number_of(found.frame(squeezed).picture()) == 51
    middle = substream(51, (640, 480), (slice(None), slice(160, 1120)))
    found = match(main_stream, middle, middle.time + 0.2, 0.8)
    assert found is not None
    assert found.is_cut
    picture = found.frame(middle)
    assert (picture.width, picture.height) == (960, 720)
    expected = drawn(textured(), 51)[:, 160:1120].astype(np.int16)
    assert np.abs(picture.picture().astype(np.int16) - expected).mean() < 12


@pytest.mark.parametrize(("number", "missing"), [(80, 32), (80, 16), (76, 32), (90, 32)])
def test_a_picture_that_is_nearly_the_right_one_is_not_taken_for_it(
    main_stream: EncodedClip, number: int, missing: int
) -> None:
    """The right one is not in the window, but one whose number differs in a single block: that is doubtful."""
    frame = substream(number, (640, 360))
    found = match(main_stream, frame, frame.time - missing / RATE, 0.5)
    assert found is not None
    assert found.doubtful
    assert not found.told


def test_a_clip_that_cannot_be_decoded_gives_nothing() -> None:
    """No picture, no fault."""
    frame = substream(51, (640, 360))
    assert match(EncodedClip(b"nothing of the kind", START, START + 4), frame, frame.time, 0.8) is None
