"""Lamps of a scene."""

from __future__ import annotations

import math

import bpy

from .camera import Camera
from .mesh import place

Place = tuple[float, float, float]
Colour = tuple[float, float, float]


def point_lamp(label: str, at: Place, power: float, colour: Colour, radius: float) -> bpy.types.Light:
    """Lamp that shines to all sides; `power` in watts."""
    lamp = bpy.data.lights.new(label, "POINT")
    lamp.energy, lamp.color, lamp.shadow_soft_size = power, colour, radius
    place(lamp, label).location = at
    return lamp


def area_lamp(
    label: str, at: Place, size: tuple[float, float], power: float, colour: Colour, turn: Place = (0.0, 0.0, 0.0)
) -> bpy.types.Light:
    """Soft lamp of a width and height that shines down unless turned (degrees); `power` in watts."""
    lamp = bpy.data.lights.new(label, "AREA")
    lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", *size
    lamp.energy, lamp.color = power, colour
    thing = place(lamp, label)
    thing.location = at
    thing.rotation_euler = tuple(math.radians(part) for part in turn)
    return lamp


def infrared_lamp(opening: float, blend: float, radius: float, power: float = 0.0) -> bpy.types.Object:
    """A camera's own lamp with an opening in degrees; `as_the_camera` turns it."""
    lamp = bpy.data.lights.new("infrared", "SPOT")
    lamp.spot_size, lamp.spot_blend, lamp.shadow_soft_size = math.radians(opening), blend, radius
    lamp.energy = power
    return place(lamp, "infrared")


def as_the_camera(thing: bpy.types.Object, camera: Camera, place_: Place | None = None) -> None:
    """Stand where the camera is (or at a place beside it) and look where it looks."""
    thing.location = place_ or camera.position
    thing.rotation_euler = (math.radians(90 + camera.pitch), 0.0, -math.radians(camera.yaw))
