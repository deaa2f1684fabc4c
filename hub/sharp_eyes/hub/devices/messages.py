"""Takes what devices say, whichever way it came: an alarm makes a case, or is counted on the one that it made."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select

from sharp_eyes.contract.device import DeviceMessage, DeviceSaid
from sharp_eyes.hub.areas.device_kinds import DeviceKind
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.devices.calling import begin_calling
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.reports import Located, Told, take_report
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.lifecycle.call_lines import DeviceCleared
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import Device, Household
from sharp_eyes.hub.store.report_tables import Report
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_ALARMS = UUID("0f6f1d0e-3a64-5a0b-9d0c-4f0f2f6f7c11")
"""Namespace of the keys of devices' alarms."""

_COUNTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks for devices, and for those of which area."""

    actor: Actor
    area: str


def take_message(work: UnitOfWork, sender: Sender, said: DeviceMessage, limits: LimitSettings) -> Case | None:
    """Take a message, once for its id; gives the case that it is about, where it is about one.

    Raises:
        RequestError: 403 ``source_not_yours``, 404 ``unknown_device``, 422 ``key_reused``, ``unknown_kind``.
    """
    _may_speak(sender)
    device = _device(work, sender, said.device)
    kind = work.city.device_kind(device.kind)
    if kind is None:
        raise RequestError(422, "unknown_kind", f"device {said.device} is a {device.kind}, which the city pack has not")
    at = min(said.at or work.now, work.now)
    _hear(work, device, kind, said)
    match said.kind:
        case DeviceSaid.ALARM:
            return _take_alarm(work, sender, device, kind, said, limits)
        case DeviceSaid.CLEARED:
            if device.alarm_since is None or at < device.alarm_since:
                return None  # said before, or overtaken by a later alarm
            device.alarm_since = None
            case = open_case(work, device)
            if case is not None:
                write_line(work, case, sender.actor, DeviceCleared(device=device.serial))
            return case
        case DeviceSaid.TEST:
            device.tested_at = max(device.tested_at or at, at)
        case DeviceSaid.LOW_BATTERY:
            device.battery_low = True
        case DeviceSaid.HEARTBEAT:
            pass
    return None


def open_case(work: UnitOfWork, device: Device) -> Case | None:
    """Find the open case of a device's latest alarm, locked."""
    query = select(Report.case_id).where(Report.device_id == device.id).order_by(Report.id.desc()).limit(1)
    found = work.session.scalar(query)
    case = None if found is None else lock_row(work, found)
    return None if case is None or case.ended_at is not None else case


def _may_speak(sender: Sender) -> None:
    rights = sender.actor.rights
    if rights is None or Source.SENSOR not in rights.reports:
        raise RequestError(403, "source_not_yours", f"{sender.actor.name} may not report from devices ('sensor')")


def _device(work: UnitOfWork, sender: Sender, serial: str) -> Device:
    # Locked: two messages of one alarm at once make one case.
    device = work.session.scalar(select(Device).where(Device.serial == serial).with_for_update())
    if device is None or not covers(sender.area, device.area):
        raise RequestError(404, "unknown_device", f"device {serial!r} is not in the register; add it there first")
    return device


def _hear(work: UnitOfWork, device: Device, kind: DeviceKind, said: DeviceMessage) -> None:
    device.heard_at = work.now
    if said.battery is not None:
        device.battery = said.battery
        device.battery_low = said.battery <= kind.low_battery


def _take_alarm(
    work: UnitOfWork, sender: Sender, device: Device, kind: DeviceKind, said: DeviceMessage, limits: LimitSettings
) -> Case:
    key = uuid5(_ALARMS, f"{sender.actor.name}\n{said.id}")
    known = work.session.scalar(select(Report).where(Report.key == key))
    if known is not None:
        if known.device_id != device.id:
            raise RequestError(422, "key_reused", f"message {said.id} came from another device before; use a new id")
        return work.session.get_one(Case, known.case_id)
    of = open_case(work, device)
    if of is not None and _rings_on(work, device):
        return of
    row = take_report(work, sender.actor, sender.area, _told(work, device, kind, said, key), limits, of)
    device.alarm_since = row.happened_at
    case = work.session.get_one(Case, row.case_id)
    if of is None and kind.call is not None:
        begin_calling(work, case, kind.call)
    return case


def _rings_on(work: UnitOfWork, device: Device) -> bool:
    """Whether its last alarm was counted just now: one that repeats itself every second fills no log."""
    last = work.session.scalar(select(func.max(Report.received_at)).where(Report.device_id == device.id))
    return last is not None and work.now - last < _COUNTED_EVERY


def _told(work: UnitOfWork, device: Device, kind: DeviceKind, said: DeviceMessage, key: UUID) -> Told:
    home = None if device.household_id is None else work.session.get(Household, device.household_id)
    place = device if device.longitude is not None else home
    located = None
    if place is not None and place.longitude is not None and place.latitude is not None:
        located = Located((place.longitude, place.latitude), "wgs84")
    words = ", ".join(one for one in (None if home is None else home.address, device.place) if one)
    return Told(
        key=key,
        source=Source.SENSOR,
        kind=kind.report,
        words=f"{kind.name.zh} / {kind.name.en} {device.serial}",
        place=located,
        address=words,
        area=device.area,
        happened_at=said.at,
        device=device.id,
    )
