"""Small pictures as text, for what is remembered over a restart."""

import base64
import binascii
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


def to_text(pixels: Pixels) -> str:
    """A picture of 8 or 16 bits as PNG in base64."""
    _, png = cv2.imencode(".png", pixels)
    return base64.b64encode(png.tobytes()).decode("ascii")


def from_text(text: str) -> npt.NDArray[Any]:
    """The picture again.

    Raises:
        ValueError: when it is no PNG in base64.
    """
    try:
        png = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
        pixels = cv2.imdecode(png, cv2.IMREAD_UNCHANGED) if png.size else None
    except (binascii.Error, cv2.error) as error:
        raise ValueError(f"no picture: {error}") from error
    if pixels is None:
        raise ValueError("no picture")
    return np.asarray(pixels)
