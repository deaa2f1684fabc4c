"""Car parks seen from above, rows and heaps of bicycles and scooters, lone buses: rendered vehicles laid side by side.

The cut-outs of one view share light and direction (`python -m scripts.render fleet`), so that neighbours stand in one
row on one ground. Boxes are exact: they hold what is left to be seen of each thing.
"""

import csv
import dataclasses
import math
from pathlib import Path

import cv2
import numpy as np
from scripts.train.boxes import Floats, Found, Picture
from scripts.train.cutouts import CutOut, read_cut_out
from scripts.train.merge import Known
from scripts.train.recipe import ROOT, Recipe
from scripts.train.turning import turning

SEEN = 0.35
"""Share of a thing that must be left to be seen for its box to be a label; below it its class is unknown there."""
TALL = {"car": 1.5, "bus": 3.0, "truck": 2.8, "bicycle": 1.05, "motorcycle": 1.1}
PLANS = ("park", "kerb", "row", "heap", "lone")


@dataclasses.dataclass(frozen=True)
class Vehicle:
    """A cut-out with its class, the degrees from which it is seen, and its scale in metres a pixel."""

    cut: CutOut
    kind: str
    elevation: float
    azimuth: float
    metres: float


@dataclasses.dataclass(frozen=True)
class Fleet:
    """Vehicles by view, and single two-wheelers and things like them."""

    views: list[list[Vehicle]]
    singles: list[CutOut]
    others: list[CutOut]


def read_fleet(recipe: Recipe, held: bool) -> Fleet:
    """The rendered vehicles whose views are held out, or those that are not; RecipeError where none are rendered."""
    settings = recipe["crowded"]
    folder = ROOT / settings["fleet"]
    views: dict[str, list[Vehicle]] = {}
    for row in _rows(folder):
        if (int(row["view"]) % settings["hold_every"] == 0) != held:
            continue
        cut = read_cut_out(folder / row["image"], row["class"], row["class"], row["view"])
        if cut is not None:
            seen = (float(row[name]) for name in ("elevation", "azimuth", "metres"))
            views.setdefault(row["view"], []).append(Vehicle(cut, row["class"], *seen))
    folder = ROOT / recipe["paste"]["rendered"]["folder"]
    singles: list[CutOut] = []
    others: list[CutOut] = []
    for row in _rows(folder):
        group = Path(row["image"]).stem.rpartition("_")[0]
        number = int(group.rpartition("_")[2])
        if (number % settings["hold_every"] == 0) != held:
            continue
        two_wheels = row["class"] in ("bicycle", "ebike")
        if two_wheels or row["kind"] in settings["look_alikes"]:
            cut = read_cut_out(folder / row["image"], row["kind"], row["class"] or None, group)
            if cut is not None:
                (singles if two_wheels else others).append(cut)
    return Fleet([view for view in views.values() if len(view) > 3], singles, others)


def _rows(folder: Path) -> list[dict[str, str]]:
    table = folder / "index.csv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclasses.dataclass
