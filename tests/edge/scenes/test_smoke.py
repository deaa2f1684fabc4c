"""Smoke and flame: what makes a fire of a detector's boxes, and what looks like one and is none."""

import json

import numpy as np
import pytest
from tests.edge.scenes.worlds import track
from tests.edge.scenes.yard import BOX, LOOK, Yard, flame, flame_in, lamp_in, part, smoke, smoke_in, still

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.frame import Picture, Track
from sharp_eyes.edge.scenes.geometry import Rectangle


def test_smoke_that_moves_is_one_event_within_a_few_looks() -> None:
    """It says since when, how large it is and how it grows, and closes when it has been gone for long enough."""
    watched = Yard(smoke_in(BOX))
    watched.see([], 10)
    began = watched.time
    watched.see([smoke()], 20)
    assert watched.phases == ["opened"]
    opened = watched.events[0]
    assert opened.observed_at.timestamp() - began <= 4 * LOOK
    assert opened.started_at.timestamp() == pytest.approx(began, abs=0.01)
    assert (opened.object_class, opened.grade.value) == ("smoke", "ordinary")
    assert [measure.name for measure in opened.measures[:2]] == ["area", "growth"]
    assert opened.measures[0].value == pytest.approx(0.08, abs=0.002)
    watched.see([], 40)
    assert watched.phases == ["opened", "closed"]


def test_a_flame_is_major_at_once() -> None:
    """And within three looks."""
    watched = Yard(flame_in(BOX))
    watched.see([], 10)
    watched.see([flame()], 3)
    assert [(event.object_class, event.grade.value) for event in watched.events] == [("fire", "major")]


def test_smoke_that_breaks_into_flame_becomes_major_and_stays_so() -> None:
    """One event; its class does not fall back when the flame is hidden by smoke."""
    watched = Yard(smoke_in(BOX), update_interval=1)
    watched.see([smoke()], 15)
    watched.paint = flame_in(BOX)
    watched.see([smoke(), flame()], 15)
    watched.paint = smoke_in(BOX)
    watched.see([smoke()], 15)
    assert set(watched.phases[1:]) == {"updated"}
    assert (watched.events[0].grade.value, watched.events[-1].grade.value) == ("ordinary", "major")
    assert watched.events[-1].object_class == "fire"


def test_a_leaping_flame_is_one_place() -> None:
    """Its boxes and tracks change from look to look."""
    watched = Yard(flame_in((0.35, 0.3, 0.65, 0.7)))
    watched.see([], 10)
    for step in range(12):
        shift = 0.04 * (step % 3)
        watched.see([flame((0.4 + shift, 0.35, 0.52 + shift, 0.6 + shift), 10 + step)] if step % 2 else [])
    assert watched.phases == ["opened"]


def test_a_lamp_a_lantern_and_a_sign_do_not_flicker() -> None:
    """However sure the detector is."""
    watched = Yard(lamp_in(BOX))
    watched.see([flame(score=0.9)], 100)
    assert watched.events == []


def test_fog_cloud_and_grey_wall_do_not_move() -> None:
    """What stands still is no smoke, though every look calls it so."""
    watched = Yard(still)
    watched.see([smoke(score=0.9)], 100)
    watched.see([smoke((0.0, 0.0, 1.0, 0.5), 2, 0.9)], 100)
    assert watched.events == []


def test_drifting_fog_that_fills_the_picture_is_no_beginning() -> None:
    """Smoke begins somewhere; what fills the picture from the first is fog."""
    watched = Yard(smoke_in((0.0, 0.0, 1.0, 1.0)))
    watched.see([smoke((0.0, 0.0, 1.0, 0.95), score=0.8)], 60)
    assert watched.events == []


def test_smoke_that_comes_to_fill_the_picture_goes_on() -> None:
    """It was raised while it was smaller."""
    watched = Yard(smoke_in((0.2, 0.2, 0.8, 0.8)))
    watched.see([smoke((0.2, 0.2, 0.8, 0.8))], 15)
    watched.paint = smoke_in((0.0, 0.0, 1.0, 1.0))
    watched.see([smoke((0.0, 0.0, 1.0, 0.95))], 60)
    assert watched.phases[0] == "opened"
    assert "closed" not in watched.phases
    assert watched.events[-1].grade.value == "major"


def test_headlights_drive_on() -> None:
    """They do not stay in one place for enough looks."""
    watched = Yard()
    for step in range(24):
        box = (0.04 * step, 0.5, 0.04 * step + 0.05, 0.56)
        watched.paint = lamp_in(box)
        watched.see([flame(box, score=0.6)])
    assert watched.events == []


