"""Ships networks as models/<name>/ with their manifest: input, thresholds, sources, reference inputs, figures.

Runs in the product's own environment, because the product itself looks at the reference inputs. Run it once without
figures, measure with `sharp-eyes-edge evaluate detector --model models/<name>/manifest.yaml … --out FOLDER`, and run it
again with --figures FOLDER/report.json. A network's figures are found in the reports by its sha256.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load

from sharp_eyes.edge.extract.backends import Backend, backends
from sharp_eyes.edge.extract.manifest import write_manifest
from sharp_eyes.edge.extract.model import load_model
from sharp_eyes.edge.extract.parity import check, read_frame, record
from sharp_eyes.edge.extract.reference import USUAL, Computing

EXAMPLES = r"""examples:
  .venv/bin/python -m scripts.train.manifest --detector hazard --fp32 runs/train/hazard.onnx \
      --int8 runs/train/hazard_int8.onnx \
      --reference media/street.mp4@5 media/street.mp4@40 runs/render/stills/images/street_5006_0.jpg
  .venv/bin/python -m scripts.train.manifest --detector hazard --fp32 … --reference … --figures runs/report.json
"""
LARGEST_FILE = 12_000_000
LARGEST_REFERENCE = 600_000
REFERENCE_WIDTH = 640
QUALITY = 88


def picture_of(place: str) -> npt.NDArray[np.uint8]:
    """Read a picture file, or the frame of ``clip.mp4@seconds``, BGR."""
    name, _, seconds = place.partition("@")
    path = Path(name)
    if not path.is_file():
        raise RecipeError(f"--reference {place}: there is no file {path}")
    if not seconds:
        read = cv2.imread(str(path))
        if read is None:
            raise RecipeError(f"--reference {place}: cannot be read as a picture")
        return np.asarray(read, np.uint8)
    with av.open(str(path)) as clip:
        for frame in clip.decode(video=0):
            if frame.time is not None and frame.time >= float(seconds):
                return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    raise RecipeError(f"--reference {place}: the clip ends before")


def write_references(places: list[str], folder: Path) -> list[dict[str, Any]]:
    """Write small JPEGs below ``folder``/reference; returns file and sha256 of each."""
    target = folder / "reference"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    entries = []
    for number, place in enumerate(places, start=1):
        picture = picture_of(place)
        if picture.shape[1] > REFERENCE_WIDTH:
            size = (REFERENCE_WIDTH, round(picture.shape[0] * REFERENCE_WIDTH / picture.shape[1]))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        path = target / f"{number}.jpg"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        entries.append({"file": f"reference/{path.name}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    total = sum(path.stat().st_size for path in target.iterdir())
    if total > LARGEST_REFERENCE:
        raise RecipeError(f"{target}: {total} bytes of pictures, more than {LARGEST_REFERENCE}; give fewer")
    return entries


def figures_of(reports: list[Path], sha256: str, classes: list[str]) -> dict[str, Any]:
    """Figures by class of the network with this checksum, from reports of ``sharp-eyes-edge evaluate detector``."""
    figures: dict[str, Any] = {}
    for path in reports:
        report = json.loads(path.read_text(encoding="utf-8"))
        names = {model["name"] for model in report["models"] if model["sha256"] == sha256}
        for table in report["tables"]:
            if table["model"] not in names or table["source"] is not None:
                continue
            for name in classes:
                found = table["classes"].get(name)
                if found and found["objects"] and found["ap50"] is not None:
                    figures.setdefault(name, {})[table["kind"]] = _figure(found)
    return figures


def _figure(found: dict[str, Any]) -> dict[str, Any]:
    values = {"map50": "ap50", "map50_95": "ap50_95", "precision": "precision", "recall": "recall"}
    rounded = {ours: None if found[theirs] is None else round(found[theirs], 3) for ours, theirs in values.items()}
    return {**rounded, "pictures": found["pictures"], "objects": found["objects"]}


def sources_of(index: Path, wanted: str | list[str]) -> list[dict[str, Any]]:
    """Name, licence and number of training pictures of each source wanted, from the data set's own table."""
    if not index.exists():
        return []
    found = json.loads(index.read_text(encoding="utf-8"))
    return [source for source in found if wanted == "all" or source["name"] in wanted]


