"""Versions of the city pack, and the paths of areas over time.

Revision ID: city_versions
Revises: lessons
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "city_versions"
down_revision = "lessons"

_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add both tables; the hub puts the pack of its file into them at its next start."""
    op.create_table(
        "city_version",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("fingerprint", _TEXT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", _TEXT, nullable=False),
    )
    op.create_table(
        "area_stay",
        sa.Column("area", _TEXT, primary_key=True),
        sa.Column("since", _MOMENT, primary_key=True),
        sa.Column("path", _TEXT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
    )


def downgrade() -> None:
    """Take them away: the city pack is that of the file again."""
    op.drop_table("area_stay")
    op.drop_table("city_version")
