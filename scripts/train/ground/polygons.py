"""Hand-drawn labels: `labels.yaml` holds polygons in percent of a picture's width and height."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import yaml
from scripts.train.ground.recipe import Recipe, RecipeError

LABELS = Path(__file__).with_name("labels.yaml")

Drawn = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Letters of the allowed classes, and corners x, y in percent; later ones lie over earlier ones."""


@cache
def _content() -> dict[str, dict[str, list[str]]]:
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    return content


def drawn(recipe: Recipe, source: str) -> dict[str, Drawn]:
    """Polygons of each labelled picture of a source, by the picture's name without its ending."""
    letters = {name[0] for name in recipe.classes}
    found = {}
    for picture, lines in _content().get(source, {}).items():
        found[picture] = tuple(_parse(line, letters, f"{LABELS}: {source}: {picture}") for line in lines)
    return found


def _parse(line: str, letters: set[str], place: str) -> tuple[str, tuple[tuple[float, float], ...]]:
    """Read ``p 5 85, 35 62, 65 48``."""
    kinds, _, rest = line.partition(" ")
    try:
        corners = tuple((float(x), float(y)) for x, y in (pair.split() for pair in rest.split(",")))
    except ValueError:
        raise RecipeError(f"{place}: {line!r}: corners are pairs 'x y' with commas between") from None
    if not set(kinds) <= letters or len(corners) < 3 or not all(0 <= c <= 100 for pair in corners for c in pair):
        raise RecipeError(f"{place}: {line!r}: wants letters of {sorted(letters)} and 3 or more corners in 0..100")
    return kinds, corners


def paint(field: npt.NDArray[np.uint8], polygons: Drawn, classes: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Bit field (h, w) with the polygons drawn over it."""
    bit = {name[0]: 1 << number for number, name in enumerate(classes)}
    size = np.array(field.shape[::-1], np.float64) / 100
    for kinds, corners in polygons:
        points = np.rint(np.array(corners) * size).astype(np.int32)
        cv2.fillPoly(field, [points], (sum(bit[letter] for letter in kinds),))
    return field
