"""A temporary PostgreSQL cluster for tests, from Debian's packages; never listens on the network."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.database import Database

_ACCOUNT = "postgres" if os.geteuid() == 0 else None
_TABLES_FOUND = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition"
)
_AS_USER: dict[str, Any] = {} if _ACCOUNT is None else {"user": _ACCOUNT}


def programs() -> Path | None:
    """Folder of the newest PostgreSQL's programs, or ``None``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


class Cluster:
    """A PostgreSQL that can be started, killed and started again."""

    def __init__(self, folder: Path, bin_folder: Path, *options: str) -> None:
        """``options``: such as ``fsync=on``; they go before the ones that tests have."""
        self._folder = folder
        self._options = ("listen_addresses=", "fsync=off", "max_connections=50", *options)
        self._program = bin_folder / "postgres"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; tried again while children of a killed one still end."""
        options = [word for option in self._options for word in ("-c", option)]
        command = [str(self._program), "-D", str(self._folder / "data"), "-k", str(self._folder), *options]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._server is None or self._server.poll() is not None:
                self._server = subprocess.Popen(
                    command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **_AS_USER
                )
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL does not answer")

    @property
    def pid(self) -> int:
        """Number of its first process."""
        assert self._server is not None
        return self._server.pid

    @property
    def processes(self) -> list[int]:
        """Numbers of its first process and of those that it has started, one for each connection among them."""
        found = [self.pid]
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                except OSError:
                    continue  # it has ended
                if int(parent) == self.pid:
                    found.append(int(entry.name))
        return found

    def kill_all(self) -> None:
        """SIGKILL for all of them, as when the machine dies: what a connection was told to do is not done."""
        for pid in self.processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.kill()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(120)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(120)

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://tester@/{name}?host={self._folder}"

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(host=str(self._folder), user="tester", dbname="postgres", autocommit=True) as link:
            link.execute(statement.encode())

    def emptied(self, name: str) -> str:
        """Give the URL of a database whose tables were emptied; far faster than making a new one.

        Rows are deleted: to truncate tables that hold next to nothing costs two and a half times as much.
        """
        with psycopg.connect(host=str(self._folder), user="tester", dbname=name) as link:
            # Also the log that guards itself: triggers rest in this session.
            link.execute("SET session_replication_role = replica")
            link.execute("; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables).encode())
            ours = {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}
            found = link.execute(_TABLES_FOUND).fetchall()
            for name_of_a_test in {row[0] for row in found} - ours:
                link.execute(f'DROP TABLE "{name_of_a_test}"'.encode())
            link.execute("SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences")
        return self.url(name)


@cache
def tables() -> bytes:
    """An SQLite database with all tables, migrated once."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hub.db"
        database = Database(f"sqlite:///{file}")
        database.upgrade()
        database.close()
        return file.read_bytes()


def lay(url: str, content: Callable[[], bytes] = tables) -> bool:
    """Put down an SQLite database where none is there yet; tells whether it was."""
    if not url.startswith("sqlite:///") or (file := Path(url.removeprefix("sqlite:///"))).exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content())
    return True


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """Start a cluster with more options of PostgreSQL; skips the test where PostgreSQL is missing."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("PostgreSQL's initdb is missing; install it with scripts/install-system-parts.sh")
    folder = Path(tempfile.mkdtemp(prefix="sharp-eyes-pg-", dir="/tmp"))
    if _ACCOUNT is not None:
        shutil.chown(folder, _ACCOUNT)
    data = folder / "data"
    try:
        command = [str(bin_folder / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **_AS_USER)
        running = Cluster(folder, bin_folder, *options)
        try:
            running.start()
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
