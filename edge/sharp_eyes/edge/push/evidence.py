"""Evidence: the full picture, a crop of what the event is about, and the clip around it."""

import hashlib
from datetime import datetime
from uuid import UUID, uuid5

import cv2
import numpy as np

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.base import Box
from sharp_eyes.contract.command import SaveClip
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import MAX_EVIDENCE_SIZE, Evidence, EvidenceKind, SceneEvent
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.snap.ring import EncodedClip

JPEG_QUALITY = 88
FULL_WIDTH = 1920
"""Pixels; a wider picture is scaled down."""

CROP_WIDTH = 640
"""Pixels; a wider crop is scaled down."""

CROP_MARGIN = 0.125
"""Share of the box's width and height added on each side: a quarter in all, for the surroundings."""


def picture_entries(event: SceneEvent, frame: Frame, gateway: str) -> list[Entry]:
    """The event's full picture and, where it has a box, the crop around that box."""
    entries = [picture_entry(event.event_id, EvidenceKind.FULL, frame, gateway)]
    return entries if event.box is None else [*entries, crop_entry(event.event_id, event.box, frame, gateway)]


def crop_entry(event_id: UUID, box: Box, frame: Frame, gateway: str) -> Entry:
    """The crop around the event's box."""
    content = _jpeg(_crop(frame.picture(), box))
    return _entry(gateway, event_id, EvidenceKind.CROP, content, frame.time)


def picture_entry(event_id: UUID, kind: EvidenceKind, frame: Frame, gateway: str) -> Entry:
    """One whole picture: ``full``, or ``before`` and ``after`` when a camera looks again."""
    width = min(frame.width, FULL_WIDTH)
    height = max(1, round(frame.height * width / frame.width))
    content = _jpeg(frame.picture(width, height))
    return _entry(gateway, event_id, kind, content, frame.time)


def clip_entry(event: SceneEvent, clip: EncodedClip, gateway: str) -> Entry | None:
    """The clip around the event; None where it is larger than the contract allows."""
    if len(clip.data) > MAX_EVIDENCE_SIZE:
        return None
    return _entry(gateway, event.event_id, EvidenceKind.CLIP, clip.data, clip.start)


def saved_clip_entry(command: SaveClip, clip: EncodedClip, gateway: str) -> Entry | None:
    """A clip of the past under the id that it was asked for with; None where it is larger than the contract allows."""
    if len(clip.data) > MAX_EVIDENCE_SIZE:
        return None
    return _entry(gateway, command.event_id, EvidenceKind.CLIP, clip.data, clip.start, command.command_id)


def evidence_id(event_id: UUID, kind: EvidenceKind, captured_at: datetime) -> UUID:
    """The same id whenever the same evidence of the same event is made."""
    return uuid5(event_id, f"{kind.value}/{captured_at.astimezone(UTC).isoformat()}")


def _entry(
    gateway: str, event_id: UUID, kind: EvidenceKind, content: bytes, time: float, identity: UUID | None = None
) -> Entry:
    captured_at = datetime.fromtimestamp(time, UTC)
    evidence = Evidence(
        evidence_id=identity or evidence_id(event_id, kind, captured_at),
        event_id=event_id,
        kind=kind,
        media_type="video/mp4" if kind is EvidenceKind.CLIP else "image/jpeg",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        captured_at=captured_at,
    )
    return Entry(wrap(gateway, evidence), content)


def _jpeg(picture: Picture) -> bytes:
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as JPEG")
    return encoded.tobytes()


def _crop(picture: Picture, box: Box) -> Picture:
    """Cut out the box, widened by the margin and kept inside the picture."""
    height, width = picture.shape[:2]
    left, right = _widened(box[0], box[2], width)
    top, bottom = _widened(box[1], box[3], height)
    crop = picture[top:bottom, left:right]
    if crop.shape[1] > CROP_WIDTH:
        rows = max(1, round(crop.shape[0] * CROP_WIDTH / crop.shape[1]))
        resized = cv2.resize(crop, (CROP_WIDTH, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(resized, dtype=np.uint8)
    return crop


def _widened(start: float, end: float, length: int) -> tuple[int, int]:
    """Whole pixels from ``start`` to ``end`` (shares of ``length``) with the margin; at least one pixel."""
    margin = (end - start) * CROP_MARGIN
    first = min(max(0, int((start - margin) * length)), length - 1)
    last = min(length, int(np.ceil((end + margin) * length)))
    return first, max(last, first + 1)
