"""What belonged to a shift besides its cases.

Revision ID: handover_facts
Revises: reports
"""

import sqlalchemy as sa
from alembic import op

revision = "handover_facts"
down_revision = "reports"


def upgrade() -> None:
    """Add the column."""
    op.add_column("handover", sa.Column("facts", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("handover") as table:
        table.drop_column("facts")
