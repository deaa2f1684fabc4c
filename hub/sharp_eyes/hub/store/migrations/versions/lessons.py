"""The highest values of an alarm, and why settings were changed.

Revision ID: lessons
Revises: api_tokens
"""

import sqlalchemy as sa
from alembic import op

revision = "lessons"
down_revision = "api_tokens"


def upgrade() -> None:
    """Add the columns; of older alarms only the latest values are known."""
    op.add_column("alarm", sa.Column("highest", sa.JSON(), nullable=True))
    op.add_column("settings_change", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("settings_change", "why")
    op.drop_column("alarm", "highest")
