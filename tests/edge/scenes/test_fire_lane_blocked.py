"""The fire lane: any thing left in it counts, and nothing that only looks like one."""

import json

import numpy as np
import pytest
from tests.edge.scenes.lanes import (
    CARTONS,
    HEIGHT,
    LANE,
    WIDTH,
    Canvas,
    LaneCamera,
    asphalt,
    barrier,
    cartons,
    headlights,
    lit,
    rain,
    seen,
    shade,
)
from tests.edge.scenes.worlds import scene_of

from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.scenes.base import Observation

ROAD = asphalt()


def camera(**changes: object) -> LaneCamera:
    settings = {
        "scene": "fire_lane_blocked",
        "zones": [{"id": "lane", "polygon": LANE}],
        "dwell": 30,
        "clear_after": 10,
        "grace": 5,
    }
    return LaneCamera(scene_of(**(settings | changes)))


@pytest.mark.parametrize("put", [cartons, barrier])
def test_a_thing_left_in_the_lane_is_an_event_from_the_moment_it_stands(put: object) -> None:
    """No detector knows it. The time counts from the look that showed it, and it closes when it has been taken away."""
    watched = camera()
    watched.watch_picture(ROAD, 20)
    watched.watch_picture(put(ROAD), 40)  # type: ignore[operator]
    watched.watch_picture(ROAD, 20)
    assert watched.phases == ["opened", "closed"]
    opened, closed = watched.events
    assert opened.started_at.timestamp() == pytest.approx(1020, abs=1)
    assert opened.observed_at.timestamp() == pytest.approx(1050, abs=1)
    assert closed.ended_at is not None
    assert closed.ended_at.timestamp() == pytest.approx(1059, abs=1)
    assert opened.object_class is None
    assert opened.model is None
    assert opened.measures[0].value == pytest.approx(0.22, abs=0.04)
    assert opened.box == pytest.approx(CARTONS, abs=0.03)


def test_a_vehicle_and_a_thing_add_up() -> None:
    """Neither covers enough alone."""
    car = (0.6, 0.5, 0.74, 0.8)
    together = camera(covered=0.14)
    box = (0.35, 0.6, 0.55, 0.75)
    together.watch_picture(ROAD, 10)
    together.watch_picture(cartons(ROAD, box), 20)
    alone = together.events[:]
    together.watch_picture(cartons(ROAD, box), 60, (seen(1, car, first_seen=1030.0),))
    assert alone == []
    assert together.phases == ["opened"]
    assert together.events[0].started_at.timestamp() == pytest.approx(1030, abs=1)
    assert together.events[0].object_class == "car"


def raises_nothing(watched: LaneCamera) -> None:
    assert watched.events == []


def test_a_person_standing_there_is_no_thing() -> None:
    """However long, and though the picture of them stands still."""
    watched = camera()
    watched.watch_picture(ROAD, 10)
    box = (0.42, 0.45, 0.58, 0.85)
    watched.watch_picture(barrier(ROAD, box), 120, (seen(1, box, "person"),))
    watched.watch_picture(ROAD, 30)
    raises_nothing(watched)


@pytest.mark.parametrize("strength", [0.35, 0.5, 0.7])
def test_shade_is_no_thing(strength: float) -> None:
    """A hard shadow of any strength falls on the lane and stays."""
    watched = camera()
    watched.watch_picture(ROAD, 10)
    watched.watch_picture(shade(ROAD, (0.2, 0.5, 0.65, 0.9), strength), 100)
    watched.watch_picture(ROAD, 40)
    raises_nothing(watched)


def test_the_light_of_the_whole_picture_may_change() -> None:
    """Exposure that jumps, a cloud, dusk into night."""
    watched = camera()
    watched.watch_picture(ROAD, 10)
    watched.watch_picture(lit(ROAD, 0.6), 60)
    watched.watch_picture(lit(ROAD, 1.3), 60)
    for step in range(400):
        watched.show(lit(ROAD, 1.3 - 1.1 * step / 400))
    raises_nothing(watched)


def test_a_thing_is_still_found_at_night() -> None:
    """In the dark after dusk, with what was learnt by day."""
    watched = camera()
    watched.watch_picture(ROAD, 10)
    for step in range(300):
        watched.show(lit(ROAD, 1 - 0.75 * step / 300))
    watched.watch_picture(lit(cartons(ROAD), 0.25), 60)
    assert watched.phases == ["opened"]


def grey(canvas: Canvas) -> Canvas:
    """As an infrared camera shows it: no colour, other brightness of each material, light from the camera."""
    level = canvas @ np.array([0.2, 0.1, 0.7], np.float32)
    fall = np.linspace(0.4, 1.2, HEIGHT, dtype=np.float32)[:, None]
    return np.repeat((level * fall)[..., None], 3, axis=2)


def test_the_switch_to_infrared_raises_and_clears_nothing() -> None:
    """An open event stays open over it, and closes when the thing is gone."""
    watched = camera(clear_after=5)
    watched.watch_picture(ROAD, 10)
    watched.watch_picture(grey(ROAD), 60)
    raises_nothing(watched)
    blocked = camera(clear_after=5)
    blocked.watch_picture(ROAD, 10)
    blocked.watch_picture(cartons(ROAD), 40)
    blocked.watch_picture(grey(cartons(ROAD)), 60)
    assert blocked.phases == ["opened"]
    blocked.watch_picture(grey(ROAD), 30)
    assert blocked.phases == ["opened", "closed"]


