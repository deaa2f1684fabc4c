"""The database: engine, reading and writing sessions, migrations at start."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.store.patience import at_most
from sharp_eyes.hub.store.patient_pool import PatientPool
from sharp_eyes.hub.store.trouble import words_of
from sharp_eyes.hub.store.turns import Turns
from sharp_eyes.hub.store.writing import WritingSession

LOCK_SECONDS = 3.0
"""How long to wait for another's lock: somebody waits for the answer, and gateways send again."""

POOL_SECONDS = 1.5
"""How long to wait for a connection of ours. Who works for a request waits for all of it together no longer than
``patience`` says."""

_POOL_SIZE, _POOL_OVERFLOW = 10, 20
_AT_ONCE = 0.01
_UPGRADE_SECONDS = 30
_CITY_LOCK = 420843
"""PostgreSQL's advisory lock of the city pack; the one beside it is the migrations'."""
_MIGRATIONS = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections of this hub: how many are in use, and how many may be."""

    taken: int
    most: int


class Database:
    """SQLite or PostgreSQL behind one face. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened yet."""
        try:
            self._url = make_url(url)
            arguments: dict[str, Any] = {}
            if self._url.get_backend_name() == "postgresql":
                # libpq's own option; a lock that somebody holds is given up as SQLite's is.
                waits = f"-c lock_timeout={_milliseconds(LOCK_SECONDS)}"
                # A plan for any area is right for none: the largest has a thousand times what the smallest has.
                # Questions take milliseconds, which compiling one would multiply; pages are in memory or on flash.
                plans = "-c plan_cache_mode=force_custom_plan -c jit=off -c random_page_cost=1.1"
                arguments = {"connect_args": {"connect_timeout": int(LOCK_SECONDS), "options": f"{waits} {plans}"}}
            if self._url.get_backend_name() == "sqlite":
                arguments = {"connect_args": {"timeout": LOCK_SECONDS, "check_same_thread": False}}
            self._engine = create_engine(
                self._url,
                pool_pre_ping=True,
                pool_size=_POOL_SIZE,
                max_overflow=_POOL_OVERFLOW,
                poolclass=PatientPool,
                pool_timeout=POOL_SECONDS,
                hide_parameters=True,  # what people typed does not belong into a log
                **arguments,
            )
        except (ArgumentError, ImportError) as error:
            raise StoreError(f"database: {error}; see 'database' in hub.yaml") from error
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        if self.is_postgresql:
            event.listen(self._engine, "do_connect", _connect_patiently)
        self._writing = self._engine.execution_options(writes=True)
        self._turns = Turns()

    @contextmanager
    def read(self) -> Iterator[WritingSession]:
        """Open a session for reading; nothing is committed."""
        with WritingSession(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, patience: float = LOCK_SECONDS) -> Iterator[WritingSession]:
        """Open one transaction; it is committed at the end and rolled back on any error.

        ``patience``: seconds to wait for a lock that somebody else holds.
        """
        with self._turn(patience) as left:
            engine = self._writing if left == LOCK_SECONDS else self._writing.execution_options(patience=left)
            with WritingSession(engine, expire_on_commit=False) as session, session.begin():
                if left != LOCK_SECONDS and self.is_postgresql:
                    session.execute(text(f"SET LOCAL lock_timeout = {_milliseconds(left)}"))
                yield session
                session.flush()

    @contextmanager
    def _turn(self, patience: float) -> Iterator[float]:
        """Wait among this process's writers; what is left of the patience is for those of other processes."""
        if self.is_postgresql:
            yield patience
            return
        patience, begun = at_most(patience), time.monotonic()
        if not self._turns.take(patience):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("database is locked"))
        try:
            waited = time.monotonic() - begun
            yield patience if waited < _AT_ONCE else max(_AT_ONCE, patience - waited)
        finally:
            self._turns.give()

    def upgrade(self) -> None:
        """Bring the tables to the newest version; safe to run twice.

        Raises:
            StoreError: the database cannot be reached, or is newer than this program.
        """
        if self._url.get_backend_name() == "sqlite" and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        try:
            # Another that starts at the same time may be making the tables: that is waited for.
            waits = {"rebuilds": True, "patience": _UPGRADE_SECONDS}
            with self._writing.execution_options(**waits).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = '{_UPGRADE_SECONDS}s'"))
                    # Two hubs that start at once must not both create tables.
                    connection.execute(text("SELECT pg_advisory_xact_lock(420842)"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                _check_references(connection)
        except SQLAlchemyError as error:
            raise StoreError(f"database {self._url!r} cannot be prepared: {words_of(error)}") from error
        except CommandError as error:
            raise StoreError(f"database {self._url!r} was made by a newer version: {error}") from error

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL, which several hubs may use at once."""
        return self._engine.dialect.name == "postgresql"

    def own_connection(self) -> Connection:
        """Open a connection of PostgreSQL for one purpose, outside the pool and outside any transaction.

        The server soon sees that this machine has gone, as it sees at once that this process has.

        Raises:
            SQLAlchemyError: the database cannot be reached.
        """
        connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        connection.detach()
        for setting, value in (("idle", 5), ("interval", 2), ("count", 3)):
            connection.exec_driver_sql(f"SET tcp_keepalives_{setting} = {value}")
        return connection

    @property
    def pool(self) -> PoolUse:
        """How many of this hub's connections are in use now."""
        pool = self._engine.pool
        return PoolUse(pool.checkedout() if isinstance(pool, QueuePool) else 0, _POOL_SIZE + _POOL_OVERFLOW)

    def clock(self) -> datetime | None:
        """What the database server's clock says; None where the database has no clock but this machine's.

        Raises:
            SQLAlchemyError: it does not answer.
        """
        if not self.is_postgresql:
            return None
        with self._engine.connect() as connection:
            said: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return said.astimezone(UTC)

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def hold_city(session: WritingSession, *, alone: bool) -> None:
    """Keep the city pack from changing until this work is done; ``alone``: until then nobody else writes under it.

    SQLite has one writer anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}({_CITY_LOCK})")


def _check_references(connection: Connection) -> None:
    """See that every row still finds what it refers to, where the database did not look while tables were changed."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        raise StoreError(f"a row of table {lost[0]} refers to one of {lost[2]} that is not there; nothing was changed")


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _connect_patiently(_dialect: Any, _record: Any, words: Any, named: Any) -> Any:
    # The driver is there only where PostgreSQL is used.
    from sharp_eyes.hub.store.patient_connection import PatientConnection  # noqa: PLC0415

    return PatientConnection.connect(*words, **named)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off; _begin_sqlite starts them.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that starts by reading cannot wait for another writer.
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    # SQLite changes a table by making another one in its place; what refers to it would not let it go.
    foreign_keys = "OFF" if options.get("rebuilds", False) else "ON"
    patience = str(_milliseconds(options.get("patience", LOCK_SECONDS)))
    for pragma, value in (("foreign_keys", foreign_keys), ("busy_timeout", patience)):
        if connection.info.get(pragma) != value:  # it stays as it was set
            connection.exec_driver_sql(f"PRAGMA {pragma}={value}")
            connection.info[pragma] = value
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
