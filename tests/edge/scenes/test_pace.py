"""Half as many looks: the same events, at most one (longer) look later."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.edge.scenes.lanes import LaneCamera, asphalt, cartons
from tests.edge.scenes.stories import Actor, actors, agree, looks_of, paced, played, together, touching
from tests.edge.scenes.test_restart import CLUTTER, LANE, PARKING, PERIMETER
from tests.edge.scenes.worlds import scene_of

from sharp_eyes.edge.sampling import LATE_KEYFRAME
from sharp_eyes.edge.scenes.pace import Pace

NAMES = {"illegal_parking": ["car"], "fire_lane_blocked": ["truck"], "bike_clutter": ["bicycle"]}


@pytest.mark.parametrize("scene", [PARKING, LANE, CLUTTER], ids=lambda scene: str(scene["scene"]))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_half_the_pace_changes_no_event_by_more_than_one_look(scene: dict[str, Any], data: st.DataObject) -> None:
    """With looks every second, and every two. What is not seen leaving at half the pace is hidden for
    the grace, and both the grace and the clearing end at a look."""
    cast = data.draw(actors(NAMES[scene["scene"]], longest=60))
    # Stays that are just as long as the dwell are met at one pace and not at the other: nobody stays so long.
    cast = [actor for actor in cast if not any(abs(actor.stay - limit) < 6 for limit in (15, 20, 50))]
    cast = [actor for actor in cast if not actor.hidden]
    if "count" in scene:
        assume(all(abs(stay - scene["dwell"]) >= 6 for stay in together(cast, scene["count"])))
    full, half = (played(scene, looks_of(cast, 160, step), step) for step in (1.0, 2.0))
    closed_within = 2 * 2.0 + scene["grace"]
    assume(not touching(full, closed_within) and not touching(half, closed_within))
    agree(full, half, within=2.0, closed_within=closed_within)


@settings(max_examples=15, deadline=None)
@given(cast=actors(["person"], longest=20, most=2))
def test_half_the_pace_changes_no_intrusion_by_more_than_one_look(cast: list[Any]) -> None:
    """Five looks a second, and two and a half."""
    cast = [actor for actor in cast if not actor.hidden]
    # Until the last one has left and its event is closed: what the end cuts off is no difference.
    full, half = (played(PERIMETER, looks_of(cast, 100, step), step) for step in (0.2, 0.4))
    closed_within = 0.4 + PERIMETER["grace"]
    assume(not touching(full, closed_within) and not touching(half, closed_within))
    agree(full, half, within=0.4, closed_within=closed_within)


@pytest.mark.parametrize("step", [0.5, 1.0, 2.0, 4.0])
def test_cartons_are_reported_in_time_at_any_pace(step: float) -> None:
    """Within one look of the moment at which their time is up."""
    road = asphalt()
    lane = [[0.3, 0.4], [0.7, 0.4], [0.8, 0.95], [0.2, 0.95]]
    watched = LaneCamera(scene_of(scene="fire_lane_blocked", dwell=20, zones=[{"id": "lane", "polygon": lane}]), 1000.0)
    watched.watch_picture(road, 16, step=step)
    watched.watch_picture(cartons(road), 40, step=step)
    assert watched.phases == ["opened"]
    assert 1016 <= watched.events[0].started_at.timestamp() <= 1016 + step
    assert 1036 <= watched.events[0].observed_at.timestamp() <= 1036 + step


@pytest.mark.parametrize("scene", [PARKING, LANE, CLUTTER, PERIMETER], ids=lambda scene: str(scene["scene"]))
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_the_same_looks_give_the_same_messages(scene: dict[str, Any], data: st.DataObject) -> None:
    """To the last identifier and digit, at whatever time the run is made."""
    cast = data.draw(actors(NAMES.get(scene["scene"], ["person"])))
    looks = looks_of(cast, 60, 0.5)
    once, again = played(scene, looks, 0.5), played(scene, looks, 0.5)
    assert [event.model_dump_json() for event in once] == [event.model_dump_json() for event in again]


LONG: dict[str, dict[str, Any]] = {
    "illegal_parking": {**PARKING, "dwell": 180, "grace": 10, "queue": {"vehicles": 1000}},
    "fire_lane_blocked": {**LANE, "dwell": 120, "grace": 10},
    "bike_clutter": {**CLUTTER, "dwell": 300, "grace": 10},
}
"""Dwells and graces as they are by default, at which looks are rare where nothing happens."""


def one_fast_look(keyframes: float) -> float:
    """Seconds between looks where something happens: at each keyframe, if they come often enough."""
    return keyframes if 1 < LATE_KEYFRAME * keyframes <= 2.4 else 1.0


@pytest.mark.parametrize("told", [False, True], ids=["no word", "packets"])
@pytest.mark.parametrize("scene", LONG.values(), ids=LONG.keys())
@settings(max_examples=25, deadline=None)
@given(data=st.data(), keyframes=st.sampled_from([1.0, 1.6, 10.0]))
def test_looking_when_it_can_matter_gives_the_events_of_looking_always(
    scene: dict[str, Any], told: bool, data: st.DataObject, keyframes: float
) -> None:
    """With a perfect detector: the same events as with a look every second, to one fast look where it is seen to come,
    and each alarm within a second of its limit. What rests is looked at seldom, so that it may be gone for one slow
    look before that is seen. Whether or not the stream's packets tell when somebody moves."""
    names = NAMES[scene["scene"]]
    # It is to be seen for as long as the slowest looks are apart, before it comes to rest.
    cast = data.draw(actors(names, most=3, least=60, longest=1.6 * scene["dwell"], speed=0.03))
    cast = [actor for actor in cast if abs(actor.stay - scene["dwell"]) > 12 and not _hidden_on_arrival(actor)]
    full = played(scene, looks_of(cast, 700, 1.0), 1.0)
    ours, looks = paced(scene, cast, 700, keyframes, told=told)
    within = one_fast_look(keyframes) + 1.0  # either of the two may be a look of its own late
    seldom = Pace(1.0, scene["dwell"], scene["grace"]).seldom(0.0)
    slow = seldom.still.latest if told and seldom.still else seldom.latest
    closed_within = slow + within + scene["grace"]
    assume(not touching(full, closed_within) and not touching(ours, closed_within))
    agree(full, ours, within=within, closed_within=closed_within)
    for event in ours:
        if event.phase == "opened" and scene["scene"] != "bike_clutter":
            waited = (event.observed_at - event.started_at).total_seconds()
            assert scene["dwell"] <= waited <= scene["dwell"] + 1.0 + 1e-6
    assert len(looks) < 0.75 * 700


