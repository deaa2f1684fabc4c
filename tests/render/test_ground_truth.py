"""The demo clip and its ground truth belong together and tell the story that the demo relies on."""

from __future__ import annotations

from typing import Any

import av
import pytest
from tests.render.truths import MEDIA, Polygon, assert_boxes_lie_in_the_picture, contains, read

CLIP = MEDIA / "street.mp4"
LONGEST_ALLOWED_STAY = 6.0
LARGEST_CLIP = 4_000_000


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    """The ground truth as written beside the clip."""
    return read("street", MEDIA)


def anchor(truth: dict[str, Any], box: list[float]) -> tuple[float, float]:
    """Bottom centre of a box, normalised."""
    return (box[0] + box[2]) / 2 / truth["width"], box[3] / truth["height"]


def anchors(truth: dict[str, Any], number: int) -> dict[float, tuple[float, float]]:
    """Anchor of an object by time, for the frames that show it."""
    return {
        frame["time"]: anchor(truth, box["box"])
        for frame in truth["frames"]
        for box in frame["boxes"]
        if box["object"] == number
    }


def area(polygon: Polygon) -> float:
    """Shoelace formula, in shares of the picture."""
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def longest_stay(truth: dict[str, Any], number: int, polygon: Polygon) -> float:
    """Longest unbroken time in seconds that an object's anchor lies in a polygon."""
    step = 1 / truth["fps"]
    longest = current = 0.0
    places = anchors(truth, number)
    for frame in truth["frames"]:
        point = places.get(frame["time"])
        current = current + step if point is not None and contains(polygon, *point) else 0.0
        longest = max(longest, current)
    return longest


def test_clip_matches_its_description(truth: dict[str, Any]) -> None:
    """Frame count, pace, size and length of the clip are those that the ground truth states."""
    with av.open(str(CLIP)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (truth["width"], truth["height"])
        assert stream.average_rate == truth["fps"]
        times = [float(frame.time or 0.0) for frame in container.decode(stream)]
    assert len(times) == len(truth["frames"])
    assert times == pytest.approx([frame["time"] for frame in truth["frames"]], abs=1e-3)
    assert len(times) / truth["fps"] >= 40


def test_clip_is_small_and_has_a_keyframe_every_second(truth: dict[str, Any]) -> None:
    """The clip is light enough for the repository and decodable by keyframes alone."""
    assert CLIP.stat().st_size <= LARGEST_CLIP
    with av.open(str(CLIP)) as container:
        keys = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.is_keyframe
        ]
    assert keys == pytest.approx(list(range(len(truth["frames"]) // truth["fps"])), abs=1e-3)


def test_zones_are_polygons_in_the_picture(truth: dict[str, Any]) -> None:
    """Every zone has at least three corners in the picture and a real area."""
    for zone in truth["zones"].values():
        assert len(zone["polygon"]) >= 3
        assert all(0 <= value <= 1 for corner in zone["polygon"] for value in corner)
        assert area(zone["polygon"]) > 0.005


def test_boxes_lie_in_the_picture(truth: dict[str, Any]) -> None:
    """Boxes have an area, lie in the picture and belong to a listed object, once a frame."""
    assert_boxes_lie_in_the_picture(truth)


def test_expected_events_happen_in_their_zone(truth: dict[str, Any]) -> None:
    """During an expected event the object's anchor lies in the zone in every frame."""
    expected = [event for event in truth["events"] if event["expected"]]
    assert {event["scene"] for event in expected} == {"illegal_parking", "perimeter_intrusion"}
    for event in expected:
        polygon = truth["zones"][event["zone"]]["polygon"]
        places = anchors(truth, event["object"])
        times = [frame["time"] for frame in truth["frames"] if event["from"] <= frame["time"] < event["to"]]
        assert len(times) >= 10 * truth["fps"]
        assert all(contains(polygon, *places[time]) for time in times)


def test_queue_is_no_event(truth: dict[str, Any]) -> None:
    """Some car of the queue stands in the zone, but never long enough for the demo's dwell of 8 s."""
    unexpected = [event for event in truth["events"] if not event["expected"]]
    assert any(event["why"] == "waits in a queue" for event in unexpected)
    for event in unexpected:
        stay = longest_stay(truth, event["object"], truth["zones"][event["zone"]]["polygon"])
        assert 0 < stay < LONGEST_ALLOWED_STAY


def test_nobody_else_stays_in_a_zone(truth: dict[str, Any]) -> None:
    """Besides the listed events no vehicle enters the strip and no person the yard."""
    listed = {(event["zone"], event["object"]) for event in truth["events"]}
    for thing in truth["objects"]:
        zone = "yard" if thing["class"] == "person" else "no_parking"
        stay = longest_stay(truth, thing["id"], truth["zones"][zone]["polygon"])
        assert (stay > 0) == ((zone, thing["id"]) in listed)


def test_a_walker_hides_part_of_the_offender(truth: dict[str, Any]) -> None:
    """While it stands, the offender is partly hidden for a moment and wholly visible before and after."""
    event = next(e for e in truth["events"] if e["scene"] == "illegal_parking" and e["expected"])
    shares = [
        box["visible"]
        for frame in truth["frames"]
        if event["from"] <= frame["time"] < event["to"]
        for box in frame["boxes"]
        if box["object"] == event["object"]
    ]
    assert min(shares) < 0.95
    assert shares[0] > 0.95 < shares[-1]


def test_the_offender_is_away_when_the_clip_loops(truth: dict[str, Any]) -> None:
    """First and last frames do not show the offender, so that the clip can be looped."""
    offender = next(thing["id"] for thing in truth["objects"] if thing["role"] == "offender")
    for frame in (truth["frames"][0], truth["frames"][-1]):
        assert offender not in [box["object"] for box in frame["boxes"]]
