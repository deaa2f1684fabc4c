"""Who may confirm or decline a drafted move, and what confirming it comes to. Pure.

A draft gives nobody a right: whoever may make the move may confirm it, with one word instead of a form.
"""

from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import ForbiddenMoveError, IllegalMoveError, LegalMove, legal_moves
from sharp_eyes.hub.lifecycle.model import CaseState, Draft
from sharp_eyes.hub.lifecycle.roles import Right


def may_confirm(case: CaseState, actor: Actor) -> LegalMove | None:
    """Give the drafted move as it is legal for somebody now; ``None`` where it is not."""
    if case.draft is None:
        return None
    return next((one for one in legal_moves(case, actor) if one.move == case.draft.move), None)


def may_decline(case: CaseState, actor: Actor) -> bool:
    """Whether somebody may put the draft away: who has the right to the move, also while it is not legal yet."""
    if case.draft is None or actor.rights is None:
        return False
    right = actor.rights.of(case.draft.move)
    return right is Right.ALL or (right is Right.OWN_UNIT and actor.unit in case.units)


def confirm(case: CaseState, number: int, language: str, unit: str | None = None) -> tuple[Move, Given]:
    """Give the move that confirming a draft makes, with the prepared text in the language of who confirms.

    ``unit``: whose turn it is about, where several have one.

    Raises:
        IllegalMoveError: ``draft_gone``, it does not stand any more.
    """
    draft = _standing(case, number)
    text = draft.en if language == "en" else draft.zh
    return Move(draft.move), Given(reason=draft.reason, note=text, unit=unit)


def decline(case: CaseState, actor: Actor, number: int, reason: str = "") -> line.DraftDeclined:
    """Give the line that puts a draft away.

    Raises:
        IllegalMoveError: ``draft_gone``, it does not stand any more.
        ForbiddenMoveError: this actor may not make the move, and so not decline it.
    """
    draft = _standing(case, number)
    if not may_decline(case, actor):
        raise ForbiddenMoveError("not_allowed", f"{actor.name} may not {draft.move} this case, nor decline it")
    return line.DraftDeclined(draft=number, reason=reason.strip())


def _standing(case: CaseState, number: int) -> Draft:
    if case.draft is None or case.draft.number != number:
        raise IllegalMoveError("draft_gone", "the draft does not stand any more; look at the case again")
    return case.draft
