"""Alarms beside cases, the log as typed lines, and rows for turns, clocks, timers and calendars.

What follows from the log (turns, clocks) is made by the hub at its next start: ``log_sequence`` 0 says so.

Revision ID: alarm_and_case
Revises: lateness
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.migrations import case_lines
from sharp_eyes.hub.store.types import UtcDateTime

revision = "alarm_and_case"
down_revision = "lateness"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_OF_ALARM = ("event_phase", "event_sequence", "score", "measures", "box", "object_class", "model")
_CAMERA = ("gateway", "camera", "scene", "zone")
_OPEN = "ended_at IS NULL"
_FINAL = {"case_line": "case_log", "case_move": "case_log"}


def upgrade() -> None:
    """Move what belongs to alarms to them, and turn the log into typed lines."""
    _make_alarms()
    _change_cases()
    _make_rows()
    _change_log()


def downgrade() -> None:
    """Put it back; what an earlier hub has no word for stands in its log as it is."""
    _restore_log()
    for name in ("case_timer", "case_clock", "assignment", "calendar"):
        op.drop_table(name)
    _restore_cases()
    _restore_events()


def _column(name: str, kind: Any, *, nullable: bool = False, default: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable, server_default=default)


def _case_id(table: str, *, primary: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("case_file.id", name=f"fk_{_FINAL.get(table, table)}_case_id")
    return sa.Column("case_id", _KEY, key, nullable=False, primary_key=primary)


def _make_alarms() -> None:
    op.create_table(
        "alarm",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        _case_id("alarm"),
        *(_column(name, _TEXT) for name in (*_CAMERA, "phase")),
        _column("sequence", sa.Integer()),
        _column("made_case", sa.Boolean()),
        _column("started_at", _MOMENT),
        _column("received_at", _MOMENT),
        _column("ended_at", _MOMENT, nullable=True),
        _column("grade", _TEXT),
        _column("score", sa.Double()),
        _column("measures", sa.JSON()),
        _column("box", sa.JSON(), nullable=True),
        _column("object_class", _TEXT, nullable=True),
        _column("model", sa.JSON(), nullable=True),
    )
    op.create_index("ix_alarm_case_id", "alarm", ["case_id"])
    op.create_index("ix_alarm_place", "alarm", [*_CAMERA, "received_at"])
    op.create_index("ix_alarm_gateway_scene", "alarm", ["gateway", "scene", "made_case", "received_at"])
    # Of events that joined a case in a storm nothing was kept but that they came: they take the case's measures.
    op.execute(
        "INSERT INTO alarm (event_id, case_id, gateway, camera, scene, zone, phase, sequence, made_case, started_at,"
        " received_at, ended_at, grade, score, measures, box, object_class, model)"
        " SELECT e.event_id, e.case_id, e.gateway, e.camera, e.scene, e.zone, e.phase, e.sequence, e.made_case,"
        " e.started_at, e.received_at, CASE WHEN e.event_id = c.event_id THEN c.ended_at END, c.grade, c.score,"
        " c.measures, CASE WHEN e.event_id = c.event_id THEN c.box END, c.object_class, c.model"
        " FROM case_event e JOIN case_file c ON c.id = e.case_id"
    )
    op.drop_table("case_event")


def _change_cases() -> None:
    with op.batch_alter_table("case_file") as batch:
        for name in (*_OF_ALARM, "ended_at"):
            batch.drop_column(name)
        batch.alter_column("event_count", new_column_name="alarm_count", existing_type=sa.Integer())
        for name in _CAMERA:
            batch.alter_column(name, existing_type=_TEXT, nullable=True)
        batch.alter_column("event_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(_column("source", _TEXT, default="camera"))
        batch.add_column(_column("spot", sa.String(500), nullable=True))
        batch.add_column(_column("place", sa.Text(), default=""))
        for name in ("late_since", "suspended_until"):
            batch.add_column(_column(name, _MOMENT, nullable=True))
        batch.add_column(_column("end_reason", _TEXT, nullable=True))
        batch.add_column(_column("false_alarm", sa.Boolean(), default=sa.false()))
        batch.add_column(_column("merged_into", sa.String(20), nullable=True))
        batch.add_column(_column("rating", sa.Integer(), nullable=True))
        batch.add_column(_column("counts", sa.JSON(), default="{}"))
        batch.add_column(_column("log_sequence", sa.Integer(), default="0"))
    with op.batch_alter_table("case_file") as batch:
        batch.add_column(_column("ended_at", _MOMENT, nullable=True))
    op.execute("UPDATE case_file SET ended_at = updated_at WHERE state IN ('closed', 'rejected')")
    # Of several open cases of one spot only the newest takes further alarms.
    op.execute(
        "UPDATE case_file SET spot = gateway || '/' || camera || '/' || scene || '/' || zone WHERE ended_at IS NOT NULL"
        " OR id IN (SELECT max(id) FROM case_file WHERE ended_at IS NULL GROUP BY gateway, camera, scene, zone)"
    )
    where = sa.text(_OPEN)
    op.create_index(
        "uq_case_file_open_spot", "case_file", ["spot"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _make_rows() -> None:
    op.create_table(
        "assignment",
        _case_id("assignment", primary=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("unit", _TEXT, primary_key=True),
        _column("person", _TEXT, nullable=True),
        _column("since", _MOMENT),
        *(_column(name, _MOMENT, nullable=True) for name in ("accepted_at", "arrived_at", "until")),
        _column("outcome", _TEXT, nullable=True),
        _column("rework", sa.Boolean()),
    )
    op.create_index("ix_assignment_unit_until", "assignment", ["unit", "until"])
    op.create_table(
        "case_clock",
        _case_id("case_clock", primary=True),
        sa.Column("assignment", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("unit", _TEXT, primary_key=True),
        sa.Column("kind", _TEXT, primary_key=True),
        _column("limit", _TEXT),
        _column("extensions", sa.Integer()),
        _column("calendar", _TEXT),
        _column("started_at", _MOMENT),
        _column("paused", sa.Boolean()),
        *(_column(name, _MOMENT, nullable=True) for name in ("due_at", "stopped_at", "late_since")),
    )
    op.create_table("case_timer", _case_id("case_timer", primary=True), _column("at", _MOMENT))
    op.create_index("ix_case_timer_at", "case_timer", ["at"])
    op.create_table(
        "calendar",
        sa.Column("version", _TEXT, primary_key=True),
        _column("content", sa.JSON()),
        _column("first_used_at", _MOMENT),
    )


_OLD_LOG = (
    "id",
    "case_id",
    "at",
    "actor",
    "actor_kind",
    "move",
    "from_state",
    "to_state",
    "reason",
    "note",
    "photo_ids",
)
_JSON = {"photo_ids": sa.JSON(), "payload": sa.JSON()}


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds: dict[str, Any] = _JSON | {
        "at": _MOMENT,
        "due_at": _MOMENT,
        "asked_at": _MOMENT,
        "answered_at": _MOMENT,
        "expires_at": _MOMENT,
        "event_id": sa.Uuid(),
        "command_id": sa.Uuid(),
    }
    return sa.table(name, *(sa.column(column, kinds.get(column)) for column in columns))


def _change_log() -> None:
    op.create_table(
        "case_line",
        sa.Column("id", _KEY, primary_key=True),
        _case_id("case_line"),
        _column("sequence", sa.Integer()),
        _column("at", _MOMENT),
        _column("actor", _TEXT),
        _column("actor_kind", _TEXT),
        _column("what", _TEXT),
        _column("payload", sa.JSON()),
        _column("calendar", _TEXT),
        _column("pack", _TEXT),
        sa.UniqueConstraint("case_id", "sequence", name="uq_case_log_case_id"),
    )
    connection = op.get_bind()
    cases = _table("case_file", "id", "event_id", *_CAMERA, "grade", "area", "due_at")
    lines = _table(
        "case_line", "case_id", "sequence", "at", "actor", "actor_kind", "what", "payload", "calendar", "pack"
    )
    for case in connection.execute(sa.select(cases).order_by(cases.c.id)).mappings().all():
        typed = case_lines.typed_lines(case, *(_of_case(name, case["id"]) for name in ("log", "alarms", "questions")))
        rows = [
            line
            | {"case_id": case["id"], "sequence": number, "what": line["payload"]["what"], "calendar": "", "pack": ""}
            for number, line in enumerate(typed, start=1)
        ]
        if rows:
            connection.execute(sa.insert(lines), rows)
    _drop_log_guard()
    op.drop_table("case_log")
    op.rename_table("case_line", "case_log")
    op.create_index("ix_case_log_case_id", "case_log", ["case_id"])
    _guard_log()


def _of_case(what: str, case_id: int) -> list[Any]:
    if what == "log":
        table = _table("case_log", *_OLD_LOG)
        query = sa.select(table).order_by(table.c.id)
    elif what == "alarms":
        table = _table("alarm", "event_id", "case_id", "made_case", "received_at")
        query = sa.select(table).where(sa.not_(table.c.made_case)).order_by(table.c.received_at)
    else:
        names = ("command_id", "case_id", "gateway", "asked_at", "expires_at", "answered_at", "outcome", "reason")
        table = _table("look_again", *names)
        query = sa.select(table).order_by(table.c.asked_at)
    return list(op.get_bind().execute(query.where(table.c.case_id == case_id)).mappings().all())


def _drop_log_guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER case_log_guard ON case_log")
        op.execute("DROP TRIGGER case_log_guard_delete ON case_log")
        return
    for action in ("update", "delete"):
        op.execute(f"DROP TRIGGER case_log_guard_{action}")


def _guard_log() -> None:
    """The same guard as before: no line is changed, and lines go only with their case, once that is written down."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER case_log_guard BEFORE UPDATE OR TRUNCATE ON case_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION case_log_is_append_only()"
        )
        op.execute(
            "CREATE TRIGGER case_log_guard_delete BEFORE DELETE ON case_log "
            "FOR EACH ROW EXECUTE FUNCTION case_log_goes_with_its_case()"
        )
        return
    op.execute(
        "CREATE TRIGGER case_log_guard_update BEFORE UPDATE ON case_log "
        "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER case_log_guard_delete BEFORE DELETE ON case_log "
        "WHEN NOT EXISTS (SELECT 1 FROM deletion WHERE kind = 'case' AND case_id = OLD.case_id) "
        "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END"
    )


