"""How one tracked box moves: a constant-velocity filter that is driven by seconds, not by frames."""

import math
from dataclasses import dataclass

Box = tuple[float, float, float, float]

MEASUREMENT_NOISE = 0.08
"""Standard deviation of a detected centre, in sizes of the object."""
RESTLESSNESS = 1.5
STILL_RESTLESSNESS = 0.1
"""Standard deviation of the change of velocity within a second, in sizes a second."""
FIRST_SPEED = 1.5
"""Standard deviation of the speed of an object seen once, in sizes a second."""
COASTING = 1.5
"""Seconds in which the speed of an unseen object falls to a third: it may have stopped."""
STILL_REACH = 0.3
"""Sizes that an object may stray from its place and still count as standing still."""
STILL_AFTER = 3.0
STILL_HITS = 4
"""Seconds and looks in one place that make an object stand still."""
SIZE_MEMORY = 0.4
"""Weight of the newest width and height."""


@dataclass(slots=True)
class AxisFilter:
    """Kalman filter of place and velocity along one axis. Source: the white-noise acceleration model in
    Bar-Shalom, Li and Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, 6.2;
    here the velocity decays while coasting.
    """

    place: float
    speed: float
    place_variance: float
    speed_variance: float
    covariance: float = 0.0

    def advance(self, seconds: float, restlessness: float) -> None:
        """Predict ``seconds`` ahead; ``restlessness`` in pixels a second per square root of a second."""
        decay = math.exp(-seconds / COASTING)
        reach = COASTING * (1 - decay)
        self.place += reach * self.speed
        self.speed *= decay
        noise = restlessness**2
        step = min(seconds, COASTING)
        before = self.covariance + reach * self.speed_variance
        self.place_variance += reach * (self.covariance + before) + noise * step**3 / 3
        self.covariance = decay * before + noise * step**2 / 2
        self.speed_variance = decay**2 * self.speed_variance + noise * step

    def correct(self, measured: float, variance: float) -> None:
        """Take in a measured place."""
        total = self.place_variance + variance
        gain, speed_gain = self.place_variance / total, self.covariance / total
        miss = measured - self.place
        self.place += gain * miss
        self.speed += speed_gain * miss
        self.speed_variance -= speed_gain * self.covariance
        self.covariance *= 1 - gain
        self.place_variance *= 1 - gain


class BoxMotion:
    """Where a box is, where it will be, and whether it stands still. Boxes in pixels, times in seconds."""

    def __init__(self, box: Box, time: float) -> None:
        x, y, self.width, self.height = _centre_and_size(box)
        variance, speed_variance = self._noise(), (FIRST_SPEED * self.size) ** 2
        self.x = AxisFilter(x, 0.0, variance, speed_variance)
        self.y = AxisFilter(y, 0.0, variance, speed_variance)
        self._home = (x, y)
        self._home_since = time
        self._home_hits = 1
        self.still = False

    @property
    def size(self) -> float:
        """Side of a square as large as the box, pixels."""
        return math.sqrt(max(self.width * self.height, 1.0))

    @property
    def box(self) -> Box:
        """Box as it is believed to be now."""
        x, y, half_width, half_height = self.x.place, self.y.place, self.width / 2, self.height / 2
        return (x - half_width, y - half_height, x + half_width, y + half_height)

    def advance(self, seconds: float) -> None:
        """Predict ``seconds`` ahead."""
        restlessness = (STILL_RESTLESSNESS if self.still else RESTLESSNESS) * self.size
        self.x.advance(seconds, restlessness)
        self.y.advance(seconds, restlessness)

    def correct(self, box: Box, time: float) -> None:
        """Take in a detected box."""
        x, y, width, height = _centre_and_size(box)
        self.x.correct(x, self._noise())
        self.y.correct(y, self._noise())
        self.width += SIZE_MEMORY * (width - self.width)
        self.height += SIZE_MEMORY * (height - self.height)
        self._settle(x, y, time)

    def sizes_away(self, box: Box) -> float:
        """How far a detected box lies from where it should, in sizes of the object."""
        x, y, _, _ = _centre_and_size(box)
        return math.hypot(x - self.x.place, y - self.y.place) / self.size

    def distance(self, box: Box) -> float:
        """How far a detected box lies from where it should, in standard deviations."""
        x, y, _, _ = _centre_and_size(box)
        noise = self._noise()
        along = (x - self.x.place) ** 2 / (self.x.place_variance + noise)
        across = (y - self.y.place) ** 2 / (self.y.place_variance + noise)
        return math.sqrt(along + across)

    def _noise(self) -> float:
        return (MEASUREMENT_NOISE * self.size) ** 2

    def _settle(self, x: float, y: float, time: float) -> None:
        strayed = math.hypot(x - self._home[0], y - self._home[1])
        if strayed <= STILL_REACH * self.size:
            self._home_hits += 1
            settled = time - self._home_since >= STILL_AFTER and self._home_hits >= STILL_HITS
            self.still = self.still or settled
            return
        if self.still:
            # It may be driving off: its low speed is no longer to be relied on.
            for axis in (self.x, self.y):
                axis.speed_variance = max(axis.speed_variance, (FIRST_SPEED * self.size) ** 2)
        self.still = False
        self._home, self._home_since, self._home_hits = (x, y), time, 1


def _centre_and_size(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, max(right - left, 1.0), max(bottom - top, 1.0)
