"""Fine-tunes the street detector gently from the carried-over COCO weights and exports it as ONNX.

The weights after the last epoch (their moving average) are exported as they are and blended with the start
weights; no epoch is picked by the held-out pictures.
"""

import argparse
import time
from typing import Any

import torch
from recipe import ROOT, Recipe, RecipeError, arguments, load
from start_weights import export_onnx, street_model
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

EXAMPLES = """examples:
  nice -n 10 .venv-train/bin/python scripts/train/train_street.py
  .venv-train/bin/python scripts/train/train_street.py --resume        # go on after a stop
  .venv-train/bin/python scripts/train/train_street.py --epochs 1 --fraction 0.05 --name trial
  .venv-train/bin/python scripts/train/train_street.py --blend 0.5     # halfway between start and tuned
Each epoch is kept as runs/train/<name>/weights/last.pt.
"""


class StreetTrainer(DetectionTrainer):
    """Ultralytics' trainer, started from a model whose head keeps the COCO width."""

    recipe: Recipe

    def get_model(self, cfg: Any = None, weights: DetectionModel | None = None, verbose: bool = True) -> DetectionModel:
        """Return the carried-over model, with the checkpoint's weights where training is resumed."""
        model = street_model(self.recipe)
        if weights is not None:
            model.load_state_dict(weights.float().state_dict(), strict=True)
        return model.train()

    def save_model(self) -> Any:
        """Write the checkpoint beside the old one and swap: a stop in mid-write leaves the old one whole."""
        last, self.last = self.last, self.last.with_suffix(".part")
        try:
            answer = super().save_model()
            if self.last.exists():
                self.last.rename(last)
        finally:
            self.last = last
        return answer


def trainer(recipe: Recipe, given: argparse.Namespace) -> StreetTrainer:
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
    StreetTrainer.recipe = recipe
    return StreetTrainer(
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
