"""Trainable weights of a shipped detector, rebuilt from its ONNX, so that a new version can go on from it.

In the ONNX each normalisation is folded into the convolution before it. Here each is set up again from what the
convolution gives on real pictures: the network says the same, and its normalisations see the mean 0 and the spread 1
they will see in training. The convolutions' lengths are set to those of the start weights, so that learning rates mean
what they meant there.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from scripts.train.partial_labels import PartialLabelModel
from scripts.train.raw_input import pictures_in, read_batch
from scripts.train.recipe import Recipe, RecipeError
from scripts.train.start_weights import city_model
from ultralytics.nn.modules.conv import Conv
from ultralytics.nn.tasks import DetectionModel

PICTURES = 96
FAR = 0.02
"""Score by which the rebuilt network may differ from its ONNX: rounding, and suppression is not part of either."""


def rebuilt(recipe: Recipe, file: Path, classes: list[str], place: Path, size: tuple[int, int]) -> DetectionModel:
    """The model with the recipe's classes whose rows for `classes` are those of the ONNX `file` (export.py wrote it).

    The rows of other classes are COCO's. `place` is a folder or list of real pictures, `size` width and height of the
    ONNX's input.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(file)).graph.initializer}
    model = city_model(recipe, PartialLabelModel)
    lengths = {name: _lengths(module.conv.weight) for name, module in _convolutions(model)}
    rows = [recipe.number(name) for name in classes]
    with torch.no_grad():
        for name, module in _convolutions(model):
            weight = torch.from_numpy(_stored(stored, f"{name}.conv.weight", file).copy())
            if name == "model.0":  # export.py folded the order of colours and the scale into it
                weight = weight.flip(1) * 255
            module.conv.weight.copy_(weight)
            _silence(module.bn, torch.from_numpy(_stored(stored, f"{name}.conv.bias", file).copy()))
        for kind, branches in (("cv2", model.model[-1].cv2), ("cv3", model.model[-1].cv3)):
            for number, branch in enumerate(branches):
                name = f"{_last_name(model)}.{kind}.{number}.2"
                chosen = rows if kind == "cv3" else slice(None)
                branch[-1].weight[chosen] = torch.from_numpy(_stored(stored, f"{name}.weight", file).copy())
                branch[-1].bias[chosen] = torch.from_numpy(_stored(stored, f"{name}.bias", file).copy())
        batch = read_batch(pictures_in(place, PICTURES), *size)
        _set_up_normalisations(model, batch, lengths)
    return model.eval()


def scores(model: DetectionModel, batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Scores (n, classes, places) of raw pictures."""
    with torch.no_grad():
        found = model.eval()(_pixels(batch))
    return np.asarray((found[0] if isinstance(found, tuple) else found)[:, 4:].numpy(), np.float32)


def _convolutions(model: DetectionModel) -> list[tuple[str, Conv]]:
    return [(name, module) for name, module in model.named_modules() if isinstance(module, Conv)]


def _last_name(model: DetectionModel) -> str:
    return f"model.{len(model.model) - 1}"


def _stored(stored: dict[str, npt.NDArray[np.float32]], name: str, file: Path) -> npt.NDArray[np.float32]:
    if name not in stored:
        raise RecipeError(f"{file}: holds no {name}; only FP32 networks of export.py can be rebuilt")
    return stored[name]


def _lengths(weight: torch.Tensor) -> torch.Tensor:
    return weight.detach().flatten(1).norm(dim=1).clamp(min=1e-6)


def _silence(norm: torch.nn.BatchNorm2d, bias: torch.Tensor) -> None:
    """A normalisation that only adds the bias."""
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)


def _set_up_normalisations(
    model: DetectionModel, batch: npt.NDArray[np.uint8], lengths: dict[str, torch.Tensor]
) -> None:
    """Measure what each convolution gives on the pictures and put that into its normalisation; answers stay."""
    sums = {name: [torch.zeros(1), torch.zeros(1), 0] for name, _ in _convolutions(model)}

    def remember(name: str) -> object:
        def hook(_module: object, _given: object, out: torch.Tensor) -> None:
            flat = out.double().transpose(0, 1).flatten(1)
            kept = sums[name]
            sums[name] = [kept[0] + flat.sum(1), kept[1] + (flat**2).sum(1), kept[2] + flat.shape[1]]

        return hook

    hooks = [module.conv.register_forward_hook(remember(name)) for name, module in _convolutions(model)]
    model.eval()
    for start in range(0, len(batch), 16):
        model(_pixels(batch[start : start + 16]))
    for hook in hooks:
        hook.remove()
    for name, module in _convolutions(model):
        total, squares, count = sums[name]
        mean = (total / count).float()
        spread = (squares / count - (total / count) ** 2).clamp(min=1e-8).float()
        scale = lengths[name] / _lengths(module.conv.weight)
        shape = (-1, 1, 1, 1)
        module.conv.weight.mul_(scale.view(shape))
        norm = module.bn
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(spread * scale**2)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt() / scale)
        norm.bias.add_(mean)


def _pixels(batch: npt.NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(batch[..., ::-1].transpose(0, 3, 1, 2))).float() / 255
