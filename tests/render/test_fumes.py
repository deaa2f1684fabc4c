"""Smoke and flame: what the small flow solver and its picture must keep to."""

from __future__ import annotations

import numpy as np
from scripts.render.camera import Camera
from scripts.render.fumes.air import Air, Climate, Source
from scripts.render.fumes.flame import Flame
from scripts.render.fumes.overlay import box_round, value_at
from scripts.render.fumes.view import Veil, View

SOURCE = Source((1.0, 1.0, 0.4), 0.25, 5.0, 4.0)


def plume(seconds: float, closed: bool = True) -> Air:
    """Smoke that has risen for some time in a room of 2 x 2 x 2 metres."""
    air = Air((0.0, 0.0, 0.0), (20, 20, 20), 0.1, Climate(thinning=0.0), seed=3, closed=closed)
    weight = air.reach(SOURCE)
    for _ in range(round(seconds / 0.1)):
        air.feed(SOURCE, weight, 1.0, 0.1)
        air.step(0.1)
    return air


def test_hot_smoke_rises_to_the_ceiling_and_spreads_there() -> None:
    air = plume(4.0)
    heights = air.smoke.sum(axis=(0, 1))
    assert heights[14:].sum() > heights[:6].sum()
    assert air.smoke[2, 2, -3:].sum() > air.smoke[2, 2, :6].sum()


def test_a_closed_room_keeps_most_of_its_smoke_once_the_source_is_out() -> None:
    air = plume(2.0)
    before = float(air.smoke.sum())
    for _ in range(20):
        air.step(0.1)
    assert 0.8 * before < float(air.smoke.sum()) < 1.2 * before


def test_the_same_seed_gives_the_same_smoke() -> None:
    assert np.array_equal(plume(1.0).smoke, plume(1.0).smoke)


def test_nothing_leaves_through_a_closed_wall_but_does_through_open_sides() -> None:
    assert plume(6.0, closed=False).smoke.sum() < plume(6.0, closed=True).smoke.sum()


def test_thicker_smoke_hides_more_and_no_smoke_hides_nothing() -> None:
    camera = Camera((1.0, -2.0, 1.2), 0.0, -5.0, 70.0, 160, 90)
    air = plume(2.0)
    view = View(camera, air, steps=20)
    thin, thick = (view.take(air, thickness, 0.5, 0.3, None).alpha for thickness in (0.5, 4.0))
    assert thick.max() > thin.max() > 0.01
    air.smoke[:] = 0
    assert view.take(air, 4.0, 0.5, 0.3, None).alpha.max() == 0.0


def test_a_veil_survives_being_packed() -> None:
    planes = [np.linspace(0, 1, 50, dtype=np.float32).reshape(5, 10) ** power for power in (1, 2, 3)]
    veil = Veil(*planes)
    again = Veil.unpacked(veil.packed())
    assert np.abs(again.alpha - veil.alpha).max() < 0.005
    assert np.abs(again.glow - veil.glow).max() < 0.005


def test_a_fiercer_flame_is_taller_and_flickers() -> None:
    tops = []
    for fierce in (0.15, 0.8):
        flame = Flame(80, 90, seed=5)
        sums = []
        for _ in range(80):
            flame.step(fierce)
            sums.append(float(flame.burning.sum()))
        tops.append(80 - int(np.flatnonzero(flame.burning.max(axis=1) > 0.2).min()))
        assert np.std(sums[40:]) > 0.01 * np.mean(sums[40:])
    assert tops[1] > tops[0]


def test_a_box_goes_round_what_is_large_enough() -> None:
    mask = np.zeros((20, 30), np.bool_)
    mask[3:9, 10:20] = True
    mask[15, 2] = True
    assert box_round(mask, 10) == (10.0, 3.0, 20.0, 9.0)
    assert box_round(mask, 100) is None


def test_a_flow_is_straight_between_its_keys_and_steady_beyond() -> None:
    keys = ((2.0, 0.0), (4.0, 1.0))
    assert [value_at(keys, time) for time in (0.0, 3.0, 9.0)] == [0.0, 0.5, 1.0]
