"""E-bikes where people live: what counts as one being there, and what must not."""

import json
from typing import Any

import pytest
from tests.edge.scenes.worlds import Camera, at, scene_of, track

from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.scenes.geometry import Rectangle

FLOOR = {"id": "lobby", "polygon": [[0.0, 0.4], [1.0, 0.4], [1.0, 1.0], [0.0, 1.0]]}
LOOK = 0.5


def lobby(**changes: Any) -> Camera:
    settings = {"scene": "ebike_stairwell", "zones": [FLOOR], "clear_after": 5}
    return Camera(scene_of(**(settings | changes)))


def ebike(box: Rectangle, identity: int = 1, score: float = 0.8, first_seen: float = 0.0) -> Track:
    return track(identity, box, "ebike", first_seen, score)


def walk(camera: Camera, looks: int, start: float = 0.1, pace: float = 0.03, **changes: Any) -> None:
    """Push an e-bike through the lobby, from left to right, ``pace`` of the width a look."""
    for step in range(looks):
        camera.look([ebike(at(start + pace * step, 0.8, 0.2), **changes)], LOOK)


def test_an_ebike_that_is_pushed_through_is_one_event() -> None:
    """Being there counts, not standing still; the event closes when it is gone for long enough."""
    watched = lobby()
    walk(watched, 20)
    watched.watch([], 20, LOOK)
    assert watched.phases == ["opened", "closed"]
    event = watched.events[0]
    assert (event.object_class, event.measures[0].name, event.measures[0].threshold) == ("ebike", "dwell", 5.0)
    assert 5.0 <= event.measures[0].value <= 5.0 + LOOK


def test_one_that_passes_the_door_for_a_moment_is_none() -> None:
    """Less than the dwell."""
    watched = lobby()
    walk(watched, 8)
    watched.watch([], 20, LOOK)
    assert watched.events == []


def test_one_that_stood_there_when_watching_began_counts() -> None:
    """Whoever left it there did so before."""
    watched = lobby()
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 10, LOOK)
    assert watched.phases == ["opened"]


def test_one_cut_off_by_the_lower_edge_is_in_the_zone() -> None:
    """A lift's camera sees no floor before it; the box ends a little outside the picture."""
    watched = lobby()
    watched.watch([ebike((0.4, 0.6, 0.7, 1.02))], 10, LOOK)
    assert watched.phases == ["opened"]


def test_a_hanging_poster_of_one_is_above_the_floor() -> None:
    """The zone is drawn on the floor; what hangs on the wall ends above it."""
    watched = lobby()
    watched.watch([ebike((0.4, 0.1, 0.6, 0.35))], 60, LOOK)
    assert watched.events == []


def test_a_poster_that_reaches_to_the_floor_is_ignored_by_its_place() -> None:
    """A polygon around the picture takes it out, but not an e-bike that stands before it and beyond it."""
    around = [[0.38, 0.28], [0.62, 0.28], [0.62, 0.72], [0.38, 0.72]]
    watched = lobby(ignore=[around])
    watched.watch([ebike((0.4, 0.3, 0.6, 0.7))], 60, LOOK)
    assert watched.events == []
    watched.watch([ebike((0.45, 0.5, 0.75, 0.9), identity=2)], 10, LOOK)
    assert watched.phases == ["opened"]


def test_a_life_size_picture_never_arrives() -> None:
    """With 'arrivals_only' what never moved does not count, and what is brought in does."""
    watched = lobby(arrivals_only=True)
    watched.watch([ebike((0.4, 0.3, 0.6, 0.7))], 60, LOOK)
    assert watched.events == []
    walk(watched, 20, identity=2, first_seen=watched.time)
    assert watched.phases == ["opened"]


@pytest.mark.parametrize(("wanted", "phases"), [(False, []), (True, ["opened"])])
def test_a_bicycle_counts_only_if_asked_for(wanted: bool, phases: list[str]) -> None:
    """The street detector is surer that it is a bicycle than the other that it is an e-bike."""
    watched = lobby(bicycles=wanted)
    for step in range(20):
        box = at(0.1 + 0.03 * step, 0.8, 0.2)
        watched.look([ebike(box, score=0.5), track(2, box, "bicycle", score=0.7)], LOOK)
    assert watched.phases == phases


