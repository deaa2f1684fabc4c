"""Sums of days, verdicts beside alarms, indexes that answer alone, and what PostgreSQL gives up by the month.

Revision ID: archive
Revises: handover_facts
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.months import MONTHLY, index_of, partition_of, rest_of
from sharp_eyes.hub.store.types import UtcDateTime

revision = "archive"
down_revision = "handover_facts"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = "ended_at IS NULL"
_ASKED = [
    "number", "area", "state", "scene", "grade", "gateway", "camera", "unit", "due_at", "acknowledged_at", "late_since",
    "dispatched_at",
]  # fmt: skip
_INDEXES: tuple[tuple[str, str, list[str], dict[str, Any]], ...] = (
    ("ix_case_file_queue", "case_file", ["rank", "id"], {"only": _OPEN, "postgresql_include": _ASKED}),
    ("ix_case_file_passing", "case_file", ["due_at"], {"only": f"{_OPEN} AND late_since IS NULL"}),
    ("ix_case_file_false", "case_file", ["reported_at", "gateway", "camera", "scene", "area"], {"true": "false_alarm"}),
    ("ix_case_file_handled_at", "case_file", ["handled_at", "reported_at", "area"], {"only": "handled_at IS NOT NULL"}),
    (
        "ix_case_file_ended_at",
        "case_file",
        ["ended_at", "state", "reported_at", "area"],
        {"only": "ended_at IS NOT NULL"},
    ),
    ("ix_assignment_beside", "assignment", ["unit", "case_id"], {"true": "beside"}),
    ("ix_case_clock_passing", "case_clock", ["due_at"], {"only": "due_at IS NOT NULL AND late_since IS NULL"}),
    (
        "ix_alarm_judged",
        "alarm",
        ["received_at", "gateway", "camera", "scene", "zone", "area", "verdict", "case_id"],
        {},
    ),
)
_REPLACED: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_case_file_queue", "case_file", ["rank", "id"], _OPEN),
    ("ix_case_file_open_calling", "case_file", ["rank", "id"], f"{_OPEN} AND acknowledged_at IS NULL"),
    ("ix_case_file_open_due", "case_file", ["due_at"], _OPEN),
    ("ix_case_file_ended_at", "case_file", ["ended_at"], "ended_at IS NOT NULL"),
    ("ix_assignment_unit_open", "assignment", ["unit", "case_id"], "until IS NULL"),
)
_NEW_COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("alarm", sa.Column("area", sa.String(200), nullable=False, server_default="")),
    ("alarm", sa.Column("verdict", sa.String(200), nullable=True)),
    ("assignment", sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false())),
)
_OF_CASE = "FROM case_file AS c WHERE c.id = alarm.case_id"
_OWN = " AND ".join(f"c.{name} = alarm.{name}" for name in ("gateway", "camera", "scene", "zone"))
_DONE = "EXISTS (SELECT 1 FROM assignment AS a WHERE a.case_id = c.id AND a.outcome = 'done')"
_SAID = f"""CASE WHEN NOT ({_OWN}) THEN NULL WHEN c.false_alarm THEN 'false'
WHEN c.state = 'closed' AND {_DONE} THEN 'confirmed' END"""
_FILLS = (
    f"UPDATE alarm SET area = c.area, verdict = {_SAID} {_OF_CASE}",
    "UPDATE assignment SET beside = true FROM case_file AS c WHERE c.id = assignment.case_id "
    "AND assignment.until IS NULL AND (c.unit IS NULL OR c.unit <> assignment.unit)",
)


def upgrade() -> None:
    """Add them; the hub makes the sums of past days little by little once it runs."""
    _make_figures()
    for table, column in _NEW_COLUMNS:
        op.add_column(table, column._copy())
    for statement in _FILLS:
        op.execute(statement)
    for name, table, _columns, _only in _REPLACED:
        op.drop_index(name, table)
    for name, table, columns, how in _INDEXES:
        op.create_index(name, table, columns, **_told(**how))
    if op.get_bind().dialect.name == "postgresql":
        # Counts go by indexes alone where autovacuum was: at a hundredth of changed rows, not at a fifth.
        for table in ("case_file", "alarm"):
            op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01)")
        for table in MONTHLY:
            _by_month(table)


def downgrade() -> None:
    """Take them away; what lay in months lies in one table again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in MONTHLY:
            _in_one(table)
        for table in ("case_file", "alarm"):
            op.execute(f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor)")
    for name, table, _columns, _how in _INDEXES:
        op.drop_index(name, table)
    for name, table, columns, only in _REPLACED:
        op.create_index(name, table, columns, **_told(only))
    for table, column in _NEW_COLUMNS:
        op.drop_column(table, column.name)
    for table in ("daily_figure", "stale_figure", "figure_progress"):
        op.drop_table(table)


