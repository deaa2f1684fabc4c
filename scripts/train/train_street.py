"""Fine-tunes the street detector gently from the carried-over COCO weights and exports it as ONNX.

The weights after the last epoch (their moving average) are exported as they are and blended with the start
weights; no epoch is picked by the held-out pictures.
"""

import argparse
import time
from typing import Any

import torch
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load
from scripts.train.start_weights import export_onnx, street_model
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

EXAMPLES = """examples:
  nice -n 10 .venv-train/bin/python -m scripts.train.train_street
  .venv-train/bin/python -m scripts.train.train_street --resume        # go on after a stop
  .venv-train/bin/python -m scripts.train.train_street --epochs 1 --fraction 0.05 --name trial
  .venv-train/bin/python -m scripts.train.train_street --blend 0.5     # halfway between start and tuned
Each epoch is kept as runs/train/<name>/weights/last.pt.
"""


def start_from_street_model(trainer: DetectionTrainer, recipe: Recipe) -> None:
    """Let `trainer` start from the carried-over model, or go on from the checkpoint where it resumes."""

    def get_model(cfg: Any = None, weights: DetectionModel | None = None, verbose: bool = True) -> DetectionModel:
        model = street_model(recipe)
        if weights is not None:
            model.load_state_dict(weights.float().state_dict(), strict=True)
        return model.train()

    trainer.get_model = get_model


def save_beside_and_swap(trainer: DetectionTrainer) -> None:
    """Let `trainer` write each checkpoint beside the old one: a stop in mid-write leaves the old one whole."""
    write = trainer.save_model

    def save_model() -> Any:
        last, trainer.last = trainer.last, trainer.last.with_suffix(".part")
        try:
            answer = write()
            if trainer.last.exists():
                trainer.last.rename(last)
        finally:
            trainer.last = last
        return answer

    trainer.save_model = save_model


def trainer(recipe: Recipe, given: argparse.Namespace) -> DetectionTrainer:
    """Return the trainer with every setting from the recipe."""
    data = recipe.work / "street" / "data.yaml"
    if not data.exists():
        raise RecipeError(f"{data}: not found; run build_data.py first")
    folder = recipe.work / given.name
    last = folder / "weights" / "last.pt"
    if given.resume and not last.exists():
        raise RecipeError(f"{last}: not found; there is nothing to resume")
    settings = dict(recipe["training"])
    if given.epochs:
        settings["epochs"] = given.epochs
    made = DetectionTrainer(
        overrides={
            **settings,
            "model": str(last) if given.resume else "yolo11n.yaml",
            "resume": str(last) if given.resume else False,
            "data": str(data),
            "project": str(recipe.work),
            "name": given.name,
            "exist_ok": True,
            "fraction": given.fraction,
            "seed": recipe["seed"],
            "device": "cpu",
            "workers": given.workers,
            "amp": False,
            "val": False,
            "plots": False,
            "deterministic": True,
        }
    )
    start_from_street_model(made, recipe)
    save_beside_and_swap(made)
    return made


def tuned_model(recipe: Recipe, name: str) -> DetectionModel:
    """Return the model with the moving-average weights of the last checkpoint."""
    last = recipe.work / name / "weights" / "last.pt"
    stored = torch.load(last, map_location="cpu", weights_only=False)
    model = street_model(recipe)
    model.load_state_dict((stored.get("ema") or stored["model"]).float().state_dict(), strict=True)
    return model


def blended(recipe: Recipe, name: str, share: float) -> DetectionModel:
    """Weights between start and tuned, `share` of the tuned (WiSE-FT, Wortsman et al., 2022).

    What fine-tuning forgets of the wide world the blend keeps, and it often beats both ends.
    """
    start, tuned = street_model(recipe), tuned_model(recipe, name)
    far = tuned.state_dict()
    near = start.state_dict()
    start.load_state_dict(
        {
            key: torch.lerp(value, far[key], share) if value.is_floating_point() else far[key]
            for key, value in near.items()
        }
    )
    return start


def main() -> None:
    """Train, then export; with --blend only export."""
    options = arguments("Fine-tune the street detector.", EXAMPLES)
    options.add_argument("--name", default="tuned", help="folder of the run below runs/train")
    options.add_argument("--epochs", type=int, help="instead of the recipe's")
    options.add_argument("--fraction", type=float, default=1.0, help="share of the training set, for trials")
    options.add_argument("--workers", type=int, default=1, help="processes that prepare pictures")
    options.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    options.add_argument("--blend", type=float, help="export this share of the tuned weights; do not train")
    given = options.parse_args()
    recipe = load(given)
    if given.blend is None:
        torch.manual_seed(recipe["seed"])
        began = time.monotonic()
        trainer(recipe, given).train()
        print(f"trained for {(time.monotonic() - began) / 60:.1f} minutes")
        export(recipe, tuned_model(recipe, given.name), given.name)
    share = recipe["blend"] if given.blend is None else given.blend
    export(recipe, blended(recipe, given.name, share), f"{given.name}_{round(share * 100):03d}")


def export(recipe: Recipe, model: DetectionModel, name: str) -> None:
    """Write `model` as runs/train/<name>.onnx at the recipe's input size."""
    path = recipe.work / f"{name}.onnx"
    export_onnx(model, path, *recipe.size)
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
