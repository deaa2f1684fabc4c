"""What a device in a home or on a street says by way of its platform: a smoke alarm, a gas detector, a water gauge."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.contract.base import Message, Timestamp

DeviceSerial = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""What a device is called by its maker and its platform: letters, digits, ``.``, ``_``, ``:`` and ``-``."""


class DeviceSaid(StrEnum):
    """What a device says."""

    ALARM = "alarm"
    CLEARED = "cleared"
    """The alarm is over, as far as the device can tell."""
    TEST = "test"
    """Somebody has pressed its test button."""
    LOW_BATTERY = "low_battery"
    HEARTBEAT = "heartbeat"


class DeviceMessage(Message):
    """One message of a device. Sent again until the hub has answered; the hub takes it once for its ``id``."""

    id: str = Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$", description="Made by the platform")
    device: DeviceSerial = Field(description="Its serial, as it stands in the hub's register")
    kind: DeviceSaid
    at: Timestamp | None = Field(default=None, description="When the device said it; when it came, where left out")
    battery: int | None = Field(default=None, ge=0, le=100, description="Percent that is left")
