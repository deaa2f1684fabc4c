"""Evidence whose event has not come: an event goes first, so there is little, and a bound for what there may be."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.hub.intake.alarms import known_alarm
from sharp_eyes.hub.settings import MIB, LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_COUNT_SECONDS = 30.0


def is_orphan() -> ColumnElement[bool]:
    """Whether a file is a gateway's and its event has not come."""
    return and_(
        EvidenceFile.gateway.is_not(None),
        ~exists()
        .where(Alarm.event_id == EvidenceFile.event_id, Alarm.gateway == EvidenceFile.gateway)
        .correlate(EvidenceFile),
    )


def orphan_bytes(work: UnitOfWork, gateway: str, since: datetime) -> int:
    """Count the bytes of a gateway's evidence without event."""
    query = select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(
        EvidenceFile.gateway == gateway, EvidenceFile.received_at > since, is_orphan()
    )
    return int(work.session.scalar(query) or 0)


@dataclass(slots=True)
class _Counted:
    bytes: int
    at: float


class OrphanBudget:
    """How much evidence without event each gateway may still send. Belongs to one thread."""

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = limits
        self._counted: dict[str, _Counted] = {}

    def fits(self, work: UnitOfWork, message: EvidenceMessage) -> bool:
        """Whether a file may come: its event is there, or there is room for it among the orphans."""
        if known_alarm(work, message.gateway, message.data.event_id) is not None:
            return True
        now = time.monotonic()
        counted = self._counted.get(message.gateway)
        if counted is None or now - counted.at > _COUNT_SECONDS:
            since = work.now - timedelta(hours=self._limits.orphan_hours)
            counted = self._counted[message.gateway] = _Counted(orphan_bytes(work, message.gateway, since), now)
        # Announced files count although they may never come; the next count corrects that.
        if counted.bytes + message.data.size > self._limits.orphan_megabytes * MIB:
            return False
        counted.bytes += message.data.size
        return True
