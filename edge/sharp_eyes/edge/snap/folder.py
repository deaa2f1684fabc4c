"""A folder of pictures as a camera: one picture after another, in the order of their names."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.settings import FolderSource
from sharp_eyes.edge.snap.statistics import StreamStatistics
from sharp_eyes.edge.snap.timeline import Timeline

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})

_log = logging.getLogger(__name__)


def read_folder(
    source: FolderSource,
    camera_id: str,
    timeline: Timeline,
    statistics: StreamStatistics,
    stop: threading.Event,
) -> Iterator[Frame]:
    """Give the pictures, ``interval`` seconds apart; one that is broken is left out and its moment passes.

    Raises:
        SourceError: names the folder that is missing or holds no picture that can be read.
    """
    paths = _pictures(source.path)
    while True:
        readable = 0
        for number, path in enumerate(paths):
            moment = number * source.interval
            timeline.packet(moment, moment, source.interval, 0.0)
            if stop.is_set():
                return
            picture = _read(path)
            if picture is None:
                statistics.count_broken()
                _log.warning("camera %s: %s cannot be decoded and is left out", camera_id, path)
                continue
            readable += 1
            yield _frame(camera_id, timeline.frame(moment), picture, statistics)
        if readable == 0:
            raise SourceError(f"{source.path}: none of its {len(paths)} pictures can be decoded")
        if not source.loop:
            return
        timeline.start_again()


def _frame(camera_id: str, time: float, picture: Picture, statistics: StreamStatistics) -> Frame:
    whole = Frame.of_picture(camera_id, time, picture, statistics.decoded)
    frame = Frame(
        camera=whole.camera,
        time=whole.time,
        index=whole.index,
        width=whole.width,
        height=whole.height,
        keyframe=True,
        after_gap=statistics.gap,
        scaled=whole.scaled,
    )
    statistics.count_frame(time)
    return frame


def _pictures(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    except OSError as error:
        raise SourceError(f"{folder}: {error.strerror}; check source.path") from error
    if not paths:
        raise SourceError(f"{folder} holds no picture ({', '.join(sorted(PICTURES))}); check source.path")
    return paths


def _read(path: Path) -> Picture | None:
    try:
        return decode_picture(path.read_bytes()) if path.is_file() else None
    except OSError:
        return None


def decode_picture(data: bytes) -> Picture | None:
    """The picture in a file's bytes; None where it is broken or cut off."""
    # OpenCV fills the missing part of a cut-off JPEG with grey and says nothing.
    if not data or (data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data[2:]):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # such as one that claims to have more pixels than OpenCV takes
        return None
    return None if picture is None else np.asarray(picture, dtype=np.uint8)
