"""Reads `street.yaml`, the recipe of the `street` detector, and finds the project's folders."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RECIPE = Path(__file__).with_name("street.yaml")
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
            raise RecipeError(f"recipe: the key `{key}` is missing; see scripts/train/street.yaml") from None

    @property
    def classes(self) -> list[str]:
        """Class names in the detector's order."""
        return list(self["classes"])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the detector's input in pixels."""
        return int(self["input"]["width"]), int(self["input"]["height"])

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
