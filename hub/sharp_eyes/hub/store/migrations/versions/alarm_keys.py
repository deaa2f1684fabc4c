"""The ids that a gateway gave its event or file, where it is known by another because somebody else's had it first.

And files that are to be removed, which a hub that is killed must not forget.

Revision ID: alarm_keys
Revises: day_spots
"""

import sqlalchemy as sa
from alembic import op

revision = "alarm_keys"
down_revision = "day_spots"

_SAID = sa.text("said_id IS NOT NULL")


def upgrade() -> None:
    """Add the columns; what is there keeps its id."""
    for table in ("alarm", "evidence_file"):
        op.add_column(table, sa.Column("said_id", sa.Uuid(), nullable=True))
        op.create_index(
            f"uq_{table}_said_id", table, ["said_id", "gateway"], unique=True,
            sqlite_where=_SAID, postgresql_where=_SAID,
        )  # fmt: skip
    op.create_table("removed_file", sa.Column("key", sa.String(200), primary_key=True))


def downgrade() -> None:
    """Take them away; what is there keeps its id at the hub, and what its gateway says of it later is refused."""
    op.drop_table("removed_file")
    for table in ("alarm", "evidence_file"):
        op.drop_index(f"uq_{table}_said_id", table)
        op.drop_column(table, "said_id")
