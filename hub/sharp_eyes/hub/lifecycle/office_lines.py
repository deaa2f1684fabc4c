"""What a line of a case's log says of the week's list (吹哨报到), tiers, response groups and calls back (民呼我应)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.hub.lifecycle.line_base import Limits, LineBase, LineWithReason


class Whistled(LineBase):
    """吹哨: it stands on the list of the week that begins with ``week``, a Monday; these units are to report in."""

    what: Literal["whistled"] = "whistled"
    week: date
    units: tuple[str, ...] = Field(min_length=1)
    text: str = ""


class WhistleCalledOff(LineWithReason):
    """It does not wait for the week's list any more."""

    what: Literal["whistle_called_off"] = "whistle_called_off"


class PassedUp(LineWithReason):
    """上报: it is beyond whoever had it; the city pack's next tier decides. These roles are told, ``up`` levels up."""

    what: Literal["passed_up"] = "passed_up"
    tier: str
    up: int = Field(ge=1)
    told: tuple[str, ...] = ()


class HandedToGroup(LineWithReason):
    """专班: a response group has it instead of whoever had it; its ``lead`` answers once the others are done."""

    what: Literal["handed_to_group"] = "handed_to_group"
    group: str
    lead: str
    units: tuple[str, ...] = Field(min_length=1)
    limits: Limits = Field(default_factory=dict)


class CallbackDue(LineBase):
    """回访: whoever told of it, in these reports, is to hear what has become of it."""

    what: Literal["callback_due"] = "callback_due"
    reports: tuple[UUID, ...] = Field(min_length=1)
    limits: Limits = Field(default_factory=dict)


class CalledBack(LineBase):
    """Whoever reported it was called: reached or not, what they say, and how content they are."""

    what: Literal["called_back"] = "called_back"
    report: UUID
    reached: bool
    stars: int | None = Field(None, ge=1, le=5)
    text: str = ""
