"""Cues that tell standing water from wet, shaded or merely other ground, cell by cell, against a dry reference.

No cue suffices alone: the segmenter misses clear puddles, water may be brighter (sky) or darker (houses) than the
road, and a shadow changes brightness as much as a pond does. So each cue becomes a number and a logistic
regression weighs them (``scripts/train/ground/ponding.py`` fits it; its figures are in docs/scenes/waterlogging.md).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.reference.glance import FINE, Plane, Sample

WATER, COLOUR, DETAIL, FLOODED = "water", "colour", "detail", "flooded"

CUES = ("water_more", "darker_around", "tint_around", "structure_lost", "texture", "flooded_more")
"""Names of the cues, in the order of the weights."""

_AROUND = 2.0  # spread in cells of what is called 'around'
_FADED = 0.03  # contrast (of the logarithm of brightness) that noise alone has
_WINDOW = 7.0  # spread in pixels of the window in which structure is compared


def planes_of(sample: Sample) -> dict[str, Plane]:
    """What the reference keeps: water already there, colours, the fine brightness of each cell, and the whole picture's
    score of a flood where the segmenter gives one."""
    kept = {WATER: sample.classes["water"], COLOUR: sample.colours, DETAIL: sample.detail}
    if sample.flooded is not None:
        kept[FLOODED] = np.full_like(sample.classes["water"], sample.flooded)
    return kept


def cues_of(reference: dict[str, Plane], sample: Sample) -> npt.NDArray[np.float32]:
    """The cues of each cell, rows x columns x len(CUES)."""
    known = np.asarray(sample.window.weights * ~sample.unknown, np.float32)
    outside = (sample.window.weights == 0) & ~sample.unknown
    water = _around(sample.classes["water"], known)
    change = np.log(sample.colours.mean(axis=2) + 8) - np.log(reference[COLOUR].mean(axis=2) + 8)
    rest = change - _trend(change, known * (1 - sample.classes["water"]))
    tint = _tint_change(reference[COLOUR], sample.colours, known)
    lost, texture = _structure(reference[DETAIL], sample.detail, np.maximum(known, outside).astype(np.float32))
    cues = {
        # Only what has been added: the segmenter errs at the same places every day.
        "water_more": np.maximum(water - _around(reference[WATER], known), 0),
        "darker_around": _around(np.asarray(np.maximum(-rest, 0), np.float32), known),
        "tint_around": 10 * _around(tint, known),
        # Rain, haze and noise change everything; ripples, mirror images and mud only the water.
        "structure_lost": lost - _middle(lost, outside),
        "texture": texture - _middle(texture, outside),
        "flooded_more": _flooded_more(reference, sample),
    }
    return np.stack([np.asarray(cues[name], np.float32) for name in CUES], axis=-1)


@dataclass(frozen=True)
class Weighing:
    """A logistic regression over the cues."""

    bias: float
    weights: tuple[float, ...]

    def probability(self, cues: npt.NDArray[np.float32]) -> Plane:
        """Probability of standing water for each cell."""
        score = self.bias + cues @ np.asarray(self.weights, np.float32)
        return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), np.float32)


def mirroring(cues: npt.NDArray[np.float32]) -> Plane:
    """How far the ground has become much rougher and of another tint at once, 0 to 1.

    For the night, when the segmenter alone is not believed, as any shine may be water to it: lamps stand still, so that
    a lasting change of both is one of the ground, and a road that only grows wet shows less of it. By day a repair does
    the same.
    """
    rougher = np.clip((cues[..., CUES.index("texture")] - 0.5) / 0.5, 0, 1)
    tinted = np.clip((cues[..., CUES.index("tint_around")] - 0.5) / 0.4, 0, 1)
    return np.asarray(rougher * tinted, np.float32)


def agreeing(cues: npt.NDArray[np.float32]) -> Plane:
    """How far a place has become water while the whole picture has become flooded, 0 to 1.

    For the night as well: each alone is led astray by lamps in a wet road, both at once seldom.
    """
    place = np.clip(cues[..., CUES.index("water_more")] / 0.5, 0, 1)
    picture = np.clip((cues[..., CUES.index("flooded_more")] - 0.15) / 0.35, 0, 1)
    return np.asarray(place * picture, np.float32)


def _flooded_more(reference: dict[str, Plane], sample: Sample) -> Plane:
    """By how much more the whole picture looks flooded than on a dry day; 0 where that is not known of either."""
    if sample.flooded is None or FLOODED not in reference:
        return np.zeros_like(sample.classes["water"])
    return np.asarray(np.maximum(sample.flooded - reference[FLOODED], 0), np.float32)


def _middle(plane: Plane, there: npt.NDArray[np.bool_]) -> float:
    """Median over some cells; 0 where there are none."""
    return float(np.median(plane[there])) if there.any() else 0.0


def _around(plane: Plane, known: Plane) -> Plane:
    """Mean of what is known about each cell."""
    total = cv2.GaussianBlur(plane * known, (0, 0), _AROUND, borderType=cv2.BORDER_CONSTANT)
    weight = cv2.GaussianBlur(known, (0, 0), _AROUND, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(total / np.maximum(weight, 1e-3), np.float32)


def _trend(change: Plane, known: Plane) -> Plane:
    """Smooth change of the light over the zone, as sun, clouds and the gloss of a wet road make it.

    A quadratic surface in the row and a plane in the column, by least squares reweighted with Tukey's biweight, so
    that a pond which covers less than half of the zone hardly bends it.
    """
    rows, columns = change.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    surface = np.stack([np.ones_like(x), x, y, y * y], axis=-1).reshape(-1, 4)
    values, base = change.ravel().astype(np.float64), known.ravel().astype(np.float64)
    weights = base.copy()
    fit = np.zeros_like(values)
    for _ in range(8):
        scaled = surface * weights[:, None]
        solution = np.linalg.solve(scaled.T @ surface + 1e-3 * np.eye(4), scaled.T @ values)
        fit = surface @ solution
        apart = np.abs(values - fit)
        seen = apart[base > 0.3]
        spread = 4.7 * max(float(np.median(seen)) * 1.48 if len(seen) else 0.0, 0.03)
        weights = base * np.where(apart < spread, (1 - (apart / spread) ** 2) ** 2, 0)
    return np.asarray(fit.reshape(rows, columns), np.float32)


def _tint_change(before: Plane, now: Plane, known: Plane) -> Plane:
    """How far the share of the colours in a cell's light has moved against the zone's own move."""
    shares = [(colours + 4) / (colours + 4).sum(axis=2, keepdims=True) for colours in (before, now)]
    moved = shares[1] - shares[0]
    seen = known > 0.3
    common = np.median(moved[seen], axis=0) if seen.any() else np.zeros(3)
    return np.asarray(np.abs(moved - common).sum(axis=2), np.float32)


def _structure(before: Plane, now: Plane, known: Plane) -> tuple[Plane, Plane]:
    """How much of the reference's fine structure (markings, joints, grain) is gone, and how much more there is now.

    The first is 0 where it all shows, or where there was none; the second is the logarithm of the contrasts' ratio.
    """
    old, new = (_contrast(_unrolled(plane)) for plane in (before, now))
    var_old, var_new, shared = (_local(product) for product in (old * old, new * new, old * new))
    floor = _FADED**2
    shows = np.clip(shared / (var_old + floor), 0, 1)
    lost = (1 - shows) * var_old / (var_old + 4 * floor)
    texture = np.log((var_new + floor) / (var_old + floor)) / 2
    rows, columns = known.shape
    cells = [cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA) for plane in (lost, texture)]
    around = [_around(np.asarray(plane, np.float32), known) for plane in cells]
    return around[0], around[1]


def _unrolled(detail: Plane) -> Plane:
    """Rows x columns x FINE² as a picture of FINE times the size."""
    rows, columns = detail.shape[:2]
    blocks = detail.reshape(rows, columns, FINE, FINE).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(blocks.reshape(rows * FINE, columns * FINE), np.float32)


def _contrast(fine: Plane) -> Plane:
    """Logarithm of the brightness against its surroundings; the strength of the light falls out."""
    light = np.log(fine + 8)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), _WINDOW), np.float32)


def _local(plane: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), _WINDOW), np.float32)
