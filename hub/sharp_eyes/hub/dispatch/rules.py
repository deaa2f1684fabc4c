"""The rule table at work: files, dispatches, looks again and closes where it says ``auto``."""

import logging

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import Rule
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.feedback.look_again import ask_camera
from sharp_eyes.hub.lifecycle import entries as line
from sharp_eyes.hub.lifecycle.legality import RULE_TABLE, Given, Move
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.projection import WITH_UNITS
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)


def rule_for(work: UnitOfWork, case: Case) -> Rule | None:
    """Find the rule for a case; ``None`` where no camera made it."""
    return None if case.scene is None else work.city.rule(SceneName(case.scene), case.area)


def apply_rules(work: UnitOfWork, case: Case) -> None:
    """Make every move that the rule table makes by itself, one after the other.

    One whose limit reaches into a year that the calendar does not hold is left to a person, who is told so.
    """
    rule = rule_for(work, case)
    if rule is None:
        return
    while (move := _next_move(work, case, rule)) is not None:
        try:
            with work.session.begin_nested():
                _make(work, case, move, rule)
        except CalendarError as error:
            work.case_states.pop(case.id, None)
            _LOG.error("case %s: the rules could not %s it, somebody must: %s", case.number, move, error)
            return


def _make(work: UnitOfWork, case: Case, move: Move, rule: Rule) -> None:
    if move is Move.LOOK_AGAIN:
        ask_camera(work, case, RULE_TABLE, rule.look_again_minutes)
        return
    to = () if rule.unit is None or move is not Move.DISPATCH else (rule.unit,)
    perform_move(work, case, RULE_TABLE, move, Given(to=to))


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


def _next_move(work: UnitOfWork, case: Case, rule: Rule) -> Move | None:
    state = state_of(work, case)
    if state.suspended_until is not None:
        return None
    match state.state:
        case State.REPORTED if rule.file == "auto":
            return Move.FILE
        # A case that was sent back, withdrawn or reopened needs a person to decide where it goes.
        case State.FILED if rule.dispatch == "auto" and not state.assignments and state.counts.reopenings == 0:
            return Move.DISPATCH
        case State.HANDLED if rule.look_again == "auto" and not state.looked:
            return Move.LOOK_AGAIN
        case State.CHECKED if rule.close == "auto":
            return Move.CLOSE
    return None
