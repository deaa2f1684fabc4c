"""Reads `detectors.yaml`, the recipe of the detectors, and finds the project's folders."""

import argparse
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RECIPE = Path(__file__).with_name("detectors.yaml")
WORK = ROOT / "runs" / "train"


class RecipeError(Exception):
    """The recipe or a file it names cannot be used; the message says which and what to do."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The recipe as read, with the folder of shared material and the folder of this run's work."""

    values: dict[str, Any]
    shared: Path
    work: Path = WORK

    def __getitem__(self, key: str) -> Any:
        try:
            return self.values[key]
        except KeyError:
            raise RecipeError(f"recipe: the key `{key}` is missing; see scripts/train/detectors.yaml") from None

    @property
    def classes(self) -> list[str]:
        """Class names in the detector's order."""
        return list(self["classes"])

    @property
    def coco(self) -> list[str]:
        """Classes that COCO and therefore the teachers know, in the order of the recipe's table of rows."""
        return sorted(self["coco_rows"], key=self.classes.index)

    def number(self, name: str) -> int:
        """Number of a class; RecipeError where the recipe has no such class."""
        if name not in self.classes:
            raise RecipeError(f"recipe: {name!r} is none of its classes {self.classes}")
        return self.classes.index(name)

    def numbers(self, names: Iterable[str]) -> frozenset[int]:
        """Numbers of several classes."""
        return frozenset(self.number(name) for name in names)

    def kinds(self) -> list[int]:
        """Kind of each class: classes of one kind are taken for one another."""
        kind_of = {name: kind for kind, names in enumerate(self["kinds"]) for name in names}
        return [kind_of[name] for name in self.classes]

    def detector(self, name: str) -> dict[str, Any]:
        """Settings of one detector; RecipeError where the recipe has none of that name."""
        if name not in self["detectors"]:
            raise RecipeError(f"recipe: no detector {name!r}; it has {', '.join(self['detectors'])}")
        return dict(self["detectors"][name])

    def locate(self, name: str) -> Path:
        """Path of a file the recipe names: `runs/…` below the project, all else below the shared folder."""
        path = (ROOT if name.startswith("runs/") else self.shared) / name
        if not path.exists():
            raise RecipeError(f"{path}: not found; give the folder of shared material with --shared")
        return path


def arguments(description: str, examples: str) -> argparse.ArgumentParser:
    """Parser with the options every script of this folder takes."""
    parser = argparse.ArgumentParser(
        description=description, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="recipe file (default: %(default)s)")
    parser.add_argument(
        "--shared",
        type=Path,
        default=ROOT.parent / "shared",
        help="folder that holds data/ and weights/ (default: %(default)s)",
    )
    return parser


def load(options: argparse.Namespace) -> Recipe:
    """Read the recipe that the command line names."""
    try:
        values = yaml.safe_load(options.recipe.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RecipeError(f"{options.recipe}: cannot be read as a recipe: {error}") from error
    return Recipe(values=values, shared=options.shared)