def test_steam_from_a_known_vent_is_ignored() -> None:
    """A polygon around it takes it out; smoke elsewhere still counts."""
    watched = Yard(smoke_in(BOX), ignore=[[[0.35, 0.2], [0.65, 0.2], [0.65, 0.8], [0.35, 0.8]]])
    watched.see([smoke(score=0.9)], 60)
    assert watched.events == []
    watched.paint = smoke_in((0.05, 0.3, 0.25, 0.7))
    watched.see([smoke((0.05, 0.3, 0.25, 0.7), 2)], 20)
    assert watched.phases == ["opened"]


def test_single_false_looks_are_nothing() -> None:
    """Fewer than the votes within the latest looks, or weak ones only."""
    rarely, weakly = Yard(smoke_in(BOX)), Yard(smoke_in(BOX))
    for step in range(60):
        rarely.see([smoke(score=0.8)] if step % 4 == 0 else [])
        weakly.see([smoke(score=0.31 if step % 4 == 0 else 0.2)])
    assert rarely.events == []
    assert weakly.events == []


def test_people_taken_for_smoke_are_none() -> None:
    """The street detector is surer that they are people; somebody small before real smoke does not hide it."""
    watched = Yard(smoke_in(BOX))
    watched.see([smoke(), track(3, BOX, "person", score=0.9)], 60)
    assert watched.events == []
    watched.see([smoke(), track(3, (0.45, 0.5, 0.5, 0.7), "person", score=0.9)], 20)
    assert watched.phases == ["opened"]


def test_slow_smoke_is_seen_by_its_growth() -> None:
    """Half the motion will do where the area grows within the looks."""
    steady, growing = (Yard(smoke_in((0.3, 0.1, 0.7, 0.9)), motion=8, growth=1.25) for _ in range(2))
    for step in range(30):
        wider = 0.006 * min(step, 20)
        steady.see([smoke()])
        growing.see([smoke((0.42 - wider, 0.35 - wider, 0.58 + wider, 0.65 + wider))])
    assert steady.events == []
    assert growing.phases[:1] == ["opened"]


@pytest.mark.parametrize("grey", [255, 235, 0])
def test_a_white_grey_or_black_picture_is_a_failing_camera(grey: int) -> None:
    """It shows nothing: it neither raises nor clears, whatever the detector calls it."""

    def flat(picture: Picture, number: int) -> None:
        picture[:] = grey

    watched = Yard(flat)
    watched.see([smoke((0.0, 0.0, 1.0, 0.7), score=0.9), flame()], 60)
    assert watched.events == []
    burning = Yard(smoke_in(BOX))
    burning.see([smoke()], 20)
    burning.paint = flat
    burning.see([smoke((0.0, 0.0, 1.0, 1.0), 5)], 100)
    assert burning.phases == ["opened"]


def test_a_light_that_goes_on_is_no_motion() -> None:
    """The whole picture jumps; what was seen before it does not count against what is seen after."""

    def lit(picture: Picture, number: int) -> None:
        if number % 12 >= 6:
            picture[:] = np.clip(picture.astype(np.int32) * 2, 0, 255)

    watched = Yard(lit)
    watched.see([smoke(score=0.9)], 60)
    assert watched.events == []


def test_a_lamp_that_brightens_and_somebody_who_passes_are_no_motion() -> None:
    """What happens once at a place is not what smoke does there all the time."""

    def evening(picture: Picture, number: int) -> None:
        glow = part(picture, (0.3, 0.2, 0.9, 0.8))
        glow[:] = np.clip(glow + 12 * min(max(number - 20, 0), 4), 0, 255)
        x = 0.05 * (number - 30)
        if 0 <= x < 0.85:
            part(picture, (x, 0.2, x + 0.06, 0.9))[:] = 20

    watched = Yard(evening)
    watched.see([smoke((0.3, 0.2, 0.9, 0.8), score=0.8)], 65)
    assert watched.events == []


def test_an_explosion_before_the_camera_is_seen_though_the_whole_picture_leaps() -> None:
    """A picture that is another one at every look is not a light that went on once."""

    def burst(picture: Picture, number: int) -> None:
        flame_in((0.0, 0.0, 1.0, 1.0))(picture, number)
        picture[:] = np.clip(picture * (0.6 + 0.4 * (number % 2)), 0, 255)

    watched = Yard(still)
    watched.see([], 10)
    watched.paint = burst
    watched.see([flame((0.0, 0.0, 1.0, 0.95), score=0.6)], 8)
    assert [event.grade.value for event in watched.events] == ["major"]


