"""The verifier's network: YOLO11n's backbone on a small crop, a mean over the places, one row a class."""

from pathlib import Path

import torch
from scripts.train.recipe import Recipe
from scripts.train.start_weights import coco_model
from torch import Tensor, nn

LAYERS = 9
"""Layers of the backbone: up to stride 32, without pooling pyramid and attention, for which a crop is too small."""


class Verifier(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Crops (b, 3, s, s), RGB, 0 to 1 -> scores (b, classes) before the softmax."""

    def __init__(self, recipe: Recipe, classes: int) -> None:
        super().__init__()
        self.backbone = nn.Sequential(*list(coco_model(recipe).model)[:LAYERS])
        with torch.no_grad():
            width = self.backbone(torch.zeros(1, 3, 96, 96)).shape[1]
        self.drop = nn.Dropout(0.2)
        self.last = nn.Linear(width, classes)

    def forward(self, crops: Tensor) -> Tensor:
        """Scores of each class."""
        scores: Tensor = self.last(self.drop(self.backbone(crops).mean((2, 3))))
        return scores


class Shipped(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Crops as the gateway cuts them (b, s, s, 3), BGR bytes -> probabilities (b, classes)."""

    def __init__(self, verifier: Verifier) -> None:
        super().__init__()
        self.verifier = verifier

    def forward(self, crops: Tensor) -> Tensor:
        """Probabilities that sum to 1."""
        rgb = crops.permute(0, 3, 1, 2).flip(1).float() / 255
        probabilities: Tensor = self.verifier(rgb).softmax(1)
        return probabilities


def loss_of(scores: Tensor, allowed: Tensor) -> Tensor:
    """Minus the logarithm of the probability that all allowed classes have together, the mean over crops.

    ``allowed`` (b, classes) is 0 or 1: a crop that may be either of two is not told which.
    """
    likely = scores.log_softmax(1).masked_fill(allowed < 0.5, -1e4)
    return -torch.logsumexp(likely, 1).mean()


def stored(path: Path, recipe: Recipe, classes: int) -> Verifier:
    """The network of a checkpoint, ready to be used."""
    network = Verifier(recipe, classes)
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["mean"])
    network.eval()
    return network
