"""Cuts the verifier's training crops: labelled things, what the detectors take for something, and places at random.

Runs in the product's own environment, beside the pictures that `build_data` made.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import yaml
from scripts.train.boxes import Picture
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load

from sharp_eyes.edge import open_model
from sharp_eyes.edge.extract.crops import square_around

EXAMPLES = """examples:
  nice -n 10 .venv/bin/python -m scripts.train.verifier.crops             # runs/train/verifier/train
  nice -n 10 .venv/bin/python -m scripts.train.verifier.crops --held      # runs/train/verifier/held
"""
RECIPE = Path(__file__).with_name("verifier.yaml")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crop:
    """One crop: what it may be (bits by class number), what a detector took it for, and how it came here."""

    box: Box
    allowed: int
    claimed: str
    score: float
    kind: str


class Known:
    """What is known of one picture: labelled boxes, and where which class is unknown. Boxes in pixels."""

    def __init__(self, rows: npt.NDArray[np.float64], classes: Sequence[str], width: int, height: int) -> None:
        self.labelled: list[tuple[str, Box]] = []
        self._unknown: list[tuple[set[str], Box]] = []
        for number, x, y, wide, high in rows:
            box = ((x - wide / 2) * width, (y - high / 2) * height, (x + wide / 2) * width, (y + high / 2) * height)
            kind = int(number)
            if kind < len(classes):
                self.labelled.append((classes[kind], box))
            else:
                names = set(classes) if kind == 2 * len(classes) else {classes[kind - len(classes)]}
                self._unknown.append((names, box))

    def unknown_in(self, box: Box) -> set[str]:
        """Classes that may be in a box without a label."""
        found: set[str] = set()
        for names, region in self._unknown:
            if inside(box, region) > 0.3:
                found |= names
        return found


def inside(box: Box, region: Box) -> float:
    """Share of a box inside a region."""
    wide, high = min(box[2], region[2]) - max(box[0], region[0]), min(box[3], region[3]) - max(box[1], region[1])
    return max(wide, 0) * max(high, 0) / max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    both = inside(a, b) * (a[2] - a[0]) * (a[3] - a[1])
    return both / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-6)


class Cutter:
    """Says which parts of a picture are worth a crop, and what each may be."""

    def __init__(self, values: dict[str, Any], random: np.random.Generator) -> None:
        self._values, self._random = values, random
        self._bits = {name: 1 << number for number, name in enumerate(values["classes"])}
        self._models = [open_model(str(ROOT / name)) for name in values["crops"]["detectors"]]

    def of_labelled(self, picture: Picture, known: Known) -> Iterator[Crop]:
        """Crops of a picture with labels."""
        for name, box in known.labelled:
            if min(box[2] - box[0], box[3] - box[1]) >= 6:
                yield Crop(box, self._may_be(name, known.unknown_in(box)), name, 1.0, "labelled")
        for name, score, box in [*self._weak(picture), *self._anywhere(picture)]:
            own = max(known.labelled, key=lambda item: overlap(box, item[1]), default=None)
            unknown = known.unknown_in(box)
            if own is not None and overlap(box, own[1]) >= 0.5:
                yield Crop(box, self._may_be(own[0], unknown), name, score, "labelled")
            elif all(max(inside(box, other), inside(other, box)) < 0.3 for _, other in known.labelled):
                allowed = self._bits["none"]
                for other in unknown:
                    allowed |= self._may_be(other, set())
                yield Crop(box, allowed, name, score, "mistaken" if name else "random")

    def of_ordinary(self, picture: Picture) -> Iterator[Crop]:
        """Crops of a picture that shows none of the hazards, whatever else it shows."""
        hazards = self._values["crops"]["hazards"]
        allowed = sum(bit for name, bit in self._bits.items() if name not in hazards)
        for name, score, box in self._weak(picture):
            if name in hazards:
                yield Crop(box, allowed, name, score, "mistaken")

    def _may_be(self, name: str, unknown: set[str]) -> int:
        values = self._values
        if name in values["either"]:
            return sum(self._bits[other] for other in values["either"][name])
        own = values["names"].get(name, "none")
        allowed = self._bits[own]
        if own in values["kind"]:
            for other in unknown & set(values["kind"]):
                allowed |= self._bits[other]
        return allowed

    def _weak(self, picture: Picture) -> list[tuple[str, float, Box]]:
        found = []
        for model in self._models:
            seen = model.detect(picture, threshold=self._values["crops"]["weak"])
            for box, score, number in zip(seen.boxes, seen.scores, seen.classes, strict=True):
                x1, y1, x2, y2 = (float(value) for value in box)
                found.append((seen.names[int(number)], float(score), (x1, y1, x2, y2)))
        found = [item for item in found if min(item[2][2] - item[2][0], item[2][3] - item[2][1]) >= 6]
        self._random.shuffle(found)
        return found[: self._values["crops"]["most_weak"]]

    def _anywhere(self, picture: Picture) -> list[tuple[str, float, Box]]:
        rows, columns = picture.shape[:2]
        found = []
        for _ in range(self._values["crops"]["random"]):
            side = float(np.exp(self._random.uniform(np.log(0.05), np.log(0.6)))) * rows
            wide = side * float(self._random.uniform(0.5, 1.5))
            x, y = self._random.uniform(0, max(columns - wide, 1)), self._random.uniform(0, max(rows - side, 1))
            found.append(("", 0.0, (float(x), float(y), float(x + wide), float(y + side))))
        return found


def labelled(recipe: Recipe, held: bool) -> Iterator[tuple[str, Picture, Known | None]]:
    """Source, picture and what is known of it; None where nothing but the absence of hazards is known."""
    folders = sorted(path.parent for path in (recipe.work / "held").glob("*/list.txt"))
    for folder in folders if held else [recipe.work / "city"]:
        pictures = _listed(folder / "list.txt") if held else sorted((folder / "train" / "images").glob("*"))
        for path in pictures:
            picture = cv2.imread(str(path))
            if picture is None:
                raise RecipeError(f"{path}: cannot be read; run build_data again")
            labels = folder / "labels" if held else folder / "train" / "labels"
            rows = _rows(labels / f"{path.stem}.txt")
            source = folder.name if held else path.stem.split("-")[0]
            if held and source != "footage":
                told = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))["labelled"]
                rows = np.vstack([rows, *_all_unknown(recipe.classes, told)])
            known = Known(rows, recipe.classes, picture.shape[1], picture.shape[0])
            yield source, np.asarray(picture, np.uint8), None if source == "footage" else known


def _all_unknown(classes: Sequence[str], told: Sequence[str]) -> list[npt.NDArray[np.float64]]:
    missing = [number for number, name in enumerate(classes) if name not in told]
    return [np.array([[len(classes) + number, 0.5, 0.5, 1.0, 1.0]]) for number in missing]


def _rows(path: Path) -> npt.NDArray[np.float64]:
    text = path.read_text(encoding="utf-8").split() if path.exists() else []
    return np.array(text, np.float64).reshape(-1, 5)


def _listed(path: Path) -> list[Path]:
    lines = [Path(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [line if line.is_absolute() else path.parent / line for line in lines]


class Shelf:
    """Crops on disk: one file of pixels, one table."""

    def __init__(self, folder: Path, side: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._side = side
        self._pixels = (folder / "pixels.u8").open("wb")
        self._table_file = (folder / "crops.csv").open("w", newline="", encoding="utf-8")
        self._table = csv.writer(self._table_file)
        self._table.writerow(["source", "allowed", "claimed", "score", "kind"])
        self.count = 0

    def put(self, source: str, picture: Picture, crop: Crop, context: float) -> None:
        """Keep a crop."""
        self._pixels.write(square_around(picture, crop.box, context, self._side).tobytes())
        self._table.writerow([source, crop.allowed, crop.claimed, f"{crop.score:.3f}", crop.kind])
        self.count += 1

    def close(self) -> None:
        """Finish both files."""
        self._pixels.close()
        self._table_file.close()


def main() -> None:
    """Read the command line and cut."""
    parser = arguments(__doc__ or "", EXAMPLES)
    parser.add_argument("--held", action="store_true", help="crops of what is kept for measuring")
    options = parser.parse_args()
    recipe = load(options)
    values = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    cutter = Cutter(values, np.random.default_rng(values["seed"]))
    side, context = values["crops"]["side"], values["crops"]["context"]
    shelf = Shelf(recipe.work / "verifier" / ("held" if options.held else "train"), side)
    for number, (source, picture, known) in enumerate(labelled(recipe, options.held)):
        for crop in cutter.of_ordinary(picture) if known is None else cutter.of_labelled(picture, known):
            shelf.put(source, picture, crop, context)
        if number % 200 == 199:
            print(f"  {number + 1} pictures, {shelf.count} crops", flush=True)
    shelf.close()
    print(f"{shelf.count} crops")


if __name__ == "__main__":
    main()
