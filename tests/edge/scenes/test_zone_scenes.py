"""Scenes whose condition belongs to a whole zone: fire lane, bike clutter, perimeter."""

import pytest
from tests.edge.scenes.worlds import LEFT_HALF, Camera, at, scene_of, track

ZONE = {"id": "zone", "polygon": LEFT_HALF}
LANE = {"id": "lane", "polygon": [[0.2, 0.4], [0.4, 0.4], [0.4, 0.6], [0.2, 0.6]]}


def test_a_blocked_fire_lane_shows_share_and_dwell() -> None:
    """A truck across the lane is one event with the covered share as its main measure."""
    watched = Camera(scene_of(scene="fire_lane_blocked", zones=[LANE], dwell=20, covered=0.2))
    watched.watch([track(1, (0.2, 0.3, 0.4, 0.6), "truck")], 30)
    watched.watch([], 40)
    assert watched.phases == ["opened", "closed"]
    covered, dwell = watched.events[0].measures
    assert (covered.name, covered.threshold) == ("covered", 0.2)
    assert covered.value == pytest.approx(0.5, abs=0.05)
    assert dwell.value >= 20


def test_people_and_passing_vehicles_do_not_block_a_lane() -> None:
    """Only vehicles that stand count."""
    watched = Camera(scene_of(scene="fire_lane_blocked", zones=[LANE], dwell=5))
    watched.watch([track(1, (0.2, 0.3, 0.4, 0.6), "person")], 30)
    for step in range(30):
        watched.look([track(2, at(0.05 + 0.03 * step, 0.55, 0.15))])
    assert watched.events == []


def test_a_lane_stays_blocked_when_one_car_follows_another() -> None:
    """The lane is what is blocked, by whomever: one event."""
    watched = Camera(scene_of(scene="fire_lane_blocked", zones=[LANE], dwell=20, covered=0.2, grace=10))
    watched.watch([track(1, (0.2, 0.3, 0.4, 0.6))], 30)
    watched.watch([track(2, (0.2, 0.35, 0.4, 0.6), first_seen=1030.0)], 30)
    assert watched.phases == ["opened"]


def bikes(number: int, y: float = 0.5) -> list[object]:
    return [track(10 + i, at(0.05 + 0.04 * i, y, 0.03), "bicycle") for i in range(number)]


def clutter(**changes: object) -> Camera:
    settings = {"scene": "bike_clutter", "zones": [ZONE], "count": 5, "dwell": 20, "clear_after": 5, "grace": 3}
    return Camera(scene_of(**(settings | changes)))


def test_enough_standing_bikes_for_long_enough_are_clutter() -> None:
    """The count is the main measure."""
    watched = clutter()
    watched.watch(bikes(6), 40)  # type: ignore[arg-type]
    assert watched.phases == ["opened"]
    assert watched.events[0].measures[0].value == 6


def test_too_few_bikes_or_bikes_in_a_dock_are_not() -> None:
    """Docks are where they belong."""
    few = clutter()
    few.watch(bikes(4), 60)  # type: ignore[arg-type]
    assert few.events == []
    dock = [[0.0, 0.4], [0.5, 0.4], [0.5, 0.55], [0.0, 0.55]]
    docked = clutter(zones=[{**ZONE, "docks": [dock]}])
    docked.watch(bikes(8), 60)  # type: ignore[arg-type]
    assert docked.events == []


def test_riders_passing_do_not_count() -> None:
    """A stream of riders is not clutter, however dense."""
    watched = clutter(dwell=5)
    for step in range(60):
        riders = [track(100 + i, at((0.05 * step + 0.08 * i) % 0.5, 0.5, 0.04), "bicycle") for i in range(6)]
        watched.look(riders)
    assert watched.events == []


def perimeter(**changes: object) -> Camera:
    settings = {"scene": "perimeter_intrusion", "zones": [ZONE], "dwell": 1, "clear_after": 3}
    return Camera(scene_of(**(settings | changes)))


def test_a_person_inside_raises_one_event_however_many_follow() -> None:
    """The area is what is intruded on."""
    watched = perimeter()
    watched.watch([track(1, at(0.3, 0.5), "person")], 2, 0.2)
    watched.watch([track(1, at(0.3, 0.5), "person"), track(2, at(0.2, 0.6), "person")], 5, 0.2)
    watched.watch([], 10, 0.2)
    assert watched.phases == ["opened", "closed"]


def test_a_head_over_the_fence_is_no_intrusion() -> None:
    """The feet decide, not the overlap of the box."""
    watched = perimeter(zones=[{"id": "zone", "polygon": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]}])
    watched.watch([track(1, (0.4, 0.3, 0.5, 0.7), "person")], 10, 0.2)
    assert watched.events == []


def test_vehicles_and_animals_are_not_people() -> None:
    """Only the classes that are set count."""
    watched = perimeter()
    watched.watch([track(1, at(0.3, 0.5), "car"), track(2, at(0.2, 0.5), "dog")], 10, 0.2)
    assert watched.events == []


@pytest.mark.parametrize(("direction", "raised"), [("to_right", True), ("to_left", False), ("both", True)])
def test_a_line_counts_only_in_its_direction(direction: str, raised: bool) -> None:
    """Walking up the picture along the line, this person crosses from left to right."""
    line = {"id": "fence", "line": [[0.5, 1.0], [0.5, 0.0]], "direction": direction}
    watched = perimeter(zones=[], lines=[line])
    for step in range(20):
        watched.look([track(1, at(0.3 + 0.02 * step, 0.5, 0.05), "person")], 0.2)
    assert (watched.phases[:1] == ["opened"]) is raised


def test_a_new_track_beyond_the_line_has_not_crossed() -> None:
    """Only a track seen on both sides counts."""
    line = {"id": "fence", "line": [[0.5, 1.0], [0.5, 0.0]]}
    watched = perimeter(zones=[], lines=[line])
    watched.look([track(1, at(0.4, 0.5), "person")], 0.2)
    watched.look([track(2, at(0.6, 0.5), "person")], 0.2)
    assert watched.events == []


def test_a_crossing_is_seen_though_the_look_at_the_line_is_missed() -> None:
    """The track goes on after a missed detection, and so does its way over the line."""
    watched = perimeter(zones=[], lines=[{"id": "fence", "line": [[0.5, 1.0], [0.5, 0.0]]}])
    for step in range(20):
        seen = [track(1, at(0.3 + 0.02 * step, 0.5, 0.05), "person")] if step not in (9, 10, 11) else []
        watched.look(seen, 0.2)
    assert watched.phases[:1] == ["opened"]
