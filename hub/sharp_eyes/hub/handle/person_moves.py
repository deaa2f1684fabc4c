"""A person's request to move a case: checks, the move, and what the rule table does then."""

from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.state_machine import (
    Actor,
    ForbiddenMoveError,
    IllegalMoveError,
    Move,
    MoveInput,
)
from sharp_eyes.hub.dispatch.rules import apply_rules, rule_for
from sharp_eyes.hub.errors import MoveError, RequestError
from sharp_eyes.hub.feedback.look_again import ask_camera
from sharp_eyes.hub.handle.photos import check_photos
from sharp_eyes.hub.store.tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def move_case(work: UnitOfWork, case: Case, actor: Actor, move: Move, given: MoveInput) -> None:
    """Make a person's move on a locked case.

    Raises:
        RequestError: 409 ``illegal_move``, 403 ``not_allowed``, 422 where something is missing or unknown.
    """
    if given.unit is not None and work.city.unit(given.unit) is None:
        raise RequestError(422, "unknown_unit", f"unit {given.unit!r} is not in the city pack")
    check_photos(work, case, given.photo_ids)
    try:
        if move is Move.LOOK_AGAIN:
            ask_camera(work, case, actor, rule_for(work, case).look_again_minutes)
        else:
            perform_move(work, case, actor, move, given)
    except MoveError as error:
        raise RequestError(_status(error), error.code, str(error)) from error
    apply_rules(work, case)


def _status(error: MoveError) -> int:
    if isinstance(error, IllegalMoveError):
        return 409
    return 403 if isinstance(error, ForbiddenMoveError) else 422
