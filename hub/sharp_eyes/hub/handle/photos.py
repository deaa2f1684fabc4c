"""Photos that handlers add to a case."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa

from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.handle.pictures import Picture
from sharp_eyes.hub.lifecycle.acts import Actor, Move
from sharp_eyes.hub.lifecycle.legality import legal_moves
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.evidence_store import EvidenceStore, hold_files
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MAX_PHOTOS = 40
"""Photos of one case at most."""

Moment = Literal["reported", "before", "after"]
"""What a photo shows: what was reported, or the place before or after the work."""
REPORTED: Moment = "reported"
MOMENT, NOTED_PLACE = "moment", "noted_place"
"""Keys of a photo's metadata, beside those that its EXIF gave."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What the page notes with a photo that was taken in it.

    Attributes:
        taken_at: by the phone's clock as the hub's answers set it; a later moment than now is taken for now.
        place: latitude and longitude in degrees (WGS 84) and ``accuracy`` in metres, where the phone told.
    """

    taken_at: datetime | None = None
    moment: Moment | None = None
    place: Mapping[str, float] | None = None

    @property
    def as_metadata(self) -> dict[str, Any]:
        """What is kept with the photo."""
        said = {MOMENT: self.moment, NOTED_PLACE: None if self.place is None else dict(self.place)}
        return {key: value for key, value in said.items() if value is not None}


NOTHING_NOTED = Noted()

_WITH_PHOTO = frozenset({Move.ACCEPT, Move.HANDLE})


def check_may_add(work: UnitOfWork, case: Case, actor: Actor) -> None:
    """Refuse a photo from someone who cannot handle the case now.

    Raises:
        RequestError: 409.
    """
    if not any(legal.move in _WITH_PHOTO for legal in legal_moves(state_of(work, case), actor)):
        raise RequestError(409, "not_allowed", f"{actor.name} does not handle this case now")


def add_photo(
    work: UnitOfWork,
    store: EvidenceStore,
    case: Case,
    actor: Actor,
    picture: Picture,
    noted: Noted = NOTHING_NOTED,
    report: UUID | None = None,
) -> EvidenceFile:
    """Store a photo with a case, or with one of the reports of a case.

    Raises:
        RequestError: 409 where there are too many.
    """
    event_id = report or case.event_id
    count = work.session.scalar(
        sa.select(sa.func.count())
        .select_from(EvidenceFile)
        .where(EvidenceFile.event_id == event_id, EvidenceFile.kind == "photo")
    )
    if (count or 0) >= MAX_PHOTOS:
        raise RequestError(409, "too_many_photos", f"a case takes {MAX_PHOTOS} photos at most")
    row = store_photo(work, store, event_id, actor, picture, noted)
    publish_change(work, case, "photo")
    return row


def store_photo(
    work: UnitOfWork,
    store: EvidenceStore,
    event_id: UUID | None,
    actor: Actor,
    picture: Picture,
    noted: Noted = NOTHING_NOTED,
    identity: UUID | None = None,
) -> EvidenceFile:
    """Store a photo of an event; ``identity``: its id, a new one where it is not given."""
    hold_files(work.session, alone=False)
    row = EvidenceFile(
        id=identity or uuid4(),
        event_id=event_id,
        gateway=None,
        kind="photo",
        media_type=picture.media_type,
        size=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        key=store.put_bytes(picture.media_type, picture.content),
        captured_at=work.now if noted.taken_at is None else min(noted.taken_at, work.now),
        received_at=work.now,
        by=actor.name,
        original_key=store.put_bytes(picture.media_type, picture.original),
        original_sha256=hashlib.sha256(picture.original).hexdigest(),
        metadata_=picture.metadata | noted.as_metadata,
    )
    work.session.add(row)
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
