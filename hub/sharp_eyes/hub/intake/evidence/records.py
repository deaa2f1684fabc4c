"""Rows of evidence files: each is added once, for an event of its own gateway."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import or_, select

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

    sha256: str
    event_id: UUID


_TAKEN = "id that another file has"
_WHAT_IS_KNOWN = PreparedSelect(
    lambda among: select(
        EvidenceFile.id, EvidenceFile.said_id, EvidenceFile.gateway, EvidenceFile.sha256, EvidenceFile.event_id
    ).where(or_(among(EvidenceFile.id, "ids"), among(EvidenceFile.said_id, "ids")))
)


def is_stored(work: UnitOfWork, message: EvidenceMessage) -> bool:
    """Whether this file is stored already.

    Raises:
        MessageRefusedError: another file of this gateway has its id.
    """
    evidence = message.data
    row = _known_file(work, message.gateway, evidence.evidence_id)
    if row is None:
        return False
    if row.sha256 != evidence.sha256 or row.event_id not in (evidence.event_id, _event_at_hub(work, message)):
        raise MessageRefusedError(f"evidence {evidence.evidence_id} is another file already", message.id)
    return True


def is_known(work: UnitOfWork, gateway: str, identity: UUID) -> bool:
    """Whether a gateway's file with this id is stored."""
    return _known_file(work, gateway, identity) is not None


def look_up_files(work: UnitOfWork, files: Collection[tuple[str, UUID]]) -> None:
    """Ask for many files at once, each by its gateway and the id that this gave it."""
    found, taken = dict[tuple[str, UUID], _Known](), set[UUID]()
    for row_id, said_id, gateway, sha256, event_id in _WHAT_IS_KNOWN.rows(work.session, ids=[one[1] for one in files]):
        found[gateway, said_id or row_id] = _Known(sha256, event_id)
        taken.add(row_id)
    for one in files:
        work.note((EvidenceFile, *one), found.get(one))
        if one[1] in taken:  # else it is not, or by a file of this very work, which has noted it
            work.note((_TAKEN, one[1]), True)


def _known_file(work: UnitOfWork, gateway: str, identity: UUID) -> _Known | None:
    question = EvidenceFile, gateway, identity

    def ask() -> _Known | None:
        look_up_files(work, [(gateway, identity)])
        found: _Known | None = work.noted(question)
        return found

    return work.once(question, ask)


def _event_at_hub(work: UnitOfWork, message: EvidenceMessage) -> UUID:
    """The id of a file's event, which has another at the hub where something else had it first."""
    alarm = known_alarm(work, message.gateway, message.data.event_id)
    return message.data.event_id if alarm is None else alarm.event_id


def add(work: UnitOfWork, message: EvidenceMessage, key: str) -> None:
    """Add the row of a file that :func:`is_stored` has not found and that lies in the store under ``key``."""
    evidence = message.data
    asked = evidence.kind is EvidenceKind.CLIP
    is_taken = work.noted((_TAKEN, evidence.evidence_id))
    row = {
        # Another file's id could be guessed too: the one that comes second is known by a new id.
        "id": uuid4() if is_taken else evidence.evidence_id,
        "said_id": evidence.evidence_id if is_taken else None,
        "event_id": _event_at_hub(work, message),
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
    work.note((EvidenceFile, message.gateway, evidence.evidence_id), _Known(evidence.sha256, evidence.event_id))
    work.note((_TAKEN, evidence.evidence_id), True)
    first_time(work, message)
    alarm = known_alarm(work, message.gateway, evidence.event_id)
    case = None if alarm is None else case_of_alarm(work, alarm)
    if case is not None and not work.noted((_TOLD, case.id)):
        publish_change(work, case, "evidence")
        work.note((_TOLD, case.id), True)
