"""The clips of rooms and of fires: their ground truth fits the suite's settings and says what it must."""

from __future__ import annotations

from typing import Any

import av
import cv2
import numpy as np
import pytest
import yaml
from tests.render.truths import SUITE, read

NAMES = (
    "ebike_lobby",
    "ebike_stair_night",
    "gas_kitchen",
    "gas_corridor_night",
    "smoke_corridor",
    "smoke_street_dusk",
)
LIMIT = 3_000_000  # bytes


def entry(name: str) -> dict[str, Any]:
    """A clip's entry in the suite."""
    clips = yaml.safe_load((SUITE / "suite.yaml").read_text(encoding="utf-8"))["clips"]
    return next(clip for clip in clips if clip["clip"] == f"{name}.mp4")


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_small_and_as_long_as_its_truth(name: str) -> None:
    document = read(name)
    path = SUITE / f"{name}.mp4"
    assert path.stat().st_size <= LIMIT
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (document["width"], document["height"]) == (640, 360)
        assert stream.frames == len(document["frames"])
        assert stream.average_rate == document["fps"]
    assert 45 <= len(document["frames"]) / document["fps"] <= 70


@pytest.mark.parametrize("name", NAMES)
def test_zones_are_those_of_the_suite_and_lie_in_the_picture(name: str) -> None:
    document, scene = read(name), entry(name)["camera"]["scenes"][0]
    for zone in scene["zones"]:
        assert zone["polygon"] == document["zones"][zone["id"]]["polygon"]
        assert all(0 <= value <= 1 for corner in zone["polygon"] for value in corner)
    assert {event["scene"] for event in document["events"]} == {scene["scene"]}


@pytest.mark.parametrize("name", NAMES)
def test_one_event_is_expected_after_a_quiet_start_and_traps_say_why(name: str) -> None:
    events = read(name)["events"]
    (expected,) = [event for event in events if event["expected"]]
    assert expected["from"] >= 15
    traps = [event for event in events if not event["expected"]]
    assert len(traps) >= 2
    assert all(event["why"] for event in traps)


@pytest.mark.parametrize("name", NAMES[:4])
def test_what_offends_stands_in_the_zone_from_the_events_start_to_its_end(name: str) -> None:
    document = read(name)
    (event,) = [event for event in document["events"] if event["expected"]]
    polygon = document["zones"][event["zone"]]["polygon"]
    for frame in document["frames"]:
        for box in frame["boxes"]:
            if box["object"] != event["object"]:
                continue
            x = (box["box"][0] + box["box"][2]) / 2 / document["width"]
            y = (box["box"][3] - 0.5) / document["height"]
            if cv2.pointPolygonTest(np.array(polygon, np.float32), (x, y), False) > 0:
                assert event["from"] <= frame["time"] < event["to"]
            else:
                assert not event["from"] + 3 < frame["time"] < event["to"] - 3


@pytest.mark.parametrize("name", NAMES[4:])
def test_smoke_is_boxed_from_the_events_start_and_flame_comes_later(name: str) -> None:
    document = read(name)
    (event,) = [event for event in document["events"] if event["expected"]]
    kinds = {thing["id"]: thing["class"] for thing in document["objects"]}
    first: dict[str, float] = {}
    for frame in document["frames"]:
        for box in frame["boxes"]:
            first.setdefault(kinds[box["object"]], frame["time"])
    assert first["smoke"] == event["from"]
    assert first["fire"] == event["flame_from"] > first["smoke"]
