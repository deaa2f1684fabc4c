"""Sponsors, and the week's lists of whistles.

Revision ID: sponsors
Revises: devices
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "sponsors"
down_revision = "devices"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_LISTED = sa.text("whistle_week IS NOT NULL")


def upgrade() -> None:
    """Add the tables, and to cases the week whose list they wait for; none waits yet."""
    op.create_table(
        "sponsor",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("place", _TEXT, nullable=False, server_default=""),
        sa.Column("unit", _TEXT, nullable=False),
        sa.Column("post", _TEXT, nullable=False),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("made_by", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sponsor_account_id", ondelete="SET NULL"),
    )
    op.create_index("ix_sponsor_area", "sponsor", ["area"])
    op.create_index("ix_sponsor_account_id", "sponsor", ["account_id"])
    op.create_table(
        "whistle_list",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("report_in_by", _MOMENT, nullable=False),
        sa.UniqueConstraint("week", "area", name="uq_whistle_list_week"),
    )
    op.create_table(
        "whistle_list_case",
        sa.Column("list_id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("case_id", _KEY, primary_key=True, autoincrement=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["whistle_list.id"], name="fk_whistle_list_case_list_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_whistle_list_case_case_id", ondelete="CASCADE"),
    )
    op.create_index("ix_whistle_list_case_case_id", "whistle_list_case", ["case_id"])
    op.add_column("case_file", sa.Column("whistle_week", sa.Date(), nullable=True))
    op.create_index(
        "ix_case_file_whistle", "case_file", ["whistle_week", "area"], sqlite_where=_LISTED, postgresql_where=_LISTED
    )


def downgrade() -> None:
    """Take them away; what stands in cases' logs stays there."""
    op.drop_index("ix_case_file_whistle", "case_file")
    op.drop_column("case_file", "whistle_week")
    op.drop_table("whistle_list_case")
    op.drop_table("whistle_list")
    op.drop_table("sponsor")
