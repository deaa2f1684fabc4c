"""Devices that give alarms, households, platforms that speak for devices, and where people on duty are.

Revision ID: devices
Revises: inspections
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "devices"
down_revision = "inspections"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)


def _by_area(table: str) -> None:
    op.create_index(f"ix_{table}_area", table, ["area"], postgresql_ops={"area": "varchar_pattern_ops"})


def _place() -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(), nullable=True) for name in ("longitude", "latitude")]


def upgrade() -> None:
    """Add the tables; reports that are there came from no device."""
    op.create_table(
        "household",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("area", _TEXT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        *_place(),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lone_elder", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("contact", sa.Uuid(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    _by_area("household")
    op.create_table(
        "household_contact",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("contact", sa.Uuid(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("phone", _TEXT, nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_household_contact_contact", "household_contact", ["contact"])
    op.create_index("ix_household_contact_noted_at", "household_contact", ["noted_at"])
    op.create_table(
        "device",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("serial", _TEXT, nullable=False),
        sa.Column("household_id", _KEY, nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("area", _TEXT, nullable=False),
        *_place(),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.Column("battery_low", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("heard_at", "tested_at", "alarm_since")),
        sa.UniqueConstraint("serial", name="uq_device_serial"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_device_household_id"),
    )
    _by_area("device")
    op.create_index("ix_device_household_id", "device", ["household_id"])
    op.create_table(
        "device_platform",
        sa.Column("name", _TEXT, primary_key=True),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("area", "bcrypt_hash", "pbkdf2_hash")),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "duty_position",
        sa.Column("account_id", _KEY, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("longitude", "latitude")),
        sa.Column("accuracy", sa.Float(), nullable=True),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("at", "ends_at")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_duty_position_account_id", ondelete="CASCADE"),
    )
    op.add_column("report", sa.Column("device_id", _KEY, nullable=True))
    op.create_index("ix_report_device_id", "report", ["device_id"])


def downgrade() -> None:
    """Take them away; reports stay, and what devices said is theirs no longer."""
    op.drop_index("ix_report_device_id", "report")
    op.drop_column("report", "device_id")
    for table in ("duty_position", "device_platform", "device", "household_contact", "household"):
        op.drop_table(table)
