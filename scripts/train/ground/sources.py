"""Pictures with masks from every source, as sets of allowed classes, split by group.

A mask here is a bit field: bit k of a pixel says that the pixel may be class k. One bit is a sure label,
several bits a coarse one ('buildings and vegetation'), no bit a pixel to ignore.
"""

import csv
import dataclasses
import json
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.ground.polygons import Drawn, drawn, paint
from scripts.train.ground.recipe import Recipe, RecipeError

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

BLACK = 12
"""Grey level below which a corner that touches the picture's edge counts as left over from turning."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """One picture with its mask, not yet read; `flooded` where it is known of the whole picture."""

    source: str
    group: str
    picture: Path
    mask: Path | None
    polygons: Drawn = ()
    flooded: bool | None = None


@dataclasses.dataclass(frozen=True)
class Split:
    """Samples to learn from and samples to measure with; no group is on both sides."""

    train: list[Sample]
    held_out: list[Sample]


def bits(names: Iterable[str], classes: Sequence[str]) -> int:
    """Bit field of the named classes."""
    try:
        return sum(1 << classes.index(name) for name in names)
    except ValueError as error:
        raise RecipeError(f"recipe: allow: {error}; the classes are {', '.join(classes)}") from None


def lookup(recipe: Recipe, source: str) -> Mask:
    """Table (256,) from a source's mask values to bit fields; values not named become 0, ignored."""
    table = np.zeros(256, np.uint8)
    for value, names in recipe["sources"][source].get("allow", {}).items():
        table[int(value)] = bits(names, recipe.classes)
    return table


def read(sample: Sample, recipe: Recipe) -> tuple[Picture, Mask]:
    """Picture (h, w, 3) BGR and bit field (h, w) of one sample; hand-drawn polygons lie over its mask."""
    found = cv2.imread(str(sample.picture), cv2.IMREAD_COLOR)
    if found is None:
        raise RecipeError(f"{sample.picture}: not a readable picture; copy the source again")
    picture = np.asarray(found, np.uint8)
    entry = recipe["sources"][sample.source]
    elsewhere = [] if sample.flooded else entry.get("elsewhere", [])
    field = np.full(picture.shape[:2], bits(elsewhere, recipe.classes), np.uint8)
    if sample.mask is not None:
        field = _field_of(sample.mask, lookup(recipe, sample.source), picture.shape)
    if entry.get("drop_black_corners"):
        field[black_corners(picture)] = 0
    return picture, paint(field, sample.polygons, recipe.classes)


