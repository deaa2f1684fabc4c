"""Infrared view of a kindergarten's fence at night: someone climbs in; passers-by, others pass outside."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import bpy
import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Act, Actor, Performer
from scripts.render.animals import CAT, DOG, Animal
from scripts.render.conditions import GroundPlane, cloud_shadow, ground_plane, infrared
from scripts.render.labels import spans, traps
from scripts.render.people import Pose, random_person, walking
from scripts.render.sensor import lens, time_stamp
from scripts.render.story import Lamp, Moment, Picture, Story, Take
from scripts.render.timeline import Motion, Path

from . import _garden as garden
from ._acts import Person, in_turn, stand, stroll, through, walk

SEED = 53077
SHADOWS = (19.0, 26.0)  # a car's headlights push the trees' shadows over the yard
CLIMB = 32.0
PULLING = Pose((0.9, 0.1), (1.2, 0.2), (1.7, 1.6), (0.5, 0.6), lean=0.1)
HAULING = Pose((1.5, 0.4), (1.9, 0.7), (0.9, 0.8), (0.9, 1.0), lean=0.35)
OVER = Pose((1.5, 0.2), (0.9, 0.3), (1.0, 1.2), (0.8, 0.7), lean=0.7)
DROP = Pose((0.5, 0.3), (0.8, 0.7), (-0.5, -0.6), (0.6, 0.5), lean=0.1)
CROUCH = Pose((1.3, 1.1), (1.7, 1.6), (0.7, 0.6), (0.5, 0.6), lean=0.4, rise=-0.3)


def climber() -> Person:
    """Walks to the fence, climbs over it, walks through the yard and waits there."""
    x, fence, up, still = 2.3, garden.FENCE, math.pi / 2, walking(0.0, 0.0)
    over = through((
        (CLIMB, Act(x, fence - 0.4, 0.0, up, still)),
        (CLIMB + 1.0, Act(x, fence - 0.34, 0.1, up, PULLING)),
        (CLIMB + 2.2, Act(x, fence - 0.28, 0.62, up, HAULING)),
        (CLIMB + 3.1, Act(x, fence + 0.02, 0.9, up, OVER)),
        (CLIMB + 3.8, Act(x, fence + 0.45, 0.55, up, DROP)),
        (CLIMB + 4.2, Act(x, fence + 0.6, 0.0, up, CROUCH)),
        (CLIMB + 5.0, Act(x, fence + 0.7, 0.0, up, still)),
    ))  # fmt: skip
    yard = ((x, fence + 0.7), (1.8, 13.0), (-1.5, 15.5), (-3.0, 18.0))
    return in_turn(
        walk(((11.0, 7.2), (6.0, 8.0), (x, 8.6), (x, fence - 0.4)), ((25.0, (11.0, 7.2)), (CLIMB, (x, fence - 0.4)))),
        over,
        walk(yard, ((CLIMB + 5.0, yard[0]), (CLIMB + 13.0, yard[-1]))),
        stand(yard[-1], 120.0, (CLIMB + 13.0, 99.0), 5),
    )


def set_up() -> list[Actor]:
    """Build the yard, its light and who comes by."""
    engine.fresh_scene(SEED)
    garden.build(SEED)
    world.sky(30.0, 0.0, 0.0, 0.02)
    garden.light(4200.0, 420.0)
    bpy.context.scene.view_settings.exposure = 0.6
    people = [random_person(np.random.default_rng(seed)) for seed in (14, 33, 58)]
    cat = Motion(
        Path(((-9.0, 8.6), (-5.5, 9.4), (-4.6, 11.5), (-1.0, 13.5), (3.5, 12.2), (8.0, 13.0)), rounding=2),
        ((9.0, (-9.0, 8.6)), (14.0, (-4.6, 11.5)), (17.5, (-1.0, 13.5)), (18.6, (-1.0, 13.5)), (26.0, (8.0, 13.0))),
    )
    dog = Motion(Path(((12.0, 9.0), (4.0, 9.1), (-10.0, 8.9))), ((35.5, (12.0, 9.0)), (53.0, (-10.0, 8.9))))
    return [
        Performer(1, "intruder", people[0], climber()),
        Performer(2, "passer-by", people[1], stroll(((-11.0, 9.0), (-3.0, 9.45), (11.0, 9.4)), 3.0, 1.15)),
        Performer(3, "passer-by", people[2], stroll(((11.5, 9.3), (0.0, 9.5), (-10.0, 9.3)), 37.0, 1.2)),
        Animal(4, "cat", CAT, cat.stance),
        Animal(5, "dog", DOG, dog.stance),
    ]


@cache
def plane() -> GroundPlane:
    """The ground in the camera's picture."""
    return ground_plane(garden.CAMERA)


def finish(picture: Picture, moment: Moment) -> Picture:
    """Shadows sweep over the yard; then the infrared sensor."""
    way = (moment.seconds - SHADOWS[0]) / (SHADOWS[1] - SHADOWS[0])
    if -0.2 < way < 1.2:
        for lag, wide in ((0.0, 1.1), (3.2, 0.7), (7.5, 1.4)):
            centre = (-14.0 + way * 32.0 - lag, 14.5)
            picture = cloud_shadow(picture, plane(), centre, (wide, 6.5), 0.6)
    soft = lens(picture, 0.6, 0.0)
    return time_stamp(infrared(soft, moment.random, 0.3, 3.2), moment.seconds)


def events(take: Take) -> list[dict[str, Any]]:
    """The climber; animals in the yard, heads over it and shadows are traps."""
    scene = {"scene": "perimeter_intrusion", "zone": "yard"}
    found: list[dict[str, Any]] = []
    for actor in take.actors:
        if actor.role != "intruder":
            found += traps(take, actor.number, scene, "an animal" if isinstance(actor, Animal) else "")
            continue
        for start, end in spans(take, actor.number, "yard"):
            found.append({**scene, "object": 1, "from": start, "to": end, "expected": True})
    for number, (start, end) in {2: (3.5, 21.0), 3: (37.5, 54.0)}.items():
        why = "walks outside; only the head covers the yard in the picture"
        found.append({**scene, "object": number, "from": start, "to": end, "expected": False, "why": why})
    found.append(
        {**scene, "from": SHADOWS[0], "to": SHADOWS[1], "expected": False, "why": "shadows of trees in headlights"}
    )
    return found


STORY = Story(
    name="perimeter_night",
    seed=SEED,
    duration=54.0,
    camera=garden.CAMERA,
    set_up=set_up,
    events=events,
    zones={"yard": garden.YARD},
    lights=(Lamp(*garden.STREET_LAMP, reach=11.0),),
    finish=finish,
    samples=3,
    still_samples=32,
    steady=False,
)
