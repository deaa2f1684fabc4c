"""What the units of a case must reach on site by when, such as *evacuated*.

Revision ID: unit_milestones
Revises: sponsors
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "unit_milestones"
down_revision = "sponsors"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the table; no case had one before."""
    op.create_table(
        "case_milestone",
        sa.Column("case_id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("milestone", sa.String(), primary_key=True),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("due_at", "stopped_at", "reached_at")),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("late_since", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_milestone_case_id"),
    )


def downgrade() -> None:
    """Take it away; the logs still tell of them."""
    op.drop_table("case_milestone")
