"""Trains a detector of the recipe stage by stage from the carried-over COCO weights and exports it as ONNX.

The weights after a stage's last epoch (their moving average) are taken as they are; no epoch is picked by the
held-out pictures.
"""

import argparse
import os
import random
import time
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "true")

import numpy as np
import torch
from scripts.train.partial_labels import PartialLabelModel
from scripts.train.rebuilt import rebuilt
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load
from scripts.train.start_weights import city_model, cut_to, export_onnx, other_model
from scripts.train.street_pictures import StreetPictures
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

BEFORE = "before"
EXAMPLES = """examples:
  nice -n 10 .venv-train/bin/python -m scripts.train.train_detector hazard               # all its stages
  .venv-train/bin/python -m scripts.train.train_detector hazard --stage full --resume     # go on after a stop
  .venv-train/bin/python -m scripts.train.train_detector street --epochs 1 --fraction 0.05 --name trial
  .venv-train/bin/python -m scripts.train.train_detector street --export --blend 0.5      # halfway from the start
Each epoch is kept as runs/train/<name>_<stage>/weights/last.pt.
"""


def start_from(trainer: DetectionTrainer, model: DetectionModel) -> None:
    """Let `trainer` start from `model`, or go on from the checkpoint where it resumes."""

    def get_model(cfg: Any = None, weights: DetectionModel | None = None, verbose: bool = True) -> DetectionModel:
        if weights is not None:
            model.load_state_dict(weights.float().state_dict(), strict=True)
        return model.train()

    def keep_classes() -> None:
        """Ultralytics would take the unknowns of data.yaml for classes of the network."""
        trainer.model.args = trainer.args

    prepare = trainer.preprocess_batch

    def preprocess_batch(batch: dict[str, Any]) -> dict[str, Any]:
        batch = prepare(batch)
        batch["img"] = batch["img"].to(memory_format=torch.channels_last)
        return batch

    trainer.get_model = get_model
    trainer.set_model_attributes = keep_classes
    # Channels last and bfloat16 (partial_labels.py) together are three times as fast on processors with bfloat16.
    trainer.preprocess_batch = preprocess_batch
    trainer.add_callback("on_train_start", lambda made: made.model.to(memory_format=torch.channels_last))
    trainer.add_callback("on_train_start", draw_on)


def draw_on(trainer: DetectionTrainer) -> None:
    """Let a stage that is resumed draw other pictures than those of its first epoch again."""
    seed = trainer.args.seed + 1000 * trainer.start_epoch
    random.seed(seed)
    np.random.seed(seed)


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


def draw_pictures(recipe: Recipe, trainer: DetectionTrainer, draw: dict[str, float] | None, epoch: int | None) -> None:
    """Let `trainer` see the pictures of `street_pictures`, by the shares of `draw` where they are given."""

    def build_dataset(listed: str, mode: str = "train", batch: int | None = None) -> StreetPictures:
        return StreetPictures(
            listed,
            imgsz=trainer.args.imgsz,
            batch_size=batch,
            augment=mode == "train",
            hyp=trainer.args,
            rect=False,
            cache=trainer.args.cache or None,
            stride=32,
            task="detect",
            data=trainer.data,
            fraction=trainer.args.fraction,
            recipe=recipe,
            draw=draw,
            epoch=epoch and max(1, round(epoch * trainer.args.fraction)),
        )

    trainer.build_dataset = build_dataset


def skip_validation(trainer: DetectionTrainer) -> None:
    """Ultralytics validates after the last epoch even with `val: false`, and does not know the unknown regions."""
    trainer.validate = lambda: ({}, 0.0)
    # The table of losses would be read back with Polars at each checkpoint, only to be stored in it.
    trainer.read_results_csv = dict
    trainer.final_eval = lambda: None


