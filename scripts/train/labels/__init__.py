"""Hand-made labels: boxes, regions to leave out, groups and remarks that the sources lack or have wrong.

One YAML file a source; `README.md` in this folder says who may trust what.
"""

import dataclasses
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent

Corners = tuple[float, float, float, float]


class LabelError(Exception):
    """A label file is missing or wrong; the message names the file, the picture and what to do."""


@dataclasses.dataclass(frozen=True)
class HandBox:
    """One thing seen in a picture: its class and x0, y0, x1, y1 as shares (0..1) of width and height."""

    name: str
    corners: Corners


@dataclasses.dataclass(frozen=True)
class HandLabel:
    """What was seen in one picture.

    `boxes` is None where the source's own labels stand; an empty tuple says that the picture holds none of the
    trusted classes. In `ignore` regions nothing may be counted, neither found nor missed. `held_out` is None
    where the recipe decides. `skip` pictures are of no use, `note` says why.
    """

    group: str | None = None
    held_out: bool | None = None
    boxes: tuple[HandBox, ...] | None = None
    ignore: tuple[Corners, ...] = ()
    skip: bool = False
    note: str = ""


@dataclasses.dataclass(frozen=True)
class HandLabels:
    """The labels of one source: `trust` are the classes whose boxes are complete wherever boxes are given.

    `same` maps a group of the source's own index to the group that holds it and its near-duplicates.
    """

    source: str
    trust: frozenset[str]
    pictures: dict[str, HandLabel]
    same: dict[str, str]

    def label(self, picture: str) -> HandLabel:
        """What is known of the picture; nothing (all defaults) where it was not looked at."""
        return self.pictures.get(picture, HandLabel())

    def group(self, picture: str, own: str) -> str:
        """Group to split by: ours for the picture, else the one its own group was merged into, else its own."""
        return self.label(picture).group or self.same.get(own, own)


@dataclasses.dataclass(frozen=True)
class Sighting:
    """A thing that a clip shows after all, from `start` to `end` in seconds."""

    name: str
    start: float
    end: float


def sources() -> list[str]:
    """Names of the sources that have hand-made labels."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "clips")


def read(source: str, folder: Path = FOLDER) -> HandLabels:
    """Labels of a source; LabelError where there are none or they cannot be used."""
    path = folder / f"{source}.yaml"
    values = _mapping(path)
    pictures = {name: _label(path, name, entry) for name, entry in (values.get("pictures") or {}).items()}
    _add_groups(path, source, values, pictures)
    same: dict[str, str] = {}
    for group, members in (values.get("same") or {}).items():
        for member in members:
            if str(member) in same:
                raise LabelError(f"{path}: group `{member}` stands in two groups; keep one of them")
            same[str(member)] = str(group)
    return HandLabels(source, frozenset(values.get("trust") or ()), pictures, same)


def sightings(clip: str, folder: Path = FOLDER) -> tuple[Sighting, ...]:
    """Things seen in a clip (its path below `clips/` without the ending); LabelError where it was not looked at."""
    path = folder / "clips.yaml"
    clips = _mapping(path).get("clips") or {}
    if clip not in clips:
        raise LabelError(f"{path}: the clip `{clip}` was not looked at; it has {', '.join(clips)}")
    found = []
    for row in clips[clip]:
        if len(row) != 3 or not 0 <= row[1] < row[2]:
            raise LabelError(f"{path}: {clip}: {row} is not [class, start, end] with start before end, in seconds")
        found.append(Sighting(str(row[0]), float(row[1]), float(row[2])))
    return tuple(found)


def seen_at(clip: str, second: float, folder: Path = FOLDER) -> frozenset[str]:
    """Classes that are in the clip at that second and therefore no false find."""
    return frozenset(thing.name for thing in sightings(clip, folder) if thing.start <= second <= thing.end)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabelError(f"{path}: not found; hand-made labels exist for {', '.join(sources())}") from None
    except yaml.YAMLError as error:
        raise LabelError(f"{path}: is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise LabelError(f"{path}: holds no mapping; see README.md beside it for the form")
    return values


def _add_groups(path: Path, source: str, values: dict[str, Any], pictures: dict[str, HandLabel]) -> None:
    """Enter the pictures that `groups` lists by number, and on which side of the split `held_out` puts them."""
    groups: dict[str, list[int]] = values.get("groups") or {}
    held = values.get("held_out")
    if held is not None and (unknown := set(held) - set(groups)):
        raise LabelError(f"{path}: held_out names {', '.join(sorted(unknown))}, which `groups` does not have")
    for group, numbers in groups.items():
        for number in numbers:
            name = f"{source}_{number:05d}"
            known = pictures.get(name, HandLabel())
            if known.group is not None:
                raise LabelError(f"{path}: {name} stands in the groups {known.group} and {group}; keep one of them")
            pictures[name] = dataclasses.replace(known, group=group, held_out=None if held is None else group in held)


def _label(path: Path, picture: str, entry: dict[str, Any]) -> HandLabel:
    fields = {field.name for field in dataclasses.fields(HandLabel)}
    if unknown := set(entry) - fields:
        raise LabelError(f"{path}: {picture}: unknown key {', '.join(sorted(unknown))}; known are {sorted(fields)}")
    boxes = entry.get("boxes")
    return HandLabel(
        group=entry.get("group"),
        held_out=entry.get("held_out"),
        boxes=None if boxes is None else tuple(_box(path, picture, row) for row in boxes),
        ignore=tuple(_corners(path, picture, row) for row in entry.get("ignore") or ()),
        skip=bool(entry.get("skip", False)),
        note=str(entry.get("note", "")),
    )


def _box(path: Path, picture: str, row: list[Any]) -> HandBox:
    if not row or not isinstance(row[0], str):
        raise LabelError(f"{path}: {picture}: {row} is not [class, x0, y0, x1, y1]")
    return HandBox(row[0], _corners(path, picture, row[1:]))


def _corners(path: Path, picture: str, row: list[Any]) -> Corners:
    if len(row) != 4 or not all(isinstance(number, int | float) and 0 <= number <= 1 for number in row):
        raise LabelError(f"{path}: {picture}: {row} is not x0, y0, x1, y1 as shares from 0 to 1")
    left, top, right, bottom = (float(number) for number in row)
    if left >= right or top >= bottom:
        raise LabelError(f"{path}: {picture}: {row} has no area; x0 and y0 are the smaller corner")
    return left, top, right, bottom
