"""Statements that are prepared once take and give what the mapper takes and gives, on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharp_eyes.hub.intake.camera_rows import BEGINS_WITH
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.live_tables import Change
from sharp_eyes.hub.store.notice_tables import Delivery
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import Camera, EvidenceFile, Gateway
from sharp_eyes.hub.store.writing import unwritten

NOW = datetime(2026, 3, 1, 7, 30, 15, 250_000, tzinfo=UTC)
GATEWAY: dict[str, Any] = {
    "name": "gate-1",
    "area": "demo",
    "created_at": NOW,
    "bcrypt_hash": "b",
    "pbkdf2_hash": "p",
    "online": False,
}


def test_a_row_is_read_back_as_it_was_put_in_whoever_asks(database_url: str) -> None:
    """Ids, moments, JSON, numbers and nothing at all; a column that no row names has its default."""
    database = Database(database_url)
    database.upgrade()
    ids = [uuid4() for _ in range(3)]
    file: dict[str, Any] = {
        "event_id": uuid4(),
        "gateway": None,
        "kind": "photo",
        "media_type": "image/jpeg",
        "size": 5,
    }
    file |= {"sha256": "a" * 64, "key": "aa/a.jpg", "captured_at": NOW, "received_at": NOW, "by": None}
    sent: dict[str, Any] = {
        "channel": "text",
        "recipient": "",
        "kind": "filed",
        "area": "demo",
        "data": {"of": ["井盖"]},
    }
    sent |= {"urgent": True, "state": "waiting", "created_at": NOW, "due_at": NOW, "ended_at": None, "error": ""}
    with database.write() as session:
        for identity in ids:
            session.add_row(EvidenceFile, file | {"id": identity})
        session.add_row(Delivery, sent | {"key": "1"}, once=True)
        session.add_row(Delivery, sent | {"key": "1"}, once=True)
        session.add_row(Change, {"at": NOW, "topic": "case", "area": "demo", "units": ["parks"], "data": {"id": 1}})
        session.add(Gateway(**GATEWAY))
        session.flush()
        session.add(Camera(gateway="gate-1", camera="cam-1", name="1", area="demo", longitude=116.25, **BEGINS_WITH))
    asked = PreparedSelect(
        lambda among: (
            select(EvidenceFile.id, EvidenceFile.gateway, EvidenceFile.captured_at)
            .where(among(EvidenceFile.id, "ids"), among(EvidenceFile.kind, "kinds"))
            .limit(2)
        )
    )
    with database.read() as session:
        for _ in range(2):  # the second goes by what the first has found out
            found = asked.rows(session, ids=ids[:2], kinds=["photo", "clip"])
            assert sorted(found) == sorted((one, None, NOW) for one in ids[:2])
            assert asked.rows(session, ids=[], kinds=["photo"]) == []
        row = session.scalars(select(Delivery)).one()
        assert (row.attempts, row.data, row.due_at, row.urgent) == (0, sent["data"], NOW, True)
        change = session.scalars(select(Change)).one()
        assert (change.units, change.people, change.at, change.data) == (["parks"], None, NOW, {"id": 1})
        placed = PreparedSelect(lambda _: select(Camera.longitude, Camera.latitude, Camera.scenes))
        assert placed.rows(session) == [(116.25, None, [])]
    database.close()


def test_an_object_without_a_row_becomes_the_mappers_own_with_it(database_url: str) -> None:
    """What changes before its row is written is in the row, what changes later follows; nothing else is left."""
    database = Database(database_url)
    database.upgrade()
    with database.write() as session:
        made = unwritten(Gateway, GATEWAY)
        session.add_new(made)
        vars(made)["area"] = "demo/before"
        assert session.scalar(select(Gateway.area)) == "demo/before"
        assert session.get(Gateway, "gate-1") is made
        made.version = "2"
    with database.read() as session:
        assert session.execute(select(Gateway.area, Gateway.version)).all() == [("demo/before", "2")]
    with pytest.raises(RuntimeError, match="given up"), database.write() as session:
        session.add_new(unwritten(Gateway, GATEWAY | {"name": "gate-2"}))
        raise RuntimeError("given up")
    with database.read() as session:
        assert session.scalars(select(Gateway.name)).all() == ["gate-1"]
    database.close()
