"""Requests over Open311: the number that their reporters follow them by, and mail addresses.

Revision ID: open311
Revises: archive
"""

import sqlalchemy as sa
from alembic import op

revision = "open311"
down_revision = "archive"


def upgrade() -> None:
    """Add them; reports that are there came otherwise and have neither."""
    op.add_column("report", sa.Column("public_number", sa.String(40), nullable=True))
    op.create_index("uq_report_public_number", "report", ["public_number"], unique=True)
    op.add_column("reporter_contact", sa.Column("email", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("reporter_contact", "email")
    op.drop_index("uq_report_public_number", "report")
    op.drop_column("report", "public_number")
