"""What the payloads of all lines of a case's log have in common."""

from pydantic import BaseModel, ConfigDict

from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit

Limits = dict[ClockKind, Limit]
"""Limits that the city pack gave; a kind that is missing has none."""


class LineBase(BaseModel):
    """A line keeps what was said, and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LineWithReason(LineBase):
    """``reason`` is a code of the city pack's list, ``text`` what the person added."""

    reason: str = ""
    text: str = ""
