"""A database with people, sessions and cases as they were before, brought up to date: everybody still gets in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.orm import Session
from tests.hub.bench import PASSWORD, START, Bench
from tests.hub.databases import Cluster

from sharp_eyes.hub.people.accounts import hash_password
from sharp_eyes.hub.people.sessions import _hash
from sharp_eyes.hub.store.database import _MIGRATIONS, Database
from sharp_eyes.hub.store.types import UtcDateTime

FIRST = "0001"
"""The tables as they were before sessions had addresses, and accounts a second factor."""

TOKEN = "t" * 43
PEOPLE = {
    "clerk": ("clerk", "demo", None, "zh"),
    "east-lead": ("shift_lead", "demo/first-street/east", None, "en"),
    "squad": ("handler", "demo", "traffic-police", "zh"),
    "west-checker": ("checker", "demo/first-street/west", None, "zh"),
    "dispatcher": ("dispatcher", "demo/first-street", None, "zh"),
    "admin": ("administrator", "demo", None, "en"),
    "left-us": ("clerk", "demo", None, "zh"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any tables, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    running: Cluster = request.getfixturevalue("postgresql")
    running.run("CREATE DATABASE before")
    yield running.url("before")
    running.run("DROP DATABASE before WITH (FORCE)")


def make_tables(database: Database, revision: str) -> None:
    """As an earlier version of the hub did."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database._writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def insert(session: Session, table: str, **values: Any) -> None:
    """A row, by the names of its columns: the tables of today are others."""
    types: dict[type, Any] = {datetime: UtcDateTime(timezone=True), UUID: sa.Uuid(), list: sa.JSON(), dict: sa.JSON()}
    columns = [sa.column(name, types.get(type(value))) for name, value in values.items()]
    session.execute(sa.insert(sa.table(table, *columns)).values(**values))


def fill(session: Session) -> None:
    """Seven people, two sessions, one of them long over, and a case with its log."""
    hashed = hash_password(PASSWORD)
    for number, (name, (role, area, unit, language)) in enumerate(PEOPLE.items(), 1):
        insert(
            session,
            "account",
            id=number,
            username=name,
            display_name=f"Name of {name}",
            password_hash=hashed,
            role=role,
            area=area,
            unit=unit,
            language=language,
            disabled=name == "left-us",
            created_at=START - timedelta(days=400),
        )
    for number, token, age in ((1, TOKEN, timedelta(minutes=5)), (2, "old", timedelta(days=30))):
        moment = START - age
        insert(
            session,
            "sign_in",
            id=number,
            token_hash=_hash(token),
            account_id=number,
            created_at=moment,
            last_seen_at=moment,
        )
    insert(
        session,
        "gateway",
        name="old-gate",
        area="demo/first-street",
        bcrypt_hash="x",
        pbkdf2_hash="x",
        created_at=START,
        online=False,
    )
    insert(
        session,
        "case_file",
        id=1,
        number="2026-000001",
        event_id=uuid4(),
        gateway="old-gate",
        camera="east-gate",
        scene="illegal_parking",
        zone="kerb",
        area="demo/first-street/east",
        state="reported",
        grade="ordinary",
        opened_at=START - timedelta(hours=1),
        reported_at=START - timedelta(hours=1),
        updated_at=START - timedelta(hours=1),
        event_phase="opened",
        event_sequence=0,
        score=0.9,
        measures=[{"name": "dwell", "value": 60.0, "unit": "s", "threshold": 30.0}],
    )
    insert(
        session,
        "case_log",
        id=1,
        case_id=1,
        at=START - timedelta(hours=1),
        actor="old-gate",
        actor_kind="gateway",
        move="report",
        to_state="reported",
        reason="",
        note="as it was",
        photo_ids=[],
    )
    for days in (200, 40, 0):
        moment = START - timedelta(days=days)
        insert(session, "received", source="old-gate", message_id=f"m-{days}", type="event", received_at=moment)
    if session.get_bind().dialect.name == "postgresql":  # the next ids come after those given by hand
        for table in ("account", "sign_in", "case_file", "case_log"):
            session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))


@pytest.fixture
def migrated(tmp_path: Path, new_url: str) -> Iterator[Bench]:
    """Today's hub on yesterday's database."""
    database = Database(new_url)
    make_tables(database, FIRST)
    with database.write() as session:
        fill(session)
    database.close()
    made = Bench(tmp_path / "data", new_url)
    yield made
    made.close()


def test_people_come_in_with_the_same_password_role_and_area(migrated: Bench) -> None:
    """And whoever was locked out stays so; nobody has a second factor that they never set up."""
    for name, (role, area, unit, language) in PEOPLE.items():
        page = migrated.stranger(address=f"{name}.example")
        answer = page.post("/api/session", json={"username": name, "password": PASSWORD})
        if name == "left-us":
            assert answer.status_code == 401
            continue
        assert answer.status_code == 200, answer.text
        me = answer.json()
        assert (me["role"], me["area"], me["unit"], me["language"]) == (role, area, unit, language)
        assert me["display_name"] == f"Name of {name}"
        assert page.post("/api/session", json={"username": name, "password": "wrong " * 3}).status_code == 401
        seen = page.get("/api/cases").json()
        assert [case["number"] for case in seen["items"]] == (
            ["2026-000001"] if area in EAST_AND_ABOVE and unit is None else []
        )


EAST_AND_ABOVE = ("demo", "demo/first-street", "demo/first-street/east")


def test_a_session_from_before_holds_and_one_that_was_over_does_not(migrated: Bench) -> None:
    """Nobody is thrown out by the update, but for the cookie's name."""
    page = migrated.stranger()
    page.cookies.set(migrated.hub.session_cookie, TOKEN)
    assert page.get("/api/session").json()["username"] == "clerk"
    page.cookies.set(migrated.hub.session_cookie, "old")
    assert page.get("/api/session").status_code == 401


def test_the_log_is_as_it_was_and_still_only_grows(migrated: Bench) -> None:
    """Its guard has come along, and new lines follow."""
    with migrated.transaction() as work:
        lines = work.session.execute(sa.text("SELECT actor FROM case_log ORDER BY id")).scalars().all()
        events = work.session.execute(sa.text("SELECT COUNT(*) FROM alarm")).scalar()
        known = work.session.execute(sa.text("SELECT message_id FROM received ORDER BY received_at")).scalars().all()
        places = work.session.execute(sa.text("SELECT area, verdict FROM alarm")).all()
    assert lines[0] == "old-gate"
    assert events == 1, "the case still knows its event"
    assert known == ["m-200", "m-40", "m-0"], "no message is taken twice"
    assert places == [("demo/first-street/east", None)]
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), migrated.transaction() as work:
        work.session.execute(sa.text("UPDATE case_log SET actor = 'rewritten'"))
    page = migrated.stranger()
    assert page.post("/api/session", json={"username": "clerk", "password": PASSWORD}).status_code == 200
    with migrated.transaction() as work:
        trail = work.session.execute(sa.text("SELECT actor FROM audit ORDER BY id")).scalars().all()
    assert "clerk" in trail
