"""API tokens.

Revision ID: api_tokens
Revises: notices_and_duty
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "api_tokens"
down_revision = "notices_and_duty"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the table; nobody has a token before."""
    op.create_table(
        "api_token",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("prefix", _TEXT, nullable=False),
        sa.Column("token_hash", _TEXT, nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("name", "role", "area")),
        sa.Column("unit", _TEXT, nullable=True),
        sa.Column("made_by", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("last_used_address", _TEXT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_by", _TEXT, nullable=True),
        sa.UniqueConstraint("prefix", name="uq_api_token_prefix"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )


def downgrade() -> None:
    """Take it away; machines cannot come in any more."""
    op.drop_table("api_token")
