"""Planes and pictures as text, for a memory that outlives a restart."""

import base64
import zlib
from typing import Any

import cv2
import numpy as np

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.scenes.reference.glance import Plane


def pack(plane: Plane) -> dict[str, Any]:
    """Half precision, compressed; enough for probabilities and grey levels."""
    half = np.ascontiguousarray(plane, np.float16)
    return {"shape": list(half.shape), "data": base64.b64encode(zlib.compress(half.tobytes(), 6)).decode("ascii")}


def unpack(packed: Any) -> Plane:
    """The plane again.

    Raises:
        ValueError: when it is no packed plane.
    """
    try:
        raw = zlib.decompress(base64.b64decode(packed["data"]))
        plane: Plane = np.frombuffer(raw, np.float16).astype(np.float32).reshape(packed["shape"])
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError(f"no packed plane: {error}") from error
    return plane


def pack_picture(picture: Picture) -> bytes:
    """As JPEG."""
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())


def unpack_picture(data: bytes) -> Picture:
    """The picture again.

    Raises:
        ValueError: when it is no picture.
    """
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("no picture")
    return np.asarray(picture, np.uint8)
