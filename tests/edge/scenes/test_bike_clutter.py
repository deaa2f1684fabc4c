"""Bike clutter: the count, the pile, and who does not count."""

from typing import Any

import pytest
from tests.edge.scenes.worlds import LEFT_HALF, Camera, at, scene_of, track

from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.pile import clutter_index, overlapped, toppled

ZONE = {"id": "zone", "polygon": LEFT_HALF}


def clutter(**changes: Any) -> Camera:
    settings = {"scene": "bike_clutter", "zones": [ZONE], "count": 5, "dwell": 20, "clear_after": 5, "grace": 3}
    return Camera(scene_of(**(settings | changes)))


def upright(number: int, step: float = 0.05) -> list[Rectangle]:
    """Bicycles side by side, apart."""
    return [(0.02 + step * i, 0.4, 0.06 + step * i, 0.5) for i in range(number)]


def bicycles(boxes: list[Rectangle], name: str = "bicycle") -> list[Track]:
    return [track(10 + i, box, name) for i, box in enumerate(boxes)]


def test_the_time_counts_from_the_fifth_bicycle() -> None:
    """Four stood there for long; the fifth makes it clutter."""
    watched = clutter()
    watched.watch(bicycles(upright(4)), 60)
    watched.watch(bicycles(upright(5)), 40)
    assert watched.phases == ["opened"]
    assert watched.events[0].started_at.timestamp() == pytest.approx(1060, abs=1)
    assert watched.events[0].observed_at.timestamp() == pytest.approx(1080, abs=1)
    assert [measure.name for measure in watched.events[0].measures] == ["count", "clutter", "dwell"]


def test_a_pile_of_few_is_clutter_too() -> None:
    """Three bicycles thrown onto one another, with upright ones in the dock to compare with."""
    heap = [(0.20, 0.45, 0.29, 0.5), (0.24, 0.455, 0.33, 0.505), (0.22, 0.43, 0.31, 0.48)]
    dock = [[0.0, 0.3], [0.19, 0.3], [0.19, 0.6], [0.0, 0.6]]
    docked = upright(4, 0.045)
    watched = clutter(zones=[{**ZONE, "docks": [dock]}])
    watched.watch(bicycles(docked + heap), 40)
    assert watched.phases == ["opened"]
    index, number, _ = watched.events[0].measures
    assert (index.name, number.name, number.value) == ("clutter", "count", 3)
    assert index.value > 0.9
    never = clutter(zones=[{**ZONE, "docks": [dock]}], pile=1)
    never.watch(bicycles(docked + heap), 40)
    assert never.events == []


def test_a_tight_row_is_no_pile() -> None:
    """Boxes of bicycles in a row seen from the side overlap by half; that alone is no pile."""
    row = [(0.05 + 0.025 * i, 0.4, 0.10 + 0.025 * i, 0.47) for i in range(4)]
    assert 0.3 < overlapped(row) < 0.5
    assert toppled(row, [], 1.0) == []
    watched = clutter()
    watched.watch(bicycles(row), 60)
    assert watched.events == []


def test_a_wheel_with_a_box_of_its_own_is_no_further_bicycle() -> None:
    """Four bicycles, each with its wheels as boxes inside its own, are four."""
    four = upright(4, 0.1)
    wheels = [(x1, y1 + 0.05, x1 + 0.02, y2) for x1, y1, x2, y2 in four]
    watched = clutter()
    watched.watch(bicycles(four + wheels), 60)
    assert watched.events == []


def test_the_index_of_bicycles_apart_and_upright_is_nought() -> None:
    """And of none at all."""
    assert clutter_index(upright(5), [], 1.0) == pytest.approx(0, abs=0.01)
    assert clutter_index([], [], 1.0) == 0


def test_a_far_bicycle_is_small_and_not_toppled() -> None:
    """Only ones at the same depth are compared."""
    far = [(0.3 + 0.02 * i, 0.1, 0.315 + 0.02 * i, 0.12) for i in range(3)]
    assert toppled(far, upright(5), 1.0) == []


def test_too_few_around_say_nothing() -> None:
    """One low box among two others may as well be half hidden."""
    assert toppled([(0.2, 0.45, 0.3, 0.5)], upright(2), 1.0) == []


def riders(number: int) -> list[Track]:
    """People who sit on the bicycles, feet on the pedals."""
    return [
        track(50 + i, (x1 + 0.005, y1 - 0.08, x2 - 0.005, y2 - 0.02), "person")
        for i, (x1, y1, x2, y2) in enumerate(upright(number))
    ]


def test_riders_who_wait_do_not_count() -> None:
    """A red light stops six riders for a minute."""
    watched = clutter()
    watched.watch(bicycles(upright(6)) + riders(6), 60)
    assert watched.events == []
    watched.watch(bicycles(upright(6)), 40)
    assert watched.phases == ["opened"]


def test_people_who_pass_before_the_bicycles_do_not_ride_them() -> None:
    """Every few seconds somebody stands where a rider would sit."""
    watched = clutter(count=6)
    for look in range(40):
        watched.look(bicycles(upright(6)) + (riders(6) if look % 4 == 3 else []))
    assert watched.phases == ["opened"]


def test_motorcycles_in_their_bay_do_not_count() -> None:
    """A bay is a dock, also where the detector takes a motorcycle for a bicycle."""
    bay = [[0.0, 0.3], [0.4, 0.3], [0.4, 0.6], [0.0, 0.6]]
    watched = clutter(zones=[{**ZONE, "docks": [bay]}], classes=["bicycle", "motorcycle"])
    watched.watch([*bicycles(upright(5), "motorcycle"), track(30, at(0.1, 0.55, 0.05), "bicycle")], 60)
    assert watched.events == []
    outside = clutter(classes=["bicycle", "motorcycle"])
    outside.watch(bicycles(upright(5), "motorcycle"), 60)
    assert outside.phases == ["opened"]


def test_look_again_counts_what_stands_there_now() -> None:
    """Tidied up is gone, with the numbers to show it."""
    watched = clutter()
    watched.watch(bicycles(upright(6)), 40)
    assert watched.scene.check("zone", None, watched.view(bicycles(upright(5)))).holds
    finding = watched.scene.check("zone", None, watched.view(bicycles(upright(2))))
    assert not finding.holds
    assert finding.measures[0].value == 2
