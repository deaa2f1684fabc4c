"""Indexes for a million cases, of which a tenth is open, and what of a case is searched by words.

Revision ID: quick_queries
Revises: several_hubs
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.grams import Grams, folded, grams

revision = "quick_queries"
down_revision = "several_hubs"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN, _BY_PATH = "ended_at IS NULL", {"area": "varchar_pattern_ops"}
_COUNTED = ("state", "grade", "acknowledged_at", "due_at", "scene")
_INDEXES: tuple[tuple[str, str, list[str], dict[str, Any]], ...] = (
    ("ix_case_file_open_area", "case_file", ["area", *_COUNTED], {"only": _OPEN, "postgresql_ops": _BY_PATH}),
    ("ix_case_file_open_calling", "case_file", ["rank", "id"], {"only": f"{_OPEN} AND acknowledged_at IS NULL"}),
    ("ix_case_file_open_unit", "case_file", ["unit", "rank", "id"], {"only": _OPEN}),
    ("ix_case_file_open_camera", "case_file", ["gateway", "camera", "rank", "id"], {"only": _OPEN}),
    ("ix_case_file_open_due", "case_file", ["due_at"], {"only": _OPEN}),
    ("ix_case_file_area", "case_file", ["area", "id"], {"postgresql_ops": _BY_PATH}),
    ("ix_case_file_state", "case_file", ["state", "id"], {}),
    ("ix_case_file_scene", "case_file", ["scene", "id"], {}),
    ("ix_case_file_unit", "case_file", ["unit", "id"], {}),
    ("ix_case_file_camera", "case_file", ["gateway", "camera", "id"], {}),
    (
        "ix_case_file_held",
        "case_file",
        ["id"],
        {"sqlite_where": sa.text("legal_hold IS 1"), "postgresql_where": sa.text("legal_hold IS true")},
    ),
    ("ix_case_file_reported_at", "case_file", ["reported_at", "area", "scene", "gateway", "camera"], {}),
    ("ix_case_file_ended_at", "case_file", ["ended_at"], {"only": "ended_at IS NOT NULL"}),
    ("ix_assignment_unit", "assignment", ["unit", "case_id"], {}),
    ("ix_assignment_unit_open", "assignment", ["unit", "case_id"], {"only": "until IS NULL"}),
    ("ix_alarm_received_at", "alarm", ["received_at", "event_id"], {}),
    ("ix_audit_area", "audit", ["area", "id"], {"postgresql_ops": _BY_PATH}),
    ("ix_audit_actor", "audit", ["actor", "id"], {}),
    ("ix_audit_action", "audit", ["action", "id"], {}),
    ("ix_received_received_at", "received", ["received_at"], {}),
    ("ix_camera_change_received_at", "camera_change", ["received_at"], {}),
    ("ix_notice_unread", "notice", ["account_id", "id"], {"only": "read_at IS NULL"}),
    ("ix_delivery_state", "delivery", ["state", "id"], {}),
    ("ix_notice_at", "notice", ["at"], {}),
    ("ix_delivery_created_at", "delivery", ["created_at"], {}),
)
_REPLACED = (
    ("ix_case_file_area_state", "case_file", ["area", "state"]),
    ("ix_case_file_reported_at", "case_file", ["reported_at"]),
    ("ix_assignment_unit_until", "assignment", ["unit", "until"]),
)
_FOLLOWS = (
    "CREATE VIRTUAL TABLE case_grams USING fts5("
    "grams, content='case_text', content_rowid='case_id', detail=none, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER case_text_added AFTER INSERT ON case_text "
    "BEGIN INSERT INTO case_grams (rowid, grams) VALUES (new.case_id, new.grams); END",
    "CREATE TRIGGER case_text_gone AFTER DELETE ON case_text BEGIN "
    "INSERT INTO case_grams (case_grams, rowid, grams) VALUES ('delete', old.case_id, old.grams); END",
    "CREATE TRIGGER case_text_changed AFTER UPDATE ON case_text BEGIN "
    "INSERT INTO case_grams (case_grams, rowid, grams) VALUES ('delete', old.case_id, old.grams); "
    "INSERT INTO case_grams (rowid, grams) VALUES (new.case_id, new.grams); END",
)
_AT_ONCE = 2000


def upgrade() -> None:
    """Add them; the words of all cases are read once."""
    for name, table, _columns in _REPLACED:
        op.drop_index(name, table)
    for name, table, columns, how in _INDEXES:
        op.create_index(name, table, columns, **_told(**how))
    op.create_table(
        "case_text",
        sa.Column(
            "case_id",
            _KEY,
            sa.ForeignKey("case_file.id", name="fk_case_text_case_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("grams", Grams(), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _FOLLOWS:
            op.execute(statement)
    _fill()
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_case_text_grams", "case_text", ["grams"], postgresql_using="gin")
        op.execute("ANALYZE case_text")


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE case_grams")
    op.drop_table("case_text")
    for name, table, _columns, _how in _INDEXES:
        op.drop_index(name, table)
    for name, table, columns in _REPLACED:
        op.create_index(name, table, columns)


def _told(only: str | None = None, **how: Any) -> dict[str, Any]:
    return how if only is None else how | {"sqlite_where": sa.text(only), "postgresql_where": sa.text(only)}


def _fill() -> None:
    """As ``cases/words.py`` does from now on: number in its year, place, zone, camera, and notes in their order."""
    texts = sa.table("case_text", sa.column("case_id"), sa.column("said"), sa.column("grams", Grams()))
    rows = _read()
    while portion := list(islice(rows, _AT_ONCE)):
        op.get_bind().execute(sa.insert(texts), portion)


def _read() -> Iterator[dict[str, Any]]:
    connection = op.get_bind()
    cases = sa.text(
        "SELECT c.id, c.number, c.place, c.zone, coalesce(k.name, c.camera) AS camera FROM case_file AS c "
        "LEFT JOIN camera AS k ON k.gateway = c.gateway AND k.camera = c.camera "
        "WHERE c.id > :after ORDER BY c.id LIMIT :most"
    )
    line = sa.table("case_log", sa.column("case_id"), sa.column("sequence"), sa.column("payload", sa.JSON()))
    after = 0
    while found := connection.execute(cases, {"after": after, "most": _AT_ONCE}).all():
        notes: dict[int, list[str]] = {}
        lines = sa.select(line.c.case_id, line.c.payload["text"].as_string()).where(
            line.c.case_id > after, line.c.case_id <= found[-1].id
        )
        for case_id, note in connection.execute(lines.order_by(line.c.case_id, line.c.sequence)):
            if note:
                notes.setdefault(case_id, []).append(note)
        for case in found:
            count = f"no{int(case.number.rpartition('-')[2])}"
            parts = [case.place, case.zone, case.camera, *notes.get(case.id, ())]
            text = folded("\n".join(filter(None, parts)))
            yield {"case_id": case.id, "said": f"{count}\n{text}", "grams": grams(text, count)}
        after = found[-1].id
