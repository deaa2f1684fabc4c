"""Boxes in numpy: fitting a picture into a network's input, overlap, suppression, fusion."""

import dataclasses

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True)
class Found:
    """Boxes of one picture: `boxes` (n, 4) x1, y1, x2, y2 in its pixels, `scores` (n,), `classes` (n,)."""

    boxes: Floats
    scores: Floats
    classes: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.boxes)

    def where(self, mask: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Found":
        """Return the boxes that a mask or an index list picks."""
        return Found(self.boxes[mask], self.scores[mask], self.classes[mask])

    @classmethod
    def empty(cls) -> "Found":
        """No boxes."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    @classmethod
    def join(cls, parts: list["Found"]) -> "Found":
        """All boxes of several results."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.classes for part in parts]),
        )


@dataclasses.dataclass(frozen=True)
class Fit:
    """How a picture was laid into a network's input: input = picture * scale + (left, top)."""

    scale: float
    left: int
    top: int

    def back(self, boxes: Floats, width: int, height: int) -> Floats:
        """Input pixels to picture pixels, clipped to the picture."""
        shifted = (boxes - np.array([self.left, self.top] * 2, np.float32)) / self.scale
        limit = np.array([width, height] * 2, np.float32)
        return np.asarray(np.clip(shifted, 0, limit), np.float32)


def letterbox(picture: Picture, width: int, height: int, pad: int, *, centred: bool = True) -> tuple[Picture, Fit]:
    """Scale with the aspect kept and pad to width x height, in the middle or at the top left."""
    rows, columns = picture.shape[:2]
    scale = min(width / columns, height / rows)
    new = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = cv2.resize(picture, new, interpolation=cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA)
    left = (width - new[0]) // 2 if centred else 0
    top = (height - new[1]) // 2 if centred else 0
    canvas = np.full((height, width, 3), pad, np.uint8)
    canvas[top : top + new[1], left : left + new[0]] = small
    return canvas, Fit(scale, left, top)


def overlaps(first: Floats, second: Floats) -> Floats:
    """Return intersection over union of every pair, shape (len(first), len(second))."""
    inner = intersections(first, second)
    area = (first[:, 2] - first[:, 0]) * (first[:, 3] - first[:, 1])
    other = (second[:, 2] - second[:, 0]) * (second[:, 3] - second[:, 1])
    union = area[:, None] + other[None] - inner
    return np.asarray(inner / np.maximum(union, 1e-9), np.float32)


def intersections(first: Floats, second: Floats) -> Floats:
    """Area that every pair shares, shape (len(first), len(second))."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2), np.float32)


def suppress(found: Found, limit: float) -> Found:
    """Greedy non-maximum suppression within each class, best score first."""
    if not len(found):
        return found
    spread = float(found.boxes.max()) + 1.0
    shifted = found.boxes + (found.classes * spread)[:, None].astype(np.float32)
    order = np.argsort(-found.scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[overlaps(shifted[best][None], shifted[order])[0] <= limit]
    return found.where(np.array(kept))


@dataclasses.dataclass
class _Group:
    """Boxes of one object: their sum weighted by score, the weights' sum, the best weighted score of each part."""

    total: Floats
    weight: float
    votes: dict[int, float]


def fuse(parts: list[Found], weights: list[float], limit: float) -> Found:
    """Weighted box fusion (Solovyev, Wang, Gabruseva, 2021) of several results for the same picture.

    Boxes of a class that overlap their group's running mean by more than `limit` are one object; its box is
    the mean weighted by score, its score the sum of weighted scores over the sum of all weights.
    """
    everything = Found.join(parts)
    part_of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    weighted = everything.scores * np.array(weights, np.float32)[part_of]
    groups: list[_Group] = []
    means = np.zeros((0, 4), np.float32)
    labels = np.zeros(0, np.int64)
    for index in np.argsort(-weighted, kind="stable"):
        box, kind, part = everything.boxes[index], everything.classes[index], int(part_of[index])
        alike = overlaps(box[None], means)[0] * (labels == kind) if len(means) else np.zeros(0)
        best = int(alike.argmax()) if len(alike) else -1
        if best < 0 or alike[best] < limit:
            groups.append(_Group(box * weighted[index], float(weighted[index]), {part: float(weighted[index])}))
            means, labels = np.vstack([means, box[None]]), np.append(labels, kind)
            continue
        group = groups[best]
        group.total = group.total + box * weighted[index]
        group.weight += float(weighted[index])
        group.votes.setdefault(part, float(weighted[index]))
        means[best] = group.total / group.weight
    scores = np.array([sum(group.votes.values()) / sum(weights) for group in groups], np.float32)
    return Found(means, scores, labels)
