"""Who is at which case now, and claims: of the moment, for people at their desks."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sharp_eyes.hub import desks
from sharp_eyes.hub.api.case_routes import MAX_ID
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, SignedInPerson, Working
from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.cases.queries import CaseFilter, find_case, list_cases
from sharp_eyes.hub.desks import Sitter
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["cases"])


class DeskView(ResponseModel):
    """Who is at a case."""

    case: int = Field(examples=[123])
    people: list[PersonView] = Field(description="Who has it open")
    claimed_by: PersonView | None = Field(description="Who sees to it")


class DeskBody(BaseModel):
    """Where a page is; said again before its term is over."""

    page: str = Field(
        min_length=1, max_length=64, description="The page's own name, of its making", examples=["p-7f3a"]
    )
    case: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None


class ClaimBody(BaseModel):
    """How a case is claimed."""

    take_over: bool = Field(False, description="Also where somebody else has claimed it")


@router.get("/desks")
def get_desks(hub: HubDependency, person: CurrentPerson) -> list[DeskView]:
    """List the cases at which somebody is, as far as the asker may see them."""
    with hub.read_only() as work:
        there = {said["case"]: said for said in desks.everybody(work)}
        if not there:
            return []
        cases, _ = list_cases(work, person.scope, CaseFilter(ids=list(there), limit=len(there)))
        return [DeskView(**there[case.id]) for case in cases]


@router.put("/desks", status_code=204)
def put_desk(hub: HubDependency, person: Working, body: DeskBody) -> None:
    """Say where one's page is: at a case, or at none."""
    who = sitter(person, body.page)
    with hub.read_only() as work:
        case = None if body.case is None else _case(work, person, body.case)
        if not desks.is_news(work, who, case):
            return
    with hub.transaction() as work:
        desks.sit(work, who, case)


@router.put("/cases/{case_id}/claim", status_code=204)
def put_claim(hub: HubDependency, person: Working, case_id: int, body: ClaimBody) -> None:
    """Claim a case, so that others know that one sees to it. 409 claimed."""
    with hub.transaction() as work:
        desks.claim(work, sitter(person), _case(work, person, case_id), take_over=body.take_over)


@router.delete("/cases/{case_id}/claim", status_code=204)
def delete_claim(hub: HubDependency, person: Working, case_id: int) -> None:
    """Give up one's claim."""
    with hub.transaction() as work:
        desks.release(work, person.me.username, _case(work, person, case_id))


def sitter(person: SignedInPerson, page: str = "") -> Sitter:
    """Give somebody as who sits at a desk."""
    return Sitter(person.me.username, person.me.display_name, person.session, page)


def _case(work: UnitOfWork, person: SignedInPerson, case_id: int) -> int:
    return find_case(work, person.scope, min(max(case_id, 0), MAX_ID)).id
