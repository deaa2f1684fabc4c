"""The floor of the intake's bench: three inserts by SQLAlchemy's Core for each event, one commit for many of them.

By itself it says what an event with pictures costs this Python at the least: its messages read, its pictures' sums made
and their files written as the hub writes them (each synced, its folder synced once a batch), three rows for it and two
for each picture, one commit. No rules, no case, no broker.
"""

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.hub.bench import announced, scene_event

from sharp_eyes.contract.envelope import EvidenceMessage, wrap
from sharp_eyes.hub.intake.parsing import read_durable
from sharp_eyes.hub.store.case_tables import Alarm, CaseLog
from sharp_eyes.hub.store.evidence_store import LocalEvidenceStore, NewFile, key_of
from sharp_eyes.hub.store.tables import EvidenceFile, ReceivedMessage

_GATEWAY = "gate-0"


def floor_rows() -> dict[Table, dict[str, object]]:
    """Rows of a message, an alarm and a line of a log, as wide as the hub's."""
    now, event = datetime.now(UTC), scene_event(datetime.now(UTC))
    measures = [measure.model_dump(mode="json") for measure in event.measures]
    return {
        _MESSAGE: {"source": _GATEWAY, "message_id": str(uuid4()), "type": "event", "received_at": now},
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
_MESSAGE, _ALARM, _LINE, _FILE = (
    _without_references(cast("Table", table.__table__), _FLOOR)
    for table in (ReceivedMessage, Alarm, CaseLog, EvidenceFile)
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


def main() -> int:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--each", type=int, default=6, help="events of a batch")
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--pictures", type=int, default=2, help="of each event")
    parser.add_argument("--picture-bytes", type=int, default=150_000)
    given = parser.parse_args()
    spent: dict[str, list[float]] = {"messages read": [], "sums and files": [], "rows and commit": []}
    with tempfile.TemporaryDirectory() as folder, open_floor(f"sqlite:///{folder}/floor.db") as connection:
        store = LocalEvidenceStore(Path(folder) / "evidence")
        for _ in range(given.batches):
            payloads, contents = make_batch(given)
            rows = [floor_rows() for _ in range(given.each)]
            marks = [time.process_time()]
            messages = [read_durable(payload, _GATEWAY) for payload in payloads]
            marks.append(time.process_time())
            files = [NewFile(one, key_of(hashlib.sha256(one).hexdigest(), "image/jpeg")) for one in contents]
            store.put(files)
            marks.append(time.process_time())
            pictures = [message for message in messages if isinstance(message, EvidenceMessage)]
            for message, file in zip(pictures, files, strict=True):
                connection.execute(insert(_FILE), file_row(message, file.key))
                connection.execute(insert(_MESSAGE), floor_rows()[_MESSAGE])
            insert_rows(connection, rows)
            marks.append(time.process_time())
            for times, begun, ended in zip(spent.values(), marks, marks[1:], strict=False):
                times.append(ended - begun)
    each = {name: round(1000 * statistics.median(times) / given.each, 3) for name, times in spent.items()}
    said = {"processor ms an event": each, "together": round(sum(each.values()), 2)}
    print(json.dumps(said | {"load": round(os.getloadavg()[0], 1)}, indent=2))
    return 0


def make_batch(given: argparse.Namespace) -> tuple[list[bytes], list[bytes]]:
    """Messages of events and of their pictures, and the pictures."""
    now = datetime.now(UTC)
    payloads, contents = [], []
    for _ in range(given.each):
        event = scene_event(now, gateway=_GATEWAY)
        pictures = [b"\xff\xd8\xff" + os.urandom(given.picture_bytes - 3) for _ in range(given.pictures)]
        files = [announced(one, event.event_id, now, part_size=192 * 1024) for one in pictures]
        wrapped = [wrap(_GATEWAY, event), *(wrap(_GATEWAY, one) for one in files)]
        payloads += [one.model_dump_json().encode() for one in wrapped]
        contents += pictures
    return payloads, contents


def file_row(message: EvidenceMessage, key: str) -> dict[str, object]:
    """Row of a picture, as wide as the hub's."""
    file = message.data
    return {
        "id": file.evidence_id,
        "event_id": file.event_id,
        "gateway": message.gateway,
        "kind": file.kind.value,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "key": key,
        "captured_at": file.captured_at,
        "received_at": datetime.now(UTC),
        "by": None,
    }


if __name__ == "__main__":
    sys.exit(main())
