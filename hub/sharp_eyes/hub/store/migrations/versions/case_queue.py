"""Each case's place in the queue, so that the database gives the queue page by page.

Revision ID: case_queue
Revises: people_on_duty
"""

import sqlalchemy as sa
from alembic import op

revision = "case_queue"
down_revision = "people_on_duty"

_SECONDS = {
    "sqlite": "CAST(strftime('%s', {column}) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM {column})) AS BIGINT)",
}


def upgrade() -> None:
    """Add the column, worked out from grade, limit and age (see ``lifecycle/rank.py``), and the index over it."""
    op.add_column("case_file", sa.Column("rank", sa.BigInteger(), nullable=False, server_default="0"))
    seconds = _SECONDS[op.get_bind().dialect.name]
    due, opened = seconds.format(column="due_at"), seconds.format(column="opened_at")
    op.execute(
        "UPDATE case_file SET rank = "
        "CASE grade WHEN 'major' THEN 0 WHEN 'serious' THEN 100000000000 ELSE 200000000000 END"
        f" + CASE WHEN due_at IS NULL THEN 50000000000 + {opened} ELSE {due} END"
    )
    op.create_index(
        "ix_case_file_queue",
        "case_file",
        ["rank", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_case_file_queue", "case_file")
    op.drop_column("case_file", "rank")
