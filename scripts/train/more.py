"""Labelled street pictures out of cloned public repositories, laid where `detectors.yaml` looks for them.

`more.yaml` names each repository with its commit and licence. The repositories are cloned by hand as `<owner>+<name>`;
nothing of them is committed here.
"""

import csv
import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from scripts.train.recipe import ROOT, RecipeError, arguments
from scripts.train.samples import PICTURE_ENDINGS

LIST = Path(__file__).with_name("more.yaml")
EXAMPLES = """examples:
  git clone https://github.com/nervewastaken/VehicleDetection clones/nervewastaken+VehicleDetection   # and the others
  .venv-train/bin/python -m scripts.train.more --clones clones
"""


def repository(clones: Path, name: str) -> Path:
    """The clone of `<owner>/<name>`; RecipeError where there is none."""
    home = clones / name.replace("/", "+")
    for place in (home / "repo" / ".git", home / "repo", home):
        if place.exists():
            return place
    raise RecipeError(f"{home}: not found; clone {name} there")


def git(place: Path, *words: str) -> bytes:
    """What git prints; RecipeError where it fails."""
    shown = subprocess.run(["git", "-C", str(place), *words], capture_output=True, check=False)
    if shown.returncode:
        raise RecipeError(f"{place}: git {' '.join(words[:2])}: {shown.stderr.decode(errors='replace').strip()[:200]}")
    return shown.stdout


def chosen(names: list[str], pattern: str, most: int) -> list[tuple[str, str]]:
    """Pictures with their groups, at most `most` of a group, in the order of their names."""
    counts: dict[str, int] = {}
    taken = []
    for name in sorted(names):
        if PurePosixPath(name).suffix.lower() not in PICTURE_ENDINGS:
            continue
        found = re.match(pattern, PurePosixPath(name).name)
        group = found[1] if found else PurePosixPath(name).stem
        counts[group] = counts.get(group, 0) + 1
        if counts[group] <= most:
            taken.append((name, group))
    return taken


def lay(name: str, rule: dict[str, Any], clones: Path, out: Path) -> int:
    """Write one repository's pictures, labels and index below `out`; return how many pictures."""
    place, commit = repository(clones, name), rule["commit"]
    folder = out / rule["as"]
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    listed = git(place, "ls-tree", "-r", "--name-only", commit, f"{rule['pictures']}/").decode().splitlines()
    rows = []
    for number, (path, group) in enumerate(chosen(listed, rule["of"], int(rule["most"]))):
        image = f"{rule['as']}_{number:05d}"
        target = folder / "images" / f"{image}{PurePosixPath(path).suffix.lower()}"
        target.write_bytes(git(place, "show", f"{commit}:{path}"))
        if "labels" in rule:
            text = git(place, "show", f"{commit}:{rule['labels']}/{PurePosixPath(path).stem}.txt")
            (folder / "labels" / f"{image}.txt").write_bytes(text)
        rows.append((image, group, f"{name}@{commit[:7]}:{path}"))
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "group", "origin"))
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    """Lay all of them."""
    options = arguments("Take labelled street pictures out of cloned repositories.", EXAMPLES)
    options.add_argument("--clones", type=Path, required=True, help="folder with <owner>+<name> of more.yaml")
    given = options.parse_args()
    for name, rule in yaml.safe_load(LIST.read_text(encoding="utf-8"))["repositories"].items():
        try:
            print(f"{name}: {lay(name, rule, given.clones, ROOT / 'runs' / 'street_more')} pictures")
        except RecipeError as error:
            raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
