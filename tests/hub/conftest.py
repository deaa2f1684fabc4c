"""Fixtures of the hub's tests: every test that takes ``bench`` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import fastapi.dependencies.utils
import fastapi.routing
import pytest
import sqlalchemy
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from tests.hub.bench import QUICK_HASHER, Bench
from tests.hub.databases import Cluster, cluster
from tests.hub.direct import run_here

from sharp_eyes.configuration import read_settings
from sharp_eyes.hub.api import gate
from sharp_eyes.hub.areas import city_pack
from sharp_eyes.hub.broker import passwords
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.people import accounts
from sharp_eyes.hub.store import database as store
from sharp_eyes.hub.store.database import Database, _prepare_sqlite

QUICK_NOBODY = QUICK_HASHER.hash("no account has this password")


@pytest.fixture
def full_cost_passwords() -> None:
    """For tests of what a check of a password costs: hashes are the product's own."""


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose and would be most of some tests; in processes of their own hubs hash at full cost."""
    if "full_cost_passwords" not in request.fixturenames:
        monkeypatch.setattr(accounts, "_HASHER", QUICK_HASHER)
        monkeypatch.setattr(accounts, "_NOBODY", QUICK_NOBODY)
        monkeypatch.setattr(passwords, "_ROUNDS", 4)
        monkeypatch.setattr(passwords, "_ITERATIONS", 100)


_PREPARE = "sharp_eyes.hub.store.database._prepare_sqlite"


@pytest.fixture
def durable_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is safe on disk: SQLite writes as the product's own."""
    monkeypatch.setattr(_PREPARE, _prepare_sqlite)


@pytest.fixture(scope="session", autouse=True)
def quick_stores() -> Iterator[None]:
    """Nobody pulls the plug on this process: SQLite need not wait for the disk. Hubs in processes of their own do."""

    def without_waiting(connection: Any, record: Any) -> None:
        _prepare_sqlite(connection, record)
        connection.execute("PRAGMA synchronous=OFF").close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_PREPARE, without_waiting)
        yield


@pytest.fixture(scope="session", autouse=True)
def migrations_read_once() -> Iterator[None]:
    """Alembic reads and compiles every version again for every database; nobody changes them under the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", _scripts)
        yield


@cache
def _scripts_of(place: str) -> ScriptDirectory:
    return ScriptDirectory(place)


def _scripts(config: Config) -> ScriptDirectory:
    place = config.get_main_option("script_location")
    assert place is not None
    return _scripts_of(place)


@pytest.fixture(scope="session", autouse=True)
def city_packs_read_once() -> Iterator[None]:
    """Most hubs here have the demonstration city, which nobody changes: the same text is the same pack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(city_pack, "read_settings", _read_pack)
        yield


@cache
def _pack_of(path: Path, content: bytes) -> city_pack.CityPack:
    return read_settings(path, city_pack.CityPack, CityError)


def _read_pack(path: Path, *how: Any) -> city_pack.CityPack:
    return _pack_of(path, path.read_bytes()) if path.is_file() else read_settings(path, *how)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """SQLAlchemy compiles for each engine anew what another of the same kind has compiled: a fifth of many tests."""
    compiled: LRUCache[Any, Any] = LRUCache(5000)

    def with_what_is_known(*values: Any, **named: Any) -> Engine:
        engine = sqlalchemy.create_engine(*values, **named)
        engine._compiled_cache = compiled
        kind = type(engine.dialect)
        patch.setattr(kind, "__eq__", lambda one, other: type(one) is type(other), raising=False)
        patch.setattr(kind, "__hash__", lambda one: hash(type(one)), raising=False)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "create_engine", with_what_is_known)
        yield


@pytest.fixture(scope="session", autouse=True)
def requests_answered_here() -> Iterator[None]:
    """Each plain function of a request would wait for a thread: a third of what many tests take."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (fastapi.routing, fastapi.dependencies.utils, gate):
            patch.setattr(module, "run_in_threadpool", run_here)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL with a database that has all tables."""
    with cluster() as running:
        running.run("CREATE DATABASE prepared")
        database = Database(running.url("prepared"))
        database.upgrade()
        database.close()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    running: Cluster = request.getfixturevalue("postgresql")
    yield running.emptied("prepared")


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """A hub on both databases."""
    made = Bench(tmp_path / "data", database_url)
    yield made
    made.close()


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Bench]:
    """A hub on SQLite alone, for what does not depend on the database."""
    made = Bench(tmp_path / "data")
    yield made
    made.close()
