"""The rule table at work: files, dispatches, looks again and closes where it says ``auto``."""

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import Rule
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.state_machine import RULE_TABLE, Move, MoveInput, State
from sharp_eyes.hub.feedback.look_again import ask_camera, was_asked_since_handled
from sharp_eyes.hub.store.tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def rule_for(work: UnitOfWork, case: Case) -> Rule:
    """Find the rule for a case."""
    return work.city.rule(SceneName(case.scene), case.area)


def apply_rules(work: UnitOfWork, case: Case) -> None:
    """Make every move that the rule table makes by itself, one after the other."""
    rule = rule_for(work, case)
    while (move := _next_move(work, case, rule)) is not None:
        if move is Move.LOOK_AGAIN:
            ask_camera(work, case, RULE_TABLE, rule.look_again_minutes)
        else:
            perform_move(work, case, RULE_TABLE, move, MoveInput(unit=rule.unit if move is Move.DISPATCH else None))


def reject_unfiled(work: UnitOfWork, case: Case) -> None:
    """Reject a case nobody has filed when its event ends, where the rule says so."""
    if case.state == State.REPORTED and rule_for(work, case).on_event_closed == "reject_unfiled":
        perform_move(work, case, RULE_TABLE, Move.REJECT, MoveInput(reason="the event ended before the case was filed"))


def _next_move(work: UnitOfWork, case: Case, rule: Rule) -> Move | None:
    match State(case.state):
        case State.REPORTED if rule.file == "auto":
            return Move.FILE
        # A case that was sent back needs a person to decide where it goes.
        case State.FILED if rule.dispatch == "auto" and case.sent_back_by is None:
            return Move.DISPATCH
        case State.HANDLED if rule.look_again == "auto" and not was_asked_since_handled(work, case):
            return Move.LOOK_AGAIN
        case State.CHECKED if rule.close == "auto":
            return Move.CLOSE
    return None
