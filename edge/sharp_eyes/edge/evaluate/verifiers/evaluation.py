"""What ``sharp-eyes-edge evaluate verifier`` does: cut out things and mistakes, look, count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.detectors.box_matching import overlaps, to_pixels
from sharp_eyes.edge.evaluate.detectors.datasets import DatasetOptions, open_source
from sharp_eyes.edge.evaluate.detectors.inference import ClipReader, frame_of
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, LabelledSource, renamed
from sharp_eyes.edge.evaluate.detectors.schema import FaultNote
from sharp_eyes.edge.evaluate.report.intervals import exact_share_interval
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind
from sharp_eyes.edge.evaluate.verifiers.schema import VerifiedSourceNote, VerifierNote, VerifierReport, VerifierRow
from sharp_eyes.edge.extract.crops import Box, square_around
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.model import MANIFEST, sha256_of
from sharp_eyes.edge.extract.verifier import Verifier
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

APART = 0.1
"""Overlap with a labelled thing of its class below which a detector's box is a mistake; between this and a match it
is neither."""
STEP = 0.5
"""Seconds between two looks at a clip with its truth."""


@dataclass(frozen=True, slots=True)
class VerifierOptions:
    """What the command line asks for; each field is the option of its name."""

    model: Path | None
    data: Sequence[Path]
    score: float | None
    limit: int | None


@dataclass(slots=True)
class Tally:
    """What was counted of one class: things and those kept, mistakes and those refused."""

    things: int = 0
    kept: int = 0
    mistakes: int = 0
    refused: int = 0

    def add(self, other: "Tally") -> None:
        """Count another's too."""
        self.things, self.kept = self.things + other.things, self.kept + other.kept
        self.mistakes, self.refused = self.mistakes + other.mistakes, self.refused + other.refused


Counted = dict[str, Tally]


