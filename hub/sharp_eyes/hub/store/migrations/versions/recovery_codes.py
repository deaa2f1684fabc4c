"""Recovery codes of the second factor.

Revision ID: recovery_codes
Revises: limits_and_retention
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "recovery_codes"
down_revision = "limits_and_retention"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; accounts that have a second factor make their codes when they want to."""
    op.create_table(
        "recovery_code",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("code_hash", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_recovery_code_account_id", ondelete="CASCADE"),
        sa.UniqueConstraint("code_hash", name="uq_recovery_code_code_hash"),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("recovery_code")