def test_a_shaking_pole_is_no_motion() -> None:
    """What the whole picture does is taken off."""

    def shaken(picture: Picture, number: int) -> None:
        picture[:] = np.roll(picture, number % 3, axis=1)

    watched = Yard(shaken)
    watched.see([smoke(score=0.9)], 60)
    assert watched.events == []


def swaying(picture: Picture, number: int) -> None:
    """A mast in the wind: asphalt without a grain over the upper half, a grid below, and all of it goes to and fro."""
    picture[:60] = np.clip(picture[:60].astype(np.float32) / 12 + 100, 0, 255)
    picture[:] = np.roll(picture, (0, 3, 1, -2)[number % 4], axis=1)


def test_a_camera_that_shakes_raises_no_smoke_and_says_so() -> None:
    """The edges in the box move more than most of the picture; a flame is raised all the same."""
    yard = Yard(swaying)
    yard.see([smoke((0.3, 0.5, 0.7, 0.95))], 20)
    assert yard.phases == []
    assert yard.scene.hindrance == "the camera shakes or moves"
    assert yard.scene.doubts["the camera shakes or moves"] > 10

    def burning(picture: Picture, number: int) -> None:
        flame_in(BOX)(picture, number)
        swaying(picture, number)

    yard = Yard(burning)
    yard.see([flame()], 12)
    assert yard.phases == ["opened"]


AISLE: Rectangle = (0.2, 0.2, 0.8, 0.9)


def shoppers(number: int) -> list[Track]:
    """Four people who walk about between the shelves, to and fro."""
    places = [(0.3 + 0.14 * one + 0.04 * ((number * (one + 2)) % 5), 0.55) for one in range(4)]
    return [track(20 + one, (x - 0.06, y - 0.33, x + 0.06, y + 0.33), "person") for one, (x, y) in enumerate(places)]


def walking(picture: Picture, number: int) -> None:
    for one in shoppers(number):
        x1, y1, x2, y2 = (side / 1000 for side in one.box)
        part(picture, (x1, y1, x2, y2))[:] = (40 + 50 * (one.id % 4), 60, 90)


def test_people_who_walk_about_in_what_is_called_smoke_are_no_motion_of_it() -> None:
    """A shop's aisle; none of them is as large as the box, so none speaks against it by place."""
    yard = Yard(walking)
    for number in range(20):
        yard.see([smoke(AISLE), *shoppers(number)])
    assert yard.phases == []


def test_smoke_behind_people_still_moves() -> None:
    """It rises above their heads."""

    def both(picture: Picture, number: int) -> None:
        smoke_in((0.2, 0.0, 0.8, 0.9))(picture, number)
        walking(picture, number)

    yard = Yard(both)
    for number in range(20):
        yard.see([smoke((0.2, 0.0, 0.8, 0.9)), *shoppers(number)])
    assert yard.phases == ["opened"]


def test_an_open_event_survives_a_restart() -> None:
    """Neither raised again nor lost, though the pictures of before are gone."""
    before = Yard(flame_in(BOX))
    before.see([flame()], 12)
    state = json.loads(json.dumps({"scene": before.scene.dump_state(), "clock": before.clock.dump_state()}))
    after = Yard(flame_in(BOX))
    after.clock.load_state(state["clock"])
    after.scene.load_state(state["scene"])
    after.time, after.number = before.time + 5, before.number
    after.see([flame()], 30)
    assert after.events == []
    after.see([], 60)
    assert after.phases == ["closed"]
    assert after.events[0].event_id == before.events[0].event_id
    assert after.events[0].object_class == "fire"


def test_looking_again_needs_it_alive() -> None:
    """Smoke that still rises holds; a lamp that the detector calls a flame does not."""
    rising, lit = Yard(smoke_in(BOX)), Yard(lamp_in(BOX))
    rising.see([smoke()], 8)
    lit.see([flame()], 8)
    assert rising.scene.check("yard", None, rising.seen([smoke()])).holds
    assert not lit.scene.check("yard", None, lit.seen([flame()])).holds
    assert not rising.scene.check("yard", None, rising.seen([])).holds
    with pytest.raises(KeyError):
        rising.scene.check("elsewhere", None, rising.seen([]))


def test_sparks_at_work_hours_are_outside_the_schedule() -> None:
    """A building site is watched when nobody welds there; the camera's start is 8:16 in Shanghai."""
    watched = Yard(flame_in(BOX), schedule={"hours": [{"start": "18:00", "end": "07:00"}]})
    watched.see([flame(score=0.9)], 30)
    assert watched.events == []


def test_votes_must_fit_into_the_looks() -> None:
    """Twelve of ten can never be."""
    with pytest.raises(ConfigError, match="votes"):
        Yard(votes=12)
