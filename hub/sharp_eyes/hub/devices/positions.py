"""Where people on duty are, as their phones say with their consent: the latest place alone, until the shift ends."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.device_tables import DutyPosition
from sharp_eyes.hub.store.notice_tables import DutyShift
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_STALE = timedelta(minutes=30)
"""After so long without a word nobody knows where somebody is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in WGS 84, to within some metres."""

    point: Point
    accuracy: float | None = None


def share_position(work: UnitOfWork, account_id: int, spot: Spot) -> DutyPosition:
    """Keep where somebody on duty is, in the place of what was known.

    Raises:
        RequestError: 409 ``not_on_duty``.
    """
    running = (DutyShift.account_id == account_id, DutyShift.begins_at <= work.now, DutyShift.ends_at > work.now)
    ends_at = work.session.scalar(select(func.max(DutyShift.ends_at)).where(*running))
    if ends_at is None:
        raise RequestError(409, "not_on_duty", "a place is kept while its owner is on duty by the roster, and not now")
    row = work.session.get(DutyPosition, account_id) or DutyPosition(account_id=account_id)
    row.longitude, row.latitude = spot.point
    row.accuracy, row.at, row.ends_at = spot.accuracy, work.now, ends_at
    work.session.add(row)
    return row


def forget_position(work: UnitOfWork, account_id: int) -> None:
    """Forget where somebody is."""
    work.session.execute(delete(DutyPosition).where(DutyPosition.account_id == account_id))


def forget_ended(work: UnitOfWork) -> None:
    """Forget where those were whose shift has ended."""
    work.session.execute(delete(DutyPosition).where(DutyPosition.ends_at <= work.now))


def last_positions(work: UnitOfWork) -> dict[int, DutyPosition]:
    """Where people on duty were lately, by their account's id."""
    query = select(DutyPosition).where(DutyPosition.ends_at > work.now, DutyPosition.at > work.now - _STALE)
    return {row.account_id: row for row in work.session.scalars(query)}
