"""How late looks are, of each camera and each gateway.

Revision ID: lateness
Revises: joining_and_settings
"""

import sqlalchemy as sa
from alembic import op

revision = "lateness"
down_revision = "joining_and_settings"


def upgrade() -> None:
    """Add the columns; nothing is known until the next heartbeat."""
    op.add_column("camera", sa.Column("late", sa.BigInteger(), nullable=True))
    op.add_column("camera", sa.Column("lateness", sa.Float(), nullable=True))
    op.add_column("gateway", sa.Column("looks", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("gateway", "looks")
    op.drop_column("camera", "lateness")
    op.drop_column("camera", "late")
