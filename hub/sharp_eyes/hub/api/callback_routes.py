"""Calls back (回访): the list of those who have yet to hear, and how many heard in time."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from sharp_eyes.hub.api.asked_facts import FIRST_DAY, LAST_DAY
from sharp_eyes.hub.api.case_schemas import CaseSummary
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.api.serializers import case_summaries
from sharp_eyes.hub.cases.callbacks import heard, owed
from sharp_eyes.hub.cases.facts import Period
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.roles import Right

router = APIRouter(tags=["reports"])
_DAYS = 30


class CallbackView(ResponseModel):
    """A case whose reporters have yet to hear what has become of it."""

    case: CaseSummary
    due_at: datetime | None = Field(description="Until when they are to hear")
    late: bool


class HeardView(ResponseModel):
    """Cases that ended in the period and whose reporters were to be called back."""

    since: date
    until: date
    asked: int
    heard: int = Field(description="Of these, whose reporters have all been reached")
    in_time: int = Field(description="Of these, within the limit")
    rated: int
    average: float | None = Field(description="Stars, of those that were rated")


class CallbacksView(ResponseModel):
    """Who has yet to hear, what is due first at the head, and how many heard in time."""

    items: list[CallbackView]
    heard: HeardView


@router.get("/callbacks")
def get_callbacks(
    hub: HubDependency,
    person: CurrentPerson,
    since: Annotated[
        date | None,
        Query(ge=FIRST_DAY, le=LAST_DAY, description="First day of the figures; 30 days back where left out"),
    ] = None,
    until: Annotated[
        date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Last day of the figures; today where left out")
    ] = None,
) -> CallbacksView:
    """List the calls back that are owed, for whoever may make them. 403 not_allowed, 422 invalid."""
    if person.rights.of(Move.CALL_BACK.value) is not Right.ALL:
        raise RequestError(403, "not_allowed", "reporters are called back by clerks and shift leads")
    with hub.read_only() as work:
        last = until or work.now.astimezone(work.city.zone).date()
        first = since or last - timedelta(days=_DAYS - 1)
        if first > last:
            raise RequestError(422, "invalid", "the period ends before it begins")
        rows = owed(work, person.scope)
        cases = case_summaries(work, [case for case, _ in rows])
        counted = heard(work, person.scope, Period(first, last))
        return CallbacksView(
            items=[
                CallbackView(case=case, due_at=due, late=due is not None and due < work.now)
                for case, (_, due) in zip(cases, rows, strict=True)
            ],
            heard=HeardView(
                since=first,
                until=last,
                asked=counted.asked,
                heard=counted.heard,
                in_time=counted.in_time,
                rated=counted.rated,
                average=counted.average,
            ),
        )
