"""What a line of a case's log says of its time: more of it, rest, reminders, lateness, and what holds it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle.line_base import Limits, LineBase, LineWithReason


class ExtensionAsked(LineWithReason):
    """延期: a unit asks for one more limit."""

    what: Literal["extension_asked"] = "extension_asked"
    unit: str


class ExtensionGranted(LineBase):
    """It gets it."""

    what: Literal["extension_granted"] = "extension_granted"
    text: str = ""


class ExtensionRefused(LineWithReason):
    """It does not."""

    what: Literal["extension_refused"] = "extension_refused"


class Suspended(LineWithReason):
    """挂账: the clocks rest until a day."""

    what: Literal["suspended"] = "suspended"
    until: datetime


class Resumed(LineBase):
    """They go on: the day has come, or somebody says so."""

    what: Literal["resumed"] = "resumed"
    text: str = ""


class Supervised(LineBase):
    """督办: a leader wants a reply."""

    what: Literal["supervised"] = "supervised"
    text: str
    limits: Limits = Field(default_factory=dict)


class SupervisionAnswered(LineBase):
    """The reply."""

    what: Literal["supervision_answered"] = "supervision_answered"
    text: str


class Urged(LineBase):
    """催办: a nudge, counted."""

    what: Literal["urged"] = "urged"
    text: str = ""


class Reminded(LineBase):
    """A reminder before a deadline went out."""

    what: Literal["reminded"] = "reminded"
    clock: ClockKind
    unit: str | None = None
    milestone: str | None = None
    due: datetime
    told: tuple[str, ...] = ()


class Escalated(LineBase):
    """A deadline was missed and these roles are told, ``up`` levels up the area tree; ``step`` counts up the ladder."""

    what: Literal["escalated"] = "escalated"
    clock: ClockKind
    unit: str | None = None
    milestone: str | None = None
    due: datetime
    step: int
    up: int = 0
    told: tuple[str, ...] = ()


class CalendarChanged(LineBase):
    """The clocks that run follow another version of the calendar from now on."""

    what: Literal["calendar_changed"] = "calendar_changed"


class AreaChanged(LineBase):
    """The area that it lies in was renamed or moved, and the open case goes along."""

    what: Literal["area_changed"] = "area_changed"
    area: str
    before: str


class Appealed(LineWithReason):
    """申诉: the unit says that the lateness is not its fault."""

    what: Literal["appealed"] = "appealed"


class AppealDecided(LineWithReason):
    """It is exempted, or not; late it was."""

    what: Literal["appeal_decided"] = "appeal_decided"
    granted: bool


class HoldSet(LineWithReason):
    """Nothing of it is deleted, or may be again."""

    what: Literal["hold_set"] = "hold_set"
    held: bool
