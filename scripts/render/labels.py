"""Exact ground truth of a clip: boxes, visible shares, zones and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from .actors import Actor, Vehicle
from .camera import Camera
from .story import Story, Take

Array = NDArray[np.float64]
PROBES = 160


def visible_share(actor: Actor, camera: Camera, random: np.random.Generator, probes: int = PROBES) -> float:
    """Share of the side turned to the camera that can be seen in the picture, 0..1.

    Rays go from the camera to points spread over the thing's faces, weighted by the area they take in the
    picture; a point counts when it lies in the picture and the first thing hit is the actor itself.
    """
    mesh = actor.thing.data
    centres, normals, areas = face_table(mesh)
    turn = np.array(actor.thing.matrix_world.to_3x3())
    centres = centres @ turn.T + np.array(actor.thing.matrix_world.translation)
    normals = normals @ turn.T
    origin = np.array(camera.position)
    ray = centres - origin
    distance = np.linalg.norm(ray, axis=1)
    facing = np.abs((normals * ray).sum(axis=1)) / distance
    weight = areas * facing / distance**2
    weight[(normals * ray).sum(axis=1) > 0] = 0.0
    if weight.sum() <= 0:
        return 0.0
    picked = random.choice(len(weight), probes, p=weight / weight.sum())
    pixels, depth = camera.project(centres[picked])
    inside = (
        (depth > 0.3) & (pixels[:, 0] >= 0) & (pixels[:, 0] < camera.width)
        & (pixels[:, 1] >= 0) & (pixels[:, 1] < camera.height)
    )  # fmt: skip
    graph = bpy.context.evaluated_depsgraph_get()
    seen = 0
    for index in picked[inside]:
        way = Vector((ray[index] / distance[index]).tolist())
        hit, _place, _normal, _face, thing, _matrix = bpy.context.scene.ray_cast(graph, Vector(origin.tolist()), way)
        seen += bool(hit and thing.original == actor.thing)
    return round(seen / probes, 3)


def face_table(mesh: bpy.types.Mesh) -> tuple[Array, Array, Array]:
    """Centres (N, 3), normals (N, 3) and areas (N,) of a mesh's faces, local."""
    count = len(mesh.polygons)
    centres, normals, areas = np.zeros(count * 3), np.zeros(count * 3), np.zeros(count)
    mesh.polygons.foreach_get("center", centres)
    mesh.polygons.foreach_get("normal", normals)
    mesh.polygons.foreach_get("area", areas)
    return centres.reshape(-1, 3), normals.reshape(-1, 3), areas


Box = tuple[float, float, float, float]
Seen = dict[int, tuple[frozenset[tuple[int, int]], float]]  # of an object: what its share depended on, and the share


def frame_boxes(
    actors: Sequence[Actor], camera: Camera, random: np.random.Generator, probes: int = PROBES, seen: Seen | None = None
) -> list[dict[str, Any]]:
    """Boxes of the things in the picture; things that are wholly hidden are left out.

    Args:
        seen: kept from frame to frame: while neither a thing nor what overlaps it moves, its visible share stays.
    """
    found = {actor.number: camera.box(actor.points) if actor.present else None for actor in actors}
    states = {} if seen is None else {actor.number: hash(actor.points.tobytes()) for actor in actors if actor.present}
    boxes = []
    for actor in actors:
        box = found[actor.number]
        if box is None:
            continue
        state = frozenset((number, states[number]) for number, other in found.items() if states and meet(box, other))
        if seen is not None and actor.number in seen and seen[actor.number][0] == state:
            share = seen[actor.number][1]
        else:
            share = visible_share(actor, camera, random, probes)
        if seen is not None:
            seen[actor.number] = state, share
        if share >= 0.02:
            boxes.append({"object": actor.number, "box": [round(side, 1) for side in box], "visible": share})
    return boxes


def meet(box: Box, other: Box | None) -> bool:
    """Whether two boxes overlap; a thing without a box overlaps nothing."""
    return other is not None and box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def inside(polygon: Sequence[Sequence[float]], x: float, y: float) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    result = False
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            result = not result
    return result


def spans(take: Take, number: int, zone: str) -> list[tuple[float, float]]:
    """Times during which the bottom centre of an object's box lies in a zone, as (from, to) seconds."""
    polygon, camera = take.zones[zone]["polygon"], take.story.camera
    result: list[tuple[float, float]] = []
    start = None
    for frame in take.frames:
        anchor = next(
            (
                ((box["box"][0] + box["box"][2]) / 2 / camera.width, (box["box"][3] - 0.5) / camera.height)
                for box in frame["boxes"]
                if box["object"] == number
            ),
            None,
        )
        is_in = anchor is not None and inside(polygon, *anchor)
        if is_in and start is None:
            start = frame["time"]
        if not is_in and start is not None:
            result.append((start, frame["time"]))
            start = None
    if start is not None:
        result.append((start, take.story.duration))
    return result


def traps(take: Take, number: int, scene: Mapping[str, Any], why: str) -> list[dict[str, Any]]:
    """An event for each stay of an object in the zone of a scene that must raise no alarm, and why.

    Args:
        scene: `scene` and `zone` of the events.
    """
    return [
        {**scene, "object": number, "from": start, "to": end, "expected": False, "why": why}
        for start, end in spans(take, number, scene["zone"])
    ]


def standing(story: Story, actor: Vehicle) -> tuple[float, float]:
    """First and last time at which a vehicle that stops stands still."""
    assert actor.motion is not None
    still = []
    for index in range(story.frames):
        stance = actor.motion.stance(index / story.fps)
        if stance is not None and stance.speed < 0.05:
            still.append(index / story.fps)
    return still[0], still[-1]


def truth(story: Story, actors: Sequence[Actor], frames: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole ground truth of the clip as plain data."""
    zones = {name: {"polygon": story.camera.polygon(list(ground))} for name, ground in story.zones.items()}
    return {
        "version": 1,
        "clip": f"{story.name}.mp4",
        "fps": story.fps,
        "width": story.camera.width,
        "height": story.camera.height,
        "seed": story.seed,
        "zones": zones,
        "objects": [{"id": actor.number, "class": actor.kind, "role": actor.role} for actor in actors],
        "frames": frames,
        "events": story.events(Take(story, actors, frames, zones)),
    }
