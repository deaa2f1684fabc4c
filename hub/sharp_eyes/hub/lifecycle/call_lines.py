"""What a line of a case's log says of the week's list (吹哨报到)."""

from datetime import date
from typing import Literal

from pydantic import Field

from sharp_eyes.hub.lifecycle.line_base import LineBase, LineWithReason


class Whistled(LineBase):
    """吹哨: it stands on the list of the week that begins with ``week``, a Monday; these units are to report in."""

    what: Literal["whistled"] = "whistled"
    week: date
    units: tuple[str, ...] = Field(min_length=1)
    text: str = ""


class WhistleCalledOff(LineWithReason):
    """It does not wait for the week's list any more."""

    what: Literal["whistle_called_off"] = "whistle_called_off"
