"""Reads COCO-format annotations: one JSON with ``images``, ``annotations`` and ``categories``."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, Shares, no_boxes


def read_annotations(
    path: Path, pictures: Path | None, groups: dict[str, str]
) -> tuple[list[str], list[LabelledPicture], list[LabelFault]]:
    """Category names in the order of their ids, the pictures, and what cannot be used.

    Args:
        path: the JSON.
        pictures: folder of the pictures; None looks where COCO's own layout and its kin keep them.
        groups: group by the picture's file name or stem.

    Raises:
        ConfigError: the file is not there, or not in COCO's format.
    """
    content = read_json(path)
    if not {"images", "annotations", "categories"} <= content.keys():
        raise ConfigError(f"{path}: not in COCO's format: `images`, `annotations` and `categories` are expected")
    try:
        categories = {int(one["id"]): str(one["name"]) for one in content["categories"]}
        entries = {int(one["id"]): one for one in content["images"]}
        by_picture: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for one in content["annotations"]:
            by_picture[int(one["image_id"])].append(one)
        candidates = [pictures] if pictures else _usual_folders(path)
        names = [categories[number] for number in sorted(categories)]
        found, faults = [], []
        for number, entry in sorted(entries.items()):
            made = _picture(entry, by_picture.get(number, []), categories, candidates, groups, path)
            if isinstance(made, LabelFault):
                faults.append(made)
            else:
                found.append(made)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: not in COCO's format: {type(error).__name__} {error}") from error
    return names, found, faults


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        ConfigError: the file cannot be read, or holds none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: an object is expected, with `images`, `annotations` and `categories`")
    return content


def _usual_folders(path: Path) -> list[Path]:
    beside = path.parent
    stem = path.stem.removeprefix("instances_")
    return [
        beside,
        beside / "images",
        beside.parent / "images",
        beside.parent / stem,
        beside.parent / "images" / stem,
        beside.parent,
    ]


def _picture(
    entry: dict[str, Any],
    annotations: list[dict[str, Any]],
    categories: dict[int, str],
    folders: list[Path],
    groups: dict[str, str],
    path: Path,
) -> LabelledPicture | LabelFault:
    file_name = str(entry["file_name"])
    width, height = int(entry["width"]), int(entry["height"])
    file = next((folder / file_name for folder in folders if (folder / file_name).is_file()), None)
    if file is None:
        looked = ", ".join(str(folder) for folder in folders)
        return LabelFault(file_name, "no such picture", f"{path}: {file_name} is in none of {looked}")
    if width <= 0 or height <= 0:
        return LabelFault(file_name, "outside the picture", f"{path}: {file_name}: width and height must be positive")
    boxes: list[Shares] = []
    regions: list[Shares] = []
    names: list[str] = []
    region_names: list[str] = []
    for one in annotations:
        kind = int(one["category_id"])
        if kind not in categories:
            message = f"{path}: annotation {one.get('id')} of {file_name}: category {kind} is not among `categories`"
            return LabelFault(file_name, "class out of range", message)
        x, y, wide, high = (float(value) for value in one["bbox"])
        if not np.isfinite([x, y, wide, high]).all():
            message = (
                f"{path}: annotation {one.get('id')} of {file_name}: bbox {one['bbox']} holds a value that is not a "
                "finite number; write the box again or take the annotation out"
            )
            return LabelFault(file_name, "not a number", message)
        box = np.clip(np.array([x / width, y / height, (x + wide) / width, (y + high) / height]), 0, 1)
        if box[2] <= box[0] or box[3] <= box[1]:
            message = (
                f"{path}: annotation {one.get('id')} of {file_name}: bbox {one['bbox']} has no area in the picture"
            )
            return LabelFault(file_name, "empty box", message)
        crowd = bool(one.get("iscrowd", 0)) or bool(one.get("ignore", 0))
        (regions if crowd else boxes).append(box)
        (region_names if crowd else names).append(categories[kind])
    group = groups.get(Path(file_name).name) or groups.get(Path(file_name).stem) or file_name
    return LabelledPicture(
        path=file,
        name=file_name,
        group=group,
        boxes=np.stack(boxes) if boxes else no_boxes(),
        names=tuple(names),
        ignore=np.stack(regions) if regions else no_boxes(),
        ignore_names=tuple(region_names),
        stated_size=(width, height),
    )
