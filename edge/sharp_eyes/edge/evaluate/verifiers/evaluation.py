"""What ``sharp-eyes-edge evaluate verifier`` does: cut out things and mistakes, look, count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.detectors.box_matching import MATCH, overlaps, to_pixels
from sharp_eyes.edge.evaluate.detectors.datasets import DatasetOptions, open_source
from sharp_eyes.edge.evaluate.detectors.inference import ClipReader, frame_of
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, LabelledSource, limited, renamed
from sharp_eyes.edge.evaluate.detectors.schema import FaultNote
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.notes import variant_note
from sharp_eyes.edge.evaluate.events.suite import Suite
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, variants_of
from sharp_eyes.edge.evaluate.report.intervals import exact_share_interval
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind
from sharp_eyes.edge.evaluate.verifiers.schema import VerifiedSourceNote, VerifierReport, VerifierRow
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.verifier import CONTEXTS, Glimpse, look
from sharp_eyes.edge.frame import Frame, Picture

APART = 0.1
"""Overlap with a labelled thing of its class below which a detector's box is a mistake; between this and a match it
is neither."""
CAMERA = "evaluate"
STEP = 0.5
"""Seconds between two looks at a clip with its truth."""


@dataclass(frozen=True, slots=True)
class VerifierOptions:
    """What the command line asks for; each field is the option of its name."""

    model: str | None
    data: Sequence[Path]
    score: float | None
    limit: int | None
    runtime: str


@dataclass(slots=True)
class Tally:
    """What was counted of one class: things that are found and those kept, mistakes and those refused."""

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
    memory = InferenceMemory(None, Recordings())
    variant = variants_of([options.model] if options.model else [], [], Suite("", ()), options.runtime)[0]
    if options.score is not None:
        variant = replace(
            variant, model=variant.model.model_copy(update={"threshold": options.score, "thresholds": {}})
        )
    detectors = OpenedVariants(memory).detectors(variant)
    judged = [name for name in detectors.classes if detectors.limit_of(name) is not None]
    detectors.serve(CAMERA, judged)
    sources = list(_sources(options, detectors.classes))
    notes, counted = [], {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        for source in sources:
            own = [name for name in source.labelled if name in judged]
            task = bar.add_task(source.name, total=len(source.pictures))
            faults, tallies, clip = list(source.faults), defaultdict[str, Tally](Tally), ClipReader(STEP)
            for picture in source.pictures:
                fault = _count(picture, own, detectors, clip, tallies)
                faults += [fault] if fault and fault not in faults else []
                bar.advance(task)
            bar.remove_task(task)
            counted[source.name] = dict(tallies)
            notes.append(_note(source, own, faults))
    return VerifierReport(
        program=version("sharp-eyes"),
        networks=variant_note(variant, detectors).networks,
        score=options.score,
        sources=notes,
        rows=[row for kind in KINDS for row in _rows(kind, sources, counted, detectors)],
    )


def _sources(options: VerifierOptions, classes: Sequence[str]) -> Iterable[LabelledSource]:
    names: set[str] = set()
    for path in options.data:
        source, own_map = open_source(path, DatasetOptions(step=STEP))
        if source.name in names:
            raise ConfigError(
                f"--data {path}: a source named {source.name!r} is there already; set `source` in data.yaml"
            )
        names.add(source.name)
        yield limited(renamed(source, own_map, classes), options.limit)


def _count(
    picture: LabelledPicture,
    judged: Sequence[str],
    detectors: Detectors,
    clip: ClipReader,
    tallies: dict[str, Tally],
) -> LabelFault | None:
    """Count one picture; what is wrong with it where it cannot be read."""
    try:
        frame = frame_of(picture, clip)
    except SourceError as error:
        return LabelFault(str(picture.path), "unreadable clip", str(error))
    except OSError as error:
        return LabelFault(picture.name, "unreadable picture", f"{picture.path}: {error.strerror}")
    if frame is None:
        return LabelFault(picture.name, "unreadable picture", f"{picture.path}: cannot be decoded")
    shown = frame.picture()
    found = detectors.detect([Frame.of_picture(CAMERA, 0.0, shown)])[0]
    limits = np.array([detectors.thresholds.of(found.names[number]) for number in found.classes])
    for name in judged:
        things = to_pixels(picture.boxes_of(name), frame.width, frame.height)
        beside = np.concatenate([things, to_pixels(picture.ignored_for(name), frame.width, frame.height)])
        own = found.boxes[(found.classes == found.names.index(name)) & (found.scores >= limits)]
        right = own[overlaps(np.asarray(own, np.float64), things).max(axis=1, initial=0) >= MATCH]
        wrong = own[overlaps(np.asarray(own, np.float64), beside).max(axis=1, initial=0) < APART]
        tally = tallies[name]
        tally.things += len(right)
        tally.kept += sum(_borne_out(detectors, name, shown, box) for box in right)
        tally.mistakes += len(wrong)
        tally.refused += sum(not _borne_out(detectors, name, shown, box) for box in wrong)
    return None


def _borne_out(detectors: Detectors, name: str, picture: Picture, box: npt.NDArray[np.floating]) -> bool:
    x1, y1, x2, y2 = (float(value) for value in box)
    limit = detectors.limit_of(name)
    return limit is None or look(detectors, name, [Glimpse(picture, (x1, y1, x2, y2), CONTEXTS)])[0] >= limit


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
    kind: FootageKind, sources: Sequence[LabelledSource], counted: dict[str, Counted], detectors: Detectors
) -> list[VerifierRow]:
    own = [source for source in sources if source.kind == kind]
    together: Counted = defaultdict(Tally)
    rows = []
    for source in own:
        for name, tally in counted[source.name].items():
            together[name].add(tally)
            rows.append(_row(kind, source.name, name, tally, detectors.limit_of(name) or 0.0))
    return [_row(kind, None, name, tally, detectors.limit_of(name) or 0.0) for name, tally in together.items()] + rows


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
