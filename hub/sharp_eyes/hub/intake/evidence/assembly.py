"""Parts of evidence on disk until the file is whole: ``staging/<gateway>/<evidence id>/``.

Parts may come before their announcement, twice, or in any order. One that was announced is written to its place in the
file and added to the sum when its turn comes; one that was not lies beside it under its number. Nothing here needs to
survive a power cut: what is not acknowledged is sent again, and the sum is checked over the whole file.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.hub.errors import DamagedEvidenceError, StoreError

_ANNOUNCEMENT, _WHOLE, _HAVE = "announcement.json", "whole", "have"
_READ_AT_ONCE = 1024 * 1024


@dataclass(slots=True)
class _Coming:
    """A file that was announced.

    Attributes:
        place: its folder; ``whole`` is the file in it.
        have: for each part whether it is there (1) or not (0); the file ``have`` says the same after a restart.
        summed: so many parts from the first on are in ``digest``.
        written: bytes that it counts for among its gateway's.
    """

    message: EvidenceMessage
    place: Path
    whole: Path
    have: bytearray
    digest: Any = field(default_factory=hashlib.sha256)
    summed: int = 0
    written: int = 0


class EvidenceAssembly:
    """Parts of all gateways' evidence. Belongs to one thread."""

    def __init__(self, folder: Path, max_bytes: int = 256 * 1024 * 1024, max_files: int = 200) -> None:
        """Keep at most ``max_bytes`` and ``max_files`` for each gateway; the oldest give way, and are sent again."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._files: dict[str, int] = {}
        self._used: dict[str, int] = {}
        self._coming: dict[tuple[str, str], _Coming] = {}
        self._begun = {(place.parent.name, place.name) for place in folder.glob("*/*")}
        """Files of which something lies here, so that the disk need not be asked of each picture."""

    def announce(self, message: EvidenceMessage) -> None:
        """Note which file is coming; another announcement under the same id starts anew.

        Raises:
            StoreError: the staging folder cannot be written.
        """
        identity = message.data.evidence_id
        known = self.announcement(message.gateway, identity)
        if known is not None and known.data == message.data:
            return
        if known is not None:
            self.drop(message.gateway, identity)
        content = message.model_dump_json().encode()
        place = self._make_place(message.gateway, identity, len(content))
        try:
            # Half of it, after a crash, reads as none.
            (place / _ANNOUNCEMENT).write_bytes(content)
            have = bytearray(message.data.parts)
            coming = _Coming(message, place, place / _WHOLE, have, written=len(content))
            self._coming[message.gateway, str(identity)] = coming
            _take_in_early_parts(coming)
        except OSError as error:
            raise self._translated(error) from error

    def has_begun(self, gateway: str, identity: UUID) -> bool:
        """Whether anything of a file has come: an announcement, or parts before it."""
        return (gateway, str(identity)) in self._begun

    def known(self, gateway: str, identity: UUID) -> EvidenceMessage | None:
        """Say what was announced, without looking at the disk."""
        coming = self._coming.get((gateway, str(identity)))
        return None if coming is None else coming.message

    def announcement(self, gateway: str, identity: UUID) -> EvidenceMessage | None:
        """Say what was announced; ``None`` where nothing was, or it cannot be read.

        Raises:
            StoreError: the staging folder cannot be read.
        """
        known = self._coming.get((gateway, str(identity))) or self._read_back(gateway, identity)
        return None if known is None else known.message

    def add_part(self, gateway: str, identity: UUID, number: int, content: bytes) -> None:
        """Keep one part; of an announced file it has the announced length.

        Raises:
            StoreError: the staging folder cannot be written.
        """
        place = self._make_place(gateway, identity, len(content))
        known = self._coming.get((gateway, str(identity)))
        try:
            if known is None:
                (place / str(number)).write_bytes(content)
            else:
                _write_part(known, number, content)
        except OSError as error:
            raise self._translated(error) from error

    def assemble(self, message: EvidenceMessage) -> Path | None:
        """Say where the whole file lies; ``None`` while parts are missing.

        Raises:
            DamagedEvidenceError: the sum is wrong; all parts were dropped.
            StoreError: the staging folder cannot be read.
        """
        evidence = message.data
        known = self._coming.get((message.gateway, str(evidence.evidence_id)))
        if known is None or not all(known.have):
            return None
        try:
            if known.summed < evidence.parts:
                _sum_rest(known)
        except OSError as error:
            self.drop(message.gateway, evidence.evidence_id)
            raise self._translated(error) from error
        is_right = known.digest.hexdigest() == evidence.sha256
        known.digest, known.summed = hashlib.sha256(), 0  # asked again, it is read again
        if not is_right:
            self.drop(message.gateway, evidence.evidence_id)
            raise DamagedEvidenceError(f"evidence {evidence.evidence_id}: the parts do not make the announced file")
        return known.whole

    def drop(self, gateway: str, identity: UUID) -> None:
        """Forget all of one file."""
        known = self._coming.pop((gateway, str(identity)), None)
        self._begun.discard((gateway, str(identity)))
        place = self._place(gateway, identity) if known is None else known.place
        freed = _size(place) if known is None else known.written
        if place.is_dir() and gateway in self._files:
            self._files[gateway] -= 1
        _remove_folder(place)
        if gateway in self._used:
            self._used[gateway] -= freed

    def expire(self, before: float) -> dict[str, int]:
        """Forget files that got no part since ``before`` (seconds since 1970); return how many of each gateway."""
        gone: dict[str, int] = {}
        for place in self._folder.glob("*/*"):
            if 0 < _touched(place) < before:
                self._remove(place)
                gateway = place.parent.name
                gone[gateway] = gone.get(gateway, 0) + 1
                self._used.pop(gateway, None)
                self._files.pop(gateway, None)
        return gone

    def _place(self, gateway: str, identity: UUID) -> Path:
        return self._folder / gateway / str(identity)

    def _make_place(self, gateway: str, identity: UUID, wanted: int) -> Path:
        known = self._coming.get((gateway, str(identity)))
        place = self._place(gateway, identity) if known is None else known.place
        is_new = not place.is_dir()
        self._make_room(gateway, identity, wanted, 1 if is_new else 0)
        try:
            if is_new:
                place.mkdir(parents=True, exist_ok=True)
                self._begun.add((gateway, str(identity)))
                self._files[gateway] += 1
            else:
                os.utime(place)
        except OSError as error:
            raise self._translated(error) from error
        self._used[gateway] += wanted
        if known is not None:
            known.written += wanted
        return place

    def _read_back(self, gateway: str, identity: UUID) -> _Coming | None:
        """Find a file that was coming when the hub was stopped."""
        place = self._place(gateway, identity)
        try:
            message = EvidenceMessage.model_validate_json((place / _ANNOUNCEMENT).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        except OSError as error:
            raise self._translated(error) from error
        have = bytearray(message.data.parts)
        try:
            said = (place / _HAVE).read_bytes()[: len(have)]
        except OSError:
            said = b""
        have[: len(said)] = said
        known = _Coming(message, place, place / _WHOLE, have, written=_size(place))
        self._coming[gateway, str(identity)] = known
        return known

    def _make_room(self, gateway: str, keep: UUID, wanted: int, new_files: int) -> None:
        folder = self._folder / gateway
        if gateway not in self._used or self._used[gateway] + wanted > self._max_bytes:
            self._used[gateway] = _size(folder)
        if gateway not in self._files:
            self._files[gateway] = sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0
        if self._fits(gateway, wanted, new_files):
            return
        for place in sorted(folder.iterdir(), key=_touched):
            if place.name != str(keep):
                self._remove(place)
                self._files[gateway] -= 1
                self._used[gateway] = _size(folder)
            if self._fits(gateway, wanted, new_files):
                return

    def _fits(self, gateway: str, wanted: int, new_files: int) -> bool:
        return self._used[gateway] + wanted <= self._max_bytes and self._files[gateway] + new_files <= self._max_files

    def _remove(self, place: Path) -> None:
        self._coming.pop((place.parent.name, place.name), None)
        self._begun.discard((place.parent.name, place.name))
        shutil.rmtree(place, ignore_errors=True)

    def _translated(self, error: OSError) -> StoreError:
        return StoreError(f"staging folder {self._folder}: {error.strerror}")


def part_length(message: EvidenceMessage, number: int) -> int:
    """Bytes of a part of an announced file."""
    evidence = message.data
    return min(evidence.part_size, evidence.size - number * evidence.part_size)


def _take_in_early_parts(known: _Coming) -> None:
    for path in known.place.iterdir():
        if not path.name.isdecimal():
            continue
        number, content = int(path.name), path.read_bytes()
        if number < known.message.data.parts and len(content) == part_length(known.message, number):
            _write_part(known, number, content)
        path.unlink()


def _sum_rest(known: _Coming) -> None:
    """Add what is not in the sum yet."""
    with known.whole.open("rb") as file:
        file.seek(known.summed * known.message.data.part_size)
        while content := file.read(_READ_AT_ONCE):
            known.digest.update(content)


def _write_part(known: _Coming, number: int, content: bytes) -> None:
    _write_at(known.whole, number * known.message.data.part_size, content)
    if number == known.summed:
        known.digest.update(content)
        known.summed += 1
    elif number < known.summed:  # it came again, and may be another: all is read again at the end
        known.digest, known.summed = hashlib.sha256(), 0
    known.have[number] = 1
    if len(known.have) > 1:  # the only part of a file comes again with its announcement
        _write_at(known.place / _HAVE, number, b"\1")


def _write_at(path: Path, offset: int, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while content:
            written = os.pwrite(descriptor, content, offset)
            content, offset = content[written:], offset + written
    finally:
        os.close(descriptor)


def _remove_folder(place: Path) -> None:
    """Remove what is there as a rule by its names; all else that may lie there too."""
    try:
        for name in (_ANNOUNCEMENT, _WHOLE, _HAVE):
            (place / name).unlink(missing_ok=True)
        place.rmdir()
    except OSError:
        shutil.rmtree(place, ignore_errors=True)


def _touched(place: Path) -> float:
    """When a file last got a part; 0 where it is gone."""
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
