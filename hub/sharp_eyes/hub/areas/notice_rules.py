"""What a city says of notices: which lines of a case's log are told, to whom, by which ways, and when it is quiet."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.model import State

LINES = frozenset(str(one.model_fields["what"].default) for one in get_args(get_args(Payload)[0]))
"""Kinds of lines of a case's log."""

PAGE = "page"
"""The way of telling that every hub has: the list of one's notices on the page."""

UNIT, RESPONSIBLE, LADDER, CALLED = "unit", "responsible", "ladder", "called"
"""Who is told, beside roles: the units that a line is about; who must act now, by a
clock or by a word on a draft; the escalation's own roles; who is called to a device's alarm."""


class QuietHours(Settings):
    """Hours of the day in which only what is grave, and the page, says anything; the rest waits for their end."""

    hours: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] = Field(
        title="From and until, such as '22:00-07:00'"
    )
    grades: tuple[Grade, ...] = Field((Grade.MAJOR,), title="Grades that are told all the same")

    @field_validator("hours")
    @classmethod
    def _last(cls, given: str) -> str:
        begin, _, end = given.partition("-")
        if begin == end:
            words = "quiet hours end when they begin; leave them out where there are none"
            raise ValueError(Said("quiet_empty", words))
        return given

    def ends(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet in which a moment lies is over; ``None`` where it lies in none."""
        begin, end = (time.fromisoformat(one) for one in self.hours.split("-"))
        local = moment.astimezone(zone)
        now, day = local.time(), local.date()
        over_night = end < begin
        if over_night and now >= begin:
            day += timedelta(days=1)
        elif not (now < end and (over_night or begin <= now)):
            return None
        return datetime.combine(day, end, zone)


class NoticeRule(Settings):
    """Lines of a case's log, and who is told of them."""

    lines: tuple[str, ...] = Field(title="Lines of the log, such as 'dispatched'", min_length=1)
    tell: tuple[Identifier, ...] = Field(
        title="Roles; 'unit': the units that it is about; 'responsible': who must act by the clock, or confirm the "
        "draft; 'ladder': whom the clock's ladder names; 'called': who is called to a device's alarm",
        min_length=1,
    )
    up: int = Field(0, title="How many levels up the area tree roles are looked for", ge=0, le=7)
    grades: tuple[Grade, ...] = Field((), title="Only cases of these grades; all where empty")
    states: tuple[State, ...] = Field((), title="Only cases that stand so afterwards; all where empty")
    by: tuple[Identifier, ...] = Field((PAGE,), title="Ways: 'page', and channels of hub.yaml", min_length=1)
    urgent: bool = Field(False, title="In quiet hours too, and never held back for a summary")

    @field_validator("lines")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [one for one in given if one not in LINES]
        if unknown:
            known = ", ".join(sorted(LINES))
            words = f"{unknown[0]!r} is no line of a case's log; there are {known}"
            raise ValueError(Said("unknown_line", words, line=unknown[0], known=known))
        return given


def _rule(lines: str, tell: str, **more: Any) -> NoticeRule:
    return NoticeRule(lines=tuple(lines.split()), tell=tuple(tell.split()), **more)


COMMON_RULES: tuple[NoticeRule, ...] = (
    _rule("dispatched handed_to_group reassigned withdrawn voided merged force_closed failed urged", UNIT),
    _rule("supervised suspended resumed", UNIT),
    _rule("extension_granted extension_refused regraded appeal_decided", UNIT),
    _rule("alarm_ended", f"{UNIT} dispatcher", states=(State.DISPATCHED, State.ACCEPTED)),
    _rule("sent_back extension_asked reopened", "dispatcher"),
    _rule("handled look_unanswered", "checker"),
    _rule("supervision_answered", "leader"),
    _rule("listed", "leader", up=1),
    _rule("appealed", "evaluator"),
    _rule("reported regraded", "shift_lead", grades=(Grade.MAJOR,), urgent=True),
    _rule("reminded drafted", RESPONSIBLE),
    _rule("escalated passed_up", LADDER),
    _rule("callback_due", "clerk"),
)
"""What is told where a city says nothing else, on the page alone."""


_ALWAYS = (
    _rule("left_to_lead", "shift_lead", urgent=True),
    _rule("called", CALLED, urgent=True),
    _rule("nobody_answered", "shift_lead", urgent=True),
)
"""What is told in any city: in this way where its rules name no other."""


class NoticeSettings(Settings):
    """Who is told what, and when it is quiet."""

    rules: tuple[NoticeRule, ...] | None = Field(None, title="Who is told of what; the common rules where left out")
    quiet: QuietHours | None = Field(None, title="Quiet hours; none where left out")

    @cached_property
    def in_force(self) -> tuple[NoticeRule, ...]:
        """The rules that hold. What nobody may miss is always told, in the common way or the city's own."""
        own = COMMON_RULES if self.rules is None else self.rules
        named = {one for rule in own for one in rule.lines}
        return (*own, *(rule for rule in _ALWAYS if not named.intersection(rule.lines)))

    @cached_property
    def by_line(self) -> Mapping[str, Sequence[NoticeRule]]:
        """The rules that hold, by the lines that they tell of."""
        found: dict[str, list[NoticeRule]] = defaultdict(list)
        for rule in self.in_force:
            for what in dict.fromkeys(rule.lines):
                found[what].append(rule)
        return dict(found)

    def channels_missing(self, known: Collection[str]) -> list[str]:
        """Channels that rules name and that a hub does not have."""
        named = dict.fromkeys(way for rule in self.in_force for way in rule.by)
        return [way for way in named if way != PAGE and way not in known]
