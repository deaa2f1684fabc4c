"""The log of a case: who did what, when and why; lines are only added."""

from collections.abc import Sequence
from uuid import UUID

from sharp_eyes.hub.cases.state_machine import Actor, State
from sharp_eyes.hub.store.tables import Case, CaseLog
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


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
