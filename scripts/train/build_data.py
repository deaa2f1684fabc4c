"""Builds the training set: hand-made labels, filled up by the teachers, split by group."""

import collections
import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import yaml
from scripts.train.boxes import Found, Picture, intersections, overlaps
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.samples import Sample, everything
from scripts.train.teachers import Teachers

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.start_weights     # first: writes the teacher
  .venv-train/bin/python -m scripts.train.build_data
  .venv-train/bin/python -m scripts.train.build_data --fresh
A run that was stopped goes on where it was: what the teachers said is kept below runs/train/pseudo.
"""
Numbers = npt.NDArray[np.int64]
SAME_OBJECT = 0.4
GREY = 114
LONGEST_SIDE = 1024


class Opinions:
    """What the teachers say of each picture, kept on disk so that a second run need not ask again."""

    def __init__(self, recipe: Recipe) -> None:
        settings = json.dumps(recipe["teachers"]["models"], sort_keys=True)
        key = hashlib.sha256(f"{settings}{recipe['teachers']['overlap']}".encode()).hexdigest()[:10]
        self.folder = recipe.work / "pseudo" / key
        self.folder.mkdir(parents=True, exist_ok=True)
        self.recipe = recipe
        self.teachers: Teachers | None = None

    def of(self, sample: Sample, picture: Picture) -> Found:
        """Return the teachers' boxes of a sample, from disk where they were asked before."""
        if sample.complete:
            return Found.empty()
        path = self.folder / f"{sample.source}-{sample.name}.npz"
        if path.exists():
            with np.load(path) as kept:
                return Found(kept["boxes"], kept["scores"], kept["classes"])
        if self.teachers is None:
            self.teachers = Teachers(self.recipe)
        found = self.teachers.label(picture)
        temporary = path.with_suffix(".part.npz")
        np.savez(temporary, boxes=found.boxes, scores=found.scores, classes=found.classes)
        temporary.rename(path)
        return found


def kinds(classes: list[str]) -> Numbers:
    """Kind of each class; boxes of one kind at one place are one object (a van is no second truck)."""
    table = {"person": 0, "bicycle": 1, "motorcycle": 1, "car": 2, "bus": 2, "truck": 2}
    return np.array([table[name] for name in classes])


def merge(sample: Sample, said: Found, recipe: Recipe) -> tuple[Found, Found]:
    """Return the labels of a sample and the boxes in doubt.

    Trusted human boxes always stay. A sure teacher's box stays where no human box of its kind lies. In doubt
    are half-sure teachers' boxes and human boxes of a class that is not trusted and no teacher confirms.
    """
    settings = recipe["teachers"]
    kind = kinds(recipe.classes)
    trusted = sample.human.where(np.isin(sample.human.classes, list(sample.trust)))
    others = sample.human.where(~np.isin(sample.human.classes, list(sample.trust)))
    said = pool_votes(said, kind)
    free = said.where(~_covered(said, trusted, kind) & (said.scores >= settings["doubt"]))
    sure = free.where(free.scores >= settings["keep"])
    half = free.where(free.scores < settings["keep"])
    half = half.where(~_covered(half, sure, kind))
    if len(others) and len(sure):
        shared = intersections(others.boxes, sure.boxes) * (others.classes[:, None] == sure.classes[None])
        sizes = (sure.boxes[:, 2:] - sure.boxes[:, :2]).prod(axis=1)
        others = others.where(~(shared / sizes > 0.6).any(axis=1))
    return Found.join([trusted, sure]), Found.join([half, others])


def _covered(found: Found, by: Found, kind: Numbers) -> npt.NDArray[np.bool_]:
    if not len(found) or not len(by):
        return np.zeros(len(found), bool)
    alike = kind[found.classes][:, None] == kind[by.classes][None]
    covered = (overlaps(found.boxes, by.boxes) > SAME_OBJECT) & alike
    return np.asarray(covered.any(axis=1), np.bool_)


def pool_votes(found: Found, kind: Numbers) -> Found:
    """One class an object: of boxes of one kind that overlap much the best stays, with the others' votes.

    Teachers split over whether a van is a car or a truck; together they are sure that it is there.
    """
    ordered = found.where(np.argsort(-found.scores, kind="stable"))
    scores = ordered.scores.copy()
    alike = (overlaps(ordered.boxes, ordered.boxes) > 0.6) & (
        kind[ordered.classes][:, None] == kind[ordered.classes][None]
    )
    kept: list[int] = []
    for index in range(len(ordered)):
        better = [other for other in kept if alike[other, index]]
        if better:
            scores[better[0]] = min(1.0, scores[better[0]] + ordered.scores[index])
        else:
            kept.append(index)
    chosen = np.array(kept, np.int64)
    return Found(ordered.boxes[chosen], scores[chosen], ordered.classes[chosen])


def paint_over(picture: Picture, doubtful: Found, labels: Found) -> Picture:
    """Grey out boxes in doubt, save where a label lies: neither an object nor background is learnt there."""
    painted = picture.copy()
    for box in doubtful.boxes:
        left, top, right, bottom = (round(float(edge)) for edge in box)
        painted[top:bottom, left:right] = GREY
    for box in labels.boxes:
        left, top, right, bottom = (round(float(edge)) for edge in box)
        painted[top:bottom, left:right] = picture[top:bottom, left:right]
    return painted


