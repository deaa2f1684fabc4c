"""Sky, sun, lamps and exposure of one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np

from .graph import Colour, Graph, set_control


@dataclass(frozen=True)
class Sky:
    """Radiance at the horizon and overhead, how far clouds change it, and the sun.

    `sun` is its strength in W/m², `height` in degrees, `softness` its angle in degrees.
    """

    horizon: Colour
    zenith: Colour
    clouds: float
    strength: float
    sun: float
    height: float
    softness: float
    warmth: Colour = (1.0, 0.94, 0.84)


def random_sky(light: str, random: np.random.Generator) -> Sky:
    """Sky of a named light."""
    blue, pale = (0.16, 0.32, 0.66), (0.62, 0.72, 0.84)
    grey = float(random.uniform(0.55, 0.8))
    cover: Colour = (grey, grey * 1.01, grey * 1.03)
    height = float(random.uniform(28, 68))
    if light == "sun":
        return Sky(pale, blue, float(random.uniform(0, 1)), float(random.uniform(0.6, 1.0)),
                   float(random.uniform(2.6, 4.4)), height, 0.6)  # fmt: skip
    if light == "low_sun":
        return Sky((0.8, 0.62, 0.42), blue, float(random.uniform(0, 1)), float(random.uniform(0.35, 0.6)),
                   float(random.uniform(1.4, 2.6)), float(random.uniform(9, 22)), 0.7, (1.0, 0.76, 0.5))  # fmt: skip
    if light == "hazy":
        return Sky((0.78, 0.79, 0.78), (0.5, 0.58, 0.68), 0.3, 1.0, float(random.uniform(0.8, 1.8)), height, 4.0)
    if light in ("overcast", "rain"):
        above: Colour = (grey * 0.85, grey * 0.87, grey * 0.9)
        return Sky(cover, above, 0.35, float(random.uniform(1.0, 1.5)), 0.0, height, 5.0)
    if light == "dusk":
        return Sky((0.55, 0.36, 0.28), (0.10, 0.14, 0.28), 0.5, float(random.uniform(0.12, 0.3)), 0.0, height, 5.0)
    glow: Colour = (0.32, 0.22, 0.14)
    return Sky(glow, (0.04, 0.045, 0.07), 0.3, 0.012 if light == "infrared" else float(random.uniform(0.015, 0.05)),
               0.0, height, 5.0)  # fmt: skip


def set_sky(sky: Sky, random: np.random.Generator) -> None:
    """Replace the scene's sky and sun."""
    scene = bpy.context.scene
    for old in [thing for thing in scene.objects if thing.name.startswith("sun")]:
        bpy.data.objects.remove(old)
    if scene.world is not None:
        bpy.data.worlds.remove(scene.world)
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 128
    graph = Graph(world.node_tree)
    place = graph.node("ShaderNodeTexCoord").outputs["Generated"]
    apart = graph.node("ShaderNodeSeparateXYZ")
    graph.feed(apart.inputs[0], place)
    up = graph.span(apart.outputs["Z"], 0.0, 0.7)
    colour = graph.mix(up, sky.horizon, sky.zenith)
    cloud = graph.span(graph.noise(float(random.uniform(1.5, 4.0)), 5.0, 0.6, place), 0.48, 0.68)
    white = max(sky.horizon)
    colour = graph.mix(graph.math("MULTIPLY", cloud, sky.clouds), colour, (white, white, white * 1.02))
    background = world.node_tree.nodes["Background"]
    graph.feed(background.inputs["Color"], colour)
    background.inputs["Strength"].default_value = sky.strength
    if sky.sun > 0:
        data = bpy.data.lights.new("sun", "SUN")
        data.energy, data.angle, data.color = sky.sun, math.radians(sky.softness), sky.warmth
        sun = bpy.data.objects.new("sun", data)
        sun.rotation_euler = (math.radians(90 - sky.height), 0.0, float(random.uniform(0, 2 * math.pi)))
        scene.collection.objects.link(sun)


def set_light(light: str, lamps: list[bpy.types.Object], random: np.random.Generator) -> None:
    """Sky, lamps, the camera's infrared light and exposure for a named light."""
    set_sky(random_sky(light, random), random)
    dark = light in ("dusk", "night")
    set_control("lamps", {"night": 1.0, "dusk": 0.5, "infrared": 0.15}.get(light, 0.0))
    set_control("infrared", 1.0 if light == "infrared" else 0.0)
    power = float(random.uniform(250, 900)) * (1.0 if light == "night" else 0.5)
    for lamp in lamps:
        lamp.data.energy = power if dark and random.random() < 0.92 else 0.0
    scene = bpy.context.scene
    for old in [thing for thing in scene.objects if thing.name.startswith("infrared")]:
        bpy.data.objects.remove(old)
    if light == "infrared":
        data = bpy.data.lights.new("infrared", "SPOT")
        data.energy, data.spot_size, data.spot_blend = float(random.uniform(2500, 6000)), math.radians(85), 0.7
        data.shadow_soft_size = 0.08
        torch = bpy.data.objects.new("infrared", data)
        torch.matrix_world = scene.camera.matrix_world
        torch.location = scene.camera.location
        torch.rotation_euler = scene.camera.rotation_euler
        scene.collection.objects.link(torch)
    scene.view_settings.exposure = {"night": 1.2, "infrared": 1.0, "dusk": 1.0}.get(light, 0.5)
