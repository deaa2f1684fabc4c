"""Exports the verifier as ONNX: crops in, probabilities out, weights stored in half precision."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch
import yaml
from scripts.train.ground.export import halve
from scripts.train.recipe import RecipeError, arguments, load
from scripts.train.verifier.network import Shipped, stored

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.verifier.export        # runs/train/verifier/verifier.onnx
"""
MOST = 0.01
"""Difference of a probability between PyTorch and the file that half precision may make."""


def main() -> None:
    """Read the command line, export, compare."""
    parser = arguments(__doc__ or "", EXAMPLES)
    parser.add_argument("--name", default="verifier", help="name of the checkpoint (default: %(default)s)")
    options = parser.parse_args()
    recipe = load(options)
    values = yaml.safe_load(Path(__file__).with_name("verifier.yaml").read_text(encoding="utf-8"))
    folder, side = recipe.work / "verifier", values["network"]["side"]
    network = Shipped(stored(folder / f"{options.name}.pt", recipe, len(values["classes"]))).eval()
    path = folder / f"{options.name}.onnx"
    with torch.no_grad():
        torch.onnx.export(
            network,
            (torch.zeros(1, side, side, 3, dtype=torch.uint8),),
            str(path),
            input_names=["crops"],
            output_names=["probabilities"],
            opset_version=17,
            dynamic_axes={"crops": {0: "batch"}, "probabilities": {0: "batch"}},
            dynamo=False,
        )
    halve(path)
    crops = np.random.default_rng(0).integers(0, 256, (3, side, side, 3), np.uint8)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = session.run(None, {"crops": crops})[0]
    with torch.no_grad():
        wanted = network(torch.from_numpy(crops)).numpy()
    apart = float(np.abs(given - wanted).max())
    if apart > MOST:
        raise RecipeError(f"{path}: a probability differs by {apart:.3f} from PyTorch's; {MOST} is allowed")
    print(f"wrote {path}: {path.stat().st_size / 1e6:.1f} MB, probabilities differ by at most {apart:.4f}")


if __name__ == "__main__":
    main()
