"""How much of a zone the evidence covers, as a share and in square metres, with one standard deviation."""

from dataclasses import dataclass

import cv2
import numpy as np

from sharp_eyes.edge.scenes.calibration import Calibration, Quantity
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.reference.glance import Plane, Window
from sharp_eyes.edge.scenes.reference.trust import grown

COUNTS = 0.5
"""Evidence from which a cell counts."""
_SLACK = 0.15
"""A cell may count or not where its evidence is this near; what that changes is the measure's uncertainty."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is.

    Attributes:
        share: of the zone's area in the picture.
        area: square metres; None without a calibration, or where the zone reaches to the horizon.
        box: around it, in shares of the picture; None where there is nothing.
    """

    share: Quantity
    area: Quantity | None
    box: Rectangle | None


def pieces(evidence: Plane, weights: Plane, least: float) -> Plane:
    """The evidence without scattered cells: only connected pieces of at least this share of the zone stay."""
    there = (evidence > COUNTS - _SLACK).astype(np.uint8)
    count, labels = cv2.connectedComponents(there, connectivity=8)
    sizes = np.bincount(labels.ravel(), (weights * (evidence > COUNTS)).ravel(), minlength=count)
    sizes[0] = 0
    return np.asarray(evidence * grown((sizes >= least * weights.sum())[labels]), np.float32)


def amount_of(evidence: Plane, window: Window, calibration: Calibration | None) -> Amount:
    """Measure it."""
    middle, least, most = (_mask(evidence, window, limit) for limit in (COUNTS, COUNTS + _SLACK, COUNTS - _SLACK))
    whole = float(window.weights.sum())
    shares = [float(mask.sum()) / whole for mask in (middle, least, most)]
    share = Quantity(shares[0], (shares[2] - shares[1]) / 2)
    return Amount(share, _area(middle, least, most, window, calibration), _box(middle, window))


def _mask(evidence: Plane, window: Window, limit: float) -> Plane:
    return np.asarray(window.weights * (evidence > limit), np.float32)


def _area(middle: Plane, least: Plane, most: Plane, window: Window, calibration: Calibration | None) -> Quantity | None:
    if calibration is None:
        return None
    try:
        best = calibration.area_of(window.whole(middle))
        outline = (calibration.area_of(window.whole(most)).value - calibration.area_of(window.whole(least)).value) / 2
    except ValueError:
        return None
    return Quantity(best.value, float(np.hypot(best.uncertainty, outline)))


def _box(mask: Plane, window: Window) -> Rectangle | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    high, wide = window.shape
    top, left = window.rows.start, window.columns.start
    return (
        (left + int(columns[0])) / wide,
        (top + int(rows[0])) / high,
        (left + int(columns[-1]) + 1) / wide,
        (top + int(rows[-1]) + 1) / high,
    )
