"""Writes a clip with zones, tracks and events drawn in, the same to the byte on every run."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from typing_extensions import Self

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame, Picture, Track, Tracks
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.settings import CameraSettings

_TIME_BASE = Fraction(1, 1000)
_WIDEST = 1280
_ZONE, _TRACK, _ALARM, _INK = (200, 160, 40), (80, 200, 80), (40, 40, 230), (255, 255, 255)


class AnnotatedVideo:
    """An MP4 with H.264 video; does nothing where the path is None."""

    def __init__(self, path: Path | None, camera: CameraSettings, scenes: CameraScenes) -> None:
        """``path`` is overwritten if it exists."""
        self._path = path
        self._camera = camera
        self._shapes = [shape for scene in scenes.scenes for shape in _shapes_of(scene.settings)]
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._start = 0.0
        self._open: dict[str, SceneEvent] = {}

    def add(self, frame: Frame, tracks: Tracks | None, said: Sequence[SceneEvent]) -> None:
        """Draw one frame with the latest tracks and what is open.

        Raises:
            SourceError: when the video cannot be written.
        """
        if self._path is None:
            return
        for event in said:
            if event.phase is Phase.CLOSED:
                self._open.pop(str(event.event_id), None)
            else:
                self._open[str(event.event_id)] = event
        width = min(_WIDEST, frame.width) // 2 * 2
        height = round(frame.height * width / frame.width / 2) * 2
        picture = np.ascontiguousarray(frame.picture(width, height)).copy()
        self._draw(picture, tracks)
        try:
            self._encode(picture, frame.time)
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self._path}: the annotated video cannot be written: {error}") from error

    def __enter__(self) -> Self:
        """Nothing is opened before the first frame."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, also after Ctrl-C: what was drawn can be played."""
        if self._container is None or self._stream is None:
            return
        for packet in self._stream.encode(None):
            self._container.mux(packet)
        self._container.close()

    def _encode(self, picture: Picture, time: float) -> None:
        if self._container is None or self._stream is None:
            self._container, self._stream = self._begin(picture)
            self._start = time
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = round((time - self._start) / _TIME_BASE), _TIME_BASE
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def _begin(self, picture: Picture) -> tuple[OutputContainer, VideoStream]:
        # One thread and bit-exact muxing: nothing in the file depends on the machine's load or the time of day.
        container = av.open(str(self._path), "w", format="mp4", container_options={"fflags": "+bitexact"})
        stream = container.add_stream("libx264", options={"preset": "veryfast", "crf": "26", "threads": "1"})
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt, stream.time_base = "yuv420p", _TIME_BASE
        stream.codec_context.time_base = _TIME_BASE
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        return container, stream

    def _draw(self, picture: Picture, tracks: Tracks | None) -> None:
        height, width = picture.shape[:2]
        size = np.array([width, height])
        for name, points, closed in self._shapes:
            corners = (np.array(points) * size).astype(np.int32)
            cv2.polylines(picture, [corners], closed, _ZONE, 2, cv2.LINE_AA)
            _label(picture, name, (int(corners[0][0]), int(corners[0][1])), _ZONE)
        for track in tracks.items if tracks else ():
            _draw_track(picture, track, width / tracks.width if tracks else 1.0)
        for row, event in enumerate(self._open.values()):
            _draw_event(picture, event, row)


def _shapes_of(settings: object) -> list[tuple[str, Sequence[tuple[float, float]], bool]]:
    zones = [(zone.id, zone.polygon, True) for zone in getattr(settings, "zones", ())]
    return zones + [(line.id, line.line, False) for line in getattr(settings, "lines", ())]


def _draw_track(picture: Picture, track: Track, scale: float) -> None:
    x1, y1, x2, y2 = (round(value * scale) for value in track.box)
    cv2.rectangle(picture, (x1, y1), (x2, y2), _TRACK, 1, cv2.LINE_AA)
    _label(picture, f"{track.name} {track.id} {track.score:.2f}", (x1, y1), _TRACK)


def _draw_event(picture: Picture, event: SceneEvent, row: int) -> None:
    height, width = picture.shape[:2]
    if event.box is not None:
        x1, y1, x2, y2 = event.box
        corner, opposite = (round(x1 * width), round(y1 * height)), (round(x2 * width), round(y2 * height))
        cv2.rectangle(picture, corner, opposite, _ALARM, 3, cv2.LINE_AA)
    measure = event.measures[0]
    text = f"{event.scene} {event.zone}: {measure.name} {measure.value:g} {measure.unit} ({event.grade})"
    _label(picture, text, (8, 24 + 22 * row), _ALARM)


def _label(picture: Picture, text: str, corner: tuple[int, int], colour: tuple[int, int, int]) -> None:
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
    x, y = max(0, corner[0]), max(height + 6, corner[1])
    cv2.rectangle(picture, (x, y - height - 6), (x + width + 6, y), colour, -1)
    cv2.putText(picture, text, (x + 3, y - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
