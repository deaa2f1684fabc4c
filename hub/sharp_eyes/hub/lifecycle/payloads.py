"""Turns a checked move into the line that the log keeps. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import office_lines as office_line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.line_base import Limits


@dataclass(frozen=True, slots=True)
class Checked:
    """A move that ``legality.check_move`` let through.

    Attributes:
        unit: whose turn it is about.
        limits: what the city pack gives for the clocks that the move may start or change.
        false_alarm: the reason says that the camera was wrong.
        question: the command's id and its end, where the camera is asked.
        milestones: their limits, where the move may start their clocks.
    """

    given: Given
    unit: str | None = None
    limits: Limits | None = None
    false_alarm: bool = False
    question: tuple[UUID, datetime] | None = None
    milestones: Mapping[str, Limit] | None = None

    @property
    def why(self) -> dict[str, str]:
        """Reason and free text."""
        return {"reason": self.given.reason.strip(), "text": self.given.note.strip()}

    @property
    def turn(self) -> str:
        """The unit whose turn it is about; moves of a turn always have one."""
        if self.unit is None:
            raise ValueError("a move of a unit's turn names the unit")
        return self.unit


def payload_of(move: Move, checked: Checked) -> Payload:
    """Make the payload of a move."""
    return _MAKERS[move](checked)


def _limits(checked: Checked) -> Limits:
    return checked.limits or {}


def _dispatched(one: Checked) -> Payload:
    given = one.given
    why = given.basis
    basis = {} if why is None else {"loads": why.loads, "off_duty": why.off_duty, "zh": why.zh, "en": why.en}
    return line.Dispatched(
        units=given.to,
        person=given.person,
        text=given.note.strip(),
        limits=_limits(one),
        milestones=dict(one.milestones or {}),
        **basis,
    )


def _reassigned(one: Checked) -> Payload:
    given = one.given
    return line.Reassigned(unit=one.turn, to=given.to[0], person=given.person, limits=_limits(one), **one.why)


def _reached(one: Checked) -> Payload:
    if one.given.milestone is None:
        raise ValueError("the milestone that is reached is named")
    return line.MilestoneReached(milestone=one.given.milestone, unit=one.turn, text=_text(one))


def _handled(one: Checked) -> Payload:
    return line.Handled(unit=one.turn, text=one.given.note.strip(), photos=one.given.photos, limits=_limits(one))


def _looked_again(one: Checked) -> Payload:
    if one.question is None:
        raise ValueError("a question to the camera has an id")
    identity, expires_at = one.question
    return line.LookedAgain(question=identity, expires_at=expires_at)


def _suspended(one: Checked) -> Payload:
    if one.given.until is None:
        raise ValueError("a suspension has an end")
    return time_line.Suspended(until=one.given.until, **one.why)


def _regraded(one: Checked) -> Payload:
    if one.given.grade is None:
        raise ValueError("a case is regraded to a grade")
    return line.Regraded(grade=one.given.grade, limits=_limits(one), **one.why)


def _whistled(one: Checked) -> Payload:
    if one.given.week is None:
        raise ValueError("a case is put on the list of a week")
    return office_line.Whistled(week=one.given.week, units=one.given.to, text=_text(one))


def _passed_up(one: Checked) -> Payload:
    if one.given.passed is None:
        raise ValueError("a case is passed up to a tier")
    tier, up, told = one.given.passed
    return office_line.PassedUp(tier=tier, up=up, told=told, **one.why)


def _handed_to_group(one: Checked) -> Payload:
    if one.given.group is None:
        raise ValueError("a case is handed to a group")
    lead, units = one.given.to[0], one.given.to
    return office_line.HandedToGroup(group=one.given.group, lead=lead, units=units, limits=_limits(one), **one.why)


def _called_back(one: Checked) -> Payload:
    if one.given.report is None:
        raise ValueError("a call back is to the sender of a report")
    stars = one.given.stars if one.given.reached else None
    return office_line.CalledBack(report=one.given.report, reached=one.given.reached, stars=stars, text=_text(one))


def _other(one: Checked) -> str:
    if one.given.case is None:
        raise ValueError("the other case is named")
    return one.given.case


def _text(one: Checked) -> str:
    return one.given.note.strip()


_MAKERS: dict[Move, Callable[[Checked], Payload]] = {
    Move.FILE: lambda one: line.Filed(limits=_limits(one)),
    Move.REJECT: lambda one: line.Rejected(false_alarm=one.false_alarm, **one.why),
    Move.VOID: lambda one: line.Voided(false_alarm=one.false_alarm, **one.why),
    Move.DISPATCH: _dispatched,
    Move.ADD_UNIT: _dispatched,
    Move.WITHDRAW: lambda one: line.Withdrawn(unit=one.given.unit, **one.why),
    Move.REASSIGN: _reassigned,
    Move.ACCEPT: lambda one: line.Accepted(unit=one.turn, person=one.given.person),
    Move.ARRIVE: lambda one: line.Arrived(unit=one.turn, text=_text(one)),
    Move.REACH: _reached,
    Move.SEND_BACK: lambda one: line.SentBack(unit=one.turn, **one.why),
    Move.HANDLE: _handled,
    Move.LOOK_AGAIN: _looked_again,
    Move.PASS: lambda one: line.Passed(text=_text(one)),
    Move.FAIL: lambda one: line.Failed(limits=_limits(one), **one.why),
    Move.CLOSE: lambda one: line.Closed(text=_text(one)),
    Move.FORCE_CLOSE: lambda one: line.ForceClosed(**one.why),
    Move.REOPEN: lambda one: line.Reopened(**one.why),
    Move.RATE: lambda one: line.Rated(stars=one.given.stars or 0, text=_text(one)),
    Move.ASK_EXTENSION: lambda one: time_line.ExtensionAsked(unit=one.turn, **one.why),
    Move.GRANT_EXTENSION: lambda one: time_line.ExtensionGranted(text=_text(one)),
    Move.REFUSE_EXTENSION: lambda one: time_line.ExtensionRefused(**one.why),
    Move.SUSPEND: _suspended,
    Move.RESUME: lambda one: time_line.Resumed(text=_text(one)),
    Move.SUPERVISE: lambda one: time_line.Supervised(text=_text(one), limits=_limits(one)),
    Move.ANSWER_SUPERVISION: lambda one: time_line.SupervisionAnswered(text=_text(one)),
    Move.URGE: lambda one: time_line.Urged(text=_text(one)),
    Move.REGRADE: _regraded,
    Move.MERGE: lambda one: line.Merged(into=_other(one), **one.why),
    Move.SPLIT: lambda one: line.Split(into=_other(one), alarms=one.given.alarms, **one.why),
    Move.LINK: lambda one: line.Linked(other=_other(one)),
    Move.ACKNOWLEDGE: lambda _one: line.Acknowledged(),
    Move.COMMENT: lambda one: line.Commented(text=_text(one), photos=one.given.photos, mentioned=one.given.mentioned),
    Move.DECLINE_CALL: lambda one: call_line.CallDeclined(text=_text(one)),
    Move.APPEAL: lambda one: time_line.Appealed(**one.why),
    Move.WHISTLE: _whistled,
    Move.CALL_OFF_WHISTLE: lambda one: office_line.WhistleCalledOff(**one.why),
    Move.PASS_UP: _passed_up,
    Move.HAND_TO_GROUP: _handed_to_group,
    Move.CALL_BACK: _called_back,
    Move.DECIDE_APPEAL: lambda one: time_line.AppealDecided(granted=one.given.granted, **one.why),
}
