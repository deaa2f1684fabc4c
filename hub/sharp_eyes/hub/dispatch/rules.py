"""The rule table at work: files, dispatches, looks again and closes where it says ``auto``."""

import logging
from dataclasses import dataclass

from sharp_eyes.hub.areas.city_pack import Course
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.dispatch.choosing import Choice, choose
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.feedback.look_again import ask_camera
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.model import CaseState, LeftBecause, Source, State
from sharp_eyes.hub.lifecycle.projection import WITH_UNITS
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.people import of_role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)


def rule_for(work: UnitOfWork, case: Case) -> Course | None:
    """Find the rule for a case; ``None`` where it has no subject."""
    return None if case.subject is None else work.city.rule(case.subject, case.area)


def apply_rules(work: UnitOfWork, case: Case) -> None:
    """Make every move that the rule table makes by itself, one after the other.

    One whose limit reaches into a year that the calendar does not hold is left to a person, who is told so.
    """
    rule = rule_for(work, case)
    if rule is None:
        return
    if _falls_between(work, case):
        leave_if_possible(work, case, Left("no_rule", "规则表没有这类案件的规则", "there is no rule for it"))
    while (move := _next_move(work, case, rule)) is not None:
        try:
            _make(work, case, move, rule)
            continue
        except CalendarError as error:
            _LOG.error("case %s: the rules could not %s it, somebody must: %s", case.number, move, error)
        leave_if_possible(work, case, NO_CALENDAR)
        return


def _make(work: UnitOfWork, case: Case, move: Move, rule: Course) -> None:
    if move is Move.LOOK_AGAIN:
        ask_camera(work, case, RULE_TABLE, rule.look_again_minutes)
        return
    if move is Move.DISPATCH:
        _dispatch(work, case, choose(work, case, rule), rule.together)
        return
    perform_move(work, case, RULE_TABLE, move, Given())


def _dispatch(work: UnitOfWork, case: Case, choice: Choice, together: tuple[str, ...]) -> None:
    if choice.unit is None:
        zh, en, off_duty = (
            ("", "", ()) if choice.basis is None else (choice.basis.zh, choice.basis.en, choice.basis.off_duty)
        )
        leave_to_lead(work, case, Left("nobody_on_duty", zh, en, off_duty))
        return
    units = tuple(dict.fromkeys((choice.unit, *together)))
    # Of several units a person's name would say of which only where it is one's.
    person = choice.person if len(units) == 1 else None
    perform_move(work, case, RULE_TABLE, Move.DISPATCH, Given(to=units, person=person, basis=choice.basis))


@dataclass(frozen=True, slots=True)
class Left:
    """Why the rules leave a case to the shift lead, with the words for its log."""

    why: LeftBecause
    zh: str
    en: str
    off_duty: tuple[str, ...] = ()


def leave_to_lead(work: UnitOfWork, case: Case, left: Left) -> None:
    """Say in the case's log that it is the shift lead's now, who that is, and why; they are told by it."""
    people = sorted(one.account.username for one in of_role(work, Role.SHIFT_LEAD, case.area))
    write_line(
        work, case, RULE_TABLE,
        line.LeftToLead(why=left.why, people=tuple(people), off_duty=left.off_duty, zh=left.zh, en=left.en),
    )  # fmt: skip


def _falls_between(work: UnitOfWork, case: Case) -> bool:
    """Whether nobody has looked at a case of which the pack says nothing."""
    if case.subject is None or case.state != State.REPORTED:
        return False
    if work.city.written_rule(case.subject, case.area) is not None:
        return False
    return state_of(work, case).left_to_lead is None


NO_CALENDAR = Left(
    "no_calendar", "工作日历缺少所需年份，时限无法计算", "the calendar lacks a year that its limit needs"
)
"""Why no rule could send anybody, where a limit cannot be reckoned."""


def leave_if_possible(work: UnitOfWork, case: Case, left: Left) -> None:
    """Leave it to the shift lead, once."""
    try:
        if state_of(work, case).left_to_lead is None:
            leave_to_lead(work, case, left)
    except CalendarError as error:
        _LOG.error("case %s cannot be left to the shift lead: %s", case.number, error)


def event_ended(work: UnitOfWork, case: Case) -> None:
    """Do what the rule says when a case's event ends: reject what nobody has filed, draft a move of what units have."""
    rule = rule_for(work, case)
    if rule is None:
        return
    if rule.when_gone is not None and case.state in WITH_UNITS:
        draft = rule.when_gone
        drafted = line.Drafted(move=draft.move, reason=draft.reason, zh=draft.text.zh, en=draft.text.en)
        write_line(work, case, RULE_TABLE, drafted)
    elif case.state == State.REPORTED and rule.on_event_closed == "reject_unfiled":
        reason = Given(reason="event_ended", note="the event ended before the case was filed")
        perform_move(work, case, RULE_TABLE, Move.REJECT, reason)


def _next_move(work: UnitOfWork, case: Case, rule: Course) -> Move | None:
    state = state_of(work, case)
    if state.suspended_until is not None:
        return None
    match state.state:
        case State.REPORTED if rule.file == "auto":
            return Move.FILE
        # A case that was sent back, withdrawn or reopened needs a person to decide where it goes.
        case State.FILED if rule.dispatch == "auto" and _is_untouched(state):
            return Move.DISPATCH
        case State.HANDLED if rule.look_again == "auto" and not state.looked and case.source == Source.CAMERA:
            return Move.LOOK_AGAIN
        case State.CHECKED if rule.close == "auto":
            return Move.CLOSE
    return None


def _is_untouched(state: CaseState) -> bool:
    waits = state.left_to_lead is not None or state.whistle is not None
    return not state.assignments and state.counts.reopenings == 0 and not waits
