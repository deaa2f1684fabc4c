"""Says how many pictures with fire or smoke raise a box of either, source by source, and how many without do.

Runs in the product's own environment. It counts whether somebody is called, not whether every box is found.
"""

from pathlib import Path

from scripts.train.recipe import arguments, load

from sharp_eyes.edge import open_model
from sharp_eyes.edge.evaluate.detectors.datasets import DatasetOptions, open_source
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledSource
from sharp_eyes.edge.library import DetectionModel

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.check_burning                                  # models/hazard at its thresholds
  .venv/bin/python -m scripts.train.check_burning --model runs/ship/hazard
"""
BURNING = ("fire", "smoke")


def called(model: DetectionModel, path: Path) -> bool:
    """Whether a picture raises fire or smoke at the model's thresholds."""
    found = model.detect(path)
    return any(found.names[number] in BURNING for number in found.classes)


def line(model: DetectionModel, source: LabelledSource) -> str:
    """What one source gives, in words."""
    burning = [one for one in source.pictures if set(one.names) & set(BURNING)]
    others = [one for one in source.pictures if not set(one.names) & set(BURNING)]
    raised, false = (sum(called(model, one.path) for one in some) for some in (burning, others))
    share = f" ({raised / len(burning):.2f})" if burning else ""
    return f"{source.name:16} burning {raised} of {len(burning)}{share}, others {false} of {len(others)}"


def main() -> None:
    """Read the command line and look."""
    parser = arguments(__doc__ or "", EXAMPLES)
    parser.add_argument("--model", default="hazard", help="name, folder or manifest (default: %(default)s)")
    options = parser.parse_args()
    recipe, model = load(options), open_model(options.model)
    for folder in sorted((recipe.work / "held").glob("*/data.yaml")):
        source, _ = open_source(folder, DatasetOptions())
        if set(source.labelled) & set(BURNING):
            print(line(model, source), flush=True)


if __name__ == "__main__":
    main()
