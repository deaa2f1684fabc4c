"""Cases of the version before, with whole walks in their logs, come along: forwards, and back again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.orm import Session
from tests.hub.bench import START, Bench
from tests.hub.databases import Cluster
from tests.hub.test_migration import insert, make_tables

from sharp_eyes.hub.cases.rebuild import rebuild
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.database import _MIGRATIONS, Database

BEFORE = "joining_and_settings"
GATE = "old-gate"
PHOTO = UUID(int=7)

Step = tuple[str, str, str, str, str]
"""Actor's kind, move, state after it, reason, note."""

WHOLE: list[Step] = [
    ("gateway", "opened", "reported", "", ""),
    ("rule", "file", "filed", "", ""),
    ("rule", "dispatch", "dispatched", "", "parks"),
    ("gateway", "updated", "dispatched", "", ""),
    ("person", "accept", "accepted", "", ""),
    ("person", "send_back", "filed", "not ours", ""),
    ("person", "dispatch", "dispatched", "", "drainage: please"),
    ("person", "accept", "accepted", "", ""),
    ("person", "handle", "handled", "", "cleaned"),
    ("rule", "look_again", "handled", "", ""),
    ("camera", "fail", "dispatched", "still there", ""),
    ("person", "accept", "accepted", "", ""),
    ("person", "handle", "handled", "", "cleaned again"),
    ("person", "pass", "checked", "", ""),
    ("gateway", "closed", "checked", "", ""),
    ("rule", "close", "closed", "", ""),
    ("person", "hold", "closed", "court file", ""),
]
LATE: list[Step] = WHOLE[:3]
STORM: list[Step] = [("gateway", "opened", "reported", "", ""), ("gateway", "storm", "reported", "", "")]
REJECTED: list[Step] = [*WHOLE[:1], ("person", "reject", "rejected", "a shadow", "")]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any tables, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    running: Cluster = request.getfixturevalue("postgresql")
    running.run("CREATE DATABASE cases_before")
    yield running.url("cases_before")
    running.run("DROP DATABASE cases_before WITH (FORCE)")


def add_case(session: Session, number: int, steps: list[Step], **more: Any) -> None:
    """A case as the version before kept it."""
    event = uuid4()
    state, begun = steps[-1][2], START - timedelta(days=2)
    camera = {"gateway": GATE, "camera": "east", "scene": "waterlogging", "zone": more.pop("zone", f"zone-{number}")}
    joined = more.pop("joined", 0)
    values = {
        "id": number,
        "number": f"2026-{number:06d}",
        "event_id": event,
        "area": "demo/first-street/east",
        "state": state,
        "grade": "serious",
        "opened_at": begun,
        "reported_at": begun,
        "updated_at": begun + timedelta(minutes=10 * len(steps)),
        "event_phase": "opened",
        "event_sequence": 0,
        "score": 0.9,
        "measures": [{"name": "share", "value": 0.4, "unit": "1", "threshold": 0.1}],
        "box": [0.1, 0.1, 0.2, 0.2],
        "event_count": 1 + joined,
    }
    insert(session, "case_file", **camera, **(values | more))
    for place in range(1 + joined):
        insert(
            session,
            "case_event",
            event_id=event if place == 0 else uuid4(),
            case_id=number,
            **camera,
            phase="opened",
            sequence=0,
            made_case=place == 0,
            started_at=begun,
            received_at=begun + timedelta(minutes=place),
        )
    before = None
    for place, (kind, move, after, reason, note) in enumerate(steps):
        line = {"actor": kind, "actor_kind": kind, "move": move, "to_state": after, "reason": reason, "note": note}
        at, photos = begun + timedelta(minutes=10 * place), [str(PHOTO)] if note == "cleaned" else []
        insert(session, "case_log", case_id=number, at=at, photo_ids=photos, from_state=before or after, **line)
        before = after
        if move == "look_again":
            insert(
                session,
                "look_again",
                command_id=uuid4(),
                case_id=number,
                gateway=GATE,
                asked_at=at,
                asked_by="rule",
                expires_at=at + timedelta(minutes=30),
                answered_at=at + timedelta(minutes=2),
                outcome="holds",
                reason="still wet",
                measures=[],
            )


def fill(session: Session) -> None:
    """Five cases: a whole walk, one that is late, a storm, one rejected, and two open ones of one spot."""
    gateway = {"name": GATE, "area": "demo", "bcrypt_hash": "x", "pbkdf2_hash": "x"}
    insert(session, "gateway", **gateway, created_at=START, online=False)
    add_case(session, 1, WHOLE, legal_hold=True)
    dispatched = START - timedelta(days=2) + timedelta(minutes=20)
    add_case(session, 2, LATE, unit="parks", due_at=dispatched + timedelta(minutes=45))
    add_case(session, 3, STORM, joined=4, zone="same")
    add_case(session, 4, REJECTED)
    add_case(session, 5, STORM[:1], zone="same")


