"""Exports a detector as an ONNX that takes raw pictures: uint8, batch x height x width x 3, BGR.

Colour order and the division by 255 are folded into the first convolution, so they cost nothing; its padding is
zero before and after, so the answer stays the same. The output is that of Ultralytics without suppression:
batch x (4 + classes) x places. The result is compared with PyTorch on real pictures before it is kept.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import onnxslim
import torch

os.environ.setdefault("YOLO_OFFLINE", "true")

from scripts.train.raw_input import ExportError, pictures_in, read_batch
from ultralytics.nn.tasks import DetectionModel

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.export --weights runs/train/hazard_finish.pt --out runs/train/hazard.onnx \\
      --pictures runs/train/hazard/measure
  .venv-train/bin/python -m scripts.train.export --weights runs/train/mixed/weights/last.pt --out runs/raw.onnx \\
      --width 640 --height 384 --pictures runs/train/street/measure.txt
"""
INPUT, OUTPUT = "pictures", "output0"
STEPS = (8, 16, 32)
LARGEST_DIFFERENCE = {"boxes": 0.1, "scores": 0.002}
"""Pixels and score by which the ONNX may differ from PyTorch: rounding alone."""


def load_detector(path: Path) -> DetectionModel:
    """Read a detector in float32: a checkpoint of Ultralytics, or a mapping of ``yaml``, ``nc`` and ``state_dict``.

    A checkpoint is a pickle: read only those from where you trust it.
    """
    try:
        stored = torch.load(path, map_location="cpu", weights_only=False)
    except (OSError, RuntimeError, AttributeError) as error:
        raise ExportError(f"{path}: cannot be read as weights: {error}") from error
    if isinstance(stored, dict) and "state_dict" in stored:
        model = DetectionModel(stored["yaml"], nc=stored["nc"], verbose=False)
        model.load_state_dict(stored["state_dict"], strict=True)
    elif isinstance(stored, dict) and (stored.get("ema") or stored.get("model")):
        model = stored.get("ema") or stored["model"]
    else:
        raise ExportError(f"{path}: neither a checkpoint of Ultralytics nor a mapping with 'state_dict'")
    return model.float().eval()


def take_raw_pictures(model: DetectionModel) -> None:
    """Make a detector take raw pictures (batch, height, width, 3), uint8, BGR; it is changed in place.

    Colour order and scale are folded into the first convolution.
    """
    model.fuse(verbose=False)
    first = model.model[0].conv
    if first.in_channels != 3 or first.padding_mode != "zeros":
        raise ExportError("the first layer is no zero-padded convolution over three colours")
    first.weight.data = first.weight.data.flip(1) / 255
    model.register_forward_pre_hook(lambda _, given: (given[0].permute(0, 3, 1, 2).float(),))


def write(network: DetectionModel, out: Path, width: int, height: int) -> None:
    """Write the ONNX, made simple by onnxslim."""
    head = network.model[-1]
    head.export, head.format = True, "onnx"
    blank = torch.zeros(1, height, width, 3, dtype=torch.uint8)
    out.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        network(blank)  # the head keeps its grid, so that it becomes a constant
        torch.onnx.export(
            network,
            (blank,),
            str(out),
            input_names=[INPUT],
            output_names=[OUTPUT],
            opset_version=17,
            dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
            dynamo=False,
        )
    slim = onnxslim.slim(onnx.load(str(out)))
    sizes = slim.graph.output[0].type.tensor_type.shape.dim
    sizes[1].dim_value, sizes[2].dim_value = head.nc + 4, sum((width // step) * (height // step) for step in STEPS)
    onnx.checker.check_model(slim)
    onnx.save(slim, str(out))


def answer(detector: DetectionModel, batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What an ordinary detector, fed RGB from 0 to 1, says of raw pictures: n x (4 + classes) x places."""
    pixels = torch.from_numpy(np.ascontiguousarray(batch[..., ::-1].transpose(0, 3, 1, 2))).float() / 255
    with torch.no_grad():
        found = detector(pixels)
    return np.asarray((found[0] if isinstance(found, tuple) else found).numpy(), np.float32)


def difference(expected: npt.NDArray[np.float32], out: Path, batch: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Largest difference between the ONNX and ``expected``: boxes (pixels) where anything is, and scores."""
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    found = np.asarray(session.run(None, {INPUT: batch})[0])
    there = expected[:, 4:].max(axis=1) > 0.05
    apart = np.abs(found - expected)
    return {
        "boxes": float(apart[:, :4].max(axis=1)[there].max(initial=0.0)),
        "scores": float(apart[:, 4:].max(initial=0.0)),
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, required=True, help="a .pt of Ultralytics or of train_detector")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX to write")
    parser.add_argument("--width", type=int, default=640, help="pixels (%(default)s)")
    parser.add_argument("--height", type=int, default=384, help="pixels (%(default)s)")
    parser.add_argument("--pictures", type=Path, required=True, help="folder or list of real pictures to compare on")
    parser.add_argument("--compared", type=int, default=16, help="how many of them (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Export, compare, and say what came of it."""
    given = arguments()
    try:
        batch = read_batch(pictures_in(given.pictures, given.compared), given.width, given.height)
        detector = load_detector(given.weights)
        expected = answer(detector, batch)
        take_raw_pictures(detector)
        write(detector, given.out, given.width, given.height)
        apart = difference(expected, given.out, batch)
        if any(apart[key] > limit for key, limit in LARGEST_DIFFERENCE.items()):
            given.out.unlink()
            raise ExportError(f"{given.out}: differs from PyTorch by {apart}; not kept")
    except ExportError as error:
        raise SystemExit(str(error)) from error
    print(
        f"wrote {given.out} ({given.out.stat().st_size / 1e6:.1f} MB); on {len(batch)} pictures it differs from "
        f"PyTorch by at most {apart['boxes']:.3f} pixels and {apart['scores']:.5f} in score"
    )


if __name__ == "__main__":
    main()
