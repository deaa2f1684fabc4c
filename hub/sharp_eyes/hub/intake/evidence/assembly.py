"""Parts of evidence on disk until the file is whole: ``staging/<gateway>/<evidence id>/``.

Parts may come before their announcement, twice, or in any order. Nothing here needs to survive a power cut:
what is not acknowledged is sent again, and the sum is checked over the whole file.
"""

import hashlib
import shutil
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.hub.errors import DamagedEvidenceError, StoreError

_ANNOUNCEMENT = "announcement.json"
_WHOLE = "whole"


class EvidenceAssembly:
    """Parts of all gateways' evidence. Belongs to one thread."""

    def __init__(self, folder: Path, max_bytes: int = 256 * 1024 * 1024, max_files: int = 200) -> None:
        """Keep at most ``max_bytes`` and ``max_files`` for each gateway; the oldest give way, and are sent again."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._files: dict[str, int] = {}
        self._used: dict[str, int] = {}

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
        self._write(message.gateway, identity, _ANNOUNCEMENT, message.model_dump_json().encode())

    def announcement(self, gateway: str, identity: UUID) -> EvidenceMessage | None:
        """Read what was announced; ``None`` where nothing was, or it cannot be read."""
        try:
            text = (self._place(gateway, identity) / _ANNOUNCEMENT).read_bytes()
            return EvidenceMessage.model_validate_json(text)
        except (FileNotFoundError, ValidationError):
            return None
        except OSError as error:
            raise self._translated(error) from error

    def add_part(self, gateway: str, identity: UUID, number: int, content: bytes) -> None:
        """Keep one part.

        Raises:
            StoreError: the staging folder cannot be written.
        """
        self._write(gateway, identity, str(number), content)

    def assemble(self, message: EvidenceMessage) -> Path | None:
        """Put the file together; ``None`` while parts are missing.

        Raises:
            DamagedEvidenceError: sizes or sum are wrong; all parts were dropped.
            StoreError: the staging folder cannot be written.
        """
        evidence = message.data
        place = self._place(message.gateway, evidence.evidence_id)
        parts = [place / str(number) for number in range(evidence.parts)]
        if not all(part.is_file() for part in parts):
            return None
        digest = hashlib.sha256()
        whole = place / _WHOLE
        size = 0
        try:
            with whole.open("wb") as file:
                for part in parts:
                    content = part.read_bytes()
                    size += len(content)
                    digest.update(content)
                    file.write(content)
        except OSError as error:
            raise self._translated(error) from error
        if size != evidence.size or digest.hexdigest() != evidence.sha256:
            self.drop(message.gateway, evidence.evidence_id)
            raise DamagedEvidenceError(f"evidence {evidence.evidence_id}: the parts do not make the announced file")
        return whole

    def drop(self, gateway: str, identity: UUID) -> None:
        """Forget all of one file."""
        place = self._place(gateway, identity)
        freed = _size(place)
        if place.is_dir() and gateway in self._files:
            self._files[gateway] -= 1
        shutil.rmtree(place, ignore_errors=True)
        if gateway in self._used:
            self._used[gateway] -= freed

    def expire(self, before: float) -> dict[str, int]:
        """Forget files that got no part since ``before`` (seconds since 1970); return how many of each gateway."""
        gone: dict[str, int] = {}
        for place in self._folder.glob("*/*"):
            try:
                stale = place.stat().st_mtime < before
            except FileNotFoundError:
                continue
            if stale:
                shutil.rmtree(place, ignore_errors=True)
                gateway = place.parent.name
                gone[gateway] = gone.get(gateway, 0) + 1
                self._used.pop(gateway, None)
                self._files.pop(gateway, None)
        return gone

    def _place(self, gateway: str, identity: UUID) -> Path:
        return self._folder / gateway / str(identity)

    def _write(self, gateway: str, identity: UUID, name: str, content: bytes) -> None:
        place = self._place(gateway, identity)
        target = place / name
        if target.is_file() and target.read_bytes() == content:
            return
        is_new = not place.is_dir()
        self._make_room(gateway, identity, len(content), 1 if is_new else 0)
        try:
            place.mkdir(parents=True, exist_ok=True)
            self._files[gateway] += 1 if is_new else 0
            new = place / f"{name}.new"
            new.write_bytes(content)
            new.replace(target)
        except OSError as error:
            raise self._translated(error) from error
        self._used[gateway] = self._used.get(gateway, 0) + len(content)

    def _make_room(self, gateway: str, keep: UUID, wanted: int, new_files: int) -> None:
        folder = self._folder / gateway
        if gateway not in self._used or self._used[gateway] + wanted > self._max_bytes:
            self._used[gateway] = _size(folder)
        if gateway not in self._files:
            self._files[gateway] = sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0
        if self._fits(gateway, wanted, new_files):
            return
        for place in sorted(folder.iterdir(), key=lambda place: place.stat().st_mtime):
            if place.name != str(keep):
                shutil.rmtree(place, ignore_errors=True)
                self._files[gateway] -= 1
                self._used[gateway] = _size(folder)
            if self._fits(gateway, wanted, new_files):
                return

    def _fits(self, gateway: str, wanted: int, new_files: int) -> bool:
        return self._used[gateway] + wanted <= self._max_bytes and self._files[gateway] + new_files <= self._max_files

    def _translated(self, error: OSError) -> StoreError:
        return StoreError(f"staging folder {self._folder}: {error.strerror}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