def trainer(recipe: Recipe, given: argparse.Namespace, stage: str, start: DetectionModel) -> DetectionTrainer:
    """Return the trainer of one stage with every setting from the recipe."""
    data = recipe.work / "city" / f"{given.detector}.yaml"
    if not data.exists():
        raise RecipeError(f"{data}: not found; run build_data first")
    name = f"{given.name}_{stage}"
    last = recipe.work / name / "weights" / "last.pt"
    if given.resume and not last.exists():
        raise RecipeError(f"{last}: not found; there is nothing to resume")
    settings = {**recipe["training"], **recipe.detector(given.detector)["stages"][stage]}
    draw, epoch = settings.pop("draw", None), settings.pop("epoch", None)
    for ours in ("all", "from"):
        settings.pop(ours, None)
    epoch = given.epoch or epoch
    if given.batch:
        settings["batch"] = settings["nbs"] = given.batch
    if given.device != "cpu":
        settings["amp"] = "bf16"
    if given.epochs:
        settings["epochs"] = given.epochs
    if given.minutes:
        settings["time"] = given.minutes / 60
    made = DetectionTrainer(
        overrides={
            **settings,
            "model": str(last) if given.resume else "yolo11n.yaml",
            "resume": str(last) if given.resume else False,
            "data": str(data),
            "project": str(recipe.work),
            "name": name,
            "exist_ok": True,
            "fraction": given.fraction,
            "seed": recipe["seed"],
            "device": given.device,
            "workers": given.workers,
            "val": False,
            "plots": False,
            "deterministic": given.device == "cpu",
        }
    )
    draw_pictures(recipe, made, draw, epoch)
    start_from(made, start)
    save_beside_and_swap(made)
    skip_validation(made)
    return made


def fresh_model(recipe: Recipe, given: argparse.Namespace) -> DetectionModel:
    """The network of a detector before any training: COCO's weights with our classes, or the one under `network`."""
    network = recipe.detector(given.detector).get("network")
    return other_model(recipe, network, PartialLabelModel) if network else city_model(recipe, PartialLabelModel)


def stage_model(recipe: Recipe, given: argparse.Namespace, stage: str) -> DetectionModel:
    """Return the model with the moving-average weights of a stage's last checkpoint.

    `before` is the version before, `world@7` the stage `world` after epoch 7, counted from 0 (`save_period`).
    """
    if stage == BEFORE:
        return version_before(recipe, given.detector)
    stage, _, epoch = stage.partition("@")
    last = recipe.work / f"{given.name}_{stage}" / "weights" / (f"epoch{epoch}.pt" if epoch else "last.pt")
    if not last.exists():
        raise RecipeError(f"{last}: not found; train the stage {stage!r} first")
    stored = torch.load(last, map_location="cpu", weights_only=False)
    model = fresh_model(recipe, given)
    model.load_state_dict((stored.get("ema") or stored["model"]).float().state_dict(), strict=True)
    return model


def version_before(recipe: Recipe, name: str) -> DetectionModel:
    """The shipped version that a detector's recipe names under `before`, rebuilt once, then kept in runs/train."""
    detector = recipe.detector(name)
    rule = detector[BEFORE]
    kept = recipe.work / f"{name}_before.pt"
    model = city_model(recipe, PartialLabelModel)
    if not kept.exists():
        size = (detector["input"]["width"], detector["input"]["height"])
        pictures = recipe.work / "city" / f"{name}.txt"
        made = rebuilt(recipe, recipe.locate(rule["file"]), rule["classes"], pictures, size)
        # Half precision for what is large; the normalisations' spreads would not stand it.
        state = {key: value.half() if value.ndim > 1 else value for key, value in made.state_dict().items()}
        torch.save(state, kept)
    model.load_state_dict(torch.load(kept, map_location="cpu", weights_only=True), strict=True)
    return model


def averaged(recipe: Recipe, given: argparse.Namespace, stages: list[str]) -> DetectionModel:
    """Mean of the weights of several stages (model soup, Wortsman et al., 2022)."""
    models = [stage_model(recipe, given, stage) for stage in stages]
    states = [model.state_dict() for model in models]
    models[0].load_state_dict(
        {
            key: torch.stack([state[key] for state in states]).mean(0) if value.is_floating_point() else value
            for key, value in states[0].items()
        }
    )
    return models[0]


