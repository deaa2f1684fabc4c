"""What several hubs on one database share: changes that pages are told, desks, attempts to sign in.

Revision ID: several_hubs
Revises: case_milestones
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "several_hubs"
down_revision = "case_milestones"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_INDEXED = (
    ("change", "transaction"),
    ("change", "at"),
    ("desk_stay", "case_id"),
    ("desk_claim", "session_id"),
    ("sign_in_attempt", "key"),
    ("sign_in_attempt", "at"),
)


def upgrade() -> None:
    """Add the tables, empty: what they hold is of the moment."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    number = sa.text("(pg_current_xact_id()::text::bigint)") if is_postgresql else None
    op.create_table(
        "change",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("transaction", sa.BigInteger(), server_default=number, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("topic", _TEXT, nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("units", sa.JSON(), nullable=True),
        sa.Column("people", sa.JSON(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_stay",
        sa.Column("session_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("page", sa.String(64), primary_key=True),
        _case("desk_stay"),
        *_sitter(),
    )
    op.create_table(
        "desk_claim",
        _case("desk_claim", primary_key=True),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        *_sitter(),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "installation",
        sa.Column("id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("cookie", sa.String(8), nullable=False),
    )
    for table, column in _INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Take them away; nothing of it is missed after a few minutes."""
    for table in ("installation", "sign_in_attempt", "desk_claim", "desk_stay", "change"):
        op.drop_table(table)


def _case(table: str, *, primary_key: bool = False) -> "sa.Column[int]":
    key = sa.ForeignKey("case_file.id", name=f"fk_{table}_case_id", ondelete="CASCADE")
    return sa.Column("case_id", _KEY, key, primary_key=primary_key, autoincrement=False, nullable=False)


def _sitter() -> "tuple[sa.Column[str], ...]":
    return (
        sa.Column("username", _TEXT, nullable=False),
        sa.Column("display_name", _TEXT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
    )
