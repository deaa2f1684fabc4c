"""The rule that is laid over other programs' tracks, so that their events can be counted: something stands in a zone.

Knows nothing of our package; other programs' environments import it. The clock is a track's number, as theirs is: where
it changes, the dwell begins anew.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Point = Sequence[float]


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon: even-odd rule."""
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            found = not found
    return found


class DwellRule:
    """Raises an alarm once for each track whose foot stays in a zone for so long.

    Args:
        zone: corners in shares of the picture.
        dwell: seconds.
        grace: seconds that it may be hidden or out.
    """

    def __init__(self, zone: Sequence[Point], dwell: float, grace: float = 4.0) -> None:
        self._zone, self._dwell, self._grace = zone, dwell, grace
        self._stays: dict[Any, tuple[float, float]] = {}
        self._raised: set[Any] = set()
        self.alarms: list[float] = []

    def take(self, time: float, boxes: Iterable[tuple[Any, float, float, float, float]]) -> None:
        """Take in a frame: each track's number and its box, left, top, right and bottom in shares of the picture."""
        for number, left, _, right, bottom in boxes:
            if not inside(((left + right) / 2, bottom), self._zone):
                continue
            began, last = self._stays.get(number, (time, time))
            began = time if time - last > self._grace else began
            self._stays[number] = (began, time)
            if time - began >= self._dwell and number not in self._raised:
                self._raised.add(number)
                self.alarms.append(time)

    def judged(self, expected: Sequence[Sequence[float]], tolerance: float = 3.0) -> tuple[int, int]:
        """How many of the expected stays, from and to in seconds, gave an alarm, and how many alarms belong to none."""
        spans = [(begin, end + tolerance) for begin, end in expected]
        hits = sum(any(begin <= alarm <= end for alarm in self.alarms) for begin, end in spans)
        false = sum(not any(begin <= alarm <= end for begin, end in spans) for alarm in self.alarms)
        return hits, false
