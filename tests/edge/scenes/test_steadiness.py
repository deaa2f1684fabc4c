"""Whether the camera stands still: what moves all of the picture, and what only much of it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from sharp_eyes.edge.scenes.steadiness import Grey, Steadiness, moves

ROWS, COLUMNS = 180, 320


def street(seed: int = 1) -> Grey:
    """Houses, kerbs and windows, wider than the picture by 40 pixels on each side."""
    blocks = np.random.default_rng(seed).integers(60, 180, ((ROWS + 80) // 10, (COLUMNS + 80) // 10)).astype(np.float32)
    large = cv2.resize(blocks, (COLUMNS + 80, ROWS + 80), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.blur(large, (2, 2)), np.float32)


def seen(world: Grey, right: float = 0.0, down: float = 0.0, turn: float = 0.0, zoom: float = 1.0) -> Grey:
    """What the camera shows when the world lies so many pixels further right and down, degrees turned, times larger."""
    centre = (world.shape[1] / 2, world.shape[0] / 2)
    change = cv2.getRotationMatrix2D(centre, turn, zoom)
    change[0, 2] += right
    change[1, 2] += down
    moved = cv2.warpAffine(world, change, (world.shape[1], world.shape[0]), flags=cv2.INTER_LINEAR)
    noise = np.random.default_rng(round(abs(right * 7 + down * 13) * 100) + 1).normal(0, 1.5, (ROWS, COLUMNS))
    return np.asarray(moved[40 : 40 + ROWS, 40 : 40 + COLUMNS] + noise, np.float32)


def with_spots(plain: Grey, number: int) -> Grey:
    """Many people far below, each on a way of their own."""
    picture = plain.copy()
    random = np.random.default_rng(9)
    for _ in range(90):
        x, y = random.uniform(5, COLUMNS - 10), random.uniform(5, ROWS - 14)
        right, down = random.uniform(-2.5, 2.5, 2)
        left, top = int(x + right * number), int(y + down * number)
        picture[max(top, 0) : top + 7, max(left, 0) : left + 4] -= 90
    return picture


@pytest.mark.parametrize(
    "change",
    [{"right": 1.0}, {"down": -0.7}, {"right": 3.0, "down": 2.0}, {"turn": 1.5}, {"zoom": 1.03}],
    ids=["one pixel", "less", "a knock", "the mast turns", "zoom"],
)
def test_the_camera_moved(change: dict[str, float]) -> None:
    """By a pixel of 320 or less, in any way."""
    assert moves(seen(street()), seen(street(), **change))


def lorry(picture: Grey, number: int) -> Grey:
    """A lorry's side, half the picture, drives past."""
    side = street(3)[:120, :160] + 30
    left = 10 + 6 * number
    picture = picture.copy()
    picture[40:160, left : left + 160] = side
    return picture


def darker(picture: Grey, number: int) -> Grey:
    """The shadow of a cloud."""
    return np.asarray(picture * (1 - 0.2 * number), np.float32)


@pytest.mark.parametrize("happens", [lorry, darker], ids=["a lorry", "a cloud"])
def test_what_happens_before_a_still_camera_is_no_motion_of_it(happens: Callable[[Grey, int], Grey]) -> None:
    """Though half of the picture moves, or all of it changes."""
    world = seen(street())
    assert not moves(happens(world, 0), happens(world, 1))


def test_a_crowd_on_a_plain_square_is_no_motion_of_the_camera() -> None:
    """Every part of the picture moves, but each its own way."""
    plain = np.full((ROWS, COLUMNS), 200, np.float32) + np.random.default_rng(2).normal(0, 1, (ROWS, COLUMNS))
    assert not moves(with_spots(np.asarray(plain, np.float32), 0), with_spots(np.asarray(plain, np.float32), 1))


def test_a_plain_sky_tells_nothing() -> None:
    """So nobody says that the camera moves."""
    sky = np.random.default_rng(4).normal(180, 1.5, (2, ROWS, COLUMNS)).astype(np.float32)
    assert not moves(sky[0], sky[1])


def test_it_counts_as_unsteady_for_some_seconds_and_then_no_more() -> None:
    """One knock is nothing; a shaking mast is, until it has stood still for three seconds."""
    steadiness, world = Steadiness(), street()
    sways = [0, 0, 0, 2, 2, 2, 2, 4, 1, 3, *[1] * 25]
    said = [steadiness.take(100 + 0.2 * number, seen(world, right=sway)) for number, sway in enumerate(sways)]
    assert all(said[:7]), "one knock"
    assert not any(said[7:24]), "it shakes, and has just shaken"
    assert all(said[-5:]), "it stands still"


def test_after_a_gap_or_a_step_of_the_clock_it_begins_anew() -> None:
    """The camera may have been turned by hand in between."""
    steadiness, world = Steadiness(), street()
    times = [100.0, 100.2, 110.0, 120.0, 60.0, 60.2]
    assert all(steadiness.take(time, seen(world, right=3.0 * n)) for n, time in enumerate(times[:5]))
