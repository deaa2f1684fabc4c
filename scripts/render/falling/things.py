"""The things that fall, and the birds, leaves, clothes, balloons and insects that are mistaken for them."""

from __future__ import annotations

import math

import numpy as np

from .physics import drag_factor
from .solids import Colour, Form, Solid, ball, box, sheet, still_form, turned

Place = tuple[float, float, float]


def plain(colour: Colour) -> Colour:
    """The colour itself, for things of one colour."""
    return colour


def bottle() -> Solid:
    """Five-litre bottle of blue plastic with a white label."""
    blue: Colour = (196.0, 92.0, 26.0)
    profile = [(-0.19, 0.07), (-0.17, 0.085), (-0.02, 0.085), (0.07, 0.085), (0.13, 0.05), (0.16, 0.03), (0.19, 0.03)]
    return turned(profile, [blue, blue, (238.0, 236.0, 230.0), blue, blue, (40.0, 40.0, 190.0)])


def bag(colour: Colour, random: np.random.Generator) -> Solid:
    """Tied rubbish bag."""
    return ball((0.25, 0.23, 0.29), lambda _height: colour, 0.08, random)


def carton() -> Solid:
    """Parcel with tape."""
    return box((0.58, 0.42, 0.36), (84.0, 136.0, 186.0), (130.0, 190.0, 220.0))


def flower_pot() -> Solid:
    """Clay pot with earth and a plant."""
    clay: Colour = (40.0, 70.0, 172.0)
    profile = [(-0.18, 0.13), (0.1, 0.19), (0.12, 0.2), (0.17, 0.2), (0.34, 0.15)]
    return turned(profile, [clay, clay, clay, (36.0, 120.0, 52.0)])


# mass in kg, mean area in m² and drag coefficient of a tumbling body of its kind
DRAG = {
    "bottle": drag_factor(4.6, 0.05, 0.9),
    "bag": drag_factor(4.0, 0.22, 0.8),
    "carton": drag_factor(6.0, 0.22, 1.05),
    "flower_pot": drag_factor(7.0, 0.14, 0.8),
}


def bird(span: float, beat: float, colour: Colour) -> Form:
    """Flapping bird that flies to the right or left; `beat` in strokes a second."""
    body = ball((span * 0.22, span * 0.07, span * 0.08), lambda _height: colour)

    def form(time: float) -> Solid:
        stroke = 0.75 * math.sin(2 * math.pi * beat * time)
        corners, faces = [body.corners], list(body.faces)
        colours = list(body.colours)
        for side in (-1.0, 1.0):
            start = sum(len(part) for part in corners)
            tip = (0.5 * span * math.cos(stroke) * side, 0.5 * span * math.sin(stroke))
            corners.append(np.array([
                (span * 0.12, 0.0, 0.0), (-span * 0.12, 0.0, 0.0), (-span * 0.1, tip[0], tip[1]),
                (span * 0.02, tip[0], tip[1]),
            ]))  # fmt: skip
            faces.append((start, start + 1, start + 2, start + 3))
            colours.append(plain((colour[0] * 0.8, colour[1] * 0.8, colour[2] * 0.8)))
        return Solid(np.concatenate(corners), tuple(faces), tuple(colours))

    return form


def leaf(size: float, colour: Colour) -> Form:
    """A dry leaf, bent along its middle."""
    u, v = np.meshgrid(np.linspace(-1, 1, 3), np.linspace(-1, 1, 3))
    grid = np.stack([u * size * 0.5, v * size * 0.32 * (1 - 0.5 * u**2), 0.12 * size * v**2], axis=-1)
    return still_form(sheet(grid, colour))


def cloth(width: float, length: float, colour: Colour, gusts: float) -> Form:
    """Washing that hangs from a line and flaps; its middle is the line's middle."""

    def form(time: float) -> Solid:
        u, v = np.meshgrid(np.linspace(-0.5, 0.5, 5), np.linspace(0, 1, 7))
        blow = gusts * (0.55 + 0.45 * math.sin(time * 0.9 + 1.0) * math.sin(time * 0.37))
        wave = np.sin(2.6 * v - time * 5.2 + 2.0 * u) * v
        x = u * width + 0.10 * blow * np.sin(time * 3.1 + 3 * v) * v + 0.35 * blow * v**2
        y = -0.32 * blow * v**2 - 0.12 * blow * wave
        z = -v * length * (1 - 0.12 * blow * v) + 0.03 * blow * wave
        return sheet(np.stack([x, y, z], axis=-1), colour)

    return form


def balloon() -> Solid:
    """Red balloon with its knot."""
    return ball((0.19, 0.19, 0.24), lambda height: (60.0, 60.0, 120.0) if height < -0.9 else (48.0, 40.0, 205.0))


def insect() -> Solid:
    """A dark fly."""
    return ball((0.0035, 0.002, 0.002), lambda _height: (38.0, 36.0, 34.0))
