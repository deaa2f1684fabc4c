"""Writes judged alarms with their pictures into a folder that gateways and trainers read.

``lessons.jsonl`` has a line for each alarm that somebody judged, false or confirmed; ``pictures/`` holds its evidence
as it was delivered, masked where its gateway masks. The folder is what the hub has now: run again it copies what is new
and takes away what the hub no longer has. What lies there is its owner's alone.

Nothing goes out whose term is over: what only a legal hold still keeps is kept for the court, not for learning. Free
words of people, photos of handlers and sealed originals stay at the hub.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.hub.cases.verdicts import Verdict, verdict
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.private_files import close_to_others, make_private_folder
from sharp_eyes.hub.retention import terms
from sharp_eyes.hub.settings import RetentionSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.evidence_store import EXTENSIONS, EvidenceStore
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

MANIFEST, HEAD, PICTURES = "lessons.jsonl", "export.json", "pictures"
FORMAT, VERSION = "sharp-eyes-lessons", 1
_KINDS = (EvidenceKind.FULL.value, EvidenceKind.CROP.value, EvidenceKind.BEFORE.value)
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alarms are given out: from ``since`` on, of all scenes and gateways where none is named."""

    since: datetime
    scenes: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    area: str = ""


@dataclass(slots=True)
class Exported:
    """What came of it. ``copied``: pictures that were new; ``damaged``: that are not what was received, or missing."""

    false: int = 0
    confirmed: int = 0
    pictures: int = 0
    copied: int = 0
    removed: int = 0
    damaged: int = 0
    over: int = 0
    """Alarms whose evidence has reached its term."""


def export_lessons(
    read_only: UnitOfWorkFactory, store: EvidenceStore, retention: RetentionSettings, wanted: Wanted, folder: Path
) -> Exported:
    """Write all judged alarms that are wanted, oldest first; what was copied before is not copied again.

    Raises:
        StoreError: the folder holds something else or another export, or cannot be written.
    """
    done, names = Exported(), set[str]()
    try:
        _prepare(folder, wanted)
        new = folder / f"{MANIFEST}.new"
        with new.open("w", encoding="utf-8") as manifest:
            for row in _rows(read_only, retention, wanted, done):
                row["pictures"] = dict(_pictures(row.pop("files"), store, folder / PICTURES, done))
                names.update(picture["file"] for picture in row["pictures"].values())
                setattr(done, row["verdict"], getattr(done, row["verdict"]) + 1)
                manifest.write(json.dumps(row, ensure_ascii=False) + "\n")
            manifest.flush()
            os.fsync(manifest.fileno())
        new.replace(folder / MANIFEST)
        _tidy(folder, names, done)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return done


def _prepare(folder: Path, wanted: Wanted) -> None:
    make_private_folder(folder)
    head = {"format": FORMAT, "version": VERSION, "wanted": json.loads(json.dumps(asdict(wanted), default=str))}
    file = folder / HEAD
    if not file.exists():
        if any(folder.iterdir()):
            raise StoreError(f"{folder}: holds something already; name a folder of its own for the lessons")
        close_to_others(folder)
        make_private_folder(folder / PICTURES)
        file.write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")
        return
    try:
        same = json.loads(file.read_text(encoding="utf-8")) == head
    except ValueError:
        same = False
    if not same:
        raise StoreError(f"{folder}: holds an export of other alarms ({HEAD} says which); name another folder")
    make_private_folder(folder / PICTURES)


def _rows(
    read_only: UnitOfWorkFactory, retention: RetentionSettings, wanted: Wanted, done: Exported
) -> Iterator[dict[str, Any]]:
    """Judged alarms page by page, each in a reading of its own: there may be very many."""
    after: tuple[datetime, UUID] | None = None
    while True:
        with read_only() as work:
            page = _page(work, wanted, after)
            files = _files(work, [alarm.event_id for alarm, _, _ in page])
            found = []
            for alarm, case, said in page:
                until = _term_ends(retention, case)
                if until is None or until < work.now:
                    done.over += 1
                    continue
                found.append(_described(alarm, case, said, until) | {"files": files.get(alarm.event_id, [])})
        yield from found
        if len(page) < _AT_ONCE:
            return
        after = (page[-1][0].received_at, page[-1][0].event_id)


