"""Illegal parking: who counts, for how long, and what must not fool it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.scenes.worlds import HEIGHT, LEFT_HALF, WIDTH, Camera, at, note, scene_of, track

from sharp_eyes.contract.event import Grade
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.stationary import AppearancePatch
from sharp_eyes.edge.settings import CameraSettings

CAR = track(1, at(0.25, 0.5))


def camera(**changes: object) -> Camera:
    settings = {
        "scene": "illegal_parking",
        "zones": [{"id": "kerb", "polygon": LEFT_HALF}],
        "dwell": 30,
        "grace": 5,
        "clear_after": 10,
    }
    return Camera(scene_of(**(settings | changes)))


def test_one_stay_is_one_event_opened_and_closed_once() -> None:
    """A car that stands and leaves is reported when its time is up, and closed when it has been gone a while."""
    watched = camera()
    watched.watch([CAR], 100)
    watched.watch([], 60)
    assert watched.phases == ["opened", "closed"]
    opened, closed = watched.events
    assert opened.event_id == closed.event_id
    assert opened.measures[0].value >= 30
    assert (opened.observed_at - opened.started_at).total_seconds() == pytest.approx(30)
    assert closed.ended_at is not None
    assert (closed.ended_at - closed.started_at).total_seconds() == pytest.approx(99)


def test_a_car_that_was_there_at_the_start_counts() -> None:
    """Nothing has to move first."""
    watched = camera()
    watched.watch([CAR], 32)
    assert watched.phases == ["opened"]


@given(step=st.sampled_from([0.2, 0.5, 1.0, 2.0, 4.0, 10.0]))
def test_the_pace_of_looks_does_not_stretch_the_rule(step: float) -> None:
    """At any pace the event comes at the first look after the time is up."""
    watched = camera()
    watched.watch([CAR], 60, step)
    first = watched.events[0]
    assert 30 <= (first.observed_at - first.started_at).total_seconds() <= 30 + step + 1e-6


@given(seconds=st.floats(1, 29))
def test_waiting_for_less_is_no_event(seconds: float) -> None:
    """A queue that moves on in time raises nothing."""
    watched = camera()
    watched.watch([CAR], seconds)
    watched.watch([], 60)
    assert watched.events == []


@given(hidden=st.floats(0.5, 4.5), when=st.floats(2, 25))
def test_a_passer_by_does_not_restart_the_clock(hidden: float, when: float) -> None:
    """Hidden for less than the grace, the car's time goes on."""
    watched = camera()
    watched.watch([CAR], when, 0.5)
    watched.watch([], hidden, 0.5)
    watched.watch([CAR], 40, 0.5)
    first = watched.events[0]
    assert 30 <= (first.observed_at - first.started_at).total_seconds() <= 31


@given(switches=st.lists(st.integers(3, 12), min_size=1, max_size=4))
def test_a_new_track_id_for_the_same_car_is_the_same_stay(switches: list[int]) -> None:
    """An id switch in place is stitched: one event, and the time is not lost."""
    watched = camera()
    identity = 1
    for seconds in switches:
        watched.watch([track(identity, at(0.25, 0.5), first_seen=watched.time)], seconds)
        identity += 1
    watched.watch([track(identity, at(0.252, 0.498), first_seen=watched.time)], 40)
    assert watched.phases == ["opened"]
    first = watched.events[0]
    assert first.started_at.timestamp() == 1000.0


def test_two_cars_that_swap_places_are_two_stays() -> None:
    """The second was seen elsewhere before the first had left: it is another car, with its own clock."""
    watched = camera()
    second_elsewhere = track(2, at(0.45, 0.9), first_seen=990.0)
    watched.watch([CAR, second_elsewhere], 20)
    watched.watch([track(2, at(0.25, 0.5), first_seen=990.0)], 25)
    assert watched.events == []
    watched.watch([track(2, at(0.25, 0.5), first_seen=990.0)], 10)
    assert watched.phases == ["opened"]


def test_a_car_of_another_colour_in_the_same_place_is_another_stay() -> None:
    """Place and size alone do not stitch; the look has to fit."""

    def white(_box: Rectangle) -> AppearancePatch:
        return np.ones((4, 4, 3), np.float32)

    def black(_box: Rectangle) -> AppearancePatch:
        return np.zeros((4, 4, 3), np.float32)

    watched = camera()
    for _ in range(20):
        watched.look([CAR], patch_of=white)
    for _ in range(25):
        watched.look([track(2, at(0.25, 0.5), first_seen=1020.0)], patch_of=black)
    assert watched.events == []


def test_a_moving_car_never_counts() -> None:
    """Creeping through the zone for longer than the dwell is not standing."""
    watched = camera()
    for step in range(60):
        watched.look([track(1, at(0.02 + 0.008 * step, 0.5))])
    assert watched.events == []


def test_a_lost_camera_neither_raises_nor_clears() -> None:
    """An hour without video adds at most half a minute, and an open event stays open."""
    watched = camera(dwell=60)
    watched.watch([CAR], 20)
    watched.time += 3600
    watched.look([CAR])
    assert watched.events == []
    watched.watch([CAR], 30)
    assert watched.phases == ["opened"]
    watched.time += 3600
    watched.watch([CAR], 10)
    assert watched.phases == ["opened"]


def test_cars_outside_the_zone_do_not_count() -> None:
    """The bottom centre decides, even where the box reaches into the zone."""
    watched = camera()
    watched.watch([track(1, at(0.52, 0.5, 0.3))], 60)
    assert watched.events == []


