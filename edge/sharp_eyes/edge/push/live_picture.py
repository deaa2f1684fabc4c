"""A camera's live picture: a small JPEG that the hub's broker takes, whatever the shape of the picture."""

import cv2

from sharp_eyes.edge.frame import Frame, Picture

MAX_SNAPSHOT_SIZE = 200 * 1024
"""Bytes; below the smallest default limit of common brokers (256 KiB)."""

WIDTH = 640
QUALITIES = (95, 85, 75, 60)
SHRINK = 0.75
SMALLEST = 64
"""Pixels; a picture of this width always fits."""


def live_picture(frame: Frame, limit: int = MAX_SNAPSHOT_SIZE) -> bytes | None:
    """The frame as a JPEG of at most ``limit`` bytes: coarser first, then smaller; None where none can be made."""
    width = min(WIDTH, frame.width)
    while width >= min(SMALLEST, frame.width):
        picture = frame.picture(width, max(1, round(frame.height * width / frame.width)))
        for quality in QUALITIES:
            jpeg = _jpeg(picture, quality)
            if jpeg is not None and len(jpeg) <= limit:
                return jpeg
        width = int(width * SHRINK)
    return None


def _jpeg(picture: Picture, quality: int) -> bytes | None:
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes() if done else None
