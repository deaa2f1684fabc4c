"""Light of rooms: a little of it from everywhere, lamps that are turned up and down, infrared; and how it is taken."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from scripts.render import world
from scripts.render.camera import Camera
from scripts.render.lights import as_the_camera, infrared_lamp

from .rooms import Room


def room_sky(strength: float) -> None:
    """Little even light in a closed room, with corners darkened by nearness of walls."""
    world.sky(40, 0, 0, strength)
    scene = bpy.context.scene
    scene.cycles.use_fast_gi = True
    scene.cycles.fast_gi_method = "REPLACE"
    scene.cycles.ao_bounces_render = 1
    scene.world.light_settings.distance = 3.0


def coarse_sky() -> None:
    """Sample the sky coarsely: it is smooth, and a finer map costs more than a small picture."""
    cycles = bpy.context.scene.world.cycles
    cycles.sampling_method = "MANUAL"
    cycles.sample_map_resolution = 64


@dataclass(frozen=True)
class Look:
    """How a picture is lit and taken; `bend` is the strength of barrel distortion."""

    night: bool
    infrared: bool
    lamps: float
    bend: float
    softness: float
    noise: float
    target: float
    quality: int


def random_look(random: np.random.Generator, room: Room) -> Look:
    """Lamps on, dim, or infrared at night, with a better or worse camera."""
    kind = random.random()
    infrared, night = kind < 0.12, kind < 0.26
    lamps = 0.0 if infrared else float(random.uniform(0.1, 0.4) if night else random.uniform(0.5, 1.6))
    bend = float(random.uniform(0.08, 0.4)) if random.random() < (0.7 if room.kind == "lift" else 0.3) else 0.0
    target = random.uniform(55, 105) if infrared else random.uniform(38, 75) if night else random.uniform(80, 140)
    noise = random.uniform(2.5, 8.0) if night else random.uniform(0.6, 3.5)
    return Look(
        night,
        infrared,
        lamps,
        bend,
        float(random.uniform(0.3, 1.2)),
        float(noise),
        float(target),
        int(random.integers(62, 95)),
    )


class Lighting:
    """Lamps of a room that are turned up and down from picture to picture."""

    def __init__(self, random: np.random.Generator, room: Room) -> None:
        self.room = room
        self.energies = [lamp.energy for lamp in room.lamps]
        if room.outdoors:
            world.sky(random.uniform(18, 65), random.uniform(0, 360), random.uniform(0, 3.8), random.uniform(0.5, 1.1))
        else:
            room_sky(0.3)
        coarse_sky()
        self.sky = bpy.context.scene.world.node_tree.nodes["Background"].inputs["Strength"]
        self.day = float(self.sky.default_value)
        self.suns = [(light, light.energy) for light in bpy.data.lights if light.type == "SUN"]
        self.spot = infrared_lamp(95, 0.9, 0.03)

    def set(self, look: Look, camera: Camera) -> None:
        """Light a picture."""
        for lamp, energy in zip(self.room.lamps, self.energies, strict=True):
            lamp.energy = energy * look.lamps
        for sun, energy in self.suns:
            sun.energy = 0.0 if look.night else energy
        self.sky.default_value = self.day * (0.2 if look.infrared else 0.12 if look.night else 1.0)
        self.spot.data.energy = 700.0 * (1 + self.room.depth / 4) if look.infrared else 0.0
        as_the_camera(self.spot, camera)