def test_an_ebike_that_looks_a_little_like_a_bicycle_still_counts() -> None:
    """The sums of the votes decide, not that another class was named."""
    watched = lobby()
    for step in range(20):
        box = at(0.1 + 0.03 * step, 0.8, 0.2)
        watched.look([ebike(box, score=0.9), track(2, box, "bicycle", score=0.5)], LOOK)
    assert watched.phases == ["opened"]


def test_a_person_taken_for_an_ebike_is_none() -> None:
    """Nearly the same box with a better score as a person; a person beside an e-bike does not speak against it."""
    fooled = lobby()
    fooled.watch([ebike((0.4, 0.4, 0.5, 0.8), score=0.6), track(2, (0.4, 0.39, 0.5, 0.81), "person", score=0.9)], 20)
    assert fooled.events == []
    pushed = lobby()
    pushed.watch([ebike((0.4, 0.5, 0.6, 0.8), score=0.6), track(2, (0.36, 0.3, 0.46, 0.8), "person", score=0.9)], 20)
    assert pushed.phases == ["opened"]


def test_a_pram_called_one_now_and_then_is_none() -> None:
    """Most looks must see an e-bike, and with a good score on average."""
    rarely, weakly = lobby(), lobby()
    for step in range(60):
        rarely.look([ebike(at(0.5, 0.8, 0.2), score=0.7)] if step % 3 == 0 else [], LOOK)
        weakly.look([ebike(at(0.5, 0.8, 0.2), score=0.46 if step % 5 == 0 else 0.3)], LOOK)
    assert rarely.events == []
    assert weakly.events == []


def test_what_is_not_asked_for_never_counts() -> None:
    """Bicycles, people, and motorcycles where they may stand."""
    watched = lobby(motorcycles=False)
    others = [track(1, at(0.5, 0.8, 0.2), "bicycle"), track(2, at(0.3, 0.8, 0.2), "motorcycle")]
    watched.watch([*others, track(3, at(0.8, 0.8, 0.2), "person")], 30, LOOK)
    assert watched.events == []


def test_motorcycles_count_and_carry_on_an_ebike_even_where_they_do_not() -> None:
    """From behind, an e-bike is a motorcycle to the street detector."""
    asked = lobby()
    asked.watch([track(1, at(0.5, 0.8, 0.2), "motorcycle")], 10, LOOK)
    assert asked.phases == ["opened"]
    turned = lobby(motorcycles=False)
    for step in range(20):
        box = at(0.1 + 0.02 * step, 0.8, 0.2)
        seen = [ebike(box)] if step < 4 or step > 16 else []
        turned.look([*seen, track(2, box, "motorcycle")], LOOK)
    assert turned.phases == ["opened"]


def test_missed_detections_and_id_switches_do_not_split_a_visit() -> None:
    """One visit is one event, though the track is lost for two seconds and found under another number."""
    watched = lobby()
    for step in range(40):
        identity = 1 + step // 10
        hidden = step % 10 in (0, 1, 2)
        born = watched.time if step % 10 == 3 else 1000.0 + LOOK * (10 * (step // 10) + 3)
        watched.look([] if hidden else [ebike(at(0.2 + 0.01 * step, 0.8, 0.2), identity, 0.8, born)], LOOK)
    watched.watch([], 20, LOOK)
    assert watched.phases == ["opened", "closed"]


def test_two_boxes_of_one_ebike_are_one_event_and_two_ebikes_are_two() -> None:
    """A box inside another shows the same thing; beside it stands another."""
    one, two = lobby(), lobby()
    one.watch([ebike((0.4, 0.5, 0.6, 0.8)), ebike((0.42, 0.6, 0.58, 0.8), 2, 0.6)], 20, LOOK)
    two.watch([ebike((0.1, 0.5, 0.3, 0.8)), ebike((0.6, 0.5, 0.8, 0.8), 2)], 20, LOOK)
    assert one.phases == ["opened"]
    assert two.phases == ["opened", "opened"]
    assert len({event.event_id for event in two.events}) == 2


def test_a_lost_camera_neither_raises_nor_clears() -> None:
    """Ten minutes without a picture are not ten minutes in the lobby, and no departure either."""
    watched = lobby(dwell=60)
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 5, LOOK)
    watched.time += 600
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 5, LOOK)
    assert watched.events == []
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 60, LOOK)
    watched.time += 600
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 5, LOOK)
    assert watched.phases == ["opened"]