def blended(recipe: Recipe, tuned: DetectionModel, share: float) -> DetectionModel:
    """Weights between start and tuned, `share` of the tuned (WiSE-FT, Wortsman et al., 2022).

    What fine-tuning forgets of the wide world the blend keeps.
    """
    start = city_model(recipe)
    far = tuned.state_dict()
    near = start.state_dict()
    start.load_state_dict(
        {
            key: torch.lerp(value, far[key], share) if value.is_floating_point() else far[key]
            for key, value in near.items()
        }
    )
    return start


def start_of(recipe: Recipe, given: argparse.Namespace, stage: str) -> DetectionModel:
    """Model that a stage starts from: the mean of those under `from`, else the one before, else COCO's weights."""
    detector = recipe.detector(given.detector)
    stages = list(detector["stages"])
    place = stages.index(stage)
    before = detector["stages"][stage].get("from", stages[max(place - 1, 0) : place])
    model = averaged(recipe, given, before) if before else fresh_model(recipe, given)
    learns_all = detector["stages"][stage].get("all", False)
    learnt = [*detector["classes"], *detector.get("contrast", [])]
    model.only = () if learns_all else tuple(sorted(recipe.numbers(learnt)))
    return model


def train(recipe: Recipe, given: argparse.Namespace) -> None:
    """Train the stages asked for, one after the other."""
    for stage in [given.stage] if given.stage else list(recipe.detector(given.detector)["stages"]):
        torch.manual_seed(recipe["seed"])
        began = time.monotonic()
        trainer(recipe, given, stage, start_of(recipe, given, stage)).train()
        print(f"stage {stage}: trained for {(time.monotonic() - began) / 60:.1f} minutes")


def export(recipe: Recipe, given: argparse.Namespace) -> None:
    """Write the mean of the stages to ship, blended with the start, as runs/train/<name>….pt and .onnx."""
    detector = recipe.detector(given.detector)
    stages = [given.stage] if given.stage else detector["ship"]
    share = detector["blend"] if given.blend is None else given.blend
    model = cut_to(blended(recipe, averaged(recipe, given, stages), share), detector["classes"])
    part = "" if share == 1 else f"_{round(share * 100):03d}"
    path = recipe.work / f"{given.name}_{'_'.join(stages).replace('@', '')}{part}.onnx"
    torch.save({"model": model}, path.with_suffix(".pt"))
    export_onnx(model, path, detector["input"]["width"], detector["input"]["height"])
    print(f"wrote {path.relative_to(ROOT)} and {path.with_suffix('.pt').name}")


def main() -> None:
    """Train, then export; with --export only export."""
    options = arguments("Train a detector of the recipe.", EXAMPLES)
    options.add_argument("detector", help="name in the recipe: street, hazard or ebike")
    options.add_argument("--name", help="name of the run below runs/train (default: the detector's)")
    options.add_argument("--stage", help="one stage of the recipe (default: all, one after the other)")
    options.add_argument("--epochs", type=int, help="instead of the recipe's")
    options.add_argument("--epoch", type=int, help="pictures drawn in an epoch, in the place of the recipe's")
    options.add_argument("--batch", type=int, help="pictures of a step, in the place of the recipe's")
    options.add_argument(
        "--minutes", type=float, help="train for so long; the number of epochs follows from their speed"
    )
    options.add_argument("--fraction", type=float, default=1.0, help="share of the training set, for trials")
    options.add_argument("--device", default="cpu", help="cpu, or a CUDA device: 0 (default: %(default)s)")
    options.add_argument("--workers", type=int, default=1, help="processes that prepare pictures")
    options.add_argument("--resume", action="store_true", help="go on from the stage's last checkpoint")
    options.add_argument("--export", action="store_true", help="export what is trained; do not train")
    options.add_argument("--blend", type=float, help="share of the tuned weights (default: the recipe's)")
    given = options.parse_args()
    recipe = load(given)
    given.name = given.name or given.detector
    stages = recipe.detector(given.detector)["stages"]
    if given.stage and given.stage not in stages:
        raise RecipeError(f"--stage {given.stage}: {given.detector} has {', '.join(stages)}")
    if not given.export:
        train(recipe, given)
    if "network" not in recipe.detector(given.detector):
        export(recipe, given)


if __name__ == "__main__":
    main()
