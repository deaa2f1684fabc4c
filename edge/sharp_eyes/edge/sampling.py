"""When a camera is looked at: by its frames' own timestamps, and by what its scenes can make of the next look."""

from collections.abc import Collection
from dataclasses import dataclass

from sharp_eyes.edge.packet_motion import PacketMotion

SAME_MOMENT = 1e-3
"""Seconds by which a frame may come early and still be due: timestamps are rounded."""

LATE_KEYFRAME = 1.25
"""A camera set to one keyframe a second is often a little late: the next one is expected after so many intervals."""


_SAME_KEYFRAME = 0.02
"""Seconds between two keyframes below which they are one, asked for twice."""


class Sampler:
    """Says which frames are due, by their timestamps: one an interval, in step with the first."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next: float | None = None
        self._last = 0.0

    def due(self, time: float) -> bool:
        """Whether a frame of this time is to be looked at. A clock that was set back starts anew."""
        return self._next is None or time >= self._next - SAME_MOMENT or time < self._last - SAME_MOMENT

    def expedite(self, interval: float) -> None:
        """Let the next frame be due so many seconds after the latest look, if it were not sooner."""
        if self._next is not None:
            self._next = min(self._next, self._last + interval)

    def taken(self, time: float) -> None:
        """Take note of the time of a frame that is being looked at."""
        on_step = self._next is not None and 0 <= time - self._next + SAME_MOMENT < self._interval
        # On step, the average pace is kept even where frames never come at exactly the right time. Set at once: the
        # thread that reads may ask meanwhile.
        self._next = (self._next if on_step and self._next is not None else time) + self._interval
        self._last = time


@dataclass(frozen=True, slots=True)
class NextLook:
    """From when on a look can change something, in seconds of the frames' own timestamps.

    Attributes:
        due: a keyframe from then on serves, since it is cheap.
        latest: any frame from then on must serve, though frames before it are decoded for it. What lies between the
            two is waited for only where a keyframe is to be expected by then.
        still: the same as long as the stream's packets say that nothing moves; None where that changes nothing.
    """

    due: float
    latest: float
    still: "NextLook | None" = None


class LookPlan:
    """When one camera is looked at next: in the pace of its most eager scene, and not before a scene can use it.

    Without a word of the scenes every interval is used, at whatever frame comes first. Read and written by the threads
    that read and look; each attribute is replaced as a whole.

    Args:
        interval: seconds between two looks, at least.

    Attributes:
        motion: what the stream's packets say of motion; whoever reads the stream tells it of them, or nobody does.
    """

    def __init__(self, interval: float) -> None:
        self.motion = PacketMotion()
        self._interval = interval
        self._sampler = Sampler(interval)
        self._wishes: tuple[NextLook, ...] | None = None
        self._set_after = 0.0
        self._lag = 0.0
        self._seen: float | None = None
        self._keyframe: float | None = None
        self._spacing: float | None = None

    def see(self, time: float, keyframe: bool) -> None:
        """Take note of a frame as it comes, decoded or not: when keyframes come tells whether to wait for one."""
        self._seen = time
        if not keyframe or (self._keyframe is not None and abs(time - self._keyframe) < _SAME_KEYFRAME):
            return
        spacing = None if self._keyframe is None else time - self._keyframe
        self._keyframe, self._spacing = time, spacing if spacing is not None and spacing > 0 else None

    def wants(self, time: float, keyframe: bool) -> bool:
        """Whether the frame of this time is to be looked at."""
        if not self._sampler.due(time):
            return False
        standing = self._wishes  # read once: another thread may take them back
        if standing is None or time < self._set_after - SAME_MOMENT:
            return True
        wishes = [self._as_it_moves(wish) for wish in standing]
        expected, lag = self._expected(time), self._lag
        return any(
            time >= wish.latest + lag - SAME_MOMENT
            or (time >= wish.due - SAME_MOMENT and (keyframe or expected > wish.latest + lag + SAME_MOMENT))
            for wish in wishes
        )

    def taken(self, time: float) -> None:
        """Take note of the time of a frame that is being looked at."""
        self._sampler.taken(time)

    def wish(self, time: float, wishes: Collection[NextLook], calm: bool = False, arrived: bool = True) -> None:
        """Take what the scenes wish after a look at this time: the next one is due with the first of these.

        If the stream has gone on meanwhile, because the detector is late, a keyframe is waited for as much longer: a
        gateway that is too slow must not decode more for it.

        Args:
            calm: nothing moves in what the scenes see.
            arrived: where something does, it includes somebody who was not there before.
        """
        self.motion.looked(time, calm, arrived)
        self._lag = max(0.0, (self._seen or time) - time)
        self._set_after = time
        self._wishes = tuple(wishes)

    def expedite(self, interval: float) -> None:
        """Let the next frame be looked at so many seconds after the latest look, if it were not sooner."""
        self._sampler.expedite(interval)
        self._wishes = None

    def _as_it_moves(self, wish: NextLook) -> NextLook:
        """A wish by what the stream's packets say since the look that it came of."""
        began = self.motion.began
        if wish.still is None or not self.motion.trusted:
            return wish
        if self.motion.still_since(self._set_after):
            return wish.still
        # What was put off until something moved then waits for a keyframe as long as it would have done.
        return wish if began is None else NextLook(wish.due, max(wish.latest, began + wish.latest - wish.due))

    def _expected(self, time: float) -> float:
        """By when the next keyframe should have come; infinity where nothing is known of it."""
        if self._keyframe is None or self._spacing is None:
            return float("inf")
        expected = self._keyframe + LATE_KEYFRAME * self._spacing
        return expected if expected > time else float("inf")
