"""Vehicles with their lamps lit: where the lamps are, which of them are seen, and their light in a finished picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray
from scripts.render.actors import Vehicle
from scripts.render.camera import Camera
from scripts.render.conditions import Colour, GroundPlane, Picture, beam, glow

Array = NDArray[np.float64]
XENON: Colour = (0.95, 0.98, 1.0)
RED: Colour = (0.12, 0.12, 1.0)
LAMP_HEIGHTS = {"bus": 0.75, "truck": 0.8}


def lamps(vehicle: Vehicle, front: bool) -> Array:
    """Places (2, 3) of the head or tail lamps of a vehicle where it stands now, metres."""
    low, high = vehicle.local.min(axis=0), vehicle.local.max(axis=0)
    x = high[0] - 0.02 if front else low[0] + 0.02
    side = min(high[1], 1.2) * 0.72
    z = LAMP_HEIGHTS.get(vehicle.kind, 0.7) + (0.0 if front else 0.12)
    heading = vehicle.thing.rotation_euler[2]
    cosine, sine = math.cos(heading), math.sin(heading)
    offsets = np.array([(x * cosine - y * sine, x * sine + y * cosine, z) for y in (-side, side)])
    return np.asarray(np.array(vehicle.thing.location) + offsets)


def shines(vehicle: Vehicle, place: Array, front: bool, camera: Camera) -> bool:
    """Whether a lamp is turned to the camera and nothing else stands before it."""
    heading = vehicle.thing.rotation_euler[2] + (0.0 if front else math.pi)
    ray = place - np.array(camera.position)
    distance = float(np.linalg.norm(ray))
    turned = -(ray[0] * math.cos(heading) + ray[1] * math.sin(heading)) / distance
    if turned < 0.15:
        return False
    graph = bpy.context.evaluated_depsgraph_get()
    way = Vector((ray / distance).tolist())
    hit, _place, _normal, _face, thing, _matrix = bpy.context.scene.ray_cast(
        graph, Vector(camera.position), way, distance=distance - 0.15
    )
    return not hit or thing.original == vehicle.thing


def light_beams(picture: Picture, plane: GroundPlane, vehicles: Sequence[Vehicle], strength: float) -> Picture:
    """The road before each vehicle lit by its headlamps."""
    for vehicle in vehicles:
        middle = lamps(vehicle, True).mean(axis=0)
        heading = float(vehicle.thing.rotation_euler[2])
        picture = beam(picture, plane, (float(middle[0]), float(middle[1])), heading, strength, 20.0)
    return picture


def light_lamps(picture: Picture, camera: Camera, vehicles: Sequence[Vehicle], size: float = 0.16) -> Picture:
    """Head and tail lamps that shine into the camera; `size` of a headlamp's core in metres."""
    for vehicle in vehicles:
        for front in (True, False):
            for place in lamps(vehicle, front):
                pixels, depth = camera.project(place[None])
                x, y = pixels[0]
                if depth[0] < 1 or not (-60 < x < camera.width + 60 and -60 < y < camera.height + 60):
                    continue
                if shines(vehicle, place, front, camera):
                    radius = max(1.0, size * (1.0 if front else 0.6) * camera.focal / float(depth[0]))
                    strength, colour = (1.0, XENON) if front else (0.7, RED)
                    picture = glow(picture, [(float(x), float(y))], radius, strength, colour)
    return picture
