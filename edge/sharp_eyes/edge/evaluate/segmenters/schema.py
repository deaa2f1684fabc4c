"""What a segmenter's evaluation says, as written to ``report.json``. The form is documented in docs/evaluator.md."""

from typing import Literal

from sharp_eyes.edge.evaluate.detectors.schema import FaultNote
from sharp_eyes.edge.evaluate.report.model import FootageKind, Interval, ReportModel

FORMAT: Literal["sharp-eyes-segmenter-evaluation"] = "sharp-eyes-segmenter-evaluation"
VERSION: Literal[1] = 1
"""Goes up when a reader of an older report would misread a newer one; new keys alone do not count."""


class SegmenterNote(ReportModel):
    """A model that was measured."""

    name: str
    sha256: str
    computed: str
    classes: list[str]


class MaskSourceNote(ReportModel):
    """A data set that was measured on."""

    name: str
    kind: FootageKind
    licence: str
    path: str
    pictures: int
    groups: int
    faults: list[FaultNote]

    @property
    def judged(self) -> bool:
        """Whether anything was measured on it."""
        return self.pictures > 0


class AreaMetrics(ReportModel):
    """One class, one model, one set of pictures: pixels of all of them together."""

    pictures: int
    groups: int
    pixels: int
    iou: float
    iou_interval: Interval | None
    precision: float | None
    recall: float


class AreaTable(ReportModel):
    """One model on one source, or on all sources of a kind (``source`` null).

    ``confusion``: expected by given, shares of the expected, of sure pixels; null where a class was never expected.
    ``consistency``: share of the coarse pixels that were given a class that they may be.
    """

    model: str
    kind: FootageKind
    source: str | None
    pictures: int
    classes: dict[str, AreaMetrics]
    mean_iou: float | None
    consistency: float | None
    confusion: dict[str, list[float] | None]


class SegmenterReport(ReportModel):
    """A whole evaluation."""

    format: Literal["sharp-eyes-segmenter-evaluation"] = FORMAT
    version: Literal[1] = VERSION
    program: str
    resamples: int
    seed: int
    limit: int | None
    models: list[SegmenterNote]
    sources: list[MaskSourceNote]
    tables: list[AreaTable]
    not_measured_on_real: list[str]

    @property
    def complete(self) -> bool:
        """Whether everything that was given could be judged."""
        return all(source.judged and not source.faults for source in self.sources)
