"""How soon the next look at a camera can change what a scene says.

A scene about things that may stand for minutes need not look every second: nobody near, or all at rest, is looked at
seldom; what moves or was just lost from sight, often; and exactly when a dwell is up, however seldom the looks were.
"""

from collections.abc import Iterable

from sharp_eyes.edge.sampling import LATE_KEYFRAME, NextLook

SHARE = 0.02
"""Share of the dwell by which its beginning may be seen late: 3.6 of 180 s."""

HIDDEN_LOOKS = 2
"""Looks within the grace, at least, so that one missed detection loses nobody."""

KEYFRAME_SHARE = 1.67
"""How much longer than that a look may wait for a keyframe."""

PROMPT = 0.8
"""Seconds that a look may wait for a keyframe when a dwell is up."""

SLOWEST = 10.0
"""Seconds between two looks at most, however long the dwell."""

STILL = 2.2
"""How much longer a look may wait while the stream's packets say that nothing moves, within half the grace."""

STILL_KEYFRAME_SHARE = 1.6
"""How much longer than that it may wait for a keyframe."""

ASLEEP = (1.0, 2.5)
"""Seconds after which a scene that looks several times a second looks while nobody is there and nothing moves: at a
keyframe from the first on, at any frame from the second on."""


class Pace:
    """The paces of one scene.

    Args:
        interval: seconds between two looks at most, where something happens.
        dwell: shortest seconds that something must last before it counts; 0 where one look may decide.
        grace: seconds that it may be hidden.
    """

    def __init__(self, interval: float, dwell: float = 0.0, grace: float = 0.0) -> None:
        self._interval = interval
        self._slack = min(SHARE * dwell, grace / HIDDEN_LOOKS, SLOWEST)
        self._still = min(STILL * SHARE * dwell, grace / HIDDEN_LOOKS, SLOWEST)
        # What one late look misses is looked for once more within the grace.
        within_grace = grace - HIDDEN_LOOKS * interval
        self._still_latest = min(STILL_KEYFRAME_SHARE * self._still, within_grace, SLOWEST)
        # A scene that looks several times a second waits for no keyframe.
        self.patience = max(LATE_KEYFRAME * interval, self._slack) if interval >= 1 else 0.0
        """Seconds from one look to the next for which a keyframe is waited for where something happens."""

    @property
    def steady(self) -> bool:
        """Whether it looks at the same pace always."""
        return self._interval < 1 or self.patience > self._slack

    def often(self, now: float) -> NextLook:
        """Something happens: look after the interval, or at a keyframe that comes soon after it."""
        return NextLook(now, now + self.patience)

    def seldom(self, now: float) -> NextLook:
        """Nothing is about to change."""
        if self.steady:
            return self.often(now)
        latest = now + KEYFRAME_SHARE * self._slack
        still = NextLook(now + self._still, max(latest, now + self._still_latest))
        return NextLook(now + self._slack, latest, still)

    def asleep(self, now: float) -> NextLook:
        """Nobody is there: look as often as ever, but less while nothing moves where single looks are a short time."""
        due, latest = ASLEEP
        return NextLook(now, now + self.patience, NextLook(now + due, now + latest) if self._interval < due else None)

    def when(self, now: float, happens: bool, remaining: Iterable[float]) -> list[NextLook]:
        """The looks that are wanted after one.

        Args:
            now: time of that look.
            happens: whether something moves, hides, or may have cleared.
            remaining: seconds until something is up; what lies behind is left out.
        """
        looks = [self.often(now) if happens else self.seldom(now)]
        return looks + [NextLook(now + left, now + left + PROMPT) for left in remaining if left > 0]
