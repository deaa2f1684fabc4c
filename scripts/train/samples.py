"""Every picture of the recipe: where it comes from, what people labelled in it, whether it is held out."""

import csv
import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from scripts.train.boxes import Floats, Found, Picture
from scripts.train.labels import HandLabel, HandLabels, read, sources
from scripts.train.recipe import ROOT, Recipe, RecipeError

PICTURE_ENDINGS = {".jpg", ".jpeg", ".png"}


@dataclasses.dataclass(frozen=True)
class Sample:
    """One picture. `human` are hand-made or rendered boxes, scores 1, in its pixels.

    `trust` are the class numbers whose human boxes are used as they are; `complete` says that nothing is
    missing in them, so no teacher need look, and `teachers` which of them look otherwise. `unknown` are classes
    that may be there without a label, and `apart` those whose labels never mean another. `ignore` (n, 4) are
    regions in which nobody can tell. Measuring uses the human boxes of the classes in `measure`.
    """

    name: str
    source: str
    group: str
    held_out: bool
    human: Found
    trust: frozenset[int]
    complete: bool
    file: Path | None = None
    frame: Picture | None = None
    unknown: frozenset[int] = frozenset()
    measure: frozenset[int] = frozenset()
    ignore: Floats = dataclasses.field(default_factory=lambda: np.zeros((0, 4), np.float32))
    teachers: str = "models"
    apart: frozenset[int] = frozenset()

    def picture(self) -> Picture:
        """Return the picture, BGR (h, w, 3)."""
        if self.frame is not None:
            return self.frame
        if self.file is None:
            raise RecipeError(f"{self.source}/{self.name}: has neither a file nor a frame")
        return read_picture(self.file)


def read_picture(path: Path) -> Picture:
    """Return the picture file as BGR (h, w, 3); RecipeError where it cannot be read."""
    picture = cv2.imread(str(path))
    if picture is None:
        raise RecipeError(f"{path}: missing, or cannot be read as a picture")
    return np.asarray(picture, np.uint8)


def everything(recipe: Recipe, wanted: frozenset[str] | None = None) -> Iterator[Sample]:
    """All samples of the recipe, always in the same order; of sources not `wanted` only what is held out."""
    for name, settings in recipe["pictures"].items():
        whole = wanted is None or name in wanted
        yield from _folder(recipe, name, settings, whole)
    for name, settings in recipe["clips"].items():
        if wanted is None or name in wanted:
            yield from _clips(recipe, name, settings)
    for name, settings in recipe["rendered"].items():
        yield from _rendered(recipe, name, settings)


