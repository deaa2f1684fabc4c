"""Trains the `ground` network; a checkpoint after each epoch, so that a stop loses one epoch at most.

The weights after the last epoch (their moving average) are what is measured and shipped; no epoch is picked
by the held-out pictures.
"""

import math
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from scripts.train.ground.augment import training_crop
from scripts.train.ground.drawing import epoch_list, flooded_share
from scripts.train.ground.network import GroundNetwork, rebuilt
from scripts.train.ground.recipe import Recipe, RecipeError, arguments, load
from scripts.train.ground.sources import Picture, Sample, read
from scripts.train.ground.textures import textures
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

EXAMPLES = """examples:
  nice -n 12 .venv-train/bin/python -m scripts.train.ground.train
  .venv-train/bin/python -m scripts.train.ground.train --resume           # go on after a stop
  .venv-train/bin/python -m scripts.train.ground.train --name more --start runs/ground/first.pt --epochs 6
  .venv-train/bin/python -m scripts.train.ground.train --name trial --epochs 1 --fraction 0.1
The checkpoint is runs/ground/<name>.pt.
"""


class Crops(Dataset):  # type: ignore[misc]  # torch has no types here
    """Training crops of one epoch: picture (3, h, w) uint8 RGB, bit field (h, w) uint8, and whether it is flooded.

    The last is 0 to 1, or -1 where it is not known.
    """

    def __init__(self, recipe: Recipe, samples: list[Sample], bank: list[Picture], epoch: int) -> None:
        self._recipe, self._samples, self._bank, self._epoch = recipe, samples, bank, epoch

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, float]:
        cv2.setNumThreads(1)
        random = np.random.default_rng([self._recipe["seed"], self._epoch, number])
        sample = self._samples[number]
        damaged = sample.source in self._recipe["pasting"]["damage_sources"]
        bank = self._bank if damaged else []
        most = float(self._recipe["sources"][sample.source].get("largest_scale", 2.2))
        picture, field = training_crop(random, *read(sample, self._recipe), self._recipe, bank, most)
        planes = np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1))
        return torch.from_numpy(planes), torch.from_numpy(field), flooded_share(sample, field, self._recipe)


