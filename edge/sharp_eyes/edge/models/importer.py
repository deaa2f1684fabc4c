"""``models add``: makes a folder with manifest and reference inputs out of an ONNX file."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.contract.base import IDENTIFIER_PATTERN
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backends import Backend
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.heads import HEADS
from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.extract.manifest import Manifest, write_manifest
from sharp_eyes.edge.extract.model import DEFAULT, MANIFEST, Model, bundled_models, load_model, sha256_of
from sharp_eyes.edge.extract.parity import read_frame, record
from sharp_eyes.edge.extract.reference import Precision
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.models.class_mapping import class_map, mapped, numbered, read_names
from sharp_eyes.edge.models.family_detection import DEFAULTS, DetectedFamily, detect_family
from sharp_eyes.edge.models.onnx_graph import Graph, read_graph
from sharp_eyes.edge.models.weights import are_weights, export_weights

SMALL_SCALE = 0.1
FEW, MANY = 0.5, 50.0
"""Objects a picture that are hardly any, and more than a street holds."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the command line says of a network.

    Attributes:
        network: the ONNX file, or Ultralytics' PyTorch weights.
        name: folder and name of the model; the file's name where empty.
        family, classes, map_: as given; guessed, or read from the metadata, where empty.
        size: width and height, for networks that leave them open.
        input: changes to the family's usual input.
        threshold: usual score threshold.
        licence: as stated by whoever trained it.
    """

    network: Path
    name: str | None = None
    family: str | None = None
    classes: str | None = None
    map_: str | None = None
    size: tuple[int, int] | None = None
    input: dict[str, Any] = field(default_factory=dict)
    threshold: float = 0.35
    licence: str = "not stated"


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """What came of it.

    Attributes:
        model: as it was written.
        family: of the network, and why.
        recorded: boxes recorded in the reference inputs.
        found: what it sees in the picture that was given.
        doubt: why the input may be described wrongly; empty where it looks right.
    """

    model: Model
    family: DetectedFamily
    recorded: int
    found: Detections | None
    doubt: str


def import_model(options: ImportOptions, directory: Path, picture: Path | None, *, replace: bool) -> ImportedModel:
    """Check a network, write its folder below ``directory``; weights of PyTorch are exported first.

    Raises:
        ModelError: says what is wrong with the network or the words about it, and what to do.
    """
    if not are_weights(options.network):
        return _import_onnx(options, directory, picture, replace=replace)
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-export-") as place:
        made = export_weights(options.network, Path(place), options.size)
        return _import_onnx(with_changes(options, network=made, size=None), directory, picture, replace=replace)


def _import_onnx(options: ImportOptions, directory: Path, picture: Path | None, *, replace: bool) -> ImportedModel:
    graph = read_graph(options.network)
    width, height = _size(graph, options)
    family = _family(graph, options, width, height)
    content = _content(graph, options, family, width, height)
    target = directory / content["name"]
    if target.exists() and not replace:
        raise ModelError(f"{target}: there is a model of that name; choose another with --name, or give --replace")
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".adding-") as place:
        folder = Path(place)
        shutil.copyfile(graph.file, folder / "network.onnx")
        runtime = _open(content, folder, graph.precision)
        content["reference"], recorded = _references(content, folder, runtime)
        write_manifest(folder / MANIFEST, content)
        model = load_model(folder / MANIFEST)
        frames = [read_frame(picture)] if picture else []
        doubt = _doubt(content, runtime, [*frames, *_bundled_frames()])
        found = DetectorPipeline(model.manifest).run(runtime, frames[0]) if frames else None
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
    return ImportedModel(Model(model.manifest, target), family, recorded, found, doubt)


def _size(graph: Graph, options: ImportOptions) -> tuple[int, int]:
    noted = options.size or graph.noted_size()
    width, height = graph.width or (noted and noted[0]), graph.height or (noted and noted[1])
    if not width or not height:
        raise ModelError(f"{graph.file}: leaves the size of its input open; say it with --size, such as 640x384")
    if options.size is not None and options.size != (width, height):
        raise ModelError(f"{graph.file}: takes {width} x {height} only, not --size {options.size[0]}x{options.size[1]}")
    return int(width), int(height)


def _family(graph: Graph, options: ImportOptions, width: int, height: int) -> DetectedFamily:
    outputs = graph.run(width, height)
    if options.family is None:
        return detect_family(graph, outputs, width, height)
    if options.family not in HEADS:
        raise ModelError(f"--family {options.family}: unknown; there are {', '.join(HEADS)}")
    family = next(name for name in HEADS if name == options.family)
    try:
        shown = detect_family(graph, outputs, width, height)
    except ModelError:
        shown = None
    return DetectedFamily(family, "as given", shown.classes if shown and shown.family == family else None)


def _content(graph: Graph, options: ImportOptions, family: DetectedFamily, width: int, height: int) -> dict[str, Any]:
    names = read_names(options.classes) if options.classes else graph.names()
    if names is None:
        raise ModelError(
            f"{graph.file}: does not say its classes; give --classes coco, a file, or names in the network's order"
        )
    used = mapped(options.map_, numbered(names, family, options.classes))
    classes, renamed = class_map(used, family.classes or len(names))
    shape = {"width": width, "height": height, "layout": graph.layout, "dtype": graph.dtype}
    usual = DEFAULTS[family.family] if graph.dtype == "float32" else {}
    try:
        fed = Input.model_validate({**usual, **shape, **options.input})
    except ValidationError as error:
        raise ModelError(f"--input: {explain(error)}") from error
    return {
        "schema": 2,
        "kind": "detector",
        "name": _name(graph, options),
        "version": "1",
        "licence": options.licence,
        "family": family.family,
        "networks": {graph.precision: {"file": "network.onnx", "sha256": sha256_of(graph.file)}},
        "classes": list(classes),
        **({"class_map": renamed.model_dump()} if renamed else {}),
        "input": fed.model_dump(mode="json"),
        "threshold": options.threshold,
        "measured_on": "not measured on real pictures",
    }


def _name(graph: Graph, options: ImportOptions) -> str:
    name = options.name or "_".join(graph.file.stem.lower().replace("-", "_").split())
    if re.fullmatch(IDENTIFIER_PATTERN, name) is None:
        raise ModelError(f"a model cannot be named {name!r}; give --name with small letters, digits, - and _")
    return name


def _open(content: dict[str, Any], folder: Path, precision: Precision) -> Runtime:
    try:
        model = Model(Manifest.model_validate(content), folder)
    except ValidationError as error:
        raise ModelError(f"the model cannot be described so:\n  {explain(error)}") from error
    return Backend("onnxruntime", precision, precision).open(model, 0)


def _references(content: dict[str, Any], folder: Path, runtime: Runtime) -> tuple[dict[str, Any], int]:
    """Copy the bundled reference pictures and record what this network sees in them."""
    model = Model(Manifest.model_validate(content), folder)
    pictures, recorded = [], 0
    for path in _bundled_pictures():
        boxes = record(model, runtime, read_frame(path))
        place = folder / "reference" / path.name
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, place)
        recorded += sum(box.score >= model.manifest.threshold for box in boxes)
        written = [box.model_dump(by_alias=True, mode="json") for box in boxes]
        pictures.append({"file": f"reference/{path.name}", "sha256": sha256_of(place), "boxes": written})
    return {"pictures": pictures}, recorded


def _bundled_pictures() -> list[Path]:
    bundled = load_model(bundled_models() / DEFAULT / MANIFEST)
    return [bundled.folder / picture.file for picture in bundled.manifest.reference.pictures]


def _bundled_frames() -> list[Frame]:
    return [read_frame(path) for path in _bundled_pictures()]


def _doubt(content: dict[str, Any], runtime: Runtime, frames: Sequence[Frame]) -> str:
    """Whether what is seen looks like a wrong scale: nothing at all, or things all over, and not so with the other."""
    fed = content["input"]
    if fed["dtype"] != "float32" or not frames:
        return ""
    other = 1.0 if fed["scale"] < SMALL_SCALE else 1 / 255
    here, there = (_seen(content, runtime, frames, scale) / len(frames) for scale in (fed["scale"], other))
    blind = here < FEW and there >= FEW
    mad = here > MANY and FEW <= there <= MANY
    if not (blind or mad):
        return ""
    return f"it sees {here:.1f} objects a picture, fed with --input scale={other:.6g} {there:.1f}"


def _seen(content: dict[str, Any], runtime: Runtime, frames: Sequence[Frame], scale: float) -> int:
    """Number of objects above the threshold in all frames."""
    described = Manifest.model_validate({**content, "input": {**content["input"], "scale": scale}})
    pipeline = DetectorPipeline(described)
    return sum(int((pipeline.run(runtime, frame).scores >= described.threshold).sum()) for frame in frames)
