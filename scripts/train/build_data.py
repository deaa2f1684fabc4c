"""Builds the training sets: hand-made labels filled up by the teachers, cut-outs laid into pictures, split by group."""

import collections
import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import yaml
from scripts.train import cutouts
from scripts.train.boxes import Found, Picture
from scripts.train.crowded import crowd, read_fleet
from scripts.train.held_out import HeldOut
from scripts.train.merge import Known, merge, on_its_side
from scripts.train.paste import compose
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.samples import Sample, chance, everything, read_picture
from scripts.train.teachers import Teachers
from scripts.train.weather import look_alike

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.start_weights     # first: writes the teacher
  .venv-train/bin/python -m scripts.train.build_data
  .venv-train/bin/python -m scripts.train.build_data --fresh
  .venv-train/bin/python -m scripts.train.build_data --detector hazard --quick
A run that was stopped goes on where it was: what the teachers said is kept below runs/train/pseudo.
"""
LONGEST_SIDE = 832
Counts = dict[str, dict[str, collections.Counter[str]]]


class Opinions:
    """What the teachers say of each picture, kept on disk so that a second run need not ask again."""

    def __init__(self, recipe: Recipe, quick: bool) -> None:
        self.recipe, self.quick = recipe, quick
        self.teachers: dict[str, Teachers] = {}
        self.folders: dict[str, Path] = {}
        for which in ("models", "quick", "close"):
            asked = recipe["teachers"][which]
            if which == "close":
                asked = [*asked, recipe["teachers"]["tiles"]]
            settings = json.dumps(asked, sort_keys=True)
            key = hashlib.sha256(f"{settings}{recipe['teachers']['overlap']}".encode()).hexdigest()[:10]
            self.folders[which] = recipe.work / "pseudo" / key
            self.folders[which].mkdir(parents=True, exist_ok=True)

    def merged(self, sample: Sample, picture: Picture) -> Known:
        """What people and teachers know of a sample; what nobody was asked about is unknown."""
        said = self.of(sample, picture)
        if said is None:
            untold = self.recipe.numbers(self.recipe.coco) - sample.trust
            sample, said = dataclasses.replace(sample, unknown=sample.unknown | untold), Found.empty()
        return merge(sample, said, self.recipe, (picture.shape[1], picture.shape[0]))

    def of(self, sample: Sample, picture: Picture) -> Found | None:
        """Return the teachers' boxes of a sample with the recipe's class numbers, from disk where asked before.

        None where nobody is asked: in a hurry (`quick`) the recipe spares the teachers some sources.
        """
        if sample.complete or sample.held_out:
            return Found.empty()
        which = "quick" if self.quick and sample.teachers == "models" else sample.teachers
        path = self.folders[which] / f"{sample.source}-{sample.name}.npz"
        if not path.exists() and self.quick and sample.source in self.recipe["teachers"]["spared"]:
            return None
        if path.exists():
            with np.load(path) as kept:
                found = Found(kept["boxes"], kept["scores"], kept["classes"])
        else:
            if which not in self.teachers:
                self.teachers[which] = Teachers(self.recipe, which)
            found = self.teachers[which].label(picture)
            temporary = path.with_suffix(".part.npz")
            np.savez(temporary, boxes=found.boxes, scores=found.scores, classes=found.classes)
            temporary.rename(path)
        ours = np.array([self.recipe.number(name) for name in self.recipe.coco])
        return Found(found.boxes, found.scores, ours[found.classes])


class TrainingSet:
    """Writes pictures and label rows for Ultralytics below runs/train/city/train and remembers what it wrote."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.home = recipe.work / "city"
        self.folder = self.home / "train"
        self.lines: list[str] = []
        self.backgrounds: dict[str, list[tuple[Path, Known]]] = {"paste": [], "crowded": []}
        for kind in ("images", "labels"):
            (self.folder / kind).mkdir(parents=True, exist_ok=True)

    def add(self, source: str, name: str, picture: Picture, known: Known, repeat: int) -> None:
        """Write one picture (no side over 832 pixels) and its rows; it stands `repeat` times in an epoch's list."""
        rows, columns = picture.shape[:2]
        shrink = min(1.0, LONGEST_SIDE / max(rows, columns))
        if shrink < 1:
            small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
            picture = np.asarray(small, np.uint8)
        path = self.folder / "images" / f"{source}-{name}.jpg"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        text = label_rows(known, len(self.recipe.classes), (columns, rows))
        (self.folder / "labels" / f"{path.stem}.txt").write_text(text, encoding="utf-8")
        self.lines.extend([f"./train/images/{path.name}"] * repeat)
        for purpose in ("paste", "crowded"):
            if source not in self.recipe[purpose]["backgrounds"]:
                continue
            small_known = Known(
                Found(known.labels.boxes * shrink, known.labels.scores, known.labels.classes),
                known.regions * np.float32(shrink),
                known.unknown,
            )
            self.backgrounds[purpose].append((path, small_known))

    def finish(self) -> None:
        """Write each detector's list of an epoch and Ultralytics' description."""
        from scripts.train.partial_labels import names_with_unknowns  # noqa: PLC0415 - needs torch

        names = names_with_unknowns(self.recipe.classes)
        for detector, settings in self.recipe["detectors"].items():
            lines = chosen_lines(self.lines, settings["sources"], settings.get("repeat", {}))
            (self.home / f"{detector}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            # Ultralytics insists on a set to validate on; ours are measured by `sharp-eyes-edge evaluate detector`.
            (self.home / "few.txt").write_text("".join(f"{line}\n" for line in lines[:16]), encoding="utf-8")
            data = {"path": str(self.home), "train": f"{detector}.txt", "val": "few.txt", "names": names}
            (self.home / f"{detector}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")


def chosen_lines(lines: list[str], sources: list[str] | str, repeat: dict[str, int]) -> list[str]:
    """Lines of the sources named, or of `all`; a source in `repeat` comes so many times."""
    chosen = []
    for line in lines:
        source = Path(line).name.partition("-")[0]
        if sources == "all" or source in sources:
            chosen.extend([line] * repeat.get(source, 1))
    return chosen


def label_rows(known: Known, classes: int, size: tuple[int, int]) -> str:
    """Rows of a YOLO label file; see partial_labels.py for the numbers of unknown regions."""
    edge = np.array([*size, *size], np.float32)
    unknown = np.where(known.unknown < 0, 2 * classes, classes + known.unknown)
    boxes = np.concatenate([known.labels.boxes, known.regions]) / edge
    lines = []
    for box, number in zip(np.clip(boxes, 0, 1), [*known.labels.classes, *unknown], strict=True):
        middle, extent = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        lines.append(f"{number} {middle[0]:.6f} {middle[1]:.6f} {extent[0]:.6f} {extent[1]:.6f}\n")
    return "".join(lines)


def build(recipe: Recipe, wanted: frozenset[str] | None = None, quick: bool = False) -> Counts:
    """Write the training set and the sets kept for measuring; return counts by half, source and class.

    `wanted` leaves out the training pictures of all other sources; what is held out is written of every one.
    """
    opinions, training, held = Opinions(recipe, quick), TrainingSet(recipe), HeldOut(recipe)
    counts: Counts = {"train": {}, "held": {}}
    repeats = {**recipe["pictures"], **{f"rendered_{kind}": rule for kind, rule in recipe["rendered"].items()}}
    for number, sample in enumerate(everything(recipe, wanted), start=1):
        picture = sample.picture()
        known = opinions.merged(sample, picture)
        if sample.held_out:
            held.add(sample, picture)
        else:
            rule = repeats.get(sample.source, {})
            training.add(sample.source, sample.name, picture, known, int(rule.get("repeat", 1)))
            if chance(recipe, "turned", sample.name) < rule.get("turned", 0):
                turned, known_there = on_its_side(picture, known, chance(recipe, "clockwise", sample.name) < 0.5)
                training.add(sample.source, f"{sample.name}_turned", turned, known_there, 1)
        count(counts["held" if sample.held_out else "train"], sample.source, known.labels, recipe)
        if number % 100 == 0:
            print(f"  {number} pictures, now {sample.source}", flush=True)
    for half, source, labels in composed(recipe, training, held, wanted):
        count(counts[half], source, labels, recipe)
    training.finish()
    held.finish()
    write_sources(recipe, counts)
    return counts


def composed(
    recipe: Recipe, training: TrainingSet, held: HeldOut, wanted: frozenset[str] | None
) -> Iterator[tuple[str, str, Found]]:
    """Pictures made of others, where they are wanted: half, source and labels of each."""
    if wanted is None or "pasted" in wanted:
        for source, labels, is_held in pasted(recipe, training, held):
            yield "held" if is_held else "train", source, labels
    if wanted is None or "crowded" in wanted:
        for labels, is_held in crowded(recipe, training, held):
            yield "held" if is_held else "train", "crowded", labels
    if wanted is None or "weather" in wanted:
        for labels in under_weather(recipe, training):
            yield "train", "weather", labels


def count(tallies: dict[str, collections.Counter[str]], source: str, labels: Found, recipe: Recipe) -> None:
    """Count one picture."""
    tally = tallies.setdefault(source, collections.Counter())
    tally.update(["pictures"])
    tally.update(recipe.classes[number] for number in labels.classes)


def pasted(recipe: Recipe, training: TrainingSet, held: HeldOut) -> list[tuple[str, Found, bool]]:
    """Lay cut-outs into training pictures; some cut-outs are kept for measuring and never trained on."""
    settings = recipe["paste"]
    things = [*cutouts.photographed(recipe), *cutouts.rendered(recipe)]
    print(f"  {len(things)} cut-outs", flush=True)
    backgrounds = training.backgrounds["paste"]
    people = recipe.numbers(["person"])
    made: list[tuple[str, Found, bool]] = []
    for number in range(settings["pictures"]):
        random = np.random.default_rng([recipe["seed"], number])
        is_held = bool(random.random() < settings["hold_out"])
        path, known = backgrounds[int(random.integers(len(backgrounds)))]
        pool = [
            thing
            for thing in things
            if (chance(recipe, "cutout", thing.group or thing.name) < settings["hold_out"]) == is_held
        ]
        chosen = choose(pool, settings["shares"], random)
        if not chosen:
            continue
        standing = known.labels.where(np.isin(known.labels.classes, list(people))).boxes
        background = read_picture(path)
        picture, labels = compose(
            background, known.labels, standing, chosen, recipe.classes, [recipe["seed"], number, 1]
        )
        if is_held:
            held.add_pasted(f"pasted_{number:05d}", path.stem, picture, labels)
        else:
            training.add("pasted", f"{number:05d}", picture, Known(labels, known.regions, known.unknown), 1)
        made.append(("pasted", labels, is_held))
        if number % 100 == 99:
            print(f"  {number + 1} pictures with cut-outs", flush=True)
    return made


def crowded(recipe: Recipe, training: TrainingSet, held: HeldOut) -> Iterator[tuple[Found, bool]]:
    """Rendered vehicles side by side and in heaps; whether each is held out. None without the renderer's fleet."""
    settings = recipe["crowded"]
    backgrounds = training.backgrounds["crowded"]
    for is_held, wanted in ((False, settings["pictures"]), (True, settings["held"])):
        fleet = read_fleet(recipe, is_held)
        if not fleet.views or not fleet.singles:
            print("  no fleet is rendered: no crowded pictures", flush=True)
            return
        for number in range(wanted):
            seed = [recipe["seed"], number, 5 + is_held]
            path, before = backgrounds[int(np.random.default_rng(seed).integers(len(backgrounds)))]
            picture, known = crowd(read_picture(path), before, fleet, recipe, [*seed, 1])
            if is_held:
                held.add_crowded(f"crowded_{number:05d}", path.stem, picture, known)
            else:
                training.add("crowded", f"{number:05d}", picture, known, 1)
            yield known.labels, is_held
    print(f"  {settings['pictures']} crowded pictures", flush=True)


def under_weather(recipe: Recipe, training: TrainingSet) -> list[Found]:
    """Training pictures once more in fog, under lamps or a low sun: hard negatives for smoke and fire."""
    backgrounds = training.backgrounds["paste"]
    made: list[Found] = []
    for number in range(recipe["weather"]["pictures"]):
        random = np.random.default_rng([recipe["seed"], number, 2])
        path, known = backgrounds[int(random.integers(len(backgrounds)))]
        picture = look_alike(read_picture(path), [recipe["seed"], number, 3])
        training.add("weather", f"{number:05d}", picture, known, 1)
        made.append(known.labels)
    return made


def choose(pool: list[cutouts.CutOut], shares: dict[str, float], random: np.random.Generator) -> list[cutouts.CutOut]:
    """One to three cut-outs, by the recipe's shares; empty where a share has none to give."""
    groups = {
        "crops": [thing for thing in pool if thing.kind == cutouts.PHOTOGRAPHED],
        "rendered_cylinder": [
            thing for thing in pool if thing.class_name == "gas_cylinder" and thing.kind != cutouts.PHOTOGRAPHED
        ],
        "ebike": [thing for thing in pool if thing.class_name == "ebike"],
        "look_alike": [thing for thing in pool if thing.class_name not in ("gas_cylinder", "ebike")],
    }
    filled = [name for name in shares if groups[name]]
    if not filled:
        return []
    weights = np.array([shares[name] for name in filled])
    wanted = random.choice(filled, size=int(random.integers(1, 4)), p=weights / weights.sum())
    return [groups[str(name)][int(random.integers(len(groups[str(name)])))] for name in wanted]


def write_sources(recipe: Recipe, counts: Counts) -> None:
    """Table of what was trained on, for the manifest."""
    licences = {**recipe["pictures"], **recipe["clips"]}
    sources = []
    for name, tally in counts["train"].items():
        ours = name.startswith("rendered") or name in ("pasted", "weather", "crowded")
        licence = "AGPL-3.0-or-later" if ours else licences[name]["licence"]
        sources.append({"name": name, "licence": licence, "pictures": tally["pictures"]})
    crops = recipe["paste"]["crops"]
    if (name := Path(crops["folder"]).name) not in counts["train"]:
        sources.append({"name": name, "licence": crops["licence"], "pictures": 0})
    (recipe.work / "sources.json").write_text(json.dumps(sources, indent=1), encoding="utf-8")


def print_table(counts: Counts, classes: list[str]) -> None:
    """Counts per half, source and class."""
    columns = ["pictures", *(name.replace("garbage_", "")[:9] for name in classes)]
    print(f"{'':28}" + "".join(f"{name:>10}" for name in columns))
    for half, sources in counts.items():
        total: collections.Counter[str] = collections.Counter()
        for source, tally in sources.items():
            total.update(tally)
            print(f"{half + ' ' + source:28}" + "".join(f"{tally[name]:10}" for name in ["pictures", *classes]))
        print(f"{half + ' (all)':28}" + "".join(f"{total[name]:10}" for name in ["pictures", *classes]))


def main() -> None:
    """Build runs/train/city and runs/train/held and print their table."""
    options = arguments("Build the training sets of the detectors.", EXAMPLES)
    options.add_argument("--fresh", action="store_true", help="drop the pictures and labels written before")
    options.add_argument("--detector", help="only the sources that this detector learns from (default: all)")
    options.add_argument("--quick", action="store_true", help="let the teachers take two small looks at every picture")
    given = options.parse_args()
    recipe = load(given)
    if given.fresh:
        for name in ("city", "held"):
            shutil.rmtree(recipe.work / name, ignore_errors=True)
    wanted = None
    if given.detector:
        detector = recipe.detector(given.detector)
        for source, most in detector.get("per_group", {}).items():
            recipe["pictures"][source]["per_group"] = most
        wanted = frozenset(detector["sources"])
        if wanted & {"pasted", "weather"}:
            wanted |= frozenset(recipe["paste"]["backgrounds"])
    try:
        counts = build(recipe, wanted, given.quick)
    except KeyboardInterrupt:
        raise SystemExit("stopped; run again to go on") from None
    print_table(counts, recipe.classes)


if __name__ == "__main__":
    main()
