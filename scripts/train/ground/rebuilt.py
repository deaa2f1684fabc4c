"""The weights of a shipped ground network, read back from its ONNX, so that a new version can go on from it.

The decoder's normalisations are folded into the convolutions before them. Each is set up again as one that changes
nothing but adds the bias: the network says the same, and as its statistics are kept while training, goes on saying it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from scripts.train.ground.recipe import RecipeError
from torch import nn

KINDS = {"Conv": nn.Conv2d, "Gemm": nn.Linear}
LATER = ("water.", "flood.")
"""Heads that version 1 did not have; they come to work last."""


def refill(network: nn.Module, file: Path) -> None:
    """Put the weights of the ONNX `file` (export.py wrote it) into `network`; layers match in the order they work.

    Layers that the file does not have, because their heads were added later, stay as they are.
    """
    graph = onnx.load(str(file)).graph
    values = _values(graph)
    with torch.no_grad():
        for kind, layers in _in_order(network).items():
            nodes = [node for node in graph.node if node.op_type == kind]
            least = sum(1 for name, _, _ in layers if not name.startswith(LATER))
            if len(nodes) not in {least, len(layers)}:
                raise RecipeError(f"{file}: has {len(nodes)} layers {kind}, the network {len(layers)}; export it anew")
            for node, (_, layer, norm) in zip(nodes, layers, strict=False):
                weight, *rest = (torch.from_numpy(np.array(values[name], np.float32)) for name in node.input[1:])
                if layer.weight.shape != weight.shape:
                    raise RecipeError(f"{file}: {node.name} has the shape {tuple(weight.shape)}; export it anew")
                layer.weight.copy_(weight)
                for bias in rest:
                    if layer.bias is not None:
                        layer.bias.copy_(bias)
                    elif norm is not None:
                        _only_add(norm, bias)


def _in_order(network: nn.Module) -> dict[str, list[tuple[str, Any, nn.BatchNorm2d | None]]]:
    """Layers by kind as they come to work: name, layer, and the normalisation that follows it at once."""
    found: dict[str, list[tuple[str, Any, nn.BatchNorm2d | None]]] = {kind: [] for kind in KINDS}
    names = {part: name for name, part in network.named_modules()}

    def remember(module: nn.Module, _given: object, _got: object) -> None:
        for kind, layers in found.items():
            if isinstance(module, KINDS[kind]):
                layers.append((names[module], module, None))
            elif isinstance(module, nn.BatchNorm2d) and kind == "Conv":
                layers[-1] = (*layers[-1][:2], module)

    watched = (*KINDS.values(), nn.BatchNorm2d)
    hooks = [part.register_forward_hook(remember) for part in network.modules() if isinstance(part, watched)]
    training = network.training
    network.eval()(torch.zeros(1, 3, 64, 64))
    network.train(training)
    for hook in hooks:
        hook.remove()
    return found


def _values(graph: onnx.GraphProto) -> dict[str, npt.NDArray[Any]]:
    """Stored values by the name under which layers take them; those in half precision are cast by a node."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    casts = [node for node in graph.node if node.op_type == "Cast" and node.input[0] in found]
    return found | {node.output[0]: found[node.input[0]].astype(np.float32) for node in casts}


def _only_add(norm: nn.BatchNorm2d, bias: torch.Tensor) -> None:
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)
