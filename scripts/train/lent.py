"""All that is done on a lent machine with an accelerator, in steps of known length: teacher, labels, pupil, results.

Unpacks what pack.py made, trains the teacher, lets it settle what labels leave open, trains the pupil on that, and
leaves both networks' weights in half precision and the settled labels, in files small enough to be sent back. Nothing
is fetched.
"""

import argparse
import dataclasses
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "true")

import numpy as np
import torch
from scripts.train.boxes import Found, Picture, fuse, letterbox, suppress
from scripts.train.distil import fill_files
from scripts.train.pack import unpack
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.samples import read_picture
from scripts.train.train_detector import stage_model
from ultralytics.nn.tasks import DetectionModel

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.lent --pack runs/lent/pack.zip --out out --rehearse    # one step of each
  python3 -m scripts.train.lent --pack pack.zip --out out --device 0                             # on the lent machine
  python3 -m scripts.train.lent --out out --device 0 --steps settle pupil --pupil-minutes 3      # there, going on
"""
STEPS = ("teacher", "settle", "pupil")
PART = 15 * 2**20
"""Bytes of one file that is sent back."""
LOOK = 640
FLOOR = 0.05


def run(given: argparse.Namespace, detector: str, stage: str, minutes: float, *more: str) -> None:
    """Train a stage in a process of its own: whatever it held on the accelerator is free afterwards."""
    words = [sys.executable, "-m", "scripts.train.train_detector", detector, "--stage", stage, "--device", given.device]
    length = ["--epochs", "1", "--fraction", "0.004"] if given.rehearse else ["--minutes", str(minutes)]
    began = time.monotonic()
    subprocess.run([*words, *length, "--shared", str(given.shared), *more], check=True)
    print(f"{detector} {stage}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def looks(model: DetectionModel, pictures: list[Picture], device: torch.device) -> list[Found]:
    """What the teacher sees in each picture, corners in 0..1: the picture and its mirror image, fused."""
    canvases, fits = zip(*(letterbox(picture, LOOK, LOOK, 114) for picture in pictures), strict=True)
    batch = torch.from_numpy(np.stack(canvases)[..., ::-1].transpose(0, 3, 1, 2).copy()).to(device).float() / 255
    with torch.no_grad():
        both = [model(batch)[0].float().cpu().numpy(), model(batch.flip(3))[0].float().cpu().numpy()]
    result = []
    for number, (picture, fit) in enumerate(zip(pictures, fits, strict=True)):
        rows, columns = picture.shape[:2]
        parts = []
        for mirrored, raw in zip((False, True), both, strict=True):
            anchor, kind = np.nonzero(raw[number, 4:].T > FLOOR)
            middle, half = raw[number, :2, anchor], raw[number, 2:4, anchor] / 2
            if mirrored:
                middle[:, 0] = LOOK - middle[:, 0]
            boxes = fit.back(np.hstack([middle - half, middle + half]), columns, rows)
            parts.append(suppress(Found(boxes, raw[number, 4 + kind, anchor], kind.astype(np.int64)), 0.6))
        found = fuse(parts, [1.0, 1.0], 0.55)
        edge = np.array([columns, rows] * 2, np.float32)
        result.append(Found(found.boxes / edge, found.scores, found.classes))
    return result


def settle(recipe: Recipe, given: argparse.Namespace, teacher: DetectionModel) -> int:
    """Let the teacher settle the label files of the pack."""
    home = recipe.work / "city" / "train"
    device = torch.device("cpu" if given.device == "cpu" else f"cuda:{given.device}")
    teacher = teacher.to(device).eval()
    said: dict[Path, Found] = {}
    with ThreadPoolExecutor() as readers:
        for paths in _batches(sorted((home / "images").iterdir()), 4 if given.rehearse else 64):
            found = looks(teacher, list(readers.map(read_picture, paths)), device)
            said.update({home / "labels" / f"{path.stem}.txt": one for path, one in zip(paths, found, strict=True)})
            if given.rehearse:
                break
    settings = recipe["lent"]
    return fill_files(said, len(recipe.classes), settings["sure"], settings["doubt"])


def _batches(paths: list[Path], size: int) -> Iterator[list[Path]]:
    for start in range(0, len(paths), size):
        yield paths[start : start + size]


def send_back(model: DetectionModel, name: str, out: Path) -> list[Path]:
    """Write a network's weights in half precision, in parts that may be sent; `cat` joins them again."""
    out.mkdir(parents=True, exist_ok=True)
    whole = out / f"{name}.pt"
    state = {key: value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    torch.save(state, whole)
    data = whole.read_bytes()
    if len(data) <= PART:
        return [whole]
    whole.unlink()
    parts = []
    for number in range(0, len(data), PART):
        part = out / f"{name}.pt.{number // PART}"
        part.write_bytes(data[number : number + PART])
        parts.append(part)
    return parts


def main() -> None:
    """Do all of it."""
    options = arguments("Train teacher and pupil on a lent machine.", EXAMPLES)
    options.add_argument("--pack", type=Path, help="what pack.py wrote (default: it is unpacked already)")
    options.add_argument("--out", type=Path, required=True, help="folder for what is sent back")
    options.add_argument("--device", default="cpu", help="cpu, or a CUDA device: 0 (default: %(default)s)")
    options.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS, help="what to do (default: all)")
    options.add_argument("--teacher-minutes", type=float, help="in the place of the recipe's")
    options.add_argument("--pupil-minutes", type=float, help="in the place of the recipe's")
    options.add_argument(
        "--rehearse", action="store_true", help="one short step of everything, for a try on a processor"
    )
    given = options.parse_args()
    recipe = load(given)
    if given.pack:
        unpack(given.pack, recipe.work)
    given.shared = recipe.work / "shared"
    recipe = dataclasses.replace(recipe, shared=given.shared)
    settings = recipe["lent"]
    wide = [] if given.rehearse else ["--batch", str(settings["batch"]), "--workers", str(settings["workers"])]
    if "teacher" in given.steps:
        run(given, "hazard_teacher", "teach", given.teacher_minutes or settings["teacher_minutes"], *wide)
        print(send_back(_teacher(recipe), "hazard_teacher", given.out), flush=True)
    if "settle" in given.steps:
        print(f"{settle(recipe, given, _teacher(recipe))} label files settled", flush=True)
        labels = sorted((recipe.work / "city" / "train" / "labels").glob("*.txt"))
        with zipfile.ZipFile(given.out / "labels.zip", "w", zipfile.ZIP_DEFLATED) as kept:
            for path in labels:
                kept.write(path, path.name)
    if "pupil" in given.steps:
        run(given, "hazard", "lent", given.pupil_minutes or settings["pupil_minutes"], *wide)
        pupil = stage_model(recipe, argparse.Namespace(detector="hazard", name="hazard"), "lent")
        print(send_back(pupil, "hazard_lent", given.out), flush=True)


def _teacher(recipe: Recipe) -> DetectionModel:
    return stage_model(recipe, argparse.Namespace(detector="hazard_teacher", name="hazard_teacher"), "teach")


if __name__ == "__main__":
    main()
