"""The register of households; their contacts are read one household at a time, which the audit trail says."""

from typing import Annotated

from fastapi import APIRouter, Query

from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_routes import checked_id
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.device_routes import KEEPERS, READERS, require
from sharp_eyes.hub.api.device_schemas import (
    HouseholdBody,
    HouseholdContactsBody,
    HouseholdContactView,
    HouseholdView,
)
from sharp_eyes.hub.api.device_views import contact_views, household_view, wgs84
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.devices import register
from sharp_eyes.hub.hub import Hub

router = APIRouter(prefix="/households", tags=["devices"])


@router.get("")
def get_households(
    hub: HubDependency,
    person: CurrentPerson,
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[HouseholdView]:
    """List households of one's area by address. 403 not_allowed."""
    require(person, READERS)
    with hub.read_only() as work:
        return [household_view(work, row) for row in register.households(work, person.area, search, limit)]


@router.post("", status_code=201)
def post_household(hub: HubDependency, person: CurrentPerson, body: HouseholdBody) -> HouseholdView:
    """Add a household. 403 not_allowed, 422 unknown_area."""
    return _save(hub, person, body, Action.HOUSEHOLD_ADDED)


@router.put("/{household_id}")
def put_household(hub: HubDependency, person: CurrentPerson, household_id: int, body: HouseholdBody) -> HouseholdView:
    """Change a household; its devices go along to another area. 403 not_allowed, 404, 422 unknown_area."""
    return _save(hub, person, body, Action.HOUSEHOLD_CHANGED, checked_id(household_id))


@router.delete("/{household_id}", status_code=204)
def delete_household(hub: HubDependency, person: CurrentPerson, household_id: int) -> None:
    """Remove a household with its contacts. 403 not_allowed, 404, 409 has_devices."""
    require(person, KEEPERS)
    with hub.transaction() as work:
        row = register.find_household(work, person.area, checked_id(household_id))
        register.remove_household(work, row)
        record(
            work.session, work.now, person.origin, Action.HOUSEHOLD_REMOVED, area=row.area, subject=str(household_id)
        )


@router.get("/{household_id}/contacts")
def get_household_contacts(hub: HubDependency, person: CurrentPerson, household_id: int) -> list[HouseholdContactView]:
    """Say who can be called in a household; who asked stands in the audit trail. 403 not_allowed, 404."""
    require(person, KEEPERS)
    with hub.read_only() as work:
        row = register.find_household(work, person.area, checked_id(household_id))
        found, area = contact_views(work, row), row.area
    note_look(hub, person, Action.HOUSEHOLD_CONTACTS_SEEN, area, str(row.id))
    return found


@router.put("/{household_id}/contacts", status_code=204)
def put_household_contacts(
    hub: HubDependency, person: CurrentPerson, household_id: int, body: HouseholdContactsBody
) -> None:
    """Note a household's contacts in the place of those that were there; their term begins anew. 403, 404, 422."""
    require(person, KEEPERS)
    with hub.transaction() as work:
        row = register.find_household(work, person.area, checked_id(household_id))
        people = [register.Person(one.name.strip(), one.phone.strip()) for one in body.contacts]
        register.set_contacts(work, row, people)
        subject = str(row.id)
        action = Action.HOUSEHOLD_CONTACTS_CHANGED
        record(work.session, work.now, person.origin, action, area=row.area, subject=subject)


def _save(hub: Hub, person: Person, body: HouseholdBody, action: Action, identity: int | None = None) -> HouseholdView:
    require(person, KEEPERS)
    point = None if body.position is None else wgs84(body.position)
    wish = register.HouseholdWish(body.area, body.address.strip(), body.note.strip(), body.lone_elder, point)
    with hub.transaction() as work:
        known = None if identity is None else register.find_household(work, person.area, identity)
        if known is not None:
            check_seen(body.seen, household_view(work, known))
        row = register.save_household(work, person.area, wish, known)
        record(work.session, work.now, person.origin, action, area=row.area, subject=str(row.id))
        return household_view(work, row)
