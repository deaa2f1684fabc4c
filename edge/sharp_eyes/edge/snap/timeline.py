"""From a stream's own seconds to seconds since the Unix epoch, and the pace of the clock.

A stream counts from anywhere and jumps when a camera sets its clock or a recording was joined. A timeline
adds an offset that is moved only at such a break, so that packets and frames agree and frames never go back.
"""

import math
import threading
import time

from sharp_eyes.edge.snap.wall_clock import LARGEST_SLEW, wall

GAP = 2.0
"""Seconds without a packet from which video counts as missing (or three times the usual step, if longer)."""

BACKWARD_JUMP = 1.0
FORWARD_JUMP = 3600.0
"""A decode time that goes back, or leaps by more than an hour, is a new clock, not a gap."""

DRIFT = 2.0
"""Seconds a camera's timeline may fall behind the wall clock."""

FIRST_WINDOW = 2.0
DRIFT_WINDOW = 5.0
"""Seconds for which every packet must be late before lateness counts as drift and not as a slow network."""

SMALLEST_STEP = 0.001


class Timeline:
    """A recording read as fast as it goes: its first packet has the time ``start``.

    Args:
        start: time of the origin, seconds since the Unix epoch.
        after: all frame times will be later than this.

    Attributes:
        stepped: seconds by which the latest packet moved the timeline because the wall clock was set.
    """

    def __init__(self, start: float, after: float | None = None) -> None:
        self.stepped = 0.0
        self._start = start
        self._offset: float | None = None
        self._last_frame = after
        self._last_decode: float | None = None
        self._step = 0.0
        self._end = start

    def packet(self, decode_time: float, presentation_time: float, duration: float, origin: float) -> bool:
        """Take in the next packet, in the stream's own seconds; wait where the clock asks for it.

        Args:
            decode_time: when the packet is decoded.
            presentation_time: when it is shown.
            duration: for how long; 0 where unknown.
            origin: where the stream starts; the timeline's start falls there.

        Returns:
            Whether video is missing before this packet.
        """
        self._follow_wall_clock()
        if self._offset is None:
            self._offset = self._start - origin
        gap = self._follow(decode_time, duration) or bool(self.stepped)
        self._keep_pace(decode_time)
        self._end = max(self._end, self.at(presentation_time) + (duration or self._step))
        return gap

    def at(self, stream_time: float) -> float:
        """Return the time of a moment of the stream."""
        return stream_time + (self._offset or 0.0)

    def frame(self, stream_time: float | None) -> float:
        """Return the time of the next frame: later than all before it, even if the stream's time is not."""
        expected = (self._last_frame or self._start) + self._step
        return self.next_frame(expected if stream_time is None else self.at(stream_time))

    def next_frame(self, moment: float) -> float:
        """Return the time of the next frame, of which the timeline has said before when it is shown."""
        if self._last_frame is not None and moment <= self._last_frame:
            moment = self._last_frame + SMALLEST_STEP
        self._last_frame = moment
        return moment

    def start_again(self) -> None:
        """The recording is read from its start once more; its timeline goes on where it ended."""
        self._start = self._end
        self._offset = None
        self._last_decode = None

    def _follow_wall_clock(self) -> None:
        """Move with the wall clock where it was set; a fast timeline has nothing to do with it."""

    def _keep_pace(self, decode_time: float) -> None:
        """Wait, or compare with the clock; a fast timeline does neither."""

    def _follow(self, decode_time: float, duration: float) -> bool:
        last, self._last_decode = self._last_decode, decode_time
        if last is None:
            self._step = duration
            return False
        jump = decode_time - last
        if jump < -BACKWARD_JUMP or jump > FORWARD_JUMP:
            self._offset = self.at(last) + self._step - decode_time
            return True
        gap = jump > max(GAP, 3 * self._step)
        if jump > 0 and not gap:
            self._step = jump if self._step == 0 else 0.9 * self._step + 0.1 * jump
        return gap


class LiveTimeline(Timeline):
    """One that goes with the wall clock, also where that is set."""

    def __init__(self, start: float, after: float | None = None) -> None:
        # What the camera gave last cannot lie in the future, unless the clock was set back meanwhile.
        ahead = after is not None and after > wall.time() + LARGEST_SLEW
        super().__init__(start, None if ahead else after)
        self._moved, self._stepped = wall.moved, wall.stepped

    def _follow_wall_clock(self) -> None:
        wall.time()
        moved, self._moved = wall.moved - self._moved, wall.moved
        self.stepped, self._stepped = wall.stepped - self._stepped, wall.stepped
        if moved:
            self._shift(moved)
        if self.stepped < 0 and self._last_frame is not None:
            self._last_frame += self.stepped

    def _shift(self, seconds: float) -> None:
        """Move all that follows."""
        self._start += seconds
        self._end += seconds
        if self._offset is not None:
            self._offset += seconds


class PacedTimeline(LiveTimeline):
    """A recording played as the clock goes: it starts now, and each packet waits for its moment.

    Moments are counted from the start, so a late packet is followed at once and nothing drifts.
    """

    def __init__(self, stop: threading.Event, after: float | None = None) -> None:
        super().__init__(wall.time(), after)
        self._stop = stop
        self._zero: float | None = None

    def _keep_pace(self, decode_time: float) -> None:
        moment = self.at(decode_time)
        if self._zero is None:
            self._zero = time.monotonic() - moment
        delay = self._zero + moment - time.monotonic()
        if delay > 0:
            self._stop.wait(delay)

    def _shift(self, seconds: float) -> None:
        super()._shift(seconds)
        if self._zero is not None:
            self._zero -= seconds


class ArrivalTimeline(LiveTimeline):
    """A camera: its own clock counts, held to the wall clock by when its packets arrive.

    A packet can be late because of the network but never early. So an early packet moves the timeline at
    once (which also takes out the seconds that were buffered while connecting), and lateness only when
    every packet of a window has it: any at all in the first window, :data:`DRIFT` later.

    Args:
        opened: when the connection was begun, seconds since the Unix epoch.
        after: all frame times will be later than this.
    """

    def __init__(self, opened: float, after: float | None = None) -> None:
        super().__init__(opened, after)
        self._allowed = 0.0
        self._window = FIRST_WINDOW
        self._window_start: float | None = None
        self._least = math.inf

    def packet(self, decode_time: float, presentation_time: float, duration: float, origin: float) -> bool:
        """Take in the next packet; the first one to arrive is the origin, whatever the camera says."""
        return super().packet(decode_time, presentation_time, duration, decode_time)

    def _keep_pace(self, decode_time: float) -> None:
        now = wall.time()
        lateness = now - self.at(decode_time)
        if lateness < 0:
            self._shift(lateness)
            lateness = 0.0
        self._least = min(self._least, lateness)
        if self._window_start is None or now < self._window_start:
            self._window_start = now
        elif now - self._window_start > self._window:
            if self._least > self._allowed:
                self._shift(self._least)
            self._allowed, self._window = DRIFT, DRIFT_WINDOW
            self._window_start = now
            self._least = math.inf
