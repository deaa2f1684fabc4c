"""What comes with a move."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.lifecycle.model import Basis


@dataclass(frozen=True, slots=True)
class Given:
    """What is given along with a move.

    Attributes:
        unit: whose turn it is about; the actor's own, or the only one, where it is not named.
        to: units that are sent (dispatch, reassign), or asked to report in (whistle).
        person: of the unit, where one is named.
        granted: whether an appeal is (decide_appeal).
        basis: on what a rule chose whom it sends.
        milestone: id of the one that is reached.
        mentioned: user names that a comment calls.
        said_at: when it was done, as the phone says that could send it only later.
        week: the Monday of the week on whose list it is put.
        group: the response group that it is handed to (``to`` are its units, the lead first).
        report: whose sender was called back, and whether they were ``reached``.
        passed: the tier that it is passed up to, how many levels above the case's area that is, and who is told.
    """

    reason: str = ""
    note: str = ""
    unit: str | None = None
    to: tuple[str, ...] = ()
    photos: tuple[UUID, ...] = ()
    until: datetime | None = None
    grade: Grade | None = None
    stars: int | None = None
    case: str | None = None
    alarms: tuple[UUID, ...] = ()
    person: str | None = None
    granted: bool = False
    milestone: str | None = None
    basis: Basis | None = None
    mentioned: tuple[str, ...] = ()
    said_at: datetime | None = None
    week: date | None = None
    group: str | None = None
    report: UUID | None = None
    reached: bool = True
    passed: tuple[str, int, tuple[str, ...]] | None = None