def test_the_grade_rises_with_the_dwell() -> None:
    """Crossing a grade is an update; the measure has its threshold."""
    watched = camera(grades={"serious": 60, "major": 90})
    watched.watch([CAR], 100)
    assert watched.phases == ["opened", "updated", "updated"]
    assert [event.grade for event in watched.events] == [Grade.ORDINARY, Grade.SERIOUS, Grade.MAJOR]
    assert [event.sequence for event in watched.events] == [0, 1, 2]
    assert watched.events[0].measures[0].threshold == 30


def test_outside_the_schedule_nothing_is_watched() -> None:
    """Standing time counts only within the schedule; an open event closes at its end."""
    hours = [{"start": "08:00", "end": "09:00"}]
    settings = {"schedule": {"timezone": "UTC", "hours": hours}}
    watched = camera(**settings)
    watched.time = 8 * 3600 - 100.0
    watched.watch([CAR], 100 + 20)
    assert watched.events == []
    watched.watch([CAR], 3600)
    assert watched.phases[0] == "opened"
    assert watched.phases[-1] == "closed"
    assert watched.events[0].started_at.timestamp() == 8 * 3600


def test_look_again_answers_from_this_look_alone() -> None:
    """Gone is gone, another car elsewhere in the zone is not this one."""
    watched = camera()
    watched.watch([CAR], 40)
    place = watched.events[0].box
    assert watched.scene.check("kerb", place, watched.view([CAR])).holds
    assert not watched.scene.check("kerb", place, watched.view([])).holds
    assert not watched.scene.check("kerb", place, watched.view([track(3, at(0.1, 0.9))])).holds


def test_events_say_whether_the_model_was_measured_on_real_pictures() -> None:
    """The note travels with the event."""
    watched = camera(classes=["car", "bus"])
    watched.watch([CAR, track(2, at(0.1, 0.9), "bus")], 31)
    notes = {event.object_class: event.model.measured_on_real for event in watched.events if event.model}
    assert notes == {"car": True, "bus": False}


@given(
    jitter=st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)), min_size=60, max_size=60),
    seen=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_jitter_and_missed_looks_make_no_second_event(jitter: list[tuple[float, float]], seen: list[bool]) -> None:
    """Whatever the detector's small faults, one car standing on is at most one open event."""
    watched = camera(grace=600)
    for (dx, dy), visible in zip(jitter, seen, strict=True):
        watched.look([track(1, at(0.25 + dx, 0.5 + dy))] if visible else [])
    assert watched.phases.count("opened") <= 1
    assert "closed" not in watched.phases


def test_a_car_that_moves_on_and_stands_again_is_another_event() -> None:
    """The first closes and the second opens with an id of its own, also where the dwell is shorter than clearing."""
    watched = camera(dwell=8, clear_after=10)
    watched.watch([CAR], 20)
    watched.watch([track(1, at(0.25, 0.9))], 40)
    assert watched.phases == ["opened", "opened", "closed"]
    assert watched.events[0].event_id != watched.events[1].event_id
    assert watched.events[2].event_id == watched.events[0].event_id


def test_a_scene_that_looks_every_few_minutes_counts_the_time_between() -> None:
    """With a look every two minutes, a rule of ten minutes is met at the sixth look, not after an hour."""
    settings = CameraSettings.model_validate(
        {
            "id": "cam",
            "source": {"kind": "file", "path": "x.mp4"},
            "scenes": [
                {
                    "scene": "illegal_parking",
                    "zones": [{"id": "kerb", "polygon": LEFT_HALF}],
                    "dwell": 600,
                    "look_interval": 120,
                }
            ],
        }
    )
    scenes = CameraScenes("gw", settings, note, ["car", "bus", "truck"])
    events = []
    for step in range(8):
        time = 1000.0 + 120 * step
        frame = Frame.of_picture("cam", time, np.zeros((90, 160, 3), np.uint8))
        events += scenes.observe(frame, Tracks(time, WIDTH, HEIGHT, (CAR,)))
    assert [(event.observed_at.timestamp() - 1000) for event in events] == [600]


def test_a_lookalike_that_drives_past_does_not_take_the_stay_over() -> None:
    """It hides the parked car for a look, on its very place; then the car is there again under a new identity."""
    watched = camera()
    watched.watch([CAR], 20)
    for x in (0.15, 0.25, 0.35, 0.45):
        watched.look([track(7, at(x, 0.5), first_seen=1020.0)])
    watched.watch([track(8, at(0.25, 0.5), first_seen=1024.0)], 20)
    assert watched.phases == ["opened"]
    assert watched.events[0].started_at.timestamp() == 1000


def test_a_clock_that_was_set_back_neither_stops_nor_repeats_an_event() -> None:
    """The clock goes back by an hour, before the rule is met and after: one event, which begins before it is seen."""
    for before in (20, 40):
        watched = camera()
        watched.watch([CAR], before)
        watched.time -= 3600
        watched.watch([CAR], 60)
        watched.watch([], 60)
        assert watched.phases == ["opened", "closed"]
        for event in watched.events:
            assert event.started_at <= event.observed_at
        assert watched.events[1].ended_at is not None


def test_everywhere_but_the_bays_is_forbidden() -> None:
    """One zone over the whole square with the bays cut out of it, also for who looks again."""
    bay = [[0.15, 0.4], [0.35, 0.4], [0.35, 0.6], [0.15, 0.6]]
    watched = camera(bays=[bay])
    beside = track(2, at(0.25, 0.8))
    watched.watch([CAR, beside], 60)
    assert [event.box for event in watched.events] == [pytest.approx(at(0.25, 0.8))]
    assert not watched.scene.check("kerb", None, watched.view([CAR])).holds
    assert watched.scene.check("kerb", None, watched.view([beside])).holds
