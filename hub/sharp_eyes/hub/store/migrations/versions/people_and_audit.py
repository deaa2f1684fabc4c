"""Where a session came from, the second factor, and the audit trail.

Revision ID: people_and_audit
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "people_and_audit"
down_revision = "0001"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACCOUNT = ("totp_secret", "totp_confirmed", "totp_last_step")
_SESSION = ("address", "browser")


def upgrade() -> None:
    """Add columns and the trail."""
    op.add_column("account", sa.Column("totp_secret", sa.String(200), nullable=True))
    op.add_column("account", sa.Column("totp_confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    for name in _SESSION:
        op.add_column("sign_in", sa.Column(name, sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "audit",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    _guard_audit()


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_only_grows() CASCADE")
    op.drop_table("audit")
    for table, names in (("sign_in", _SESSION), ("account", _ACCOUNT)):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)


def _guard_audit() -> None:
    """Let the database itself refuse to change the trail, and to delete what is younger than 180 days."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'DELETE' AND OLD.at < now() - interval '180 days' THEN RETURN OLD; END IF; "
            "RAISE EXCEPTION 'audit only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()"
        )
        op.execute(
            "CREATE TRIGGER audit_guard_truncate BEFORE TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
        )
        return
    op.execute(
        "CREATE TRIGGER audit_guard_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_guard_delete BEFORE DELETE ON audit WHEN OLD.at >= datetime('now', '-180 days') "
        "BEGIN SELECT RAISE(ABORT, 'audit only grows'); END"
    )
