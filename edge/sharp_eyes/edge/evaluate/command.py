"""What ``sharp-eyes-edge evaluate detector`` does: read, look, measure, report."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.cache import Cache, default_folder
from sharp_eyes.edge.evaluate.datasets import How, Split, open_source
from sharp_eyes.edge.evaluate.examples import Example, worst
from sharp_eyes.edge.evaluate.looking import FLOOR, Judged, Looks, look, open_model
from sharp_eyes.edge.evaluate.matching import MATCH
from sharp_eyes.edge.evaluate.measure import Measured, Thresholds, false_frames_of, table_of
from sharp_eyes.edge.evaluate.negatives import open_negatives
from sharp_eyes.edge.evaluate.precision import RESAMPLES, SEED
from sharp_eyes.edge.evaluate.report import (
    FaultNote,
    ModelNote,
    Negative,
    Report,
    SettingsNote,
    SourceNote,
    Table,
)
from sharp_eyes.edge.evaluate.source import Kind, Source, plain, renamed
from sharp_eyes.edge.extract.model import MANIFEST

KINDS: tuple[Kind, ...] = ("real", "rendered")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; each field is the option of its name."""

    models: Sequence[str]
    data: Sequence[Path]
    mapping: dict[str, str]
    names: list[str] | None
    pictures: Path | None
    split: Split | None
    rendered: Sequence[str]
    negatives: Sequence[Path]
    absent: Sequence[str]
    step: float
    threshold: float | None
    limit: int | None
    runtime: str
    cache: Path | None
    examples: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report and the mistakes that its page shows, by model."""

    report: Report
    examples: dict[str, list[Example]]


def evaluate(wish: Wish, console: Console) -> Outcome:
    """Measure; shows its progress on the console.

    Raises:
        EdgeError: a model, a data set or an option cannot be used.
    """
    if not wish.data and not wish.negatives:
        raise ConfigError("nothing to measure on: give --data with labelled pictures, --negatives, or both")
    models = open_models(wish)
    classes = list(dict.fromkeys(name for model in models for name in model.classes))
    with _opened(wish.cache) as cache:
        sources = [_limited(source, wish.limit) for source in _sources(wish, classes)]
        negatives = _negatives(wish, classes, cache)
        _check_rendered(wish, [*sources, *negatives])
        found = _look_at_all(models, [*sources, *negatives], cache, wish.step, console)
    return _measure(wish, models, sources, negatives, found)


def open_models(wish: Wish) -> list[Judged]:
    """The models, each with a name of its own."""
    models: list[Judged] = []
    for given in wish.models or [""]:
        place, _, precision = given.partition("@")
        path = Path(place) if place else None
        manifest = path / MANIFEST if path is not None and path.is_dir() else path
        model = open_model(manifest, precision or None, wish.runtime)
        if any(model.name == other.name for other in models):
            model = replace(model, name=f"{model.name} ({place})")
        if any(model.name == other.name for other in models):
            raise ConfigError(f"--model {given}: stands twice")
        models.append(model)
    return models


@contextmanager
def _opened(folder: Path | None) -> Iterator[Cache]:
    cache = Cache(folder or default_folder())
    try:
        yield cache
    finally:
        cache.close()


def _sources(wish: Wish, classes: Sequence[str]) -> list[Source]:
    sources: list[Source] = []
    how = How(wish.names, wish.pictures, wish.step, wish.split)
    for path in wish.data:
        source, own_map = open_source(path, how)
        if source.name in wish.rendered:
            source = replace(source, kind="rendered")
        if any(source.name == other.name for other in sources):
            raise ConfigError(
                f"--data {path}: a source named {source.name!r} is there already; set `source` in data.yaml"
            )
        sources.append(renamed(source, {**own_map, **wish.mapping}, classes))
    return sources


def _negatives(wish: Wish, classes: Sequence[str], cache: Cache) -> list[Source]:
    by_plain = {plain(name): name for name in classes}
    absent = []
    for name in wish.absent:
        if plain(name) not in by_plain:
            raise ConfigError(f"--absent {name}: no model has such a class; there are {', '.join(classes)}")
        absent.append(by_plain[plain(name)])
    chosen = tuple(absent or classes)
    found = [open_negatives(path, "real", chosen, wish.step, cache) for path in wish.negatives]
    return [
        replace(source, kind="rendered" if source.name in wish.rendered else "real")
        for source in (_limited(one, wish.limit) for one in found)
    ]


def _check_rendered(wish: Wish, sources: Sequence[Source]) -> None:
    if strange := sorted(set(wish.rendered) - {source.name for source in sources}):
        known = ", ".join(source.name for source in sources)
        raise ConfigError(f"--rendered {strange[0]}: no source of that name; there are {known}")


def _limited(source: Source, limit: int | None) -> Source:
    """At most ``limit`` pictures, spread evenly over the source."""
    count = len(source.pictures)
    if limit is None or count <= limit:
        return source
    return replace(source, pictures=tuple(source.pictures[index * count // limit] for index in range(limit)))


Found = dict[tuple[str, str], Looks]
"""What each model found in each source, by their names."""


def _look_at_all(
    models: Sequence[Judged], sources: Sequence[Source], cache: Cache, step: float, console: Console
) -> Found:
    found: Found = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        for model in models:
            for source in sources:
                task = bar.add_task(f"{model.name} · {source.name}", total=len(source.pictures))
                found[model.name, source.path] = look(model, source, cache, step, _advance(bar, task))
                bar.remove_task(task)
    return found


def _advance(bar: Progress, task: TaskID) -> Callable[[], None]:
    def advance() -> None:
        bar.advance(task)

    return advance


def thresholds_of(model: Judged, threshold: float | None) -> Thresholds:
    """The threshold of each class: the one asked for, or the model's own."""
    return {name: model.detector.thresholds.of(name) if threshold is None else threshold for name in model.classes}


