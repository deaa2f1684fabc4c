"""The `ground` network: YOLO11n's backbone under a light decoder, and its export."""

from pathlib import Path
from typing import Any

import torch
from scripts.train.ground.rebuilt import refill
from scripts.train.ground.recipe import Recipe
from scripts.train.start_weights import coco_model
from torch import Tensor, nn
from torch.nn import functional

BACKBONE_LAYERS = 11
TAPS = (2, 4, 6, 10)
"""Layers whose outputs are used: strides 4, 8, 16 and 32."""
HIDDEN = 48
"""Width of the water head."""
LEAST_SHARE = 1e-3
"""Added to the shares of the classes before their logarithm is taken."""


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

    def forward(self, features: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Class scores (b, classes, h/4, w/4) of features at strides 4, 8, 16, 32, and what they came from at 8."""
        top = self.lateral[-1](features[-1]) * self.gate(features[-1])
        merged = self.blend[-1](top)
        for level in range(len(features) - 2, 0, -1):
            merged = self.lateral[level](features[level]) + upsampled(merged)
            merged = merged + self.blend[level - 1](merged)
        fine = self.lateral[0](features[0]) + upsampled(self.narrow(merged))
        scores: Tensor = self.last(fine)
        return scores, merged


class WaterHead(nn.Module):  # type: ignore[misc]  # torch has no types here
    """A better opinion on water alone: what it gives is added to the decoder's score of that class.

    The scores of the other classes stay, so that learning about water takes nothing from them.
    """

    def __init__(self, inward: list[int], width: int, hidden: int) -> None:
        super().__init__()
        self.near = nn.Conv2d(width, hidden, 1)
        self.middle = nn.Conv2d(inward[-2], hidden, 1, bias=False)
        self.far = nn.Conv2d(inward[-1], hidden, 1, bias=False)
        self.decide = nn.Conv2d(hidden, 1, 1)
        nn.init.zeros_(self.decide.weight)
        nn.init.zeros_(self.decide.bias)

    def forward(self, merged: Tensor, middle: Tensor, far: Tensor) -> Tensor:
        """What is added (b, 1, h/4, w/4). Seen are the decoder at stride 8 and the backbone at 16 and 32."""
        mixed = self.near(merged) + upsampled(self.middle(middle)) + upsampled(self.far(far), 4.0)
        added: Tensor = upsampled(self.decide(functional.silu(mixed)))
        return added


class FloodHead(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Whether the place is flooded: from the whole picture, its ground alone, and the shares of the classes."""

    def __init__(self, top: int, width: int, classes: int, ground: list[int]) -> None:
        super().__init__()
        self.ground = ground
        self.decide = nn.Linear(top + width + classes + 1, 1)

    def seen(self, top: Tensor, merged: Tensor, before: Tensor, scores: Tensor) -> Tensor:
        """What is decided by (b, n): the picture's mean features, those of its ground, and shares of the classes.

        `top`: features at stride 32; `merged`: the decoder's at stride 8; `before` and `scores`: of the classes, at
        stride 4, without and with the better opinion on water. What is ground goes by the first.
        """
        shares = functional.avg_pool2d(torch.softmax(before.detach(), dim=1), 2)
        ground = shares[:, self.ground].sum(dim=1, keepdim=True)
        area = ground.sum(dim=(2, 3)) + 1.0
        about = (merged * ground).sum(dim=(2, 3)) / area
        now = functional.avg_pool2d(torch.softmax(scores.detach(), dim=1), 2)
        wet = (now[:, self.ground[-1:]] * ground).sum(dim=(2, 3)) / area
        measured = torch.log(torch.cat([now.mean(dim=(2, 3)), wet], dim=1) + LEAST_SHARE)
        return torch.cat([top.mean(dim=(2, 3)), about, measured], dim=1)

    def forward(self, top: Tensor, merged: Tensor, before: Tensor, scores: Tensor) -> Tensor:
        """Score (b, 1) before the sigmoid."""
        decided: Tensor = self.decide(self.seen(top, merged, before, scores))
        return decided


def upsampled(features: Tensor, times: float = 2.0) -> Tensor:
    """Twice the size, or so many times, bilinear."""
    return functional.interpolate(features, scale_factor=times, mode="bilinear", align_corners=False)


class GroundNetwork(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Pictures (b, 3, h, w) RGB in 0..1, sides multiples of 32, to class scores (b, classes, h/4, w/4) and (b, 1)."""

    def __init__(self, backbone: nn.Module, classes: int, ground: list[int], width: int = 96, fine: int = 48) -> None:
        super().__init__()
        self.backbone = backbone
        with torch.no_grad():
            inward = [feature.shape[1] for feature in self._features(torch.zeros(1, 3, 64, 64))]
        self.decoder = Decoder(inward, width, fine, classes)
        self.water = WaterHead(inward, width, HIDDEN)
        self.flood = FloodHead(inward[-1], width, classes, ground)

    def _features(self, pictures: Tensor) -> list[Tensor]:
        found = []
        for number, layer in enumerate(self.backbone):
            pictures = layer(pictures)
            if number in TAPS:
                found.append(pictures)
        return found

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Class scores before softmax, and the score of a flood before the sigmoid."""
        features = self._features(pictures)
        before, merged = self.decoder(features)
        scores = self._with_water(before, merged, features[-2], features[-1])
        return scores, self.flood(features[-1], merged, before, scores)

    def whole(self, before: Tensor, merged: Tensor, middle: Tensor, far: Tensor) -> Tensor:
        """What the head for floods decides by (b, n), of values that were kept of a look."""
        seen: Tensor = self.flood.seen(far, merged, before, self._with_water(before, merged, middle, far))
        return seen

    def _with_water(self, before: Tensor, merged: Tensor, middle: Tensor, far: Tensor) -> Tensor:
        place = self.flood.ground[-1]
        added = self.water(merged, middle, far)
        return before + functional.pad(added, (0, 0, 0, 0, place, before.shape[1] - place - 1))

    def learn(self) -> "GroundNetwork":
        """Ready to be trained; the decoder's normalisation keeps its statistics, as the backbone's does."""
        self.train()
        for module in self.decoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


def fresh(recipe: Recipe) -> GroundNetwork:
    """The network with COCO's backbone and an untrained decoder.

    The backbone's normalisation is folded into its convolutions: with small batches its statistics are best
    left as they are, and a step costs a quarter less.
    """
    whole = coco_model(recipe).fuse(verbose=False)
    backbone = nn.Sequential(*list(whole.model.children())[:BACKBONE_LAYERS])
    ground = [recipe.number(name) for name in recipe["flood"]["ground"]]
    return GroundNetwork(backbone.requires_grad_(True).train(), len(recipe.classes), ground)


def rebuilt(recipe: Recipe, file: Path) -> GroundNetwork:
    """The network with the weights of a shipped ONNX; what the file does not hold, as a head added later, is new."""
    network = fresh(recipe)
    refill(network, file)
    return network


def stored(recipe: Recipe, path: Path, before: float = 0.0) -> GroundNetwork:
    """The network with the averaged weights of a checkpoint, ready to look.

    `before` is the share of the network that it started from in the mean; the heads for water and floods are new.
    """
    network = fresh(recipe)
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    weights = content["average"]
    if before:
        earlier = rebuilt(recipe, recipe.before).state_dict()
        weights = {
            key: value
            if key.startswith(("flood.", "water.")) or not value.is_floating_point()
            else value.lerp(earlier[key], before)
            for key, value in weights.items()
        }
    network.load_state_dict(weights)
    network.eval()
    return network


class Shipped(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Raw pictures (b, h, w, 3) BGR uint8 to class probabilities (b, classes, h/4, w/4) and that of a flood (b, 1)."""

    def __init__(self, network: GroundNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Scaling, colour order, softmax and sigmoid are part of the graph."""
        planes = pictures.permute(0, 3, 1, 2).float() * (1 / 255)
        scores, flood = self.network(planes[:, [2, 1, 0]])
        return torch.softmax(scores, dim=1), torch.sigmoid(flood)
