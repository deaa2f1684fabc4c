"""A person's word on a drafted move of a locked case."""

from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.errors import MoveError, RequestError
from sharp_eyes.hub.handle.person_moves import move_case, status_of
from sharp_eyes.hub.lifecycle import drafts
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def confirm_draft(
    work: UnitOfWork, case: Case, actor: Actor, number: int, language: str, turn: str | None = None
) -> None:
    """Make the drafted move, as if the person had filled in its form.

    Raises:
        RequestError: 409 ``draft_gone``, or as :func:`move_case`.
    """
    try:
        move, given = drafts.confirm(state_of(work, case), number, language, turn)
    except MoveError as error:
        raise RequestError(status_of(error), error.code, str(error)) from error
    move_case(work, case, actor, move, given)


def decline_draft(work: UnitOfWork, case: Case, actor: Actor, number: int, reason: str = "") -> None:
    """Put the drafted move away.

    Raises:
        RequestError: 409 ``draft_gone``, 403 ``not_allowed``.
    """
    try:
        declined = drafts.decline(state_of(work, case), actor, number, reason)
    except MoveError as error:
        raise RequestError(status_of(error), error.code, str(error)) from error
    write_line(work, case, actor, declined)
