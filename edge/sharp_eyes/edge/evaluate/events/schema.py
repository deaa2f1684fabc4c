"""What a judgement of events says, as written to ``report.json``. The form is documented in docs/evaluator.md."""

from typing import Any, Literal

from sharp_eyes.contract.event import Grade, Measure
from sharp_eyes.edge.evaluate.events.event_matching import Verdict
from sharp_eyes.edge.evaluate.report.model import FootageKind, Interval, ReportModel

FORMAT: Literal["sharp-eyes-event-evaluation"] = "sharp-eyes-event-evaluation"
VERSION: Literal[1] = 1
"""Goes up when a reader of an older report would misread a newer one; new keys alone do not count."""


class NetworkNote(ReportModel):
    """One network that looked."""

    name: str
    version: str
    sha256: str
    computed: str


class VariantNote(ReportModel):
    """One way the suite was run; ``overrides`` is what is set otherwise than in the suite."""

    name: str
    networks: list[NetworkNote]
    overrides: dict[str, Any]


class ClipNote(ReportModel):
    """One clip; ``watched`` are the scenes that its camera watches for.

    By variant: ``looks``, and ``refused``, the candidates that the second look did not bear out.
    """

    name: str
    kind: FootageKind
    title: dict[str, str]
    licence: str
    source: str
    sha256: str
    seconds: float
    frames: int
    looks: dict[str, int]
    refused: dict[str, dict[str, int]]
    watched: list[str]
    expected: int
    traps: int


class UnjudgedNote(ReportModel):
    """A clip that could not be judged, and why; it stands in no figure."""

    name: str
    kind: FootageKind
    title: dict[str, str]
    reason: str


class RemarkNote(ReportModel):
    """Something that limits what a clip can show.

    ``sort``: ``too_short``, its scene needs ``wanted`` seconds before it can raise anything; ``due_after_end``, an
    expected event can be raised only ``wanted`` seconds from the first frame; ``cut_off``, the recording says that it
    is ``wanted`` seconds long. ``seconds`` is the clip's length as played.
    """

    sort: Literal["too_short", "due_after_end", "cut_off"]
    variant: str
    clip: str
    kind: FootageKind
    scene: str | None
    zone: str | None
    seconds: float
    wanted: float


class ExpectedNote(ReportModel):
    """An expected event or a trap, seconds from the clip's first frame."""

    start: float
    end: float
    due: float
    grade: Grade | None
    why: str


class EventNote(ReportModel):
    """An event that was raised, seconds from the clip's first frame; grade and measures are the last ones."""

    id: str
    started: float
    opened: float
    ended: float
    closed: bool
    grade: Grade
    score: float
    measures: list[Measure]
    box: tuple[float, float, float, float] | None
    object_class: str | None


class CaseNote(ReportModel):
    """One verdict.

    ``late``: seconds from the moment at which the rule could first hold to the alarm; ``waited``: from the begin.
    """

    variant: str
    clip: str
    kind: FootageKind
    scene: str
    zone: str
    verdict: Verdict
    event: EventNote | None
    expected: ExpectedNote | None
    trap: ExpectedNote | None
    late: float | None
    waited: float | None

    @property
    def grade_differs(self) -> bool:
        """Whether a hit has not the grade that the truth names; an event's grade never falls."""
        wanted = self.expected.grade if self.verdict == "hit" and self.expected else None
        return self.event is not None and wanted is not None and self.event.grade is not wanted


class Spread(ReportModel):
    """How a figure in seconds is spread."""

    p50: float
    p95: float
    least: float
    most: float


class Figures(ReportModel):
    """How well one scene, or all, did; ``hours`` are the camera-hours in which it was watched for."""

    clips: int
    hours: float
    expected: int
    hits: int
    misses: int
    false_alarms: int
    duplicates: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    f1: float | None
    late: Spread | None
    waited: Spread | None
    within_look: int
    grades_agreed: int
    grades_asked: int
    false_alarms_per_hour: float
    false_alarms_interval: Interval
    duplicates_per_hour: float
    duplicates_interval: Interval


class FigureRow(ReportModel):
    """The figures of one variant on one kind of clips; ``scene`` None means all of them."""

    variant: str
    kind: FootageKind
    scene: str | None
    figures: Figures


class EventReport(ReportModel):
    """All of ``report.json``."""

    format: Literal["sharp-eyes-event-evaluation"] = FORMAT
    version: Literal[1] = VERSION
    program: str
    suite: str
    tolerance: float
    variants: list[VariantNote]
    clips: list[ClipNote]
    not_judged: list[UnjudgedNote]
    remarks: list[RemarkNote]
    rows: list[FigureRow]
    cases: list[CaseNote]