def test_an_open_event_survives_a_restart() -> None:
    """After it the same e-bike goes on under the same event, though tracks count anew."""
    before = lobby()
    before.watch([ebike(at(0.5, 0.8, 0.2), identity=7)], 10, LOOK)
    state = json.loads(json.dumps({"scene": before.scene.dump_state(), "clock": before.clock.dump_state()}))
    after = lobby()
    after.clock.load_state(state["clock"])
    after.scene.load_state(state["scene"])
    after.time = before.time + 8
    after.watch([ebike(at(0.5, 0.8, 0.2), identity=1, first_seen=after.time)], 20, LOOK)
    assert after.events == []
    after.watch([], 20, LOOK)
    assert after.phases == ["closed"]
    assert after.events[0].event_id == before.events[0].event_id


def test_outside_its_schedule_nothing_counts() -> None:
    """The camera's start is eight in the morning by Shanghai's clock."""
    watched = lobby(schedule={"hours": [{"start": "22:00", "end": "23:00"}]})
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 30, LOOK)
    assert watched.events == []


def test_longer_stays_are_graver_where_grades_are_set() -> None:
    """The grade goes by the dwell."""
    watched = lobby(grades={"serious": 20})
    watched.watch([ebike(at(0.5, 0.8, 0.2))], 30, LOOK)
    assert [event.grade.value for event in watched.events] == ["ordinary", "serious"]


def test_looking_again_asks_whether_the_zone_is_empty() -> None:
    """It holds for as long as any e-bike is in the zone, and not for a bicycle."""
    watched = lobby()
    assert watched.scene.check("lobby", None, watched.view([ebike(at(0.2, 0.8, 0.2))])).holds
    box = at(0.2, 0.8, 0.2)
    bicycle = [ebike(box, score=0.5), track(2, box, "bicycle", score=0.8)]
    assert not watched.scene.check("lobby", None, watched.view(bicycle)).holds
    assert not watched.scene.check("lobby", None, watched.view([])).holds
    with pytest.raises(KeyError):
        watched.scene.check("elsewhere", None, watched.view([]))


def test_without_the_cross_check_only_the_hazard_detector_is_needed() -> None:
    """For a gateway that cannot afford two networks."""
    vehicles = {"car", "bus", "truck"}
    assert set(lobby().scene.needs.classes) == {"ebike", "motorcycle", "bicycle", "person"} | vehicles
    assert vehicles.isdisjoint(lobby(in_traffic=True).scene.needs.classes)
    assert lobby(cross_check=False, motorcycles=False).scene.needs.classes == ("ebike",)


def road(step: int) -> list[Track]:
    """A lorry and a car drive past, one behind the other, the whole picture in ten looks."""
    return [track(50 + number, at((0.1 * step + 0.3 * number) % 1.2 - 0.1, 0.75, 0.3), name) for number, name in LANE]


LANE = ((0, "truck"), (1, "car"))


@pytest.mark.parametrize(("wanted", "phases"), [(False, []), (True, ["opened"])])
def test_what_stands_where_vehicles_drive_is_no_ebike_unless_asked_for(wanted: bool, phases: list[str]) -> None:
    """A motorcycle at a junction; the same place without a street is a lobby."""
    watched = lobby(in_traffic=wanted)
    for step in range(40):
        waits = [track(1, at(0.5, 0.8, 0.2), "motorcycle", 3.0)] if step >= 6 else []
        watched.look([*road(step), *waits], LOOK)
    assert watched.phases == phases


def test_vehicles_that_only_stand_there_make_no_road() -> None:
    """An underground car park; a car that is found, lost and found again has driven nowhere."""
    watched = lobby()
    for step in range(40):
        parked = [track(60 + step // 4, at(0.45, 0.75, 0.3), "car")] if step % 4 else []
        watched.look([*parked, ebike(at(0.5, 0.8, 0.2))], LOOK)
    assert watched.phases == ["opened"]


def test_an_event_that_is_open_goes_on_when_vehicles_come() -> None:
    """What was there before them was no part of the traffic."""
    watched = lobby()
    for step in range(60):
        watched.look([ebike(at(0.5, 0.8, 0.2)), *(road(step) if step > 20 else [])], LOOK)
    assert watched.phases == ["opened"]
