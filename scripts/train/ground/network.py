"""The `ground` network: YOLO11n's backbone under a light decoder, and its export."""

from pathlib import Path
from typing import Any

import torch
from scripts.train.ground.recipe import Recipe
from scripts.train.start_weights import coco_model
from torch import Tensor, nn
from torch.nn import functional

BACKBONE_LAYERS = 11
TAPS = (2, 4, 6, 10)
"""Layers whose outputs are used: strides 4, 8, 16 and 32."""


def convolution(inward: int, outward: int, size: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, normalisation, SiLU."""
    return nn.Sequential(
        nn.Conv2d(inward, outward, size, padding=size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outward),
        nn.SiLU(inplace=True),
    )


def separable(width: int) -> nn.Sequential:
    """5x5 by channel, then 1x1 across channels."""
    return nn.Sequential(convolution(width, width, 5, groups=width), convolution(width, width))


class Decoder(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Feature pyramid (Lin et al., 2017) with a gate from the whole picture (LR-ASPP, Howard et al., 2019)."""

    def __init__(self, inward: list[int], width: int, fine: int, classes: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(
            [convolution(channels, fine if k == 0 else width) for k, channels in enumerate(inward)]
        )
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(inward[-1], width, 1), nn.Sigmoid())
        self.blend = nn.ModuleList([separable(width) for _ in inward[1:]])
        self.narrow = convolution(width, fine)
        self.last = nn.Sequential(convolution(fine, fine, 3), nn.Dropout2d(0.1), nn.Conv2d(fine, classes, 1))

    def forward(self, features: list[Tensor]) -> Tensor:
        """Class scores (b, classes, h/4, w/4) of features at strides 4, 8, 16, 32."""
        top = self.lateral[-1](features[-1]) * self.gate(features[-1])
        merged = self.blend[-1](top)
        for level in range(len(features) - 2, 0, -1):
            merged = self.lateral[level](features[level]) + upsampled(merged)
            merged = merged + self.blend[level - 1](merged)
        merged = self.lateral[0](features[0]) + upsampled(self.narrow(merged))
        scores: Tensor = self.last(merged)
        return scores


def upsampled(features: Tensor) -> Tensor:
    """Twice the size, bilinear."""
    return functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)


class GroundNetwork(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Pictures (b, 3, h, w) RGB in 0..1, sides multiples of 32, to class scores (b, classes, h/4, w/4)."""

    def __init__(self, backbone: nn.Module, classes: int, width: int = 96, fine: int = 48) -> None:
        super().__init__()
        self.backbone = backbone
        with torch.no_grad():
            inward = [feature.shape[1] for feature in self._features(torch.zeros(1, 3, 64, 64))]
        self.decoder = Decoder(inward, width, fine, classes)

    def _features(self, pictures: Tensor) -> list[Tensor]:
        found = []
        for number, layer in enumerate(self.backbone):
            pictures = layer(pictures)
            if number in TAPS:
                found.append(pictures)
        return found

    def forward(self, pictures: Tensor) -> Tensor:
        """Class scores before softmax."""
        scores: Tensor = self.decoder(self._features(pictures))
        return scores


def fresh(recipe: Recipe) -> GroundNetwork:
    """The network with COCO's backbone and an untrained decoder.

    The backbone's normalisation is folded into its convolutions: with small batches its statistics are best
    left as they are, and a step costs a quarter less.
    """
    whole = coco_model(recipe).fuse(verbose=False)
    backbone = nn.Sequential(*list(whole.model.children())[:BACKBONE_LAYERS])
    return GroundNetwork(backbone.requires_grad_(True).train(), len(recipe.classes))


def stored(recipe: Recipe, path: Path) -> GroundNetwork:
    """The network with the moving-average weights of a checkpoint, ready to look."""
    network = fresh(recipe)
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(content["average"])
    network.eval()
    return network


class Shipped(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Raw pictures (b, h, w, 3) BGR uint8 to class probabilities (b, classes, h/4, w/4)."""

    def __init__(self, network: GroundNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """Scaling, colour order and softmax are part of the graph."""
        planes = pictures.permute(0, 3, 1, 2).float() * (1 / 255)
        return torch.softmax(self.network(planes[:, [2, 1, 0]]), dim=1)
