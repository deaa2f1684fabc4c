"""The audit trail, for administrators; and what is written into it when somebody looks at pictures."""

from typing import Annotated

from fastapi import APIRouter, Query

from sharp_eyes.hub import audit
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.schemas import AuditLine, AuditPage
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.state_machine import Role
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub

router = APIRouter(tags=["audit"])
_MAX_ID = 2**53


@router.get("/audit")
def get_audit(
    hub: HubDependency,
    person: CurrentPerson,
    action: Action | None = None,
    actor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int | None, Query(ge=1, le=_MAX_ID, description="Cursor from 'next'")] = None,
) -> AuditPage:
    """List what was done and seen in the asker's area, newest first; 403 for all but administrators."""
    if person.me.role is not Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "the audit trail is for administrators")
    note_look(hub, person, Action.AUDIT_SEEN, person.area, "audit trail")
    with hub.database.read() as session:
        found = audit.entries(session, person.area, action=action, actor=actor, before=before, limit=limit + 1)
    page = found[:limit]
    return AuditPage(
        items=[
            AuditLine(
                id=row.id,
                at=row.at,
                action=row.action,
                actor=row.actor,
                address=row.address,
                area=row.area,
                subject=row.subject,
                detail=row.detail,
            )
            for row in page
        ],
        next=str(page[-1].id) if len(found) > limit else None,
    )


def note_look(hub: Hub, person: Person, action: Action, area: str, subject: str) -> None:
    """Write down that a person looked at something; a look again within ten minutes is the same look."""
    if hub.sightings.is_new(person.session, f"{action} {subject}"):
        with hub.database.write() as session:
            audit.record(session, hub.clock(), person.origin, action, area=area, subject=subject)
