"""When the running figures of a gateway's cameras are written: at once where a state changed, else now and then.

A heartbeat gives frames, looks and lateness of every camera anew. Few gateways have all of it written with each
heartbeat; of thousands, each has its turn within a minute or so, and a heartbeat that brings no news costs one row.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sharp_eyes.contract.status import CameraHealth, Heartbeat

_A_SECOND = 100.0
_SHORTEST_BEAT = 1.0
"""Seconds between two heartbeats at least: where a turn is no longer, every one is written."""


@dataclass(frozen=True, slots=True)
class _Written:
    at: float
    news: int


class CameraFigures:
    """What was written of each gateway's cameras, and when. Belongs to one thread.

    Attributes:
        a_second: gateways whose figures are written in a second, all together.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.a_second = _A_SECOND
        self._monotonic = monotonic
        self._written: dict[str, _Written] = {}

    def are_due(self, heartbeat: Heartbeat) -> bool:
        """Whether what a heartbeat says of the cameras is to be written."""
        written = self._written.get(heartbeat.gateway)
        if written is None or written.news != _news(heartbeat):
            return True
        turn = len(self._written) / self.a_second
        return turn <= _SHORTEST_BEAT or self._monotonic() - written.at >= turn

    def note(self, heartbeat: Heartbeat) -> None:
        """What a heartbeat says was committed."""
        self._written[heartbeat.gateway] = _Written(self._monotonic(), _news(heartbeat))

    def forget(self, gateway: str) -> None:
        """Something else wrote the states of its cameras, or may have: the next heartbeat is written."""
        self._written.pop(gateway, None)


def values_of(health: CameraHealth) -> dict[str, object]:
    """A camera's columns, as its health has them."""
    return {
        "state": health.state.value,
        "since": health.since,
        "detail": health.detail,
        "frames_per_second": health.frames_per_second,
        "looks": health.looks,
        "skipped": dict(health.skipped),
        "keyframe_interval": health.keyframe_interval,
        "late": health.late,
        "lateness": health.lateness,
    }


def _news(heartbeat: Heartbeat) -> int:
    """A sum of what is news of the cameras: of thousands of gateways it is kept."""
    return hash(tuple([(one.camera, one.state, one.since, one.detail) for one in heartbeat.cameras]))
