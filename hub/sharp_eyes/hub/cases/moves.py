"""Makes a move on a stored case, appends it to the case's log and tells the pages."""

from datetime import timedelta

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.cases.log import append_log
from sharp_eyes.hub.cases.state_machine import Actor, CaseFacts, Move, MoveInput, State, apply_move
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.store.tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def facts_of(case: Case) -> CaseFacts:
    """What the moves must know about a case."""
    return CaseFacts(State(case.state), case.unit, case.sent_back_by)


def perform_move(work: UnitOfWork, case: Case, actor: Actor, move: Move, given: MoveInput | None = None) -> None:
    """Make a move; the case must be locked by this work.

    Raises:
        MoveError: the move is not legal, not this actor's, or lacks something.
    """
    given = given or MoveInput()
    before = facts_of(case)
    after = apply_move(before, actor, move, given)
    case.state = after.state.value
    case.unit = after.unit
    case.sent_back_by = after.sent_back_by
    if move is Move.DISPATCH:
        limit = work.city.rule(SceneName(case.scene), case.area).limit_minutes
        case.due_at = None if limit is None else work.now + timedelta(minutes=limit)
    note = f"{given.unit}: {given.note}".removesuffix(": ") if move is Move.DISPATCH else given.note
    append_log(work, case, actor, move.value, before.state, given.reason, note, given.photo_ids)
    publish_change(work, case, move.value)