def _page(work: UnitOfWork, wanted: Wanted, after: tuple[datetime, UUID] | None) -> Sequence[tuple[Alarm, Case, str]]:
    said = verdict()
    query = (
        select(Alarm, Case, said)
        .join(Case, Case.id == Alarm.case_id)
        .where(Alarm.received_at >= wanted.since, said != Verdict.UNJUDGED.value)
        .order_by(Alarm.received_at, Alarm.event_id)
        .limit(_AT_ONCE)
    )
    if wanted.scenes:
        query = query.where(Alarm.scene.in_(wanted.scenes))
    if wanted.gateways:
        query = query.where(Alarm.gateway.in_(wanted.gateways))
    if wanted.area:
        query = query.where(or_(Case.area == wanted.area, Case.area.startswith(wanted.area + "/", autoescape=True)))
    if after is not None:
        moment, event = after
        at_once = and_(Alarm.received_at == moment, Alarm.event_id > event)
        query = query.where(or_(Alarm.received_at > moment, at_once))
    return [(row[0], row[1], row[2]) for row in work.session.execute(query)]


def _files(work: UnitOfWork, events: Sequence[UUID]) -> dict[UUID, list[EvidenceFile]]:
    """Pictures of these alarms from their own gateways, by event; of several of a kind the first."""
    query = (
        select(EvidenceFile)
        .join(Alarm, and_(Alarm.event_id == EvidenceFile.event_id, Alarm.gateway == EvidenceFile.gateway))
        .where(EvidenceFile.event_id.in_(events), EvidenceFile.kind.in_(_KINDS))
        .order_by(EvidenceFile.captured_at.desc(), EvidenceFile.id.desc())
    )
    found: dict[UUID, dict[str, EvidenceFile]] = {}
    for row in work.session.scalars(query):
        found.setdefault(row.event_id, {})[row.kind] = row
    return {event: [kinds[kind] for kind in _KINDS if kind in kinds] for event, kinds in found.items()}


def _term_ends(retention: RetentionSettings, case: Case) -> datetime | None:
    """When the hub deletes the evidence of a case that has ended, if no legal hold keeps it."""
    if case.ended_at is None:
        return None
    days = min(
        terms.evidence_days(retention, case.scene, case.grade), terms.case_days(retention, case.scene, case.grade)
    )
    return case.ended_at + timedelta(days=days)


def _described(alarm: Alarm, case: Case, said: str, until: datetime) -> dict[str, Any]:
    return {
        "event_id": str(alarm.event_id),
        "verdict": said,
        "reason": case.end_reason if said == Verdict.FALSE.value else None,
        "case": case.number,
        "made_case": alarm.made_case,
        "gateway": alarm.gateway,
        "camera": alarm.camera,
        "scene": alarm.scene,
        "zone": alarm.zone,
        "area": case.area,
        "started_at": alarm.started_at.isoformat(),
        "ended_at": None if alarm.ended_at is None else alarm.ended_at.isoformat(),
        "judged_at": None if case.ended_at is None else case.ended_at.isoformat(),
        "grade": alarm.grade,
        "score": alarm.score,
        "highest": alarm.highest,
        "measures": alarm.measures,
        "box": alarm.box,
        "object_class": alarm.object_class,
        "model": alarm.model,
        "delete_by": until.isoformat(),
    }


def _pictures(
    files: Sequence[EvidenceFile], store: EvidenceStore, folder: Path, done: Exported
) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in files:
        name = f"{row.event_id}-{row.kind}.{EXTENSIONS[row.media_type]}"
        target = folder / name
        if not (target.exists() and target.stat().st_size == row.size):
            if not _copy(store, row, target):
                done.damaged += 1
                continue
            done.copied += 1
        done.pictures += 1
        known = {"file": f"{PICTURES}/{name}", "sha256": row.sha256, "captured_at": row.captured_at.isoformat()}
        yield row.kind, known


def _copy(store: EvidenceStore, row: EvidenceFile, target: Path) -> bool:
    """Copy a file by way of a new one; False where it is not what was received, or just being deleted."""
    new = target.with_name(target.name + ".new")
    digest = hashlib.sha256()
    try:
        with new.open("wb") as file:
            for piece in store.read(row.key):
                digest.update(piece)
                file.write(piece)
    except FileNotFoundError:
        digest = hashlib.sha256()
    if digest.hexdigest() != row.sha256:
        new.unlink()
        return False
    new.replace(target)
    return True


def _tidy(folder: Path, names: set[str], done: Exported) -> None:
    """Take away what an earlier run wrote and this one did not."""
    for path in (folder / PICTURES).iterdir():
        if f"{PICTURES}/{path.name}" not in names:
            path.unlink()
            done.removed += 1
