"""The suite's street clips and their ground truth belong together: sizes, zones, events and traps."""

from __future__ import annotations

import av
import pytest
import yaml
from tests.render.truths import SUITE, Truth, assert_boxes_lie_in_the_picture, contains, expected, read

NAMES = (
    "parking_night_rain",
    "bikes_day",
    "bikes_dusk_crowd",
    "fire_lane_day",
    "fire_lane_night",
    "perimeter_night",
)
LARGEST_CLIP = 3_000_000


@pytest.fixture(scope="module", params=NAMES)
def truth(request: pytest.FixtureRequest) -> Truth:
    """The ground truth as written beside the clip."""
    return read(request.param)


def boxes(truth: Truth, number: int, start: float = 0.0, end: float = 1e9) -> list[list[float]]:
    """Boxes of an object within a time, in pixels."""
    return [
        box["box"]
        for frame in truth["frames"]
        if start <= frame["time"] < end
        for box in frame["boxes"]
        if box["object"] == number
    ]


def within(truth: Truth, box: list[float], zone: str) -> bool:
    """Whether the bottom centre of a box lies in a zone."""
    x, y = (box[0] + box[2]) / 2 / truth["width"], (box[3] - 0.5) / truth["height"]
    return contains(truth["zones"][zone]["polygon"], x, y)


def objects(truth: Truth, role: str) -> list[int]:
    """Numbers of the objects with a role."""
    return [int(thing["id"]) for thing in truth["objects"] if thing["role"] == role]


def test_the_clip_is_as_the_truth_says(truth: Truth) -> None:
    """Size, pace, length, keyframes and weight of the clip."""
    clip = SUITE / truth["clip"]
    assert clip.stat().st_size <= LARGEST_CLIP
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (truth["width"], truth["height"]) == (640, 360)
        assert stream.average_rate == truth["fps"]
        packets = [
            (float(packet.pts * packet.time_base), packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.time_base is not None
        ]
    keys = [seconds for seconds, is_key in packets if is_key]
    assert len(packets) == len(truth["frames"])
    assert 40 <= len(packets) / truth["fps"] <= 120
    assert keys == pytest.approx(list(range(len(keys))), abs=1e-3)
    assert len(keys) == -(-len(packets) // truth["fps"])


def test_zones_lie_in_the_picture(truth: Truth) -> None:
    """Every corner of every zone can be drawn by a deployer."""
    for zone in truth["zones"].values():
        assert len(zone["polygon"]) >= 3
        assert all(0 <= value <= 1 for corner in zone["polygon"] for value in corner)


def test_the_suite_watches_the_zones_of_the_truth(truth: Truth) -> None:
    """The camera's zones are those the truth was found with, and every event is of a watched scene and zone."""
    suite = yaml.safe_load((SUITE / "suite.yaml").read_text(encoding="utf-8"))
    entry = next(entry for entry in suite["clips"] if entry["clip"] == truth["clip"])
    watched = {(scene["scene"], zone["id"]) for scene in entry["camera"]["scenes"] for zone in scene["zones"]}
    for scene in entry["camera"]["scenes"]:
        for zone in scene["zones"]:
            assert zone["polygon"] == truth["zones"][zone["id"]]["polygon"]
    assert {(event["scene"], event["zone"]) for event in truth["events"]} <= watched


def test_boxes_lie_in_the_picture(truth: Truth) -> None:
    """Boxes have an area, lie in the picture and belong to a listed object, once a frame."""
    assert_boxes_lie_in_the_picture(truth)


def test_every_trap_says_why_and_every_clip_has_both(truth: Truth) -> None:
    """There is something to find and something to be fooled by, and the first seconds are quiet."""
    assert expected(truth)
    assert all(event["from"] >= 5 for event in expected(truth))
    traps = [event for event in truth["events"] if not event["expected"]]
    assert traps
    assert all(event["why"] for event in traps)
    assert all(0 <= event["from"] < event["to"] for event in truth["events"])


def test_what_is_expected_stands_in_its_zone(truth: Truth) -> None:
    """During an expected event its object is in the zone whenever it is seen, for longer than the camera's dwell."""
    for event in expected(truth):
        assert event["to"] - event["from"] > 12
        if "object" in event:
            seen = boxes(truth, event["object"], event["from"], event["to"])
            assert len(seen) > 0.8 * (event["to"] - event["from"]) * truth["fps"]
            assert all(within(truth, box, event["zone"]) for box in seen)


def test_a_truck_hides_the_parked_car() -> None:
    """While it stands, the offender is for a moment almost wholly hidden by the truck."""
    truth = read("parking_night_rain")
    event = expected(truth)[0]
    shares = {
        frame["time"]: box["visible"]
        for frame in truth["frames"]
        for box in frame["boxes"]
        if box["object"] == event["object"] and frame["time"] >= event["from"]
    }
    frames = sum(frame["time"] >= event["from"] for frame in truth["frames"])
    assert min(shares.values()) < 0.3 or len(shares) < frames
    assert shares[event["from"] + 1] > 0.95


@pytest.mark.parametrize("role", ["bus", "queue"])
def test_bus_and_queue_stand_longer_than_the_dwell(role: str) -> None:
    """They could be taken for parked cars: only the stop and the line they stand in tell them."""
    truth = read("parking_night_rain")
    stays = [
        event["to"] - event["from"]
        for number in objects(truth, role)
        for event in truth["events"]
        if event.get("object") == number
    ]
    assert max(stays) > 10


@pytest.mark.parametrize("name", ["bikes_day", "bikes_dusk_crowd"])
def test_bicycles_are_too_many_from_the_event_on_and_not_before(name: str) -> None:
    """Fewer than five stand in the zone before the event, five or more at the end; the dock's are in the dock."""
    truth = read(name)
    event = expected(truth)[0]
    last = truth["frames"][-1]["boxes"]
    left = set(objects(truth, "left"))
    standing = [box for box in last if box["object"] in left and within(truth, box["box"], "entrance")]
    assert len(standing) >= 5
    before = {
        number
        for number in left
        for box in boxes(truth, number, event["from"] - 1.0, event["from"] - 0.5)
        if within(truth, box, "entrance")
    }
    assert len(before) <= 5  # the fifth one rolls to its place
    for number in objects(truth, "docked"):
        assert all(within(truth, box, "dock") for box in boxes(truth, number))


def test_passers_by_stay_outside_but_their_heads_do_not() -> None:
    """The foot point is never in the yard; the upper half of the box overlaps it."""
    truth = read("perimeter_night")
    for number in objects(truth, "passer-by"):
        seen = boxes(truth, number)
        assert not any(within(truth, box, "yard") for box in seen)
        heads = [[box[0], box[1], box[2], (box[1] + box[3]) / 2] for box in seen]
        assert sum(within(truth, head, "yard") for head in heads) > len(seen) / 2


def test_talkers_stand_in_the_lane_for_longer_than_the_dwell() -> None:
    """People who stand in the lane are the trap that only what they are can tell."""
    truth = read("fire_lane_day")
    for number in objects(truth, "talker"):
        inside = [box for box in boxes(truth, number) if within(truth, box, "lane")]
        assert len(inside) / truth["fps"] > 9
