"""Evidence files beside the outbox's database: written and synced before any row names them."""

import logging
import os
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

_log = logging.getLogger(__name__)


class EvidenceFolder:
    """A folder of evidence, one file an id. Errors are plain ``OSError``; the outbox translates them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)

    def write(self, evidence_id: UUID, content: bytes) -> None:
        """Write a file and sync it; nothing is left of it when that fails."""
        path = self._path(evidence_id)
        try:
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def sync(self) -> None:
        """Make the names of new files durable; where the file system cannot, only a power cut would tell."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            _log.warning("evidence folder %s cannot be synced: %s", self.path, error)

    def read(self, evidence_id: UUID, offset: int, length: int) -> bytes:
        """Read a slice of a file."""
        with self._path(evidence_id).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def remove(self, evidence_id: UUID) -> None:
        """Remove a file; one that cannot be removed now is swept away at the next start."""
        try:
            self._path(evidence_id).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("evidence %s cannot be removed: %s", self._path(evidence_id), error)

    def size(self, evidence_id: UUID) -> int | None:
        """Bytes of a file; None where there is none."""
        try:
            return self._path(evidence_id).stat().st_size
        except FileNotFoundError:
            return None

    def remove_all_but(self, known: Collection[UUID]) -> int:
        """Remove the files that no row names, left by a death between file and row; return how many."""
        names = {str(evidence_id) for evidence_id in known}
        orphans = [path for path in self.path.iterdir() if path.name not in names]
        for path in orphans:
            path.unlink()
        return len(orphans)

    def _path(self, evidence_id: UUID) -> Path:
        return self.path / str(evidence_id)
