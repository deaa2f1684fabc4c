"""Turns a sample into a training crop: pasting, scale, crop, mirror, and the ways a camera sees badly."""

import cv2
import numpy as np
from scripts.train.ground.pasting import Random, add_decoy, add_pond, noise
from scripts.train.ground.recipe import Recipe
from scripts.train.ground.sources import Mask, Picture, bits
from scripts.train.ground.textures import add_damage


def crop(
    random: Random, picture: Picture, field: Mask, width: int, height: int, most: float = 2.2
) -> tuple[Picture, Mask]:
    """Scaled, mirrored and cut to (height, width); what lies beyond the picture is grey and ignored.

    `most` is the largest scale, where 1 shows just the whole picture.
    """
    rows, columns = field.shape
    whole = min(width / columns, height / rows)
    scale = whole * float(np.exp(random.uniform(np.log(0.8), np.log(most))))
    bend = float(np.exp(random.uniform(-0.15, 0.15)))
    turn = float(random.normal(0, 2.5))
    x = float(random.uniform(0, columns)) if scale > whole else columns / 2
    y = float(random.uniform(0.15 * rows, rows)) if scale > whole else rows / 2
    mapped = cv2.getRotationMatrix2D((x, y), turn, 1.0)
    mapped[0] *= scale * bend * float(random.choice([-1, 1]))
    mapped[1] *= scale
    place = mapped @ np.array([columns / 2, rows / 2, 1])
    slack = np.maximum(np.array([columns * scale * bend - width, rows * scale - height]) / 2, 0)
    shift = random.uniform(-slack - 1, slack + 1) if scale > whole else np.zeros(2)
    mapped[:, 2] += np.array([width, height]) / 2 - place + shift
    size = (width, height)
    quality = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.warpAffine(picture, mapped, size, flags=quality, borderValue=(114, 114, 114))
    marked = cv2.warpAffine(field, mapped, size, flags=cv2.INTER_NEAREST, borderValue=(0,))
    return np.asarray(seen, np.uint8), np.asarray(marked, np.uint8)


def light(random: Random, picture: Picture) -> Picture:
    """Exposure, gamma, contrast, colour cast and saturation."""
    seen = picture.astype(np.float32) / 255
    seen = np.power(seen, float(np.exp(random.normal(0, 0.35))))
    seen = (seen - 0.5) * float(random.uniform(0.6, 1.35)) + 0.5 + float(random.normal(0, 0.06))
    seen = seen * np.exp(random.normal(0, 0.08, 3)).astype(np.float32)
    grey = seen.mean(axis=2, keepdims=True)
    seen = grey + (seen - grey) * float(random.uniform(0.3, 1.5))
    return np.asarray(np.clip(seen * 255, 0, 255), np.uint8)


def night(random: Random, picture: Picture) -> Picture:
    """Dark, with the warm pool of a lamp and the noise of a sensor at its limit."""
    height, width = picture.shape[:2]
    x, y = random.uniform(0, width), random.uniform(0, height)
    reach = random.uniform(0.3, 0.9) * width
    pool = np.exp(-(((np.arange(width)[None] - x) ** 2 + (np.arange(height)[:, None] - y) ** 2) / reach**2))
    level = random.uniform(0.08, 0.3) + pool[:, :, None] * random.uniform(0.1, 0.6)
    cast = np.array([random.uniform(0.5, 1.1), random.uniform(0.75, 1.0), 1.0])
    grain = random.normal(0, random.uniform(2, 10), picture.shape)
    return np.asarray(np.clip(picture * level * cast + grain, 0, 255), np.uint8)


def infrared(random: Random, picture: Picture, plants: Mask) -> Picture:
    """Grey infrared picture: plants are bright in it, the corners are dark."""
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    grey *= 1 + cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 1) * float(random.uniform(0, 1.0))
    x, y = (np.arange(width) - width / 2) / width, (np.arange(height) - height / 2) / height
    grey *= 1 - float(random.uniform(0, 1.4)) * (x[None] ** 2 + y[:, None] ** 2)
    grey = grey * float(random.uniform(0.4, 1.1)) + random.normal(0, float(random.uniform(1, 7)), grey.shape)
    return np.asarray(np.repeat(np.clip(grey, 0, 255)[:, :, None], 3, axis=2), np.uint8)


