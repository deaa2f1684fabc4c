"""What ``sharp-eyes-edge evaluate segmenter`` does: read, segment, count, report."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.average_precision import RESAMPLES, SEED
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault
from sharp_eyes.edge.evaluate.detectors.schema import FaultNote
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind, Interval
from sharp_eyes.edge.evaluate.segmenters.masks import Mask, MaskedSource, open_masks, read_masked
from sharp_eyes.edge.evaluate.segmenters.pixel_tally import Tally
from sharp_eyes.edge.evaluate.segmenters.schema import (
    AreaMetrics,
    AreaTable,
    MaskSourceNote,
    SegmenterNote,
    SegmenterReport,
)
from sharp_eyes.edge.extract.model import MANIFEST, sha256_of
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.replay.command import naming
from sharp_eyes.edge.settings import ModelSettings

MOST_CLASSES = 8
"""Bits of a mask's byte."""


@dataclass(frozen=True, slots=True)
class SegmenterOptions:
    """What the command line asks for; each field is the option of its name."""

    models: Sequence[str]
    data: Sequence[Path]
    limit: int | None
    runtime: str
    examples: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the worst pictures, with what was expected (bits) and what was given (class numbers)."""

    name: str
    wrong: float
    picture: Picture
    expected: Mask
    given: npt.NDArray[np.uint8]


@dataclass(slots=True)
class Counted:
    """What one model made of one source.

    Attributes:
        by_group: pixels of each group.
        faults: pictures that could not be read or used.
        worst: pictures with the greatest share of wrong pixels, worst first.
    """

    by_group: dict[str, Tally] = field(default_factory=dict)
    faults: list[LabelFault] = field(default_factory=list)
    worst: list[Shown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SegmenterEvaluation:
    """A report, and the worst pictures by model and source."""

    report: SegmenterReport
    worst: dict[tuple[str, str], list[Shown]]


def classes_of(segmenter: Segmenter, picture: Picture) -> npt.NDArray[np.uint8]:
    """Class of each pixel (h, w): probabilities scaled up to the picture, then the most probable.

    Raises:
        ModelError: the network fails.
    """
    found = segmenter.segment(Frame.of_picture("evaluate", 0.0, picture))
    size = picture.shape[1::-1]
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in found.probabilities]
    return np.asarray(np.argmax(planes, axis=0), np.uint8)


def evaluate_segmenters(options: SegmenterOptions, console: Console) -> SegmenterEvaluation:
    """Measure; shows its progress on the console.

    Raises:
        EdgeError: a model, a data set or an option cannot be used.
    """
    if not options.data:
        raise ConfigError("nothing to measure on: give --data with a data.yaml of pictures and masks")
    segmenters = [_open(given, options.runtime) for given in options.models or [""]]
    if large := [one for one in segmenters if len(one.model.classes) > MOST_CLASSES]:
        raise ConfigError(
            f"{large[0].model.folder}: has more than {MOST_CLASSES} classes; masks of so many are not read"
        )
    names = _names(segmenters, options.models)
    counted: dict[tuple[str, str], Counted] = {}
    sources: list[list[MaskedSource]] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        for name, segmenter in zip(names, segmenters, strict=True):
            own = _sources(options, segmenter.model.classes)
            sources.append(own)
            for source in own:
                task = bar.add_task(f"{name} · {source.name}", total=len(source.pictures))
                counted[name, source.name] = _count(segmenter, source, options.examples, bar, task)
                bar.remove_task(task)
    tables = [
        table
        for name, segmenter, own in zip(names, segmenters, sources, strict=True)
        for table in _tables(name, segmenter.model.classes, own, counted)
    ]
    report = SegmenterReport(
        program=version("sharp-eyes"),
        resamples=RESAMPLES,
        seed=SEED,
        limit=options.limit,
        models=[_note(name, segmenter) for name, segmenter in zip(names, segmenters, strict=True)],
        sources=[_source_note(source, [counted[name, source.name] for name in names]) for source in sources[0]],
        tables=tables,
        not_measured_on_real=_not_on_real(segmenters, tables),
    )
    return SegmenterEvaluation(report, {key: own.worst for key, own in counted.items()})


def _open(given: str, runtime: str) -> Segmenter:
    path = Path(given) / MANIFEST if given and (Path(given) / MANIFEST).is_file() else given
    chosen = naming(str(path), None) if given else {}
    return Segmenter.open(ModelSettings.model_validate({**chosen, "runtime": runtime}))


def _names(segmenters: Sequence[Segmenter], given: Sequence[str]) -> list[str]:
    names = [f"{one.model.manifest.name} {one.model.manifest.version}" for one in segmenters]
    if len(set(names)) < len(names):
        names = [f"{name} ({place})" for name, place in zip(names, given, strict=True)]
    if len(set(names)) < len(names):
        raise ConfigError("--model: one model stands twice")
    return names


def _sources(options: SegmenterOptions, classes: Sequence[str]) -> list[MaskedSource]:
    found: list[MaskedSource] = []
    for path in options.data:
        source = open_masks(path, classes, options.limit)
        if any(source.name == other.name for other in found):
            raise ConfigError(
                f"--data {path}: a source named {source.name!r} is there already; set `source` in data.yaml"
            )
        found.append(source)
    return found


def _count(segmenter: Segmenter, source: MaskedSource, examples: int, bar: Progress, task: TaskID) -> Counted:
    classes = len(segmenter.model.classes)
    made = Counted()
    worst: list[tuple[float, int, Shown]] = []
    for number, one in enumerate(source.pictures):
        bar.advance(task)
        read = read_masked(source, one)
        if isinstance(read, LabelFault):
            made.faults.append(read)
            continue
        picture, expected = read
        given = classes_of(segmenter, picture)
        made.by_group.setdefault(one.group, Tally.empty(classes)).add(expected, given)
        known = expected > 0
        wrong = float((((expected >> given) & 1) == 0)[known].mean())
        entry = wrong, -number, Shown(one.name, wrong, picture, expected, given)
        if len(worst) < examples:
            heapq.heappush(worst, entry)
        elif examples:
            heapq.heappushpop(worst, entry)
    made.worst = [shown for _, _, shown in sorted(worst, key=lambda one: one[:2], reverse=True)]
    return made


def _tables(
    name: str, classes: Sequence[str], sources: Sequence[MaskedSource], counted: dict[tuple[str, str], Counted]
) -> list[AreaTable]:
    made = []
    for kind in KINDS:
        own = [source for source in sources if source.kind == kind and counted[name, source.name].by_group]
        groups = {
            f"{source.name}/{group}": tally
            for source in own
            for group, tally in counted[name, source.name].by_group.items()
        }
        if own:
            made.append(_table(name, kind, None, classes, groups))
        made += [_table(name, kind, source.name, classes, counted[name, source.name].by_group) for source in own]
    return made


def _table(
    model: str, kind: FootageKind, source: str | None, classes: Sequence[str], by_group: dict[str, Tally]
) -> AreaTable:
    groups = [by_group[name] for name in sorted(by_group)]
    total = Tally.total(groups, len(classes))
    intervals = iou_intervals(groups, len(classes))
    metrics = {
        name: AreaMetrics(
            pictures=int(total.pictures[number]),
            groups=sum(int(one.pictures[number] > 0) for one in groups),
            pixels=int(total.confusion[number].sum()),
            iou=round(iou, 4),
            iou_interval=intervals[number],
            precision=_rounded(total.precision(number)),
            recall=round(total.recall(number) or 0.0, 4),
        )
        for number, name in enumerate(classes)
        if (iou := total.iou(number)) is not None
    }
    ious = [one.iou for one in metrics.values()]
    return AreaTable(
        model=model,
        kind=kind,
        source=source,
        pictures=total.seen,
        classes=metrics,
        mean_iou=round(float(np.mean(ious)), 4) if ious else None,
        consistency=_rounded(total.consistency),
        confusion={name: _shares(total.confusion[number]) for number, name in enumerate(classes)},
    )


def iou_intervals(groups: Sequence[Tally], classes: int) -> list[Interval | None]:
    """95 % interval of each class's intersection over union, by drawing groups with replacement.

    Method: percentile bootstrap (Efron, 1979). None where fewer than two groups hold the class.
    """
    hit = np.array([np.diag(one.confusion) for one in groups], np.float64)
    union = np.array(
        [one.confusion.sum(axis=1) + one.confusion.sum(axis=0) + one.ruled_out for one in groups], np.float64
    )
    union -= hit
    expected = np.array([one.confusion.sum(axis=1) for one in groups], np.float64)
    draws = np.random.default_rng(SEED)
    weights = np.array(
        [np.bincount(draws.integers(0, len(groups), len(groups)), minlength=len(groups)) for _ in range(RESAMPLES)],
        np.float64,
    )
    hits, unions, there = weights @ hit, weights @ union, weights @ expected
    found: list[Interval | None] = []
    for number in range(classes):
        if np.count_nonzero(expected[:, number]) < 2:
            found.append(None)
            continue
        drawn = there[:, number] > 0
        low, high = np.percentile(hits[drawn, number] / unions[drawn, number], [2.5, 97.5])
        found.append((round(float(low), 4), round(float(high), 4)))
    return found


def _shares(row: npt.NDArray[np.int64]) -> list[float] | None:
    total = int(row.sum())
    return [round(float(value) / total, 4) for value in row] if total else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _note(name: str, segmenter: Segmenter) -> SegmenterNote:
    model = segmenter.model
    return SegmenterNote(
        name=name, sha256=sha256_of(model.file), computed=segmenter.runtime.name, classes=list(model.classes)
    )


def _source_note(source: MaskedSource, counted: Sequence[Counted]) -> MaskSourceNote:
    first = counted[0]
    return MaskSourceNote(
        name=source.name,
        kind=source.kind,
        licence=source.licence,
        path=source.path,
        pictures=sum(one.seen for one in first.by_group.values()),
        groups=len(first.by_group),
        faults=[
            FaultNote(file=fault.file, problem=fault.problem, message=fault.message)
            for fault in [*source.faults, *first.faults]
        ],
    )


def _not_on_real(segmenters: Sequence[Segmenter], tables: Sequence[AreaTable]) -> list[str]:
    real = {name for table in tables if table.kind == "real" for name in table.classes}
    names = dict.fromkeys(name for one in segmenters for name in one.model.classes)
    return [name for name in names if name not in real]
