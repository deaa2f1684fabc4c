"""Clips of events whose last seconds are not over yet, on disk: a gateway that is killed sends them at its next start.

One file a clip: a line of JSON (the event, and what the clip covers), then the MP4 as it is so far. It is written anew
every few seconds while the clip grows, so that a death costs that much of its end.
"""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ValidationError

from sharp_eyes.configuration.whole_files import remove_unfinished, write_private
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.snap.orientation import UPRIGHT, Orientation
from sharp_eyes.edge.snap.ring import EncodedClip

KEEP_EVERY = 2.0
"""Seconds between two writings of a growing clip."""

MAX_BYTES = 128 * 1024**2
"""Of one camera; what finds no room is held in memory only, as the log says."""

_log = logging.getLogger(__name__)


class _Header(BaseModel):
    event: SceneEvent
    start: float
    end: float
    private: bool = False
    turned: Orientation = UPRIGHT


class ClipSpool:
    """Unfinished clips of one camera. Belongs to one thread at a time; a full disk is logged and costs nothing else."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES, *, private: bool = False) -> None:
        """``private``: the clips are to be masked before they leave."""
        self._private = private
        self._folder = folder
        self._max_bytes = max_bytes
        self._sizes: dict[UUID, int] = {}
        self._kept: dict[UUID, float] = {}
        self._complained = False

    def keep(self, event: SceneEvent, cut: Callable[[], EncodedClip | None]) -> None:
        """Write the event's clip as it is now (``cut`` gives it), unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._kept.get(event.event_id, float("-inf")) < KEEP_EVERY:
            return
        self._kept[event.event_id] = now
        clip = cut()
        if clip is None:
            return
        others = sum(size for identity, size in list(self._sizes.items()) if identity != event.event_id)
        if others + len(clip.data) > self._max_bytes:
            self._complain(f"{self._max_bytes} bytes of unfinished clips are there already")
            return
        try:
            self._write(event, clip)
        except OSError as error:
            self._complain(str(error))
        else:
            self._sizes[event.event_id] = len(clip.data)
            self._complained = False

    def drop(self, event_id: UUID) -> None:
        """Forget a clip that is in the outbox now."""
        self._kept.pop(event_id, None)
        self._sizes.pop(event_id, None)
        _remove(self._path(event_id))

    def recover(self) -> Iterator[tuple[SceneEvent, EncodedClip]]:
        """What a gateway that was killed has left; :meth:`drop` each once it is safe elsewhere.

        What was to be masked is left out, and removed, where this spool knows of no masks.
        """
        try:
            remove_unfinished(self._folder)
        except OSError as error:  # such as a disk that can only be read now: what is whole there is sent all the same
            _log.warning("%s cannot be tidied: %s", self._folder, error)
        for path in sorted(self._folder.glob("*")):
            try:
                line, _, data = path.read_bytes().partition(b"\n")
                header = _Header.model_validate_json(line)
            except (OSError, ValidationError):
                _log.warning("%s is no whole clip and is removed", path)
                _remove(path)
                continue
            if header.private and not self._private:
                _log.warning("%s was to be masked, and the masks are gone from the settings; it is removed", path)
                _remove(path)
                continue
            _log.info("camera %s: a clip that a stopped gateway left is sent", header.event.camera)
            yield header.event, EncodedClip(data, header.start, header.end, header.turned)

    def _write(self, event: SceneEvent, clip: EncodedClip) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        header = _Header(event=event, start=clip.start, end=clip.end, private=self._private, turned=clip.turned)
        write_private(self._path(event.event_id), header.model_dump_json().encode() + b"\n" + clip.data)

    def _path(self, event_id: UUID) -> Path:
        return self._folder / str(event_id)

    def _complain(self, why: str) -> None:
        if not self._complained:
            _log.warning("%s: an unfinished clip is held in memory only: %s", self._folder, why)
        self._complained = True


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s cannot be removed: %s", path, error)
