"""All lines of video of a gateway, live and past: one a request of the hub, as many as the settings allow."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from sharp_eyes.contract.command import LookBack
from sharp_eyes.contract.video import RefusalReason, VideoRequest
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo
from sharp_eyes.edge.live.line import Asked, HubLine
from sharp_eyes.edge.live.past_sender import PastSender
from sharp_eyes.edge.live.picture_sender import PictureSender
from sharp_eyes.edge.live.sender import VideoSender
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.settings import GatewaySettings

_REQUESTS_PER_STREAM = 2
"""Lines at once for each stream that may be: beyond, not even that the gateway is busy is said."""

_log = logging.getLogger(__name__)


class LiveDesk:
    """Opens a line where the hub asks for one, and forgets it at its end. Safe to use from many threads."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._hub = settings.hub
        self._settings = settings.live
        self._budget = ByteBudget(settings.live.max_bytes_per_second)
        self._streams: dict[str, HubLine] = {}
        self._lock = threading.Lock()

    @property
    def streams(self) -> int:
        """How many are under way."""
        return len(self._streams)

    def take(self, camera: str, video: CameraVideo, request: VideoRequest) -> None:
        """Open the live stream that is asked for; a request that is said again is one."""

        def made(asked: Asked, done: Callable[[], None]) -> HubLine:
            if request.form == "pictures":
                return PictureSender(asked, video, self._budget, done)
            return VideoSender(asked, video, self._budget, done)

        self._open(camera, "its video", request, video.refusal, made)

    def look_back(self, kept: KeptVideo, command: LookBack) -> None:
        """Open the line on which a camera's past is looked at; a request that is said again is one."""

        def made(asked: Asked, done: Callable[[], None]) -> HubLine:
            return PastSender(asked, kept, command, self._budget, done)

        self._open(command.camera, "its past video", command.video, kept.refusal, made)

    def stop(self) -> None:
        """End all of them."""
        with self._lock:
            for stream in self._streams.values():
                stream.stop()

    def _open(
        self,
        camera: str,
        what: str,
        request: VideoRequest,
        refusal: RefusalReason | None,
        made: Callable[[Asked, Callable[[], None]], HubLine],
    ) -> None:
        with self._lock:
            if request.ticket in self._streams:
                return
            if len(self._streams) >= _REQUESTS_PER_STREAM * self._settings.max_streams:
                # Each line, also one that says nothing but "busy", has a thread, and waits for a hub that is slow.
                _log.warning("camera %s: the hub asks for %s once too often, and is not answered", camera, what)
                return
            refusal = self._refusal(refusal)
            _log.info("camera %s: the hub asks for %s; %s", camera, what, refusal or "it is sent")
            asked = Asked(camera, request, self._hub, refusal)
            line = self._streams[request.ticket] = made(asked, partial(self._forget, request.ticket))
            line.start()

    def _refusal(self, of_camera: RefusalReason | None) -> RefusalReason | None:
        if not self._settings.video:
            return "off"
        if of_camera is not None:
            return of_camera
        return "busy" if len(self._streams) >= self._settings.max_streams else None

    def _forget(self, ticket: str) -> None:
        with self._lock:
            self._streams.pop(ticket, None)
