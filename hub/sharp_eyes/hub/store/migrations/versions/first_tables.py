"""First tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "0001"
down_revision = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = (
    "look_again",
    "case_log",
    "camera_change",
    "sign_in",
    "case_file",
    "camera",
    "received",
    "gateway",
    "evidence_file",
    "case_counter",
    "account",
)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _gateways()
    _cases()
    _evidence()
    _guard_log()


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION case_log_is_append_only() CASCADE")
    for name in _TABLES:
        op.drop_table(name)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(200), nullable=nullable)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=True)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _id() -> sa.Column[int]:
    return sa.Column("id", _KEY, primary_key=True)


def _people() -> None:
    op.create_table(
        "account",
        _id(),
        _text("username"),
        _text("display_name"),
        _text("password_hash"),
        _text("role"),
        _text("area"),
        _text("unit", nullable=True),
        _text("language"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.UniqueConstraint("username", name="uq_account_username"),
    )
    op.create_table(
        "sign_in",
        _id(),
        _text("token_hash"),
        sa.Column(
            "account_id",
            _KEY,
            sa.ForeignKey("account.id", name="fk_sign_in_account_id", ondelete="CASCADE"),
            nullable=False,
        ),
        _moment("created_at"),
        _moment("last_seen_at"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_token_hash"),
    )
    op.create_index("ix_sign_in_account_id", "sign_in", ["account_id"])


def _gateways() -> None:
    op.create_table(
        "gateway",
        sa.Column("name", sa.String(200), primary_key=True),
        _text("area"),
        _text("bcrypt_hash"),
        _text("pbkdf2_hash"),
        _moment("created_at"),
        sa.Column("online", sa.Boolean(), nullable=False),
        _text("session", nullable=True),
        _text("version", nullable=True),
        _moment("last_birth_at", nullable=True),
        _moment("last_heartbeat_at", nullable=True),
        _json("outbox", nullable=True),
    )
    op.create_table(
        "camera",
        _id(),
        sa.Column("gateway", sa.String(200), sa.ForeignKey("gateway.name", name="fk_camera_gateway"), nullable=False),
        _text("camera"),
        _text("name"),
        _text("area"),
        _number("longitude"),
        _number("latitude"),
        _json("scenes"),
        _text("state"),
        _moment("since", nullable=True),
        _long("detail"),
        _number("frames_per_second"),
        sa.Column("looks", sa.BigInteger(), nullable=False),
        _json("skipped"),
        _number("keyframe_interval"),
        sa.UniqueConstraint("gateway", "camera", name="uq_camera_gateway_camera"),
    )
    op.create_index("ix_camera_area", "camera", ["area"])
    op.create_table(
        "camera_change",
        _id(),
        sa.Column(
            "camera_id",
            _KEY,
            sa.ForeignKey("camera.id", name="fk_camera_change_camera_id"),
            nullable=False,
        ),
        _text("state"),
        _moment("since"),
        _long("detail"),
        _moment("received_at"),
    )
    op.create_index("ix_camera_change_camera_id", "camera_change", ["camera_id"])
    op.create_table(
        "received",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        _text("type"),
        _moment("received_at"),
    )


def _cases() -> None:
    op.create_table(
        "case_counter",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "case_file",
        _id(),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "gateway",
            sa.String(200),
            sa.ForeignKey("gateway.name", name="fk_case_file_gateway"),
            nullable=False,
        ),
        _text("camera"),
        _text("scene"),
        _text("zone"),
        _text("code", nullable=True),
        _text("area"),
        _text("state"),
        _text("grade"),
        _text("unit", nullable=True),
        _text("sent_back_by", nullable=True),
        _moment("opened_at"),
        _moment("reported_at"),
        _moment("updated_at"),
        _moment("due_at", nullable=True),
        _moment("ended_at", nullable=True),
        _text("event_phase"),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        _json("measures"),
        _json("box", nullable=True),
        _text("object_class", nullable=True),
        _json("model", nullable=True),
        sa.UniqueConstraint("number", name="uq_case_file_number"),
        sa.UniqueConstraint("event_id", name="uq_case_file_event_id"),
    )
    op.create_index("ix_case_file_area_state", "case_file", ["area", "state"])
    op.create_table(
        "case_log",
        _id(),
        _case_id("case_log"),
        _moment("at"),
        _text("actor"),
        _text("actor_kind"),
        _text("move"),
        _text("from_state", nullable=True),
        _text("to_state"),
        _long("reason"),
        _long("note"),
        _json("photo_ids"),
    )
    op.create_index("ix_case_log_case_id", "case_log", ["case_id"])


def _evidence() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        _text("gateway", nullable=True),
        _text("kind"),
        _text("media_type"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("sha256"),
        _text("key"),
        _moment("captured_at"),
        _moment("received_at"),
        _text("by", nullable=True),
    )
    op.create_index("ix_evidence_file_event_id", "evidence_file", ["event_id"])
    op.create_table(
        "look_again",
        sa.Column("command_id", sa.Uuid(), primary_key=True),
        _case_id("look_again"),
        _text("gateway"),
        _moment("asked_at"),
        _text("asked_by"),
        _moment("expires_at"),
        _moment("answered_at", nullable=True),
        _text("outcome", nullable=True),
        _long("reason"),
        _json("measures"),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_look_again_case_id", "look_again", ["case_id"])
    op.create_index("ix_look_again_gateway", "look_again", ["gateway"])


def _case_id(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("case_file.id", name=f"fk_{table}_case_id")
    return sa.Column("case_id", _KEY, key, nullable=False)


def _guard_log() -> None:
    """Let the database itself refuse to change or delete what the log says."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION case_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'case_log is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER case_log_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON case_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION case_log_is_append_only()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER case_log_guard_{action.lower()} BEFORE {action} ON case_log "
            "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END"
        )
