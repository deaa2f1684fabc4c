"""Fog, rain, drops, insects, lamps, low sun and red lanterns over real pictures: no smoke and no fire."""

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


def rain(picture: Picture, random: np.random.Generator) -> Picture:
    """Streaks of rain, a grey veil, and a wet street that shines back."""
    rows, columns = picture.shape[:2]
    veil = float(random.uniform(0.0, 0.35))
    base = picture.astype(np.float32) * (1 - veil) + float(random.uniform(60, 150)) * veil
    streaks = np.zeros((rows, columns), np.float32)
    lean = float(random.uniform(-0.35, 0.35))
    for _ in range(int(random.integers(40, 260))):
        x, y, long = random.uniform(0, columns), random.uniform(-0.1, 1) * rows, random.uniform(0.02, 0.12) * rows
        end = (round(float(x + lean * long)), round(float(y + long)))
        cv2.line(streaks, (round(float(x)), round(float(y))), end, float(random.uniform(0.1, 0.6)), 1, cv2.LINE_AA)
    streaks = np.asarray(cv2.GaussianBlur(streaks, (0, 0), float(random.uniform(0.4, 1.2))), np.float32)
    mirror = cv2.GaussianBlur(picture[::-1].astype(np.float32), (0, 0), max(1.0, rows / 40))
    wet = np.interp(np.arange(rows) / rows, [0.5, 1], [0, float(random.uniform(0, 0.3))])[:, None, None]
    return np.asarray(np.clip(base * (1 - wet) + mirror * wet + streaks[:, :, None] * 170, 0, 255), np.uint8)


def flare(picture: Picture, random: np.random.Generator) -> Picture:
    """Headlights that bloom white in the dark, with rays, a haze around them and their ghosts across the picture."""
    rows, columns = picture.shape[:2]
    dark = picture.astype(np.float32) * float(random.uniform(0.15, 0.6))
    light = np.zeros((rows, columns, 3), np.float32)
    for _ in range(int(random.integers(1, 4))):
        middle = (int(random.uniform(0.1, 0.9) * columns), int(random.uniform(0.2, 0.9) * rows))
        size = float(random.uniform(0.01, 0.05)) * columns
        colour = (255, 245, 235) if random.random() < 0.6 else (170, 225, 255)
        for offset in (0, round(size * float(random.uniform(2.5, 5)))):
            at = (middle[0] + offset, middle[1])
            glow(light, at, size, colour, 1.0)
            rays = np.zeros((rows, columns), np.float32)
            for angle in random.uniform(0, np.pi, int(random.integers(1, 5))):
                reach = size * float(random.uniform(4, 14))
                step = (round(float(np.cos(angle)) * reach), round(float(np.sin(angle)) * reach))
                cv2.line(rays, (at[0] - step[0], at[1] - step[1]), (at[0] + step[0], at[1] + step[1]), 0.8, 1)
            light += cv2.GaussianBlur(rays, (0, 0), max(1.0, size / 4))[:, :, None] * np.array(colour, np.float32)
        ghost = (columns - middle[0], rows - middle[1])
        glow(light, ghost, size * 0.7, (120, 160, 120), 0.25)
    haze = cv2.GaussianBlur(light, (0, 0), columns / 8) * float(random.uniform(0, 1.2))
    return np.asarray(np.clip(dark + light + haze, 0, 255), np.uint8)


def drops(picture: Picture, random: np.random.Generator) -> Picture:
    """Drops on the lens: round places where the picture is blurred, upside down and a little brighter."""
    rows, columns = picture.shape[:2]
    upside = cv2.GaussianBlur(picture[::-1].astype(np.float32), (0, 0), max(1.5, columns / 60))
    mask = np.zeros((rows, columns), np.float32)
    for _ in range(int(random.integers(1, 14))):
        size = float(random.uniform(0.01, 0.11)) * columns
        middle = (int(random.uniform(0, columns)), int(random.uniform(0, rows)))
        axes = (max(2, round(size)), max(2, round(size * float(random.uniform(0.8, 1.6)))))
        cv2.ellipse(mask, middle, axes, 0, 0, 360, float(random.uniform(0.5, 1)), -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(1.0, columns / 150)), np.float32)[:, :, None]
    seen = picture * (1 - mask) + np.clip(upside * float(random.uniform(0.9, 1.3)) + 12, 0, 255) * mask
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def insects(picture: Picture, random: np.random.Generator) -> Picture:
    """Moths, snow and spider threads that a lamp beside the lens makes shine, out of focus."""
    rows, columns = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) * float(random.uniform(0.4, 0.9))
    shine = np.zeros((rows, columns), np.float32)
    for _ in range(int(random.integers(2, 30))):
        size = float(random.uniform(0.003, 0.03)) * columns
        middle = (int(random.uniform(0, columns)), int(random.uniform(0, rows)))
        axes = (max(1, round(size * float(random.uniform(1, 6)))), max(1, round(size)))
        cv2.ellipse(shine, middle, axes, float(random.uniform(0, 180)), 0, 360, float(random.uniform(40, 230)), -1)
    for _ in range(int(random.integers(0, 3))):
        ends = [(int(random.uniform(0, columns)), int(random.uniform(0, rows))) for _ in range(2)]
        cv2.line(shine, ends[0], ends[1], float(random.uniform(40, 160)), max(1, columns // 200), cv2.LINE_AA)
    shine = np.asarray(cv2.GaussianBlur(shine, (0, 0), max(1.0, columns / float(random.uniform(60, 300)))), np.float32)
    return np.repeat(np.clip(grey + shine, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


LOOKS = (fog, lamps, low_sun, lanterns, rain, flare, drops, insects)


def look_alike(picture: Picture, seed: list[int]) -> Picture:
    """The picture under one of the weathers or lights that fool a smoke detector."""
    random = np.random.default_rng(seed)
    return LOOKS[int(random.integers(len(LOOKS)))](picture, random)
