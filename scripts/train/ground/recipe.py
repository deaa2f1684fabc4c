"""Reads `ground.yaml` and says where this recipe's work lies."""

import argparse
import dataclasses
from pathlib import Path

from scripts.train import recipe as shared

Recipe = shared.Recipe
RecipeError = shared.RecipeError
ROOT = shared.ROOT
RECIPE = Path(__file__).with_name("ground.yaml")
WORK = ROOT / "runs" / "ground"


def arguments(description: str, examples: str) -> argparse.ArgumentParser:
    """Parser with the options every script of this folder takes."""
    parser = shared.arguments(description, examples)
    parser.set_defaults(recipe=RECIPE)
    return parser


def load(options: argparse.Namespace) -> Recipe:
    """Read the recipe that the command line names."""
    return dataclasses.replace(shared.load(options), work=WORK)
