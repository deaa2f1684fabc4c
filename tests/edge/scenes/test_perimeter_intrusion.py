"""The perimeter's traps: what is seen once, what jumps, what is too small, and where the feet are."""

from typing import Any

import pytest
from tests.edge.scenes.worlds import LEFT_HALF, Camera, at, scene_of, track

ZONE = {"id": "yard", "polygon": LEFT_HALF}
FENCE = {"id": "fence", "line": [[0.5, 1.0], [0.5, 0.0]]}


def perimeter(**changes: Any) -> Camera:
    settings = {"scene": "perimeter_intrusion", "zones": [ZONE], "dwell": 1, "clear_after": 3}
    return Camera(scene_of(**(settings | changes)))


def test_what_is_seen_in_single_looks_is_nobody() -> None:
    """A shadow or a bush that is a person in one look in five, under a new track each time."""
    watched = perimeter()
    for look in range(100):
        watched.look([track(look, at(0.3, 0.5), "person")] if look % 5 == 0 else [], 0.2)
    assert watched.events == []


def test_the_time_counts_from_the_first_look_inside() -> None:
    """Though it takes a second one to be sure."""
    watched = perimeter(dwell=2)
    watched.watch([track(1, at(0.7, 0.5), "person")], 5, 0.2)
    watched.watch([track(1, at(0.3, 0.5), "person")], 5, 0.2)
    event = watched.events[0]
    assert event.started_at.timestamp() == pytest.approx(1005, abs=0.01)
    assert event.observed_at.timestamp() == pytest.approx(1007, abs=0.21)
    assert [(one.name, one.threshold) for one in event.measures] == [("dwell", 2), ("count", None)]


@pytest.mark.parametrize("name", ["dog", "bicycle", "bird", "car"])
def test_animals_and_vehicles_are_nobody(name: str) -> None:
    """Only the classes that are set count, in the area and at the line."""
    watched = perimeter(lines=[FENCE])
    for look in range(50):
        watched.look([track(1, at(0.8 - 0.012 * look, 0.5), name)], 0.2)
    assert watched.events == []


def test_an_animal_taken_for_a_person_can_be_left_out_by_its_height() -> None:
    """A setting for where cats walk: people there are never so small."""
    watched = perimeter(smallest=0.08, lines=[FENCE])
    for look in range(50):
        watched.look([track(1, at(0.8 - 0.012 * look, 0.5, 0.05), "person")], 0.2)
    assert watched.events == []
    watched.watch([track(2, at(0.3, 0.5, 0.1), "person")], 4, 0.2)
    assert watched.phases == ["opened"]


def test_an_identity_that_jumps_over_the_line_has_not_crossed_it() -> None:
    """Two people on either side; the tracker mixes them up for a look."""
    watched = perimeter(zones=[], lines=[FENCE])
    for look in range(20):
        left, right = (2, 1) if look == 10 else (1, 2)
        people = [track(left, at(0.3, 0.5), "person"), track(right, at(0.8, 0.5), "person")]
        watched.look(people, 0.2)
    assert watched.events == []


def test_the_head_of_somebody_outside_reaches_into_the_yard() -> None:
    """Whoever walks along the wall below: the feet decide, with and without jitter."""
    watched = perimeter(zones=[{"id": "yard", "polygon": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]}], lines=[])
    for look in range(50):
        watched.look([track(1, (0.3 + 0.005 * look, 0.3, 0.36 + 0.005 * look, 0.56), "person")], 0.2)
    assert watched.events == []


def test_somebody_hidden_for_a_moment_is_the_same_intrusion() -> None:
    """A new track behind a tree is not a second event."""
    watched = perimeter()
    watched.watch([track(1, at(0.3, 0.5), "person")], 4, 0.2)
    watched.watch([], 1.5, 0.2)
    watched.watch([track(2, at(0.25, 0.5), "person", 1005.0)], 4, 0.2)
    watched.watch([], 10, 0.2)
    assert watched.phases == ["opened", "closed"]


def test_look_again_sees_who_is_inside_now() -> None:
    """And never says that a line is still being crossed."""
    watched = perimeter(lines=[FENCE])
    watched.watch([track(1, at(0.3, 0.5), "person")], 2, 0.2)
    assert watched.scene.check("yard", None, watched.view([track(1, at(0.3, 0.5), "person")])).holds
    assert not watched.scene.check("yard", None, watched.view([])).holds
    assert not watched.scene.check("fence", None, watched.view([track(1, at(0.5, 0.5), "person")])).holds


def test_who_comes_back_before_the_event_is_closed_makes_no_second_one() -> None:
    """Out of sight for longer than the grace: one event, which began at the beginning and closes once."""
    watched = perimeter(grace=1, clear_after=5)
    person = [track(1, at(0.3, 0.5), "person")]
    watched.watch(person, 5, 0.2)
    watched.watch([], 3, 0.2)
    watched.watch([track(2, at(0.3, 0.5), "person")], 5, 0.2)
    assert watched.phases == ["opened"]
    watched.watch([], 8, 0.2)
    assert watched.phases == ["opened", "closed"]
    assert len({event.event_id for event in watched.events}) == 1
    assert len({event.started_at for event in watched.events}) == 1
    watched.watch([track(3, at(0.3, 0.5), "person")], 5, 0.2)
    assert watched.phases == ["opened", "closed", "opened"]
    assert len({event.event_id for event in watched.events}) == 2


@pytest.mark.parametrize("scores", [(0.18,), (0.2, 0.45, 0.2)])
def test_a_shadow_that_is_weakly_a_person_is_nobody(scores: tuple[float, ...]) -> None:
    """Tracked look after look, once in a while above the detector's threshold; neither inside nor at the line."""
    watched = perimeter(lines=[FENCE])
    for look in range(60):
        place = at(0.8 - 0.01 * look, 0.5)
        watched.look([track(1, place, "person", score=scores[look % len(scores)])], 0.2)
    assert watched.events == []


def test_somebody_who_is_seen_surely_at_last_is_somebody() -> None:
    """A weak beginning delays, it does not excuse."""
    watched = perimeter()
    watched.watch([track(1, at(0.3, 0.5), "person", score=0.2)], 2, 0.2)
    watched.watch([track(1, at(0.3, 0.5), "person", score=0.8)], 4, 0.2)
    assert watched.phases == ["opened"]
