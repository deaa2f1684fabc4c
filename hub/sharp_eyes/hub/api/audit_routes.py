"""The audit trail, for administrators; and what is written into it when somebody looks at pictures."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, AwareDatetime

from sharp_eyes.hub import audit
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.record_schemas import AuditLine, AuditPage
from sharp_eyes.hub.api.spreadsheet import CSV_ANSWER, csv_answer
from sharp_eyes.hub.areas.tree import Ground
from sharp_eyes.hub.audit import Action, AuditFilter
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role

router = APIRouter(tags=["audit"])
_MAX_ID = 2**53
_AT_ONCE = 1000
_COLUMNS = ("at", "action", "actor", "address", "area", "subject", "detail")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such moment in UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


def asked_lines(
    action: Action | None = None,
    actor: Annotated[str | None, Query(max_length=100)] = None,
    since: Annotated[Moment | None, Query(description="Not before this moment")] = None,
    until: Annotated[Moment | None, Query(description="Before this moment")] = None,
) -> AuditFilter:
    """Read from the address which lines are asked for."""
    return AuditFilter(action, actor, since, until)


AskedLines = Annotated[AuditFilter, Depends(asked_lines)]


@router.get("/audit")
def get_audit(
    hub: HubDependency,
    person: CurrentPerson,
    only: AskedLines,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int | None, Query(ge=1, le=_MAX_ID, description="Cursor from 'next'")] = None,
) -> AuditPage:
    """List what was done and seen in the asker's area, newest first; 403 for all but administrators."""
    _check_reader(person)
    note_look(hub, person, Action.AUDIT_SEEN, person.area, "audit trail")
    with hub.database.read() as session:
        found = audit.entries(session, person.ground, only, before=before, limit=limit + 1)
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


@router.post(
    "/audit/export",
    response_class=StreamingResponse,
    responses=CSV_ANSWER,
)
def export_audit(hub: HubDependency, person: CurrentPerson, only: AskedLines) -> StreamingResponse:
    """Give all those lines as one CSV file (UTF-8), newest first; the export is a line of the trail itself.

    403 for all but administrators.
    """
    _check_reader(person)
    with hub.database.write() as session:
        lines, newest = audit.count_entries(session, person.ground, only)
        asked: dict[str, datetime | str | None] = {"action": only.action, "since": only.since, "until": only.until}
        if lines:
            asked["actor"] = only.actor  # somebody in the trail, so not a password typed into the wrong field
        detail = {"lines": lines, "only": {name: str(value) for name, value in asked.items() if value is not None}}
        origin, now, subject = person.origin, hub.clock(), "audit trail"
        audit.record(session, now, origin, Action.EXPORTED, area=person.area, subject=subject, **detail)
    return csv_answer(f"audit-{hub.clock():%Y%m%dT%H%M%SZ}.csv", _rows(hub, person.ground, only, newest))


def _rows(hub: Hub, area: Ground, only: AuditFilter, newest: int) -> Iterator[Sequence[str]]:
    """Give the lines that were there when the export was asked for, page by page: the trail may be long."""
    yield _COLUMNS
    before = newest + 1
    while True:
        with hub.database.read() as session:
            found = audit.entries(session, area, only, before=before, limit=_AT_ONCE)
        for row in found:
            detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else ""
            yield row.at.isoformat(), row.action, row.actor, row.address, row.area, row.subject, detail
        if len(found) < _AT_ONCE:
            return
        before = found[-1].id


def _check_reader(person: Person) -> None:
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "the audit trail is for administrators")


def note_export(hub: Hub, person: Person, subject: str, area: str | None = None, **detail: Any) -> None:
    """Write down that a person took something away as a file; ``area``: of what it tells, else the person's own."""
    with hub.database.write() as session:
        where = area or person.area
        audit.record(session, hub.clock(), person.origin, Action.EXPORTED, area=where, subject=subject, **detail)


def note_look(hub: Hub, person: Person, action: Action, area: str, subject: str) -> None:
    """Write down that a person looked at something; a look again within ten minutes is the same look."""
    look = f"{action} {subject}"
    if not hub.sightings.is_new(person.access, look):
        return
    try:
        with hub.database.write() as session:
            audit.record(session, hub.clock(), person.origin, action, area=area, subject=subject)
    except BaseException:
        hub.sightings.forget(person.access, look)  # else it could be seen for ten minutes without a line
        raise
