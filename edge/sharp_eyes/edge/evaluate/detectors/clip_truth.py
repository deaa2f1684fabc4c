"""Reads a clip with its exact ground truth beside it (``media/street.json``): the boxes of every frame."""

from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture, LabelledSource, Shares, no_boxes

SEEN = 0.4
"""Share of an object that must be visible for it to be asked for; below it, its place is an ignore region."""

KEYS = frozenset({"clip", "width", "height", "objects", "frames"})


def is_clip_truth(content: dict[str, Any]) -> bool:
    """Whether a JSON describes a clip frame by frame."""
    return content.keys() >= KEYS


def read_clip_truth(path: Path, content: dict[str, Any], step: float) -> LabelledSource:
    """The clip as a rendered source, looked at every ``step`` seconds.

    Judged are the classes of its objects, or those of the key ``labelled``.

    Raises:
        ConfigError: the clip is not there, or the JSON is not what it should be.
    """
    try:
        clip = path.parent / str(content["clip"])
        size = float(content["width"]), float(content["height"])
        kinds = {int(thing["id"]): str(thing["class"]) for thing in content["objects"]}
        names = tuple(sorted(set(kinds.values())))
        labelled = content.get("labelled") or names
        pictures: list[LabelledPicture] = []
        due = 0.0
        for frame in content["frames"]:
            moment = float(frame["time"])
            _check_finite(path, moment, frame["boxes"])
            if moment + 1e-6 >= due:
                due += step
                pictures.append(_picture(clip, len(pictures), moment, frame["boxes"], kinds, size))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: not the ground truth of a clip: {type(error).__name__} {error}") from error
    if not clip.is_file():
        raise ConfigError(f"{path}: its clip {clip} is not there")
    return LabelledSource(path.stem, "rendered", "", str(path), "clip", tuple(labelled), tuple(pictures), known=names)


def _check_finite(path: Path, moment: float, boxes: list[dict[str, Any]]) -> None:
    if not isfinite(moment):
        raise ConfigError(f"{path}: frames: time is {moment}; write the seconds from the clip's first frame")
    for box in boxes:
        if not all(isfinite(float(value)) for value in (*box["box"], box["visible"])):
            raise ConfigError(
                f"{path}: frame at {moment:g} s, object {box.get('object')}: box {box['box']}, visible "
                f"{box['visible']}: not a finite number; write the box again or take it out"
            )


def _picture(
    clip: Path,
    number: int,
    moment: float,
    boxes: list[dict[str, Any]],
    kinds: dict[int, str],
    size: tuple[float, float],
) -> LabelledPicture:
    plain = [box for box in boxes if box["visible"] >= SEEN]
    hidden = [box for box in boxes if box["visible"] < SEEN]
    return LabelledPicture(
        path=clip,
        name=f"{clip.name} {moment:.2f} s",
        group=clip.name,
        boxes=_shares(plain, size),
        names=tuple(kinds[box["object"]] for box in plain),
        ignore=_shares(hidden, size),
        ignore_names=tuple(kinds[box["object"]] for box in hidden),
        moment=(number, moment),
    )


def _shares(boxes: list[dict[str, Any]], size: tuple[float, float]) -> Shares:
    if not boxes:
        return no_boxes()
    corners = np.array([box["box"] for box in boxes], np.float64) / np.array(size * 2)
    return np.asarray(np.clip(corners, 0, 1), np.float64)
