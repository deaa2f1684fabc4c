"""One camera's packets on their way to the hub, on a thread of their own, until nobody looks any more."""

import logging
import threading
from collections.abc import Callable

import av
from websockets.exceptions import WebSocketException
from websockets.protocol import State
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from sharp_eyes.contract.base import Message
from sharp_eyes.contract.video import RefusalReason, VideoRefused, VideoRequest
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo, Watched
from sharp_eyes.edge.live.fragmented_video import FragmentedVideo, UnplayableError
from sharp_eyes.edge.live.hub_line import certificate_check, stream_address
from sharp_eyes.edge.settings import HubConnectionSettings

PATIENCE = 10.0
"""Seconds for the hub's answer, and between two packets of a camera."""

_STEP = 0.2
"""Seconds between two looks whether the hub still wants it, where no packet comes."""

_log = logging.getLogger(__name__)


class VideoSender:
    """One stream, for as long as the hub keeps its WebSocket open.

    Args:
        done: called on the stream's thread at its end.
        refusal: why nothing is sent but this.
    """

    def __init__(
        self,
        camera: str,
        video: CameraVideo,
        request: VideoRequest,
        hub: HubConnectionSettings,
        budget: ByteBudget,
        done: Callable[[], None],
        refusal: RefusalReason | None = None,
    ) -> None:
        self._camera = camera
        self._video = video
        self._request = request
        self._hub = hub
        self._done = done
        self._refusal = refusal
        self._stop = threading.Event()
        self._fragments = FragmentedVideo(video.zones, budget)
        self._sent = False
        self._thread = threading.Thread(target=self._run, name=f"live-{camera}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it soon; a thread that waits for the network is left to its own time-out."""
        self._stop.set()

    def _run(self) -> None:
        try:
            address = stream_address(self._hub, self._request)
            with connect(
                address,
                ssl=certificate_check(self._hub, address),
                compression=None,
                open_timeout=PATIENCE,
                close_timeout=1,
                max_size=64 * 1024,
                proxy=None,
            ) as line:
                self._speak(line)
        except (OSError, WebSocketException, ConfigError) as error:
            if not self._sent:
                _log.warning(
                    "camera %s: its video cannot go to the hub: %s (hub.page, hub.ca_file)", self._camera, error
                )
        except (av.error.FFmpegError, ValueError) as error:
            _log.warning("camera %s: no file can be made of its packets to watch it: %s", self._camera, error)
        finally:
            self._done()

    def _speak(self, line: Connection) -> None:
        if self._refusal is not None:
            _say(line, VideoRefused(reason=self._refusal))
            return
        with self._video.watch(self._request.stream) as watched:
            self._send_all(line, watched)

    def _send_all(self, line: Connection, watched: Watched) -> None:
        silent = 0.0
        while not self._stop.is_set() and not self._video.ended.is_set() and line.state is State.OPEN:
            fed = watched.packets.take(_STEP)
            silent = 0.0 if fed else silent + _STEP
            if silent >= PATIENCE:
                if not self._sent:
                    _say(line, VideoRefused(reason="no_video"))
                return  # where somebody still looks, the hub asks again, and gets the stream that is there then
            for item in fed:
                try:
                    said = self._fragments.take(item)
                except UnplayableError:
                    _say(line, VideoRefused(reason="codec"))
                    return
                for one in said:
                    _say(line, one)
                self._sent = self._sent or bool(said)
            for look in watched.looks() if self._sent else ():
                _say(line, look)


def _say(line: Connection, said: Message | bytes) -> None:
    line.send(said if isinstance(said, bytes) else said.model_dump_json())
