"""Opens a data set in any of its forms: ``data.yaml``, a YOLO folder, COCO's JSON, a clip with its truth."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.configuration import read_settings
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.class_names import check_mapped_names
from sharp_eyes.edge.evaluate.detectors.clip_truth import is_clip_truth, read_clip_truth
from sharp_eyes.edge.evaluate.detectors.coco import read_annotations, read_json
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, LabelledSource
from sharp_eyes.edge.evaluate.detectors.yolo import PICTURES, LabelError, Layout, read_picture_labels
from sharp_eyes.edge.evaluate.report.model import FootageKind

Listed = str | list[str] | None
Split = Literal["val", "test", "train"]


class DataFile(BaseModel):
    """``data.yaml``: Ultralytics' keys and ours; others are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: Path = Field(Path(), title="Where pictures are looked for")
    train: Listed = None
    val: Listed = Field(None, title="Folder, list file, or several")
    test: Listed = None
    names: list[str] | dict[int, str] | None = None
    annotations: Path | None = Field(None, title="COCO's JSON in the place of label files")
    source: str | None = Field(None, min_length=1, title="Name in the report")
    kind: FootageKind = "real"
    licence: str = ""
    labelled: list[str] | None = Field(None, title="Names labelled in every picture")
    map: dict[str, str] = Field(default_factory=dict, title="Name here to the model's name")
    labels: Path | None = None
    ignore: Path | None = None
    groups: Path | None = None


@dataclass(frozen=True, slots=True)
class DatasetOptions:
    """What the caller says beside the data set itself.

    Attributes:
        names: class names where the data set says none.
        pictures: folder of the pictures of a COCO JSON.
        step: seconds between two looks at a clip with ground truth.
        split: which pictures of a data.yaml; None means ``val``, else ``test``, else the folder ``images``.
    """

    names: list[str] | None = None
    pictures: Path | None = None
    step: float = 0.5
    split: Split | None = None


def open_source(given: Path, how: DatasetOptions) -> tuple[LabelledSource, dict[str, str]]:
    """A data set as it is written, and the mapping of names that it brings along.

    Args:
        given: ``data.yaml``, a folder, COCO's JSON, or the ground truth of a clip.
        how: what it does not say itself.

    Raises:
        ConfigError: names what is missing or wrong and what to do.
    """
    if not given.exists():
        raise ConfigError(f"--data {given}: there is no such file or folder")
    if given.suffix.lower() == ".json":
        content = read_json(given)
        if is_clip_truth(content):
            return read_clip_truth(given, content, how.step), {}
        return _coco(given, DataFile(), given, how.pictures), {}
    file = _data_file(given)
    settings = _read(file) if file else DataFile()
    base = ((file.parent if file else given) / settings.path).resolve()
    if not base.is_dir():
        raise ConfigError(f"{file or given}: path {base} is no folder; it is where the pictures are looked for")
    if settings.annotations:
        annotations = (file.parent if file else given) / settings.annotations
        return _coco(annotations, settings, given, how.pictures or base), settings.map
    return _yolo(given, file, settings, base, how), settings.map


def _data_file(given: Path) -> Path | None:
    if given.is_file():
        return given
    for name in ("data.yaml", "data.yml", "dataset.yaml"):
        if (given / name).is_file():
            return given / name
    return None


def _read(file: Path) -> DataFile:
    return read_settings(file, DataFile, ConfigError)


def _yolo(given: Path, file: Path | None, settings: DataFile, base: Path, how: DatasetOptions) -> LabelledSource:
    known = _names(file or given, settings, base, how.names)
    root = file.parent if file else given
    layout = Layout(base=None, labels=_absolute(root, settings.labels), ignore=_absolute(root, settings.ignore))
    groups = _groups(root, settings)
    found, faults, without = [], [], 0
    for picture, folder in _listed(file or given, settings, base, how.split):
        start = folder or base
        name = str(picture.relative_to(start)) if picture.is_relative_to(start) else picture.name
        group = groups.get(picture.name) or groups.get(picture.stem) or name
        if not picture.is_file():
            faults.append(LabelFault(str(picture), "no such picture", f"{picture}: listed, but there is no such file"))
            continue
        try:
            where = Layout(folder, layout.labels, layout.ignore)
            labelled, has_file = read_picture_labels(picture, name, group, where, known)
        except LabelError as error:
            faults.append(error.fault)
            continue
        found.append(labelled)
        without += not has_file
    if not found and not faults:
        raise ConfigError(f"{given}: holds no picture ({', '.join(sorted(PICTURES))}) where `val` or images/ says")
    if found and without == len(found):
        example = layout.file_of(found[0].path, layout.labels, "labels")
        raise ConfigError(
            f"{given}: not one of {len(found)} pictures has a label file (the first would be {example}); "
            "set `labels` in data.yaml, or give pictures without any object as --negatives"
        )
    return _source(given, settings, "yolo", known, found, faults, without)


