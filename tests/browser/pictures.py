"""Draws what a street camera might see, and makes a clip of it: evidence for the tests of the page."""

import io

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from sharp_eyes.contract.base import Box

Picture = NDArray[np.uint8]
CAR: Box = (0.42, 0.46, 0.66, 0.74)
WIDTH, HEIGHT = 1280, 720


def street(*, car: bool, label: str = "", shift: float = 0.0) -> Picture:
    """A street (height 720, width 1280, 3; BGR) with or without a car where :data:`CAR` says."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    sky = np.linspace((196, 178, 150), (222, 214, 205), 260).astype(np.uint8)
    picture[:260] = sky[:, None, :]
    for left, top, right, tone in ((0, 60, 330, 96), (330, 120, 620, 120), (620, 40, 960, 84), (960, 100, 1280, 110)):
        cv2.rectangle(picture, (left, top), (right, 330), (tone, tone + 6, tone + 14), -1)
        for x in range(left + 24, right - 40, 60):
            for y in range(top + 26, 300, 62):
                cv2.rectangle(picture, (x, y), (x + 30, y + 34), (tone + 60, tone + 50, tone + 34), -1)
    picture[330:] = (88, 90, 92)
    cv2.fillPoly(picture, [np.array([[0, 330], [1280, 330], [1280, 380], [0, 400]])], (128, 134, 138))
    cv2.fillPoly(picture, [np.array([[160, 720], [620, 400], [650, 400], [330, 720]])], (62, 66, 70))
    for step in range(6):
        y = 420 + step * 52
        cv2.line(picture, (900 + step * 46, y), (930 + step * 50, y + 30), (230, 232, 235), 8)
    cv2.line(picture, (380, 720), (700, 396), (40, 190, 240), 6)
    if car:
        _draw_car(picture, shift)
    if label:
        cv2.putText(picture, label, (24, 700), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (245, 245, 245), 2, cv2.LINE_AA)
    return picture


def _draw_car(picture: Picture, shift: float) -> None:
    left, top, right, bottom = (
        int((share + (shift if index % 2 == 0 else 0)) * (WIDTH, HEIGHT)[index % 2]) for index, share in enumerate(CAR)
    )
    middle = (top + bottom) // 2
    cv2.rectangle(picture, (left, middle), (right, bottom - 26), (48, 44, 158), -1)
    roof = np.array([[left + 50, middle], [left + 92, top], [right - 80, top], [right - 34, middle]])
    cv2.fillPoly(picture, [roof], (44, 40, 138))
    glass = np.array(
        [[left + 74, middle - 6], [left + 104, top + 12], [right - 92, top + 12], [right - 60, middle - 6]]
    )
    cv2.fillPoly(picture, [glass], (150, 140, 120))
    for x in (left + 66, right - 70):
        cv2.circle(picture, (x, bottom - 28), 32, (24, 24, 26), -1)
        cv2.circle(picture, (x, bottom - 28), 14, (150, 150, 150), -1)


def crop(picture: Picture, box: Box) -> Picture:
    """The part of a picture around a box."""
    height, width = picture.shape[:2]
    left, top, right, bottom = (int(share * (width, height)[index % 2]) for index, share in enumerate(box))
    return picture[max(0, top - 40) : bottom + 40, max(0, left - 60) : right + 60]


def jpeg(picture: Picture, width: int | None = None) -> bytes:
    """A picture as JPEG, scaled to ``width`` pixels where that is given."""
    if width is not None:
        height = round(picture.shape[0] * width / picture.shape[1])
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return bytes(cv2.imencode(".jpg", picture)[1])


def clip(seconds: int = 4, rate: int = 8) -> bytes:
    """An H.264 clip (mp4) of a car that drives in and stands still."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(seconds * rate):
            shift = min(0.0, -0.3 + number / (seconds * rate) * 0.5)
            small = cv2.resize(street(car=True, shift=shift), (640, 360), interpolation=cv2.INTER_AREA)
            frame = av.VideoFrame.from_ndarray(np.asarray(small, np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def hevc_clip(seconds: int = 1) -> bytes:
    """A short film in HEVC (MP4, tagged hvc1), which most browsers cannot play."""
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as container:
        stream = container.add_stream(
            "libx265", rate=5, options={"preset": "ultrafast", "x265-params": "log-level=error"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH // 2, HEIGHT // 2, "yuv420p"
        stream.codec_context.codec_tag = "hvc1"
        small = street(car=True)[::2, ::2].copy()
        for _ in range(5 * seconds):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="bgr24")))
        container.mux(stream.encode())
    return made.getvalue()
