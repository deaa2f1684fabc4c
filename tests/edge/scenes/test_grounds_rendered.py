"""Greenery and waterlogging with the bundled segmenter, on time lapses of our own renders.

Made by ``python -m scripts.render.ground.lapse --kind belt --seed 41`` and ``--kind road --seed 52``; the true
shares are those of the renderer's masks.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from scripts.train.ground.pasting import pond
from tests.edge.scenes.worlds import scene_of

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame, Picture, Tracks, coverage
from sharp_eyes.edge.scenes.base import Observation
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.reference.scene import ReferenceScene
from sharp_eyes.edge.scenes.reference.trust import Doubt

PICTURES = Path(__file__).with_name("pictures")
ZONES = json.loads((PICTURES / "zones.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.open()


class Lapse:
    """One place in changing light: each look is a still with another exposure and fresh noise."""

    def __init__(self, place: str, segmenter: Segmenter, **settings: Any) -> None:
        zones = [{"id": "zone", "polygon": ZONES[place]["zone"]}]
        scene = scene_of(zones=zones, look_interval=10, learning=3, dwell=30, grace=15, clear_after=30, **settings)
        assert isinstance(scene, ReferenceScene)
        self.place, self.segmenter, self.scene = place, segmenter, scene
        self.clock, self.time = Clock(), 1000.0
        self.random = np.random.default_rng(7)
        self.events: list[SceneEvent] = []

    def still(self, name: str) -> Picture:
        return np.asarray(cv2.imread(str(PICTURES / f"{self.place}_{name}.jpg")), np.uint8)

    def show(self, picture: Picture, looks: int = 1) -> float:
        """Look at a picture; returns the share in the latest message, or of a second look where there is none."""
        for _ in range(looks):
            noise = self.random.normal(0, 2, picture.shape[:2])[..., None]
            seen = np.clip(picture * self.random.uniform(0.9, 1.1) + noise, 0, 255).astype(np.uint8)
            frame = Frame.of_picture("cam", self.time, seen)
            self.clock.advance(self.time)
            tracks = Tracks(self.time, frame.width, frame.height, ())
            view = Observation(tracks, self.clock, frame=frame, ground=partial(self.segmenter.segment, frame))
            self.events += self.scene.observe(view)
            self.time += 10
        measures = self.scene.check("zone", None, view).measures
        return measures[0].value if measures else float("nan")

    @property
    def doubt(self) -> Doubt | None:
        return self.scene.states["zone"].doubt

    @property
    def phases(self) -> list[str]:
        return [event.phase.value for event in self.events]


def test_a_dug_up_belt_is_measured_in_sun_and_rain(segmenter: Segmenter) -> None:
    """11.8 % of the belt are bare; the whole belt in low sun, sun and rain shows nothing."""
    lapse = Lapse("belt_41", segmenter, scene="greenery_damage")
    for name in ("whole_2_overcast", "whole_3_hazy", "whole_1_low_sun"):
        lapse.show(lapse.still(name))
    for name in ("whole_4_rain", "whole_5_sun", "whole_2_overcast"):
        assert lapse.show(lapse.still(name), 3) < 0.01
    for name in ("broken_0_sun", "broken_2_overcast", "broken_3_rain"):
        assert lapse.show(lapse.still(name), 3) == pytest.approx(0.118, abs=0.03)
    assert lapse.phases == ["opened"]
    lapse.show(lapse.still("whole_4_rain"), 8)
    assert lapse.phases == ["opened", "closed"]


def test_the_belt_at_night_and_by_infrared_is_not_judged(segmenter: Segmenter) -> None:
    """The segmenter gives a sixth of the whole belt as soil at night, and a third as paved by infrared light."""
    lapse = Lapse("belt_41", segmenter, scene="greenery_damage")
    for name in ("whole_2_overcast", "whole_3_hazy", "whole_1_low_sun"):
        lapse.show(lapse.still(name))
    for name, doubts in (("whole_7_night", {Doubt.NIGHT}), ("whole_8_infrared", {Doubt.INFRARED, Doubt.UNSURE})):
        lapse.show(lapse.still(name), 6)
        assert lapse.doubt in doubts
    assert lapse.events == []


def dry_road(segmenter: Segmenter, **settings: Any) -> Lapse:
    lapse = Lapse("road_52", segmenter, scene="waterlogging", **settings)
    for name in ("dry_1_low_sun", "dry_2_overcast", "dry_3_hazy"):
        lapse.show(lapse.still(name))
    return lapse


def test_a_dry_or_wet_road_in_any_weather_is_not_ponded(segmenter: Segmenter) -> None:
    """Sun with sharp shadows, wet in the sun, under clouds and in the rain: not even a tenth."""
    lapse = dry_road(segmenter, share=0.1)
    for name in ("dry_4_sun", "dry_2_overcast", "wet_0_overcast", "wet_1_rain", "wet_2_sun", "dry_1_low_sun"):
        assert not lapse.show(lapse.still(name), 6) > 0.1
    assert lapse.events == []


def ponded(picture: Picture, zone: list[list[float]]) -> tuple[Picture, float]:
    """Water painted over the nearer part of a zone as for training the segmenter, and its share of the zone."""
    inside = coverage([(x, y) for x, y in zone], *picture.shape[:2]) > 0.5
    near = np.arange(len(picture))[:, None] > np.quantile(np.nonzero(inside)[0], 0.4)
    area = np.asarray(inside & near)
    return pond(np.random.default_rng(3), picture, area), float(area.sum() / inside.sum())


def test_water_over_half_of_the_road_is_ponded(segmenter: Segmenter) -> None:
    """And closes when it has run off. Clear shallow water that mirrors a dark house is often missed."""
    lapse = dry_road(segmenter)
    water, true = ponded(lapse.still("wet_0_overcast"), ZONES["road_52"]["zone"])
    called = lapse.show(water, 8)
    assert lapse.phases == ["opened"]
    assert called == pytest.approx(true, abs=0.25)
    lapse.show(lapse.still("wet_0_overcast"), 8)
    assert lapse.phases == ["opened", "closed"]
