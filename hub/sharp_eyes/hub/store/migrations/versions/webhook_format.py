"""The format in which a webhook is told.

Revision ID: webhook_format
Revises: webhooks
"""

import sqlalchemy as sa
from alembic import op

revision = "webhook_format"
down_revision = "webhooks"


def upgrade() -> None:
    """Add it; who was told before goes on in CloudEvents."""
    op.add_column("webhook", sa.Column("format", sa.String(200), nullable=False, server_default="cloudevents"))


def downgrade() -> None:
    """Take it away; who was told in another format is told nothing any more, since it could not read the rest."""
    op.execute("DELETE FROM webhook WHERE format <> 'cloudevents'")
    op.drop_column("webhook", "format")
