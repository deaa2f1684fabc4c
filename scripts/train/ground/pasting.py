"""Ponds, wet asphalt, shadows and repairs painted onto the paved ground of real pictures.

Ponds turn paved pixels into water; everything else stays paved and teaches what a pond is not.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.ground.sources import Mask, Picture

Floats = npt.NDArray[np.float32]
Random = np.random.Generator


def noise(random: Random, height: int, width: int, size: float, stretch: float = 1.0, octaves: int = 3) -> Floats:
    """Smooth noise (h, w), mean 0, spread 1; `size` in pixels of the coarsest spots, `stretch` times as wide."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        spot = max(size / 2**octave, 1.5)
        rows, columns = max(round(height / spot), 2), max(round(width / (spot * stretch)), 2)
        coarse = random.normal(size=(rows, columns)).astype(np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    return np.asarray((total - total.mean()) / (total.std() + 1e-6), np.float32)


def spread(random: Random, paved: npt.NDArray[np.bool_], share: float) -> npt.NDArray[np.bool_]:
    """Irregular area that covers about `share` of the paved ground, flattened as seen from a camera.

    Blobs are 2 to 5 times as wide as high and favour a place of their own, as water gathers in a hollow.
    """
    height, width = paved.shape
    stretch = float(random.uniform(2, 5))
    field = noise(random, height, width, height * float(random.uniform(0.15, 0.5)), stretch)
    rows, columns = np.nonzero(paved)
    pick = int(random.integers(len(rows)))
    away = np.hypot(
        (np.arange(width)[None] - columns[pick]) / (width * 0.35),
        (np.arange(height)[:, None] - rows[pick]) / (height * 0.22),
    )
    field = field * float(random.uniform(0.3, 1.0)) - away.astype(np.float32) * float(random.uniform(0.5, 2.0))
    level = np.quantile(field[paved], 1 - share)
    area = ((field > level) & paved).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 3))
    return np.asarray(cv2.morphologyEx(area, cv2.MORPH_OPEN, kernel) > 0)


def soft(area: npt.NDArray[np.bool_], blur: float) -> Floats:
    """Area as opacity (h, w, 1) with an edge of about `blur` pixels."""
    edge = cv2.GaussianBlur(area.astype(np.float32), (0, 0), max(blur, 0.3))
    return np.asarray(edge[:, :, None], np.float32)


