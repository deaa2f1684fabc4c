"""Fixtures of the hub's tests: every test that takes ``bench`` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hub.bench import Bench
from tests.hub.databases import Cluster, cluster

from sharp_eyes.hub.store.database import Database


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
