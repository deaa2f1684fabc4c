"""Sums of days, and what is given up by the month.

Revision ID: archive
Revises: saved_clips
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "archive"
down_revision = "saved_clips"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add them; the hub makes the sums of past days little by little once it runs."""
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


def downgrade() -> None:
    """Take them away."""
    for table in ("daily_figure", "stale_figure", "figure_progress"):
        op.drop_table(table)
