"""Signing in by a provider, deputies who act, and shifts that are handed over.

Revision ID: people_on_duty
Revises: city_versions
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "people_on_duty"
down_revision = "city_versions"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_ADDED = (("case_log", "on_behalf_of"), ("sign_in", "acting_for"), ("sign_in", "second_factor"))


def upgrade() -> None:
    """Add the tables; nobody is linked to a provider, acts for another or hands over before."""
    op.add_column("sign_in", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sign_in", sa.Column("acting_for", _KEY, nullable=True))
    op.add_column("case_log", sa.Column("on_behalf_of", _TEXT, nullable=True))
    op.create_table(
        "provider_identity",
        sa.Column("id", _KEY, primary_key=True),
        _account("provider_identity", "account_id", gone="CASCADE"),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("expected", _TEXT, nullable=True),
        sa.Column("made_by", _TEXT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=True),
        sa.UniqueConstraint("account_id", "issuer", name="uq_provider_identity_account_id"),
        sa.UniqueConstraint("issuer", "subject", name="uq_provider_identity_issuer"),
        sa.UniqueConstraint("issuer", "expected", name="uq_provider_identity_expected"),
    )
    op.create_table(
        "provider_attempt",
        sa.Column("state", _TEXT, primary_key=True),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("back", sa.String(500), nullable=False),
        _account("provider_attempt", "account_id", gone="CASCADE", nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_provider_attempt_expires_at", "provider_attempt", ["expires_at"])
    op.create_table(
        "handover",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("unit", _TEXT, nullable=True),
        sa.Column("role", _TEXT, nullable=True),
        _account("handover", "giver_id"),
        _account("handover", "taker_id"),
        sa.Column("on_behalf_of", _TEXT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.Column("taken_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_handover_area_made_at", "handover", ["area", "made_at"])
    for name in ("giver_id", "taker_id"):
        op.create_index(f"ix_handover_{name}", "handover", [name])


def downgrade() -> None:
    """Take them away; people sign in with their passwords, and lines of logs no longer say on whose behalf."""
    for name in ("handover", "provider_attempt", "provider_identity"):
        op.drop_table(name)
    for table, column in _ADDED:
        op.drop_column(table, column)


def _account(table: str, name: str, *, gone: str | None = None, nullable: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey("account.id", name=f"fk_{table}_{name}", ondelete=gone)
    return sa.Column(name, _KEY, key, nullable=nullable)
