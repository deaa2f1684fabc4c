"""Things that fall in the tower clips: their physics, how they are drawn, and what the ground truth says."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scripts.render.falling import physics, plan, solids, things
from scripts.render.falling.story import STORIES, Story
from tests.render.truths import assert_clip_has_the_frames, read

LARGEST_CLIP = 4_000_000
NAMES = ("falling_day", "falling_rain")


@pytest.fixture(scope="module", params=NAMES)
def story(request: pytest.FixtureRequest) -> Story:
    """A clip's script."""
    return STORIES[request.param]()


@pytest.fixture(scope="module", params=NAMES)
def truth(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A clip's ground truth as written."""
    return read(request.param)


def height_at(truth: dict[str, Any], row: float) -> float:
    """Metres above the ground of a row in the middle of the front, between the floors' lines."""
    lines = sorted(truth["facade"]["lines"], key=lambda line: float(line["y"]))
    return float(np.interp(row, [line["y"] for line in lines], [line["height"] for line in lines]))


def test_without_air_a_fall_follows_half_g_t_squared() -> None:
    path = physics.fall(2.0, (0.0, 0.0, 30.0), (1.5, 0.0, 0.0), drag=0.0)
    place = path.at(4.0)
    assert place is not None
    assert place == pytest.approx([3.0, 0.0, 30.0 - 0.5 * physics.GRAVITY * 4], abs=0.02)
    assert path.end - path.start == pytest.approx(math.sqrt(2 * 30.0 / physics.GRAVITY), abs=0.01)


def test_air_holds_a_light_thing_at_its_final_speed() -> None:
    drag = physics.drag_factor(mass=0.02, area=0.02, coefficient=1.0)
    path = physics.fall(0.0, (0.0, 0.0, 40.0), (0.0, 0.0, 0.0), drag)
    first, last = path.at(path.end - 0.5), path.at(path.end)
    assert first is not None
    assert last is not None
    assert (first[2] - last[2]) / 0.5 == pytest.approx(math.sqrt(physics.GRAVITY / drag), rel=0.01)


def test_a_path_is_nowhere_before_it_starts_and_after_it_ends() -> None:
    path = physics.fall(2.0, (0.0, 0.0, 5.0), (0.0, 0.0, 0.0), 0.0)
    assert path.at(1.99) is None
    assert path.at(path.end + 0.01) is None


def test_a_drawn_thing_covers_what_its_size_and_distance_ask_for() -> None:
    place = np.array([0.0, -2.0, 25.0])
    drawn = solids.draw([(things.carton(), place)], plan.CAMERA)
    assert drawn is not None
    cover = float(drawn[0][..., 3].sum())
    _pixel, depth = plan.CAMERA.project(place[None])
    metre = plan.CAMERA.focal / float(depth[0])
    assert 0.36 * 0.42 * metre**2 < cover < 0.75 * 0.75 * metre**2


def test_a_thing_blurs_along_its_way_while_the_shutter_is_open() -> None:
    carton = things.carton()
    still = solids.draw([(carton, np.array([0.0, -2.0, 25.0]))], plan.CAMERA)
    moved = solids.draw([(carton, np.array([0.0, -2.0, 25.0 - step])) for step in np.linspace(0, 1, 5)], plan.CAMERA)
    assert still is not None
    assert moved is not None
    assert moved[0].shape[0] > still[0].shape[0] + 5
    assert float(moved[0][..., 3].sum()) == pytest.approx(float(still[0][..., 3].sum()), rel=0.03)
    assert moved[0][..., 3].max() < still[0][..., 3].max()


def test_floor_lines_rise_and_shrink_upwards() -> None:
    lines = plan.facade()["lines"]
    assert all(low["y"] > high["y"] for low, high in pairwise(lines))
    assert all(low["pixels_per_metre"] > high["pixels_per_metre"] for low, high in pairwise(lines))


def test_the_zone_lies_in_the_picture() -> None:
    assert all(0 <= value <= 1 for point in plan.zone() for value in point)


def test_what_falls_starts_at_its_floor(story: Story) -> None:
    for mover in story.movers:
        if not mover.why:
            start = float(mover.path.places[0][2])
            assert plan.floor_base(mover.floor) < start < plan.floor_base(mover.floor + 1)


def test_falls_in_the_ground_truth_accelerate_as_things_in_air_do(truth: dict[str, Any]) -> None:
    falls = [event for event in truth["events"] if event["expected"]]
    assert falls
    for event in falls:
        rows = [
            (frame["time"], (box["box"][1] + box["box"][3]) / 2)
            for frame in truth["frames"]
            for box in frame["boxes"]
            if box["object"] == event["object"] and box["box"][1] > 0 and box["box"][3] < truth["height"]
        ]
        times, heights = np.array([time for time, _y in rows]), [height_at(truth, row) for _time, row in rows]
        bend, speed, start = np.polyfit(times - times[0], heights, 2)
        assert 5.0 < -2 * bend < physics.GRAVITY + 0.5
        assert -3.0 < speed < 1.5  # air bends the path away from a parabola
        assert truth["facade"]["lines"][event["floor"] - 1]["height"] < start + 0.5
        assert start < truth["facade"]["lines"][event["floor"]]["height"] + 0.5
        assert (event["from"], event["to"]) == (rows[0][0], pytest.approx(rows[-1][0], abs=0.2))


def test_traps_are_named_and_outnumber_the_falls(truth: dict[str, Any]) -> None:
    traps = [event for event in truth["events"] if not event["expected"]]
    assert all(event["why"] for event in traps)
    assert len(traps) > sum(event["expected"] for event in truth["events"])


def test_clip_has_the_frames_of_its_ground_truth(truth: dict[str, Any]) -> None:
    assert_clip_has_the_frames(truth, 25, LARGEST_CLIP)
