"""Devices that give alarms: what they say, their register, and where people on duty are who are called to them."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_routes import checked_id
from sharp_eyes.hub.api.dependencies import CurrentAccount, CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.device_schemas import (
    CallView,
    CaseDeviceView,
    DeviceBody,
    DeviceKindView,
    DeviceMessageBody,
    DeviceMessageView,
    DevicesView,
    DeviceView,
    DutyPositionView,
    HouseholdContactView,
)
from sharp_eyes.hub.api.device_views import call_view, contact_views, device_view, wgs84
from sharp_eyes.hub.api.report_schemas import PositionBody
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.cases.queries import find_case
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.devices import positions, register
from sharp_eyes.hub.devices.calling import device_of, open_calls
from sharp_eyes.hub.devices.messages import Sender, take_message
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import Device, DutyPosition, Household
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["devices"])
READERS = frozenset({Role.CLERK, Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER, Role.ADMINISTRATOR})
"""Who sees the registers."""

KEEPERS = frozenset({Role.CLERK, Role.SHIFT_LEAD, Role.ADMINISTRATOR})
"""Who changes them, and reads telephone numbers."""


@router.post("/device-messages")
def post_device_message(hub: HubDependency, person: CurrentPerson, body: DeviceMessageBody) -> DeviceMessageView:
    """Take what a device says, by its platform's token; sent again with the same id, it is one message.

    403 source_not_yours, 404 unknown_device, 422 key_reused, unknown_kind.
    """
    try:
        return _take(hub, person, body)
    except IntegrityError:
        # The same message came twice at once: the other one is committed by now.
        return _take(hub, person, body)


@router.get("/devices")
def get_devices(
    hub: HubDependency,
    person: CurrentPerson,
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> DevicesView:
    """List devices of one's area: alarms, silent ones and low batteries first. 403 not_allowed."""
    require(person, READERS)
    with hub.read_only() as work:
        rows = register.devices(work, person.area, search, limit=limit)
        kinds = [DeviceKindView(id=one.id, name=one.name) for one in work.city.device_kinds]
        return DevicesView(items=[device_view(work, row) for row in rows], kinds=kinds)


@router.post("/devices", status_code=201)
def post_device(hub: HubDependency, person: CurrentPerson, body: DeviceBody) -> DeviceView:
    """Add a device. 403 not_allowed, 404, 409 serial_taken, 422 unknown_kind, unknown_area, place_missing."""
    return _save(hub, person, body, Action.DEVICE_ADDED)


@router.put("/devices/{device_id}")
def put_device(hub: HubDependency, person: CurrentPerson, device_id: int, body: DeviceBody) -> DeviceView:
    """Change a device. 403 not_allowed, 404, 409 serial_taken, 422 unknown_kind, unknown_area, place_missing."""
    return _save(hub, person, body, Action.DEVICE_CHANGED, checked_id(device_id))


@router.delete("/devices/{device_id}", status_code=204)
def delete_device(hub: HubDependency, person: CurrentPerson, device_id: int) -> None:
    """Take a device out of the register; its cases stay. 403 not_allowed, 404."""
    require(person, KEEPERS)
    with hub.transaction() as work:
        row = register.find_device(work, person.area, checked_id(device_id))
        record(work.session, work.now, person.origin, Action.DEVICE_REMOVED, area=row.area, subject=row.serial)
        work.session.delete(row)


@router.get("/cases/{case_id}/device")
def get_case_device(hub: HubDependency, person: CurrentPerson, case_id: int) -> CaseDeviceView:
    """Say which device a case is about, and what whoever goes there must know. 404 also where it is about none."""
    with hub.read_only() as work:
        case = find_case(work, person.scope, checked_id(case_id))
        row = _device_of(work, case)
        home = None if row.household_id is None else work.session.get(Household, row.household_id)
        return CaseDeviceView(
            device=device_view(work, row),
            note="" if home is None else home.note,
            lone_elder=home is not None and home.lone_elder,
            may_see_contacts=home is not None and _may_call(work, person, case),
        )