def _measure(
    wish: Wish, models: Sequence[Judged], sources: Sequence[Source], negatives: Sequence[Source], found: Found
) -> Outcome:
    shared = [name for name in models[0].classes if all(name in model.classes for model in models)]
    tables: list[Table] = []
    frames: list[Negative] = []
    examples: dict[str, list[Example]] = {}
    for model in models:
        limits = thresholds_of(model, wish.threshold)
        own = [(source, found[model.name, source.path]) for source in sources]
        none = [(source, found[model.name, source.path]) for source in negatives]
        tables.extend(_tables(model, own, limits, shared))
        frames.extend(_false_frames(model, none, limits))
        examples[model.name] = [
            example
            for kind in KINDS
            for name in model.classes
            for example in worst(model, _of(kind, [*own, *none]), name, limits[name], wish.examples)
        ]
    report = Report(
        program=version("sharp-eyes"),
        settings=SettingsNote(
            overlap=MATCH,
            floor=FLOOR,
            threshold=wish.threshold,
            limit=wish.limit,
            resamples=RESAMPLES,
            seed=SEED,
            step=wish.step,
        ),
        models=[_model_note(model, wish) for model in models],
        sources=[_source_note(source, models, found) for source in sources],
        negatives=[_source_note(source, models, found) for source in negatives],
        tables=tables,
        false_frames=sorted(frames, key=lambda row: (row.kind, row.source or "")),
        shared_classes=shared,
        not_measured_on_real=_not_on_real(models, tables),
    )
    return Outcome(report, examples)


def _of(kind: Kind, measured: Measured) -> Measured:
    return [pair for pair in measured if pair[0].kind == kind]


def _tables(model: Judged, own: Measured, limits: Thresholds, shared: Sequence[str]) -> list[Table]:
    made = []
    for kind in KINDS:
        of_kind = _of(kind, own)
        if of_kind:
            made.append(table_of(model, of_kind, limits, kind, None, shared))
        made.extend(table_of(model, [pair], limits, kind, pair[0].name, shared) for pair in of_kind)
    return made


def _false_frames(model: Judged, none: Measured, limits: Thresholds) -> list[Negative]:
    made = []
    for kind in KINDS:
        of_kind = _of(kind, none)
        if len(of_kind) > 1:
            frames = false_frames_of(model, of_kind, limits)
            made.append(Negative(model=model.name, kind=kind, source=None, frames=frames))
        for pair in of_kind:
            frames = false_frames_of(model, [pair], limits)
            made.append(Negative(model=model.name, kind=kind, source=pair[0].name, frames=frames))
    return made


def _model_note(model: Judged, wish: Wish) -> ModelNote:
    return ModelNote(
        name=model.name,
        manifest=str(model.manifest),
        sha256=model.sha256,
        precision=model.precision,
        runtime=wish.runtime,
        thresholds=thresholds_of(model, wish.threshold),
    )


def _source_note(source: Source, models: Sequence[Judged], found: Found) -> SourceNote:
    faults = {fault.file: fault for model in models for fault in found[model.name, source.path].faults}
    known = {name for model in models for name in model.classes}
    notes = [
        FaultNote(file=fault.file, problem=fault.problem, message=fault.message)
        for fault in [*source.faults, *faults.values()]
    ]
    return SourceNote(
        name=source.name,
        kind=source.kind,
        licence=source.licence,
        path=source.path,
        form=source.form,
        pictures=len(source.pictures) - len(faults),
        unlabelled_files=source.unlabelled_files,
        labelled=[name for name in source.labelled if name in known],
        foreign=sorted(set(source.labelled) - known),
        objects=source.objects(),
        mapping={old: new for old, new in source.mapping.items() if old != new},
        faults=notes,
    )


def _not_on_real(models: Sequence[Judged], tables: Sequence[Table]) -> list[str]:
    """Classes of any model for which no real labelled object was measured."""
    real = {
        name for table in tables if table.kind == "real" for name, figures in table.classes.items() if figures.objects
    }
    return list(dict.fromkeys(name for model in models for name in model.classes if name not in real))
