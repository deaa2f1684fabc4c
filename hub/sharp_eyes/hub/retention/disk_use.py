"""What lies on the disk, by kind, and how much room is left."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes; ``evidence`` and ``files`` as the database knows them. A PostgreSQL's own files are not counted."""

    evidence: int
    files: int
    staging: int
    database: int
    broker: int
    free: int
    total: int


def measure(work: UnitOfWork, settings: HubSettings) -> DiskUse:
    """Measure the data folder."""
    size, files = work.session.execute(
        select(func.coalesce(func.sum(EvidenceFile.size), 0), func.count()).select_from(EvidenceFile)
    ).one()
    disk = shutil.disk_usage(settings.data)
    return DiskUse(
        evidence=int(size),
        files=int(files),
        staging=_size(settings.data / "staging"),
        database=sum(path.stat().st_size for path in settings.data.glob("hub.db*")),
        broker=_size(settings.data / "broker"),
        free=disk.free,
        total=disk.total,
    )


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
