"""Pseudo-labels: several COCO detectors look at a picture, mirrored and at several sizes, and are fused."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scripts.train.boxes import Floats, Found, Picture, fuse, overlaps
from scripts.train.network import Network
from scripts.train.recipe import Recipe

EDGE = 2.0
"""Pixels from a tile's inner edge within which a box is taken to be cut by it."""


class Teachers:
    """The recipe's teachers, loaded once; class numbers are places in `recipe.coco`.

    `which` names their list in the recipe: `models`, also mirrored, `quick`, or `close`, after which what is small is
    looked for once more in tiles.
    """

    def __init__(self, recipe: Recipe, which: str) -> None:
        settings = recipe["teachers"]
        rows = [recipe["coco_rows"][name] for name in recipe.coco]
        self.overlap = float(settings["overlap"])
        self.mirrors = (False, True) if which == "models" else (False,)
        self.looks: list[tuple[Network, float]] = []
        self.close: tuple[Network, dict[str, Any]] | None = None
        if which == "close":
            rule = settings["tiles"]
            path = recipe.locate(rule["file"])
            self.close = Network(path, rule["family"], rows, rule["size"], rule["size"]), rule
        for teacher in settings[which]:
            path = recipe.locate(teacher["file"])
            for size in teacher["sizes"]:
                network = Network(path, teacher["family"], rows, size, size)
                self.looks.append((network, float(teacher["weight"])))

    def label(self, picture: Picture) -> Found:
        """Fused boxes of a BGR picture; scores are low where few of the looks agree."""
        parts: list[Found] = []
        weights: list[float] = []
        for network, weight in self.looks:
            for flipped in self.mirrors:
                parts.append(network.find(picture, flipped=flipped))
                weights.append(weight)
        found = fuse(parts, weights, self.overlap)
        if self.close is None:
            return found
        network, rule = self.close
        near = in_tiles(network, picture, int(rule["tiles"]), rule["overlap"])
        return with_small(found, near, rule["largest"] * picture.shape[0], rule["trust"], self.overlap)


def tile_edges(length: int, tiles: int, overlap: float) -> list[tuple[int, int]]:
    """Start and end of `tiles` pieces of a side that overlap by the share `overlap` of a piece."""
    piece = length / (tiles - (tiles - 1) * overlap)
    starts = np.linspace(0, length - piece, tiles)
    return [(int(start), min(length, round(start + piece))) for start in starts]


def in_tiles(network: Network, picture: Picture, tiles: int, overlap: float) -> Found:
    """Boxes found in `tiles` x `tiles` pieces of a picture; those that a piece's inner edge cuts are left out."""
    rows, columns = picture.shape[:2]
    parts = []
    for top, bottom in tile_edges(rows, tiles, overlap):
        for left, right in tile_edges(columns, tiles, overlap):
            seen = network.find(np.ascontiguousarray(picture[top:bottom, left:right]))
            boxes = np.asarray(seen.boxes + np.array([left, top] * 2, np.float32), np.float32)
            cut = _cut(boxes, (left, top, right, bottom), (0, 0, columns, rows))
            parts.append(Found(boxes, seen.scores, seen.classes).where(~cut))
    # Twice in the overlap of two pieces is once: the better score stays.
    joined = Found.join(parts)
    order = np.argsort(-joined.scores, kind="stable")
    kept: list[int] = []
    for index in order:
        alike = [other for other in kept if joined.classes[other] == joined.classes[index]]
        if not alike or overlaps(joined.boxes[index][None], joined.boxes[alike]).max() < 0.5:
            kept.append(int(index))
    return joined.where(np.array(kept, np.int64))


def _cut(boxes: Floats, piece: tuple[int, ...], whole: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    cut = np.zeros(len(boxes), np.bool_)
    for side in range(4):
        if piece[side] != whole[side]:
            cut |= np.abs(boxes[:, side] - piece[side]) < EDGE
    return cut


def with_small(found: Found, near: Found, largest: float, trust: float, overlap: float) -> Found:
    """What was found in the whole picture, and of `near` what is at most `largest` pixels high.

    A close look's score counts `trust` times; a box seen both ways keeps the better score.
    """
    small = near.where(near.boxes[:, 3] - near.boxes[:, 1] <= largest)
    scores = found.scores.copy()
    new = np.ones(len(small), np.bool_)
    for index in range(len(small)):
        alike = overlaps(small.boxes[index][None], found.boxes)[0] * (found.classes == small.classes[index])
        if len(alike) and alike.max() >= overlap:
            best = int(alike.argmax())
            scores[best] = max(float(scores[best]), trust * float(small.scores[index]))
            new[index] = False
    added = small.where(new)
    kept = Found(found.boxes, scores, found.classes)
    return Found.join([kept, Found(added.boxes, np.asarray(added.scores * trust, np.float32), added.classes)])
