"""Photos that handlers add to a case."""

import hashlib
from uuid import UUID, uuid4

import sqlalchemy as sa

from sharp_eyes.hub.cases.moves import facts_of
from sharp_eyes.hub.cases.state_machine import Actor, Move, legal_moves
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.tables import Case, EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MAX_PHOTOS = 40
"""Photos of one case at most."""


def media_type(content: bytes) -> str | None:
    """Tell JPEG, PNG and WebP by their first and last bytes; ``None`` for anything else or a cut-off file."""
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and b"IEND" in content[-16:]:
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        size = int.from_bytes(content[4:8], "little")
        return "image/webp" if len(content) >= size + 8 else None
    return None


def check_may_add(case: Case, actor: Actor) -> None:
    """Refuse a photo from someone who cannot handle the case now.

    Raises:
        RequestError: 409.
    """
    if not any(legal.move in {Move.HANDLE, Move.ACCEPT} for legal in legal_moves(facts_of(case), actor)):
        raise RequestError(409, "not_allowed", f"{actor.name} does not handle this case now")


def add_photo(work: UnitOfWork, store: EvidenceStore, case: Case, actor: Actor, content: bytes) -> EvidenceFile:
    """Store a photo with a case.

    Raises:
        RequestError: 415 where it is no picture, 409 where there are too many.
    """
    kind = media_type(content)
    if kind is None:
        raise RequestError(415, "no_picture", "the file is no whole JPEG, PNG or WebP picture")
    count = work.session.scalar(
        sa.select(sa.func.count())
        .select_from(EvidenceFile)
        .where(EvidenceFile.event_id == case.event_id, EvidenceFile.kind == "photo")
    )
    if (count or 0) >= MAX_PHOTOS:
        raise RequestError(409, "too_many_photos", f"a case takes {MAX_PHOTOS} photos at most")
    identity = uuid4()
    row = EvidenceFile(
        id=identity,
        event_id=case.event_id,
        gateway=None,
        kind="photo",
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=store.put_bytes(identity, kind, content),
        captured_at=work.now,
        received_at=work.now,
        by=actor.name,
    )
    work.session.add(row)
    publish_change(work, case, "photo")
    return row


def check_photos(work: UnitOfWork, case: Case, photo_ids: tuple[UUID, ...]) -> None:
    """Check that photos named in a move belong to this case.

    Raises:
        RequestError: 422.
    """
    for identity in photo_ids:
        row = work.session.get(EvidenceFile, identity)
        if row is None or row.kind != "photo" or row.event_id != case.event_id:
            raise RequestError(422, "unknown_photo", f"photo {identity} does not belong to this case")
