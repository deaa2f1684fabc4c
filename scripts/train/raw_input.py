"""Pictures as a network with raw input takes them: uint8, batch x height x width x 3, BGR."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scripts.train.boxes import letterbox
from scripts.train.samples import read_picture


class ExportError(Exception):
    """A file cannot be used, or a network does not agree with the one it was made from; the message says what to do."""


def read_batch(paths: Sequence[Path], width: int, height: int, pad: int = 114) -> npt.NDArray[np.uint8]:
    """Read pictures, fitted into the input: n x height x width x 3, BGR."""
    return np.stack([letterbox(read_picture(path), width, height, pad)[0] for path in paths])


def pictures_in(place: Path, most: int) -> list[Path]:
    """Pictures of a folder and those below it, or of a list whose lines start at its own folder; evenly spread."""
    if place.is_dir():
        found = sorted(path for path in place.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    elif place.is_file():
        lines = [line.strip() for line in place.read_text(encoding="utf-8").splitlines()]
        found = [place.parent / line for line in lines if line]
    else:
        raise ExportError(f"{place}: there is no such folder or list of pictures")
    if not found:
        raise ExportError(f"{place}: no pictures in it")
    return [found[round(place)] for place in np.linspace(0, len(found) - 1, min(most, len(found)))]
