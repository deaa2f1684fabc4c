"""Fields, plans, masks and weather of the rendered ground pictures; none of it needs Blender."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scripts.render.ground import classes, damage, fields, plan, weather

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("street", "ponding", "yard")


def flat_belt(cover: str = "lawn") -> plan.Strip:
    """A belt three metres wide."""
    return plan.Strip("belt", -1.5, 1.5, 0.09, cover)


def slope() -> fields.Sheet:
    """A plane that rises with x, on an uneven grid."""
    xs, ys = np.array([0.0, 0.5, 2.0, 4.0]), np.array([0.0, 1.0, 3.0, 10.0])
    return fields.Sheet(xs, ys, np.tile(0.1 * xs, (4, 1)))


def test_mask_turns_surface_numbers_into_classes() -> None:
    indices = np.array([[0, classes.class_of("turf") + 1], [classes.class_of("water") + 1, classes.TWIG + 1]])
    mask = classes.mask_of(indices.astype(np.float32))
    assert mask.tolist() == [[classes.OTHER, classes.VEGETATION], [classes.WATER, classes.IGNORE]]


def test_surfaces_have_the_class_that_they_show() -> None:
    assert classes.class_of("kerb") == classes.class_of("slabs") == classes.class_of("road") == classes.PAVED
    assert classes.class_of("litter_turf") == classes.VEGETATION
    assert classes.class_of("litter_paved") == classes.PAVED
    assert classes.class_of("paint:a01a1c") == classes.class_of("brick") == classes.OTHER


@pytest.mark.parametrize("index", [-1, classes.TWIG + 2])
def test_mask_refuses_a_number_of_no_surface(index: int) -> None:
    with pytest.raises(ValueError, match="material indices"):
        classes.mask_of(np.array([[index]], dtype=np.float32))


def test_shares_leave_ignored_pixels_out() -> None:
    mask = np.array([[0, 0, 3, 255]], dtype=np.uint8)
    assert classes.shares(mask) == {"vegetation": 0.5, "soil": 0.0, "paved": 0.0, "water": 0.25, "other": 0.0}


def test_height_between_grid_points_and_beyond_the_border() -> None:
    height = slope().height(np.array([0.25, 3.0, 9.0, -1.0]), np.array([0.3, 7.0, 2.0, 20.0]))
    assert height == pytest.approx([0.025, 0.3, 0.4, 0.0])


def test_water_level_covers_the_wanted_share_of_the_area() -> None:
    xs, ys = np.linspace(-4, 4, 160), fields.rows(-8, 60, 0.08, 0.006)
    x, y = np.meshgrid(xs, ys)
    sheet = fields.Sheet(xs, ys, fields.Noise(np.random.default_rng(3), 3.0)(x, y))
    area = np.gradient(ys)[:, None] * np.gradient(xs)[None, :]
    seen = ((ys >= 1) & (ys <= 26))[:, None] & np.ones_like(x, dtype=bool)
    for share in (0.02, 0.3, 0.9):
        covered = area[seen & (sheet.z <= sheet.level(share, (1, 26)))].sum() / area[seen].sum()
        assert covered == pytest.approx(share, abs=0.005)


def test_water_level_needs_ground_in_the_span() -> None:
    with pytest.raises(ValueError, match="between y = 50 and 60"):
        slope().level(0.5, (50, 60))


def test_rows_rise_to_the_far_end_and_grow_wider() -> None:
    steps = np.diff(fields.rows(-8, 95, 0.08, 0.006))[:-1]
    assert fields.rows(-8, 95, 0.08, 0.006)[-1] == 95
    assert steps[0] == pytest.approx(0.08)
    assert (np.diff(steps) > 0).all()


def test_noise_is_smooth_seeded_and_about_one_in_deviation() -> None:
    x, y = np.meshgrid(np.arange(0, 60, 0.1), np.arange(0, 60, 0.1))
    values = fields.Noise(np.random.default_rng(5), 2.0)(x, y)
    assert np.array_equal(values, fields.Noise(np.random.default_rng(5), 2.0)(x, y))
    assert 0.6 < values.std() < 1.5
    assert np.abs(np.diff(values, axis=1)).max() < 1.0


def test_blob_and_band_are_zero_on_their_edges() -> None:
    zero, one = np.array([0.0]), np.array([1.0])
    assert fields.blob(2 * one, zero, (0, 0), (2, 1), 0.0) == pytest.approx(0)
    assert fields.blob(2 * one, zero, (0, 0), (1, 2), np.pi / 2) == pytest.approx(0)
    chain = np.array([[0.0, 0.0], [0.0, 4.0], [3.0, 4.0]])
    assert fields.band(0.5 * one, 2 * one, chain, 0.5) == pytest.approx(0)
    assert fields.band(2 * one, 4 * one, chain, 0.5) == pytest.approx(1)
    assert fields.band(5 * one, 4 * one, chain, 0.5) == pytest.approx(-3)


@pytest.mark.parametrize("kind", KINDS)
def test_strips_adjoin_and_each_scene_has_what_it_is_about(kind: str) -> None:
    random = np.random.default_rng(11)
    for _ in range(60):
        strips = plan.random_strips(kind, random)
        for left, right in pairwise(strips):
            assert left.x1 == pytest.approx(right.x0)
        wanted = "road" if kind == "ponding" else "belt"
        assert any(strip.kind == wanted for strip in strips)
        target = strips[plan.target_strip(kind, strips, random)]
        assert target.kind in (("road", "slabs") if kind == "ponding" else ("belt",))


@pytest.mark.parametrize("kind", KINDS)
def test_cameras_hang_three_to_nine_metres_high_and_see_their_strip(kind: str) -> None:
    random = np.random.default_rng(12)
    for _ in range(80):
        strips = plan.random_strips(kind, random)
        look = plan.random_look(kind, strips, {}, random)
        assert 3.0 <= look.camera.position[2] <= 9.0
        strip = strips[look.target]
        x, y = np.meshgrid(np.linspace(strip.x0, strip.x1, 9), np.linspace(0, 30, 61))
        pixels, depth = look.camera.project(np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]))
        inside = (depth > 0.3) & (pixels >= 0).all(axis=1) & (pixels < plan.SIZE).all(axis=1)
        assert inside.any()


def test_cameras_often_look_at_damage() -> None:
    random = np.random.default_rng(14)
    seen = 0
    for _ in range(100):
        strips = plan.random_strips("street", random)
        damages = {
            number: [plan.Damage("bare", strip.middle, 18.0, 1.0, 0.0)]
            for number, strip in enumerate(strips)
            if strip.kind == "belt"
        }
        look = plan.random_look("street", strips, damages, random)
        pixels, _depth = look.camera.project(np.array([[strips[look.target].middle, 18.0, 0.0]]))
        seen += bool((pixels > 0).all() and (pixels < plan.SIZE).all())
    assert 60 <= seen < 100


def test_ponding_scenes_show_dry_wet_and_flooded_roads_by_day_and_night() -> None:
    random = np.random.default_rng(13)
    looks = [plan.random_look("ponding", plan.random_strips("ponding", random), {}, random) for _ in range(300)]
    assert {look.light for look in looks} == {*plan.DAY, *plan.DARK}
    assert any(look.water == 0 and look.wet > 0.5 for look in looks)
    assert any(look.water == 0 and look.wet == 0 for look in looks)
    assert any(0 < look.water < 0.05 for look in looks)
    assert any(look.water > 0.6 for look in looks)


def test_an_intact_belt_is_covered() -> None:
    belt = damage.belt_ground(flat_belt(), [], np.random.default_rng(21))
    assert (belt.cover.z > 0).mean() > 0.97


@pytest.mark.parametrize("kind", ["bare", "trodden", "ruts", "hole", "pile", "edge", "gap"])
def test_damage_bares_its_place_and_only_that(kind: str) -> None:
    harm = plan.Damage(kind, 0.0, 10.0, 1.6, 0.4)
    whole = damage.belt_ground(flat_belt(), [], np.random.default_rng(22))
    belt = damage.belt_ground(flat_belt(), [harm], np.random.default_rng(23))
    near = (belt.cover.ys > 5) & (belt.cover.ys < 15)
    far = belt.cover.ys > 22
    assert (belt.cover.z[near] < 0).mean() > (whole.cover.z[near] < 0).mean() + 0.015
    assert (belt.cover.z[far] > 0).mean() > 0.95


@pytest.mark.parametrize(("kind", "lowest", "highest"), [("hole", -0.5, -0.1), ("pile", 0.2, 0.8)])
def test_holes_go_down_and_piles_up(kind: str, lowest: float, highest: float) -> None:
    harm = plan.Damage(kind, 0.0, 10.0, 1.6, 0.4)
    soil = damage.belt_ground(flat_belt(), [harm], np.random.default_rng(24)).soil
    middle = float(soil.height(np.array([0.0]), np.array([10.0]))[0]) - flat_belt().z
    assert lowest < middle < highest


def test_haze_hides_far_things_and_leaves_near_ones() -> None:
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    picture[:2] = 200
    depth = np.full((4, 4), 0.2, dtype=np.float32)
    depth[:, 2:] = 1e9
    hazy = weather.haze(picture, depth, 30.0)
    assert abs(int(hazy[3, 0, 0]) - int(picture[3, 0, 0])) < 5
    assert int(hazy[3, 3, 0]) == pytest.approx(int(hazy[0, 3, 0]), abs=2)


def test_rain_only_brightens() -> None:
    picture = np.full((60, 80, 3), 90, dtype=np.uint8)
    rained = weather.rain_streaks(picture, 1.0, np.random.default_rng(1))
    assert (rained >= picture).all()
    assert (rained > picture).any()


def test_infrared_pictures_have_no_colour() -> None:
    picture = np.random.default_rng(2).integers(0, 255, (5, 6, 3)).astype(np.uint8)
    grey = weather.grey(picture)
    assert grey.shape == picture.shape
    assert (grey == grey[..., :1]).all()


INTERRUPTED = """
import signal
from scripts.render.ground.stopping import Stopper
before = signal.getsignal(signal.SIGINT)
with Stopper() as stopper:
    stopper.check()
    signal.raise_signal(signal.SIGINT)
    print("the picture is finished")
    try:
        stopper.check()
    except KeyboardInterrupt:
        print("stopped")
print(signal.getsignal(signal.SIGINT) is before)
"""


def test_ctrl_c_waits_for_a_safe_place() -> None:
    """In a process of its own: a test runner has its own mind about Ctrl-C."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines() == ["stopping after this picture", "the picture is finished", "stopped", "True"]