def _make_figures() -> None:
    op.create_table(
        "daily_figure",
        sa.Column("area", sa.String(200), primary_key=True),
        sa.Column("direct", sa.Boolean(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("parent", sa.String(200), nullable=False),
        sa.Column("late", sa.JSON(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
    )
    op.create_index("ix_daily_figure_parent", "daily_figure", ["parent", "direct", "day"])
    op.create_table(
        "stale_figure",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("reported_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
    )
    op.create_table(
        "figure_progress",
        sa.Column("id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("zone", sa.String(200), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
    )


def _told(only: str | None = None, true: str | None = None, **how: Any) -> dict[str, Any]:
    if true is not None:
        return how | {"sqlite_where": sa.text(f"{true} IS 1"), "postgresql_where": sa.text(f"{true} IS true")}
    return how if only is None else how | {"sqlite_where": sa.text(only), "postgresql_where": sa.text(only)}


_CREATED = {
    "received": """CREATE TABLE received (
        source VARCHAR(200) NOT NULL, message_id VARCHAR(200) NOT NULL, type VARCHAR(200) NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL{key})""",
    "camera_change": """CREATE TABLE camera_change (
        id BIGINT NOT NULL DEFAULT nextval('camera_change_id_seq'), camera_id BIGINT NOT NULL
        CONSTRAINT fk_camera_change_camera_id REFERENCES camera (id), state VARCHAR(200) NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL, detail TEXT NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL{key})""",
}
_INDEXED = {"received": ("received_at",), "camera_change": ("camera_id", "received_at")}


def _by_month(table: str) -> None:
    """Put a table's rows into partitions by their month."""
    months = op.get_bind().execute(
        sa.text(f"SELECT DISTINCT date_trunc('month', received_at AT TIME ZONE 'UTC') FROM {table} ORDER BY 1")
    )
    made: list[datetime] = [month.replace(tzinfo=UTC) for month in months.scalars()]
    _lay_anew(table, "", " PARTITION BY RANGE (received_at)", made)


def _in_one(table: str) -> None:
    key = f", CONSTRAINT pk_{table} PRIMARY KEY ({', '.join(MONTHLY[table])})"
    _lay_anew(table, key, "", [])


def _lay_anew(table: str, key: str, how: str, months: list[datetime]) -> None:
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    for constraint in sa.inspect(op.get_bind()).get_foreign_keys(f"{table}_before"):
        op.drop_constraint(str(constraint["name"]), f"{table}_before", type_="foreignkey")
    if key:
        op.execute(f"ALTER TABLE {table}_before DROP CONSTRAINT IF EXISTS pk_{table}")
    else:
        op.drop_constraint(f"pk_{table}", f"{table}_before", type_="primary")
    for column in _INDEXED[table]:
        op.drop_index(f"ix_{table}_{column}", f"{table}_before")
    op.execute(_CREATED[table].format(key=key) + how)
    for month in months:
        op.execute(partition_of(table, month))
        op.execute(index_of(table, f"{table}_{month:%Y_%m}"))
    if how:
        op.execute(f"CREATE TABLE {rest_of(table)} PARTITION OF {table} DEFAULT")
        op.execute(index_of(table, rest_of(table)))
    if table == "camera_change":
        op.execute("ALTER SEQUENCE camera_change_id_seq OWNED BY camera_change.id")
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")
    op.execute(f"DROP TABLE {table}_before")
    for column in _INDEXED[table]:
        op.create_index(f"ix_{table}_{column}", table, [column])
