"""Reads pictures with masks: a ``data.yaml`` says where they lie and what each value of a mask means."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.configuration import read_settings
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.class_names import offered
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault
from sharp_eyes.edge.evaluate.detectors.yolo import PICTURES
from sharp_eyes.edge.evaluate.report.model import FootageKind
from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.snap.folder import decode_picture

Mask = npt.NDArray[np.uint8]
"""h x w: bit k says that the pixel may be class k; no bit, that nothing is known of it."""


class MaskFile(BaseModel):
    """``data.yaml`` of pictures with masks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(Path(), title="Folder of all; a relative path starts at this file's folder")
    pictures: Path = Field(Path("images"), title="Folder of the pictures")
    masks: Path = Field(Path("masks"), title="Folder of the masks: the picture's sub-path, as .png")
    classes: dict[int, str | list[str]] = Field(
        title="Value in the mask to the model's class, or to the several that it may be", min_length=1
    )
    groups: Path = Field(Path("index.csv"), title="CSV with the columns image and group")
    source: str | None = Field(None, min_length=1, title="Name in the report")
    kind: FootageKind = Field("real", title="real or rendered")
    licence: str = Field("", title="Licence as stated")


@dataclass(frozen=True, slots=True)
class MaskedPicture:
    """One picture and its mask, not yet read; ``name`` is unique in its source."""

    picture: Path
    mask: Path
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class MaskedSource:
    """One data set.

    Attributes:
        table: 256, from a mask's value to the bits of the classes that it may be.
        faults: pictures that cannot be used.
    """

    name: str
    kind: FootageKind
    licence: str
    path: str
    table: Mask
    pictures: tuple[MaskedPicture, ...]
    faults: tuple[LabelFault, ...]


def open_masks(given: Path, classes: Sequence[str], limit: int | None = None) -> MaskedSource:
    """A data set of pictures with masks.

    Args:
        given: its ``data.yaml``, or the folder that holds it.
        classes: of the model, in its order.
        limit: at most so many pictures, spread evenly.

    Raises:
        ConfigError: names the file and the key.
    """
    file = given / "data.yaml" if given.is_dir() else given
    settings = read_settings(file, MaskFile, ConfigError)
    base = (file.parent / settings.path).resolve()
    folder, masks = base / settings.pictures, base / settings.masks
    for key, place in (("pictures", folder), ("masks", masks)):
        if not place.is_dir():
            raise ConfigError(f"{file}: {key}: {place} is no folder")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if not paths:
        raise ConfigError(f"{file}: pictures: {folder} holds no picture ({', '.join(sorted(PICTURES))})")
    if limit is not None and len(paths) > limit:
        paths = [paths[index * len(paths) // limit] for index in range(limit)]
    groups = _groups(base / settings.groups, required="groups" in settings.model_fields_set)
    found, faults = [], []
    for path in paths:
        name = str(path.relative_to(folder))
        mask = (masks / name).with_suffix(".png")
        if not mask.is_file():
            faults.append(LabelFault(name, "no mask", f"{path}: has no mask; {mask} is expected"))
            continue
        found.append(MaskedPicture(path, mask, name, groups.get(path.name) or groups.get(path.stem) or name))
    name = settings.source or file.resolve().parent.name
    table = _table(file, settings, classes)
    return MaskedSource(name, settings.kind, settings.licence, str(given), table, tuple(found), tuple(faults))


def read_masked(source: MaskedSource, one: MaskedPicture) -> tuple[Picture, Mask] | LabelFault:
    """The picture and the bits of what each of its pixels may be, or why it cannot be used."""
    picture = _decoded(one.picture)
    if picture is None:
        return _fault(one, "unreadable picture", f"{one.picture}: cannot be decoded; it may be cut off")
    mask = _values(one.mask)
    if mask is None:
        return _fault(one, "unreadable mask", f"{one.mask}: cannot be decoded as one grey value a pixel of 8 bits")
    if mask.shape != picture.shape[:2]:
        sizes = "x".join(map(str, mask.shape[::-1])), "x".join(map(str, picture.shape[1::-1]))
        return _fault(one, "size differs", f"{one.mask}: is {sizes[0]}, its picture is {sizes[1]}")
    field: Mask = source.table[mask]
    if not field.any():
        values = ", ".join(map(str, np.unique(mask)[:8].tolist()))
        return _fault(one, "nothing labelled", f"{one.mask}: holds no value that `classes` names; it holds {values}")
    return picture, field


Problem = Literal["unreadable picture", "unreadable mask", "size differs", "nothing labelled"]


def _fault(one: MaskedPicture, problem: Problem, message: str) -> LabelFault:
    return LabelFault(one.name, problem, message)


def _decoded(path: Path) -> Picture | None:
    try:
        return decode_picture(path.read_bytes())
    except OSError:
        return None


def _values(path: Path) -> Mask | None:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint8:
        return None
    if found.ndim == 3:
        if not (found[:, :, :3] == found[:, :, :1]).all():
            return None  # a coloured mask: its values would be guessed
        found = found[:, :, 0]
    return np.asarray(found, np.uint8)


def _table(file: Path, settings: MaskFile, classes: Sequence[str]) -> Mask:
    table = np.zeros(256, np.uint8)
    for value, names in settings.classes.items():
        if not 0 <= value <= 255:
            raise ConfigError(f"{file}: classes: {value}: a mask's value lies between 0 and 255")
        for name in [names] if isinstance(names, str) else names:
            if name not in classes:
                raise ConfigError(
                    f"{file}: classes: {value}: the model has no class {name!r}{offered(name, classes)}; "
                    f"there are {', '.join(classes)}"
                )
            table[value] |= 1 << classes.index(name)
    return table


def _groups(path: Path, *, required: bool) -> dict[str, str]:
    if not path.is_file():
        if required:
            raise ConfigError(f"{path}: there is no such file; check `groups`")
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if rows and not {"image", "group"} <= rows[0].keys():
        if not required:
            return {}
        raise ConfigError(f"{path}: the columns `image` and `group` are expected")
    return {str(row["image"]): str(row["group"]) for row in rows}