def without_filter(random: Random, picture: Picture, plants: Mask) -> Picture:
    """Day picture of a camera whose infrared filter is open: plants turn pink, all else violet."""
    seen = picture.astype(np.float32)
    mean = seen.mean(axis=2, keepdims=True)
    pink = mean * np.array([1.0, 0.75, 1.25]) * float(random.uniform(0.9, 1.5)) + 10
    cover = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 0.7)[:, :, None] * float(random.uniform(0.6, 1))
    seen = seen * (1 - cover) + pink * cover
    seen = seen * np.array([1.08, 0.9, 1.05])
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def weather(random: Random, picture: Picture) -> Picture:
    """Rain streaks, or haze that grows towards the horizon."""
    height, width = picture.shape[:2]
    seen = picture.astype(np.float32)
    if random.random() < 0.5:
        drops = (random.random((height, width)) > random.uniform(0.97, 0.995)).astype(np.float32)
        length = int(random.integers(7, 19))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (int(random.integers(length)), 0), (length // 2, length - 1), (1,), 1)
        streaks = cv2.filter2D(drops, -1, kernel / kernel.sum())
        seen = seen * 0.85 + streaks[:, :, None] * float(random.uniform(150, 500)) + 12
    else:
        depth = np.clip(1 - np.abs(np.linspace(0, 1, height) - random.uniform(0.2, 0.5)) * 1.5, 0, 1)
        veil = depth[:, None, None] * float(random.uniform(0.15, 0.6))
        veil = veil * (1 + 0.1 * noise(random, height, width, 60, 2)[:, :, None])
        seen = np.asarray(seen * (1 - veil) + float(random.uniform(150, 235)) * veil, np.float32)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def wear(random: Random, picture: Picture) -> Picture:
    """Blur, low resolution or strong compression."""
    kind = int(random.integers(4))
    height, width = picture.shape[:2]
    if kind == 0:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(random.uniform(0.5, 1.8))), np.uint8)
    if kind == 1:
        part = float(random.uniform(0.35, 0.8))
        small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    if kind == 2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 60))]
        return np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    grain = random.normal(0, float(random.uniform(3, 14)), picture.shape)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def staged(random: Random, picture: Picture, field: Mask, recipe: Recipe, bank: list[Picture]) -> tuple[Picture, Mask]:
    """What is laid into the picture: a decoy, a pond, bare ground in the greenery."""
    chances = recipe["pasting"]
    paved = field == bits(["paved"], recipe.classes)
    if paved.mean() > chances["least_paved"]:
        if random.random() < chances["decoy"]:
            picture = add_decoy(random, picture, paved)
        if random.random() < chances["pond"]:
            picture, field = add_pond(random, picture, field, paved, bits(["water"], recipe.classes))
    if random.random() < chances["damage"]:
        picture, field = add_damage(random, picture, field, bank, recipe.classes)
    return picture, field


def training_crop(
    random: Random, picture: Picture, field: Mask, recipe: Recipe, bank: list[Picture], most: float = 2.2
) -> tuple[Picture, Mask]:
    """One crop (height, width) with its bit field, drawn anew each time; `bank` holds textures of bare ground."""
    training = recipe["training"]
    seen, marked = crop(random, picture, field, int(training["width"]), int(training["height"]), most)
    seen, marked = staged(random, seen, marked, recipe, bank)
    plants = (marked == bits(["vegetation"], recipe.classes)).astype(np.uint8)
    way = random.random()
    if way < 0.12:
        seen = infrared(random, seen, plants)
    elif way < 0.24:
        seen = night(random, seen)
    elif way < 0.34:
        seen = without_filter(random, light(random, seen), plants)
    elif way < 0.85:
        seen = light(random, seen)
    if random.random() < 0.12:
        seen = weather(random, seen)
    if random.random() < 0.35:
        seen = wear(random, seen)
    return seen, marked