def chance(recipe: Recipe, *words: str) -> float:
    """Return a number in 0..1 that depends on the recipe's seed and the words alone."""
    digest = hashlib.sha256("/".join([str(recipe["seed"]), *words]).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def read_yolo(path: Path, names: list[str], classes: list[str], picture: Picture) -> Found:
    """Boxes of a YOLO label file; a class that is not ours is left out.

    A missing file holds none; without `names` the source labels other things, and none of its boxes count.
    """
    rows, columns = picture.shape[:2]
    boxes, kinds = [], []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        number, x, y, width, height = (float(word) for word in line.split()[:5])
        if names and int(number) >= len(names):
            raise RecipeError(f"{path}: class {int(number)} is not among the recipe's names {names}")
        if not names or names[int(number)] not in classes:
            continue
        boxes.append([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
        kinds.append(classes.index(names[int(number)]))
    if not boxes:
        return Found.empty()
    corners = np.clip(np.array(boxes, np.float32), 0, 1) * np.array([columns, rows] * 2, np.float32)
    return Found(corners, np.ones(len(kinds), np.float32), np.array(kinds, np.int64))


def _names(recipe: Recipe, settings: dict[str, Any], folder: Path) -> list[str]:
    if settings["names"] == "data.yaml":
        return list(yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))["names"])
    if settings["names"] != "coco":
        return list(settings["names"])
    names = [f"coco_{number}" for number in range(80)]
    for name, row in recipe["coco_rows"].items():
        names[row] = name
    return names


def _held_out(recipe: Recipe, source: str, rule: dict[str, Any], group: str, origin: str) -> bool:
    """Whether a group is kept for measuring: from a frame on, by name, as cut-outs are, or by a share of the groups."""
    if "groups" in rule:
        return group in set(rule["groups"])
    if "as_cut_outs" in rule:
        return chance(recipe, "cutout", group) < float(rule["as_cut_outs"])
    if "from_frame" in rule:
        found = re.search(r"frame(\d+)", origin)
        return found is not None and int(found[1]) >= int(rule["from_frame"])
    return chance(recipe, source, group) < float(rule["share"])


def _folder(recipe: Recipe, name: str, settings: dict[str, Any], whole: bool = True) -> Iterator[Sample]:
    """Pictures of one folder, all or only those held out; our own hand-made labels go before the folder's."""
    place = settings.get("folder", f"data/{name}")
    if settings.get("optional") and not (ROOT / place).exists():
        return
    folder = recipe.locate(place)
    files = {path.stem: path for path in (folder / "images").rglob("*") if path.suffix in PICTURE_ENDINGS}
    labels = {path.stem: path for path in (folder / "labels").rglob("*.txt")}
    by_hand = hand_labels(name)
    called = _called(folder) if settings["trust"] == "called" else {}
    trust = frozenset[int]() if called else recipe.numbers(settings["trust"])
    seen: dict[str, int] = {}
    for image, own_group, origin in _entries(recipe, name, folder)[: settings.get("limit")]:
        hand = by_hand.label(image)
        group = by_hand.group(image, own_group)
        seen[group] = seen.get(group, 0) + 1
        if hand.skip or seen[group] > settings.get("per_group", 10_000):
            continue
        rule = settings["hold_out"]
        held = _held_out(recipe, name, rule, group, origin) if hand.held_out is None else hand.held_out
        if not whole and not held:
            continue
        picture = read_picture(files[image])
        if "whole" in settings:
            human, sure = whole_picture(recipe.number(settings["whole"]), picture), trust
        elif hand.boxes is None:
            path = labels.get(image, Path("/nonexistent"))
            human, sure = read_yolo(path, _names(recipe, settings, folder), recipe.classes, picture), trust
        else:
            human = from_hand(hand, recipe.classes, picture)
            sure = recipe.numbers(known for known in by_hand.trust if known in recipe.classes) or trust
        if image in called:
            sure = recipe.numbers({called[image]} & set(recipe.classes))
        around = _read_ignored(folder / "ignore" / f"{image}.txt", picture)
        yield Sample(
            name=image if image.startswith(name) else f"{name}_{image}",
            source=name,
            group=group,
            held_out=held,
            human=human,
            trust=sure,
            complete=bool(settings.get("complete", False)),
            file=files[image],
            unknown=recipe.numbers(settings.get("unknown", ())),
            measure=recipe.numbers(settings["measure"]) if "measure" in settings else sure,
            ignore=np.concatenate([ignored(hand, picture), around]),
            teachers=_which(settings),
            apart=recipe.numbers(settings.get("apart", ())),
        )


def whole_picture(number: int, picture: Picture) -> Found:
    """One box of class `number` around what fills a crop."""
    rows, columns = picture.shape[:2]
    box = np.array([[0.01 * columns, 0.01 * rows, 0.99 * columns, 0.99 * rows]], np.float32)
    return Found(box, np.ones(1, np.float32), np.array([number], np.int64))


def _which(settings: dict[str, Any]) -> str:
    return str(settings.get("teachers", "quick" if settings.get("quick") else "models"))


def _entries(recipe: Recipe, name: str, folder: Path) -> list[tuple[str, str, str]]:
    """Picture, group and origin of every picture in an order that only the seed decides."""
    table = folder / "index.csv"
    if table.exists():
        with table.open(encoding="utf-8", newline="") as lines:
            entries = [(row["image"], row["group"], row["origin"]) for row in csv.DictReader(lines)]
    else:
        entries = [(path.stem, path.stem, "") for path in sorted((folder / "images").rglob("*.jpg"))]
    return sorted(entries, key=lambda entry: chance(recipe, name, entry[0]))


def hand_labels(source: str) -> HandLabels:
    """Our own labels of a source; none where it has none."""
    return read(source) if source in sources() else HandLabels(source, frozenset(), {}, {})


def from_hand(hand: HandLabel, classes: list[str], picture: Picture) -> Found:
    """Hand-made boxes of our classes in the picture's pixels; look-alikes are left out."""
    edge = np.array([picture.shape[1], picture.shape[0]] * 2, np.float32)
    ours = [box for box in hand.boxes or () if box.name in classes]
    if not ours:
        return Found.empty()
    corners = np.array([box.corners for box in ours], np.float32) * edge
    return Found(corners, np.ones(len(ours), np.float32), np.array([classes.index(box.name) for box in ours]))


def ignored(hand: HandLabel, picture: Picture) -> Floats:
    """Regions (n, 4) in the picture's pixels in which nobody can tell."""
    edge = np.array([picture.shape[1], picture.shape[0]] * 2, np.float32)
    return np.array(hand.ignore, np.float32).reshape(-1, 4) * edge


def _called(folder: Path) -> dict[str, str]:
    """The class of each picture of which its label, or that there is none, says something."""
    with (folder / "index.csv").open(encoding="utf-8", newline="") as lines:
        return {row["image"]: row["called"] for row in csv.DictReader(lines)}


def _read_ignored(path: Path, picture: Picture) -> Floats:
    """Regions (n, 4) of an ignore file beside the labels, in the picture's pixels; none where there is no file."""
    rows, columns = picture.shape[:2]
    found = [[float(word) for word in line.split()[1:5]] for line in _lines(path)]
    boxes = [[x - w / 2, y - h / 2, x + w / 2, y + h / 2] for x, y, w, h in found]
    return np.array(boxes, np.float32).reshape(-1, 4) * np.array([columns, rows] * 2, np.float32)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def frames(path: Path, step_s: float) -> Iterator[tuple[float, Picture]]:
    """Seconds and BGR picture of every `step_s` seconds of a clip."""
    import av  # noqa: PLC0415 - a lent machine has none and reads no clips

    with av.open(str(path)) as clip:
        due = 0.0
        for number, frame in enumerate(clip.decode(video=0)):
            rate = float(clip.streams.video[0].average_rate or 25)
            second = frame.time if frame.time is not None else number / rate
            if second + 1e-6 >= due:
                due += step_s
                yield second, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _clips(recipe: Recipe, name: str, settings: dict[str, Any]) -> Iterator[Sample]:
    folder = recipe.locate("data/clips")
    many = (folder / name).is_dir()
    paths = sorted((folder / name).glob("*.mp4")) if many else [folder / f"{name}.mp4"]
    by_hand = hand_labels(name)
    for path in paths:
        place = by_hand.group(path.stem, path.stem)
        taken = list(frames(path, settings["step_s"]))
        start_of_rest = (1 - settings["hold_out"]) * (taken[-1][0] + settings["step_s"])
        for second, picture in taken:
            late = chance(recipe, name, place) < settings["hold_out"] if many else second >= start_of_rest
            yield Sample(
                name=f"{path.stem}_{round(second * 1000):06d}ms",
                source=name,
                group=f"{place}/{'held' if late else 'train'}",
                held_out=late,
                human=Found.empty(),
                trust=frozenset(),
                complete=False,
                frame=picture,
                unknown=recipe.numbers(settings.get("unknown", ())),
                teachers=_which(settings),
                apart=recipe.numbers(settings.get("apart", ())),
            )


def _rendered(recipe: Recipe, kind: str, settings: dict[str, Any]) -> Iterator[Sample]:
    """Rendered stills, as many as the renderer's index lists so far: their labels are exact."""
    folder = ROOT / settings["folder"]
    table = folder / "index.csv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        entries = [(row["image"], row["group"]) for row in csv.DictReader(lines)]
    names = recipe.classes if settings["classes"] == "all" else list(settings["classes"])
    known = recipe.numbers(names)
    for image, group in entries:
        path = folder / "images" / image
        label = (folder / "labels" / image).with_suffix(".txt")
        if not path.exists():
            print(f"  {path.name} is listed but not rendered yet: left out", flush=True)
            continue
        if not label.exists():
            raise RecipeError(f"{label}: missing, though {table} lists its picture; render the stills again")
        yield Sample(
            name=path.stem,
            source=f"rendered_{kind}",
            group=group,
            held_out=chance(recipe, "rendered", group) < settings["hold_out"],
            human=read_yolo(label, names, recipe.classes, read_picture(path)),
            trust=known,
            complete=True,
            file=path,
            measure=known,
        )
