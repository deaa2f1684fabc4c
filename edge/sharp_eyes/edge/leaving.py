"""Evidence as it may leave the gateway: masked where the camera's privacy settings say so, never otherwise.

A mask that cannot be made holds the picture back, with a line in the log. Masked clips are encoded anew, on a thread
of their own; until that is done their packets lie in the spool of unfinished clips.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import av

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.contract.event import MAX_EVIDENCE_SIZE, EvidenceKind, SceneEvent
from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.measures import Measures
from sharp_eyes.edge.privacy.clips import masked_clip
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.privacy.terms import FOLDER
from sharp_eyes.edge.privacy_settings import Leaving
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import clip_entry, crop_entry, picture_entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings
from sharp_eyes.edge.snap.ring import EncodedClip

if TYPE_CHECKING:
    from sharp_eyes.edge.privacy.originals import Originals

_log = logging.getLogger(__name__)


class LeavingEvidence:
    """Makes the outbox's entries of one camera's evidence."""

    def __init__(
        self,
        settings: GatewaySettings,
        camera: CameraSettings,
        masker: Masker,
        outbox: Outbox,
        measures: Measures | None = None,
    ) -> None:
        self._gateway = settings.gateway
        self._camera = camera.id
        self._measures = measures or Measures()
        self._masker = masker
        self._outbox = outbox
        self._originals = _originals_of(settings, camera)
        self._encoding = ThreadPoolExecutor(1, f"masks-{camera.id}") if masker.changes("clip") else None

    def pictures(self, event: SceneEvent, frame: Frame, before: Frame | None) -> list[Entry]:
        """The full picture, the crop, and the picture that the scene compares with, as far as masks can be made."""
        wanted: list[tuple[Leaving, Frame]] = [("full", frame)]
        wanted += [("crop", frame)] if event.box is not None else []
        wanted += [("before", before)] if before is not None else []
        entries: list[Entry] = []
        for kind, shown in wanted:
            try:
                entry = self._picture(event, kind, self._masker.masked(shown, kind))
            except EdgeError as error:
                _log.error("camera %s: a picture (%s) stays here, its mask fails: %s", self._camera, kind, error)
                continue
            entries.append(entry)
            if self._masker.hides(kind):
                self._seal(entry, self._picture(event, kind, shown).content)
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

    def _count(self, outcome: str) -> None:
        self._measures.clips.labels(self._camera, outcome).inc()

    def _picture(self, event: SceneEvent, kind: Leaving, frame: Frame) -> Entry:
        if kind == "crop" and event.box is not None:
            return crop_entry(event.event_id, event.box, frame, self._gateway)
        return picture_entry(event.event_id, EvidenceKind(kind), frame, self._gateway)

    def _seal(self, entry: Entry, original: bytes | None) -> None:
        if self._originals is None or original is None or not isinstance(entry.message, EvidenceMessage):
            return
        evidence = entry.message.data
        self._originals.keep(evidence.evidence_id, evidence.media_type, original)

    def _mask_and_enqueue(self, event: SceneEvent, clip: EncodedClip, done: Callable[[], None]) -> None:
        try:
            masked = masked_clip(self._camera, clip, self._masker)
        except (EdgeError, av.error.FFmpegError, OSError, ValueError):
            _log.exception("camera %s: a clip stays here, its mask fails", self._camera)
            self._count("kept")
            done()
            return
        entry = clip_entry(event, masked, self._gateway)
        if entry is not None:
            self._seal(entry, clip.data)
        self._enqueue(event, masked, done)

    def _enqueue(self, event: SceneEvent, clip: EncodedClip | None, done: Callable[[], None]) -> None:
        entry = clip_entry(event, clip, self._gateway) if clip else None
        if entry is not None:
            self._outbox.put([entry])
            self._count("sent")
        else:
            self._count("missing")
            most = f"it is larger than {MAX_EVIDENCE_SIZE / 2**20:g} MiB"
            why = most if clip else "none of its packets are kept any more, or none came"
            _log.warning("camera %s: event %s has no clip: %s", self._camera, event.event_id, why)
        done()


def _originals_of(settings: GatewaySettings, camera: CameraSettings) -> "Originals | None":
    privacy = camera.privacy
    if privacy.original == "none" or privacy.original_key is None:
        return None
    from sharp_eyes.edge.privacy.originals import Originals  # noqa: PLC0415 - who seals nothing needs no libsodium

    folder = settings.data / FOLDER / camera.id
    return Originals(folder, privacy.original_key, privacy.original_days, privacy.original_bytes)
