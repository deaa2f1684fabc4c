"""A person's word on whether two cases are one thing."""

from sqlalchemy import select

from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.roles import Right
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import DuplicateOffer
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def answer_duplicate(work: UnitOfWork, case: Case, other: Case, actor: Actor, *, same: bool) -> Case:
    """Merge the later of two locked cases into the earlier one, or note that they are two; give the one that goes on.

    Raises:
        RequestError: 404 where nobody offers them as one thing, 409 ``answered`` where somebody has said, 403, and
            what a merge may raise.
    """
    offer = _find(work, case, other)
    if actor.rights is None or actor.rights.of(Move.MERGE.value) is not Right.ALL:
        raise RequestError(403, "not_allowed", f"{actor.name} may not say whether two cases are one")
    if offer.answer is not None:
        raise RequestError(409, "answered", f"{offer.answered_by} has said already that this is the {offer.answer}")
    offer.answer, offer.answered_at, offer.answered_by = "same" if same else "other", work.now, actor.name
    later, earlier = (case, other) if case.id == offer.case_id else (other, case)
    if same:
        move_case(work, later, actor, Move.MERGE, Given(case=earlier.number))
        return earlier
    write_line(work, later, actor, line.DuplicateRefused(other=earlier.number))
    return case


def _find(work: UnitOfWork, case: Case, other: Case) -> DuplicateOffer:
    ids = (case.id, other.id)
    found = work.session.scalar(
        select(DuplicateOffer).where(DuplicateOffer.case_id.in_(ids), DuplicateOffer.other_id.in_(ids))
    )
    if found is None:
        raise not_found(f"pair of cases {case.id} and {other.id}")
    return found
