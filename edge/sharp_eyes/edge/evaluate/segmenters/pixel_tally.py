"""Counts pixels: expected against given class, honest about coarse labels.

A pixel may be one class for sure, one of several (coarse: 'buildings and vegetation', 'anything but water'), or
unknown. A class that a coarse label rules out is wrong there; which of the allowed ones it is stays open.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclasses.dataclass
class Tally:
    """Pixels of some pictures.

    Attributes:
        confusion: classes x classes, expected by given, of sure pixels.
        ruled_out: per class, coarse pixels that were given it though they cannot be it.
        consistent, coarse: coarse pixels given an allowed class, and all of them.
        pictures: per class, in how many pictures it was expected.
        seen: pictures counted.
    """

    confusion: Counts
    ruled_out: Counts
    pictures: Counts
    consistent: int = 0
    coarse: int = 0
    seen: int = 0

    @classmethod
    def empty(cls, classes: int) -> "Tally":
        """Nothing counted yet."""
        return cls(np.zeros((classes, classes), np.int64), np.zeros(classes, np.int64), np.zeros(classes, np.int64))

    def add(self, field: npt.NDArray[np.uint8], given: npt.NDArray[np.uint8]) -> None:
        """Count one picture: bit field (h, w) of allowed classes and given classes (h, w)."""
        count = len(self.confusion)
        number = np.sum([(field >> k) & 1 for k in range(count)], axis=0)
        sure = number == 1
        expected = np.log2(np.maximum(field, 1)).astype(np.int64)
        pairs = expected[sure] * count + given[sure]
        found = np.bincount(pairs, minlength=count * count).reshape(count, count)
        self.confusion += found
        self.pictures += found.sum(axis=1) > 0
        several = (number > 1) & (number < count)
        allowed = ((field[several] >> given[several]) & 1).astype(bool)
        self.ruled_out += np.bincount(given[several][~allowed], minlength=count)
        self.coarse += int(several.sum())
        self.consistent += int(allowed.sum())
        self.seen += 1

    def merge(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.confusion + other.confusion,
            self.ruled_out + other.ruled_out,
            self.pictures + other.pictures,
            self.consistent + other.consistent,
            self.coarse + other.coarse,
            self.seen + other.seen,
        )

    @classmethod
    def total(cls, tallies: Sequence["Tally"], classes: int) -> "Tally":
        """All of them together."""
        made = cls.empty(classes)
        for one in tallies:
            made = made.merge(one)
        return made

    def iou(self, number: int) -> float | None:
        """Intersection over union of a class: pixels given it that are it, over all that are it or were given it.

        Nothing where the class was never expected. Pixels that may be it or not, as far as the label tells, are left
        out.
        """
        row = self.confusion[number]
        if row.sum() == 0:
            return None
        return float(row[number] / (row.sum() + self._given(number) - row[number]))

    def recall(self, number: int) -> float | None:
        """Share of the class's pixels that were given it."""
        row = self.confusion[number]
        return float(row[number] / row.sum()) if row.sum() else None

    def precision(self, number: int) -> float | None:
        """Share of the pixels given the class that are of it, as far as the labels tell."""
        given = self._given(number)
        return float(self.confusion[number, number] / given) if given else None

    def _given(self, number: int) -> int:
        return int(self.confusion[:, number].sum() + self.ruled_out[number])

    @property
    def consistency(self) -> float | None:
        """Share of the coarse pixels that were given an allowed class."""
        return self.consistent / self.coarse if self.coarse else None