def _restore_log() -> None:
    op.create_table(
        "case_move",
        sa.Column("id", _KEY, primary_key=True),
        _case_id("case_move"),
        _column("at", _MOMENT),
        *(_column(name, _TEXT) for name in ("actor", "actor_kind", "move")),
        _column("from_state", _TEXT, nullable=True),
        _column("to_state", _TEXT),
        *(_column(name, sa.Text()) for name in ("reason", "note")),
        _column("photo_ids", sa.JSON()),
    )
    connection = op.get_bind()
    old, new = _table("case_log", "case_id", "sequence", "at", "actor", "actor_kind", "what", "payload"), _OLD_LOG[1:]
    target = _table("case_move", *new)
    ids = connection.execute(sa.select(old.c.case_id).distinct().order_by(old.c.case_id)).scalars().all()
    for case_id in ids:
        query = sa.select(old).where(old.c.case_id == case_id).order_by(old.c.sequence)
        rows = [row | {"case_id": case_id} for row in case_lines.moves(connection.execute(query).mappings().all())]
        connection.execute(sa.insert(target), rows)
    _drop_log_guard()
    op.drop_table("case_log")
    op.rename_table("case_move", "case_log")
    op.create_index("ix_case_log_case_id", "case_log", ["case_id"])
    _guard_log()


