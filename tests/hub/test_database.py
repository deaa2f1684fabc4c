"""The database: moments, numbers, the append-only log, migrations, on SQLite and PostgreSQL."""

import _sqlite3
import ctypes
import sqlite3
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError
from tests.hub.bench import Bench
from tests.hub.databases import Cluster

from sharp_eyes.hub.areas.city_pack import load_city_pack
from sharp_eyes.hub.cases.numbers import next_number
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.case_tables import Case, CaseLog
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.tables import Camera, Gateway
from sharp_eyes.hub.store.turns import Turns
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def test_upgrade_can_run_twice_and_makes_exactly_the_tables(database_url: str) -> None:
    """The migrations and the tables agree, column by column."""
    database = Database(database_url)
    database.upgrade()
    database.upgrade()
    with database.read() as session:
        seen = inspect(session.connection())
        for table in Base.metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in seen.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}, table.name
            keys = {key["name"] for key in seen.get_foreign_keys(table.name)}
            assert keys == {key.name for key in table.foreign_key_constraints}, table.name
            indexes = {
                index["name"] for index in seen.get_indexes(table.name) if not index.get("duplicates_constraint")
            }
            assert {index.name for index in table.indexes} <= indexes, table.name
    database.close()


def test_two_hubs_that_start_at_once_make_the_tables_once(tmp_path: Path) -> None:
    """Upgrading from several threads at the same time ends well."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    errors: list[BaseException] = []

    def upgrade() -> None:
        database = Database(url)
        try:
            database.upgrade()
        except StoreError as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_hub_waits_while_another_makes_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That may take longer than a reader or writer waits for a lock."""
    file = tmp_path / "hub.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    monkeypatch.setattr("sharp_eyes.hub.store.database.LOCK_SECONDS", 0.05)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, other.rollback)
    release.start()
    database.upgrade()
    release.join()
    other.close()
    database.close()


def test_a_database_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    """The error says that a newer version made it, instead of breaking it."""
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.upgrade()
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        database.upgrade()
    database.close()


def test_a_database_that_is_not_there_is_named() -> None:
    """A wrong URL or a server that is down is one clear error, without the password."""
    with pytest.raises(StoreError, match="database"):
        Database("nonsense://x")
    database = Database("postgresql+psycopg://someone:secret@127.0.0.1:9/none")
    with pytest.raises(StoreError) as caught:
        database.upgrade()
    assert "secret" not in str(caught.value)
    assert not database.is_reachable()


def test_moments_come_back_aware_and_equal(bench: Bench) -> None:
    """Any zone goes in; UTC comes out, to the microsecond. A moment without a zone is refused."""
    moment = datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=8)))
    with bench.transaction() as work:
        work.session.get_one(Gateway, "gate-01").last_birth_at = moment
    with bench.hub.read_only() as work:
        read = work.session.get_one(Gateway, "gate-01").last_birth_at
    assert read == moment
    assert read is not None
    assert read.tzinfo is UTC or read.utcoffset() == timedelta(0)
    with pytest.raises(StatementError, match="without a zone"), bench.transaction() as work:
        work.session.get_one(Gateway, "gate-01").last_birth_at = datetime(2026, 1, 1)


def test_foreign_keys_hold(bench: Bench) -> None:
    """A camera of an unknown gateway cannot be entered."""
    with pytest.raises(IntegrityError), bench.transaction() as work:
        work.session.add(
            Camera(gateway="nobody", camera="x", name="x", area="demo", scenes=[], state="x", detail="", looks=0)
        )


def test_the_log_of_a_case_cannot_be_changed_or_deleted(bench: Bench) -> None:
    """The database itself refuses, whoever asks."""
    bench.report()
    for statement in (update(CaseLog).values(actor="rewritten"), delete(CaseLog)):
        with pytest.raises(DatabaseError, match="append-only"), bench.transaction() as work:
            work.session.execute(statement)
    with bench.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(CaseLog)) == 3


