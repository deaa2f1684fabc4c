"""Rows of evidence files: each is added once, and only for the gateway whose event it is."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.feedback.saved_clips import asker_of
from sharp_eyes.hub.intake.alarms import case_of_alarm, known_alarm
from sharp_eyes.hub.intake.deduplication import first_time
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_TOLD = "cases of whose new files pages are told"
"""Of several files that are committed together pages are told once."""


class _Known(NamedTuple):
    """What a stored file is held against when it comes again."""

    gateway: str | None
    sha256: str
    event_id: UUID


_WHAT_IS_KNOWN = PreparedSelect(
    lambda among: select(EvidenceFile.id, EvidenceFile.gateway, EvidenceFile.sha256, EvidenceFile.event_id).where(
        among(EvidenceFile.id, "files")
    )
)


def is_stored(work: UnitOfWork, message: EvidenceMessage) -> bool:
    """Whether this file is stored already.

    Raises:
        MessageRefusedError: its id is taken by another file, or its event belongs to another gateway.
    """
    evidence = message.data
    alarm = known_alarm(work, evidence.event_id)
    if alarm is not None and alarm.gateway != message.gateway:
        raise MessageRefusedError(f"event {evidence.event_id} belongs to another gateway", message.id)
    row = _known_file(work, evidence.evidence_id)
    if row is None:
        return False
    if row != (message.gateway, evidence.sha256, evidence.event_id):
        raise MessageRefusedError(f"evidence {evidence.evidence_id} is another file already", message.id)
    return True


def is_known(work: UnitOfWork, identity: UUID) -> bool:
    """Whether a file with this id is stored."""
    return _known_file(work, identity) is not None


def look_up_files(work: UnitOfWork, files: Collection[UUID]) -> None:
    """Ask for many files at once."""
    found = _read(work, files)
    for identity in files:
        work.note((EvidenceFile, identity), found.get(identity))


def _known_file(work: UnitOfWork, identity: UUID) -> _Known | None:
    return work.once((EvidenceFile, identity), lambda: _read(work, [identity]).get(identity))


def _read(work: UnitOfWork, files: Collection[UUID]) -> dict[UUID, _Known]:
    rows = _WHAT_IS_KNOWN.rows(work.session, files=list(files))
    return {identity: _Known(gateway, sha256, event_id) for identity, gateway, sha256, event_id in rows}


def add(work: UnitOfWork, message: EvidenceMessage, key: str) -> None:
    """Add the row of a file that lies in the store under ``key``."""
    evidence = message.data
    asked = evidence.kind is EvidenceKind.CLIP
    row = {
        "id": evidence.evidence_id,
        "event_id": evidence.event_id,
        "gateway": message.gateway,
        "kind": evidence.kind.value,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "sha256": evidence.sha256,
        "key": key,
        "captured_at": evidence.captured_at,
        "received_at": work.now,
        "by": asker_of(work, evidence.evidence_id, message.gateway) if asked else None,
    }
    work.session.add_row(EvidenceFile, row)
    known = _Known(message.gateway, evidence.sha256, evidence.event_id)
    work.note((EvidenceFile, evidence.evidence_id), known)
    first_time(work, message)
    alarm = known_alarm(work, evidence.event_id)
    case = None if alarm is None else case_of_alarm(work, alarm)
    if case is not None and not work.noted((_TOLD, case.id)):
        publish_change(work, case, "evidence")
        work.note((_TOLD, case.id), True)
