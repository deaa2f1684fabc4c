"""What an evaluation says, as written to ``report.json``. The form is documented in docs/evaluator.md."""

from typing import Literal

from sharp_eyes.edge.evaluate.report.model import CurvePoint, FootageKind, Interval, ReportModel

FORMAT: Literal["sharp-eyes-detector-evaluation"] = "sharp-eyes-detector-evaluation"
VERSION: Literal[1] = 1
"""Goes up when a reader of an older report would misread a newer one; new keys alone do not count."""

FALSE_FRAMES_PER = 200
"""Pictures without an object that false frames are reckoned for."""


class SettingsNote(ReportModel):
    """How it was measured."""

    overlap: float
    floor: float
    threshold: float | None
    limit: int | None
    resamples: int
    seed: int
    step: float
    tiles: int


class EvaluatedModelNote(ReportModel):
    """A model that was measured."""

    name: str
    manifest: str
    sha256: str
    precision: str
    runtime: str
    thresholds: dict[str, float]


class FaultNote(ReportModel):
    """Something that was left out."""

    file: str
    problem: str
    message: str


NotJudged = Literal["nothing_readable", "no_class_of_a_model"]
"""Why nothing could be judged on a source."""


class SourceNote(ReportModel):
    """A data set that was measured on."""

    name: str
    kind: FootageKind
    licence: str
    path: str
    form: str
    pictures: int
    unlabelled_files: int
    labelled: list[str]
    foreign: list[str]
    objects: dict[str, int]
    mapping: dict[str, str]
    faults: list[FaultNote]
    not_judged: NotJudged | None = None


class Band(ReportModel):
    """Objects of one band of heights, in pixels of the network's input; ``below`` null means no upper end."""

    at_least: int
    below: int | None
    objects: int
    hits: int


class ScoreBin(ReportModel):
    """Detections with a score from ``at_least`` to ``below``: how many there are, and what share of them is right."""

    at_least: float
    below: float
    detections: int
    right: int
    mean_score: float
    precision: float
    interval: Interval


class Calibration(ReportModel):
    """Whether scores mean what they say; ``expected_error`` rests on the ``counted`` detections from 0.1 on."""

    bins: list[ScoreBin]
    counted: int
    expected_error: float | None


class ClassMetrics(ReportModel):
    """One class, one model, one set of pictures. What cannot be said is null."""

    pictures: int
    with_objects: int
    objects: int
    groups: int
    threshold: float
    ap50: float | None
    ap50_interval: Interval | None
    ap50_95: float | None
    precision: float | None
    recall: float | None
    recall_interval: Interval | None
    f1: float | None
    hits: int
    false_alarms: int
    misses: int
    negatives: int
    false_frames: int
    false_frames_per_200: float | None
    by_height: list[Band]
    curve: list[CurvePoint]
    calibration: Calibration | None


class Mean(ReportModel):
    """Means over the classes that have objects; ``over`` says which those are."""

    over: list[str]
    ap50: float | None
    ap50_95: float | None
    precision: float | None
    recall: float | None
    f1: float | None


class Confusion(ReportModel):
    """Objects (rows) against what they were taken for (columns), at the threshold.

    The last row counts false alarms on background, the last column objects not found. ``foreign`` rows are
    labelled objects of classes that the model does not have.
    """

    rows: list[str]
    columns: list[str]
    foreign: list[str]
    counts: list[list[int]]


class ClassTable(ReportModel):
    """One model on one source, or on all sources of a kind (``source`` null)."""

    model: str
    kind: FootageKind
    source: str | None
    classes: dict[str, ClassMetrics]
    mean: Mean
    shared_mean: Mean
    confusion: Confusion


class FalseFrames(ReportModel):
    """False alarms of one model in looks without any object of the class; ``any`` counts a look once.

    The intervals (95 %) take the looks for independent; those of one clip are not, so they are the least doubt.
    """

    looks: int
    classes: dict[str, int]
    any: int
    per_200: dict[str, float]
    any_per_200: float
    intervals_per_200: dict[str, Interval]
    any_interval_per_200: Interval


class NegativeRow(ReportModel):
    """One folder or clip without objects (``source`` null: all of a kind), and one model."""

    model: str
    kind: FootageKind
    source: str | None
    frames: FalseFrames


class AtThreshold(ReportModel):
    """What one threshold gives: false alarms, their rate in the budget's own measure, and the recall that is left."""

    threshold: float
    alarms: int
    rate: float
    interval: Interval
    recall: float | None
    recall_interval: Interval | None


class BudgetRow(ReportModel):
    """The threshold that keeps a budget of false alarms, for one class of one model on one kind of looks.

    ``allowed`` false alarms in ``per`` hours or looks (``unit``); ``amount`` of them were looked at. ``likely`` keeps
    the budget as counted, ``sure`` with all that the 95 % interval leaves open; null where no threshold does. With
    fewer than ``needed`` hours or looks not even a count of zero could be sure.
    """

    model: str
    kind: FootageKind
    class_name: str
    budget: str
    unit: Literal["hours", "looks"]
    per: float
    allowed: float
    amount: float
    looks: int
    needed: float
    present: AtThreshold
    likely: AtThreshold | None
    sure: AtThreshold | None


class DetectorReport(ReportModel):
    """A whole evaluation."""

    format: Literal["sharp-eyes-detector-evaluation"] = FORMAT
    version: Literal[1] = VERSION
    program: str
    settings: SettingsNote
    models: list[EvaluatedModelNote]
    sources: list[SourceNote]
    negatives: list[SourceNote]
    tables: list[ClassTable]
    false_frames: list[NegativeRow]
    budgets: list[BudgetRow]
    shared_classes: list[str]
    not_measured_on_real: list[str]

    @property
    def complete(self) -> bool:
        """Whether everything that was given could be judged."""
        return not any(source.faults or source.not_judged for source in (*self.sources, *self.negatives))
