"""Reads YOLO label files: ``class x y width height`` or ``class x1 y1 x2 y2 …`` in shares of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sharp_eyes.edge.evaluate.detectors.labelled import EVERY_CLASS, LabelFault, LabelledPicture, Shares, no_boxes

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})

TOLERANCE = 0.01
"""Share by which a coordinate may lie outside the picture and is cut; beyond it the file is wrong."""


class LabelError(Exception):
    """A label file cannot be used: the fault says why."""

    def __init__(self, fault: LabelFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files that belong to a picture stand.

    Attributes:
        base: folder of the pictures, from which sub-folders and names count; None for pictures from anywhere.
        labels, ignore: folders given in ``data.yaml``; None means beside the pictures.
    """

    base: Path | None
    labels: Path | None = None
    ignore: Path | None = None

    def file_of(self, picture: Path, folder: Path | None, word: str) -> Path:
        """The label file of a picture, whether it is there or not."""
        if folder is not None:
            inside = self.base is not None and picture.is_relative_to(self.base)
            sub = picture.relative_to(self.base).parent if inside and self.base is not None else Path()
            return folder / sub / f"{picture.stem}.txt"
        parts = list(picture.parts)
        for index in range(len(parts) - 2, -1, -1):  # the last folder of that name, as Ultralytics does
            if parts[index] == "images":
                parts[index] = word
                return Path(*parts).with_suffix(".txt")
        return picture.with_suffix(".txt") if word == "labels" else picture.with_suffix(f".{word}.txt")


def read_picture_labels(
    picture: Path, name: str, group: str, layout: Layout, names: Sequence[str]
) -> tuple[LabelledPicture, bool]:
    """One picture with its labels and ignore regions, and whether it has a label file.

    Raises:
        LabelError: the label or the ignore file is wrong; the picture is not to be judged.
    """
    label_file = layout.file_of(picture, layout.labels, "labels")
    boxes, kinds = read_boxes(label_file, names, every=False)
    regions, region_kinds = read_boxes(layout.file_of(picture, layout.ignore, "ignore"), names, every=True)
    labelled = LabelledPicture(picture, name, group, boxes, kinds, regions, region_kinds)
    return labelled, label_file.is_file()


def read_boxes(path: Path, names: Sequence[str], *, every: bool) -> tuple[Shares, tuple[str, ...]]:
    """Boxes and their names; none where there is no such file.

    Args:
        path: the file.
        names: class names in the file's order.
        every: whether class -1 is allowed, which stands for every class.

    Raises:
        LabelError: names the file, the line and what is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return no_boxes(), ()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(LabelFault(str(path), "unreadable label file", f"{path}: cannot be read: {error}")) from error
    boxes, kinds = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        kind, box = _one(line, f"{path}:{number}", str(path))
        if kind == -1 and every:
            kinds.append(EVERY_CLASS)
        elif 0 <= kind < len(names):
            kinds.append(names[kind])
        else:
            message = (
                f"{path}:{number}: class {kind} is out of range; there are {len(names)} names (0 to {len(names) - 1})"
            )
            raise LabelError(LabelFault(str(path), "class out of range", message))
        boxes.append(box)
    return (np.array(boxes, np.float64) if boxes else no_boxes()), tuple(kinds)


def _one(line: str, where: str, file: str) -> tuple[int, list[float]]:
    words = line.split()
    try:
        kind, values = float(words[0]), [float(word) for word in words[1:]]
    except ValueError:
        raise LabelError(LabelFault(file, "no label line", f"{where}: not numbers: {line.strip()[:60]!r}")) from None
    if not np.isfinite([kind, *values]).all():
        message = f"{where}: {line.strip()[:60]!r} holds a value that is not a finite number; write the line again"
        raise LabelError(LabelFault(file, "not a number", message))
    outline = len(values) >= 6 and len(values) % 2 == 0
    if not (len(values) == 4 or outline) or kind != int(kind):
        message = f"{where}: expected `class x y width height` or an outline, found {len(words)} values"
        raise LabelError(LabelFault(file, "no label line", message))
    if outline:
        corners = [min(values[0::2]), min(values[1::2]), max(values[0::2]), max(values[1::2])]
    else:
        x, y, width, height = values
        corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    if min(corners) < -TOLERANCE or max(corners) > 1 + TOLERANCE:
        message = f"{where}: reaches outside the picture; values must be shares of it, 0 to 1"
        raise LabelError(LabelFault(file, "outside the picture", message))
    cut = [min(max(value, 0.0), 1.0) for value in corners]
    if cut[2] <= cut[0] or cut[3] <= cut[1]:
        raise LabelError(LabelFault(file, "empty box", f"{where}: the box has no area"))
    return int(kind), cut
