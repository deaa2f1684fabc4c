"""The live picture of any camera fits through the broker."""

import cv2
import numpy as np
import pytest

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.live_picture import MAX_SNAPSHOT_SIZE, LivePace, live_picture


def busy(width: int, height: int, grain: int) -> Frame:
    """A picture full of detail."""
    noise = np.random.default_rng(3).integers(0, 255, (height // grain, width // grain, 3), dtype=np.uint8)
    whole = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    return Frame.of_picture("gate", 0.0, whole)


@pytest.mark.parametrize("grain", [1, 2, 8])
@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (720, 5000), (40, 4000)])
def test_a_picture_of_any_shape_fits(width: int, height: int, grain: int) -> None:
    """Upright as in a corridor, or wide; plain or full of detail; its shape stays."""
    jpeg = live_picture(busy(width, height, grain))
    assert jpeg is not None
    assert len(jpeg) <= MAX_SNAPSHOT_SIZE
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape[0] / shown.shape[1] == pytest.approx(height / width, rel=0.02)


def test_a_picture_that_fits_is_left_as_it_is() -> None:
    """640 pixels wide at the best quality."""
    frame = busy(1280, 720, 32)
    jpeg = live_picture(frame)
    assert jpeg == cv2.imencode(".jpg", frame.picture(640, 360))[1].tobytes()


def test_a_smaller_limit_gives_a_smaller_picture() -> None:
    """And where nothing fits, none."""
    frame = busy(1080, 1920, 1)
    jpeg = live_picture(frame, 20_000)
    assert jpeg is not None
    assert len(jpeg) <= 20_000
    assert live_picture(frame, 10) is None


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sent_in(pace: LivePace, clock: Clock, seconds: int) -> list[float]:
    """When pictures are sent, with a new frame each second."""
    sent = []
    for _ in range(seconds):
        if pace.due and pace.take(clock.now):
            sent.append(clock.now - 1000)
        clock.now += 1
    return sent


def test_pictures_are_sent_often_only_while_somebody_watches() -> None:
    """One in half a minute, one every two seconds for as long as the word holds, and seldom again."""
    clock = Clock()
    pace = LivePace(2, 30, clock)
    assert sent_in(pace, clock, 61) == [0, 30, 60]
    pace.watch(10)
    assert sent_in(pace, clock, 40) == [62, 64, 66, 68, 70, 100]


def test_no_pictures_where_none_are_wanted() -> None:
    """Not even while somebody watches."""
    clock = Clock()
    pace = LivePace(0, 30, clock)
    pace.watch(100)
    assert sent_in(pace, clock, 100) == []
    assert not pace.wants(clock.now, None)


def test_a_keyframe_is_decoded_for_a_picture_only_where_no_look_gave_one() -> None:
    """While the way to the hub is broken nothing is sent, and yet not every keyframe decoded."""
    clock = Clock()
    pace = LivePace(2, 30, clock)
    assert pace.wants(50.0, None)
    assert pace.wants(80.0, 50.0)
    assert not pace.wants(79.0, 50.0)
    pace.watch(60)
    assert pace.wants(52.0, 50.0)
    assert not pace.wants(51.0, 50.0)
    assert pace.wants(20.0, 50.0), "the clock was set back"
    assert pace.take(52.0)
    assert not pace.take(52.0), "the same picture twice"
    assert not pace.wants(60.0, 52.0), "no time has passed"
