"""Clips of a lawn and a road: what they are blended from, and what their ground truth says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scripts.render.camera import Camera
from scripts.render.ground.fields import Noise
from scripts.render.ground.plan import Damage
from scripts.render.ground_clips import blending
from tests.render.truths import assert_clip_has_the_frames, read

LARGEST_CLIP = 4_000_000
NAMES = ("greenery_day", "greenery_hard", "waterlogging_rain", "waterlogging_night")
CAMERA = Camera((-6.9, -1.0, 5.8), 37.0, -21.0, 60.0, 640, 360)


@pytest.fixture(scope="module", params=NAMES)
def truth(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A clip's ground truth as written."""
    return read(request.param)


def test_a_pixel_looks_at_the_ground_that_is_projected_onto_it() -> None:
    x, y = blending.ground_points(CAMERA, 0.09)
    for row, column in ((200, 100), (300, 400), (350, 620)):
        pixels, _depth = CAMERA.project(np.array([[x[row, column], y[row, column], 0.09]]))
        assert pixels[0] == pytest.approx([column + 0.5, row + 0.5], abs=1e-6)


def test_plants_go_from_the_middle_outwards_and_stay_further_away() -> None:
    x, y = np.meshgrid(np.linspace(-4, 4, 161), np.linspace(-4, 4, 161))
    harm = Damage("bare", 0.0, 0.0, 3.0, 0.0)
    times = blending.dug_out(x, y, [harm], [(10.0, 20.0)], np.random.default_rng(3))
    radius = np.hypot(x, y)
    assert times[radius < 0.2].max() < times[(radius > 1.3) & np.isfinite(times)].min()
    assert times[np.isfinite(times)].min() >= 10.0
    assert times[np.isfinite(times)].max() <= 20.0
    assert np.isinf(times[radius > 3.2]).all()


def test_a_zone_holds_the_pixels_inside_its_corners() -> None:
    mask = blending.inside([(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)], (640, 360))
    assert mask.sum() == pytest.approx(320 * 180, rel=0.01)
    assert mask[180, 320]
    assert not mask[20, 20]


def test_a_cloud_shades_its_middle_and_nothing_far_away() -> None:
    x, y = np.meshgrid(np.linspace(-60, 60, 121), np.linspace(-60, 60, 121))
    shade = blending.cloud(x, y, (0.0, 0.0), (15.0, 15.0), Noise(np.random.default_rng(2), 9.0))[..., 0]
    assert shade[60, 60] > 0.95
    assert shade[np.hypot(x, y) > 40].max() == 0


def test_a_sprite_covers_by_its_alpha_and_its_shadow_can_be_taken_out() -> None:
    sprite = np.zeros((40, 40, 4), np.uint8)
    sprite[:20] = (200, 200, 200, 255)
    sprite[20:, :, 3] = 128
    same = np.arange(256, dtype=np.uint8)
    with_shadow = np.full((60, 60, 3), 100, np.float32)
    blending.lay(with_shadow, sprite, (3, 3), same)
    without = np.full((60, 60, 3), 100, np.float32)
    blending.lay(without, sprite, (3, 3), same, shadow=0.0)
    assert with_shadow[3, 3, 0] == without[3, 3, 0] == 200
    assert with_shadow[28, 23, 0] == pytest.approx(100 * (1 - 128 / 255), abs=0.5)
    assert with_shadow[42, 23, 0] == pytest.approx(100, abs=0.5)  # no hard edge where the sprite ends
    assert without[28, 23, 0] == 100


def test_still_water_shows_the_picture_unchanged() -> None:
    picture = np.random.default_rng(1).uniform(0, 255, (360, 640, 3)).astype(np.float32)
    x, y = blending.ground_points(CAMERA, 0.0)
    assert np.array_equal(blending.rippled(picture, x, y, 3.0, 0.0), picture)


def test_shares_grow_and_an_event_begins_when_the_threshold_is_reached(truth: dict[str, Any]) -> None:
    for zone in truth["zones"]:
        shares = [row[zone] for row in truth["shares"]]
        assert all(later >= earlier for earlier, later in pairwise(shares))
        events = [event for event in truth["events"] if event["expected"] and event["zone"] == zone]
        assert bool(events) == (shares[-1] >= truth["threshold"])
        for event in events:
            above = next(row["time"] for row in truth["shares"] if row[zone] >= truth["threshold"])
            assert above - 1 <= event["from"] <= above


def test_something_happens_in_every_clip_after_some_quiet_seconds(truth: dict[str, Any]) -> None:
    events = [event for event in truth["events"] if event["expected"]]
    assert events
    assert all(event["from"] > 20 for event in events)
    assert all(row[zone] == 0 for zone in truth["zones"] for row in truth["shares"][:20])


def test_traps_are_named(truth: dict[str, Any]) -> None:
    traps = [event for event in truth["events"] if not event["expected"]]
    assert len(traps) >= 2
    assert all(event["why"] and event["zone"] in truth["zones"] for event in traps)


def test_clip_has_the_frames_of_its_ground_truth(truth: dict[str, Any]) -> None:
    assert_clip_has_the_frames(truth, 8, LARGEST_CLIP)
