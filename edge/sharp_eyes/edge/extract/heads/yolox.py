"""YOLOX networks as exported without decoding inside.

Source: Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430; three strides, one anchor a cell.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.heads.base import Array, Candidates, OneInput, describe
from sharp_eyes.edge.extract.manifest import Manifest

STRIDES = (8, 16, 32)


class Yolox(OneInput):
    """One output, 1 x cells x (5 + classes): offsets in the cell, log size, objectness, a score a class."""

    unique = False

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest."""
        cells = len(_grid(manifest.input.width, manifest.input.height))
        expected = (1, cells, 5 + manifest.class_count)
        if list(shapes) == [expected]:
            return None
        return (
            f"expected {describe([expected])} (5 + {manifest.class_count} classes at "
            f"{manifest.input.width} x {manifest.input.height}), got {describe(shapes)}"
        )

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs: score = objectness x class score."""
        cells = outputs[0][0]
        grid = _grid(manifest.input.width, manifest.input.height)
        hopeful = np.flatnonzero(cells[:, 4] >= threshold)
        values, grid = cells[hopeful], grid[hopeful]
        classes = values[:, 5:].argmax(axis=1)
        scores = values[:, 4] * np.take_along_axis(values[:, 5:], classes[:, None], axis=1)[:, 0]
        kept = scores >= threshold
        values, grid = values[kept], grid[kept]
        stride = grid[:, 2:]
        centre = (values[:, :2] + grid[:, :2]) * stride
        half = np.exp(values[:, 2:4]) * stride / 2
        boxes = np.concatenate([centre - half, centre + half], axis=1)
        return Candidates(boxes.astype(np.float32), scores[kept].astype(np.float32), classes[kept].astype(np.int32))


@lru_cache(maxsize=8)
def _grid(width: int, height: int) -> npt.NDArray[np.float32]:
    """Column, row and stride of each cell, in the network's order: fine to coarse, row by row."""
    levels = []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        levels.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], axis=1))
    return np.concatenate(levels).astype(np.float32)
