"""A person's request to move a case: checks, the move, and what the rule table does then."""

from dataclasses import replace

from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.dispatch.powers import check_power, group_of, passed_up
from sharp_eyes.hub.dispatch.rules import apply_rules, rule_for
from sharp_eyes.hub.dispatch.whistle import for_the_week
from sharp_eyes.hub.errors import CalendarError, MoveError, RequestError
from sharp_eyes.hub.feedback.look_again import ask_camera
from sharp_eyes.hub.handle import several_cases
from sharp_eyes.hub.handle.mentions import mentioned_in
from sharp_eyes.hub.handle.photos import check_photos
from sharp_eyes.hub.lifecycle.acts import SENDING, Actor, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import ForbiddenMoveError, IllegalMoveError, called, check_move
from sharp_eyes.hub.people.accounts import units_with_people
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOOK_AGAIN_MINUTES = 30


def move_case(work: UnitOfWork, case: Case, actor: Actor, move: Move, given: Given, *, anyway: bool = False) -> None:
    """Make a person's move on a locked case.

    ``anyway``: send a unit although nobody can sign in for it.

    Raises:
        RequestError: 409 ``illegal_move`` or ``calendar_missing``, 403 ``not_allowed``, 422 where something is
            missing or unknown.
    """
    try:
        if move is Move.HAND_TO_GROUP and given.group:
            given = replace(given, to=group_of(work.city, given))
        check_move(state_of(work, case), actor, move, given, work.now)
        check_power(work.city, state_of(work, case), case.subject, actor, move, given)
        _check_units(work, move, given, anyway=anyway)
        check_photos(work, case, given.photos)
        if move is Move.LOOK_AGAIN:
            rule = rule_for(work, case)
            ask_camera(work, case, actor, _LOOK_AGAIN_MINUTES if rule is None else rule.look_again_minutes)
        elif move in several_cases.MOVES:
            several_cases.move(work, case, actor, move, given)
        else:
            if move is Move.COMMENT:
                given = replace(given, mentioned=mentioned_in(work, case, given.note))
            elif move is Move.WHISTLE:
                given = for_the_week(work, case, given)
            elif move is Move.PASS_UP:
                given = replace(given, passed=passed_up(work.city, state_of(work, case), actor))
            elif move is Move.CALL_BACK:
                given = replace(given, report=called(state_of(work, case), given))
            perform_move(work, case, actor, move, _cleaned(given))
    except MoveError as error:
        raise RequestError(status_of(error), error.code, str(error)) from error
    except CalendarError as error:
        raise RequestError(409, "calendar_missing", f"{move} sets a limit that nobody can reckon: {error}") from error
    apply_rules(work, case)


def _cleaned(given: Given) -> Given:
    return replace(given, reason=given.reason.strip(), note=given.note.strip())


def _check_units(work: UnitOfWork, move: Move, given: Given, *, anyway: bool) -> None:
    named = (*given.to, *(() if given.unit is None else (given.unit,)))
    unknown = [unit for unit in named if work.city.unit(unit) is None]
    if unknown:
        raise RequestError(422, "unknown_unit", f"unit {unknown[0]!r} is not in the city pack")
    if not given.to or anyway or move not in SENDING:
        return
    empty = sorted(set(given.to) - units_with_people(work.session, work.city))
    if empty:
        message = f"nobody can sign in for {', '.join(empty)}; send another unit, or say that it is sent anyway"
        raise RequestError(422, "unit_without_people", message)


def status_of(error: MoveError) -> int:
    """HTTP status of a move that cannot be made."""
    if isinstance(error, IllegalMoveError):
        return 409
    return 403 if isinstance(error, ForbiddenMoveError) else 422
