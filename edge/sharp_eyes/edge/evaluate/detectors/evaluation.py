"""What ``sharp-eyes-edge evaluate detector`` does: read, look, measure, report."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.average_precision import RESAMPLES, SEED
from sharp_eyes.edge.evaluate.detectors.box_matching import MATCH
from sharp_eyes.edge.evaluate.detectors.budget import budget_rows, check_budget, parse_budget
from sharp_eyes.edge.evaluate.detectors.class_names import check_mapped_names, check_model_names
from sharp_eyes.edge.evaluate.detectors.datasets import DatasetOptions, Split, open_source
from sharp_eyes.edge.evaluate.detectors.detection_cache import DetectionCache, default_folder
from sharp_eyes.edge.evaluate.detectors.examples import Example, worst
from sharp_eyes.edge.evaluate.detectors.inference import (
    FLOOR,
    EvaluatedModel,
    SourceDetections,
    detect_source,
    open_model,
)
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledSource, limited, plain, renamed
from sharp_eyes.edge.evaluate.detectors.metrics import ClassThresholds, Measured, false_frames_of, table_of
from sharp_eyes.edge.evaluate.detectors.negatives import open_negatives
from sharp_eyes.edge.evaluate.detectors.schema import (
    BudgetRow,
    ClassTable,
    DetectorReport,
    EvaluatedModelNote,
    FaultNote,
    NegativeRow,
    NotJudged,
    SettingsNote,
    SourceNote,
)
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind
from sharp_eyes.edge.extract.model import MANIFEST


@dataclass(frozen=True, slots=True)
class DetectorEvaluationOptions:
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
    budget: str | None = None
    tiles: int = 1


@dataclass(frozen=True, slots=True)
class DetectorEvaluation:
    """A report and the mistakes that its page shows, by model."""

    report: DetectorReport
    examples: dict[str, list[Example]]


def evaluate_detectors(options: DetectorEvaluationOptions, console: Console) -> DetectorEvaluation:
    """Measure; shows its progress on the console.

    Raises:
        EdgeError: a model, a data set or an option cannot be used.
    """
    if not options.data and not options.negatives:
        raise ConfigError("nothing to measure on: give --data with labelled pictures, --negatives, or both")
    budget = None if options.budget is None else parse_budget(options.budget)
    models = open_models(options)
    classes = list(dict.fromkeys(name for model in models for name in model.classes))
    with _opened(options.cache) as cache:
        sources = [limited(source, options.limit) for source in _sources(options, classes)]
        negatives = _negatives(options, classes, cache)
        if budget is not None:
            check_budget(budget, negatives)
        _check_rendered(options, [*sources, *negatives])
        found = _look_at_all(models, [*sources, *negatives], cache, options.step, console)
    return _measure(options, models, sources, negatives, found)


def open_models(options: DetectorEvaluationOptions) -> list[EvaluatedModel]:
    """The models, each with a name of its own."""
    models: list[EvaluatedModel] = []
    for given in options.models or [""]:
        place, _, precision = given.partition("@")
        path = Path(place) if place else None
        manifest = path / MANIFEST if path is not None and path.is_dir() else path
        model = open_model(manifest, precision or None, options.runtime, options.tiles)
        if any(model.name == other.name for other in models):
            model = replace(model, name=f"{model.name} ({place})")
        if any(model.name == other.name for other in models):
            raise ConfigError(f"--model {given}: stands twice")
        models.append(model)
    return models


@contextmanager
def _opened(folder: Path | None) -> Iterator[DetectionCache]:
    cache = DetectionCache(folder or default_folder())
    try:
        yield cache
    finally:
        cache.close()


def _sources(options: DetectorEvaluationOptions, classes: Sequence[str]) -> list[LabelledSource]:
    sources: list[LabelledSource] = []
    there: set[str] = set()
    how = DatasetOptions(options.names, options.pictures, options.step, options.split)
    for path in options.data:
        source, own_map = open_source(path, how)
        if source.name in options.rendered:
            source = replace(source, kind="rendered")
        if any(source.name == other.name for other in sources):
            raise ConfigError(
                f"--data {path}: a source named {source.name!r} is there already; set `source` in data.yaml"
            )
        check_model_names(f"{path}: map", own_map, classes)
        sources.append(renamed(source, {**own_map, **options.mapping}, classes))
        there.update(source.known or source.labelled)
    check_mapped_names("--map", options.mapping, there)
    check_model_names("--map", options.mapping, classes)
    return sources


def _negatives(
    options: DetectorEvaluationOptions, classes: Sequence[str], cache: DetectionCache
) -> list[LabelledSource]:
    by_plain = {plain(name): name for name in classes}
    absent = []
    for name in options.absent:
        if plain(name) not in by_plain:
            raise ConfigError(f"--absent {name}: no model has such a class; there are {', '.join(classes)}")
        absent.append(by_plain[plain(name)])
    chosen = tuple(absent or classes)
    found = [open_negatives(path, "real", chosen, options.step, cache) for path in options.negatives]
    return [
        replace(source, kind="rendered" if source.name in options.rendered else "real")
        for source in (limited(one, options.limit) for one in found)
    ]


def _check_rendered(options: DetectorEvaluationOptions, sources: Sequence[LabelledSource]) -> None:
    if strange := sorted(set(options.rendered) - {source.name for source in sources}):
        known = ", ".join(source.name for source in sources)
        raise ConfigError(f"--rendered {strange[0]}: no source of that name; there are {known}")


Found = dict[tuple[str, str], SourceDetections]
"""What each model found in each source, by their names."""


def _look_at_all(
    models: Sequence[EvaluatedModel],
    sources: Sequence[LabelledSource],
    cache: DetectionCache,
    step: float,
    console: Console,
) -> Found:
    found: Found = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        for model in models:
            for source in sources:
                task = bar.add_task(f"{model.name} · {source.name}", total=len(source.pictures))
                found[model.name, source.path] = detect_source(model, source, cache, step, _advance(bar, task))
                bar.remove_task(task)
    return found


def _advance(bar: Progress, task: TaskID) -> Callable[[], None]:
    def advance() -> None:
        bar.advance(task)

    return advance


def thresholds_of(model: EvaluatedModel, threshold: float | None) -> ClassThresholds:
    """The threshold of each class: the one asked for, or the model's own."""
    return {name: model.detector.thresholds.of(name) if threshold is None else threshold for name in model.classes}


