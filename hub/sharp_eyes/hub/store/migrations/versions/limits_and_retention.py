"""Events beside cases, so that a storm joins one; legal hold, what was deleted, and the untouched photo.

Revision ID: limits_and_retention
Revises: people_and_audit
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "limits_and_retention"
down_revision = "people_and_audit"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_EVENT = ("gateway", "camera", "scene", "zone", "phase")
_INDEXES = {
    "ix_case_event_case_id": ["case_id"],
    "ix_case_event_place": ["gateway", "camera", "scene", "zone", "received_at"],
    "ix_case_event_gateway_scene": ["gateway", "scene", "made_case", "received_at"],
}


def upgrade() -> None:
    """Add tables and columns; every case that is there gets its event."""
    op.add_column("case_file", sa.Column("event_count", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("case_file", sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("gateway", sa.Column("removed_at", UtcDateTime(timezone=True), nullable=True))
    for name, kind in (("original_key", sa.String(200)), ("original_sha256", sa.String(200)), ("metadata", sa.JSON())):
        op.add_column("evidence_file", sa.Column(name, kind, nullable=True))
    op.create_table(
        "case_event",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", _KEY, sa.ForeignKey("case_file.id", name="fk_case_event_case_id"), nullable=False),
        *(sa.Column(name, sa.String(200), nullable=False) for name in _EVENT),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_case", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "case_event", columns)
    op.execute(
        "INSERT INTO case_event"
        " (event_id, case_id, gateway, camera, scene, zone, phase, sequence, made_case, started_at, received_at)"
        " SELECT event_id, id, gateway, camera, scene, zone, event_phase, event_sequence, true, opened_at, reported_at"
        " FROM case_file"
    )
    op.create_table(
        "deletion",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(200), nullable=False) for name in ("kind", "reference")),
        sa.Column("case_id", _KEY, nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_evidence_file_gateway_received_at", "evidence_file", ["gateway", "received_at"])
    op.create_index("ix_deletion_case_id", "deletion", ["case_id"])
    _guard()


def downgrade() -> None:
    """Take them away; the log is guarded as it was before."""
    _unguard()
    op.drop_index("ix_evidence_file_gateway_received_at", "evidence_file")
    op.drop_table("deletion")
    op.drop_table("case_event")
    for name in ("original_key", "original_sha256", "metadata"):
        op.drop_column("evidence_file", name)
    op.drop_column("gateway", "removed_at")
    for name in ("event_count", "legal_hold"):
        op.drop_column("case_file", name)
    _strict_guard()


def _guard() -> None:
    """Let a case's log go only with the whole case, and only once its deletion is written down; that stays for ever."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER case_log_guard ON case_log")
        op.execute(
            "CREATE TRIGGER case_log_guard BEFORE UPDATE OR TRUNCATE ON case_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION case_log_is_append_only()"
        )
        op.execute(
            "CREATE FUNCTION case_log_goes_with_its_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NOT EXISTS (SELECT 1 FROM deletion WHERE kind = 'case' AND case_id = OLD.case_id) THEN "
            "RAISE EXCEPTION 'case_log is append-only'; END IF; RETURN OLD; END $$"
        )
        op.execute(
            "CREATE TRIGGER case_log_guard_delete BEFORE DELETE ON case_log "
            "FOR EACH ROW EXECUTE FUNCTION case_log_goes_with_its_case()"
        )
        op.execute(
            "CREATE FUNCTION deletion_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'deletion is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER deletion_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON deletion "
            "FOR EACH STATEMENT EXECUTE FUNCTION deletion_is_append_only()"
        )
        return
    op.execute("DROP TRIGGER case_log_guard_delete")
    op.execute(
        "CREATE TRIGGER case_log_guard_delete BEFORE DELETE ON case_log "
        "WHEN NOT EXISTS (SELECT 1 FROM deletion WHERE kind = 'case' AND case_id = OLD.case_id) "
        "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END"
    )
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER deletion_guard_{action.lower()} BEFORE {action} ON deletion "
            "BEGIN SELECT RAISE(ABORT, 'deletion is append-only'); END"
        )


def _unguard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER case_log_guard ON case_log")
        op.execute("DROP FUNCTION case_log_goes_with_its_case() CASCADE")
        op.execute("DROP FUNCTION deletion_is_append_only() CASCADE")
        return
    op.execute("DROP TRIGGER case_log_guard_delete")


def _strict_guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER case_log_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON case_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION case_log_is_append_only()"
        )
        return
    op.execute(
        "CREATE TRIGGER case_log_guard_delete BEFORE DELETE ON case_log "
        "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END"
    )
