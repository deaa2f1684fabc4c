"""Records: what is under legal hold, what joined a case in a storm, and how long what is kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.record_schemas import HoldPage, JoinedEventPage, TermsView, TermView
from sharp_eyes.hub.cases.queries import CaseFilter, find_case, list_cases, list_joined_alarms
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.lifecycle.roles import Role

router = APIRouter(tags=["records"])
_MAX_ID = 2**53
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.SHIFT_LEAD})
"""Who sets, ends and lists legal holds."""


@router.get("/holds")
def get_holds(
    hub: HubDependency,
    person: CurrentPerson,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=_MAX_ID, description="Cursor from 'next'")] = None,
) -> HoldPage:
    """List the cases of the asker's area that are under legal hold; for administrators and shift leads."""
    _check_keeper(person)
    with hub.read_only() as work:
        cases, cursor = list_cases(work, person.scope, CaseFilter(held=True, before=before, limit=limit))
        return HoldPage(items=serializers.hold_views(work, cases), next=None if cursor is None else str(cursor))


@router.get("/cases/{case_id}/events")
def get_joined_events(
    hub: HubDependency,
    person: CurrentPerson,
    case_id: int,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    before: Annotated[UUID | None, Query(description="Cursor from 'next'")] = None,
) -> JoinedEventPage:
    """List the events of a storm that joined a case, newest first."""
    if not 0 < case_id <= _MAX_ID:
        raise not_found(f"case {case_id}")
    with hub.read_only() as work:
        case = find_case(work, person.scope, case_id)
        events, cursor = list_joined_alarms(work, case, before, limit)
        items = serializers.joined_event_views(work, case, events)
        return JoinedEventPage(items=items, next=None if cursor is None else str(cursor))


@router.get("/retention")
def get_retention(hub: HubDependency, person: CurrentPerson) -> TermsView:
    """Tell administrators and shift leads how long what is kept."""
    _check_keeper(person)
    terms, limits = hub.settings.retention, hub.settings.limits
    return TermsView(
        **terms.model_dump(exclude={"terms"}),
        notice_days=hub.settings.notices.days,
        audit_days=hub.settings.audit.days,
        orphan_hours=limits.orphan_hours,
        unfinished_minutes=limits.unfinished_minutes,
        special=[TermView(**term.model_dump(include=set(TermView.model_fields))) for term in terms.terms],
    )


def _check_keeper(person: Person) -> None:
    if person.me.role not in KEEPERS:
        raise RequestError(403, "not_allowed", "this is for administrators and shift leads")