def _restore_cases() -> None:
    op.drop_index("uq_case_file_open_spot", "case_file")
    op.execute("UPDATE case_file SET state = 'rejected' WHERE state IN ('voided', 'merged')")
    with op.batch_alter_table("case_file") as batch:
        for name in ("source", "spot", "place", "late_since", "suspended_until", "end_reason", "false_alarm"):
            batch.drop_column(name)
        for name in ("merged_into", "rating", "counts", "log_sequence", "ended_at"):
            batch.drop_column(name)
        batch.alter_column("alarm_count", new_column_name="event_count", existing_type=sa.Integer())
        batch.add_column(_column("event_phase", _TEXT, default="closed"))
        batch.add_column(_column("event_sequence", sa.Integer(), default="0"))
        batch.add_column(_column("score", sa.Double(), default="0"))
        batch.add_column(_column("measures", sa.JSON(), default="[]"))
        batch.add_column(_column("box", sa.JSON(), nullable=True))
        batch.add_column(_column("object_class", _TEXT, nullable=True))
        batch.add_column(_column("model", sa.JSON(), nullable=True))
    with op.batch_alter_table("case_file") as batch:
        batch.add_column(_column("ended_at", _MOMENT, nullable=True))
    same = "(SELECT {} FROM alarm WHERE alarm.event_id = case_file.event_id)"
    names = {"event_phase": "phase", "event_sequence": "sequence"} | {
        name: name for name in (*_OF_ALARM[2:], "ended_at")
    }
    op.execute("UPDATE case_file SET " + ", ".join(f"{to} = {same.format(what)}" for to, what in names.items()))
    with op.batch_alter_table("case_file") as batch:
        for name in _CAMERA:
            batch.alter_column(name, existing_type=_TEXT, nullable=False)
        batch.alter_column("event_id", existing_type=sa.Uuid(), nullable=False)


def _restore_events() -> None:
    op.create_table(
        "case_event",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        _case_id("case_event"),
        *(_column(name, _TEXT) for name in (*_CAMERA, "phase")),
        _column("sequence", sa.Integer()),
        _column("made_case", sa.Boolean()),
        _column("started_at", _MOMENT),
        _column("received_at", _MOMENT),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id"])
    op.create_index("ix_case_event_place", "case_event", [*_CAMERA, "received_at"])
    op.create_index("ix_case_event_gateway_scene", "case_event", ["gateway", "scene", "made_case", "received_at"])
    op.execute(
        "INSERT INTO case_event (event_id, case_id, gateway, camera, scene, zone, phase, sequence, made_case,"
        " started_at, received_at) SELECT event_id, case_id, gateway, camera, scene, zone, phase, sequence, made_case,"
        " started_at, received_at FROM alarm"
    )
    op.drop_table("alarm")
