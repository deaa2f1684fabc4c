"""Turning a picture by any angle with its boxes: a lift's camera looks down and knows no upright."""

import math

import cv2
import numpy as np
from scripts.train.boxes import Floats, Picture

GREY = 114
ROUND = 0.7
"""How round things are: 0 for a plank that fills its box to the corners, 1 for a disc."""


def turning(width: int, height: int, degrees: float, zoom: float = 1.0) -> Floats:
    """Return the matrix (2, 3) that turns a picture about its middle and keeps its size; `zoom` 1 keeps lengths."""
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, zoom), np.float32)


def zoom_to_fit(width: int, height: int, degrees: float) -> float:
    """Return the zoom at which the whole turned picture is still seen."""
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    return min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))


def turned(picture: Picture, matrix: Floats, fill: int = GREY) -> Picture:
    """The picture (h, w, 3) under the matrix, in its own size."""
    rows, columns = picture.shape[:2]
    moved = cv2.warpAffine(picture, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderValue=(fill, fill, fill))
    return np.asarray(moved, np.uint8)


def turned_boxes(boxes: Floats, matrix: Floats, roundness: float = ROUND) -> Floats:
    """Upright boxes (n, 4) around things in `boxes` after the turn, not clipped.

    The box around a turned box is too large for what was in it, most at 45 degrees; the box around its inscribed
    ellipse is right for round things. `roundness` lies between: 0 is the first, 1 the second.
    """
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    turn, shift = matrix[:, :2], matrix[:, 2]
    middle = middle @ turn.T + shift
    corners = half @ np.abs(turn).T
    oval = np.sqrt(half**2 @ (turn**2).T)
    extent = corners * (1 - roundness) + oval * roundness
    return np.asarray(np.hstack([middle - extent, middle + extent]), np.float32)


def seen_shares(boxes: Floats, width: int, height: int) -> Floats:
    """Share (n,) of each box that lies within a picture."""
    edge = np.array([width, height] * 2, np.float32)
    inside = np.clip(boxes, 0, edge)
    whole = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6)
    return np.asarray((inside[:, 2:] - inside[:, :2]).prod(axis=1) / whole, np.float32)


def oval_mask(width: int, height: int, soft: float = 0.12) -> Floats:
    """Alpha (h, w): 1 within the ellipse that fills the picture, falling to 0 over the share `soft` at its rim."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = np.hypot((x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1)
    return np.asarray(np.clip((1 - away) / max(soft, 1e-3), 0, 1), np.float32)


def lay_oval(picture: Picture, crop: Picture, degrees: float, middle: tuple[float, float], longest: int) -> Floats:
    """Lay the oval middle of a crop into `picture`, in place, turned and with its longer side `longest` pixels.

    Returns its box (4,), clipped to the picture. Light follows the place: the crop takes on a part of its mean.
    """
    rows, columns = crop.shape[:2]
    scale = longest / max(rows, columns)
    small = cv2.resize(
        crop, (max(4, round(columns * scale)), max(4, round(rows * scale))), interpolation=cv2.INTER_AREA
    )
    side = math.ceil(math.hypot(*small.shape[:2])) + 2
    matrix = turning(small.shape[1], small.shape[0], degrees)
    matrix[:, 2] += (side - small.shape[1]) / 2, (side - small.shape[0]) / 2
    alpha = cv2.warpAffine(oval_mask(small.shape[1], small.shape[0]), matrix, (side, side))
    colours = cv2.warpAffine(small, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + side), min(picture.shape[0], top + side)
    if x1 <= x0 or y1 <= y0:
        return np.zeros(4, np.float32)
    within = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    ground, opaque = picture[y0:y1, x0:x1].astype(np.float32), alpha[within][:, :, None]
    lit = colours[within] * (0.6 + 0.4 * (float(ground.mean()) + 40) / (float(small.mean()) + 40))
    picture[y0:y1, x0:x1] = np.clip(lit * opaque + ground * (1 - opaque), 0, 255).astype(np.uint8)
    flat = np.array([[0, 0, small.shape[1], small.shape[0]]], np.float32)
    box = turned_boxes(flat, matrix, 1.0)[0] + np.array([left, top] * 2, np.float32)
    return np.asarray(np.clip(box, 0, [picture.shape[1], picture.shape[0]] * 2), np.float32)