class Canvas:
    """A picture that things are laid on, from the far ones to the near ones.

    `owner` (h, w) is the number of the thing that is seen at each pixel, -1 for the ground.
    """

    picture: Picture
    owner: np.ndarray[tuple[int, int], np.dtype[np.int32]]
    kinds: list[str | None] = dataclasses.field(default_factory=list)
    areas: list[float] = dataclasses.field(default_factory=list)

    def lay(
        self, cut: CutOut, kind: str | None, middle: tuple[float, float], size: tuple[int, int], turn: float
    ) -> None:
        """Lay a cut-out of `size` (width, height) with its middle at `middle`, turned by `turn` degrees."""
        colours, alpha = _sized(cut, size, turn)
        rows, columns = alpha.shape
        left, top = round(middle[0] - columns / 2), round(middle[1] - rows / 2)
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self.picture.shape[1], left + columns), min(self.picture.shape[0], top + rows)
        if x1 - x0 < 3 or y1 - y0 < 3:
            return
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        opaque = alpha[part][:, :, None]
        ground = self.picture[y0:y1, x0:x1].astype(np.float32)
        self.picture[y0:y1, x0:x1] = np.clip(colours[part] * opaque + ground * (1 - opaque), 0, 255).astype(np.uint8)
        self.owner[y0:y1, x0:x1][alpha[part] > 0.5] = len(self.kinds)
        self.kinds.append(kind)
        self.areas.append(float((alpha > 0.5).sum()))

    def shade(self, middle: tuple[float, float], size: tuple[float, float], strength: float) -> None:
        """Darken an ellipse of the ground."""
        dark = np.zeros(self.picture.shape[:2], np.float32)
        half = (max(1, round(size[0] / 2)), max(1, round(size[1] / 2)))
        cv2.ellipse(dark, (round(middle[0]), round(middle[1])), half, 0, 0, 360, 1.0, -1)
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), max(1.0, size[1] / 6)), np.float32)
        self.picture[:] = (self.picture * (1 - strength * dark[:, :, None])).astype(np.uint8)

    def known(self, recipe: Recipe, before: Known) -> Known:
        """Labels of what is seen now, of `before` only what is not hidden; what is hardly seen is unknown."""
        boxes, kinds, regions, unknown = [], [], [], []
        for number, kind in enumerate(self.kinds):
            rows, columns = np.nonzero(self.owner == number)
            if kind is None or len(rows) < 12:
                continue
            box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            if len(rows) / self.areas[number] >= SEEN and min(box[2] - box[0], box[3] - box[1]) >= 5:
                boxes.append(box)
                kinds.append(recipe.number(kind))
            # A scooter's motor is not seen, and a heap hides which is which.
            doubtful = (
                ["bicycle", "motorcycle", "ebike"] if kind in ("bicycle", "motorcycle") else ["car", "bus", "truck"]
            )
            if len(rows) / self.areas[number] >= SEEN:
                doubtful = [name for name in doubtful if name == "ebike"]
            for name in doubtful:
                regions.append(box)
                unknown.append(recipe.number(name))
        laid = Found(
            np.array(boxes, np.float32).reshape(-1, 4), np.ones(len(boxes), np.float32), np.array(kinds, np.int64)
        )
        hidden = _hidden(before.labels.boxes, self.owner)
        labels = Found.join([before.labels.where(hidden < 0.5), laid])
        half_hidden = before.labels.where((hidden >= 0.5) & (hidden < 0.95))
        return Known(
            labels,
            np.concatenate([before.regions, np.array(regions, np.float32).reshape(-1, 4), half_hidden.boxes]),
            np.concatenate([before.unknown, np.array(unknown, np.int64), half_hidden.classes]).astype(np.int64),
        )


def _hidden(boxes: Floats, owner: np.ndarray[tuple[int, int], np.dtype[np.int32]]) -> Floats:
    shares = [
        float((owner[int(y0) : max(int(y0) + 1, int(y1)), int(x0) : max(int(x0) + 1, int(x1))] >= 0).mean())
        for x0, y0, x1, y1 in boxes
    ]
    return np.array(shares, np.float32)


def _sized(cut: CutOut, size: tuple[int, int], turn: float) -> tuple[Floats, Floats]:
    how = cv2.INTER_AREA if size[1] < cut.alpha.shape[0] else cv2.INTER_LINEAR
    colours = cv2.resize(cut.colours, size, interpolation=how).astype(np.float32)
    alpha = np.asarray(cv2.resize(cut.alpha, size, interpolation=how), np.float32)
    if abs(turn) > 1:
        side = math.ceil(math.hypot(*size)) + 2
        matrix = turning(size[0], size[1], turn)
        matrix[:, 2] += (side - size[0]) / 2, (side - size[1]) / 2
        colours = cv2.warpAffine(colours, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        alpha = np.asarray(cv2.warpAffine(alpha, matrix, (side, side)), np.float32)
    return np.asarray(colours, np.float32), np.clip(alpha, 0, 1)


def ground(random: np.random.Generator, width: int, height: int) -> Picture:
    """Asphalt or paving, stained, with lines of paint."""
    base = random.uniform(60, 170) + random.normal(0, 6, 3)
    coarse = random.normal(0, 1, (6, 9, 1)).astype(np.float32)
    stains = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None] * random.uniform(2, 14)
    picture = base + stains + random.normal(0, random.uniform(1, 9), (height, width, 1))
    slope = math.tan(random.uniform(-1.3, 1.3))
    step = random.uniform(0.05, 0.3) * width
    bright = float(random.uniform(150, 245))
    if random.random() < 0.6:
        for start in np.arange(-width, 2 * width, step):
            ends = ((round(start), 0), (round(start + slope * height), height))
            cv2.line(picture, *ends, (bright, bright, bright), max(1, round(random.uniform(1, 4))), cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)