def write_pair(folder: Path, sample: Sample, picture: Picture, labels: Found) -> None:
    """Write one picture (no side over 1024 pixels) and its YOLO label file."""
    rows, columns = picture.shape[:2]
    shrink = min(1.0, LONGEST_SIDE / max(rows, columns))
    if shrink < 1:
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, np.uint8)
    name = f"{sample.source}-{sample.name}"
    cv2.imwrite(str(folder / "images" / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    lines = []
    for box, number in zip(labels.boxes / np.array([columns, rows] * 2), labels.classes, strict=True):
        middle, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        lines.append(f"{number} {middle[0]:.6f} {middle[1]:.6f} {size[0]:.6f} {size[1]:.6f}\n")
    (folder / "labels" / f"{name}.txt").write_text("".join(lines), encoding="utf-8")


def build(recipe: Recipe) -> dict[str, dict[str, collections.Counter[str]]]:
    """Write both halves and the tables beside them; return counts by split, source and class."""
    home = recipe.work / "street"
    for half in ("train", "held"):
        for kind in ("images", "labels"):
            (home / half / kind).mkdir(parents=True, exist_ok=True)
    opinions = Opinions(recipe)
    measure: list[dict[str, Any]] = []
    counts: dict[str, dict[str, collections.Counter[str]]] = {"train": {}, "held": {}}
    for number, sample in enumerate(everything(recipe), start=1):
        picture = sample.picture()
        labels, doubtful = merge(sample, opinions.of(sample, picture), recipe)
        half = "held" if sample.held_out else "train"
        write_pair(home / half, sample, paint_over(picture, doubtful, labels), labels)
        if sample.held_out:
            measure.append(_to_measure(sample, labels, home, picture))
        tally = counts[half].setdefault(sample.source, collections.Counter())
        tally.update(["pictures"])
        tally.update(recipe.classes[number_of] for number_of in labels.classes)
        if number % 50 == 0:
            print(f"  {number} pictures, now {sample.source}", flush=True)
    _write_tables(recipe, home, counts, measure)
    return counts


def _to_measure(sample: Sample, labels: Found, home: Path, picture: Picture) -> dict[str, Any]:
    """A held-out picture as evaluate.py wants it: unpainted, human labels apart from the teachers'."""
    path = sample.file
    if path is None:
        path = home / "measure" / f"{sample.source}-{sample.name}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), picture)
    human = sample.human.where(np.isin(sample.human.classes, list(sample.trust)))
    truth = human if sample.trust else labels
    return {
        "picture": str(path.resolve()),
        "source": sample.source,
        "labelled_by": "render" if sample.source == "rendered" else "people" if sample.trust else "teachers",
        "classes": sorted(sample.trust) or list(range(6)),
        "boxes": truth.boxes.tolist(),
        "numbers": truth.classes.tolist(),
    }


def _write_tables(recipe: Recipe, home: Path, counts: Any, measure: list[dict[str, Any]]) -> None:
    (home / "measure.json").write_text(json.dumps(measure), encoding="utf-8")
    names = dict(enumerate(recipe.classes))
    (home / "train.txt").write_text("".join(f"{line}\n" for line in training_list(recipe, home)), encoding="utf-8")
    data = {"path": str(home), "train": "train.txt", "val": "held/images", "names": names}
    (home / "data.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    licences = {**recipe["pictures"], **recipe["clips"], "rendered": recipe["rendered"]}
    sources = [
        {"name": name, "licence": licences[name]["licence"], "pictures": tally["pictures"]}
        for name, tally in counts["train"].items()
    ]
    (recipe.work / "sources.json").write_text(json.dumps(sources, indent=1), encoding="utf-8")


def training_list(recipe: Recipe, home: Path) -> list[str]:
    """Training pictures below `home`; the few rendered ones come several times so that they count."""
    lines: list[str] = []
    for path in sorted((home / "train" / "images").glob("*.jpg")):
        times = int(recipe["rendered"]["repeat"]) if path.name.startswith("rendered-") else 1
        lines.extend([f"./train/images/{path.name}"] * times)
    return lines


def print_table(counts: dict[str, dict[str, collections.Counter[str]]], classes: list[str]) -> None:
    """Counts per split, source and class."""
    columns = ["pictures", *classes]
    print(f"{'':28}" + "".join(f"{name:>11}" for name in columns))
    for half, sources in counts.items():
        total: collections.Counter[str] = collections.Counter()
        for source, tally in sources.items():
            total.update(tally)
            print(f"{half + ' ' + source:28}" + "".join(f"{tally[name]:11}" for name in columns))
        print(f"{half + ' (all)':28}" + "".join(f"{total[name]:11}" for name in columns))


def main() -> None:
    """Build runs/train/street and print its table."""
    options = arguments("Build the street training set.", EXAMPLES)
    options.add_argument("--fresh", action="store_true", help="drop the pictures and labels written before")
    given = options.parse_args()
    recipe = load(given)
    if given.fresh:
        for path in (recipe.work / "street").rglob("*.*"):
            path.unlink()
    try:
        counts = build(recipe)
    except KeyboardInterrupt:
        raise SystemExit("stopped; run again to go on") from None
    print_table(counts, recipe.classes)


if __name__ == "__main__":
    main()