def mirror(random: Random, picture: Picture, area: npt.NDArray[np.bool_]) -> Floats:
    """What a level water surface shows: the picture upside down about the water's upper edge, with ripples.

    Each column turns about a line through the area's upper edge, smoothed, so that a reflection hangs from
    the far bank. What lies above the picture is taken as its top row: sky.
    """
    height, width = area.shape
    has = area.any(axis=0)
    top = np.where(has, area.argmax(axis=0), height)
    line = float(np.quantile(top[has], 0.3)) if has.any() else height / 2
    squeeze = float(random.uniform(0.7, 1.6))
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    ripple = noise(random, height, width, float(random.uniform(3, 14)), float(random.uniform(3, 8)), 2)
    strength = float(random.choice([0.3, 1.0, 2.5])) * height / 288
    source = line - (rows - line) * squeeze - float(random.uniform(0, 0.2)) * height + ripple * strength
    sideways = columns + noise(random, height, width, 9, 4, 1) * strength * 0.5
    turned = cv2.remap(picture, sideways, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    blur = float(random.uniform(0.4, 2.5)) * height / 288
    return np.asarray(cv2.GaussianBlur(turned, (0, 0), blur, sigmaY=blur * 2), np.float32)


def pond(random: Random, picture: Picture, area: npt.NDArray[np.bool_]) -> Picture:
    """Water standing on the ground: clear and mirroring, or muddy, brighter with distance (Fresnel)."""
    height, width = area.shape
    seen = picture.astype(np.float32)
    image = mirror(random, picture, area)
    far = 1 - np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    muddy = random.random() < 0.45
    ground = seen[area].mean(axis=0)
    if muddy:
        mud = np.array([random.uniform(60, 130), random.uniform(85, 150), random.uniform(95, 170)])
        level = float(np.clip(ground.mean() / mud.mean(), 0.35, 1.5))
        body = mud.astype(np.float32) * level + noise(random, height, width, 30, 4)[:, :, None] * 5
        gloss = np.clip(float(random.uniform(0.1, 0.4)) + far * 0.35, 0, 0.8)
    else:
        body = cv2.GaussianBlur(seen, (0, 0), 2) * float(random.uniform(0.3, 0.65))
        gloss = np.clip(float(random.uniform(0.35, 0.75)) + far * 0.35, 0, 0.95)
    water = body * (1 - gloss) + image * gloss * float(random.uniform(0.75, 1.05))
    if random.random() < 0.35:  # rain on the surface
        drops = (random.random((height, width)) > 0.993).astype(np.float32) * 255
        rings = cv2.GaussianBlur(drops, (0, 0), 1.6) - cv2.GaussianBlur(drops, (0, 0), 0.8)
        water = water + rings[:, :, None] * float(random.uniform(0.3, 1.2))
    rim = soft(cv2.dilate(area.astype(np.uint8), np.ones((3, 7), np.uint8)) > 0, 3.0)
    damp = seen * (1 - rim * float(random.uniform(0.1, 0.45)))
    cover = soft(area, float(random.uniform(0.5, 1.6)))
    return np.asarray(np.clip(damp * (1 - cover) + water * cover, 0, 255), np.uint8)


def wet(random: Random, picture: Picture, area: npt.NDArray[np.bool_]) -> Picture:
    """Wet but not ponded: darker, with long vertical smears of what stands behind; texture stays."""
    seen = picture.astype(np.float32)
    smear = cv2.GaussianBlur(mirror(random, picture, area), (0, 0), 3, sigmaY=area.shape[0] * 0.06)
    gloss = float(random.uniform(0.05, 0.22))
    damp = seen * float(random.uniform(0.5, 0.8)) * (1 - gloss) + smear * gloss
    cover = soft(area, float(random.uniform(1, 8)))
    return np.asarray(np.clip(seen * (1 - cover) + damp * cover, 0, 255), np.uint8)


def shadow(random: Random, picture: Picture, area: npt.NDArray[np.bool_]) -> Picture:
    """Shadow with a crisp or a soft edge; bluish, as it is lit by the sky."""
    tint = np.array([1.06, 1.0, 0.95], np.float32) * float(random.uniform(0.3, 0.75))
    cover = soft(area, float(random.uniform(0.5, 6)))
    seen = picture.astype(np.float32)
    return np.asarray(np.clip(seen * (1 - cover) + seen * tint * cover, 0, 255), np.uint8)


def patch(random: Random, picture: Picture, area: npt.NDArray[np.bool_]) -> Picture:
    """Flat repair, oil stain or bleached asphalt: one grey with grain, no reflection."""
    height, width = area.shape
    seen = picture.astype(np.float32)
    grey = seen[area].mean(axis=0) * float(random.choice([random.uniform(0.35, 0.7), random.uniform(1.15, 1.6)]))
    grain = random.normal(0, float(random.uniform(2, 9)), (height, width, 1)).astype(np.float32)
    cover = soft(area, float(random.uniform(0.5, 2))) * float(random.uniform(0.5, 0.95))
    return np.asarray(np.clip(seen * (1 - cover) + (grey + grain) * cover, 0, 255), np.uint8)


DECOYS: tuple[Callable[[Random, Picture, npt.NDArray[np.bool_]], Picture], ...] = (wet, shadow, patch)


def add_decoy(random: Random, picture: Picture, paved: npt.NDArray[np.bool_]) -> Picture:
    """Picture with one thing on its paved ground that looks like a pond and is none."""
    area = spread(random, paved, float(random.uniform(0.1, 0.9)))
    if area.sum() < 30:
        return picture
    return DECOYS[int(random.integers(len(DECOYS)))](random, picture, area)


def add_pond(
    random: Random, picture: Picture, field: Mask, paved: npt.NDArray[np.bool_], water: int
) -> tuple[Picture, Mask]:
    """Picture and bit field with a pond on the paved ground; `water` is the bit of that class.

    Small puddles and streets wholly under water are both drawn.
    """
    share = float(random.uniform(0.75, 1.0) if random.random() < 0.2 else random.uniform(0.04, 0.6))
    area = spread(random, paved, share)
    if area.sum() < 30:
        return picture, field
    flooded = field.copy()
    flooded[area] = water
    return pond(random, picture, area), flooded
