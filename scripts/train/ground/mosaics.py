"""Cuts street cameras' pictures out of the training mosaics in `luisresende13/octa-flood-images`, with their labels.

A mosaic shows a batch of 3 x 3 or 4 x 4 pictures as the network was given them, some of them altered; a small box in
each one's corner tells by its colour whether the source calls it flooded. Pictures that come twice are taken once.
"""

import csv
import subprocess
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.ground.recipe import ROOT, RecipeError, arguments
from scripts.train.ground.sources import Picture

EXAMPLES = """examples:
  git clone https://github.com/luisresende13/octa-flood-images clones/luisresende13+octa-flood-images
  .venv/bin/python -m scripts.train.ground.mosaics --clones clones
"""
REPOSITORY, COMMIT = "luisresende13/octa-flood-images", "e62d57016bbb8a95f4b3264526de6b6290988c00"
SIDE = 1920
NO_LABEL = "YoloV8/runs/classify/train/"
FINE = "YoloV8/runs/classify/"
"""Folder whose mosaics are 4 x 4; all others are 3 x 3."""
DRY, FLOODED = np.array([68, 66, 254]), np.array([155, 160, 254])
"""Colours of the box in the corner, BGR."""
ALIKE = 0.985
SIZE = 400


def label_of(corner: Picture) -> bool | None:
    """Whether the box in a tile's corner says flooded; nothing where there is no box."""
    pixels = corner.reshape(-1, 3).astype(int)
    counts = [int((np.abs(pixels - colour).max(axis=1) < 30).sum()) for colour in (DRY, FLOODED)]
    return None if max(counts) < 120 else counts[1] > counts[0]


def tiles(mosaic: Picture, across: int) -> list[tuple[str, Picture, bool]]:
    """Place, picture and label of each labelled tile; the box is painted grey."""
    found, step = [], mosaic.shape[0] / across
    for row in range(across):
        for column in range(across):
            top, left = round(row * step), round(column * step)
            flooded = label_of(mosaic[top : top + 34, left : left + 28])
            if flooded is None:
                continue
            tile = mosaic[top + 2 : top + int(step) - 1, left + 2 : left + int(step) - 1].copy()
            tile[:34, :26] = 114
            shown = cv2.resize(tile, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
            found.append((f"{row}{column}", np.asarray(shown, np.uint8), flooded))
    return found


def key_of(picture: Picture) -> npt.NDArray[np.float64]:
    """Small grey picture of mean 0 and spread 1, by which those that come again are known."""
    grey = cv2.cvtColor(picture[SIZE // 12 :], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float64)
    return np.asarray((small - small.mean()) / (small.std() + 1e-6), np.float64)


def git(home: Path, *words: str) -> bytes:
    """What git prints in a clone; RecipeError where there is none."""
    done = subprocess.run(["git", "-C", str(home), *words], capture_output=True, check=False)
    if done.returncode:
        raise RecipeError(f"{home}: {done.stderr.decode(errors='replace').strip()}; clone {REPOSITORY} there")
    return done.stdout


def cut(home: Path, out: Path) -> int:
    """Write pictures, `index.csv` and `flooded.csv` below `out`; gives the number of pictures."""
    names = git(home, "ls-tree", "-r", "--name-only", "-z", COMMIT).decode().split("\0")
    (out / "images").mkdir(parents=True, exist_ok=True)
    index, labels, known = [("image", "group", "origin")], [("image", "flooded")], list[npt.NDArray[np.float64]]()
    for name in sorted(names, key=lambda text: text.replace("/", "_")):
        if "train_batch" not in name or name.startswith(NO_LABEL):
            continue
        mosaic = cv2.imdecode(np.frombuffer(git(home, "show", f"{COMMIT}:{name}"), np.uint8), cv2.IMREAD_COLOR)
        if mosaic is None or mosaic.shape[0] != SIDE:
            continue
        for place, picture, flooded in tiles(np.asarray(mosaic, np.uint8), 4 if name.startswith(FINE) else 3):
            key = key_of(picture)
            if any(abs(float((key * other).mean())) > ALIKE for other in known):
                continue
            known.append(key)
            stem = f"streets_{len(known):05d}"
            cv2.imwrite(str(out / "images" / f"{stem}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
            index.append((stem, stem, f"{REPOSITORY}@{COMMIT[:7]}:{name}#{place}"))
            labels.append((stem, str(int(flooded))))
    for file, rows in (("index.csv", index), ("flooded.csv", labels)):
        with (out / file).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(rows)
    return len(known)


def main() -> None:
    """Cut."""
    options = arguments("Cut pictures of street cameras out of training mosaics.", EXAMPLES)
    options.add_argument("--clones", type=Path, required=True, help="folder with luisresende13+octa-flood-images")
    given = options.parse_args()
    home = given.clones / REPOSITORY.replace("/", "+")
    home = home / "repo" if (home / "repo").exists() else home
    try:
        count = cut(home, ROOT / "runs" / "water_more" / "streets")
    except RecipeError as error:
        raise SystemExit(str(error)) from error
    print(f"{count} pictures in runs/water_more/streets")


if __name__ == "__main__":
    main()
