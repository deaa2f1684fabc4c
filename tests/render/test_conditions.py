"""Weather and light laid over finished frames do what they say and are the same on every run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scripts.render import conditions
from scripts.render.camera import Camera

Picture = NDArray[np.uint8]
CAMERA = Camera((0.0, 0.0, 6.0), 10.0, -20.0, 60.0, 160, 90)
PLANE = conditions.ground_plane(CAMERA)


def street(level: int = 120) -> Picture:
    """A plain coloured picture."""
    return np.full((90, 160, 3), (level, level - 20, level - 40), np.uint8)


def test_ground_plane_is_the_inverse_of_the_projection() -> None:
    """The place on the ground that a pixel shows is projected back to that pixel."""
    points = np.array([[PLANE.x[row, column], PLANE.y[row, column], 0.0] for row, column in ((80, 10), (60, 150))])
    pixels, _depth = CAMERA.project(points)
    assert pixels == pytest.approx(np.array([[10.5, 80.5], [150.5, 60.5]]), abs=0.05)


def test_nothing_above_the_horizon_is_ground() -> None:
    """The top row looks over the horizon, the bottom row onto the ground."""
    level = conditions.ground_plane(Camera((0.0, 0.0, 6.0), 0.0, -5.0, 60.0, 160, 90))
    assert not level.below_horizon[0].any()
    assert level.below_horizon[-1].all()


@pytest.mark.parametrize(
    "change",
    [
        lambda picture, random: conditions.rain(picture, 0.8, random),
        lambda picture, random: conditions.grain(picture, random, 4.0),
        conditions.infrared,
    ],
)
def test_the_same_seed_gives_the_same_frame(change: Callable[[Picture, np.random.Generator], Picture]) -> None:
    """Random conditions repeat with their seed and differ with another."""
    first, again, other = (change(street(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_infrared_has_no_colour() -> None:
    """All three channels are equal, and the corners are darker than the middle."""
    picture = conditions.infrared(street(), np.random.default_rng(3), falloff=0.5)
    assert np.array_equal(picture[..., 0], picture[..., 1])
    assert np.array_equal(picture[..., 0], picture[..., 2])
    assert picture[:9, :9].mean() < picture[40:50, 75:85].mean() - 30


def test_night_keeps_the_order_of_light_and_dark() -> None:
    """The darkened picture has less light everywhere; what was brighter stays brighter."""
    dark = conditions.night(np.concatenate([street(200), street(90)]), 0.4)
    assert dark[45].mean() > dark[135].mean() + 10
    assert dark.max() < 160


def test_a_cloud_darkens_the_ground_under_it_only() -> None:
    """In the middle of the shadow the light is taken; far from it the picture stays."""
    row, column = 70, 80
    centre = (float(PLANE.x[row, column]), float(PLANE.y[row, column]))
    shaded = conditions.cloud_shadow(street(), PLANE, centre, (2.0, 2.0), 0.5)
    assert shaded[row, column, 0] == pytest.approx(60, abs=3)
    assert np.array_equal(shaded[0], street()[0])


def test_fog_takes_more_of_what_is_far() -> None:
    """Contrast with the fog falls with the distance."""
    foggy = conditions.fog(street(40), PLANE.distance, 20.0)
    assert foggy[35, 80, 0] > foggy[85, 80, 0] + 40


def test_headlights_light_the_road_before_the_vehicle() -> None:
    """Ahead of the lamps the road is brighter; behind them it is as before."""
    lit = conditions.beam(street(40), PLANE, (2.0, 14.0), -np.pi / 2, 3.0)
    pixels, _depth = CAMERA.project(np.array([[2.0, 10.0, 0.0], [2.0, 18.0, 0.0]]))
    (column, row), (far_column, far_row) = pixels.astype(int)
    assert lit[row, column, 0] > 60
    assert np.array_equal(lit[far_row, far_column], street(40)[0, 0])


def test_a_lamp_outside_the_picture_changes_nothing() -> None:
    """Lamps far out of sight are passed over; one in sight saturates its core."""
    assert np.array_equal(conditions.glow(street(), [(-400.0, 50.0)], 3.0, 1.0), street())
    assert conditions.glow(street(), [(80.0, 45.0)], 3.0, 1.0)[45, 80].min() > 200


def test_wet_ground_mirrors_what_is_bright_above_it() -> None:
    """Under a bright patch the wet ground is brighter than elsewhere; dry parts of the picture do not change."""
    picture = street(60)
    picture[30:40, 70:90] = 250
    ground = np.zeros((90, 160), bool)
    ground[42:] = True
    shown = conditions.wet(picture, ground, 1.0).astype(int)
    assert shown[48, 80].mean() > shown[48, 20].mean() + 15
    assert np.array_equal(shown[10], picture[10])
