"""Counts pixels: expected against given class, honest about coarse labels.

Only pixels with one allowed class enter intersection over union. A coarse pixel is counted apart: as
consistent, when the class given is one of those allowed.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclasses.dataclass
class Tally:
    """Pixels of some pictures.

    Attributes:
        confusion: classes x classes, expected by given, of sure pixels.
        consistent, coarse: coarse pixels given an allowed class, and all of them.
        pictures: per class, in how many pictures it was expected.
    """

    confusion: Counts
    consistent: int = 0
    coarse: int = 0
    pictures: Counts = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))
    seen: int = 0

    @classmethod
    def empty(cls, classes: int) -> "Tally":
        """Nothing counted yet."""
        return cls(np.zeros((classes, classes), np.int64), pictures=np.zeros(classes, np.int64))

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
        self.coarse += int(several.sum())
        self.consistent += int(((field[several] >> given[several]) & 1).sum())
        self.seen += 1

    def merge(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.confusion + other.confusion,
            self.consistent + other.consistent,
            self.coarse + other.coarse,
            self.pictures + other.pictures,
            self.seen + other.seen,
        )

    def iou(self, number: int) -> float | None:
        """Intersection over union of all sure pixels; nothing where the class was never expected."""
        row = self.confusion[number]
        if row.sum() == 0:
            return None
        return float(row[number] / (row.sum() + self.confusion[:, number].sum() - row[number]))

    def recall(self, number: int) -> float | None:
        """Share of the class's pixels that were given it."""
        row = self.confusion[number]
        return float(row[number] / row.sum()) if row.sum() else None

    def precision(self, number: int) -> float | None:
        """Share of the sure pixels given the class that are of it."""
        column = self.confusion[:, number]
        return float(column[number] / column.sum()) if column.sum() else None

    @property
    def consistency(self) -> float | None:
        """Share of the coarse pixels that were given an allowed class."""
        return self.consistent / self.coarse if self.coarse else None