def manifest(recipe: Recipe, name: str, files: dict[str, Path], reports: list[Path]) -> dict[str, Any]:
    """Return the manifest's content for one detector of the recipe; its reference inputs are not in it yet."""
    detector = recipe.detector(name)
    classes = list(detector["classes"])
    sums = {precision: hashlib.sha256(path.read_bytes()).hexdigest() for precision, path in files.items()}
    networks: dict[str, Any] = {}
    for precision in files:
        ending = "" if precision == "fp32" else f"_{precision}"
        networks[precision] = {"file": f"{name}{ending}.onnx", "sha256": sums[precision]}
        if precision != "fp32" and (figures := figures_of(reports, sums[precision], classes)):
            networks[precision]["figures"] = figures
    starts = [{"name": "yolo11n_coco (start weights)", "licence": "AGPL-3.0", "pictures": 0}]
    if "before" in detector:
        before = f"{detector['before']['name']} (start weights, with the sources its card names)"
        starts.append({"name": before, "licence": "AGPL-3.0-or-later", "pictures": 0})
    return {
        "schema": 2,
        "kind": "detector",
        "name": name,
        "version": str(detector["version"]),
        "licence": "AGPL-3.0-or-later",
        "family": "ultralytics",
        "networks": networks,
        "classes": classes,
        "input": {
            "width": detector["input"]["width"],
            "height": detector["input"]["height"],
            "layout": "nhwc",
            "colour": "bgr",
            "dtype": "uint8",
            "pad": detector["input"].get("pad", 114),
            "fit": "letterbox",
        },
        "threshold": detector["threshold"],
        "thresholds": detector.get("thresholds", {}),
        **({"verify": detector["verify"]} if "verify" in detector else {}),
        "iou": recipe["iou"],
        "sources": [*starts, *sources_of(recipe.work / "sources.json", detector["sources"])],
        "figures": figures_of(reports, sums["fp32"], classes),
        "measured_on": detector.get("measured_on", "") if reports else "not measured yet",
    }


def add_references(path: Path, content: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Record what the fp32 network sees in the reference inputs, with ONNX Runtime."""
    model = load_model(path)
    runtime = Backend("onnxruntime", "fp32", "fp32").open(model, 0)
    pictures = []
    for entry in entries:
        boxes = record(model, runtime, read_frame(path.parent / entry["file"]))
        pictures.append({**entry, "boxes": [box.model_dump(by_alias=True, mode="json") for box in boxes]})
    named: tuple[Computing, ...] = ("fp32", "bf16", "int8")
    content["reference"] = {
        "tolerances": {name: USUAL[name].model_dump() for name in named},
        "pictures": pictures,
    }
    write_manifest(path, content)


def report_parity(path: Path) -> bool:
    """Print how each way on this machine agrees; returns whether all do."""
    model = load_model(path)
    fine = True
    for way in backends(model.manifest):
        parity = check(model, way.open(model, 0), way.computing)
        print(f"  {way}: {parity}")
        fine = fine and parity.agrees
    return fine


def main() -> None:
    """Copy the networks to models/, write the manifest, look at the reference inputs."""
    options = arguments("Ship networks as models/<name>/ with their manifest.", EXAMPLES)
    options.add_argument("--detector", required=True, help="which of the recipe's detectors")
    options.add_argument("--fp32", type=Path, required=True, help="the network that export.py wrote")
    options.add_argument("--int8", type=Path, help="the network that quantise.py wrote")
    options.add_argument("--figures", type=Path, nargs="*", default=[], help="report.json of evaluate detector")
    options.add_argument("--reference", nargs="+", required=True, help="rendered pictures, or clip.mp4@seconds")
    options.add_argument("--models", type=Path, default=ROOT / "models", help="where to (default: %(default)s)")
    given = options.parse_args()
    recipe = load(given)
    files = {"fp32": given.fp32} | ({"int8": given.int8} if given.int8 else {})
    for file in files.values():
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            raise RecipeError(f"{file}: missing, or larger than {LARGEST_FILE} bytes")
    folder = given.models / given.detector
    folder.mkdir(parents=True, exist_ok=True)
    content = manifest(recipe, given.detector, files, given.figures)
    for precision, file in files.items():
        shutil.copyfile(file, folder / content["networks"][precision]["file"])
    path = folder / "manifest.yaml"
    entries = write_references(given.reference, folder)
    write_manifest(path, content)
    add_references(path, content, entries)
    print(f"wrote {path}, {', '.join(network['file'] for network in content['networks'].values())}; on this machine:")
    if not report_parity(path):
        raise SystemExit("a way to compute does not agree with the fp32 network: it will not be used on this machine")


if __name__ == "__main__":
    main()