@pytest.fixture
def migrated(tmp_path: Path, new_url: str) -> Iterator[Bench]:
    """Today's hub on yesterday's cases."""
    database = Database(new_url)
    make_tables(database, BEFORE)
    with database.write() as session:
        fill(session)
    database.close()
    made = Bench(tmp_path / "data", new_url)
    yield made
    made.close()


def test_a_whole_walk_reads_as_it_was_walked(migrated: Bench) -> None:
    """State, units, turns, counts and words of an old log are told by the new one."""
    detail = migrated.client(Role.ADMINISTRATOR).get("/api/cases/1").json()
    assert (detail["state"], detail["grade"], detail["legal_hold"]) == ("closed", "serious", True)
    assert [turn["unit"] for turn in detail["assignments"]] == ["parks", "drainage", "drainage"]
    assert [turn["outcome"] for turn in detail["assignments"]] == ["sent_back", "done", "done"]
    assert detail["assignments"][2]["rework"]
    assert (detail["counts"]["send_backs"], detail["counts"]["reworks"]) == (1, 1)
    said = {line["what"]: line for line in detail["log"]}
    assert (said["sent_back"]["note"], said["failed"]["note"]) == ("not ours", "still there")
    assert (said["look_answered"]["data"]["outcome"], said["look_answered"]["note"]) == ("holds", "still wet")
    cleaned = next(line for line in detail["log"] if line["note"] == "cleaned")
    assert cleaned["photo_ids"] == [str(PHOTO)]
    assert [line["sequence"] for line in detail["log"]] == list(range(1, len(detail["log"]) + 1))
    assert (detail["measures"][0]["value"], detail["box"]) == (0.4, [0.1, 0.1, 0.2, 0.2])


def test_a_deadline_that_had_passed_is_a_lateness_now(migrated: Bench) -> None:
    """Late since the deadline that the version before had set."""
    page = migrated.client(Role.SHIFT_LEAD)
    page.post("/api/cases/2/moves/withdraw", json={"reason": "other", "note": "wrong unit"})
    detail = page.get("/api/cases/2").json()
    assert detail["state"] == "filed"
    due = START - timedelta(days=2) + timedelta(minutes=65)
    assert detail["late_since"] == due.isoformat().replace("+00:00", "Z")


def test_storms_and_spots_come_along(migrated: Bench) -> None:
    """Each joined event is an alarm; of two open cases of one spot the newer takes the next."""
    page = migrated.client(Role.ADMINISTRATOR)
    storm = page.get("/api/cases/3").json()
    assert (storm["event_count"], len(storm["joined"])) == (5, 4)
    rejected = page.get("/api/cases/4").json()
    assert (rejected["state"], rejected["log"][-1]["note"]) == ("rejected", "a shadow")
    with migrated.hub.read_only() as work:
        rows = work.session.execute(sa.text("SELECT id, spot FROM case_file ORDER BY id"))
        spots: dict[int, str | None] = {row.id: row.spot for row in rows}
    assert (spots[3], spots[5]) == (None, f"{GATE}/east/waterlogging/same")


def test_what_follows_from_the_logs_can_be_made_again(migrated: Bench) -> None:
    """Made again it is what it was."""

    def told() -> list[Any]:
        page = migrated.client(Role.ADMINISTRATOR)
        return [page.get(f"/api/cases/{number}").json() for number in range(1, 6)]

    before = told()
    assert rebuild(migrated.hub.transaction, migrated.hub.read_only, every=True) == 5
    assert told() == before


def test_the_way_back_keeps_the_cases_for_the_version_before(migrated: Bench) -> None:
    """Its log of moves tells the same walk; what it has no word for keeps its own."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with migrated.hub.database._writing.execution_options(rebuilds=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        query = sa.text("SELECT actor_kind, move, to_state, reason, note FROM case_log WHERE case_id = 1 ORDER BY id")
        walked = [tuple(row) for row in connection.execute(query)]
        cases = connection.execute(sa.text("SELECT event_count, score FROM case_file ORDER BY id")).all()
        events = connection.execute(sa.text("SELECT COUNT(*) FROM case_event")).scalar()
        lines = connection.execute(sa.text("SELECT COUNT(*) FROM case_log WHERE photo_ids IS NULL")).scalar()
    told = [(kind, move, after) for kind, move, after, *_ in walked if move not in ("look_answered",)]
    assert told == [(kind, move, after) for kind, move, after, *_ in WHOLE]
    assert ("person", "send_back", "filed", "not ours", "") in walked
    assert ("person", "handle", "handled", "", "cleaned") in walked
    assert [row[0] for row in cases] == [1, 1, 5, 1, 1]
    assert {row[1] for row in cases} == {0.9}
    assert (events, lines) == (9, 0)