def _coco(annotations: Path, settings: DataFile, given: Path, pictures: Path | None) -> LabelledSource:
    names, found, faults = read_annotations(annotations, pictures, _groups(annotations.parent, settings))
    if not found and not faults:
        raise ConfigError(f"{annotations}: lists no pictures")
    return _source(given, settings, "coco", names, found, faults, 0)


def _source(
    given: Path,
    settings: DataFile,
    form: str,
    names: list[str],
    found: list[LabelledPicture],
    faults: list[LabelFault],
    without: int,
) -> LabelledSource:
    labelled = names if settings.labelled is None else settings.labelled
    if strange := sorted(set(labelled) - set(names)):
        raise ConfigError(f"{given}: labelled: {', '.join(strange)} stand not among the names")
    check_mapped_names(f"{given}: map", settings.map, names)
    return LabelledSource(
        name=settings.source or _usual_name(given),
        kind=settings.kind,
        licence=settings.licence,
        path=str(given),
        form=form,
        labelled=tuple(labelled),
        pictures=tuple(found),
        faults=tuple(faults),
        unlabelled_files=without,
        known=tuple(names),
    )


def _usual_name(given: Path) -> str:
    whole = given.resolve()
    return whole.parent.name if whole.name in {"data.yaml", "data.yml", "dataset.yaml"} else whole.stem


def _names(said_in: Path, settings: DataFile, base: Path, given: list[str] | None) -> list[str]:
    if isinstance(settings.names, dict):
        if sorted(settings.names) != list(range(len(settings.names))):
            raise ConfigError(f"{said_in}: names must be numbered 0, 1, 2 … without a gap")
        return [settings.names[number] for number in range(len(settings.names))]
    if settings.names:
        return settings.names
    if given:
        return given
    for folder in (base, base / "labels"):
        if (folder / "classes.txt").is_file():
            lines = (folder / "classes.txt").read_text(encoding="utf-8").splitlines()
            return [line.strip() for line in lines if line.strip()]
    raise ConfigError(
        f"{said_in}: says no class names; write `names` into a data.yaml, put a classes.txt beside images/, "
        "or give --names bus,car,…"
    )


def _listed(said_in: Path, settings: DataFile, base: Path, split: Split | None) -> list[tuple[Path, Path | None]]:
    """Pictures in the order of their names, each once, with the folder from which its sub-path counts."""
    by_name: dict[str, Listed] = {"val": settings.val, "test": settings.test, "train": settings.train}
    if split is not None and not by_name[split]:
        raise ConfigError(f"{said_in}: says no `{split}`; leave out --split, or name the pictures there")
    chosen = by_name[split] if split else settings.val or settings.test
    found: dict[Path, Path | None] = {}
    for entry in [chosen] if isinstance(chosen, str) else chosen or ["images"]:
        place = base / entry
        if not place.exists() and entry.startswith("../"):
            place = base / entry.removeprefix("../")  # as some exports have it; Ultralytics mends it alike
        if place.is_dir():
            files = sorted(path for path in place.rglob("*") if path.suffix.lower() in PICTURES)
            found.update(dict.fromkeys(files, place))
        elif place.is_file():
            found.update(dict.fromkeys(_from_list(place, base)))
        else:
            raise ConfigError(
                f"{said_in}: {place} is neither a folder of pictures nor a list file; check `path` and `val`"
            )
    return list(found.items())


def _from_list(file: Path, base: Path) -> list[Path]:
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return [(file.parent if line.startswith("./") else base) / line for line in lines if line]


def _groups(root: Path, settings: DataFile) -> dict[str, str]:
    path = root / (settings.groups or "index.csv")
    beside = root / settings.path / "index.csv"
    if settings.groups is None and not path.is_file() and beside.is_file():
        path = beside
    if not path.is_file():
        if settings.groups is not None:
            raise ConfigError(f"{path}: there is no such file; check `groups`")
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    if rows and not {"image", "group"} <= rows[0].keys():
        if settings.groups is None:
            return {}
        raise ConfigError(f"{path}: the columns `image` and `group` are expected")
    return {str(row["image"]): str(row["group"]) for row in rows}


def _absolute(root: Path, path: Path | None) -> Path | None:
    return None if path is None else (root / path).resolve()
