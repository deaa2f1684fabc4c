"""A teacher's word where the labels leave a class open: what it is sure of becomes a label, the rest stays open."""

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scripts.train.boxes import Floats, Found, overlaps

WHOLE = 0.98
"""Share of both sides from which an unknown region is the whole picture."""
SAME = 0.45


@dataclasses.dataclass(frozen=True)
class Rows:
    """A label file: `kinds` (n,), from `classes` on unknown regions, and `boxes` (n, 4), corners in 0..1."""

    kinds: npt.NDArray[np.int64]
    boxes: Floats

    @classmethod
    def read(cls, text: str) -> "Rows":
        """Rows of a YOLO label file."""
        table = np.array([line.split() for line in text.splitlines() if line.strip()], np.float32).reshape(-1, 5)
        middle, half = table[:, 1:3], table[:, 3:5] / 2
        return cls(table[:, 0].astype(np.int64), np.hstack([middle - half, middle + half]))

    def text(self) -> str:
        """The YOLO label file of the rows."""
        middle, extent = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2, self.boxes[:, 2:] - self.boxes[:, :2]
        table = zip(self.kinds.tolist(), np.hstack([middle, extent]).tolist(), strict=True)
        return "".join(f"{kind} " + " ".join(f"{value:.6f}" for value in box) + "\n" for kind, box in table)


def filled(rows: Rows, said: Found, classes: int, sure: float, doubt: float) -> Rows:
    """Rows with the classes that were open on the whole picture settled by the teacher.

    `said` are its boxes, corners in 0..1. A class that people labelled, or that is known to be absent, is left alone.
    A box over `sure` becomes a label unless a label of its class lies there, one between `doubt` and `sure` an unknown
    region of its class; the region over the whole picture goes.
    """
    whole = ((rows.boxes[:, 2:] - rows.boxes[:, :2]) >= WHOLE).all(axis=1)
    open_rows = whole & (rows.kinds >= classes) & (rows.kinds < 2 * classes)
    open_classes = rows.kinds[open_rows] - classes
    asked = said.where(np.isin(said.classes, open_classes) & (said.scores >= doubt))
    known = rows.kinds < classes
    taken = [
        bool(((overlaps(box[None], rows.boxes[known])[0] > SAME) & (rows.kinds[known] == kind)).any())
        for box, kind in zip(asked.boxes, asked.classes, strict=True)
    ]
    asked = asked.where(~np.array(taken, bool))
    kinds = np.where(asked.scores >= sure, asked.classes, asked.classes + classes)
    return Rows(
        np.concatenate([rows.kinds[~open_rows], kinds]).astype(np.int64),
        np.concatenate([rows.boxes[~open_rows], asked.boxes]).astype(np.float32),
    )


def fill_files(labels: dict[Path, Found], classes: int, sure: float, doubt: float) -> int:
    """Settle label files in place by what the teacher said of their pictures; return how many changed."""
    changed = 0
    for path, said in labels.items():
        before = path.read_text(encoding="utf-8")
        after = filled(Rows.read(before), said, classes, sure, doubt).text()
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed += 1
    return changed
