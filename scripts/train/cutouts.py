"""Things without their background: cut from photographs by GrabCut, or rendered with a transparent ground."""

import csv
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from scripts.train.boxes import Floats, Picture
from scripts.train.recipe import ROOT, Recipe
from scripts.train.samples import chance, read_picture

# Height in metres of a thing as it stands, least and greatest.
HEIGHTS = {
    "ebike": (0.95, 1.2),
    "lpg": (0.62, 0.75),
    "lpg_5kg": (0.38, 0.46),
    "lpg_50kg": (1.15, 1.3),
    "oxygen": (1.2, 1.5),
    "jug": (0.42, 0.52),
    "extinguisher": (0.4, 0.65),
    "thermos": (0.28, 0.42),
    "closed_bin": (0.6, 1.1),
    "overflowing": (0.8, 1.3),
    "heap": (0.4, 0.9),
    "pram": (0.9, 1.1),
    "wheelchair": (0.85, 1.0),
    "bicycle": (0.95, 1.1),
    "folding_bicycle": (0.9, 1.05),
    "kick_scooter": (0.85, 1.1),
}
OTHER_HEIGHT = (0.3, 0.9)
PHOTOGRAPHED = "photographed_cylinder"


@dataclasses.dataclass(frozen=True)
class CutOut:
    """A thing: `colours` BGR (h, w, 3), `alpha` 0..1 (h, w), and its class, or None for a look-alike."""

    name: str
    kind: str
    class_name: str | None
    group: str
    colours: Picture
    alpha: Floats

    @property
    def height(self) -> tuple[float, float]:
        """Least and greatest height in metres; tall narrow cylinders are the tall ones."""
        low, high = HEIGHTS.get(self.kind, OTHER_HEIGHT)
        if self.kind == PHOTOGRAPHED:
            slim = self.alpha.shape[0] / max(1, self.alpha.shape[1])
            middle = float(np.interp(slim, [1.0, 1.6, 3.0, 4.5], [0.42, 0.62, 1.0, 1.4]))
            return middle * 0.85, middle * 1.15
        return low, high


def foreground(crop: Picture) -> Floats | None:
    """Alpha (h, w) of the thing that fills a crop, by GrabCut (Rother et al., 2004); None where it finds no clear one.

    The border is taken for probable background, a slim ellipse in the middle for the thing.
    """
    rows, columns = crop.shape[:2]
    mask = np.full((rows, columns), cv2.GC_PR_FGD, np.uint8)
    edge_x, edge_y = max(1, columns // 25), max(1, rows // 40)
    mask[:, :edge_x] = mask[:, -edge_x:] = cv2.GC_BGD
    mask[:edge_y] = cv2.GC_PR_BGD
    cv2.ellipse(mask, (columns // 2, rows // 2), (columns // 4, rows * 2 // 5), 0, 0, 360, int(cv2.GC_FGD), -1)
    store = (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(crop, mask, (0, 0, columns, rows), *store, 4, cv2.GC_INIT_WITH_MASK)
    solid = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    solid = np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    largest = max(outlines, key=cv2.contourArea)
    area, hull = cv2.contourArea(largest), cv2.contourArea(cv2.convexHull(largest))
    _left, _top, width, height = cv2.boundingRect(largest)
    fills = area / (rows * columns)
    # Wider than high is a close look at a valve or a heap, not a cylinder that stands.
    whole = height > 0.85 * rows and width > 0.6 * columns and height > 0.85 * width
    if not whole or area / max(hull, 1) < 0.86 or not 0.45 < fills < 0.97:
        return None
    filled = np.zeros_like(solid)
    cv2.drawContours(filled, [largest], -1, 1, -1)
    soft = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 1.0)
    return np.asarray(np.clip(soft * 1.6 - 0.5, 0, 1), np.float32)


def photographed(recipe: Recipe) -> Iterator[CutOut]:
    """Cylinders cut from the photographs of the recipe's crops; kept on disk, since cutting takes a while."""
    settings = recipe["paste"]["crops"]
    folder = recipe.locate(settings["folder"])
    with (folder / "index.csv").open(encoding="utf-8", newline="") as lines:
        entries = [(row["image"], row["group"]) for row in csv.DictReader(lines)]
    entries.sort(key=lambda entry: chance(recipe, "crops", entry[0]))
    kept = recipe.work / "cutouts"
    kept.mkdir(parents=True, exist_ok=True)
    files = {path.stem: path for path in (folder / "images").iterdir()}
    for image, group in entries[: settings["limit"]]:
        path = kept / f"{image}.png"
        if not path.exists():
            crop = read_picture(files[image])
            alpha = foreground(crop)
            whole = np.zeros(crop.shape[:2], np.uint8) if alpha is None else np.asarray(alpha * 255, np.uint8)
            cv2.imwrite(str(path), np.dstack([crop, whole]))
        cut = read_cut_out(path, PHOTOGRAPHED, settings["class"], group)
        if cut is not None:
            yield cut


def rendered(recipe: Recipe) -> Iterator[CutOut]:
    """Things of the renderer's index, as many as there are so far."""
    folder = ROOT / recipe["paste"]["rendered"]["folder"]
    table = folder / "index.csv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        entries = list(csv.DictReader(lines))
    for row in entries:
        # The views of one thing are a group: seed and number of the thing, then the view.
        group = Path(row["image"]).stem.rpartition("_")[0]
        cut = read_cut_out(folder / row["image"], row["kind"], row["class"] or None, group)
        if cut is not None:
            yield cut


def read_cut_out(path: Path, kind: str, class_name: str | None, group: str) -> CutOut | None:
    """A picture with a transparent ground, cut to what is opaque; None where nothing is."""
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.ndim != 3 or stored.shape[2] != 4:
        return None
    alpha = stored[:, :, 3].astype(np.float32) / 255
    rows, columns = np.nonzero(alpha.max(axis=1) > 0.3)[0], np.nonzero(alpha.max(axis=0) > 0.3)[0]
    if len(rows) < 12 or len(columns) < 8:
        return None
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    opaque = np.asarray(alpha[window], np.float32)
    return CutOut(path.stem, kind, class_name, group, np.asarray(stored[:, :, :3][window], np.uint8), opaque)
