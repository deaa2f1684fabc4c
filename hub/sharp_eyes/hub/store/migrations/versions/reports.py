"""What people and other systems report: reports, their reporters' contacts, pairs that may be one thing.

Revision ID: reports
Revises: saved_clips
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "reports"
down_revision = "saved_clips"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_PLACED = "ended_at IS NULL AND latitude IS NOT NULL"


def upgrade() -> None:
    """Add the tables, and what a case has of a report: its kind and its place."""
    op.add_column("case_file", sa.Column("kind", _TEXT, nullable=True))
    op.add_column("case_file", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("case_file", sa.Column("latitude", sa.Float(), nullable=True))
    placed = sa.text(_PLACED)
    op.create_index(
        "ix_case_file_open_place",
        "case_file",
        ["latitude", "longitude"],
        sqlite_where=placed,
        postgresql_where=placed,
    )
    op.create_table(
        "report",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("sender", _TEXT, nullable=False),
        sa.Column("reporter", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("key", name="uq_report_key"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_report_case_id"),
    )
    op.create_index("ix_report_case_id", "report", ["case_id"])
    op.create_index("ix_report_received_at", "report", ["received_at"])
    op.create_index("ix_report_sender", "report", ["sender", "id"])
    op.create_table(
        "reporter_contact",
        sa.Column("reporter", sa.Uuid(), primary_key=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("phone", _TEXT, nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_reporter_contact_noted_at", "reporter_contact", ["noted_at"])
    op.create_table(
        "duplicate_offer",
        sa.Column("case_id", _KEY, primary_key=True),
        sa.Column("other_id", _KEY, primary_key=True),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("offered_at", _MOMENT, nullable=False),
        sa.Column("answer", _TEXT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", _TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_duplicate_offer_case_id"),
        sa.ForeignKeyConstraint(["other_id"], ["case_file.id"], name="fk_duplicate_offer_other_id"),
    )
    op.create_index("ix_duplicate_offer_other_id", "duplicate_offer", ["other_id"])


def downgrade() -> None:
    """Take them away; cases that reports made stay, with what their logs say."""
    op.drop_table("duplicate_offer")
    op.drop_table("reporter_contact")
    op.drop_table("report")
    op.drop_index("ix_case_file_open_place", "case_file")
    for column in ("latitude", "longitude", "kind"):
        op.drop_column("case_file", column)