def _field_of(path: Path, allow: Mask, shape: tuple[int, ...]) -> Mask:
    mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if mask is None:
        raise RecipeError(f"{path}: not a readable mask; copy the source again")
    field: Mask = allow[mask if mask.ndim == 2 else mask[:, :, 0]]
    if field.shape != shape[:2]:
        field = np.asarray(cv2.resize(field, shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    return field


def black_corners(picture: Picture) -> npt.NDArray[np.bool_]:
    """Pixels of dark areas that hold a corner of the picture."""
    dark = (picture.max(axis=2) < BLACK).astype(np.uint8)
    _, parts = cv2.connectedComponents(dark)
    corners = {int(parts[y, x]) for y in (0, -1) for x in (0, -1) if dark[y, x]}
    return np.isin(parts, list(corners))


def samples_of(recipe: Recipe, source: str) -> list[Sample]:
    """Every labelled sample of a source, in the order of its file names."""
    entry = recipe["sources"][source]
    folder = recipe.locate(entry.get("folder", f"data/{source}"))
    left_out = set(entry.get("leave_out", []))
    polygons = drawn(recipe, source)
    if "polygons" in entry:
        polygons = {**_coarse_water(folder / entry["polygons"]), **polygons}
    flooded = _flooded(folder / entry["flooded"]) if isinstance(entry.get("flooded"), str) else {}
    masks = {path.stem: path for path in (folder / "masks").rglob("*.png")}
    groups = _groups(folder / "index.csv")
    pattern = re.compile(entry.get("group", "^(.*)$"))
    pictures = {path.stem: path for path in (folder / "images").rglob("*") if path.suffix in {".jpg", ".png"}}
    found = []
    unlabelled = sorted(pictures)[:: max(len(pictures) // entry["take"], 1)] if "take" in entry else []
    for stem in sorted(set(masks) | set(polygons) | set(unlabelled) | set(flooded)):
        if stem in left_out:
            continue
        if stem not in pictures:
            raise RecipeError(f"{folder / 'images'}: holds no picture {stem}, for which there is a label")
        name = groups.get(stem, stem)
        match = pattern.match(name)
        group = match.group(1) if match else name
        known = flooded.get(stem, entry.get("flooded")) if flooded else entry.get("flooded")
        found.append(Sample(source, group, pictures[stem], masks.get(stem), polygons.get(stem, ()), known))
    return found


def _flooded(path: Path) -> dict[str, bool]:
    """Whether each picture is flooded, as its source says."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {Path(row["image"]).stem: row["flooded"] == "1" for row in csv.DictReader(stream)}


def _coarse_water(path: Path) -> dict[str, Drawn]:
    """Polygons inside standing water, as the source gives them."""
    content = json.loads(path.read_text(encoding="utf-8"))["pictures"]
    return {
        stem: tuple(("w", tuple((100 * x, 100 * y) for x, y in corners)) for corners in polygons)
        for stem, polygons in content.items()
    }


def _groups(index: Path) -> dict[str, str]:
    """Group of each picture by its name without the ending; empty where the source has no index."""
    if not index.exists():
        return {}
    with index.open(encoding="utf-8", newline="") as stream:
        return {Path(row["image"]).stem: row["group"] for row in csv.DictReader(stream)}


def split(recipe: Recipe, source: str) -> Split:
    """Split a source by group as the recipe says; the same for the same seed."""
    samples = samples_of(recipe, source)
    held = _held_groups(recipe, source, samples)
    return Split(
        train=[sample for sample in samples if sample.group not in held],
        held_out=[sample for sample in samples if sample.group in held],
    )


def _held_groups(recipe: Recipe, source: str, samples: list[Sample]) -> set[str]:
    rule: dict[str, Any] = recipe["sources"][source]["hold_out"]
    groups = sorted({sample.group for sample in samples})
    if "groups" in rule:
        if missing := set(rule["groups"]) - set(groups):
            raise RecipeError(f"recipe: {source}: hold_out: no such group: {', '.join(sorted(missing))}")
        return set(rule["groups"])
    if "matching" in rule:
        return {group for group in groups if re.search(rule["matching"], group)}
    order = random.Random(f"{recipe['seed']} {source}")
    order.shuffle(groups)
    held: set[str] = set()
    for stratum in _strata(recipe, samples, groups, rule.get("rare", [])):
        held |= set(stratum[: round(len(stratum) * float(rule["share"]))])
    return held


def _strata(recipe: Recipe, samples: list[Sample], groups: list[str], rare: list[str]) -> list[list[str]]:
    """Groups in their given order, those with a rare class (the first that fits) apart from the rest."""
    left, strata = list(groups), []
    for name in rare:
        bit = bits([name], recipe.classes)
        having = {s.group for s in samples if s.group in left and (read(s, recipe)[1] == bit).any()}
        strata.append([group for group in left if group in having])
        left = [group for group in left if group not in having]
    return [*strata, left]


def table(recipe: Recipe) -> str:
    """Markdown table: pictures and millions of sure pixels per class, and of coarse ones, per source and side."""
    lines = [
        "| source | side | groups | pictures | " + " | ".join(recipe.classes) + " | coarse | ignored |",
        "|---|---|---|---|" + "---|" * (len(recipe.classes) + 2),
    ]
    for source in recipe["sources"]:
        parts = split(recipe, source)
        for side, samples in (("train", parts.train), ("held out", parts.held_out)):
            counts = np.zeros(256, np.int64)
            for sample in samples:
                counts += np.bincount(read(sample, recipe)[1].ravel(), minlength=256)
            sure = [counts[1 << k] for k in range(len(recipe.classes))]
            coarse = counts[1:].sum() - sum(sure)
            cells = [f"{number / 1e6:.2f}" for number in (*sure, coarse, counts[0])]
            groups = len({sample.group for sample in samples})
            lines.append(f"| {source} | {side} | {groups} | {len(samples)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