def test_case_numbers_are_given_once_under_concurrency(bench: Bench) -> None:
    """Eight threads draw numbers at the same time: none twice, none left out."""
    numbers: list[str] = []

    def draw() -> None:
        for _ in range(10):
            with bench.transaction() as work:
                numbers.append(next_number(work))

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"2026-{count:06d}" for count in range(1, 81)]


def test_case_numbers_count_by_the_citys_year(bench: Bench) -> None:
    """New year comes eight hours earlier in Shanghai than in UTC, and counting starts anew."""
    with bench.hub.database.write() as session:
        city = load_city_pack(None)
        before = UnitOfWork(session, city, datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
        after = UnitOfWork(session, city, datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
        assert [next_number(before), next_number(after), next_number(after)] == [
            "2026-000001",
            "2027-000001",
            "2027-000002",
        ]


@pytest.mark.usefixtures("durable_stores")
def test_sqlite_is_set_to_lose_nothing(quick: Bench) -> None:
    """Write-ahead log, full synchronisation, foreign keys, and patience with other writers."""
    with quick.hub.database.read() as session:
        values = [session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        more = [session.execute(text(f"PRAGMA {name}")).scalar() for name in ("foreign_keys", "busy_timeout")]
    assert values == ["wal", 2]
    assert more == [1, 3000]


def test_connections_to_sqlite_hold_little(tmp_path: Path) -> None:
    """All of them together, after each has read all of a database many times their size."""
    library = ctypes.CDLL(_sqlite3.__file__)
    if not hasattr(library, "sqlite3_memory_used"):
        pytest.skip("this Python has its SQLite where it cannot be asked")
    library.sqlite3_memory_used.restype = ctypes.c_int64
    with sqlite3.connect(tmp_path / "hub.db") as filled:
        filled.execute("CREATE TABLE row (what TEXT)")
        filled.executemany("INSERT INTO row VALUES (?)", [("x" * 1000,)] * 8000)
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    before = library.sqlite3_memory_used()
    with ExitStack() as stack:
        for session in [stack.enter_context(database.read()) for _ in range(database.pool.most)]:
            assert session.scalar(text("SELECT count(*) FROM row WHERE what LIKE '%y'")) == 0
        held = (library.sqlite3_memory_used() - before) / database.pool.most
    database.close()
    assert held < 0.7 * 1024**2


def test_a_restarted_postgresql_is_found_again(tmp_path: Path, postgresql: Cluster) -> None:
    """All connections are cut between two messages; the second one is taken all the same."""
    bench = Bench(tmp_path, postgresql.emptied("prepared"))
    bench.report()
    postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'prepared'")
    bench.report()
    assert len(bench.out.taken) == 2
    bench.close()


def test_nothing_is_told_when_the_commit_fails(bench: Bench) -> None:
    """Pages hear only of what was committed."""
    with pytest.raises(RuntimeError), bench.transaction() as work:
        case = Case(id=1, area="demo", state="reported")
        publish_change(work, case, "reported")
        raise RuntimeError
    assert bench.told() == []


def test_who_writes_again_and_again_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Of two that write without a pause neither waits for more than the other's one turn: SQLite itself is not fair."""
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.upgrade()
    turns: list[str] = []

    def write(name: str, count: int, seconds: float) -> None:
        for _ in range(count):
            with database.write() as session:
                session.execute(text("UPDATE alembic_version SET version_num = version_num"))
                turns.append(name)
                time.sleep(seconds)

    busy = threading.Thread(target=write, args=("busy", 25, 0.06))
    busy.start()
    while len(turns) < 3:
        time.sleep(0.001)
    asked = len(turns)
    write("other", 4, 0.0)
    last = len(turns) - 1 - turns[::-1].index("other")
    busy.join()
    database.close()
    assert turns[asked : last + 1].count("busy") <= 6, turns


def test_a_turn_that_does_not_come_is_given_up() -> None:
    """And whoever waits behind is not held up by it."""
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    turns.give()
    assert turns.take(0)
