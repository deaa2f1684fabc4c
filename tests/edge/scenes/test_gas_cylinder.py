"""Gas cylinders: standing, carried, and the things that are taken for them."""

import json
from typing import Any

from tests.edge.scenes.worlds import Camera, at, scene_of, track

from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.scenes.geometry import Rectangle

FLOOR = {"id": "hall", "polygon": [[0.0, 0.2], [1.0, 0.2], [1.0, 1.0], [0.0, 1.0]]}
LOOK = 0.5


def hall(**changes: Any) -> Camera:
    settings = {"scene": "gas_cylinder", "zones": [FLOOR], "clear_after": 5}
    return Camera(scene_of(**(settings | changes)))


def cylinder(box: Rectangle, identity: int = 1, score: float = 0.7, first_seen: float = 0.0) -> Track:
    return track(identity, box, "gas_cylinder", first_seen, score)


def test_a_standing_cylinder_is_one_event_with_count_and_dwell() -> None:
    """The count is the main measure."""
    watched = hall()
    watched.watch([cylinder(at(0.3, 0.8))], 10, LOOK)
    watched.watch([], 20, LOOK)
    assert watched.phases == ["opened", "closed"]
    number, dwell = watched.events[0].measures
    assert (number.name, number.value) == ("count", 1)
    assert (dwell.name, dwell.threshold) == ("dwell", 5.0)
    assert dwell.value >= 5.0


def test_a_carried_cylinder_counts() -> None:
    """It moves with a person whose box is larger and holds it; that does not speak against it."""
    watched = hall()
    for step in range(20):
        x = 0.1 + 0.03 * step
        carried, person = (x, 0.5, x + 0.08, 0.65), (x - 0.04, 0.3, x + 0.1, 0.8)
        watched.look([cylinder(carried), track(2, person, "person", score=0.9)], LOOK)
    assert watched.phases == ["opened"]


def test_a_person_taken_for_a_cylinder_is_none() -> None:
    """The person's box is the same, with a better score."""
    watched = hall()
    watched.watch([cylinder((0.4, 0.4, 0.5, 0.8)), track(2, (0.39, 0.38, 0.5, 0.8), "person", score=0.9)], 30, LOOK)
    assert watched.events == []


def test_more_cylinders_are_the_same_event_with_a_higher_grade() -> None:
    """A second and a third that are brought raise the grade, not another event."""
    watched = hall(grades={"serious": 2, "major": 3})
    stock = [cylinder(at(0.2 + 0.2 * i, 0.8), i + 1) for i in range(3)]
    watched.watch(stock[:1], 10, LOOK)
    watched.watch(stock[:2], 10, LOOK)
    watched.watch(stock, 10, LOOK)
    assert watched.phases == ["opened", "updated", "updated"]
    assert [event.grade.value for event in watched.events] == ["ordinary", "serious", "major"]
    assert [event.measures[0].value for event in watched.events] == [1, 2, 3]
    assert len({event.started_at for event in watched.events}) == 1


def test_the_event_goes_on_when_the_first_of_two_is_taken_away() -> None:
    """The zone is what must be free of them."""
    watched = hall()
    watched.watch([cylinder(at(0.2, 0.8)), cylinder(at(0.7, 0.8), 2)], 10, LOOK)
    watched.watch([cylinder(at(0.7, 0.8), 2)], 30, LOOK)
    assert watched.phases == ["opened"]
    watched.watch([], 20, LOOK)
    assert watched.phases == ["opened", "closed"]


def test_a_cylinder_set_down_aside_is_the_same_event() -> None:
    """Told on its trolley; taken off, it is somewhere else, and the trolley is no cylinder any more."""
    watched = hall(clear_after=10)
    watched.watch([cylinder(at(0.3, 0.8))], 10, LOOK)
    # Weak looks at the empty trolley hold the old place for a while, so that what was set down counts as another.
    watched.watch([cylinder(at(0.3, 0.8), score=0.3), cylinder(at(0.55, 0.8), 2, first_seen=10)], 2, LOOK)
    watched.watch([], 5, LOOK)
    watched.watch([cylinder(at(0.55, 0.8), 3, first_seen=17)], 30, LOOK)
    assert watched.phases == ["opened"]
    assert {event.started_at for event in watched.events} == {watched.events[0].started_at}


def test_a_jug_called_a_cylinder_now_and_then_is_none() -> None:
    """Most looks must agree, and their mean score must do."""
    rarely, weakly = hall(), hall()
    for step in range(80):
        rarely.look([cylinder(at(0.5, 0.8), score=0.5)] if step % 4 == 0 else [], LOOK)
        weakly.look([cylinder(at(0.5, 0.8), score=0.41 if step % 6 == 0 else 0.25)], LOOK)
    assert rarely.events == []
    assert weakly.events == []


def test_an_extinguisher_at_its_place_is_ignored() -> None:
    """A polygon around it takes it out for good."""
    watched = hall(ignore=[[[0.4, 0.6], [0.6, 0.6], [0.6, 0.9], [0.4, 0.9]]])
    watched.watch([cylinder(at(0.5, 0.8))], 60, LOOK)
    assert watched.events == []
    watched.watch([cylinder(at(0.5, 0.8)), cylinder(at(0.2, 0.8), 2)], 10, LOOK)
    assert watched.phases == ["opened"]


def test_a_thermos_is_too_small() -> None:
    """Where the camera's distance is known, the least height keeps small things out."""
    watched = hall(smallest=0.08)
    watched.watch([cylinder(at(0.5, 0.8, 0.05))], 60, LOOK)
    assert watched.events == []
    watched.watch([cylinder(at(0.5, 0.8, 0.1), 2)], 10, LOOK)
    assert watched.phases == ["opened"]


def test_two_false_looks_some_seconds_apart_do_not_make_a_dwell() -> None:
    """The time between them was looked at, and nothing was there."""
    watched = hall(grace=6)
    watched.look([cylinder(at(0.5, 0.8))], LOOK)
    watched.watch([], 5, LOOK)
    watched.look([cylinder(at(0.5, 0.8))], LOOK)
    watched.watch([], 20, LOOK)
    assert watched.events == []


def test_an_open_event_survives_a_restart_with_its_beginning() -> None:
    """Neither raised again nor lost, and it still says since when."""
    before = hall()
    before.watch([cylinder(at(0.2, 0.8)), cylinder(at(0.7, 0.8), 2)], 10, LOOK)
    before.watch([cylinder(at(0.7, 0.8), 2)], 10, LOOK)
    state = json.loads(json.dumps({"scene": before.scene.dump_state(), "clock": before.clock.dump_state()}))
    after = hall()
    after.clock.load_state(state["clock"])
    after.scene.load_state(state["scene"])
    after.time = before.time + 5
    after.watch([cylinder(at(0.7, 0.8), 1, first_seen=after.time)], 20, LOOK)
    after.watch([], 20, LOOK)
    assert after.phases == ["closed"]
    assert after.events[0].event_id == before.events[0].event_id
    assert after.events[0].started_at == before.events[0].started_at


def test_looking_again_counts_what_is_there() -> None:
    """One look, whatever was before; a person taken for a cylinder does not hold."""
    watched = hall()
    two = [cylinder(at(0.2, 0.8)), cylinder(at(0.7, 0.8), 2)]
    finding = watched.scene.check("hall", None, watched.view(two))
    assert finding.holds
    assert finding.measures[0].value == 2
    person = track(3, at(0.2, 0.8), "person", score=0.9)
    assert not watched.scene.check("hall", None, watched.view([two[0], person])).holds
