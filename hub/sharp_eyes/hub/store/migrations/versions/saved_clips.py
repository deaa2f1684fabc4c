"""Stretches of a camera's past that people save as evidence.

Revision ID: saved_clips
Revises: gateway_machine
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "saved_clips"
down_revision = "gateway_machine"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "saved_clip",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("gateway", sa.String(200), nullable=False),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("refused_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_saved_clip_case_id"),
    )
    op.create_index("ix_saved_clip_case_id", "saved_clip", ["case_id"])
    op.create_index("ix_saved_clip_gateway", "saved_clip", ["gateway"])


def downgrade() -> None:
    """Take it away; files that came of it remain evidence."""
    op.drop_table("saved_clip")
