"""The two clips: what falls when and from which floor, and what else moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from . import plan
from .physics import Path, dart, fall, flutter, glide, rise
from .solids import Form, still_form
from .things import DRAG, bag, balloon, bird, bottle, carton, cloth, flower_pot, insect, leaf

FPS = 25
OUT = -plan.BALCONY_DEPTH  # y of the balconies' edges


@dataclass(frozen=True)
class Mover:
    """Something that moves. `why` says why it is no falling object; it is empty for one that is.

    `spin` is in radians a second; `blur` the lack of focus in pixels; `heading` turns the form about the upright.
    """

    name: str
    path: Path
    form: Form
    why: str = ""
    floor: int = 0
    spin: float = 0.0
    axis: tuple[float, float, float] = (0.3, 1.0, 0.2)
    heading: float = 0.0
    blur: float = 0.0


@dataclass(frozen=True)
class Light:
    """A lamp that is switched on at a time (s) behind the windows of a part of a floor."""

    time: float
    floor: int
    bay: int


@dataclass(frozen=True)
class Story:
    """One clip. `exposure` in seconds; `noise` in grey levels; `target` is the mean grey level of the picture."""

    name: str
    title: dict[str, str]
    seed: int
    duration: float
    exposure: float
    noise: float
    target: float
    movers: list[Mover]
    lights: list[Light]
    rain: float = 0.0
    drops: int = 0
    quality: int = 30
    still: tuple[float, float, float, float] = (1.2, 1.05, 0.0, 0.0)  # sun, sky, exposure, lit flats
    traps: list[tuple[str, float, float]] = field(default_factory=list)  # of the whole picture: why, from, to


def thrown(kind: str, form: Form, time: float, floor: int, x: float, velocity: tuple[float, float, float],
           spin: float) -> Mover:  # fmt: skip
    """A thing that leaves a window or balcony of a floor, 1.2 m above its slab."""
    place = (x, OUT - 0.25, plan.floor_base(floor) + 1.2)
    return Mover(kind, fall(time, place, velocity, DRAG[kind], 0.2), form, "", floor, spin)


def washing(bay: int, floor: int, width: float, length: float, colour: tuple[float, float, float], gusts: float,
            duration: float, shift: float = 0.0) -> Mover:  # fmt: skip
    """Clothes that flap before a balcony for the whole clip."""
    _kind, left, right = plan.bays()[bay]
    place = np.array([(left + right) / 2 + shift, OUT - 0.2, plan.floor_base(floor) + 2.2])
    return Mover("laundry", Path(0.0, duration, np.stack([place, place])), cloth(width, length, colour, gusts),
                 "washing that flaps")  # fmt: skip


def day() -> Story:
    """A bright day: four falls, and everything that moves before a tower on a windy day."""
    random = np.random.default_rng(4101)
    duration = 52.0
    pigeon, crow = bird(0.62, 5.5, (98.0, 94.0, 92.0)), bird(0.95, 3.6, (30.0, 28.0, 28.0))
    dive = [(20, -5, 44), (12, -5, 38), (7, -5, 27), (1, -6, 19), (-10, -7, 16), (-24, -8, 21)]
    movers = [
        thrown("bottle", still_form(bottle()), 9.0, 11, -4.9, (0.5, -0.5, 0.2), 7.0),
        thrown("bag", still_form(bag((40.0, 38.0, 36.0), random)), 19.6, 13, 5.6, (-0.4, -0.7, 0.0), 2.5),
        thrown("carton", still_form(carton()), 31.0, 8, -11.5, (0.3, -0.6, 0.4), 3.2),
        thrown("flower_pot", still_form(flower_pot()), 43.5, 12, 8.7, (0.1, -0.3, 0.0), 2.0),
        washing(2, 10, 0.9, 1.0, (218.0, 214.0, 208.0), 1.0, duration, -0.6),
        washing(2, 10, 0.55, 0.8, (150.0, 96.0, 60.0), 1.1, duration, 0.5),
        washing(6, 6, 1.1, 1.3, (120.0, 128.0, 205.0), 0.9, duration),
        Mover("bird", glide(4.0, [(-24, -9, 24), (-8, -8, 27), (6, -8, 25), (24, -9, 30)], 9.0), pigeon,
              "a bird flies across"),
        Mover("bird", glide(14.5, dive, 10.0), pigeon, "a bird dives down before the front", heading=np.pi),
        Mover("bird", glide(36.0, [(-22, -12, 20), (-9, -11, 33), (2, -11, 29), (22, -12, 36)], 8.0), crow,
              "a bird rises and sinks"),
        Mover("balloon", rise(25.0, (-7.2, OUT - 1.6, 8.0), 2.2, 0.35, 17.0), still_form(balloon()), "a balloon rises",
              spin=0.2, axis=(0.0, 0.0, 1.0)),
    ]  # fmt: skip
    for number, (time, x, z, sink) in enumerate(((6.5, -9.0, 33.0, 1.3), (17.0, 9.5, 40.0, 1.6), (23.0, 2.0, 28.0, 1.2),
                                                 (33.5, 0.5, 41.0, 1.8), (38.5, -6.0, 26.0, 1.1))):  # fmt: skip
        path = flutter(time, (x, OUT - 1.2, z), sink, 0.5, 0.5, 1.7 + 0.2 * number, (z - 7.0) / sink, random)
        colour = ((40.0, 110.0, 165.0), (52.0, 148.0, 190.0), (60.0, 120.0, 105.0))[number % 3]
        movers.append(Mover("leaf", path, leaf(0.26, colour), "a leaf flutters down", spin=4.5,
                            axis=(1.0, 0.4 * number - 0.6, 0.3)))  # fmt: skip
    scrap = flutter(47.0, (3.0, OUT - 2.0, 30.0), 0.5, 1.6, 0.8, 2.6, 5.0, random)
    movers.append(
        Mover("plastic bag", scrap, leaf(0.45, (225.0, 226.0, 226.0)), "an empty bag drifts in the wind", spin=2.2)
    )
    return Story(
        "falling_day", {"zh": "高空抛物：白天，十四层住宅楼", "en": "Falling objects: a tower by day"}, 4101, duration,
        0.006, 0.7, 138.0, movers, [Light(12.5, 7, 3), Light(28.0, 5, 5)], quality=21,
    )  # fmt: skip


def rain() -> Story:
    """Dusk and rain: two falls, drops on the lens, insects before it, lights that go on."""
    random = np.random.default_rng(4203)
    duration = 46.0
    movers = [
        thrown("bag", still_form(bag((212.0, 214.0, 214.0), random)), 15.2, 12, -5.4, (0.5, -0.6, 0.0), 2.4),
        thrown("carton", still_form(carton()), 32.4, 10, 8.4, (-0.3, -0.5, 0.3), 3.0),
        Mover("bird", glide(24.0, [(24, -9, 18), (6, -8, 27), (-8, -8, 24), (-24, -9, 31)], 10.0),
              bird(0.62, 5.5, (52.0, 48.0, 46.0)), "a bird flies across", heading=np.pi),
    ]  # fmt: skip
    for time, x, z, sink in ((8.0, 3.0, 36.0, 1.9), (28.5, -9.5, 30.0, 2.2)):
        movers.append(Mover("leaf", flutter(time, (x, OUT - 1.2, z), sink, 0.4, 0.35, 1.6, (z - 7.0) / sink, random),
                            leaf(0.24, (44.0, 92.0, 120.0)), "a wet leaf comes down", spin=4.0))  # fmt: skip
    for time, span in ((5.0, 1.4), (11.5, 1.1), (21.0, 1.6), (37.0, 1.3), (41.5, 1.2)):
        movers.append(Mover("insect", near_lens(time, span, random), still_form(insect()),
                            "an insect flies close to the lens", spin=3.0, blur=2.6))  # fmt: skip
    return Story(
        "falling_rain", {"zh": "高空抛物：雨中黄昏", "en": "Falling objects: rain at dusk"}, 4203, duration, 0.012, 1.0,
        88.0, movers, [Light(10.0, 8, 5), Light(26.0, 4, 1), Light(35.5, 11, 2)], 0.5, 9, 23, (0.0, 0.16, 1.0, 0.3),
        [("rain falls through the picture", 0.0, duration), ("drops sit on the lens and run down", 0.0, duration)],
    )  # fmt: skip


def near_lens(time: float, span: float, random: np.random.Generator) -> Path:
    """An insect's path some thirty centimetres before the lens."""
    x, y, z = plan.CAMERA.position
    _right, _down, forward = plan.CAMERA.axes()
    middle = (
        np.array([x, y, z]) + forward * 0.32 + np.array([random.uniform(-0.08, 0.08), 0.0, random.uniform(-0.03, 0.05)])
    )
    return dart(time, (float(middle[0]), float(middle[1]), float(middle[2])), 0.16, span, random)


STORIES: dict[str, Callable[[], Story]] = {"falling_day": day, "falling_rain": rain}
