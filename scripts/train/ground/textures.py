"""Bare ground cut from real pictures, to lay into real greenery: damage exists nowhere here as real pictures."""

import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.ground.pasting import Floats, Random, noise, soft, spread
from scripts.train.ground.recipe import Recipe
from scripts.train.ground.sources import Mask, Picture, Sample, bits, read

LEAST = 20
"""Side in pixels of the smallest square of soil that is taken."""


def squares_of(picture: Picture, soil: npt.NDArray[np.bool_]) -> list[Picture]:
    """The largest upright square of soil in a picture, if it is large enough."""
    inner = np.pad(soil.astype(np.uint8), 1)
    reach = cv2.distanceTransform(inner, cv2.DIST_C, 3)[1:-1, 1:-1]
    y, x = np.unravel_index(int(reach.argmax()), reach.shape)
    half = int(reach[y, x]) - 1
    if 2 * half < LEAST:
        return []
    return [picture[y - half : y + half, x - half : x + half].copy()]


def textures(recipe: Recipe, samples: list[Sample]) -> list[Picture]:
    """Squares of soil from the given samples, rendered ones left out."""
    soil = bits(["soil"], recipe.classes)
    found = []
    for sample in dict.fromkeys(samples):
        if not recipe["sources"][sample.source].get("rendered"):
            picture, field = read(sample, recipe)
            found += squares_of(picture, field == soil)
    return found


def covering(random: Random, texture: Picture, height: int, width: int) -> Floats:
    """A texture turned and mirrored until it covers (height, width)."""
    side = int(random.uniform(0.25, 0.7) * height)
    piece = cv2.resize(texture, (side, max(int(side * random.uniform(0.5, 1.0)), 8)), interpolation=cv2.INTER_LINEAR)
    piece = np.vstack([np.hstack([piece, piece[:, ::-1]]), np.hstack([piece[::-1], piece[::-1, ::-1]])])
    repeats = (-(-height // piece.shape[0]) + 1, -(-width // piece.shape[1]) + 1, 1)
    whole = np.tile(piece, repeats)
    y, x = int(random.integers(piece.shape[0])), int(random.integers(piece.shape[1]))
    return np.asarray(np.roll(whole, (y, x), axis=(0, 1))[:height, :width], np.float32)


def add_damage(
    random: Random, picture: Picture, field: Mask, bank: list[Picture], classes: list[str]
) -> tuple[Picture, Mask]:
    """Lay bare ground into the greenery of the picture's lower part, as bright as the greenery around it."""
    height, width = field.shape
    green = field == bits(["vegetation"], classes)
    green[: int(height * 0.4)] = False
    if not bank or green.mean() < 0.04:
        return picture, field
    area = spread(random, green, float(random.uniform(0.1, 0.6)))
    if area.sum() < 30:
        return picture, field
    seen = picture.astype(np.float32)
    ground = covering(random, bank[int(random.integers(len(bank)))], height, width)
    level = seen[area].mean() / max(ground[area].mean(), 1.0) * float(random.uniform(0.9, 1.5))
    ground = ground * float(np.clip(level, 0.3, 2.0)) + noise(random, height, width, 25, 2)[:, :, None] * 4
    cover = soft(area, float(random.uniform(0.5, 2.0)))
    damaged = field.copy()
    damaged[area] = bits(["soil"], classes)
    return np.asarray(np.clip(seen * (1 - cover) + ground * cover, 0, 255), np.uint8), damaged
