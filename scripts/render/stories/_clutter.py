"""Expected events of the clips with shared bicycles, found from the boxes."""

from __future__ import annotations

from typing import Any

from scripts.render.labels import spans
from scripts.render.story import Take

WHY = {
    "docked": "stands in the dock",
    "in bay": "a motorcycle in its bay",
    "passing": "rides through",
}


def clutter_events(take: Take, least: int) -> list[dict[str, Any]]:
    """One event from when `least` bicycles stand in the zone outside the dock to the clip's end; the rest are traps.

    Bicycles with the role `left` stay where they are left; they count from the frame in which they stand still.
    """
    scene = {"scene": "bike_clutter", "zone": "entrance"}
    since = sorted(
        resting(take, actor.number)
        for actor in take.actors
        if actor.role == "left" and spans(take, actor.number, "entrance")
    )
    found: list[dict[str, Any]] = [
        {**scene, "from": since[least - 1], "to": take.story.duration, "expected": True, "count": len(since)}
    ]
    for actor in take.actors:
        if actor.role in WHY:
            found += [
                {**scene, "object": actor.number, "from": start, "to": end, "expected": False, "why": WHY[actor.role]}
                for start, end in spans(take, actor.number, "entrance")
            ]
    return found


def resting(take: Take, number: int) -> float:
    """Time from which an object that is left stays where it is, to a pixel."""
    boxes = [(frame["time"], box["box"]) for frame in take.frames for box in frame["boxes"] if box["object"] == number]
    last = boxes[-1][1]
    moved = [time for time, box in boxes if max(abs(a - b) for a, b in zip(box, last, strict=True)) > 6.0]
    return float(moved[-1] + 1 / take.story.fps) if moved else 0.0