def _measure(
    options: DetectorEvaluationOptions,
    models: Sequence[EvaluatedModel],
    sources: Sequence[LabelledSource],
    negatives: Sequence[LabelledSource],
    found: Found,
) -> DetectorEvaluation:
    shared = [name for name in models[0].classes if all(name in model.classes for model in models)]
    tables: list[ClassTable] = []
    frames: list[NegativeRow] = []
    budgets: list[BudgetRow] = []
    examples: dict[str, list[Example]] = {}
    for model in models:
        limits = thresholds_of(model, options.threshold)
        own = [(source, found[model.name, source.path]) for source in sources]
        none = [(source, found[model.name, source.path]) for source in negatives]
        tables.extend(_tables(model, own, limits, shared))
        frames.extend(_false_frames(model, none, limits))
        budgets.extend(_budgets(model, own, none, limits, options))
        examples[model.name] = [
            example
            for kind in KINDS
            for name in model.classes
            for example in worst(model, _of(kind, [*own, *none]), name, limits[name], options.examples)
        ]
    report = DetectorReport(
        program=version("sharp-eyes"),
        settings=SettingsNote(
            overlap=MATCH,
            floor=FLOOR,
            threshold=options.threshold,
            limit=options.limit,
            resamples=RESAMPLES,
            seed=SEED,
            step=options.step,
            tiles=options.tiles,
        ),
        models=[_model_note(model, options) for model in models],
        sources=[_source_note(source, models, found) for source in sources],
        negatives=[_source_note(source, models, found) for source in negatives],
        tables=tables,
        false_frames=sorted(frames, key=lambda row: (row.kind, row.source or "")),
        budgets=budgets,
        shared_classes=shared,
        not_measured_on_real=_not_on_real(models, tables),
    )
    return DetectorEvaluation(report, examples)


def _of(kind: FootageKind, measured: Measured) -> Measured:
    return [pair for pair in measured if pair[0].kind == kind]


def _tables(model: EvaluatedModel, own: Measured, limits: ClassThresholds, shared: Sequence[str]) -> list[ClassTable]:
    made = []
    for kind in KINDS:
        of_kind = _of(kind, own)
        if of_kind:
            made.append(table_of(model, of_kind, limits, kind, None, shared))
        made.extend(table_of(model, [pair], limits, kind, pair[0].name, shared) for pair in of_kind)
    return made


def _false_frames(model: EvaluatedModel, none: Measured, limits: ClassThresholds) -> list[NegativeRow]:
    made = []
    for kind in KINDS:
        of_kind = _of(kind, none)
        if len(of_kind) > 1:
            frames = false_frames_of(model, of_kind, limits)
            made.append(NegativeRow(model=model.name, kind=kind, source=None, frames=frames))
        for pair in of_kind:
            frames = false_frames_of(model, [pair], limits)
            made.append(NegativeRow(model=model.name, kind=kind, source=pair[0].name, frames=frames))
    return made


def _budgets(
    model: EvaluatedModel, own: Measured, none: Measured, limits: ClassThresholds, options: DetectorEvaluationOptions
) -> list[BudgetRow]:
    if options.budget is None:
        return []
    budget = parse_budget(options.budget)
    return [
        row
        for kind in KINDS
        for row in budget_rows(model, kind, _of(kind, own), _of(kind, none), limits, budget, options.step)
    ]


def _model_note(model: EvaluatedModel, options: DetectorEvaluationOptions) -> EvaluatedModelNote:
    return EvaluatedModelNote(
        name=model.name,
        manifest=str(model.manifest),
        sha256=model.sha256,
        precision=model.precision,
        runtime=options.runtime,
        thresholds=thresholds_of(model, options.threshold),
    )


def _source_note(source: LabelledSource, models: Sequence[EvaluatedModel], found: Found) -> SourceNote:
    faults = {fault.file: fault for model in models for fault in found[model.name, source.path].faults}
    known = {name for model in models for name in model.classes}
    seen = set.intersection(*(set(found[model.name, source.path].seen) for model in models))
    labelled = [name for name in source.labelled if name in known]
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
        pictures=len(seen),
        unlabelled_files=source.unlabelled_files,
        labelled=labelled,
        foreign=sorted(set(source.labelled) - known),
        objects=source.objects(),
        mapping={old: new for old, new in source.mapping.items() if old != new},
        faults=notes,
        not_judged=_why_not_judged(source, len(seen), labelled),
    )


def _why_not_judged(source: LabelledSource, seen: int, labelled: Sequence[str]) -> NotJudged | None:
    if not seen:
        return "nothing_readable"
    return None if labelled else "no_class_of_a_model"


def _not_on_real(models: Sequence[EvaluatedModel], tables: Sequence[ClassTable]) -> list[str]:
    """Classes of any model for which no real labelled object was measured."""
    real = {
        name for table in tables if table.kind == "real" for name, figures in table.classes.items() if figures.objects
    }
    return list(dict.fromkeys(name for model in models for name in model.classes if name not in real))
