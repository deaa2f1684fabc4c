"""PyTorch weights of Ultralytics (``best.pt``) become an ONNX file, where ultralytics is installed."""

import os
import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sharp_eyes.edge.errors import ModelError

ENDINGS = frozenset({".pt", ".pth"})

NEEDED = ("ultralytics", "onnx")


def are_weights(path: Path) -> bool:
    """Whether a file is named like PyTorch weights."""
    return path.suffix.lower() in ENDINGS


def export_weights(weights: Path, folder: Path, size: tuple[int, int] | None) -> Path:
    """Write the network as ONNX into ``folder``, named like the weights; nothing is written beside them.

    Weights are a pickle, which may run any code: read only those from where you trust it.

    Args:
        size: width and height of the input in pixels; the one that it was trained with where None.

    Raises:
        ModelError: the file is not there, ultralytics is not installed, or it cannot export the file.
    """
    if not weights.is_file():
        raise ModelError(f"{weights}: there is no such file")
    if lacking := [name for name in NEEDED if find_spec(name) is None]:
        raise ModelError(
            f"{weights}: PyTorch weights must be exported to ONNX first; {', '.join(lacking)} is not installed here. "
            "Run `pip install 'sharp-eyes[edge,train]'` in an environment of its own and add the model from there, or "
            f"run `yolo export model={weights.name} format=onnx` where it was trained and add {weights.stem}.onnx"
        )
    os.environ.setdefault("YOLO_OFFLINE", "true")
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")  # installs nothing by itself
    copied = folder / weights.name
    shutil.copyfile(weights, copied)
    wanted = {} if size is None else {"imgsz": (size[1], size[0])}
    try:
        yolo = import_module("ultralytics").YOLO(str(copied), verbose=False)
        made = Path(yolo.export(format="onnx", device="cpu", dynamic=False, simplify=False, **wanted))
    except Exception as error:  # Ultralytics and PyTorch raise whatever arose
        raise ModelError(
            f"{weights}: ultralytics cannot export it: {error}; are these a detector's weights of Ultralytics?"
        ) from error
    if not made.is_file():
        raise ModelError(f"{weights}: ultralytics exported nothing; export it where it was trained")
    return made
