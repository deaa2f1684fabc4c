"""Reads `ground.yaml` and says where this recipe's work lies."""

import argparse
from pathlib import Path

from scripts.train import recipe as shared

RecipeError = shared.RecipeError
ROOT = shared.ROOT
RECIPE = Path(__file__).with_name("ground.yaml")
WORK = ROOT / "runs" / "ground"


class Recipe(shared.Recipe):
    """The recipe of the ground network."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the network's input in pixels."""
        return int(self["input"]["width"]), int(self["input"]["height"])

    @property
    def before(self) -> Path:
        """The shipped network that this version goes on from."""
        return ROOT / str(self["before"])


def arguments(description: str, examples: str) -> argparse.ArgumentParser:
    """Parser with the options every script of this folder takes."""
    parser = shared.arguments(description, examples)
    parser.set_defaults(recipe=RECIPE)
    return parser


def load(options: argparse.Namespace) -> Recipe:
    """Read the recipe that the command line names."""
    found = shared.load(options)
    return Recipe(found.values, found.shared, WORK)
