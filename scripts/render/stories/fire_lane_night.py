"""A rainy night: cartons and a barrier are left in the fire lane; headlights and wet reflections are no obstacle."""

from __future__ import annotations

from functools import cache
from typing import Any

import bpy
import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor, Performer, Prop, Vehicle
from scripts.render.cars import car
from scripts.render.conditions import GroundPlane, grain, ground_plane, rain, wet
from scripts.render.labels import traps
from scripts.render.materials import material
from scripts.render.mesh import Shape
from scripts.render.people import random_person
from scripts.render.sensor import lens, time_stamp
from scripts.render.story import Lamp, Mirror, Moment, Picture, Story, Take

from . import _compound as compound
from ._acts import Person, ahead, drive, in_turn, pushing, stroll, walk
from ._traffic import light_beams, light_lamps

SEED = 31977
CARTONS, BARRIER = 19.0, 33.0  # when they stand
THROUGH = ((2.5, (0.0, 56.0)), (6.5, (0.0, 24.0)), (9.0, (0.0, 4.0)), (10.5, (0.0, -9.0)))
FAR = (
    (36.0, (0.3, 70.0)), (40.0, (0.3, 48.0)), (42.5, (-1.6, 43.0)), (44.5, (-3.6, 47.0)), (44.6, (-3.6, 47.0)),
)  # fmt: skip


def barrier() -> bpy.types.Mesh:
    """Red and white barrier of plastic, 1.4 m wide, across the way it is pushed."""
    shape = Shape()
    for index, y in enumerate(np.linspace(-0.7, 0.42, 5)):
        shape.box((-0.07, y, 0.25), (0.07, y + 0.28, 0.95), "sign_red" if index % 2 else "white")
    for y in (-0.6, 0.6):
        shape.box((-0.3, y - 0.06, 0), (0.3, y + 0.06, 0.1), "sign_red")
        shape.box((-0.05, y - 0.05, 0.1), (0.05, y + 0.05, 0.26), "sign_red")
    return shape.mesh("barrier", 30)


def leaver(place: tuple[float, float], stop: float, from_left: bool) -> Person:
    """Pushes something along the lane, leaves it at a place and walks off."""
    x, y = place
    start = (-5.8, 30.0) if from_left else (5.2, 34.0)
    turn = (-2.8, 26.5) if from_left else (2.6, 27.8)
    come = ((start), turn, (x, y + 6.5), (x, y - 4.0))
    keys = ((stop - 11.0, start), (stop - 4.6, turn), (stop, place), (stop + 0.9, place))
    off = walk((place, (x - 1.4, y + 1.6), (-5.4, y + 4.0), (-6.0, 36.0)),
               ((stop + 0.95, place), (stop + 13.5, (-6.0, 33.0))))  # fmt: skip
    return in_turn(walk(come, keys, manner=pushing), off)


def set_up() -> list[Actor]:
    """Build the compound by the light of its lamps."""
    engine.fresh_scene(SEED)
    compound.build(SEED)
    world.sky(30.0, 0.0, 0.0, 0.045)
    compound.light_lamps(620.0)
    for name in ("asphalt", "yellow_marking"):
        material(name).node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.32
    bpy.context.scene.view_settings.exposure = 1.0
    first, second, third, fourth = (random_person(np.random.default_rng(seed)) for seed in (24, 71, 35, 36))
    with_cartons = leaver((-0.6, 14.0), CARTONS, False)
    with_barrier = leaver((1.0, 13.0), BARRIER, True)
    return [
        Prop(1, "car", "passing", car("suv", "metallic:7d858c"), drive(((0.0, 60.0), (0.0, -12.0)), THROUGH)),
        Prop(2, "car", "passing", car("sedan", "paint:1c1d20"),
             drive(((0.3, 74.0), (0.3, 46.0), (-3.6, 42.0), (-3.6, 48.0)), FAR, stays=True)),
        Performer(3, "carrier", first, with_cartons),
        Prop(4, "carton", "cartons", compound.trolley(9), ahead(with_cartons, 1.25, CARTONS)),
        Performer(5, "carrier", second, with_barrier),
        Prop(6, "barrier", "barrier", barrier(), ahead(with_barrier, 0.6, BARRIER)),
        Performer(7, "walker", third, stroll(((-6.0, -3.0), (-6.2, 44.0)), 0.5, 1.4)),
        Performer(8, "walker", fourth, stroll(((5.2, 40.0), (5.3, 3.0)), 24.0, 1.4)),
        *compound.parked(9),
    ]  # fmt: skip


@cache
def plane() -> GroundPlane:
    """The ground in the camera's picture."""
    return ground_plane(compound.CAMERA)


def finish(picture: Picture, moment: Moment) -> Picture:
    """Headlights, wet ground, rain, a sensor at high gain."""
    lit = [
        actor for actor in moment.actors
        if isinstance(actor, Vehicle) and actor.role == "passing" and actor.present and moment.seconds < 47.0
    ]  # fmt: skip
    picture = light_beams(picture, plane(), lit, 2.2)
    picture = light_lamps(picture, compound.CAMERA, lit)
    picture = wet(picture, plane().distance < 60.0, 0.6)
    picture = rain(picture, 0.6, moment.random, -0.1)
    return time_stamp(grain(lens(picture), moment.random, 3.0), moment.seconds)


def events(take: Take) -> list[dict[str, Any]]:
    """What is left stands to the end; the car that drives through, headlights and people are traps."""
    scene = {"scene": "fire_lane_blocked", "zone": "lane"}
    found: list[dict[str, Any]] = [
        {**scene, "object": 4, "from": CARTONS, "to": take.story.duration, "expected": True},
        {**scene, "from": 2.5, "to": 6.5, "expected": False, "why": "headlights and their reflections come nearer"},
    ]
    for actor in take.actors:
        why = {"passing": "drives through", "walker": "walks through", "carrier": "walks in the lane"}.get(actor.role)
        if why:
            found += traps(take, actor.number, scene, why)
    return found


STORY = Story(
    name="fire_lane_night",
    seed=SEED,
    duration=50.0,
    camera=compound.CAMERA,
    set_up=set_up,
    events=events,
    zones={"lane": compound.LANE},
    lights=(*(Lamp(x, y, compound.LAMP_HEIGHT, 6.0) for x, y in compound.LAMPS), Mirror()),
    finish=finish,
    samples=2,
    still_samples=14,
    probes=60,
)
