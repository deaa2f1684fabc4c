"""The register of places and things.

Revision ID: places
Revises: devices
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "places"
down_revision = "devices"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)


def upgrade() -> None:
    """Add the table; nothing was kept a register of before."""
    op.create_table(
        "place",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("changed_by", _TEXT, nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "number", name="uq_place_kind_number"),
    )
    op.create_index("ix_place_area", "place", ["area", "id"], postgresql_ops={"area": "varchar_pattern_ops"})
    op.create_index("ix_place_position", "place", ["longitude", "latitude"])


def downgrade() -> None:
    """Take it away with all that it holds."""
    op.drop_table("place")