def _hidden_on_arrival(actor: Actor) -> bool:
    """Whether it was not to be seen for several looks before it came to rest: it may be found a slow look later. Or for
    one of the two looks, up to 1.6 s apart, that tell that it rests: the next one tells."""
    rests = actor.come + (1.0 - actor.y) / actor.speed
    return any(
        start < rests + 3.2 and end > rests - 6 and (end - start > 1 or end > rests) for start, end in actor.hidden
    )


def test_who_is_missed_once_on_arrival_is_looked_for_at_once() -> None:
    """One missed detection must not turn what comes into nobody, who is looked at seldom."""
    comes = Actor("car", 0.06, 0.5, come=0.0, stay=193.0, speed=0.03, hidden=((15.0, 16.0),))
    full = played(LONG["illegal_parking"], looks_of([comes], 300, 1.0), 1.0)
    ours, looks = paced(LONG["illegal_parking"], [comes], 300, 1.0)
    assert 16.0 in looks
    assert [event.started_at for event in ours] == [event.started_at for event in full]


def test_a_parked_car_is_looked_at_seldom_and_reported_in_time() -> None:
    """Once in some seconds while it stands, and exactly when its time is up, wherever the keyframes lie."""
    parked = Actor("car", 0.2, 0.5, come=20.0, stay=400.0, speed=0.12)
    for keyframes in (1.0, 2.0, 4.0, 10.0):
        events, looks = paced(LONG["illegal_parking"], [parked], 600, keyframes)
        opened = next(event for event in events if event.phase == "opened")
        assert 180 <= (opened.observed_at - opened.started_at).total_seconds() <= 181
        resting = [moment for moment in looks if 60 <= moment < 190]
        assert len(resting) <= 130 / 3.6 + 1, f"with keyframes every {keyframes} s"


def test_packets_that_say_nothing_moves_save_looks_at_a_quiet_street() -> None:
    """At a keyframe in some seconds; and what comes is seen as soon as without them."""
    comes = Actor("car", 0.2, 0.5, come=300.0, stay=250.0, speed=0.03)
    plain, often = paced(LONG["illegal_parking"], [comes], 600, 2.0)
    told, looks = paced(LONG["illegal_parking"], [comes], 600, 2.0, told=True)
    agree(plain, told, within=3.0, closed_within=8.0)
    assert sum(moment < 300 for moment in looks) < 0.75 * sum(moment < 300 for moment in often)


@settings(max_examples=25, deadline=None)
@given(cast=actors(["person"], longest=20, most=2), keyframes=st.sampled_from([1.0, 2.0, 4.0]))
def test_intrusion_sleeps_while_nothing_moves_and_misses_nobody(cast: list[Actor], keyframes: float) -> None:
    """Five looks a second where somebody is or something moves; at keyframes in a quiet night."""
    cast = [replace(actor, come=actor.come + 30, hidden=()) for actor in cast]
    full, always = paced(PERIMETER, cast, 130, keyframes)
    told, looks = paced(PERIMETER, cast, 130, keyframes, told=True)
    closed_within = 0.4 + PERIMETER["grace"]
    assume(not touching(full, closed_within) and not touching(told, closed_within))
    agree(full, told, within=0.6, closed_within=closed_within)
    empty = [moment for moment in looks if 22 <= moment < 30]
    assert sum(22 <= moment < 30 for moment in always) >= 39
    assert 3 <= len(empty) <= 16


def test_a_short_dwell_is_watched_at_full_pace() -> None:
    """Nothing may be missed where eight seconds decide."""
    parked = Actor("car", 0.2, 0.5, come=20.0, stay=30.0, speed=0.12)
    _, looks = paced({**PARKING, "dwell": 8}, [parked], 60, 10.0)
    assert looks == pytest.approx([float(second) for second in range(60)])
