"""Webhooks, and the lines of cases' logs that they are still to be told.

Revision ID: webhooks
Revises: open311
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "webhooks"
down_revision = "open311"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; nobody has subscribed before."""
    op.create_table(
        "webhook",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("unit", _TEXT, nullable=True),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("insecure", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("secret", _TEXT, nullable=False),
        sa.Column("made_by", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("failing_since", "next_at")),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.Column("last_delivered_at", _MOMENT, nullable=True),
        sa.Column("given_up", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", _MOMENT, nullable=True),
    )
    op.create_table(
        "webhook_line",
        sa.Column("webhook_id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("case_id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", _TEXT, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_webhook_line_case_id", ondelete="CASCADE"),
    )
    op.create_index("ix_webhook_line_case_id", "webhook_line", ["case_id"])
    op.create_index("ix_webhook_line_due", "webhook_line", ["webhook_id", "due_at"])


def downgrade() -> None:
    """Take them away; other systems are told nothing any more."""
    op.drop_table("webhook_line")
    op.drop_table("webhook")