def crowd(background: Picture, before: Known, fleet: Fleet, recipe: Recipe, seed: list[int]) -> tuple[Picture, Known]:
    """A picture of one of the PLANS on a background, or on bare ground, and what is known of it."""
    random = np.random.default_rng(seed)
    shares = recipe["crowded"]["shares"]
    plan = str(random.choice(PLANS, p=np.array([shares[name] for name in PLANS]) / sum(shares.values())))
    groups = 1
    if plan not in ("heap", "lone") and random.random() < 0.45:
        groups = int(random.integers(1, 4))
        background = ground(random, 736, int(random.integers(414, 560)))
        before = Known(Found.empty(), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    canvas = Canvas(background.copy(), np.full(background.shape[:2], -1, np.int32))
    if plan == "heap":
        _heap(canvas, fleet, random)
    else:
        for _ in range(groups):
            _rows_of(canvas, plan, fleet, random)
    if random.random() < recipe["crowded"]["others"] and fleet.others:
        for _ in range(int(random.integers(1, 3))):
            _alone(canvas, fleet.others[int(random.integers(len(fleet.others)))], random)
    return canvas.picture, canvas.known(recipe, before)


def _alone(canvas: Canvas, cut: CutOut, random: np.random.Generator) -> None:
    """A thing like a two-wheeler that is none: a pram, a wheelchair, a bin."""
    rows, columns = canvas.picture.shape[:2]
    high = round(float(random.uniform(0.06, 0.3)) * rows)
    wide = max(4, round(high * cut.alpha.shape[1] / cut.alpha.shape[0]))
    canvas.lay(cut, None, (float(random.uniform(0, columns)), float(random.uniform(0.35, 0.9)) * rows), (wide, high), 0)


def _heap(canvas: Canvas, fleet: Fleet, random: np.random.Generator) -> None:
    """Bicycles or scooters in disorder, some fallen, four to fourteen on and behind one another."""
    rows, columns = canvas.picture.shape[:2]
    wanted = "bicycle" if random.random() < 0.65 else "ebike"
    pool = [cut for cut in fleet.singles if cut.class_name == wanted]
    pool += [item.cut for view in fleet.views for item in view if item.kind == wanted.replace("ebike", "motorcycle")]
    chosen = [pool[int(random.integers(len(pool)))] for _ in range(int(random.integers(2, 6)))]
    high = float(np.exp(random.uniform(math.log(0.05), math.log(0.28)))) * rows
    count = int(random.integers(4, 15))
    wide = high * float(random.uniform(0.5, 1.1)) * count**0.8
    middle = (float(random.uniform(0.2, 0.8)) * columns, float(random.uniform(0.4, 0.85)) * rows)
    fallen = float(random.uniform(0, 0.6))
    places = [(middle[0] + float(random.normal(0, wide / 3)), middle[1] + float(random.normal(0, high * 0.35)))
              for _ in range(count)]  # fmt: skip
    canvas.shade(middle, (wide * 1.3, high * 0.8), float(random.uniform(0.1, 0.45)))
    for x, y in sorted(places, key=lambda place: place[1]):
        cut = tinted(chosen[int(random.integers(len(chosen)))], random)
        one = high * float(random.uniform(0.88, 1.12)) * (1 + 0.3 * (y - middle[1]) / rows)
        size = (max(4, round(one * cut.alpha.shape[1] / cut.alpha.shape[0])), max(5, round(one)))
        turn = float(random.uniform(-100, 100)) if random.random() < fallen else float(random.normal(0, 6))
        canvas.lay(cut, wanted.replace("ebike", "motorcycle"), (x, y), size, turn)


def _rows_of(canvas: Canvas, plan: str, fleet: Fleet, random: np.random.Generator) -> None:
    """Vehicles of one view side by side (`park`, `row`), behind one another with some beside (`kerb`), or `lone`."""
    rows, columns = canvas.picture.shape[:2]
    view = fleet.views[int(random.integers(len(fleet.views)))]
    kinds = {"row": ("bicycle",) if random.random() < 0.5 else ("motorcycle",), "lone": ("bus", "truck")}
    pool = [item for item in view if item.kind in kinds.get(plan, ("car",))] or view
    length = {"row": 1.8, "lone": 9.0}.get(plan, 4.6)
    pixels = float(np.exp(random.uniform(math.log(0.045), math.log(0.24 if plan != "lone" else 0.5)))) * columns
    pixels = max(pixels, 10.0) / length
    elevation, azimuth = math.radians(pool[0].elevation), math.radians(pool[0].azimuth)
    along = np.array([math.cos(azimuth), -math.sin(azimuth) * math.sin(elevation)])
    across = np.array([-math.sin(azimuth), -math.cos(azimuth) * math.sin(elevation)])
    middle = np.array([random.uniform(0.25, 0.75) * columns, random.uniform(0.35, 0.8) * rows])
    spots = _spots(plan, random)
    places = [middle + pixels * (forward * along + beside * across) for forward, beside in spots]
    for x, y in sorted(places, key=lambda place: float(place[1])):
        item = pool[int(random.integers(len(pool)))]
        cut = tinted(item.cut, random) if plan == "row" else item.cut
        scale = item.metres * pixels * (1 + 0.25 * (y - middle[1]) / rows)
        size = (max(4, round(cut.alpha.shape[1] * scale)), max(4, round(cut.alpha.shape[0] * scale)))
        lift = TALL[item.kind] / 2 * math.cos(elevation) * pixels
        canvas.shade((x + 0.05 * size[0], y + lift * 0.6), (size[0] * 1.02, size[1] * 0.7), 0.35)
        canvas.lay(cut, item.kind, (x, y - lift), size, 0)


def _spots(plan: str, random: np.random.Generator) -> list[tuple[float, float]]:
    """Places in metres, along and across the vehicles' length."""
    count = int(random.integers(3, 10))
    if plan == "lone":
        return [(0.0, 0.0)]
    if plan == "row":
        gap = float(random.uniform(0.4, 0.9))
        return [(float(random.normal(0, 0.1)), (number - count / 2) * gap) for number in range(count)]
    if plan == "park":
        gap, lanes = float(random.uniform(2.0, 2.8)), [0.0, float(random.uniform(5.2, 11))]
        spots = [
            (lane, (number - count / 2) * gap)
            for lane in lanes[: int(random.integers(1, 3))]
            for number in range(count)
        ]
        full = float(random.uniform(0.6, 1.0))
        return [
            (lane + float(random.normal(0, 0.25)), at + float(random.normal(0, 0.1)))
            for lane, at in spots
            if random.random() < full
        ] or spots[:2]
    gap = float(random.uniform(5.0, 7.5))
    kerb = [((number - count / 2) * gap + float(random.normal(0, 0.2)), 0.0) for number in range(count)]
    side = float(random.choice([-1, 1])) * float(random.uniform(1.9, 2.6))
    beside = [(kerb[int(random.integers(count))][0] + float(random.normal(0, 1.2)), side)
              for _ in range(int(random.integers(1, 3)))]  # fmt: skip
    apart = [
        spot for number, spot in enumerate(beside) if all(abs(spot[0] - other[0]) > 4.8 for other in beside[:number])
    ]
    return kerb + apart


def tinted(cut: CutOut, random: np.random.Generator) -> CutOut:
    """The cut-out in another colour and light."""
    hue = cv2.cvtColor(cut.colours, cv2.COLOR_BGR2HSV).astype(np.float32)
    hue[:, :, 0] = (hue[:, :, 0] + float(random.uniform(0, 180))) % 180
    hue[:, :, 1:] *= random.uniform([0.5, 0.5], [1.2, 1.25])
    colours = cv2.cvtColor(np.clip(hue, 0, 255).astype(np.uint8), cv2.COLOR_HSV2BGR)
    return dataclasses.replace(cut, colours=np.asarray(colours, np.uint8))
