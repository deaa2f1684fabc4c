"""All live streams of a gateway: one a request of the hub, as many as the settings allow."""

import logging
import threading
from functools import partial

from sharp_eyes.contract.video import RefusalReason, VideoRequest
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo
from sharp_eyes.edge.live.sender import VideoSender
from sharp_eyes.edge.settings import GatewaySettings

_log = logging.getLogger(__name__)


class LiveDesk:
    """Opens a stream where the hub asks for one, and forgets it at its end. Safe to use from many threads."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._hub = settings.hub
        self._settings = settings.live
        self._budget = ByteBudget(settings.live.max_bytes_per_second)
        self._streams: dict[str, VideoSender] = {}
        self._lock = threading.Lock()

    @property
    def streams(self) -> int:
        """How many are under way."""
        return len(self._streams)

    def take(self, camera: str, video: CameraVideo, request: VideoRequest) -> None:
        """Open the stream that is asked for; a request that is said again is one."""
        with self._lock:
            if request.ticket in self._streams:
                return
            refusal = self._refusal(video)
            _log.info("camera %s: the hub asks for its video; %s", camera, refusal or "it is sent")
            done = partial(self._forget, request.ticket)
            sender = VideoSender(camera, video, request, self._hub, self._budget, done, refusal)
            self._streams[request.ticket] = sender
            sender.start()

    def stop(self) -> None:
        """End all of them."""
        with self._lock:
            for stream in self._streams.values():
                stream.stop()

    def _refusal(self, video: CameraVideo) -> RefusalReason | None:
        if not self._settings.video:
            return "off"
        if video.refusal is not None:
            return video.refusal
        return "busy" if len(self._streams) >= self._settings.max_streams else None

    def _forget(self, ticket: str) -> None:
        with self._lock:
            self._streams.pop(ticket, None)
