"""The second look: which part of which moments it is shown, and what it says."""

import numpy as np
import pytest
from tests.edge.extract.models import manifest
from tests.edge.extract.verifiers import BLUE, GREY, RED, VERIFIER, ByColour, by_colour

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.crops import square_around
from sharp_eyes.edge.extract.model import Model, bundled_models
from sharp_eyes.edge.extract.verification import Verification
from sharp_eyes.edge.extract.verifier import Verifier
from sharp_eyes.edge.frame import Frame, Picture, Track, Tracks

WIDTH, HEIGHT = 320, 240
NOBODY = Tracks(0.0, WIDTH, HEIGHT, ())


def picture_with(box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> Picture:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[...] = GREY
    picture[box[1] : box[3], box[0] : box[2]] = colour
    return picture


def frame_with(box: tuple[int, int, int, int], colour: tuple[int, int, int], time: float) -> Frame:
    return Frame.of_picture("cam", time, picture_with(box, colour))


def shares(box: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
    return box[0] / WIDTH, box[1] / HEIGHT, box[2] / WIDTH, box[3] / HEIGHT


@pytest.mark.parametrize("side", [16, 32, 200])
def test_a_crop_shows_the_box_in_the_middle_with_some_context(side: int) -> None:
    """Twice the box's longer side: the box takes the middle half."""
    crop = square_around(picture_with((100, 80, 140, 120), BLUE), (100, 80, 140, 120), 2.0, side)
    assert crop.shape == (side, side, 3)
    assert tuple(crop[side // 2, side // 2]) == BLUE
    assert (crop[..., 0] > 180).mean() == pytest.approx(0.25, abs=0.06)
    assert tuple(crop[1, 1]) == GREY


@pytest.mark.parametrize("box", [(-20, -20, 20, 20), (300, 220, 340, 260), (0, 0, 320, 240), (5, 5, 6, 6)])
def test_beyond_the_picture_a_crop_is_grey(box: tuple[int, int, int, int]) -> None:
    """Whatever the box, also one as large as the picture or of a pixel."""
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    crop = square_around(black, box, 1.5, 32)
    assert crop.shape == (32, 32, 3)
    assert set(np.unique(crop)) <= set(range(115))


def test_what_is_what_it_was_called_is_borne_out_and_anything_else_refused() -> None:
    """Limits are each class's own; it says what it most likely is."""
    box = (100, 80, 140, 160)
    for colour, refused, likeliest in ((BLUE, False, "person"), (RED, True, "vehicle"), (GREY, True, "none")):
        verification = Verification(by_colour)
        verification.take(frame_with(box, colour, 0.0), NOBODY)
        judged = verification.judge("person", shares(box))
        assert judged is not None
        assert (judged.refused, judged.likeliest) == (refused, likeliest)


def test_it_says_nothing_of_what_it_does_not_know() -> None:
    """Another class, no box, no verifier, no picture yet."""
    verification = Verification(by_colour)
    assert verification.judge("person", (0.1, 0.1, 0.2, 0.2)) is None
    verification.take(frame_with((0, 0, 9, 9), BLUE, 0.0), NOBODY)
    assert verification.judge("smoke", (0.1, 0.1, 0.2, 0.2)) is None
    assert verification.judge("person", None) is None
    without = Verification(lambda: None)
    without.take(frame_with((0, 0, 9, 9), BLUE, 0.0), NOBODY)
    assert without.judge("person", (0.1, 0.1, 0.2, 0.2)) is None


def test_three_moments_are_looked_at_seconds_apart() -> None:
    """A thing that was there all the time is seen three times; looks in between are not kept."""
    network, box = ByColour(), (100, 80, 140, 160)
    verification = Verification(lambda: by_colour(network))
    for step in range(21):
        colour = BLUE if step == 20 else RED
        verification.take(frame_with(box, colour, 0.3 * step), NOBODY)
    judged = verification.judge("person", shares(box))
    assert judged is not None
    assert len(judged.crops) == 3
    # One of three moments is blue: the mean of the three is what counts.
    assert judged.probability == pytest.approx(1 / 3, abs=0.02)


def test_a_thing_that_moved_is_looked_at_where_it_was() -> None:
    """Its track tells; a moment at which it was not there yet is left out."""
    verification = Verification(by_colour)
    boxes = [(20, 80, 60, 160), (120, 80, 160, 160), (220, 80, 260, 160)]
    for number, box in enumerate(boxes):
        seen = Track(7, "person", 0.8, tuple(map(float, box)), 0.0)  # type: ignore[arg-type]
        tracks = Tracks(2.0 * number, WIDTH, HEIGHT, (seen,) if number else ())
        verification.take(frame_with(box, BLUE, 2.0 * number), tracks)
    judged = verification.judge("person", shares(boxes[-1]))
    assert judged is not None
    assert len(judged.crops) == 2
    assert judged.probability == pytest.approx(1, abs=0.02)


def test_a_clock_that_is_set_back_leaves_no_moment_of_the_future() -> None:
    """They would be the past of nothing."""
    verification = Verification(by_colour)
    verification.take(frame_with((0, 0, 9, 9), RED, 1000.0), NOBODY)
    verification.take(frame_with((0, 0, 9, 9), BLUE, 10.0), NOBODY)
    judged = verification.judge("person", shares((0, 0, 9, 9)))
    assert judged is not None
    assert len(judged.crops) == 1


def test_a_model_of_another_kind_is_no_verifier() -> None:
    """Also a manifest whose parts contradict each other is refused."""
    with pytest.raises(ModelError, match="a verifier is wanted here"):
        Verifier(Model(manifest(), bundled_models()), ByColour())
    for wrong in ({"verifies": None}, {"kind": "detector"}, {"family": "segmentation"}):
        with pytest.raises(ValueError, match=r"does not go with family|belongs to a verifier"):
            manifest(**{**VERIFIER, **wrong})
    with pytest.raises(ValueError, match="stand not among the classes"):
        manifest(**{**VERIFIER, "verifies": {"classes": {"person": "somebody"}}})
