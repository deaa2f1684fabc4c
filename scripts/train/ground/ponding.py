"""Fit the weights of the cues for standing water on pairs of pictures of one place: dry, and as it is now.

Real roads get ponds, shadows, repairs and a wet surface painted in and are seen in changing light; rendered lapses
(`python -m scripts.render.ground.lapse`) bring true reflections. Held-out groups are as for the segmentation.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scripts.render.conditions import rain
from scripts.train.ground import recipe as recipes
from scripts.train.ground.pasting import add_decoy, add_pond, wet
from scripts.train.ground.recipe import ROOT, Recipe
from scripts.train.ground.sources import Mask, Picture, bits, read, split

from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.reference.glance import Glance, Sample, Window
from sharp_eyes.edge.scenes.reference.ponding import CUES, Weighing, cues_of, planes_of
from sharp_eyes.edge.scenes.reference.scene import ReferenceScene

Floats = npt.NDArray[np.float32]
Random = np.random.Generator
STREETS = ("camvid", "campus_road", "idd_lite", "trafficcam")
STATES = ("dry", "decoy", "wet", "pond", "pond", "wet pond")
LEAST_ROAD = 0.1
MARGIN = ReferenceScene.margin
LAPSE_HELD = 2  # every so-manyth lapse is held out


@dataclass
class Pair:
    """One look at a place that has a reference."""

    source: str
    state: str
    held: bool
    cues: Floats  # rows x columns x cues
    water: Floats  # share of each cell that is water
    counts: npt.NDArray[np.bool_]  # cells of visible ground in the zone


def light(random: Random, picture: Picture) -> Picture:
    """The same place at another hour: exposure, gamma, tint, noise, half a pixel of sway, compression."""
    seen = np.power(picture.astype(np.float32) / 255, float(np.exp(random.normal(0, 0.2))))
    seen = seen * float(random.uniform(0.75, 1.25)) * np.exp(random.normal(0, 0.04, 3)).astype(np.float32) * 255
    sway = np.array([[1, 0, random.normal(0, 0.5)], [0, 1, random.normal(0, 0.5)]], np.float32)
    seen = cv2.warpAffine(seen, sway, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    seen = seen + random.normal(0, float(random.uniform(1, 4)), picture.shape[:2])[:, :, None]
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 92))]
    coded = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8), quality)[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def look(segmenter: Segmenter, picture: Picture) -> Glance:
    """A picture as the gateway sees it."""
    frame = Frame.of_picture("camera", 0.0, picture)
    return Glance(frame, segmenter.segment(frame))


def on_grid(mask: npt.NDArray[np.bool_], shape: tuple[int, int]) -> Floats:
    """Share of each cell of a grid that a mask covers."""
    return np.asarray(cv2.resize(mask.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA), np.float32)


def window_of(weights: Floats) -> Window:
    """A zone that is not a polygon."""
    rows, columns = np.flatnonzero(weights.any(axis=1)), np.flatnonzero(weights.any(axis=0))
    high = slice(max(rows[0] - MARGIN, 0), rows[-1] + 1 + MARGIN)
    wide = slice(max(columns[0] - MARGIN, 0), columns[-1] + 1 + MARGIN)
    return Window((weights.shape[0], weights.shape[1]), high, wide, weights[high, wide])


def reference_of(glances: list[Glance], window: Window) -> dict[str, Floats]:
    """What the gateway would have learnt from these looks."""
    planes = [planes_of(Sample.of(glance, window)) for glance in glances]
    return {name: np.median([one[name] for one in planes], axis=0).astype(np.float32) for name in planes[0]}


def pair_of(
    source: str, state: str, held: bool, reference: dict[str, Floats], sample: Sample, water: Floats, stand: Floats
) -> Pair:
    """Cues and truth of one look; `stand`: share of each cell in which something stands before the ground."""
    counts = (sample.window.weights > 0.5) & ~sample.unknown & (stand < 0.2)
    return Pair(source, state, held, cues_of(reference, sample), water, counts)


def painted(recipe: Recipe, segmenter: Segmenter, every: int) -> Iterator[Pair]:
    """Pairs from each so-manyth real road."""
    bit = {name: bits([name], recipe.classes) for name in ("paved", "soil", "water")}
    for source in STREETS:
        parts = split(recipe, source)
        for held, samples in ((False, parts.train[::every]), (True, parts.held_out[:: max(every // 2, 1)])):
            for number, item in enumerate(samples):
                random = np.random.default_rng([17, STREETS.index(source), held, number])
                picture, field = read(item, recipe)
                picture, field = fitted(picture, field, recipe)
                road = (field & ~np.uint8(bit["paved"] | bit["soil"]) == 0) & (field & bit["paved"] > 0)
                if road.mean() >= LEAST_ROAD:
                    yield from changed(source, held, picture, road, segmenter, random, bit["water"])


def fitted(picture: Picture, field: Mask, recipe: Recipe) -> tuple[Picture, Mask]:
    """At the network's width."""
    width = recipe.size[0]
    size = (width, round(picture.shape[0] * width / picture.shape[1] / 4) * 4)
    seen = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8), np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def changed(
    source: str,
    held: bool,
    picture: Picture,
    road: npt.NDArray[np.bool_],
    segmenter: Segmenter,
    random: Random,
    water: int,
) -> Iterator[Pair]:
    """One road in three states."""
    dry = [look(segmenter, light(random, picture)) for _ in range(3)]
    window = window_of(on_grid(road, dry[0].shape))
    reference = reference_of(dry, window)
    nothing = np.zeros(window.weights.shape, np.float32)
    for state in random.choice(STATES, 3, replace=False):
        seen, field = picture, np.zeros(road.shape, np.uint8)
        if state == "decoy":
            seen = add_decoy(random, seen, road)
        if state.startswith("wet"):
            seen = wet(random, seen, cv2.dilate(road.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0)
        if state.endswith("pond"):
            if random.random() < 0.5:
                seen = add_decoy(random, seen, road)
            seen, field = add_pond(random, seen, field, road, water)
        if state.startswith("wet") and random.random() < 0.6:
            seen = rain(seen, float(random.uniform(0.1, 0.7)), random)
        now = Sample.of(look(segmenter, light(random, seen)), window)
        truth = window.cut(on_grid(field == water, window.shape))
        yield pair_of(source, str(state), held, reference, now, truth, nothing)


def rendered(recipe: Recipe, segmenter: Segmenter, folder: Path) -> Iterator[Pair]:
    """Pairs from rendered lapses; a reference is learnt from three of the dry pictures."""
    classes = recipe.classes
    for number, lapse in enumerate(sorted(folder.glob("road_*"))):
        random = np.random.default_rng([19, number])
        zone = json.loads((lapse / "lapse.json").read_text(encoding="utf-8"))["zone"]
        names = sorted(path.stem for path in lapse.glob("*_*.jpg") if "night" not in path.stem)
        dry = [name for name in names if name.startswith("dry")]
        if len(dry) < 3 or len(names) < 9:
            continue
        for _ in range(2):
            chosen = random.choice(dry, 3, replace=False)
            glances = [look(segmenter, light(random, picture_of(lapse, str(name)))) for name in chosen]
            window = Window.of(zone, glances[0].shape, MARGIN)
            reference = reference_of(glances, window)
            for name in names:
                mask = cv2.imread(str(lapse / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
                now = Sample.of(look(segmenter, light(random, picture_of(lapse, name))), window)
                water, other = (
                    window.cut(on_grid(np.asarray(mask == classes.index(kind)), window.shape))
                    for kind in ("water", "other")
                )
                held = number % LAPSE_HELD == LAPSE_HELD - 1
                yield pair_of("rendered", name.split("_")[0], held, reference, now, water, other)


def picture_of(lapse: Path, name: str) -> Picture:
    """One still of a lapse."""
    return np.asarray(cv2.imread(str(lapse / f"{name}.jpg")), np.uint8)


def fit(pairs: list[Pair]) -> Weighing:
    """Logistic regression; each look counts the same, and so do water and ground."""
    cues, truth, weights = [], [], []
    for pair in pairs:
        sure = pair.counts & ((pair.water > 0.7) | (pair.water < 0.1))
        wet_cells = pair.water[sure] > 0.5
        cues.append(pair.cues[sure])
        truth.append(wet_cells)
        weights.append(np.where(wet_cells, 2.0, 1.0) / max(int(sure.sum()), 1))
    x, y, w = np.concatenate(cues).astype(np.float64), np.concatenate(truth), np.concatenate(weights)
    w = w / w.sum()
    scale = x.std(axis=0) + 1e-6
    x = np.column_stack([x / scale, np.ones(len(x))])

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        score = x @ values
        probability = 1 / (1 + np.exp(-score))
        value = float((w * (np.logaddexp(0, score) - y * score)).sum() + 1e-4 * (values[:-1] ** 2).sum())
        slope = x.T @ (w * (probability - y))
        slope[:-1] += 2e-4 * values[:-1]
        return value, slope

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Weighing(float(found[-1]), tuple(float(value) for value in found[:-1] / scale))


def report(weighing: Weighing, pairs: list[Pair]) -> str:
    """Per source and state: share found of the water, share wrongly called water, and how far the shares are off."""
    lines = [f"{'source':12} {'state':9} looks  found  false  error of the zone's share (median, 90 %, worst)"]
    for key in sorted({(pair.source, pair.state) for pair in pairs}):
        chosen = [pair for pair in pairs if (pair.source, pair.state) == key and pair.counts.any()]
        hits = wrong = wet_cells = dry_cells = 0
        errors = []
        for pair in chosen:
            called = weighing.probability(pair.cues) > 0.5
            is_water = pair.water > 0.5
            hits += int((called & is_water & pair.counts).sum())
            wrong += int((called & ~is_water & pair.counts).sum())
            wet_cells += int((is_water & pair.counts).sum())
            dry_cells += int((~is_water & pair.counts).sum())
            errors.append((int((called & pair.counts).sum()) - int((is_water & pair.counts).sum())) / pair.counts.sum())
        size = np.abs(errors)
        found = f"{hits / wet_cells:6.3f}" if wet_cells else "     -"
        lines.append(
            f"{key[0]:12} {key[1]:9} {len(chosen):5d} {found} {wrong / max(dry_cells, 1):6.3f}  "
            f"{np.median(size):.3f} {np.quantile(size, 0.9):.3f} {size.max():.3f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = recipes.arguments(__doc__ or "", "python -m scripts.train.ground.ponding")
    parser.add_argument("--lapses", type=Path, default=ROOT / "runs" / "render" / "lapse")
    parser.add_argument("--every", type=int, default=4, help="use each so-manyth picture")
    parser.add_argument("--anew", action="store_true", help="look again, although the looks of last time are kept")
    options = parser.parse_args()
    recipe = recipes.load(options)
    store = recipe.work / "ponding.pickle"
    if options.anew or not store.exists():
        segmenter = Segmenter.open()
        made: list[Pair] = []
        for maker in (
            rendered(recipe, segmenter, options.lapses),
            painted(recipe, segmenter, options.every),
        ):
            for pair in maker:
                made.append(pair)
                if len(made) % 25 == 0:
                    print(f"{len(made)} looks", flush=True)
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(pickle.dumps(made))
    pairs: list[Pair] = pickle.loads(store.read_bytes())
    learnt = fit([pair for pair in pairs if not pair.held])
    print(f"bias {learnt.bias:.3f}")
    print("\n".join(f"{name:18} {weight:8.3f}" for name, weight in zip(CUES, learnt.weights, strict=True)))
    print(f"WEIGHING = Weighing({learnt.bias:.2f}, ({', '.join(f'{weight:.2f}' for weight in learnt.weights)}))")
    for title, held in (("learnt from", False), ("held out", True)):
        print(f"\n{title}\n{report(learnt, [pair for pair in pairs if pair.held is held])}")


if __name__ == "__main__":
    main()
