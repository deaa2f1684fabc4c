"""Packs a training set into one small file, so that it can travel to a lent machine with an accelerator.

Such a machine takes and gives back little and reaches no network. Pictures go as WebP at the size they are trained at,
in as good a quality as fits. `lent.py` unpacks the file there.
"""

import argparse
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import yaml
from scripts.train.boxes import Picture
from scripts.train.looks import source_of
from scripts.train.recipe import Recipe, RecipeError, arguments, load
from scripts.train.samples import read_picture

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.pack hazard --out runs/lent/pack.zip
  .venv-train/bin/python -m scripts.train.pack hazard --megabytes 30 --limit 200 --out runs/lent/pack.zip
"""
STEPS = ((640, 85), (640, 75), (640, 62), (576, 60), (512, 60), (512, 50), (448, 50), (416, 45), (416, 35))
"""Longest side in pixels and WebP quality, from the best down."""
PROBES = 60


class PackError(Exception):
    """The training set cannot be packed; the message says why and what to do."""


def as_webp(picture: Picture, longest: int, quality: int) -> bytes:
    """The picture as WebP, no side over `longest` pixels."""
    shrink = min(1.0, longest / max(picture.shape[:2]))
    if shrink < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise PackError("this OpenCV cannot write WebP; install opencv-python-headless")
    return data.tobytes()


def step_that_fits(probes: list[Picture], count: int, most: int) -> tuple[int, int]:
    """Longest side and quality at which `count` pictures like the probes take at most `most` bytes together."""
    for longest, quality in STEPS:
        mean = sum(len(as_webp(picture, longest, quality)) for picture in probes) / len(probes)
        if mean * count <= most:
            return longest, quality
    raise PackError(f"{count} pictures do not fit into {most / 1e6:.0f} MB; give --limit or more --megabytes")


def spread(lines: list[str], limit: int | None) -> list[str]:
    """At most `limit` of the lines, evenly spread, each once and in their order."""
    unique = list(dict.fromkeys(lines))
    if limit is None or limit >= len(unique):
        return unique
    return [unique[number * len(unique) // limit] for number in range(limit)]


def spread_by_source(lines: list[str], limit: int | None) -> list[str]:
    """At most `limit` lines of each source: large ones are thinned, small ones stay whole."""
    by_source: dict[str, list[str]] = {}
    for line in lines:
        by_source.setdefault(source_of(line), []).append(line)
    return [line for some in by_source.values() for line in spread(some, limit)]


def slim(path: Path) -> bytes:
    """A file of weights as it travels: a checkpoint leaves its optimiser and its second copy behind."""
    if path.name != "last.pt":
        return path.read_bytes()
    import torch  # noqa: PLC0415 - only the training environment has it

    stored = torch.load(path, map_location="cpu", weights_only=False)
    kept = io.BytesIO()
    torch.save({"model": (stored.get("ema") or stored["model"]).half()}, kept)
    return kept.getvalue()


def write(recipe: Recipe, given: argparse.Namespace) -> str:
    """Write the pack; return what it holds in words."""
    home = recipe.work / "city"
    listed = home / f"{given.detector}.txt"
    if not listed.exists():
        raise PackError(f"{listed}: not found; run build_data first")
    lines = spread_by_source([line for line in listed.read_text(encoding="utf-8").splitlines() if line], given.limit)
    extra = {name: slim(recipe.work / name) for name in given.weights}
    start = recipe["start_weights"]
    carried = sum(len(data) for data in extra.values()) + recipe.locate(start).stat().st_size
    # Two entries a picture in the file and in its index; labels are small.
    room = given.megabytes * 1_000_000 - carried - 700 * len(lines)
    probes = [read_picture(home / line) for line in spread(lines, PROBES)]
    longest, quality = step_that_fits(probes, len(lines), round(room * 0.97))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(given.out, "w", zipfile.ZIP_STORED) as pack:
        for name, data in _members(home, lines, longest, quality):
            _add(pack, name, data)
        names = yaml.safe_load((home / f"{given.detector}.yaml").read_text(encoding="utf-8"))["names"]
        packed = [f"./train/images/{Path(line).stem}.webp\n" for line in lines]
        for detector in (given.detector, *given.also):
            told = {"path": "FOLDER", "train": f"{detector}.txt", "val": "few.txt", "names": names}
            _add(pack, f"city/{detector}.txt", "".join(packed).encode())
            _add(pack, f"city/{detector}.yaml", yaml.safe_dump(told).encode())
        _add(pack, "city/few.txt", "".join(packed[:16]).encode())
        for name, data in extra.items():
            _add(pack, name, data)
        _add(pack, f"shared/{start}", recipe.locate(start).read_bytes())
    size = given.out.stat().st_size
    if size > given.megabytes * 1_000_000:
        given.out.unlink()
        raise PackError(f"the pack came to {size / 1e6:.1f} MB; nothing was kept, give a smaller --limit")
    return f"{len(lines)} pictures at {longest} pixels, quality {quality}: {size / 1e6:.1f} MB"


def _members(home: Path, lines: list[str], longest: int, quality: int) -> Iterator[tuple[str, bytes]]:
    for line in lines:
        stem = Path(line).stem
        yield f"city/train/images/{stem}.webp", as_webp(read_picture(home / line), longest, quality)
        yield f"city/train/labels/{stem}.txt", (home / "train" / "labels" / f"{stem}.txt").read_bytes()


def _add(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    # Pictures and weights are as small as they get; text shrinks.
    pack.writestr(name, data, zipfile.ZIP_DEFLATED if name.endswith(".txt") else zipfile.ZIP_STORED)


def unpack(pack: Path, work: Path) -> None:
    """Unpack below `work` (runs/train on the lent machine) and tell the descriptions where they lie."""
    work.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(pack) as opened:
        opened.extractall(work)
    for description in (work / "city").glob("*.yaml"):
        data = yaml.safe_load(description.read_text(encoding="utf-8"))
        data["path"] = str((work / "city").resolve())
        description.write_text(yaml.safe_dump(data), encoding="utf-8")


def main() -> None:
    """Pack."""
    options = arguments("Pack a detector's training set for a lent machine.", EXAMPLES)
    options.add_argument("detector", help="name in the recipe whose list of pictures is packed")
    options.add_argument("--also", nargs="*", default=[], help="detectors that learn from the same pictures")
    options.add_argument("--weights", nargs="*", default=[], help="files below runs/train to take along")
    options.add_argument("--megabytes", type=float, default=50.0, help="most it may take (default: %(default)s)")
    options.add_argument("--limit", type=int, help="at most so many pictures of each source, evenly spread")
    options.add_argument("--out", type=Path, required=True, help="the .zip to write")
    given = options.parse_args()
    try:
        print(write(load(given), given))
    except (PackError, RecipeError) as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
