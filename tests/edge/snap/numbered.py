"""Clips whose pictures bear their number, as bright and dark blocks along the top."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from sharp_eyes.edge.frame import Picture

BITS = 10
RATE = 25


def number_clip(path: Path, size: tuple[int, int], *, seconds: float = 20.0, keyframe_every: int = 25) -> Path:
    """Write a clip with a square that walks to and fro over a textured ground, every picture numbered.

    The picture of each number is the same at any size, of any shape (it is then squeezed).
    """
    ground = textured()
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, RATE)
        stream.options = {
            "g": str(keyframe_every), "keyint_min": str(keyframe_every), "sc_threshold": "0", "bf": "0",
            "threads": "1", "preset": "ultrafast",
        }  # fmt: skip
        for number in range(round(seconds * RATE)):
            picture = np.asarray(cv2.resize(drawn(ground, number), size, interpolation=cv2.INTER_AREA), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def textured() -> Picture:
    """What lies below, 1280 x 720."""
    small = np.random.default_rng(7).integers(40, 200, (45, 80, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (1280, 720), interpolation=cv2.INTER_CUBIC), np.uint8)


def drawn(ground: Picture, number: int) -> Picture:
    """One picture at full size."""
    picture = ground.copy()
    width = picture.shape[1] // BITS
    left = abs(number * 12 % 2000 - 1000)
    picture[360:480, left : left + 120] = 255
    for bit in range(BITS):
        picture[0:80, bit * width : (bit + 1) * width] = 235 if number >> bit & 1 else 20
    return picture


def number_of(picture: Picture) -> int:
    """The number that a picture bears, at any size."""
    height, width = picture.shape[:2]
    row = picture[height // 18]
    middles = [row[int((bit + 0.5) * width / BITS)].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(middles) if level > 128)
