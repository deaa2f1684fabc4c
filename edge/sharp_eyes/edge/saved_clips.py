"""Clips of the past that the hub asks for as evidence: cut on a thread of their own, sent as all evidence is."""

import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import av

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.command import SaveClip
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import MAX_CLIP_SECONDS, ClipRefusal, ClipRefused
from sharp_eyes.edge.look_back.cutting import cut
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import saved_clip_entry
from sharp_eyes.edge.push.outbox import Outbox

_REMEMBERED = 1000
"""Commands that are known when they are said again, though the hub has what came of them."""

_log = logging.getLogger(__name__)


class SavedClips:
    """Puts each clip into the outbox, or why there is none."""

    def __init__(self, gateway: str, outbox: Outbox) -> None:
        self._gateway = gateway
        self._outbox = outbox
        self._done: deque[UUID] = deque(maxlen=_REMEMBERED)
        self._cutting = ThreadPoolExecutor(1, "saved-clips")

    def take(self, command: SaveClip, kept: KeptVideo | None) -> None:
        """Save a clip of a camera, which may be gone; returns at once. A command that is said again is done once."""
        self._cutting.submit(self._save, command, kept)

    def stop(self) -> None:
        """Wait for those in hand; the hub asks again for the others."""
        self._cutting.shutdown(wait=True, cancel_futures=True)

    def _save(self, command: SaveClip, kept: KeptVideo | None) -> None:
        if command.command_id in self._done or self._outbox.waiting(str(command.command_id)) is not None:
            return
        try:
            made = self._entry(command, kept)
        except (OSError, av.error.FFmpegError, ValueError) as error:
            _log.warning("camera %s: a clip of the past cannot be cut: %s", command.camera, error)
            made = "failed"
        if isinstance(made, str):
            _log.info("camera %s: a clip that the hub asks for is not there: %s", command.camera, made)
            refused = ClipRefused(
                command_id=command.command_id,
                event_id=command.event_id,
                camera=command.camera,
                reason=made,
                refused_at=datetime.now(UTC),
            )
            made = Entry(wrap(self._gateway, refused))
        self._outbox.put([made])
        self._done.append(command.command_id)

    def _entry(self, command: SaveClip, kept: KeptVideo | None) -> Entry | ClipRefusal:
        if kept is None:
            return "camera_gone"
        if kept.refusal is not None:
            return "masked" if kept.refusal == "masked" else "not_kept"
        since, until = command.since.timestamp(), command.until.timestamp()
        clip = cut(kept.shelf, since, min(until, since + MAX_CLIP_SECONDS))
        if clip is None:
            return "not_kept"
        return saved_clip_entry(command, clip, self._gateway) or "too_large"
