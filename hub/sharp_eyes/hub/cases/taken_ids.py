"""Ids that senders make, of events, reports and inspections: files name them, so no two things may have the same.

An event's id can be guessed by whoever knows its gateway, camera, scene, zone and moment.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from sharp_eyes.hub.store.case_tables import Alarm
from sharp_eyes.hub.store.inspection_tables import Inspection
from sharp_eyes.hub.store.report_tables import Report

_TAKEN = union_all(
    *(
        select(column).where(column.in_(bindparam("ids", expanding=True)))
        for column in (Alarm.event_id, Report.key, Inspection.key)
    )
)


def taken_ids(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Say which of these ids an event, a report or an inspection has."""
    return set(session.scalars(_TAKEN, {"ids": list(ids)}))
