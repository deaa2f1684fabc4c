"""The register of premises: read by the office and whoever inspects, kept by administrators and shift leads."""

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_routes import checked_id
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.inspection_schemas import (
    ImportView,
    PremisesBody,
    PremisesContactView,
    PremisesDetail,
    PremisesPage,
    PremisesView,
)
from sharp_eyes.hub.api.inspection_views import premises_detail, premises_views
from sharp_eyes.hub.api.middleware import MAX_TABLE
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.api.schemas import RowFaultView
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.inspections.importing import import_premises
from sharp_eyes.hub.inspections.premises import (
    PremisesFilter,
    PremisesWish,
    add_premises,
    change_premises,
    find_premises,
    list_premises,
)
from sharp_eyes.hub.store.inspection_tables import PremisesContact

router = APIRouter(prefix="/premises", tags=["premises"])
Words = Annotated[str | None, Query(max_length=200)]


@router.get("")
def get_premises(
    hub: HubDependency,
    person: CurrentPerson,
    words: Annotated[str, Query(max_length=100, description="In name or address")] = "",
    kind: Words = None,
    area: Words = None,
    active: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int, Query(ge=0, le=2**53, description="Cursor from 'next'")] = 0,
) -> PremisesPage:
    """List the premises of the asker's area. 403 for roles that are shown their unit's cases alone."""
    check_reads(person)
    with hub.read_only() as work:
        only = PremisesFilter(words, kind, area, active, after, limit)
        rows, following = list_premises(work, person.scope, only)
        return PremisesPage(items=premises_views(work, rows), next=following)


@router.post("", status_code=201)
def post_premises(hub: HubDependency, person: CurrentPerson, body: PremisesBody) -> PremisesView:
    """Add premises. 403 not_allowed, 409 known_premises, 422 unknown_kind, unknown_area."""
    _check_keeps(person)
    with hub.transaction() as work:
        row = add_premises(work, person.origin, person.area, _wish(body))
        return premises_views(work, [row])[0]


@router.post("/import")
def post_import(
    hub: HubDependency,
    person: CurrentPerson,
    file: Annotated[UploadFile, File(description="CSV with the columns of the guide's table")],
    check: Annotated[bool, Query(description="Only say what would be done")] = False,
) -> ImportView:
    """Add premises from a table, and change those that are known by area, kind and name; all lines or none.

    403 not_allowed, 413 too_large, 422 wrong_file where it is no such table.
    """
    _check_keeps(person)
    content = file.file.read(MAX_TABLE + 1)
    if len(content) > MAX_TABLE:
        raise RequestError(413, "too_large", f"a table has {MAX_TABLE} bytes at most; send it in parts")
    with hub.transaction() as work:
        done = import_premises(work, person.origin, person.area, content, only_check=check)
        return ImportView(added=done.added, changed=done.changed, faults=[RowFaultView.of(*one) for one in done.faults])


@router.get("/{premises_id}")
def get_one(hub: HubDependency, person: CurrentPerson, premises_id: int) -> PremisesDetail:
    """Show premises with their checklist, what is open there, and past inspections. 403, 404."""
    check_reads(person)
    with hub.read_only() as work:
        return premises_detail(work, find_premises(work, person.scope, checked_id(premises_id)))


@router.patch("/{premises_id}")
def patch_premises(hub: HubDependency, person: CurrentPerson, premises_id: int, body: PremisesBody) -> PremisesView:
    """Change premises into what is sent. 403 not_allowed, 404, 409 known_premises, 422 unknown_kind, unknown_area."""
    _check_keeps(person)
    with hub.transaction() as work:
        row = find_premises(work, person.scope, checked_id(premises_id))
        check_seen(body.seen, premises_views(work, [row])[0])
        change_premises(work, person.origin, person.area, row, _wish(body))
        return premises_views(work, [row])[0]


@router.get("/{premises_id}/contact")
def get_contact(hub: HubDependency, person: CurrentPerson, premises_id: int) -> PremisesContactView:
    """Say whom to call there; who asked stands in the audit trail. 403, 404 also where the contact's term is over."""
    check_reads(person)
    with hub.read_only() as work:
        row = find_premises(work, person.scope, checked_id(premises_id))
        contact = work.session.get(PremisesContact, row.id)
        if contact is None:
            raise not_found(f"contact of premises {premises_id}")
        found = PremisesContactView(name=contact.name, phone=contact.phone)
        area, subject = row.area, f"{row.id} {row.name}"
    note_look(hub, person, Action.PREMISES_CONTACT_SEEN, area, subject)
    return found


def check_reads(person: Person) -> None:
    """Refuse who is shown their unit's cases alone.

    Raises:
        RequestError: 403.
    """
    if person.scope.unit is not None:
        raise RequestError(403, "not_allowed", "the register of premises is the office's and the inspectors'")


def _check_keeps(person: Person) -> None:
    if person.me.role not in KEEPERS:
        message = "the register of premises is kept by administrators and shift leads"
        raise RequestError(403, "not_allowed", message)


def _wish(body: PremisesBody) -> PremisesWish:
    at = body.position
    return PremisesWish(
        kind=body.kind,
        name=body.name.strip(),
        area=body.area,
        address=body.address.strip(),
        place=None if at is None else ((at.longitude, at.latitude), at.datum),
        contact=body.contact.strip(),
        phone=None if body.phone is None else body.phone.strip(),
        active=body.active,
    )
