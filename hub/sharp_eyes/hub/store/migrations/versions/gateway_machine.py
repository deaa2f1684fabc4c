"""How gateways' machines are, and which models they compute.

Revision ID: gateway_machine
Revises: quick_queries
"""

import sqlalchemy as sa
from alembic import op

revision = "gateway_machine"
down_revision = "quick_queries"


def upgrade() -> None:
    """Add the columns; nothing is known until the next heartbeat."""
    op.add_column("gateway", sa.Column("machine", sa.JSON(), nullable=True))
    op.add_column("gateway", sa.Column("models", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("gateway", "models")
    op.drop_column("gateway", "machine")
