"""A queue or a red light is not parking; a bus may stand at its stop."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.edge.scenes.worlds import Camera, at, scene_of, track

from sharp_eyes.edge.frame import Track

LANE = [[0.4, 0.0], [0.6, 0.0], [0.6, 1.0], [0.4, 1.0]]
SIZE = 0.1


def camera(**changes: Any) -> Camera:
    settings = {
        "scene": "illegal_parking",
        "zones": [{"id": "lane", "polygon": LANE}],
        "dwell": 30,
        "grace": 5,
        "clear_after": 10,
        "queue": {"vehicles": 3, "spread": 20, "grace": 60, "patience": 10},
    }
    return Camera(scene_of(**(settings | changes)))


def drive(
    watched: Camera,
    comes: Sequence[float],
    goes: Sequence[float],
    seconds: float,
    places: Sequence[tuple[float, float]] = (),
) -> None:
    """Cars come up the lane one after the other, stop behind one another, and drive on at their times."""
    start = watched.time
    for look in range(round(seconds)):
        found: list[Track] = []
        for i, (come, go) in enumerate(zip(comes, goes, strict=True)):
            x, y = places[i] if places else (0.5, 0.3 + 0.15 * i)
            back = max(come - look, 0.0) * 0.1
            on = max(look - go, 0.0) * 0.1
            where = y + back - on
            if SIZE < where < 1.0:
                found.append(track(i + 1, at(x, where, SIZE), first_seen=start))
        watched.look(found)


def test_a_queue_that_moves_on_is_no_parking() -> None:
    """Four cars wait longer than the dwell at a red light and follow one another when it turns green."""
    watched = camera()
    drive(watched, comes=[5, 9, 14, 20], goes=[50, 53, 56, 59], seconds=90)
    assert watched.events == []


def test_who_stays_when_the_queue_has_moved_on_is_parked() -> None:
    """The last of four stands on: reported when it has had the time to follow, with the time since it stopped."""
    watched = camera()
    drive(watched, comes=[5, 9, 14, 20], goes=[50, 53, 56, 900], seconds=120)
    assert watched.phases == ["opened"]
    event = watched.events[0]
    assert event.started_at.timestamp() == pytest.approx(1020, abs=1)
    assert 1056 <= event.observed_at.timestamp() <= 1070


def test_a_queue_does_not_excuse_for_ever() -> None:
    """After the dwell and the queue's grace each counts."""
    watched = camera()
    drive(watched, comes=[5, 9, 14], goes=[900, 900, 900], seconds=120)
    assert watched.phases == ["opened"] * 3
    first = watched.events[0]
    assert (first.observed_at - first.started_at).total_seconds() == pytest.approx(90, abs=1)


def test_cars_that_parked_at_different_times_are_no_queue() -> None:
    """In line and close by, but each came on its own, minutes apart."""
    watched = camera(dwell=150)
    drive(watched, comes=[5, 65, 130], goes=[900, 900, 900], seconds=300)
    assert watched.phases == ["opened"] * 3
    assert all((event.observed_at - event.started_at).total_seconds() <= 151 for event in watched.events)


def test_two_cars_are_no_queue_of_three() -> None:
    """The number is a setting."""
    watched = camera()
    drive(watched, comes=[5, 9], goes=[900, 900], seconds=60)
    assert watched.phases == ["opened"] * 2
    pair = camera(queue={"vehicles": 2, "grace": 60})
    drive(pair, comes=[5, 9], goes=[50, 53], seconds=60)
    assert pair.events == []


def test_cars_side_by_side_are_no_queue() -> None:
    """They came up the street and stopped beside one another: parked in bays."""
    watched = camera(zones=[{"id": "lane", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}])
    drive(watched, [5, 9, 14], [900] * 3, 60, places=[(0.3, 0.5), (0.45, 0.5), (0.6, 0.5)])
    assert watched.phases == ["opened"] * 3


def test_a_row_that_stood_there_at_start_up_is_parked() -> None:
    """Nobody saw them arrive, so nothing speaks for a queue."""
    watched = camera()
    watched.watch([track(i + 1, at(0.5, 0.3 + 0.15 * i)) for i in range(4)], 40)
    assert watched.phases == ["opened"] * 4


def test_a_queue_beside_a_parked_car_does_not_excuse_it() -> None:
    """It stood there long before they came."""
    watched = camera(dwell=60)
    drive(watched, comes=[5, 50, 54, 58], goes=[900, 80, 83, 86], seconds=100)
    assert watched.phases == ["opened"]
    assert watched.events[0].started_at.timestamp() == pytest.approx(1005, abs=1)
    assert watched.events[0].observed_at.timestamp() == pytest.approx(1065, abs=1)


def test_a_queue_outside_the_zone_tells_a_car_inside() -> None:
    """The zone holds only one place of the lane; the neighbours wait before and behind it."""
    watched = camera(zones=[{"id": "gate", "polygon": [[0.4, 0.4], [0.6, 0.4], [0.6, 0.5], [0.4, 0.5]]}])
    drive(watched, comes=[5, 9, 14, 20], goes=[50, 53, 56, 59], seconds=90)
    assert watched.events == []


def test_a_bus_may_stand_at_its_stop() -> None:
    """Longer than others, not for ever; a bus elsewhere and a car at the stop have no such right."""
    stop = {"polygon": [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]], "dwell": 90}
    watched = camera(bus_stops=[stop])
    at_stop, elsewhere = track(1, at(0.5, 0.5), "bus"), track(2, at(0.5, 0.9), "bus")
    watched.watch([at_stop, elsewhere], 80)
    assert [event.object_class for event in watched.events] == ["bus"]
    assert watched.events[0].box == pytest.approx(at(0.5, 0.9))
    watched.watch([at_stop, elsewhere], 20)
    assert watched.phases == ["opened"] * 2
    assert watched.events[1].measures[0].threshold == 90
    car = camera(bus_stops=[stop])
    car.watch([track(1, at(0.5, 0.5))], 40)
    assert car.phases == ["opened"]


def test_a_car_that_leaves_the_zone_in_sight_is_not_taken_for_hidden() -> None:
    """Another one of its kind takes its place at once: two stays, though a hidden car would have been the same."""
    watched = camera(grace=20)
    first = [track(1, at(0.5, 0.5))]
    watched.watch(first, 20)
    for step in range(3):
        watched.look([track(1, at(0.65 + 0.1 * step, 0.5))])
    watched.watch([track(2, at(0.5, 0.5), first_seen=1024.0)], 25)
    assert watched.events == []


def test_jitter_at_the_edge_of_the_zone_neither_starts_nor_ends_a_stay() -> None:
    """Its mean place decides: this one stands just inside, that one just outside."""
    inside, outside = camera(), camera()
    for look in range(60):
        wobble = 0.008 * (1 if look % 2 else -1)
        inside.look([track(1, at(0.595 + wobble, 0.5))])
        outside.look([track(1, at(0.605 + wobble, 0.5))])
    assert inside.phases == ["opened"]
    assert outside.events == []
