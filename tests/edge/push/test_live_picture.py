"""The live picture of any camera fits through the broker."""

import cv2
import numpy as np
import pytest

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.live_picture import MAX_SNAPSHOT_SIZE, live_picture


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
