"""Backup of a running hub into one file, and its restoration into an empty place.

The database is copied first, in one consistent state; the evidence that it names was stored before its rows were
committed, and never changes, so it may be copied after. The broker's store is left out: what it holds is sent again.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.backup_archive import SummedArchive, extract, is_database_whole, read_manifest, unfinished
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.evidence_place import open_evidence_store
from sharp_eyes.hub.store.evidence_store import EvidenceStore, NewFile
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.trouble import words_of

_FORMAT = 1
_SQLITE, _POSTGRESQL = "hub.db", "database.dump"
_SAVING, _RESTORING = ".backup-", ".restore-"
_IN_MEMORY = 8 * 1024 * 1024
_LEFT_OUT = {"evidence", "staging", "broker"}


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: files of evidence, and those that its database names but that were not there."""

    files: int
    missing: int


def save(settings: HubSettings, target: Path, now: datetime) -> Saved:
    """Write a backup of a hub, which may be running; the file is for its owner alone.

    Raises:
        StoreError: the database or a file cannot be read, or the backup cannot be written.
    """
    target = target.absolute()
    if settings.data.absolute() in target.parents:
        raise StoreError(
            f"backup {target} lies in the data folder {settings.data}; write it elsewhere, best to another disk"
        )
    try:
        with _workplace(target.parent) as folder:
            copy = _copy_database(settings, folder)
            keys = _evidence_keys(settings)
            new = folder / "backup.tar"
            new.touch(mode=0o600)
            saved = _write(settings, new, copy, keys, now)
            new.replace(target)
    except OSError as error:
        raise StoreError(f"backup {target}: {error.filename or ''} {error.strerror}") from error
    return saved


def restore(settings: HubSettings, source: Path, *, partial: bool = False) -> Saved:
    """Bring a backup back into the data folder and database of the settings, which must be empty.

    ``partial``: also one of which files of evidence are damaged or cut off; these count as missing.

    Raises:
        StoreError: there is something already, or the file is no backup of ours, or is damaged.
    """
    _check_empty(settings)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in settings.data.glob(f"{_RESTORING}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=settings.data, prefix=_RESTORING) as folder:
            place = Path(folder)
            damage = extract(source, place)
            _check_manifest(source, place, settings)
            if damage and not partial:
                more = "with --partial all that is whole is brought back"
                raise StoreError(f"backup {source} is damaged: {damage[0]}, {len(damage)} faults in all; {more}")
            with unfinished(settings.data):
                _bring_database_back(settings, place)
                if (place / "more").is_dir():
                    shutil.copytree(place / "more", settings.data, dirs_exist_ok=True)
                keys = _evidence_keys(settings)
                store = open_evidence_store(settings)
                store.put([NewFile(path, key) for key in keys if (path := place / "evidence" / key).is_file()])
    except (OSError, tarfile.TarError) as error:
        raise StoreError(f"backup {source}: {error}") from error
    missing = sum(store.size(key) is None for key in keys)
    return Saved(len(keys) - missing, missing)


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder for a backup under way; what one that was killed has left is cleared away."""
    for left in parent.glob(f"{_SAVING}*"):
        with suppress(OSError), (left / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # not that of one that runs
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=parent, prefix=_SAVING) as name:
        folder = Path(name)
        with (folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def _write(settings: HubSettings, target: Path, copy: Path, keys: list[str], now: datetime) -> Saved:
    missing = 0
    store = open_evidence_store(settings)
    manifest = {"format": _FORMAT, "version": __version__, "made_at": now.isoformat(), "database": copy.name}
    with tarfile.open(target, "w") as tar:
        archive = SummedArchive(tar, manifest, copy)
        for name in sorted(path.name for path in settings.data.iterdir()):
            if name not in _LEFT_OUT and not name.startswith((".", _SQLITE)):
                archive.add_all(settings.data / name, f"more/{name}")
        for key in keys:
            try:
                _add_file(archive, store, key)
            except FileNotFoundError:
                missing += 1  # its term ended meanwhile, or it was lost before
        archive.end()
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return Saved(len(keys) - missing, missing)


def _add_file(archive: SummedArchive, store: EvidenceStore, key: str) -> None:
    path = store.path(key)
    if path is not None:
        archive.add(path, f"evidence/{key}")
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole:
        for piece in store.read(key):
            whole.write(piece)
        size = whole.tell()
        whole.seek(0)
        archive.add_read(whole, size, f"evidence/{key}")


def _copy_database(settings: HubSettings, folder: Path) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = folder / _SQLITE
        try:
            with (
                closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
        except sqlite3.Error as error:
            raise StoreError(f"database {url.database} cannot be copied to {folder}: {error}") from error
        return target
    target = folder / _POSTGRESQL
    _run_postgresql("pg_dump", settings, "--format=custom", "--no-owner", f"--file={target}")
    return target


def _bring_database_back(settings: HubSettings, place: Path) -> None:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place / _SQLITE, target)
        target.chmod(0o600)
    else:
        _run_postgresql("pg_restore", settings, "--no-owner", "--single-transaction", str(place / _POSTGRESQL))
    database = Database(settings.database_url)
    try:
        database.upgrade()
    finally:
        database.close()


def _run_postgresql(program: str, settings: HubSettings, *more: str) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: float(path.parts[4]))
    path = str(found[-1]) if found else shutil.which(program)
    if path is None:
        raise StoreError(f"{program} is missing; install PostgreSQL's client programs (Debian: postgresql-client)")
    url = make_url(settings.database_url).set(drivername="postgresql")
    # The password goes by the environment: a command line can be read by everybody on the machine.
    environment = dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(password=None).render_as_string()
    command = [path, f"--dbname={address}", *more]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise StoreError(f"{program} cannot work on {url!r}: {done.stderr.strip()[-500:]}")


def _evidence_keys(settings: HubSettings) -> list[str]:
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            rows = session.query(EvidenceFile.key, EvidenceFile.original_key).order_by(EvidenceFile.id).all()
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {words_of(error)}") from error
    finally:
        database.close()
    return list(dict.fromkeys(key for row in rows for key in row if key is not None))  # equal bytes have one key


def _check_empty(settings: HubSettings) -> None:
    taken = [name for name in (_SQLITE, "evidence", "broker") if (settings.data / name).exists()]
    if taken:
        raise StoreError(f"{settings.data} holds {', '.join(taken)} already; restore into a new folder with --data")
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        if Path(str(url.database)).exists():
            raise StoreError(f"{url.database} is there already; set 'database' to a file that is not")
        return
    engine = create_engine(settings.database_url)
    try:
        tables = inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        raise StoreError(f"database: {words_of(error)}") from error
    finally:
        engine.dispose()
    if tables:
        raise StoreError(f"the database holds {len(tables)} tables already; restore into an empty one")


def _check_manifest(source: Path, place: Path, settings: HubSettings) -> None:
    manifest = read_manifest(source, place)
    if manifest.get("format") != _FORMAT:
        raise StoreError(f"{source} is of format {manifest.get('format')}; this version reads {_FORMAT}")
    kind = _SQLITE if make_url(settings.database_url).get_backend_name() == "sqlite" else _POSTGRESQL
    if manifest.get("database") != kind:
        raise StoreError(f"{source} holds {manifest.get('database')}; set 'database' to the same kind as it was")
    if not is_database_whole(place, manifest):
        raise StoreError(f"the database in {source} is damaged; take another backup")