def test_headlights_that_wander_over_the_lane_are_no_thing() -> None:
    """A car turns somewhere else and lights the lane up at night."""
    night = lit(ROAD, 0.3)
    watched = camera(dwell=10)
    watched.watch_picture(night, 10)
    for step in range(60):
        watched.show(headlights(night, 0.3 + 0.4 * (step % 20) / 20, 0.6))
    watched.watch_picture(headlights(night, 0.5, 0.6), 60)
    raises_nothing(watched)


def test_rain_is_no_thing() -> None:
    """Streaks in every picture and a road that darkens in two minutes."""
    random = np.random.default_rng(3)
    watched = camera()
    watched.watch_picture(ROAD, 10)
    for step in range(240):
        watched.show(rain(ROAD, random, min(step / 120, 1)))
    raises_nothing(watched)


def test_a_thing_that_was_there_at_start_up_is_learnt_as_empty_and_leaves_no_ghost() -> None:
    """Only a detector could have told; taking it away raises nothing either."""
    watched = camera()
    watched.watch_picture(cartons(ROAD), 60)
    watched.watch_picture(ROAD, 120)
    raises_nothing(watched)
    watched.watch_picture(cartons(ROAD), 60)
    assert watched.phases == ["opened"]


def test_a_vehicle_that_was_there_at_start_up_counts_and_leaves_no_ghost() -> None:
    """The detector knows it, so it is not learnt as part of the empty lane."""
    watched = camera(covered=0.05)
    watched.watch_picture(barrier(ROAD), 60, (seen(1, CARTONS, "truck"),))
    watched.watch_picture(ROAD, 60)
    assert watched.phases == ["opened", "closed"]
    assert watched.events[0].started_at.timestamp() == 1000


def test_a_thing_is_not_absorbed_while_its_event_is_open() -> None:
    """Two hours later it still stands there."""
    watched = camera()
    watched.watch_picture(ROAD, 20)
    watched.watch_picture(cartons(ROAD), 7200, step=25)
    assert [phase for phase in watched.phases if phase != "updated"] == ["opened"]


def test_people_walking_past_do_not_hide_a_thing() -> None:
    """Half of the looks show somebody in front of it, detected or not."""
    watched = camera()
    watched.watch_picture(ROAD, 20)
    for step in range(60):
        if step % 4 < 2:
            box = (0.36 + 0.01 * (step % 20), 0.4, 0.5 + 0.01 * (step % 20), 0.85)
            watched.show(barrier(cartons(ROAD), box), (seen(5, box, "person"),) if step % 8 < 4 else ())
        else:
            watched.show(cartons(ROAD))
    assert watched.phases == ["opened"]


def test_an_exempt_class_may_stand_there() -> None:
    """A truck may be a fire engine; neither the detector's box nor its pixels count."""
    watched = camera(exempt=["truck"])
    watched.watch_picture(ROAD, 10)
    watched.watch_picture(barrier(ROAD), 120, (seen(1, CARTONS, "truck", 1010.0),))
    raises_nothing(watched)


def test_look_again_answers_from_this_look() -> None:
    """The cartons are there, and then they are not."""
    watched = camera()
    watched.watch_picture(ROAD, 20)
    watched.watch_picture(cartons(ROAD), 40)

    def holds(canvas: Canvas) -> bool:
        frame = Frame.of_picture("cam", watched.time, canvas.clip(0, 255).astype(np.uint8))
        view = Observation(Tracks(watched.time, WIDTH, HEIGHT, ()), watched.clock, frame=frame)
        return watched.scene.check("lane", None, view).holds

    assert holds(cartons(ROAD))
    assert not holds(ROAD)
    before = watched.scene.reference("lane")
    assert before is not None
    assert before.time < 1020


def test_a_restart_neither_repeats_nor_loses_the_event_nor_learns_the_thing_as_empty() -> None:
    """The memory goes through JSON."""
    first = camera()
    first.watch_picture(ROAD, 20)
    first.watch_picture(cartons(ROAD), 40)
    state = json.loads(json.dumps({"scene": first.scene.dump_state(), "clock": first.clock.dump_state()}))
    second = camera()
    second.scene.load_state(state["scene"])
    second.clock.load_state(state["clock"])
    second.time = first.time + 15
    second.watch_picture(cartons(ROAD), 60)
    assert second.events == []
    second.watch_picture(ROAD, 30)
    assert second.phases == ["closed"]
    assert second.events[0].event_id == first.events[0].event_id


def test_a_memory_of_another_picture_is_dropped() -> None:
    """The camera was exchanged for one with another shape of picture: everything is learnt anew."""
    first = camera()
    first.watch_picture(ROAD, 20)
    state = first.scene.dump_state()
    state["backdrop"]["part"] = [0, 0, 5, 5]
    second = camera()
    second.scene.load_state(state)
    second.watch_picture(cartons(ROAD), 60)
    assert second.events == []
