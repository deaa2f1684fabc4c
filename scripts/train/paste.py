"""Lays cut-outs into real pictures with believable size, light and shadow (copy-paste: Dwibedi et al., 2017)."""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
from scripts.train.boxes import Floats, Found, Picture, intersections
from scripts.train.cutouts import CutOut

PERSON_METRES = 1.65
HIDDEN = 0.7
LEAST_PIXELS = 14


@dataclasses.dataclass(frozen=True)
class Spot:
    """Where a thing stands: the middle of its foot and its height, in the background's pixels."""

    x: float
    foot: float
    height: float


def spot(background: Picture, people: Floats, thing: CutOut, random: np.random.Generator) -> Spot:
    """A believable place: as large as the people beside it say, else larger the lower in the picture it stands."""
    rows, columns = background.shape[:2]
    metres = float(random.uniform(*thing.height))
    x = float(random.uniform(0.06, 0.94)) * columns
    tall = people[(people[:, 3] - people[:, 1]) > 0.12 * rows]
    if random.random() < 0.25:
        height = float(random.uniform(0.35, 0.9)) * rows
        return Spot(x, min(rows * 1.05, float(random.uniform(0.55, 1.05)) * rows + height / 3), height)
    if len(tall) and random.random() < 0.8:
        person = tall[int(random.integers(len(tall)))]
        size = float(person[3] - person[1])
        foot = float(person[3] + random.normal(0, 0.1) * size)
        height = size * metres / PERSON_METRES * float(random.uniform(0.85, 1.15))
        return Spot(x, float(np.clip(foot, 0.3 * rows, 1.03 * rows)), height)
    foot = float(random.uniform(0.45, 1.04)) * rows
    person_there = rows * float(np.interp(foot / rows, [0.45, 1.04], [0.18, 0.95])) * float(random.uniform(0.7, 1.3))
    return Spot(x, foot, person_there * metres / PERSON_METRES)


def lay(background: Picture, thing: CutOut, place: Spot, random: np.random.Generator) -> tuple[Picture, Floats] | None:
    """Lay a thing into a picture: the new picture and the box of what can be seen; None where that is too little."""
    rows, columns = background.shape[:2]
    height = max(LEAST_PIXELS, round(place.height))
    width = max(6, round(height * thing.alpha.shape[1] / thing.alpha.shape[0]))
    if height > 1.2 * rows or width > 1.2 * columns:
        return None
    how = cv2.INTER_AREA if height < thing.alpha.shape[0] else cv2.INTER_CUBIC
    colours = cv2.resize(thing.colours, (width, height), interpolation=how).astype(np.float32)
    alpha = np.clip(cv2.resize(thing.alpha, (width, height), interpolation=how), 0, 1).astype(np.float32)
    if random.random() < 0.5:
        colours, alpha = colours[:, ::-1], alpha[:, ::-1]
    left, top = round(place.x - width / 2), round(place.foot - height)
    box = np.array([max(0, left), max(0, top), min(columns, left + width), min(rows, top + height)], np.float32)
    seen = float((box[2] - box[0]) * (box[3] - box[1])) / (width * height)
    if seen < 0.45 or min(box[2] - box[0], box[3] - box[1]) < 6:
        return None
    x0, y0, x1, y1 = (int(edge) for edge in box)
    within = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    picture = shaded(background, place, width, height, random)
    ground = picture[y0:y1, x0:x1].astype(np.float32)
    colours = in_this_light(colours[within], alpha[within], ground, random)
    mixed = colours * alpha[within][:, :, None] + ground * (1 - alpha[within][:, :, None])
    picture[y0:y1, x0:x1] = np.clip(mixed, 0, 255).astype(np.uint8)
    return picture, box


def shaded(background: Picture, place: Spot, width: int, height: int, random: np.random.Generator) -> Picture:
    """The picture with a soft dark patch where the thing stands."""
    rows, columns = background.shape[:2]
    depth = max(2, round(width * float(random.uniform(0.12, 0.3))))
    lean = float(random.normal(0, 0.25)) * width
    dark = np.zeros((rows, columns), np.float32)
    middle = (round(place.x + lean), round(place.foot - depth * 0.3))
    cv2.ellipse(dark, middle, (round(width * 0.58), depth), 0, 0, 360, 1.0, -1)
    dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), max(1.0, width * 0.06)), np.float32)
    strength = float(random.uniform(0.15, 0.55))
    return np.asarray(background * (1 - strength * dark[:, :, None]), np.uint8)


def in_this_light(colours: Floats, alpha: Floats, ground: Floats, random: np.random.Generator) -> Floats:
    """The thing's colours under the light, tint, softness and noise of the place."""
    solid = alpha > 0.5
    if not solid.any():
        return colours
    own, there = float(colours[solid].mean()), float(ground.mean())
    gain = float(np.clip(((there + 60) / (own + 60)) ** 0.7, 0.35, 1.6)) * float(random.uniform(0.85, 1.2))
    tint = (ground.mean(axis=(0, 1)) + 40) / (there + 40)
    lit = colours * gain * (1 + 0.5 * (tint - 1))
    if float(ground.std(axis=2).mean()) < 2.5:  # infrared and black-and-white cameras
        lit = np.repeat(lit.mean(axis=2, keepdims=True), 3, axis=2)
    softness = float(random.choice([0.0, 0.5, 0.8, 1.2]))
    if softness:
        lit = cv2.GaussianBlur(np.ascontiguousarray(lit, np.float32), (0, 0), softness)
    return np.asarray(lit + random.normal(0, random.uniform(0, 4), lit.shape), np.float32)


def compose(
    background: Picture, labels: Found, people: Floats, things: Sequence[CutOut], classes: list[str], seed: list[int]
) -> tuple[Picture, Found]:
    """Lay several things into a picture; labels that are mostly hidden behind them go."""
    random = np.random.default_rng(seed)
    picture = background.copy()
    for thing in things:
        done = lay(picture, thing, spot(background, people, thing, random), random)
        if done is None:
            continue
        picture, box = done
        if len(labels):
            sizes = (labels.boxes[:, 2:] - labels.boxes[:, :2]).prod(axis=1)
            labels = labels.where(intersections(labels.boxes, box[None])[:, 0] / np.maximum(sizes, 1) < HIDDEN)
        if thing.class_name is not None:
            number = np.array([classes.index(thing.class_name)], np.int64)
            labels = Found.join([labels, Found(box[None], np.ones(1, np.float32), number)])
    return picture, labels
