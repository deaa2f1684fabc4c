"""When a case was due and a unit answered, for figures by formula; sums of days by the day of the deadline as well.

Revision ID: formulas
Revises: webhook_format
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "formulas"
down_revision = "webhook_format"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_COLUMNS: tuple[sa.Column[object], ...] = (
    sa.Column("handle_due_at", _MOMENT, nullable=True),
    sa.Column("handle_late", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("responded_at", _MOMENT, nullable=True),
    sa.Column("response_late", sa.Boolean(), nullable=False, server_default=sa.false()),
)
_OF_CLOCK = "FROM case_clock AS c WHERE c.case_id = case_file.id AND c.kind = '{kind}'"
_HANDLE, _REPORT_IN = (_OF_CLOCK.format(kind=kind) for kind in ("handle", "report_in"))
_FILLS = (
    f"UPDATE case_file SET handle_due_at = (SELECT c.due_at {_HANDLE}), "
    f"handle_late = EXISTS (SELECT 1 {_HANDLE} AND c.late_since IS NOT NULL), "
    "responded_at = (SELECT min(a.accepted_at) FROM assignment AS a WHERE a.case_id = case_file.id), "
    f"response_late = EXISTS (SELECT 1 {_REPORT_IN} AND c.late_since IS NOT NULL)",
    # A clock that has stopped says no more when it was due: the hub reads it from the log at its next start.
    f"UPDATE case_file SET log_sequence = 0 WHERE EXISTS (SELECT 1 {_HANDLE} AND c.stopped_at IS NOT NULL)",
)


def upgrade() -> None:
    """Add them; the hub makes the sums of past days again once it runs."""
    for column in _COLUMNS:
        op.add_column("case_file", column._copy())
    for statement in _FILLS:
        op.execute(statement)
    has_one = sa.text("handle_due_at IS NOT NULL")
    op.create_index(
        "ix_case_file_handle_due",
        "case_file",
        ["handle_due_at", "area", "scene"],
        sqlite_where=has_one,
        postgresql_where=has_one,
    )
    _drop_figures()
    op.create_table(
        "daily_figure",
        sa.Column("basis", _TEXT, primary_key=True),
        sa.Column("area", _TEXT, primary_key=True),
        sa.Column("direct", sa.Boolean(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("parent", _TEXT, nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("late", "sums", "outcomes", "unit_outcomes")),
    )
    op.create_index("ix_daily_figure_parent", "daily_figure", ["basis", "parent", "direct", "day"])
    op.create_table(
        "stale_figure",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("basis", _TEXT, nullable=False),
        sa.Column("moment", _MOMENT, nullable=False),
        sa.Column("area", _TEXT, nullable=False),
    )


def downgrade() -> None:
    """Take them away; sums of days are made again."""
    _drop_figures()
    op.create_table(
        "daily_figure",
        sa.Column("area", _TEXT, primary_key=True),
        sa.Column("direct", sa.Boolean(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("parent", _TEXT, nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("late", "sums")),
    )
    op.create_index("ix_daily_figure_parent", "daily_figure", ["parent", "direct", "day"])
    op.create_table(
        "stale_figure",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("reported_at", _MOMENT, nullable=False),
        sa.Column("area", _TEXT, nullable=False),
    )
    op.drop_index("ix_case_file_handle_due", "case_file")
    for column in reversed(_COLUMNS):
        op.drop_column("case_file", column.name)


def _drop_figures() -> None:
    """All that follows from cases and is made again from them; without it the hub begins anew."""
    op.drop_table("stale_figure")
    op.drop_table("daily_figure")
    op.execute("DELETE FROM figure_progress")
