"""Inspections from a phone: what is due, a walk through a checklist with photos, and the list of hazards."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Header, Query, UploadFile
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.api.case_routes import noted_with_photo, read_photo
from sharp_eyes.hub.api.case_schemas import PhotoView
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person, check_still_in
from sharp_eyes.hub.api.inspection_schemas import BeginBody, DueView, HazardView, InspectionView, SubmitBody
from sharp_eyes.hub.api.inspection_views import due_views, find_inspection, hazard_views, inspection_view
from sharp_eyes.hub.api.premises_routes import check_reads
from sharp_eyes.hub.api.report_views import evidence_url
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.handle import photos
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.inspections import walks
from sharp_eyes.hub.inspections.due import list_due
from sharp_eyes.hub.inspections.failures import Found
from sharp_eyes.hub.inspections.hazards import listed_hazards

router = APIRouter(tags=["inspections"])


@router.get("/inspections/due")
def get_due(
    hub: HubDependency,
    person: CurrentPerson,
    area: Annotated[str | None, Query(max_length=200, description="The asker's own where empty")] = None,
    days: Annotated[int, Query(ge=0, le=366, description="Also what is due within so many days")] = 14,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[DueView]:
    """List the premises that are due, those that wait for a re-check first, then the most overdue. 403, 404."""
    check_reads(person)
    path = area or person.area
    if not covers(person.area, path):
        raise not_found(f"area {path}")
    with hub.read_only() as work:
        return due_views(work, list_due(work, person.scope, path, timedelta(days=days), limit))


@router.get("/listed-hazards")
def get_listed_hazards(hub: HubDependency, person: CurrentPerson) -> list[HazardView]:
    """Give the list of hazards of the asker's area: major and repeated failures until their cases end."""
    with hub.read_only() as work:
        return hazard_views(work, listed_hazards(work, person.scope))


@router.post("/inspections", status_code=201)
def post_inspection(
    hub: HubDependency,
    person: CurrentPerson,
    body: BeginBody,
    idempotency_key: Annotated[UUID, Header(description="The inspection's own; sent again with it, it is one")],
) -> InspectionView:
    """Begin an inspection with the checklist of this day.

    403 not_allowed, 404, 409 premises_inactive, no_checklist, nothing_to_recheck, 422 key_reused.
    """
    try:
        return _begin(hub, person, idempotency_key, body)
    except IntegrityError:
        # It came twice at once: the other one is committed by now.
        return _begin(hub, person, idempotency_key, body)


@router.get("/inspections/{key}")
def get_inspection(hub: HubDependency, person: CurrentPerson, key: UUID) -> InspectionView:
    """Show an inspection with what was found of each item. 403, 404."""
    check_reads(person)
    with hub.read_only() as work:
        return inspection_view(work, find_inspection(work, person.scope, key))


@router.put("/inspections/{key}/photos/{photo_id}")
def put_inspection_photo(
    hub: HubDependency,
    person: CurrentPerson,
    key: UUID,
    photo_id: UUID,
    file: Annotated[UploadFile, File()],
    noted: Annotated[photos.Noted, Depends(noted_with_photo)],
) -> PhotoView:
    """Send a photo (JPEG, PNG or WebP) of an inspection under way, under an id of the sender's; name it in the results.

    404, 409 submitted, too_many_photos, 413, 415, 422 key_reused.
    """
    with hub.read_only() as work:  # a photo costs seconds to read: only one that is wanted is read
        is_there = walks.is_photo_there(work, person.actor, key, photo_id)
    if is_there:
        return PhotoView(id=photo_id, url=evidence_url(photo_id))
    picture = read_photo(hub, file)
    with hub.transaction() as work:
        check_still_in(hub, work, person)
        walks.add_photo(work, hub.evidence_store, person.actor, key, photo_id, picture, noted)
    return PhotoView(id=photo_id, url=evidence_url(photo_id))


@router.put("/inspections/{key}")
def put_inspection(hub: HubDependency, person: CurrentPerson, key: UUID, body: SubmitBody) -> InspectionView:
    """Hand an inspection in, once: each failure makes a case, of a re-check each result is its case's check.

    404, 422 key_reused, unknown_item, item_missing, photo_missing, unknown_photo, 429 too_many_reports.
    """
    found = [Found(one.item, one.result, one.note.strip(), tuple(one.photos)) for one in body.items]
    walk_of = person.actor, person.scope, hub.settings.limits
    with hub.transaction() as work:
        row = walks.submit(work, person.origin, walk_of, key, found)
        return inspection_view(work, row)


def _begin(hub: Hub, person: Person, key: UUID, body: BeginBody) -> InspectionView:
    with hub.transaction() as work:
        row = walks.begin(work, person.actor, person.scope, key, body.premises, recheck=body.recheck)
        return inspection_view(work, row)
