"""What is advised for which stream."""

import numpy as np
import pytest

from sharp_eyes.edge.camera_check.advice import advice_on, advice_on_clock, advice_on_pair, described
from sharp_eyes.edge.camera_check.stream_check import StreamReport


def report(
    codec: str = "h264",
    size: tuple[int, int] = (1920, 1080),
    rate: float = 25.0,
    intervals: tuple[float, ...] = (1.0, 1.0),
    kilobits: float = 4000.0,
) -> StreamReport:
    """A stream without a fault but for what is given."""
    return StreamReport(codec, *size, rate, intervals, 12.0, kilobits, np.zeros((1, 1, 3), np.uint8))


def test_nothing_is_said_where_all_is_well() -> None:
    """Advice that always comes is not read."""
    assert advice_on(report()) == []
    assert advice_on_clock(1.0) == advice_on_clock(None) == []
    assert advice_on_pair(report(), report(size=(640, 360))) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (report(intervals=(2.0, 2.0)), "every 2.0 s only: set the I-frame interval to 1 s (25 frames)"),
        (report(rate=15, intervals=(4.0, 4.0)), "(15 frames)"),
        (report(intervals=()), "no second keyframe came in 12 s"),
        (report(intervals=(2.0, 8.0)), "unevenly (2.0 to 8.0 s): switch the smart codec off"),
        (report(codec="hevc"), "set H.264"),
        (report(codec="mjpeg", intervals=(0.04, 0.04)), "set the codec to H.264"),
        (report(rate=2), "2.0 frames/s are few"),
        (report(size=(352, 288)), "352 pixels across are few"),
        (report(size=(2560, 1440)), "let a substream"),
        (report(kilobits=16_000), "16 Mbit/s"),
    ],
)
def test_each_fault_has_its_advice_and_only_that(given: StreamReport, words: str) -> None:
    """One line that says what to set."""
    (said,) = advice_on(given)
    assert words in said


def test_clock_and_shape_are_named_with_their_numbers() -> None:
    """Ahead and behind, in a unit that is read at a glance."""
    assert "90 s ahead" in advice_on_clock(90)[0]
    assert "8 hours behind" in advice_on_clock(-8 * 3600)[0]
    assert "640 x 480" in advice_on_pair(report(), report(size=(640, 480)))[0]
    assert described(report()) == "H.264, 1920 x 1080, 25 frames/s, a keyframe every 1.0 s, 4000 kbit/s"
