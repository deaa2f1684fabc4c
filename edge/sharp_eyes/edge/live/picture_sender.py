"""One camera's pictures on their way to the hub, for browsers that cannot play its packets, while somebody looks."""

import struct
from collections.abc import Callable

from websockets.protocol import State
from websockets.sync.connection import Connection

from sharp_eyes.contract.video import Piece, VideoBegins, VideoRefused
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo, WatchedPictures
from sharp_eyes.edge.live.line import PATIENCE, Asked, HubLine, say
from sharp_eyes.edge.push.live_picture import live_picture

_STEP = 0.2
"""Seconds between two looks whether the hub still wants it, where no picture comes."""

_WIDTH = 960
_QUALITIES = (70, 50, 35)
_LIMIT = 256 * 1024
"""Pixels, JPEG qualities and bytes of a picture: five of them a second are what a camera's own video is."""


class PictureSender(HubLine):
    """One live stream of pictures; see :class:`HubLine`. What the budget does not allow is left out."""

    def __init__(self, asked: Asked, video: CameraVideo, budget: ByteBudget, done: Callable[[], None]) -> None:
        super().__init__(asked, done)
        self._video = video
        self._budget = budget

    def _speak(self, line: Connection) -> None:
        with self._video.watch_pictures() as watched:
            self._send_all(line, watched)

    def _send_all(self, line: Connection, watched: WatchedPictures) -> None:
        silent = 0.0
        while not self._stop.is_set() and not self._video.ended.is_set() and line.state is State.OPEN:
            frame = watched.take(_STEP)
            silent = 0.0 if frame is not None else silent + _STEP
            if silent >= PATIENCE:
                if not self._sent:
                    say(line, VideoRefused(reason="no_video"))
                return  # where somebody still looks, the hub asks again
            if frame is not None:
                self._show(line, frame)
            for look in watched.looks() if self._sent else ():
                say(line, look)

    def _show(self, line: Connection, frame: Frame) -> None:
        picture = live_picture(frame, _LIMIT, _WIDTH, _QUALITIES)
        if picture is None or not self._budget.spend(len(picture)):
            return
        if not self._sent:
            say(line, VideoBegins(media_type="image/jpeg", epoch=0.0, zones=self._video.zones))
            self._sent = True
        say(line, struct.pack(">Bd", Piece.PICTURE, frame.time) + picture)
