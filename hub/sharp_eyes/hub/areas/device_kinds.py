"""Devices that give alarms by themselves, as a city pack says them, and who is called to them."""

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit


class CallSettings(Settings):
    """Who is called to a device's alarm, one after another, the nearest first, until somebody goes."""

    unit: Identifier = Field(title="Unit for which they go; the rules of the report's kind send it by themselves")
    role: Identifier = Field("grid_worker", title="Role of those who are called, while they are on duty by the roster")
    every: Limit = Field(Limit(amount=1, unit=TimeUnit.MINUTES), title="After so long without an answer the next one")
    most: int = Field(5, title="People who are called at most, before it is the shift lead's", ge=1, le=50)
    radius: int | None = Field(None, title="Metres; who is known to be further away is not called", ge=50)


class DeviceKind(Settings):
    """A sort of device that gives alarms by itself, such as a smoke alarm in a home."""

    id: Identifier = Field(title="Identifier")
    name: Text
    report: Identifier = Field(title="Kind of report that its alarm makes")
    call: CallSettings | None = Field(None, title="Who is called to it; nobody where empty")
    low_battery: int = Field(20, title="Percent of its battery from which on it is low", ge=0, le=100)
    silent: Limit = Field(Limit(amount=26, unit=TimeUnit.HOURS), title="After so long without a word it is silent")
