"""Where and when cases came, in the sums of days; facts of calls back among what became of cases.

Revision ID: day_spots
Revises: places
"""

import sqlalchemy as sa
from alembic import op

revision = "day_spots"
down_revision = "places"

_SUMS = ("daily_figure", "stale_figure", "figure_progress")


def upgrade() -> None:
    """Add the column; the hub makes all sums again once it runs, and counts from the cases until then."""
    for table in _SUMS:
        op.execute(f"DELETE FROM {table}")
    with op.batch_alter_table("daily_figure") as batch:
        batch.add_column(sa.Column("spots", sa.JSON(), nullable=False))


def downgrade() -> None:
    """Take it away; the sums are made again as they were."""
    for table in _SUMS:
        op.execute(f"DELETE FROM {table}")
    with op.batch_alter_table("daily_figure") as batch:
        batch.drop_column("spots")
