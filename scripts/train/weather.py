"""Fog, lamps, low sun and red lanterns over real pictures: what must not be taken for smoke or fire."""

import cv2
import numpy as np
from scripts.train.boxes import Floats, Picture


def fog(picture: Picture, random: np.random.Generator) -> Picture:
    """Haze that thickens with distance, here with height in the picture (Koschmieder's law with a made-up depth)."""
    rows, columns = picture.shape[:2]
    far = np.interp(np.arange(rows) / rows, [0, float(random.uniform(0.3, 0.6)), 1], [1.0, 0.8, 0.15])
    patches = cv2.resize(random.random((5, 7)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
    depth = far[:, None] * (0.85 + 0.3 * patches)
    through = np.exp(-depth * float(random.uniform(0.5, 2.2)))[:, :, None]
    air = float(random.uniform(150, 235)) + random.normal(0, 4, 3)
    return np.asarray(np.clip(picture * through + air * (1 - through), 0, 255), np.uint8)


def lamps(picture: Picture, random: np.random.Generator) -> Picture:
    """A darkened picture with street lamps, headlights and signs that glow."""
    rows, columns = picture.shape[:2]
    dark = picture.astype(np.float32) * float(random.uniform(0.25, 0.7))
    light = np.zeros((rows, columns, 3), np.float32)
    for _ in range(int(random.integers(2, 9))):
        colour = [(200, 235, 255), (120, 190, 255), (60, 140, 255), (40, 40, 255), (255, 250, 245)][random.integers(5)]
        middle = (int(random.uniform(0, columns)), int(random.uniform(0.05, 0.75) * rows))
        size = float(random.uniform(0.006, 0.035)) * columns
        glow(light, middle, size, colour, float(random.uniform(0.4, 1.0)))
        if random.random() < 0.4:  # headlights come in pairs
            glow(light, (middle[0] + round(size * 3.5), middle[1]), size, colour, 0.9)
    return np.asarray(np.clip(dark + light, 0, 255), np.uint8)


def glow(light: Floats, middle: tuple[int, int], size: float, colour: tuple[int, int, int], strength: float) -> None:
    """Add a bright core with a halo to `light` (h, w, 3), in place."""
    core = np.zeros(light.shape[:2], np.float32)
    cv2.circle(core, middle, max(1, round(size)), 1.0, -1)
    halo = cv2.GaussianBlur(core, (0, 0), max(1.0, size * 2.5)) * 3
    bloom = np.clip(cv2.GaussianBlur(core, (0, 0), 1.2) + halo, 0, 1.4)
    light += bloom[:, :, None] * np.array(colour, np.float32) * strength


def low_sun(picture: Picture, random: np.random.Generator) -> Picture:
    """Sunset: a warm cast and a large glow near the horizon."""
    rows, columns = picture.shape[:2]
    warm = picture.astype(np.float32) * np.array([0.55, 0.8, 1.15], np.float32) * float(random.uniform(0.6, 1.0))
    light = np.zeros((rows, columns, 3), np.float32)
    middle = (int(random.uniform(0, columns)), int(random.uniform(0.0, 0.35) * rows))
    glow(light, middle, float(random.uniform(0.03, 0.09)) * columns, (90, 190, 255), 1.0)
    sky = np.interp(np.arange(rows) / rows, [0, 0.4, 0.6], [0.55, 0.35, 0])[:, None, None]
    return np.asarray(np.clip(warm + light + sky * np.array([40, 110, 210]), 0, 255), np.uint8)


def lanterns(picture: Picture, random: np.random.Generator) -> Picture:
    """Red lanterns and red signs that shine."""
    rows, columns = picture.shape[:2]
    painted = (picture.astype(np.float32) * float(random.uniform(0.4, 1.0))).astype(np.uint8)
    light = np.zeros((rows, columns, 3), np.float32)
    y, x = int(random.uniform(0.08, 0.5) * rows), int(random.uniform(0.05, 0.9) * columns)
    for _ in range(int(random.integers(1, 6))):
        size = float(random.uniform(0.015, 0.05)) * columns
        x += round(size * 3)
        red = tuple(int(value) for value in (random.uniform(10, 50), random.uniform(20, 90), random.uniform(190, 255)))
        if random.random() < 0.6:
            cv2.ellipse(painted, (x, y), (round(size), round(size * 0.85)), 0, 0, 360, red, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(painted, (x, y), (x + round(size * 3), y + round(size)), red, -1)
        glow(light, (x, y), size * 0.8, (20, 60, 200), float(random.uniform(0.1, 0.5)))
    return np.asarray(np.clip(painted + light, 0, 255), np.uint8)


LOOKS = (fog, lamps, low_sun, lanterns)


def look_alike(picture: Picture, seed: list[int]) -> Picture:
    """The picture under one of the weathers or lights that fool a smoke detector."""
    random = np.random.default_rng(seed)
    return LOOKS[int(random.integers(len(LOOKS)))](picture, random)
