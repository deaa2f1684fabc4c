"""One-time codes by which gateways join, and cameras' settings from the hub.

Revision ID: joining_and_settings
Revises: recovery_codes
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "joining_and_settings"
down_revision = "recovery_codes"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; gateways that are registered go on as they are."""
    op.create_table(
        "gateway_invitation",
        sa.Column("gateway", sa.String(200), nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("secret_hash", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("gateway", name="pk_gateway_invitation"),
        sa.UniqueConstraint("secret_hash", name="uq_gateway_invitation_secret_hash"),
    )
    op.create_table(
        "camera_settings",
        sa.Column("gateway", sa.String(200), nullable=False),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("takes_changes", sa.Boolean(), nullable=False),
        sa.Column("session", sa.String(200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reported_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "camera", name="pk_camera_settings"),
        sa.ForeignKeyConstraint(["gateway"], ["gateway.name"], name="fk_camera_settings_gateway"),
    )
    op.create_table(
        "settings_change",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("gateway", sa.String(200), nullable=False),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("state", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.String(200), nullable=True),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gateway"], ["gateway.name"], name="fk_settings_change_gateway"),
        sa.UniqueConstraint("gateway", "camera", "version", name="uq_settings_change_gateway_camera_version"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("settings_change")
    op.drop_table("camera_settings")
    op.drop_table("gateway_invitation")
