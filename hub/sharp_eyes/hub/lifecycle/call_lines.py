"""What a line of a case's log says of calls: who on duty is called to a device's alarm, and what the device says."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sharp_eyes.hub.lifecycle.line_base import LineBase


class Called(LineBase):
    """Somebody on duty is called: they answer by ``accept``, or the next one is called at ``until``.

    ``metres``: from where their phone was last to the place; none where either is not known.
    """

    what: Literal["called"] = "called"
    unit: str
    person: str
    until: datetime
    metres: int | None = None


class CallDeclined(LineBase):
    """Who is called cannot go; the next is called at once."""

    what: Literal["call_declined"] = "call_declined"
    text: str = ""


class CallUnanswered(LineBase):
    """Who was called has not answered in time."""

    what: Literal["call_unanswered"] = "call_unanswered"
    person: str


class NobodyAnswered(LineBase):
    """Nobody is left to be called, ``called`` were; the shift lead is told."""

    what: Literal["nobody_answered"] = "nobody_answered"
    unit: str
    called: int = Field(ge=0)


class DeviceCleared(LineBase):
    """The device that gave the alarm says that it is over; a person sees to it all the same."""

    what: Literal["device_cleared"] = "device_cleared"
    device: str
