"""Three pictures of one place: how it is empty (slow), how it is now (fast), and what may come to be (next).

The idea of telling what was left standing by a slow and a fast background is that of F. Porikli, "Detection of
temporarily static regions by processing video at different frame rates", AVSS 2007. Here the fast one keeps the exact
moment at which each pixel came to be as it is, so that nothing is lost of the time that a thing stands.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Colours = npt.NDArray[np.float32]
"""Rows x columns x 3, BGR, 0 to 255."""
Mask = npt.NDArray[np.bool_]
Seconds = npt.NDArray[np.float64]
"""Rows x columns, watched seconds."""

DIFFERENT = 16.0
"""Levels in one channel from which two values of a pixel differ."""
_BACK = 0.8  # share of that within which a pixel is as it was when empty
_LEARN = 5.0  # seconds in which a pixel must be steady to be learnt as empty
_SETTLE = 5.0  # seconds in which a new value must be steady to replace the present one
_FAST, _SLOW, _ABSORB = 5.0, 300.0, 60.0  # seconds to follow: now, empty, and empty where only the light changed


@dataclass
class Layers:
    """State of each pixel.

    Attributes:
        slow, fast, next: the three pictures.
        since: from when on it has been as ``fast`` says.
        next_since: from when on it may be as ``next`` says; infinite where there is no such thing.
        known: ``slow`` has been learnt.
        held: something stands there: ``slow`` does not follow.
        jumped: it became what it is at once, as when something is put there, and not slowly.
        blind: what is behind is not known any more, because the light changed altogether while something stood there.
    """

    slow: Colours
    fast: Colours
    next: Colours
    since: Seconds
    next_since: Seconds
    known: Mask
    held: Mask
    jumped: Mask
    blind: Mask
    latest: float

    @classmethod
    def begin(cls, picture: Colours, now: float) -> "Layers":
        """Know nothing but the first picture."""
        shape = picture.shape[:2]
        none = np.zeros(shape, bool)
        since, never = np.full(shape, now), np.full(shape, np.inf)
        return cls(picture, picture, picture, since, never, none, none, none, none, now)

    def see(self, picture: Colours, ignored: Mask, passed_by: Mask, faintness: float, now: float) -> None:
        """Take in one picture.

        Nothing happens where it is ``ignored``: what is coming to be there begins anew. Where it is ``passed_by``
        nothing happens either, but what was coming to be before may go on after.
        """
        passed, self.latest = now - self.latest, now
        limit = DIFFERENT * faintness
        seen = ~(ignored | passed_by)
        same = seen & (_apart(picture, self.fast) <= limit)
        back = seen & ~same & self.known & ~self.blind & (_apart(picture, self.slow) <= _BACK * limit)
        other = seen & ~same & ~back
        goes_on = other & np.isfinite(self.next_since) & (_apart(picture, self.next) <= limit)
        self._put(other & ~goes_on, picture, now)
        self.next_since = np.where(other | (passed_by & ~ignored), self.next_since, np.inf)
        self.next = _follow(self.next, picture, goes_on, passed, _FAST)
        self.fast = _follow(self.fast, picture, same, passed, _FAST)
        arrived = other & (now - self.next_since >= _SETTLE)
        self._turn(back, picture, now)
        self._turn(arrived, self.next, self.next_since)
        self.held = self.held & ~arrived  # to be judged anew: the thing may have made way for a shadow
        self.jumped = (self.jumped | arrived) & ~back

    def changed(self, faintness: float) -> Mask:
        """Known pixels that are not as they were when empty."""
        return self.known & ~self.blind & (_apart(self.fast, self.slow) > DIFFERENT * faintness)

    def arrived(self, seconds: float, changed: Mask) -> Mask:
        """Changed pixels that became so at once, so long ago."""
        return changed & self.jumped & (self.latest - self.since >= seconds)

    def empty_in(self, picture: Colours, faintness: float) -> Mask:
        """Pixels that are in this picture as they were when empty."""
        return self.known & ~self.blind & (_apart(picture, self.slow) <= _BACK * DIFFERENT * faintness)

    def hold(self, things: Mask, faintness: float) -> None:
        """Things stand there from now on, until the pixel is as it was when empty."""
        still = self.held & (self.blind | (_apart(self.fast, self.slow) > _BACK * DIFFERENT * faintness))
        self.held = still | things

    def absorb(self, ghosts: Mask) -> None:
        """What was learnt as empty there was not: it is empty now."""
        self.slow = np.where(ghosts[..., None], self.fast, self.slow)
        self.held = self.held & ~ghosts

    def learn(self, passed: float, ignored: Mask, changed: Mask) -> None:
        """Let the empty picture follow where nothing stands: soon where only the light changed, slowly elsewhere."""
        steady = self.latest - self.since >= _LEARN
        fresh = ~self.known & ~ignored & steady & ~np.isfinite(self.next_since)
        self.slow = np.where(fresh[..., None], self.fast, self.slow)
        self.known = self.known | fresh
        free = self.known & ~self.held & ~ignored & steady
        self.slow = _follow(self.slow, self.fast, free & ~changed, passed, _SLOW)
        self.slow = _follow(self.slow, self.fast, free & changed, passed, _ABSORB)
        self.jumped = self.jumped & (changed | self.held)

    def relearn(self, picture: Colours, now: float) -> None:
        """The light has changed altogether: what is empty looks like this now, and what stands looks like this."""
        self.slow = np.where((self.known & ~self.held)[..., None], picture, self.slow)
        self.fast, self.next, self.latest = picture, picture, now
        self.next_since = np.full_like(self.next_since, np.inf)
        self.blind = self.held.copy()

    def start_ages(self, now: float) -> None:
        """Count all standing from now on."""
        self.since = np.full_like(self.since, now)

    def _put(self, where: Mask, picture: Colours, now: float) -> None:
        self.next = np.where(where[..., None], picture, self.next)
        self.next_since = np.where(where, now, self.next_since)

    def _turn(self, where: Mask, picture: Colours, since: Seconds | float) -> None:
        """The pixel is something else now; where nothing was known of what is behind, that is what was behind."""
        self.fast = np.where(where[..., None], picture, self.fast)
        self.since = np.where(where, since, self.since)
        self.next_since = np.where(where, np.inf, self.next_since)
        uncovered = where & self.blind
        self.slow = np.where(uncovered[..., None], picture, self.slow)
        self.blind = self.blind & ~uncovered
        self.held = self.held & ~uncovered


def largest(colours: Colours) -> npt.NDArray[np.float32]:
    """The largest channel of each pixel."""
    return np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])


def _apart(one: Colours, other: Colours) -> npt.NDArray[np.float32]:
    return largest(np.abs(one - other))


def _follow(layer: Colours, target: Colours, where: Mask, passed: float, seconds: float) -> Colours:
    share = np.float32(1 - np.exp(-passed / seconds))
    return np.where(where[..., None], layer + share * (target - layer), layer)
