"""One camera's packets on their way to the hub, on a thread of their own, until nobody looks any more."""

from collections.abc import Callable

from websockets.protocol import State
from websockets.sync.connection import Connection

from sharp_eyes.contract.video import VideoRefused
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo, Watched
from sharp_eyes.edge.live.fragmented_video import FragmentedVideo, UnplayableError
from sharp_eyes.edge.live.line import PATIENCE, Asked, HubLine, say

_STEP = 0.2
"""Seconds between two looks whether the hub still wants it, where no packet comes."""


class VideoSender(HubLine):
    """One live stream; see :class:`HubLine`."""

    def __init__(self, asked: Asked, video: CameraVideo, budget: ByteBudget, done: Callable[[], None]) -> None:
        super().__init__(asked, done)
        self._video = video
        self._fragments = FragmentedVideo(video.zones, budget)

    def _speak(self, line: Connection) -> None:
        with self._video.watch(self._asked.request.stream) as watched:
            self._send_all(line, watched)

    def _send_all(self, line: Connection, watched: Watched) -> None:
        silent = 0.0
        while not self._stop.is_set() and not self._video.ended.is_set() and line.state is State.OPEN:
            item = watched.packets.take_next(_STEP)
            silent = 0.0 if item is not None else silent + _STEP
            if silent >= PATIENCE:
                if not self._sent:
                    say(line, VideoRefused(reason="no_video"))
                return  # where somebody still looks, the hub asks again, and gets the stream that is there then
            if item is not None:
                try:
                    said = self._fragments.take(item)
                except UnplayableError:
                    say(line, VideoRefused(reason="codec"))
                    return
                for one in said:
                    say(line, one)
                self._sent = self._sent or bool(said)
            for look in watched.looks() if self._sent else ():
                say(line, look)
