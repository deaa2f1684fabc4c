"""What the models of all reports are made of."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

FootageKind = Literal["real", "rendered"]
"""Whether a camera took it or a program made it; the two never share a figure."""

KINDS: tuple[FootageKind, ...] = ("real", "rendered")

Interval = tuple[float, float]
"""Both ends of a 95 % interval."""


class ReportModel(BaseModel):
    """Base of all parts of a report."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CurvePoint(ReportModel):
    """One point of a curve of precision over recall."""

    recall: float
    precision: float
    score: float
