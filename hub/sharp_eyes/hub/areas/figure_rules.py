"""Figures by which an office is judged, as a city pack says them."""

from typing import Literal

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.hub.areas.figure_facts import Count, read_terms
from sharp_eyes.hub.areas.text import Text


class FigureRule(Settings):
    """A figure by which the office is judged: a share of cases, both sides counted by named facts."""

    id: Identifier = Field(title="Identifier")
    name: Text
    period: Literal["due", "reported"] = Field("due", title="Day of a case that must lie in the period")
    numerator: tuple[str, ...] = Field(title="Facts of which any is so; behind a minus: is not so", min_length=1)
    denominator: tuple[str, ...] = Field(title="Of which cases, the same way", min_length=1)
    better: Literal["high", "low"] = Field("high", title="Whether a high share is good")
    weight: int = Field(0, title="How much it weighs in the ranking's score", ge=0, le=1000)

    @property
    def counted(self) -> Count:
        """Cases that the share is of ``base``."""
        return read_terms(self.numerator)

    @property
    def base(self) -> Count:
        """All cases that could be."""
        return read_terms(self.denominator)
