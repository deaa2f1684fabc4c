"""Frames of ordinary fixed cameras from public repositories: hard negatives, half of the cameras kept for measuring.

`footage.yaml` names each clip with its repository, commit and licence. The repositories are cloned by hand (or lie
somewhere already) as `<owner>+<name>`; nothing of them is committed here.
"""

import csv
import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from scripts.train.recipe import ROOT, RecipeError, arguments
from scripts.train.samples import frames

LIST = Path(__file__).with_name("footage.yaml")
EXAMPLES = """examples:
  git clone https://github.com/tuuguu556/carCounter clones/tuuguu556+carCounter       # and the others of footage.yaml
  .venv-train/bin/python -m scripts.train.footage --clones clones
"""


@dataclasses.dataclass(frozen=True)
class Clip:
    """One clip of `footage.yaml`: where it comes from, what its camera is called, how its frames are used."""

    repository: str
    commit: str
    licence: str
    file: str
    camera: str
    shows: str
    held_out: bool = False

    def read(self, clones: Path) -> bytes:
        """The clip's bytes out of a clone; RecipeError where it is not there."""
        home = clones / self.repository.replace("/", "+")
        inner = [place for place in (home, home / "repo", home / "repo" / ".git") if place.exists()]
        for place in reversed(inner):
            words = ["git", "-C", str(place), "show", f"{self.commit}:{self.file}"]
            shown = subprocess.run(words, capture_output=True, check=False)
            if shown.returncode == 0:
                return shown.stdout
        raise RecipeError(f"{home}: holds no {self.file} at {self.commit[:7]}; clone {self.repository} there")


def read_list(path: Path = LIST) -> list[Clip]:
    """The clips of `footage.yaml`; a camera stands on one side of the split only."""
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    clips = [
        Clip(name, rule["commit"], rule["licence"], **clip)
        for name, rule in values["repositories"].items()
        for clip in rule["clips"]
    ]
    sides: dict[str, bool] = {}
    for clip in clips:
        if sides.setdefault(clip.camera, clip.held_out) != clip.held_out:
            raise RecipeError(f"{path}: the camera {clip.camera} is both held out and trained on")
    return clips


def extract(clips: list[Clip], clones: Path, out: Path, most: int) -> int:
    """Write at most `most` evenly spread frames of each clip and an index; return how many."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, str, str]] = []
    for clip in clips:
        film = out / f"clip{Path(clip.file).suffix}"
        film.write_bytes(clip.read(clones))
        taken = [picture for _, picture in frames(film, 0.5)]
        film.unlink()
        for number in sorted({round(place) for place in np.linspace(0, len(taken) - 1, min(most, len(taken)))}):
            name = f"footage_{clip.camera}_{Path(clip.file).stem}_{number:03d}"
            shrink = min(1.0, 1280 / max(taken[number].shape[:2]))
            picture = cv2.resize(taken[number], None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(out / "images" / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
            rows.append((name, clip.camera, f"{clip.repository}@{clip.commit[:7]}:{clip.file}"))
    with (out / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "group", "origin"))
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    """Extract."""
    options = arguments("Take frames of ordinary cameras out of cloned repositories.", EXAMPLES)
    options.add_argument("--clones", type=Path, required=True, help="folder with <owner>+<name> of footage.yaml")
    options.add_argument("--most", type=int, default=14, help="frames of one clip (default: %(default)s)")
    given = options.parse_args()
    try:
        count = extract(read_list(), given.clones, ROOT / "runs" / "footage", given.most)
    except RecipeError as error:
        raise SystemExit(str(error)) from error
    print(f"{count} frames in runs/footage")


if __name__ == "__main__":
    main()
