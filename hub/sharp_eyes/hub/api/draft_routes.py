"""Drafted moves: whoever may make the move confirms it with one word, or declines it."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.case_schemas import CaseDetail
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import StorableText
from sharp_eyes.hub.cases.queries import lock_case
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.handle.drafts import confirm_draft, decline_draft

router = APIRouter(tags=["cases"])
_MAX_ID = 2**53


class ConfirmBody(BaseModel):
    """What goes along with a confirmation."""

    turn: StorableText | None = Field(None, max_length=100, description="Whose turn it is about, of several units")


class DeclineBody(BaseModel):
    """Why it is declined; may be left out."""

    reason: StorableText = Field("", max_length=2000)


@router.post("/cases/{case_id}/drafts/{number}/confirm")
def post_confirm(
    hub: HubDependency, person: CurrentPerson, case_id: int, number: int, body: ConfirmBody | None = None
) -> CaseDetail:
    """Make the drafted move with its prepared text; 409 draft_gone where it does not stand any more."""
    turn = None if body is None else body.turn
    with hub.transaction() as work:
        case = lock_case(work, person.scope, _checked(case_id))
        confirm_draft(work, case, person.actor, number, person.me.language, turn)
        work.session.flush()
        return serializers.case_detail(work, case, person.actor, person.scope)


@router.post("/cases/{case_id}/drafts/{number}/decline")
def post_decline(
    hub: HubDependency, person: CurrentPerson, case_id: int, number: int, body: DeclineBody | None = None
) -> CaseDetail:
    """Put the drafted move away; 409 draft_gone, 403 not_allowed."""
    reason = "" if body is None else body.reason
    with hub.transaction() as work:
        case = lock_case(work, person.scope, _checked(case_id))
        decline_draft(work, case, person.actor, number, reason)
        work.session.flush()
        return serializers.case_detail(work, case, person.actor, person.scope)


def _checked(case_id: int) -> int:
    if not 0 < case_id <= _MAX_ID:
        raise not_found(f"case {case_id}")
    return case_id
