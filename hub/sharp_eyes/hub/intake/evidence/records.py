"""Rows of evidence files: each is added once, and only for the gateway whose event it is."""

from uuid import UUID

from sqlalchemy import select

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.feedback.saved_clips import asker_of
from sharp_eyes.hub.intake.deduplication import first_time
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def is_stored(work: UnitOfWork, message: EvidenceMessage) -> bool:
    """Whether this file is stored already.

    Raises:
        MessageRefusedError: its id is taken by another file, or its event belongs to another gateway.
    """
    evidence = message.data
    owner = work.session.scalar(select(Alarm.gateway).where(Alarm.event_id == evidence.event_id))
    if owner not in (None, message.gateway):
        raise MessageRefusedError(f"event {evidence.event_id} belongs to another gateway", message.id)
    row = work.session.get(EvidenceFile, evidence.evidence_id)
    if row is None:
        return False
    if (row.gateway, row.sha256, row.event_id) != (message.gateway, evidence.sha256, evidence.event_id):
        raise MessageRefusedError(f"evidence {evidence.evidence_id} is another file already", message.id)
    return True


def is_known(work: UnitOfWork, identity: UUID) -> bool:
    """Whether a file with this id is stored."""
    return work.session.get(EvidenceFile, identity) is not None


def add(work: UnitOfWork, message: EvidenceMessage, key: str) -> None:
    """Add the row of a file that lies in the store under ``key``."""
    evidence = message.data
    row = EvidenceFile(
        id=evidence.evidence_id,
        event_id=evidence.event_id,
        gateway=message.gateway,
        kind=evidence.kind.value,
        media_type=evidence.media_type,
        size=evidence.size,
        sha256=evidence.sha256,
        key=key,
        captured_at=evidence.captured_at,
        received_at=work.now,
        by=asker_of(work, evidence.evidence_id, message.gateway),
    )
    work.session.add(row)
    first_time(work, message)
    case = work.session.scalar(
        select(Case).join(Alarm, Alarm.case_id == Case.id).where(Alarm.event_id == evidence.event_id)
    )
    if case is not None:
        publish_change(work, case, "evidence")
