"""The tracker keeps identities, driven by time alone."""

import random
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Detections, Tracks

NAMES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
WIDTH, HEIGHT = 1920, 1080
Box = tuple[float, float, float, float]
Found = tuple[str, float, Box]


def detections(found: Iterable[Found]) -> Detections:
    rows = list(found)
    return Detections(
        np.array([box for _, _, box in rows], np.float32).reshape(-1, 4),
        np.array([score for _, score, _ in rows], np.float32),
        np.array([NAMES.index(name) for name, _, _ in rows], np.int32),
        NAMES,
    )


def look(tracker: Tracker, time: float, *found: Found) -> Tracks:
    return tracker.update(time, detections(found), WIDTH, HEIGHT)


def around(x: float, y: float, width: float, height: float) -> Box:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def jittered(box: Box, source: random.Random, amount: float) -> Box:
    """Move each side by a share of the box's size, evenly spread."""
    width, height = box[2] - box[0], box[3] - box[1]
    sizes = (width, height, width, height)
    moved = [side + source.uniform(-amount, amount) * size for side, size in zip(box, sizes, strict=True)]
    return (moved[0], moved[1], moved[2], moved[3])


def ids(tracks: Tracks) -> list[int]:
    return [track.id for track in tracks.items]


def test_ids_count_up_from_one_for_each_tracker() -> None:
    """Each camera's tracker counts from 1."""
    for _ in range(2):
        tracker = Tracker()
        first = look(tracker, 0.0, ("car", 0.9, around(300, 300, 100, 60)), ("car", 0.8, around(900, 300, 100, 60)))
        assert ids(first) == [1, 2]
        second = look(tracker, 1.0, ("person", 0.9, around(1500, 800, 50, 120)))
        assert ids(second) == [3]


def test_nothing_seen_gives_no_tracks() -> None:
    """A frame without detections gives an empty answer, not what was predicted."""
    tracker = Tracker()
    look(tracker, 0.0, ("car", 0.9, around(300, 300, 100, 60)))
    empty = look(tracker, 1.0)
    assert empty == Tracks(1.0, WIDTH, HEIGHT, ())


def test_weak_detection_starts_nothing_but_carries_on() -> None:
    """A score below the threshold makes no track, and keeps one alive."""
    tracker = Tracker(Thresholds(0.35))
    box = around(500, 500, 200, 120)
    assert ids(look(tracker, 0.0, ("car", 0.2, box))) == []
    assert ids(look(tracker, 1.0, ("car", 0.5, box))) == [1]
    for second in range(2, 60):
        assert ids(look(tracker, float(second), ("car", 0.2, box))) == [1]


@pytest.mark.parametrize("pause", [3.0, 8.0, 15.0])
def test_stationary_object_keeps_its_id_through_misses(pause: float) -> None:
    """A parked car that the detector misses for several seconds is the same car afterwards."""
    source = random.Random(3)
    tracker = Tracker()
    box = around(700, 600, 220, 130)
    time = 0.0
    for _ in range(20):
        for _ in range(10):
            assert ids(look(tracker, time, ("car", 0.7, jittered(box, source, 0.03)))) == [1]
            time += 1.0
        time += pause
        look(tracker, time - 1.0)


def test_stationary_object_keeps_its_id_through_partial_occlusion() -> None:
    """Half of a parked car hidden for ten seconds, then seen whole: the same car."""
    tracker = Tracker()
    whole, half = (600.0, 500.0, 800.0, 620.0), (700.0, 500.0, 800.0, 620.0)
    for second in range(60):
        seen = look(tracker, float(second), ("car", 0.7, half if 20 <= second < 30 else whole))
        assert ids(seen) == [1]
    assert seen.items[0].first_seen == 0.0


def test_passing_bus_does_not_take_the_parked_cars_id() -> None:
    """A bus drives past in front, hiding the parked car; afterwards the car has its id, the bus its own."""
    tracker = Tracker()
    car = around(900, 500, 200, 120)
    bus_ids: set[int] = set()
    for step in range(80):
        time = step * 0.25
        bus = around(-200 + 60 * max(step - 30, 0), 520, 500, 260)
        hidden = abs(bus[0] + 250 - 900) < 300
        found: list[Found] = [] if hidden else [("car", 0.8, car)]
        if bus[2] > 0 and bus[0] < WIDTH:
            found.append(("bus", 0.8, bus))
        for track in look(tracker, time, *found).items:
            if track.box[2] - track.box[0] > 400:
                bus_ids.add(track.id)
            else:
                assert track.id == 1
    assert bus_ids == {2}


def test_object_gone_for_long_is_a_new_one() -> None:
    """An id is given up once its object has been away for long."""
    tracker = Tracker()
    box = around(700, 600, 220, 130)
    for second in range(10):
        look(tracker, float(second), ("car", 0.7, box))
    for second in range(10, 100):
        look(tracker, float(second))
    assert ids(look(tracker, 100.0, ("car", 0.7, box))) == [2]


def test_class_flicker_within_vehicles_keeps_id_and_majority_name() -> None:
    """car, truck, car, … on one object is one track under the name with the most score."""
    tracker = Tracker()
    box = around(700, 600, 220, 130)
    for second in range(30):
        name = "truck" if second % 3 == 2 else "car"
        seen = look(tracker, float(second), (name, 0.6, box))
        assert [(track.id, track.name) for track in seen.items] == [(1, "car")]


