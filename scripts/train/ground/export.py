"""Exports a checkpoint as ONNX: raw pictures in, class probabilities out, weights stored in half precision."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from scripts.train.ground.network import Shipped, stored
from scripts.train.ground.recipe import Recipe, RecipeError, arguments, load

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.ground.export                  # runs/ground/ground.pt
  .venv-train/bin/python -m scripts.train.ground.export --name trial
Writes runs/ground/<name>/ground.onnx and says how far it lies from the network in PyTorch.
"""
LARGEST_FILE = 6_000_000
FEW = 64
"""Weights of fewer values are kept in full precision."""


def write(network: Shipped, path: Path, width: int, height: int) -> None:
    """Write ONNX: input `images` (batch, h, w, 3) uint8, outputs `probabilities` (batch, classes, h/4, w/4) and `whole`
    (batch, 1)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(
            network,
            (torch.zeros(1, height, width, 3, dtype=torch.uint8),),
            str(path),
            input_names=["images"],
            output_names=["probabilities", "whole"],
            opset_version=17,
            dynamic_axes={"images": {0: "batch"}, "probabilities": {0: "batch"}, "whole": {0: "batch"}},
            dynamo=False,
        )


def halve(path: Path) -> None:
    """Store the weights in half precision and cast them back when loaded: computing stays in full precision."""
    network = onnx.load(str(path))
    casts = []
    for tensor in network.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < FEW:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for number, node in enumerate(casts):
        network.graph.node.insert(number, node)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


def difference(network: Shipped, path: Path, width: int, height: int) -> float:
    """Largest difference of any probability between PyTorch and the file, on two pictures at once."""
    pictures = np.random.default_rng(0).integers(0, 256, (2, height, width, 3), np.uint8)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {"images": pictures})
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures))
    pairs = zip(got, expected, strict=True)
    return max(float(np.abs(np.asarray(one) - other.numpy()).max()) for one, other in pairs)


def export(recipe: Recipe, name: str, before: float = 0.0) -> Path:
    """Export the checkpoint runs/ground/<name>.pt, or its mean with the version before; gives the file."""
    checkpoint = recipe.work / f"{name}.pt"
    if not checkpoint.exists():
        raise RecipeError(f"{checkpoint}: not found; train with --name {name} first")
    path = recipe.work / name / f"{recipe['name']}.onnx"
    shipped = Shipped(stored(recipe, checkpoint, before)).eval()
    write(shipped, path, *recipe.size)
    halve(path)
    if path.stat().st_size > LARGEST_FILE:
        raise RecipeError(f"{path}: {path.stat().st_size} bytes are more than the {LARGEST_FILE} allowed")
    print(f"wrote {path}: {path.stat().st_size} bytes")
    print(f"largest difference of a probability from PyTorch: {difference(shipped, path, *recipe.size):.5f}")
    return path


def main() -> None:
    """Export one checkpoint."""
    options = arguments("Export the ground segmentation.", EXAMPLES)
    options.add_argument("--name", default="ground", help="name of the run")
    options.add_argument("--before", type=float, default=0.0, help="share of the version before in the mean of both")
    given = options.parse_args()
    export(load(given), given.name, given.before)


if __name__ == "__main__":
    main()
