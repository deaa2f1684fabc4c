"""The second look: which part of which moments it is shown, and what it says."""

import numpy as np
import pytest
from tests.edge.extract.closer import BLUE, GREY, RED, ByColour
from tests.edge.extract.models import manifest

from sharp_eyes.edge.extract.verification import MOST, Judgement, Verification
from sharp_eyes.edge.extract.verifier import CONTEXTS, NOTHING, window
from sharp_eyes.edge.frame import Frame, Picture, Track, Tracks

WIDTH, HEIGHT = 640, 480
NOBODY = Tracks(0.0, WIDTH, HEIGHT, ())
Pixels = tuple[int, int, int, int]
BOX: Pixels = (200, 160, 240, 240)


def picture_with(box: Pixels, colour: tuple[int, int, int]) -> Picture:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[...] = GREY
    picture[box[1] : box[3], box[0] : box[2]] = colour
    return picture


def frame_with(box: Pixels, colour: tuple[int, int, int], time: float) -> Frame:
    return Frame.of_picture("cam", time, picture_with(box, colour))


def shares(box: Pixels) -> tuple[float, float, float, float]:
    return box[0] / WIDTH, box[1] / HEIGHT, box[2] / WIDTH, box[3] / HEIGHT


def judged(verification: Verification, box: Pixels = BOX) -> Judgement:
    answer = verification.judge("person", shares(box))
    assert answer is not None
    return answer


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_window_shows_the_box_in_its_middle_in_the_networks_own_shape(context: float) -> None:
    """Larger than the box by the context, whichever side of the box is the longer one."""
    for box in ((300.0, 200.0, 340.0, 280.0), (280.0, 220.0, 380.0, 240.0)):
        left, top, right, bottom = window(2000, 2000, box, context, 1.6)
        assert (right - left) / (bottom - top) == pytest.approx(1.6, abs=0.05)
        high = max((box[2] - box[0]) / 1.6, box[3] - box[1])
        assert bottom - top == pytest.approx(context * high, abs=2)
        assert (left + right) / 2 == pytest.approx((box[0] + box[2]) / 2, abs=1)
        assert (top + bottom) / 2 == pytest.approx((box[1] + box[3]) / 2, abs=1)


@pytest.mark.parametrize(
    "box", [(-20, -20, 20, 20), (630, 470, 680, 500), (0, 0, 640, 480), (5, 5, 6, 6), (700, 9, 710, 20)]
)
def test_a_window_lies_within_the_picture(box: tuple[float, float, float, float]) -> None:
    """Whatever the box, also one as large as the picture, of a pixel, or beside it."""
    left, top, right, bottom = window(WIDTH, HEIGHT, box, 2.4, 1.6)
    assert 0 <= left < right <= WIDTH
    assert 0 <= top < bottom <= HEIGHT


def test_what_is_what_it_was_called_is_borne_out_and_anything_else_refused() -> None:
    """It says what it most likely is; what no limit names is nothing."""
    for colour, refused, likeliest in ((BLUE, False, "person"), (RED, True, "car"), (GREY, True, NOTHING)):
        verification = Verification(ByColour())
        verification.take(frame_with(BOX, colour, 0.0), NOBODY)
        answer = judged(verification)
        assert (answer.refused, answer.likeliest) == (refused, likeliest)


def test_only_classes_with_a_limit_are_judged() -> None:
    """Another class or no place: nobody looks, and nothing is refused."""
    verification = Verification(ByColour())
    assert verification.judge("person", shares(BOX)) is None
    verification.take(frame_with(BOX, RED, 0.0), NOBODY)
    assert verification.judge("car", shares(BOX)) is None
    assert verification.judge("person", shares(BOX)) is not None


def test_the_present_is_looked_at_from_three_distances_and_two_moments_before_it() -> None:
    """A second and a half apart at least; looks in between are not kept."""
    detectors = ByColour()
    verification = Verification(detectors)
    for step in range(21):
        verification.take(frame_with(BOX, BLUE if step == 20 else GREY, 0.3 * step), NOBODY)
    answer = judged(verification)
    assert answer.moments == 3
    assert len(detectors.shown) == 5
    # Blue now, and grey in both moments before.
    assert answer.score == pytest.approx(0.9 * 3 / 5, abs=0.01)
    assert detectors.shown[0][0] < detectors.shown[1][0] < detectors.shown[2][0]


def test_a_thing_that_moved_is_looked_at_where_it_was() -> None:
    """Its track tells; a moment at which it was not there yet is left out."""
    verification = Verification(ByColour())
    boxes: list[Pixels] = [(40, 160, 80, 240), (240, 160, 280, 240), (440, 160, 480, 240)]
    for number, box in enumerate(boxes):
        x1, y1, x2, y2 = map(float, box)
        tracks = Tracks(
            2.0 * number, WIDTH, HEIGHT, (Track(7, "person", 0.8, (x1, y1, x2, y2), 0.0),) if number else ()
        )
        verification.take(frame_with(box, BLUE, 2.0 * number), tracks)
    answer = judged(verification, boxes[-1])
    assert answer.moments == 2
    assert answer.score == pytest.approx(0.9, abs=0.01)


def test_a_clock_that_is_set_back_leaves_no_moment_of_the_future() -> None:
    """They would be the past of nothing."""
    verification = Verification(ByColour())
    verification.take(frame_with(BOX, RED, 1000.0), NOBODY)
    verification.take(frame_with(BOX, BLUE, 10.0), NOBODY)
    assert judged(verification).moments == 1


def test_a_look_judges_a_few_candidates_and_no_more() -> None:
    """Whoever comes later is asked about at the next look."""
    verification = Verification(ByColour())
    for _ in range(2):
        verification.take(frame_with(BOX, BLUE, 0.0), NOBODY)
        for _ in range(MOST):
            assert not verification.spent
            judged(verification)
        assert verification.spent


def test_limits_name_classes_of_the_model_and_are_scores() -> None:
    """Or the manifest is refused."""
    with pytest.raises(ValueError, match="verify: nobody stand not among the classes"):
        manifest(verify={"nobody": 0.3})
    with pytest.raises(ValueError, match="verify: car: must lie between 0 and 1"):
        manifest(verify={"car": 1.5})
    assert manifest(verify={"car": 0.3}).verify == {"car": 0.3}
