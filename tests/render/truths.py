"""What the tests of clips share: reading a ground truth, and what holds of every one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av

MEDIA = Path(__file__).resolve().parents[2] / "media"
SUITE = MEDIA / "suite"
Polygon = list[list[float]]
Truth = dict[str, Any]


def read(name: str, folder: Path = SUITE) -> Truth:
    """Ground truth as written beside a clip."""
    document: Truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return document


def expected(truth: Truth) -> list[dict[str, Any]]:
    """Events that must come."""
    return [event for event in truth["events"] if event["expected"]]


def contains(polygon: Polygon, x: float, y: float) -> bool:
    """Even-odd rule."""
    result = False
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            result = not result
    return result


def assert_boxes_lie_in_the_picture(truth: Truth) -> None:
    """Boxes have an area, lie in the picture and belong to a listed object, once a frame."""
    known = {thing["id"] for thing in truth["objects"]}
    for frame in truth["frames"]:
        numbers = [box["object"] for box in frame["boxes"]]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= known
        for box in frame["boxes"]:
            x0, y0, x1, y1 = box["box"]
            assert 0 <= x0 < x1 <= truth["width"]
            assert 0 <= y0 < y1 <= truth["height"]
            assert 0 < box["visible"] <= 1


def assert_clip_has_the_frames(truth: Truth, fps: int, largest: int) -> None:
    """The suite's clip has the size, pace and number of frames that its truth states, in at most so many bytes."""
    path = SUITE / truth["clip"]
    assert path.stat().st_size <= largest
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (truth["width"], truth["height"])
        assert float(stream.average_rate or 0) == truth["fps"] == fps
        assert sum(1 for packet in container.demux(stream) if packet.size) == len(truth["frames"])
