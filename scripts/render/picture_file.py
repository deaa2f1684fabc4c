"""Writes pictures whole or not at all, so that a stopped run leaves no half file behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def write_picture(path: Path, picture: NDArray[np.uint8], settings: Sequence[int] = ()) -> None:
    """Write a picture in the format of the file's ending; `settings` as for `cv2.imencode`.

    Raises:
        RuntimeError: the picture cannot be encoded.
    """
    done, content = cv2.imencode(path.suffix, picture, list(settings))
    if not done:
        raise RuntimeError(f"{path}: the picture cannot be encoded")
    partial = path.with_suffix(".part")
    partial.write_bytes(content.tobytes())
    partial.replace(path)
