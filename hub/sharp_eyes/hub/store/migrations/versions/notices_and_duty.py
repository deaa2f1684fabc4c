"""Notices and their outbox, where people are reached, duty rosters, deputies, and snoozes.

Revision ID: notices_and_duty
Revises: alarm_and_case
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "notices_and_duty"
down_revision = "alarm_and_case"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)
_TABLES = ("snooze", "deputy", "duty_shift", "contact", "delivery_target", "delivery", "notice")


def upgrade() -> None:
    """Add the tables; nobody is told of what happened before."""
    _make_notices()
    _make_duty()
    op.create_table(
        "snooze",
        sa.Column("id", _KEY, primary_key=True),
        _column("area", _TEXT),
        *(_column(name, _TEXT, nullable=True) for name in ("gateway", "camera", "scene", "zone")),
        _column("major_too", sa.Boolean()),
        *_span(),
        _column("reason", sa.Text()),
        *_made(),
        _column("ended_by", _TEXT, nullable=True),
        _column("over_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_snooze_ends_at", "snooze", ["ends_at"])


def downgrade() -> None:
    """Take them away; what had not left yet is not told any more."""
    for name in _TABLES:
        op.drop_table(name)


def _make_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _KEY, primary_key=True),
        _column("key", sa.String(500)),
        _account("notice"),
        _case("notice"),
        _column("at", _MOMENT),
        _column("kind", _TEXT),
        _column("area", _TEXT),
        _column("data", sa.JSON()),
        _column("read_at", _MOMENT, nullable=True),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    op.create_index("ix_notice_account_id", "notice", ["account_id", "id"])
    op.create_index("ix_notice_case_id", "notice", ["case_id"])
    op.create_table(
        "delivery",
        sa.Column("id", _KEY, primary_key=True),
        _column("key", sa.String(500)),
        _column("channel", _TEXT),
        _column("recipient", _TEXT),
        _case("delivery"),
        _column("kind", _TEXT),
        _column("area", _TEXT),
        _column("data", sa.JSON()),
        _column("urgent", sa.Boolean(), default=sa.false()),
        _column("state", _TEXT),
        _column("message", sa.Uuid(), nullable=True),
        _column("attempts", sa.Integer(), default="0"),
        _column("created_at", _MOMENT),
        _column("due_at", _MOMENT),
        _column("ended_at", _MOMENT, nullable=True),
        _column("error", sa.Text(), default=""),
        _column("settled_by", _TEXT, nullable=True),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
    )
    op.create_index("ix_delivery_case_id", "delivery", ["case_id"])
    op.create_index("ix_delivery_message", "delivery", ["message"])
    op.create_index("ix_delivery_channel_state", "delivery", ["channel", "state", "due_at"])
    op.create_index("ix_delivery_target", "delivery", ["channel", "recipient", "state"])
    op.create_table(
        "delivery_target",
        sa.Column("channel", _TEXT, primary_key=True),
        sa.Column("recipient", _TEXT, primary_key=True),
        _column("last_sent_at", _MOMENT, nullable=True),
        _column("next_at", _MOMENT, nullable=True),
        _column("lease", sa.Uuid(), nullable=True),
        _column("leased_until", _MOMENT, nullable=True),
    )


def _make_duty() -> None:
    op.create_table(
        "contact",
        _account("contact", primary=True),
        sa.Column("kind", _TEXT, primary_key=True),
        _column("address", _TEXT),
    )
    op.create_table(
        "duty_shift",
        sa.Column("id", _KEY, primary_key=True),
        _account("duty_shift"),
        _column("area", _TEXT),
        _column("unit", _TEXT, nullable=True),
        _column("role", _TEXT, nullable=True),
        *_span(),
        _column("note", sa.Text(), default=""),
        *_made(),
    )
    op.create_table(
        "deputy",
        sa.Column("id", _KEY, primary_key=True),
        _account("deputy"),
        _account("deputy", "deputy_id"),
        *_span(),
        _column("reason", sa.Text()),
        *_made(),
    )
    for table in ("duty_shift", "deputy"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
        op.create_index(f"ix_{table}_ends_at", table, ["ends_at"])


def _column(name: str, kind: Any, *, nullable: bool = False, default: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable, server_default=default)


def _account(table: str, name: str = "account_id", *, primary: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("account.id", name=f"fk_{table}_{name}", ondelete="CASCADE")
    return sa.Column(name, _KEY, key, nullable=False, primary_key=primary)


def _case(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("case_file.id", name=f"fk_{table}_case_id", ondelete="CASCADE")
    return sa.Column("case_id", _KEY, key, nullable=True)


def _span() -> tuple[sa.Column[Any], ...]:
    return _column("begins_at", _MOMENT), _column("ends_at", _MOMENT)


def _made() -> tuple[sa.Column[Any], ...]:
    return _column("made_by", _TEXT), _column("made_at", _MOMENT)