def loss_of(scores: Tensor, field: Tensor, weights: Tensor, coarse: float) -> Tensor:
    """Minus log of the allowed classes' probability, mean over the labelled places.

    `scores` (b, classes, h/4, w/4) are compared with the bit field (b, h, w) at their own places. For a sure
    label this is cross entropy; for a coarse one it is the partial-label likelihood (Jin and Ghahramani, 2002).
    """
    log = functional.log_softmax(scores.float(), dim=1)
    count, step = scores.shape[1], field.shape[1] // scores.shape[2]
    here = field[:, step // 2 :: step, step // 2 :: step]
    allowed = (here[:, None].int() >> torch.arange(count).view(1, -1, 1, 1)) & 1
    number = allowed.sum(dim=1)
    told = (number > 0) & (number < count)
    likelihood = torch.logsumexp(log.masked_fill(allowed == 0, -1e4), dim=1)
    weight = (allowed * weights.view(1, -1, 1, 1)).sum(dim=1) / number.clamp(min=1)
    weight = weight * torch.where(number > 1, coarse, 1.0) * told
    return -(likelihood * weight).sum() / weight.sum().clamp(min=1)


def loss_of_flood(scores: Tensor, flooded: Tensor) -> Tensor:
    """Cross entropy of the pictures (b,) of which it is known whether they are flooded."""
    known = flooded >= 0
    if not bool(known.any()):
        return scores.sum() * 0
    return functional.binary_cross_entropy_with_logits(scores[known, 0].float(), flooded[known].float())


class Training:
    """Network, optimiser and moving average, and where they are kept."""

    def __init__(self, recipe: Recipe, path: Path, epochs: int, per_epoch: int) -> None:
        settings = recipe["training"]
        self.recipe, self.path, self.epochs = recipe, path, epochs
        self.network: GroundNetwork = rebuilt(recipe, recipe.before).to(memory_format=torch.channels_last)
        for number in range(int(settings["frozen_layers"])):
            self.network.backbone[number].requires_grad_(False)
        self.average = {key: value.clone() for key, value in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(self._groups(settings))
        total, warm = epochs * per_epoch, int(settings["warm_up"])
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser,
            lambda step: min((step + 1) / warm, 0.02 + 0.49 * (1 + math.cos(math.pi * min(step / total, 1)))),
        )
        self.epoch, self.steps = 0, 0
        self._weights = torch.tensor([float(settings["class_weight"][name]) for name in recipe.classes])

    def _groups(self, settings: dict[str, Any]) -> list[dict[str, Any]]:
        """Two learning rates; no decay on biases and normalisation."""
        groups = []
        for part in ("backbone", "decoder", "water", "flood"):
            rate = settings[f"{part}_rate"]
            named = list(getattr(self.network, part).parameters())
            for wide, decay in ((True, settings["weight_decay"]), (False, 0.0)):
                chosen = [p for p in named if (p.ndim > 1) == wide]
                groups.append({"params": chosen, "lr": float(rate), "weight_decay": float(decay)})
        return groups

    def step(self, pictures: Tensor, field: Tensor, flooded: Tensor) -> tuple[float, float]:
        """One optimiser step on pictures (b, 3, h, w) uint8; gives the losses of the places and of the flood."""
        given = (pictures.float() / 255).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores, flood = self.network(given)
        places = loss_of(scores, field, self._weights, float(self.recipe["training"]["coarse_weight"]))
        whole = loss_of_flood(flood, flooded)
        loss = places + float(self.recipe["flood"]["weight"]) * whole
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.schedule.step()
        self.steps += 1
        self._follow()
        return float(places.detach()), float(whole.detach())

    def _follow(self) -> None:
        """Move the average towards the network; faster at first, so that the start is forgotten."""
        keep = min(float(self.recipe["training"]["average"]), (1 + self.steps) / (10 + self.steps))
        for key, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[key].lerp_(value, 1 - keep)
            else:
                self.average[key].copy_(value)

    def save(self) -> None:
        """Write beside the old checkpoint and swap: a stop in mid-write leaves the old one whole."""
        part = self.path.with_suffix(".part")
        content = {
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epoch": self.epoch,
            "steps": self.steps,
        }
        torch.save(content, part)
        part.replace(self.path)

    def restore(self) -> None:
        """Go on from the checkpoint; with another number of epochs the learning rate follows the new one."""
        if not self.path.exists():
            raise RecipeError(f"{self.path}: not found; there is nothing to resume")
        content = torch.load(self.path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(content["network"])
        self.average = content["average"]
        self.optimiser.load_state_dict(content["optimiser"])
        self.schedule.load_state_dict(content["schedule"])
        self.epoch, self.steps = content["epoch"], content["steps"]

    def begin_from(self, path: Path) -> None:
        """Start from another run's averaged weights."""
        content = torch.load(path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(content["average"])
        self.average = {key: value.clone() for key, value in self.network.state_dict().items()}


def run_epoch(training: Training, samples: list[Sample], bank: list[Picture], workers: int) -> tuple[float, float]:
    """One pass over the samples; gives the mean losses of the places and of the flood."""
    batch = int(training.recipe["training"]["batch"])
    order = torch.Generator().manual_seed(int(training.recipe["seed"]) * 1000 + training.epoch)
    crops = Crops(training.recipe, samples, bank, training.epoch)
    loader = DataLoader(crops, batch, shuffle=True, drop_last=True, num_workers=workers, generator=order)
    training.network.learn()
    losses = []
    for number, (pictures, field, flooded) in enumerate(loader):
        losses.append(training.step(pictures, field, flooded))
        if number % 20 == 19:
            places, whole = np.mean(losses, axis=0)
            done = f"{number + 1}/{len(loader)}"
            print(f"  epoch {training.epoch + 1}: {done}, loss {places:.3f}, of the flood {whole:.3f}", flush=True)
    places, whole = np.mean(losses, axis=0)
    return float(places), float(whole)


def main() -> None:
    """Train, and keep a checkpoint after each epoch."""
    options = arguments("Train the ground segmentation.", EXAMPLES)
    options.add_argument("--name", default="ground", help="name of the run")
    options.add_argument("--epochs", type=int, help="instead of the recipe's")
    options.add_argument("--fraction", type=float, default=1.0, help="share of the training set, for trials")
    options.add_argument("--workers", type=int, default=1, help="processes that prepare pictures")
    options.add_argument("--threads", type=int, default=1, help="more only pays on a machine that is otherwise idle")
    options.add_argument("--start", type=Path, help="begin from this checkpoint's weights")
    options.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    given = options.parse_args()
    recipe = load(given)
    torch.manual_seed(recipe["seed"])
    torch.set_num_threads(given.threads)
    samples = epoch_list(recipe, 0, given.fraction)
    bank = textures(recipe, samples)
    recipe.work.mkdir(parents=True, exist_ok=True)
    epochs = given.epochs or int(recipe["training"]["epochs"])
    per_epoch = len(samples) // int(recipe["training"]["batch"])
    training = Training(recipe, recipe.work / f"{given.name}.pt", epochs, per_epoch)
    if given.resume:
        training.restore()
    elif given.start:
        training.begin_from(given.start)
    print(f"{len(samples)} crops an epoch, {epochs - training.epoch} epochs to go", flush=True)
    try:
        while training.epoch < epochs:
            began = time.monotonic()
            # Read anew, so that pictures rendered meanwhile are taken up.
            drawn = epoch_list(recipe, training.epoch, given.fraction)
            places, whole = run_epoch(training, drawn, bank, given.workers)
            training.epoch += 1
            training.save()
            losses = f"loss {places:.4f}, of the flood {whole:.4f}"
            print(f"epoch {training.epoch}/{epochs}: {losses}, {time.monotonic() - began:.0f} s", flush=True)
    except KeyboardInterrupt:
        print(f"stopped; go on with --name {given.name} --epochs {epochs} --resume")


if __name__ == "__main__":
    main()
