"""Premises, their inspections, and since when a case is on the list of hazards.

Revision ID: inspections
Revises: webhooks
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "inspections"
down_revision = "webhooks"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_LISTED = "listed_since IS NOT NULL"


def upgrade() -> None:
    """Add the tables and the column; nothing was inspected or listed before."""
    op.add_column("case_file", sa.Column("listed_since", _MOMENT, nullable=True))
    listed = sa.text(_LISTED)
    op.create_index("ix_case_file_listed", "case_file", ["listed_since"], sqlite_where=listed, postgresql_where=listed)
    op.create_table(
        "premises",
        sa.Column("id", _KEY, primary_key=True),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("kind", "name")),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("longitude", "latitude")),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("inspected_at", _MOMENT, nullable=True),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("added_at", "changed_at")),
    )
    op.create_index("ix_premises_area", "premises", ["area", "id"], postgresql_ops={"area": "varchar_pattern_ops"})
    op.create_index("uq_premises_name", "premises", ["area", "kind", "name"], unique=True)
    op.create_table(
        "premises_contact",
        sa.Column("premises_id", _KEY, primary_key=True, autoincrement=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("name", "phone")),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["premises_id"], ["premises.id"], name="fk_premises_contact_premises_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_premises_contact_noted_at", "premises_contact", ["noted_at"])
    op.create_table(
        "inspection",
        sa.Column("key", sa.Uuid(), primary_key=True),
        sa.Column("premises_id", _KEY, nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("recheck", sa.Boolean(), nullable=False),
        sa.Column("by", _TEXT, nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name="fk_inspection_premises_id"),
    )
    op.create_index("ix_inspection_premises_id", "inspection", ["premises_id"])
    op.create_index("ix_inspection_begun_at", "inspection", ["begun_at"])
    op.create_table(
        "inspection_item",
        sa.Column("inspection", sa.Uuid(), primary_key=True),
        sa.Column("item", _TEXT, primary_key=True),
        sa.Column("result", _TEXT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("case_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection"], ["inspection.key"], name="fk_inspection_item_inspection", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_inspection_item_case_id", ondelete="SET NULL"),
    )
    op.create_index("ix_inspection_item_case_id", "inspection_item", ["case_id"])


def downgrade() -> None:
    """Take them away; cases that inspections made stay as they are."""
    for table in ("inspection_item", "inspection", "premises_contact", "premises"):
        op.drop_table(table)
    op.drop_index("ix_case_file_listed", "case_file")
    op.drop_column("case_file", "listed_since")
