"""What is known about the reading of one camera, over all its reconnects."""

import threading
import time
from collections import deque

RECENT = 30.0
"""Seconds over which frames per second are counted."""

KEYFRAMES_KEPT = 5

STUCK_NOTICE = (
    "the camera's timestamps stand still: its pictures are timed by their arrival; "
    "restart the camera, and update its firmware"
)


class StreamStatistics:
    """Counts of one camera; written by the thread that reads, read by any.

    Attributes:
        decoded: frames given since the camera was started.
        fed: packets that the decoder had to work on.
        broken: packets, frames or pictures left out because they could not be decoded.
        last_time: time of the latest frame, seconds since the Unix epoch.
        gap: whether video is missing before the next frame.
        stuck: whether the stream's own timestamps stand still.
        device_fault: why a device does not decode the stream any more; empty where one does, or none was to.
    """

    def __init__(self) -> None:
        self.decoded = 0
        self.fed = 0
        self.broken = 0
        self.last_time: float | None = None
        self.gap = False
        self.stuck = False
        self.device_fault = ""
        self._lock = threading.Lock()
        self._arrivals: deque[float] = deque(maxlen=256)
        self._keyframes: deque[float] = deque(maxlen=KEYFRAMES_KEPT)

    def count_frame(self, frame_time: float) -> None:
        """Take in a frame that was decoded."""
        self.decoded += 1
        self.last_time = frame_time
        self.gap = False
        with self._lock:
            self._arrivals.append(time.monotonic())

    def count_broken(self) -> None:
        """Take in something that could not be decoded; the next frame follows a gap."""
        self.broken += 1
        self.gap = True

    @property
    def notice(self) -> str:
        """What is wrong with the stream though it can be watched; empty where nothing is."""
        return "; ".join(filter(None, (STUCK_NOTICE if self.stuck else "", self.device_fault)))

    def count_keyframe(self, keyframe_time: float) -> None:
        """Take in a keyframe as it comes from the network, decoded or not."""
        with self._lock:
            if self._keyframes and keyframe_time < self._keyframes[-1]:
                self._keyframes.clear()  # the clock was set
            self._keyframes.append(keyframe_time)

    def break_off(self) -> None:
        """The stream was lost: what comes next does not belong to the intervals measured so far."""
        self.gap = self.decoded > 0
        with self._lock:
            self._arrivals.clear()
            self._keyframes.clear()

    @property
    def keyframe_interval(self) -> float | None:
        """Seconds between keyframes, mean of the latest few; None until two were seen."""
        with self._lock:
            if len(self._keyframes) < 2:
                return None
            return max(0.0, (self._keyframes[-1] - self._keyframes[0]) / (len(self._keyframes) - 1))

    @property
    def frames_per_second(self) -> float | None:
        """Frames decoded per second of the clock, recent; None until two were decoded."""
        now = time.monotonic()
        with self._lock:
            recent = [arrival for arrival in self._arrivals if arrival > now - RECENT]
        if len(recent) < 2 or recent[-1] <= recent[0]:
            return None
        return (len(recent) - 1) / (recent[-1] - recent[0])