def test_two_names_for_one_object_are_one_track() -> None:
    """A box found both as car and as truck is one object."""
    tracker = Tracker()
    box = around(700, 600, 220, 130)
    seen = look(tracker, 0.0, ("car", 0.6, box), ("truck", 0.5, jittered(box, random.Random(1), 0.01)))
    assert [(track.id, track.name) for track in seen.items] == [(1, "car")]


def test_a_person_never_becomes_a_car() -> None:
    """Classes of different groups do not share a track."""
    tracker = Tracker()
    box = around(700, 600, 100, 100)
    assert ids(look(tracker, 0.0, ("person", 0.8, box))) == [1]
    assert ids(look(tracker, 0.1, ("car", 0.8, box))) == [2]


def test_clock_set_back_does_no_harm() -> None:
    """A timestamp that goes back counts as no time passed; the track stays and still expires."""
    tracker = Tracker()
    box = around(700, 600, 220, 130)
    for second in (100.0, 101.0, 95.0, 96.0):
        seen = look(tracker, second, ("car", 0.7, box))
        assert ids(seen) == [1]
        assert seen.items[0].first_seen <= second
    assert ids(look(tracker, 150.0, ("car", 0.7, box))) == [2]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rate=st.sampled_from([0.5, 1.0, 2.0, 5.0, 25.0]),
    jitter=st.floats(0.0, 0.05),
    miss=st.floats(0.0, 0.4),
)
def test_cars_parked_side_by_side_never_swap(seed: int, rate: float, jitter: float, miss: float) -> None:
    """Four parked cars in a row, boxes touching and overlapping: each keeps its id, at any rate."""
    source = random.Random(seed)
    boxes = [around(500 + 150 * place, 600, 190, 110) for place in range(4)]
    tracker = Tracker()
    owner: dict[int, int] = {}
    for step in range(100):
        shown = [place for place in range(4) if step < 5 or source.random() >= miss]
        found: Sequence[Found] = [
            (source.choice(["car", "truck"]), source.uniform(0.36, 0.9), jittered(boxes[place], source, jitter))
            for place in shown
        ]
        for track in look(tracker, step / rate, *found).items:
            centre = (track.box[0] + track.box[2]) / 2
            place = min(range(4), key=lambda place: abs(centre - 500 - 150 * place))
            assert owner.setdefault(track.id, place) == place
    assert sorted(owner) == [1, 2, 3, 4]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rate=st.sampled_from([1.0, 2.0, 5.0, 12.5, 25.0]),
    speed=st.floats(20, 180),
)
def test_walker_and_parked_car_keep_their_ids_at_any_rate(seed: int, rate: float, speed: float) -> None:
    """A person walks across at up to two widths a second, missed up to twice running: one id all the way."""
    source = random.Random(seed)
    misses = 0
    tracker = Tracker()
    car = around(900, 500, 220, 130)
    steps = int(8 * rate)
    for step in range(steps):
        time = step / rate
        walker = around(300 + speed * time, 640, 80, 200)
        found: list[Found] = [("car", 0.8, jittered(car, source, 0.03))]
        missed = rate >= 2 and step > 4 and misses < 2 and source.random() < 0.25
        misses = misses + 1 if missed else 0
        if not missed:
            found.append(("person", 0.7, jittered(walker, source, 0.03)))
        seen = look(tracker, time, *found)
        expected = {"car": 1} if missed else {"car": 1, "person": 2}
        assert {track.name: track.id for track in seen.items} == expected


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rate=st.sampled_from([2.0, 5.0, 25.0]))
def test_cars_driving_off_keep_their_ids(seed: int, rate: float) -> None:
    """A car that stood for a while pulls out (2 m/s²) from between two that stay; nobody's id changes."""
    source = random.Random(seed)
    tracker = Tracker()
    for step in range(int(14 * rate)):
        time = step / rate
        driven = 45 * max(time - 10, 0) ** 2  # a car of 200 px is 4.5 m long: 2 m/s² is 45 px at t = 1 s
        places = [500.0, 720.0, 940.0]
        boxes = [around(place, 600, 200, 110) for place in places]
        boxes[1] = around(places[1] + driven, 600 + driven * 0.6, 200, 110)
        seen = look(tracker, time, *(("car", 0.8, jittered(box, source, 0.02)) for box in boxes))
        if boxes[1][2] < WIDTH:
            assert ids(seen) == [1, 2, 3]
            for track, box in zip(seen.items, boxes, strict=True):
                assert track.box[0] == pytest.approx(box[0], abs=5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_same_input_same_tracks(seed: int) -> None:
    """The tracker is a pure function of what it has seen."""
    source = random.Random(seed)
    frames = [
        [
            (source.choice(NAMES), source.uniform(0.1, 1), around(source.uniform(0, 1900), 500, 90, 90))
            for _ in range(source.randrange(6))
        ]
        for _ in range(20)
    ]
    runs = []
    for _ in range(2):
        tracker = Tracker()
        runs.append([look(tracker, step / 5, *frame) for step, frame in enumerate(frames)])
    assert runs[0] == runs[1]
    for tracks in runs[0]:
        assert len(set(ids(tracks))) == len(tracks.items)