@router.get("/cases/{case_id}/device/contacts")
def get_case_contacts(hub: HubDependency, person: CurrentPerson, case_id: int) -> list[HouseholdContactView]:
    """Say who can be called in the household of a case's device; who asked stands in the audit trail.

    For clerks and shift leads, and for whoever is called to the case or went. 403 not_allowed, 404.
    """
    with hub.read_only() as work:
        case = find_case(work, person.scope, checked_id(case_id))
        row = _device_of(work, case)
        if not _may_call(work, person, case):
            raise RequestError(403, "not_allowed", "contacts are for clerks, shift leads and whoever is called there")
        if row.household_id is None:
            raise not_found(f"household of device {row.serial}")
        home = work.session.get_one(Household, row.household_id)
        found, area, subject = contact_views(work, home), case.area, f"{case.number} household {home.id}"
    note_look(hub, person, Action.HOUSEHOLD_CONTACTS_SEEN, area, subject)
    return found


@router.get("/calls")
def get_calls(hub: HubDependency, person: CurrentAccount) -> list[CallView]:
    """List the cases to which one is called now: answered by the moves 'accept' and 'decline_call'."""
    with hub.read_only() as work:
        return [
            call_view(work, case, calling) for case, calling in open_calls(work, person.account, person.me.username)
        ]


@router.put("/duty/position")
def put_duty_position(hub: HubDependency, person: CurrentAccount, body: PositionBody) -> DutyPositionView:
    """Say where one is, while on duty; the latest place alone is kept, until the shift ends. 409 not_on_duty."""
    with hub.transaction() as work:
        spot = positions.Spot(wgs84(body), body.accuracy)
        return DutyPositionView.model_validate(
            positions.share_position(work, person.account, spot), from_attributes=True
        )


@router.get("/duty/position")
def get_duty_position(hub: HubDependency, person: CurrentAccount) -> DutyPositionView | None:
    """Say what the hub knows of one's own place; null where it knows none."""
    with hub.read_only() as work:
        row = work.session.get(DutyPosition, person.account)
        known = row is not None and row.ends_at > work.now
        return DutyPositionView.model_validate(row, from_attributes=True) if known else None


@router.delete("/duty/position", status_code=204)
def delete_duty_position(hub: HubDependency, person: CurrentAccount) -> None:
    """Forget one's own place; safe to repeat."""
    with hub.transaction() as work:
        positions.forget_position(work, person.account)


def require(person: Person, roles: frozenset[Role]) -> None:
    """Refuse who has none of the roles."""
    if person.me.role not in roles:
        raise RequestError(403, "not_allowed", "the register is for the office: clerks, shift leads, administrators")


def _take(hub: Hub, person: Person, body: DeviceMessageBody) -> DeviceMessageView:
    with hub.transaction() as work:
        case = take_message(work, Sender(person.actor, person.area), body, hub.settings.limits)
        if case is None:
            return DeviceMessageView(device=body.device)
        return DeviceMessageView(device=body.device, case=case.id, number=case.number, state=State(case.state))


def _save(hub: Hub, person: Person, body: DeviceBody, action: Action, identity: int | None = None) -> DeviceView:
    require(person, KEEPERS)
    point = None if body.position is None else wgs84(body.position)
    with hub.transaction() as work:
        known = None if identity is None else register.find_device(work, person.area, identity)
        if known is not None:
            check_seen(body.seen, device_view(work, known))
            if "position" not in body.model_fields_set and known.longitude is not None and known.latitude is not None:
                point = known.longitude, known.latitude
        wish = register.DeviceWish(body.kind, body.serial, body.household, body.place.strip(), body.area, point)
        row = register.save_device(work, person.area, wish, known)
        record(work.session, work.now, person.origin, action, area=row.area, subject=row.serial)
        return device_view(work, row)


def _device_of(work: UnitOfWork, case: Case) -> Device:
    row = device_of(work, case)
    if row is None:
        raise not_found(f"device of case {case.number}")
    return row


def _may_call(work: UnitOfWork, person: Person, case: Case) -> bool:
    calling = state_of(work, case).calling
    named = () if calling is None else (calling.person, calling.went)
    return person.me.role in KEEPERS or person.me.username in named
