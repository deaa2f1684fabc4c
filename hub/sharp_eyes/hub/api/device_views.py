"""What is said of devices and households."""

from sqlalchemy import select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.case_schemas import WorldPlace
from sharp_eyes.hub.api.device_schemas import CallView, DeviceView, HouseholdContactView, HouseholdView
from sharp_eyes.hub.api.names import area_name
from sharp_eyes.hub.api.report_schemas import PositionBody
from sharp_eyes.hub.api.report_views import world_place
from sharp_eyes.hub.areas.datum import Point, to_wgs84
from sharp_eyes.hub.devices import register
from sharp_eyes.hub.devices.calling import device_of
from sharp_eyes.hub.lifecycle.model import Calling
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import Device, Household
from sharp_eyes.hub.store.report_tables import Report
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def wgs84(at: PositionBody) -> Point:
    """Give a position in WGS 84."""
    return to_wgs84((at.longitude, at.latitude), at.datum)


def device_view(work: UnitOfWork, row: Device) -> DeviceView:
    """Describe a device."""
    home = None if row.household_id is None else work.session.get(Household, row.household_id)
    kind = work.city.device_kind(row.kind)
    return DeviceView(
        id=row.id,
        kind=row.kind,
        kind_name=None if kind is None else kind.name,
        serial=row.serial,
        household=row.household_id,
        address="" if home is None else home.address,
        place=row.place,
        area=row.area,
        position=_place(row) or (None if home is None else _place(home)),
        state=register.state_of_device(work.city, row, work),
        battery=row.battery,
        battery_low=row.battery_low,
        heard_at=row.heard_at,
        tested_at=row.tested_at,
        alarm_since=row.alarm_since,
        case=_open_case(work, row),
    )


def call_view(work: UnitOfWork, case: Case, calling: Calling) -> CallView:
    """Describe a case to whoever is called to it."""
    device = device_of(work, case)
    home = None if device is None or device.household_id is None else work.session.get(Household, device.household_id)
    return CallView(
        case=case.id,
        number=case.number,
        kind_name=None if case.subject is None else work.city.name_of(case.subject),
        grade=Grade(case.grade),
        address=case.place or "",
        area_name=area_name(work.city, case.area),
        position=world_place(case),
        note="" if home is None else home.note,
        lone_elder=home is not None and home.lone_elder,
        metres=calling.metres,
        until=calling.until or work.now,
    )


def household_view(work: UnitOfWork, row: Household, limit: int = 20) -> HouseholdView:
    """Describe a household with its devices, without its contacts."""
    hanging = register.devices(work, row.area, household=row.id, limit=limit)
    return HouseholdView(
        id=row.id,
        area=row.area,
        address=row.address,
        note=row.note,
        lone_elder=row.lone_elder,
        position=_place(row),
        changed_at=row.changed_at,
        devices=[device_view(work, one) for one in hanging],
    )


def contact_views(work: UnitOfWork, row: Household) -> list[HouseholdContactView]:
    """Describe a household's contacts."""
    found = register.contacts_of(work, row)
    return [HouseholdContactView.model_validate(one, from_attributes=True) for one in found]


def _place(row: Device | Household) -> WorldPlace | None:
    if row.longitude is None or row.latitude is None:
        return None
    return WorldPlace(longitude=row.longitude, latitude=row.latitude)


def _open_case(work: UnitOfWork, row: Device) -> int | None:
    query = select(Case.id).join(Report, Report.case_id == Case.id).where(Report.device_id == row.id)
    return work.session.scalar(query.where(Case.ended_at.is_(None)).order_by(Report.id.desc()).limit(1))