def evaluate_verifier(options: VerifierOptions, console: Console) -> VerifierReport:
    """Measure; shows its progress on the console.

    Raises:
        EdgeError: a model, a data set or an option cannot be used.
    """
    if not options.data:
        raise ConfigError("nothing to measure on: give --data with labelled pictures")
    verifier = _verifier(options.model)
    wanted: dict[str, float] = {} if options.score is None else {"threshold": options.score}
    detectors = Detectors.open(ModelSettings.model_validate({"runtime": "onnxruntime", "precision": "fp32", **wanted}))
    judged = [name for name in detectors.classes if verifier.judges(name)]
    looked = detectors.serve("evaluate", judged)
    sources = list(_sources(options, detectors.classes))
    notes, counted = [], {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        for source in sources:
            own = [name for name in source.labelled if name in judged]
            task = bar.add_task(source.name, total=len(source.pictures))
            faults, tallies, clip = list(source.faults), defaultdict[str, Tally](Tally), ClipReader(STEP)
            for picture in source.pictures:
                fault = _count(picture, own, verifier, detectors, clip, tallies)
                faults += [fault] if fault else []
                bar.advance(task)
            bar.remove_task(task)
            counted[source.name] = dict(tallies)
            notes.append(_note(source, own, faults))
    manifest = verifier.model.manifest
    return VerifierReport(
        program=version("sharp-eyes"),
        verifier=VerifierNote(
            name=manifest.name,
            version=manifest.version,
            sha256=sha256_of(verifier.model.file),
            detectors=list(looked),
        ),
        score=options.score,
        sources=notes,
        rows=[row for kind in KINDS for row in _rows(kind, sources, counted, verifier)],
    )


def _verifier(given: Path | None) -> Verifier:
    if given is not None:
        return Verifier.read(given / MANIFEST if given.is_dir() else given)
    bundled = Verifier.open()
    if bundled is None:
        raise ConfigError("no verifier is bundled; name one with --model")
    return bundled


def _sources(options: VerifierOptions, classes: Sequence[str]) -> Iterable[LabelledSource]:
    names: set[str] = set()
    for path in options.data:
        source, own_map = open_source(path, DatasetOptions(step=STEP))
        if source.name in names:
            raise ConfigError(
                f"--data {path}: a source named {source.name!r} is there already; set `source` in data.yaml"
            )
        names.add(source.name)
        source = renamed(source, own_map, classes)
        pictures = source.pictures if options.limit is None else source.pictures[: options.limit]
        yield LabelledSource(
            source.name, source.kind, source.licence, source.path, source.form, source.labelled, pictures, source.faults
        )


def _count(
    picture: LabelledPicture,
    judged: Sequence[str],
    verifier: Verifier,
    detectors: Detectors,
    clip: ClipReader,
    tallies: dict[str, Tally],
) -> LabelFault | None:
    """Count one picture; what is wrong with it where it cannot be read."""
    try:
        frame = frame_of(picture, clip)
    except SourceError as error:
        return LabelFault(str(picture.path), "unreadable clip", str(error))
    if frame is None:
        return LabelFault(picture.name, "unreadable picture", f"{picture.path}: cannot be decoded")
    frame = Frame.of_picture("evaluate", 0.0, frame.picture())
    found = detectors.detect([frame])[0]
    limits = np.array([detectors.thresholds.of(found.names[number]) for number in found.classes])
    for name in judged:
        things = to_pixels(picture.boxes_of(name), frame.width, frame.height)
        beside = np.concatenate([things, to_pixels(picture.ignored_for(name), frame.width, frame.height)])
        own = found.boxes[(found.classes == found.names.index(name)) & (found.scores >= limits)]
        wrong = own[overlaps(np.asarray(own, np.float64), beside).max(axis=1, initial=0) < APART]
        tally = tallies[name]
        tally.things += len(things)
        tally.kept += sum(_borne_out(verifier, name, frame, box) for box in things)
        tally.mistakes += len(wrong)
        tally.refused += sum(not _borne_out(verifier, name, frame, box) for box in wrong)
    return None


def _borne_out(
    verifier: Verifier, name: str, frame: Frame, box: np.ndarray[tuple[int, ...], np.dtype[np.floating]]
) -> bool:
    x1, y1, x2, y2 = (float(value) for value in box)
    place: Box = (x1, y1, x2, y2)
    crop = square_around(frame.picture(), place, verifier.context, verifier.side)
    return verifier.look(name, [crop])[0] >= verifier.limit(name)


def _note(source: LabelledSource, judged: list[str], faults: Sequence[LabelFault]) -> VerifiedSourceNote:
    return VerifiedSourceNote(
        name=source.name,
        kind=source.kind,
        licence=source.licence,
        pictures=len(source.pictures),
        labelled=judged,
        faults=[FaultNote(file=fault.file, problem=fault.problem, message=fault.message) for fault in faults],
    )


def _rows(
    kind: FootageKind, sources: Sequence[LabelledSource], counted: dict[str, Counted], verifier: Verifier
) -> list[VerifierRow]:
    own = [source for source in sources if source.kind == kind]
    together: Counted = defaultdict(Tally)
    rows = []
    for source in own:
        for name, tally in counted[source.name].items():
            together[name].add(tally)
            rows.append(_row(kind, source.name, name, tally, verifier.limit(name)))
    return [_row(kind, None, name, tally, verifier.limit(name)) for name, tally in together.items()] + rows


def _row(kind: FootageKind, source: str | None, name: str, tally: Tally, limit: float) -> VerifierRow:
    return VerifierRow(
        kind=kind,
        source=source,
        class_name=name,
        limit=limit,
        things=tally.things,
        kept=tally.kept,
        kept_share=tally.kept / tally.things if tally.things else None,
        kept_interval=exact_share_interval(tally.kept, tally.things) if tally.things else None,
        mistakes=tally.mistakes,
        refused=tally.refused,
        refused_share=tally.refused / tally.mistakes if tally.mistakes else None,
        refused_interval=exact_share_interval(tally.refused, tally.mistakes) if tally.mistakes else None,
    )
