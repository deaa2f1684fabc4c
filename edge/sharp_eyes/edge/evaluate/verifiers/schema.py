"""What a judgement of a verifier says, as written to ``report.json``. The form is documented in docs/evaluator.md."""

from typing import Literal

from sharp_eyes.edge.evaluate.detectors.schema import FaultNote
from sharp_eyes.edge.evaluate.events.schema import NetworkNote
from sharp_eyes.edge.evaluate.report.model import FootageKind, Interval, ReportModel

FORMAT: Literal["sharp-eyes-verifier-evaluation"] = "sharp-eyes-verifier-evaluation"
VERSION: Literal[1] = 1
"""Goes up when a reader of an older report would misread a newer one; new keys alone do not count."""


class VerifiedSourceNote(ReportModel):
    """One data set; ``labelled`` are the classes that it can judge."""

    name: str
    kind: FootageKind
    licence: str
    pictures: int
    labelled: list[str]
    faults: list[FaultNote]


class VerifierRow(ReportModel):
    """What became of one class in one source, or in all of one kind (``source`` None).

    Attributes:
        limit: mean score of the closer looks from which it is borne out.
        things, kept, kept_share, kept_interval: labelled things that a detector finds, and those that are borne out.
        mistakes, refused, refused_share, refused_interval: boxes of a detector where nothing of the class is labelled,
            and those that are refused.
    """

    kind: FootageKind
    source: str | None
    class_name: str
    limit: float
    things: int
    kept: int
    kept_share: float | None
    kept_interval: Interval | None
    mistakes: int
    refused: int
    refused_share: float | None
    refused_interval: Interval | None


class VerifierReport(ReportModel):
    """All of ``report.json``."""

    format: Literal["sharp-eyes-verifier-evaluation"] = FORMAT
    version: Literal[1] = VERSION
    program: str
    networks: list[NetworkNote]
    score: float | None
    sources: list[VerifiedSourceNote]
    rows: list[VerifierRow]

    @property
    def complete(self) -> bool:
        """Whether something was judged, and nothing had to be left out."""
        return bool(self.rows) and not any(source.faults for source in self.sources)
