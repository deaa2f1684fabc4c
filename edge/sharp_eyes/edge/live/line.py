"""A line of video to the hub, on a thread of its own, for as long as the hub keeps it open."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import av
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from sharp_eyes.contract.base import Message
from sharp_eyes.contract.video import RefusalReason, VideoRefused, VideoRequest
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.live.hub_line import certificate_check, stream_address
from sharp_eyes.edge.settings import HubConnectionSettings

PATIENCE = 10.0
"""Seconds for the hub's answer, and between two packets of a camera."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the hub asks for, and where it is.

    Attributes:
        refusal: why nothing is said but this.
    """

    camera: str
    request: VideoRequest
    hub: HubConnectionSettings
    refusal: RefusalReason | None


class HubLine(ABC):
    """Opens the line that a request asks for; what is said on it is its kind's own.

    Args:
        done: called on the line's thread at its end.
    """

    def __init__(self, asked: Asked, done: Callable[[], None]) -> None:
        self._asked = asked
        self._done = done
        self._stop = threading.Event()
        self._sent = False
        self._thread = threading.Thread(target=self._run, name=f"video-{asked.camera}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it soon; a thread that waits for the network is left to its own time-out."""
        self._stop.set()

    @abstractmethod
    def _speak(self, line: Connection) -> None:
        """Say all there is to say; ``_sent`` is set with the first of it."""

    def _run(self) -> None:
        camera = self._asked.camera
        try:
            address = stream_address(self._asked.hub, self._asked.request)
            with connect(
                address,
                ssl=certificate_check(self._asked.hub, address),
                compression=None,
                open_timeout=PATIENCE,
                close_timeout=1,
                max_size=64 * 1024,
                proxy=None,
            ) as line:
                if self._asked.refusal is None:
                    self._speak(line)
                else:
                    say(line, VideoRefused(reason=self._asked.refusal))
        except (OSError, WebSocketException, ConfigError) as error:
            if not self._sent:
                _log.warning("camera %s: its video cannot go to the hub: %s (hub.page, hub.ca_file)", camera, error)
        except (av.error.FFmpegError, ValueError) as error:
            _log.warning("camera %s: no file can be made of its packets to watch it: %s", camera, error)
        finally:
            self._done()


def say(line: Connection, said: Message | bytes) -> None:
    """Send a note, or a piece behind the byte of its kind."""
    line.send(said if isinstance(said, bytes) else said.model_dump_json())
