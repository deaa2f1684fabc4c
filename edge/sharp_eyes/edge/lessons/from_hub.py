"""Reads what ``sharp-eyes-hub lessons export`` wrote, and makes a data set of it.

People judged one box of each picture and nothing else in it. So only that box counts: a confirmed alarm is a labelled
object, a false one is a place at which what was called is not to be found, and all around it is an ignore region.
"""

import csv
import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.contract.base import Box
from sharp_eyes.edge.errors import ConfigError

MANIFEST, HEAD = "lessons.jsonl", "export.json"
COLUMNS = ("image", "group", "origin", "called", "verdict", "reason", "scene", "zone", "box", "delete_by")
_FORMAT, _VERSION = "sharp-eyes-lessons", 1


class _Picture(BaseModel):
    file: str


class HubLesson(BaseModel):
    """A judged alarm. Keys that came with a later version are passed over."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    verdict: Literal["confirmed", "false"]
    reason: str | None = None
    gateway: str
    camera: str
    scene: str
    zone: str
    box: Box | None = None
    object_class: str | None = None
    delete_by: str = ""
    pictures: dict[str, _Picture] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """What a data set was made of. ``passed_over``: lessons without a picture, a box or a class."""

    confirmed: int
    false: int
    passed_over: int


def manifest_of(folder: Path) -> Path:
    """Find the manifest of an export.

    Raises:
        ConfigError: the folder is none, is not finished, or was written by a later version.
    """
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder}: is no export of 'sharp-eyes-hub lessons export' ({HEAD}: {error})") from error
    if not isinstance(head, dict) or head.get("format") != _FORMAT or head.get("version") != _VERSION:
        raise ConfigError(f"{folder / HEAD}: only {_FORMAT} of version {_VERSION} can be read")
    if not (folder / MANIFEST).is_file():
        raise ConfigError(f"{folder}: the export was not finished; run it again")
    return folder / MANIFEST


def read_lessons(folder: Path) -> Iterator[HubLesson]:
    """Read the lessons of an export one after the other.

    Raises:
        ConfigError: names the file, the line and what is wrong with it.
    """
    path = manifest_of(folder)
    with path.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, start=1):
            try:
                yield HubLesson.model_validate_json(text)
            except ValidationError as error:
                raise ConfigError(f"{path}: line {number}: {explain(error)}") from error


def write_data_set(folder: Path, out: Path, scenes: Collection[str] = (), reasons: Collection[str] = ()) -> Written:
    """Write ``images/``, ``labels/``, ``ignore/``, ``data.yaml`` and ``index.csv`` into a new folder.

    Args:
        scenes: only lessons of these; all where empty.
        reasons: only false alarms for these reasons; all where empty.

    Raises:
        ConfigError: the export cannot be read, or the folder holds something already or cannot be written.
    """
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out}: holds something already; name an empty folder with --out")

    def wanted() -> Iterator[HubLesson]:
        for lesson in read_lessons(folder):
            named = not scenes or lesson.scene in scenes
            if named and (lesson.verdict == "confirmed" or not reasons or lesson.reason in reasons):
                yield lesson

    names = sorted({lesson.object_class for lesson in wanted() if lesson.object_class is not None})
    counts = {"confirmed": 0, "false": 0, "passed_over": 0}
    try:
        for name in ("images", "labels", "ignore"):
            (out / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        with (out / "index.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for lesson in wanted():
                row = _write(lesson, folder, out, names)
                counts["passed_over" if row is None else lesson.verdict] += 1
                if row is not None:
                    table.writerow(row)
        content = {"path": ".", "val": "images", "names": names, "source": "hub_lessons", "kind": "real"}
        (out / "data.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written: {error.strerror or error}") from error
    return Written(**counts)


def _write(lesson: HubLesson, folder: Path, out: Path, names: Sequence[str]) -> list[str] | None:
    """Write one lesson; its row of the index, or None where it teaches no detector."""
    picture = lesson.pictures.get("full")
    # Only the name counts: a manifest cannot point out of its folder.
    source = None if picture is None else folder / "pictures" / Path(picture.file).name
    if source is None or not source.is_file() or lesson.box is None or lesson.object_class is None:
        return None
    shutil.copyfile(source, out / "images" / f"{lesson.event_id}{source.suffix}")
    label = _row(names.index(lesson.object_class), lesson.box) if lesson.verdict == "confirmed" else ""
    (out / "labels" / f"{lesson.event_id}.txt").write_text(label, encoding="utf-8")
    around = "".join(_row(-1, box) for box in _around(lesson.box))
    (out / "ignore" / f"{lesson.event_id}.txt").write_text(around, encoding="utf-8")
    place = f"{lesson.gateway}/{lesson.camera}"
    box = " ".join(f"{value:.4f}" for value in lesson.box)
    said = (lesson.verdict, lesson.reason or "", lesson.scene, lesson.zone, box, lesson.delete_by)
    return [lesson.event_id, place, place, lesson.object_class, *said]


def _around(box: Box) -> Iterator[Box]:
    """All of the picture but the box, in four parts that overlap: what stands at a corner lies in one of them."""
    left, top, right, bottom = box
    for part in ((0.0, 0.0, 1.0, top), (0.0, bottom, 1.0, 1.0), (0.0, 0.0, left, 1.0), (right, 0.0, 1.0, 1.0)):
        if part[2] > part[0] and part[3] > part[1]:
            yield part


def _row(number: int, box: Box) -> str:
    left, top, right, bottom = box
    values = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    return f"{number} " + " ".join(f"{value:.6f}" for value in values) + "\n"
