"""Devices, households and places of people on duty, as the HTTP interface says them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.contract.device import DeviceMessage, DeviceSerial
from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.case_schemas import WorldPlace
from sharp_eyes.hub.api.report_schemas import PositionBody
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.api.seen import Seen
from sharp_eyes.hub.areas.city_pack import Text
from sharp_eyes.hub.devices.register import DeviceState
from sharp_eyes.hub.lifecycle.model import State

_Words = Annotated[StorableText, Field(max_length=500)]


class DeviceMessageBody(DeviceMessage):
    """What a device says; the same as over MQTT."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "a-5501", "device": "SA-0042", "kind": "alarm", "at": "2026-03-01T02:10:00+08:00"},
                {"id": "a-5502", "device": "SA-0042", "kind": "heartbeat", "battery": 81},
            ]
        }
    )


class DeviceMessageView(ResponseModel):
    """What became of a message; ``case``, ``number`` and ``state`` where it is about a case."""

    device: str
    case: int | None = None
    number: str | None = None
    state: State | None = None


class DeviceBody(BaseModel):
    """What is to stand of a device. Its area is its household's where it hangs in one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "smoke_alarm", "serial": "SA-0042", "household": 7, "place": "Kitchen ceiling"}]
        }
    )

    kind: StorableText = Field(min_length=1, max_length=100, description="One of 'device_kinds' of GET /api/devices")
    serial: DeviceSerial
    household: int | None = Field(None, ge=1, le=2**53)
    place: _Words = ""
    area: StorableText | None = Field(None, max_length=200, description="Path of its area, where it has no household")
    position: PositionBody | None = Field(
        None, description="Its household's where empty; of a known device its own stays where this is left out"
    )
    seen: Seen = None


class DeviceView(ResponseModel):
    """A device of the register."""

    id: int
    kind: str
    kind_name: Text | None
    serial: str
    household: int | None
    address: str = Field(description="Of its household; empty where it has none")
    place: str
    area: str
    position: WorldPlace | None
    state: DeviceState = Field(description="The gravest of what is to be said of it")
    battery: int | None = Field(description="Percent, as it said last")
    battery_low: bool
    heard_at: datetime | None
    tested_at: datetime | None
    alarm_since: datetime | None
    case: int | None = Field(description="The open case of its latest alarm")


class DeviceKindView(ResponseModel):
    """A kind of device of the city pack."""

    id: str
    name: Text


class DevicesView(ResponseModel):
    """Devices, those that need somebody first, and the kinds that there are."""

    items: list[DeviceView]
    kinds: list[DeviceKindView]


class HouseholdBody(BaseModel):
    """What is to stand of a household. Names and telephone numbers are noted apart."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "demo/first-street/east",
                    "address": "First Street 12, staircase 2, flat 301",
                    "note": "82, hears badly; the neighbour in 302 has a key.",
                    "lone_elder": True,
                    "position": {"longitude": 104.0668, "latitude": 30.5728, "datum": "wgs84"},
                }
            ]
        }
    )

    area: StorableText = Field(max_length=200)
    address: StorableText = Field(min_length=1, max_length=500)
    note: StorableText = Field("", max_length=1000, description="What whoever goes there must know; no names")
    lone_elder: bool = Field(False, description="An elder lives there alone")
    position: PositionBody | None = None
    seen: Seen = None


class HouseholdView(ResponseModel):
    """A household of the register, without names and numbers."""

    id: int
    area: str
    address: str
    note: str
    lone_elder: bool
    position: WorldPlace | None
    changed_at: datetime
    devices: list[DeviceView]


class HouseholdContact(BaseModel):
    """How somebody of a household, or who has its key, can be reached."""

    name: StorableText = Field("", max_length=100)
    phone: StorableText = Field(min_length=3, max_length=40)


class HouseholdContactsBody(BaseModel):
    """A household's contacts; they take the place of those that were there, and their term begins anew."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"contacts": [{"name": "Neighbour in 302", "phone": "13800000000"}]}]}
    )

    contacts: list[HouseholdContact] = Field(max_length=5)


class HouseholdContactView(ResponseModel):
    """The same, as it was noted."""

    name: str
    phone: str
    noted_at: datetime


class CaseDeviceView(ResponseModel):
    """The device whose alarm a case is about, and where it hangs."""

    device: DeviceView
    note: str = Field(description="Of its household: what whoever goes there must know")
    lone_elder: bool
    may_see_contacts: bool


class CallView(ResponseModel):
    """A case to which somebody is called now, with what they need to decide and to find it."""

    case: int
    number: str
    kind_name: Text | None
    grade: Grade
    address: str
    area_name: Text | None
    position: WorldPlace | None
    note: str = Field(description="Of the household: what whoever goes there must know")
    lone_elder: bool
    metres: int | None = Field(description="From where their phone was last; null where that is not known")
    until: datetime = Field(description="When the next is called")


class DutyPositionView(ResponseModel):
    """Where the hub takes somebody on duty to be, until when at the latest."""

    longitude: float
    latitude: float
    accuracy: float | None
    at: datetime
    ends_at: datetime
