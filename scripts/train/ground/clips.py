"""Draws what a ground model sees in frames of clips and in pictures without labels, to be looked at.

Run in the product's environment.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from scripts.train.ground.evaluate import COLOURS, TILE, write_sheet
from scripts.train.ground.recipe import arguments, load
from scripts.train.ground.sources import Picture

from sharp_eyes.edge.evaluate.segmenters.evaluation import classes_of
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.ground.clips --places data/clips
  .venv/bin/python -m scripts.train.ground.clips --frames 3 --places data/clips data/trafficcam
Writes runs/ground/evaluation/clips.png.
"""
PICTURES = {".jpg", ".png"}
CLIPS = {".mp4", ".avi", ".mkv"}


def frames_of(path: Path, wanted: int) -> Iterator[Picture]:
    """Some frames of a clip, evenly spread."""
    with av.open(str(path)) as clip:
        stream = clip.streams.video[0]
        step = max((stream.frames or 100) // wanted, 1)
        for number, frame in enumerate(clip.decode(stream)):
            if number % step == step // 2:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def pictures_of(place: Path, frames: int, most: int) -> Iterator[tuple[str, Picture]]:
    """Name and picture of every clip's frames, or of `most` pictures of a folder."""
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    for path in files:
        if path.suffix in CLIPS:
            for picture in frames_of(path, frames):
                yield path.stem, picture
    stills = [path for path in files if path.suffix in PICTURES and "masks" not in path.parts]
    for path in stills[:: max(len(stills) // most, 1)]:
        still = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if still is not None:
            yield path.stem, np.asarray(still, np.uint8)


def pair(name: str, picture: Picture, segmenter: Segmenter) -> Picture:
    """Picture and what is seen in it, side by side, with its name."""
    small = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
    seen = cv2.resize(COLOURS[classes_of(segmenter, picture)], TILE, interpolation=cv2.INTER_NEAREST)
    both = np.hstack([small, cv2.addWeighted(small, 0.35, seen, 0.65, 0)])
    cv2.putText(both, name[:40], (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(both, np.uint8)


def main() -> None:
    """Write the sheet."""
    options = arguments("Draw what a ground model sees in clips and pictures.", EXAMPLES)
    options.add_argument("--manifest", type=Path, help="default: the bundled ground model")
    options.add_argument("--places", nargs="+", required=True, help="clips or folders, below --shared or as they are")
    options.add_argument("--frames", type=int, default=1, help="of each clip")
    options.add_argument("--most", type=int, default=30, help="pictures of a folder")
    options.add_argument("--out", type=Path, help="default: runs/ground/evaluation/clips.png")
    given = options.parse_args()
    recipe = load(given)
    segmenter = Segmenter.open(ModelSettings(manifest=given.manifest))
    tiles = []
    for place in given.places:
        path = Path(place) if Path(place).exists() else recipe.locate(place)
        tiles += [pair(name, picture, segmenter) for name, picture in pictures_of(path, given.frames, given.most)]
        print(f"{place}: {len(tiles)} so far", flush=True)
    out = given.out or recipe.work / "evaluation" / "clips.png"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_sheet(out, tiles)
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
