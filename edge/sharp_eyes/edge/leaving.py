"""Evidence as it may leave the gateway: masked where the camera's privacy settings say so, never otherwise.

A mask that cannot be made holds the picture back, with a line in the log. Masked clips are encoded anew, on a thread
of their own; until that is done their packets lie in the spool of unfinished clips.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import av

from sharp_eyes.contract.event import EvidenceKind, SceneEvent
from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.privacy.clips import masked_clip
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.privacy_settings import Leaving
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import clip_entry, picture_entries, picture_entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings
from sharp_eyes.edge.snap.ring import EncodedClip

_log = logging.getLogger(__name__)


class LeavingEvidence:
    """Makes the outbox's entries of one camera's evidence."""

    def __init__(self, settings: GatewaySettings, camera: CameraSettings, masker: Masker, outbox: Outbox) -> None:
        self._gateway = settings.gateway
        self._camera = camera.id
        self._masker = masker
        self._outbox = outbox
        self._encoding = ThreadPoolExecutor(1, f"masks-{camera.id}") if masker.changes("clip") else None

    def pictures(self, event: SceneEvent, frame: Frame, before: Frame | None) -> list[Entry]:
        """The full picture, the crop, and the picture that the scene compares with, as far as masks can be made."""
        entries: list[Entry] = []
        for kind in (EvidenceKind.FULL, EvidenceKind.CROP, EvidenceKind.BEFORE):
            shown = before if kind is EvidenceKind.BEFORE else frame
            if shown is None:
                continue
            try:
                entries += self._picture(event, kind, shown)
            except EdgeError as error:
                _log.error("camera %s: a picture (%s) stays here, its mask fails: %s", self._camera, kind, error)
        return entries

    def send_clip(self, event: SceneEvent, clip: EncodedClip | None, done: Callable[[], None]) -> None:
        """Put the clip into the outbox, now or when it is masked; then call ``done``."""
        if clip is None or self._encoding is None:
            self._enqueue(event, clip, done)
            return
        self._encoding.submit(self._mask_and_enqueue, event, clip, done)

    def finish(self) -> None:
        """Wait for the clips that are being masked; no more come."""
        if self._encoding is not None:
            self._encoding.shutdown(wait=True)

    def _picture(self, event: SceneEvent, kind: EvidenceKind, frame: Frame) -> list[Entry]:
        leaving: Leaving = kind.value
        masked = self._masker.masked(frame, leaving)
        if kind is EvidenceKind.BEFORE:
            return [picture_entry(event.event_id, kind, masked, self._gateway)]
        made = picture_entries(event, masked, self._gateway)
        return made[:1] if kind is EvidenceKind.FULL else made[1:]

    def _mask_and_enqueue(self, event: SceneEvent, clip: EncodedClip, done: Callable[[], None]) -> None:
        try:
            masked = masked_clip(self._camera, clip, self._masker)
        except (EdgeError, av.error.FFmpegError, OSError, ValueError):
            _log.exception("camera %s: a clip stays here, its mask fails", self._camera)
            done()
            return
        self._enqueue(event, masked, done)

    def _enqueue(self, event: SceneEvent, clip: EncodedClip | None, done: Callable[[], None]) -> None:
        entry = clip_entry(event, clip, self._gateway) if clip else None
        if entry is not None:
            self._outbox.put([entry])
        done()
