"""The floor of the intake's bench: three inserts by SQLAlchemy's Core for each event, one commit for many of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert
from tests.hub.bench import scene_event

from sharp_eyes.hub.store.case_tables import Alarm, CaseLog
from sharp_eyes.hub.store.tables import ReceivedMessage


def floor_rows() -> dict[Table, dict[str, object]]:
    """Rows of a message, an alarm and a line of a log, as wide as the hub's."""
    now, event = datetime.now(UTC), scene_event(datetime.now(UTC))
    measures = [measure.model_dump(mode="json") for measure in event.measures]
    return {
        _MESSAGE: {"source": "gate-0", "message_id": str(uuid4()), "type": "event", "received_at": now},
        _ALARM: {
            "event_id": event.event_id,
            "case_id": 1,
            "area": "demo/first-street/east",
            "gateway": event.gateway,
            "camera": event.camera,
            "scene": event.scene.value,
            "zone": event.zone,
            "made_case": True,
            "phase": event.phase.value,
            "sequence": 0,
            "started_at": event.started_at,
            "received_at": now,
            "grade": event.grade.value,
            "score": event.score,
            "measures": measures,
            "highest": {"score": event.score},
            "box": list(event.box or ()),
            "object_class": event.object_class,
        },
        _LINE: {
            "case_id": 1,
            "sequence": 1,
            "at": now,
            "actor": "gate-0/cam-1",
            "actor_kind": "gateway",
            "what": "reported",
            "payload": {"what": "reported", "spot": event.zone, "text": "", "limits": {}},
            "calendar": "",
            "pack": "0" * 64,
        },
    }


def _without_references(table: Table, into: MetaData) -> Table:
    """The hub's table as the floor has it: columns and their indexes, no reference to another."""
    columns = (
        Column(one.name, one.type, primary_key=one.primary_key, index=one.index, nullable=one.nullable)
        for one in table.columns
    )
    return Table(table.name, into, *columns)


_FLOOR = MetaData()
_MESSAGE, _ALARM, _LINE = (
    _without_references(cast("Table", table.__table__), _FLOOR) for table in (ReceivedMessage, Alarm, CaseLog)
)


@contextmanager
def open_floor(url: str) -> Iterator[Connection]:
    """A database with three tables of the hub's, as durable as the hub's."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
        _FLOOR.create_all(connection)
        connection.commit()
        yield connection
    engine.dispose()


def insert_rows(connection: Connection, batch: list[dict[Table, dict[str, object]]]) -> None:
    """Three inserts an event, one commit."""
    for rows in batch:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    connection.commit()
