"""Makes a move on a stored case and appends it to the case's log."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.cases.state_machine import Actor, CaseFacts, Move, MoveInput, State, apply_move
from sharp_eyes.hub.store.tables import Case, CaseLog
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
    work.case_changed(case, move.value)


def append_log(
    work: UnitOfWork,
    case: Case,
    actor: Actor,
    what: str,
    from_state: State | None,
    reason: str = "",
    note: str = "",
    photo_ids: Sequence[UUID] = (),
) -> None:
    """Append a line to the case's log."""
    case.updated_at = work.now
    work.session.add(
        CaseLog(
            case_id=case.id,
            at=work.now,
            actor=actor.name,
            actor_kind=actor.kind.value,
            move=what,
            from_state=None if from_state is None else from_state.value,
            to_state=case.state,
            reason=reason,
            note=note,
            photo_ids=[str(photo) for photo in photo_ids],
        )
    )
