"""Who has acknowledged a case, requests that are answered once, and when a phone without network did something.

Revision ID: acknowledgement
Revises: case_queue
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "acknowledgement"
down_revision = "case_queue"

_GUARDS = {
    "sqlite": (
        "DROP TRIGGER case_log_guard_update",
        "CREATE TRIGGER case_log_guard_update BEFORE UPDATE ON case_log "
        "BEGIN SELECT RAISE(ABORT, 'case_log is append-only'); END",
    ),
    "postgresql": (
        "ALTER TABLE case_log DISABLE TRIGGER case_log_guard",
        "ALTER TABLE case_log ENABLE TRIGGER case_log_guard",
    ),
}
"""How the guard of the log's lines is lifted, and set again."""
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.String(200)
_MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add them; a case that a person has done anything with is acknowledged since then."""
    op.add_column("case_log", sa.Column("said_at", _MOMENT, nullable=True))
    op.add_column("case_file", sa.Column("acknowledged_at", _MOMENT, nullable=True))
    op.execute(
        "UPDATE case_file SET acknowledged_at = (SELECT min(line.at) FROM case_log AS line "
        "WHERE line.case_id = case_file.id AND line.actor_kind = 'person')"
    )
    op.create_table(
        "answered_request",
        sa.Column("key", sa.Uuid(), primary_key=True),
        sa.Column(
            "case_id",
            _KEY,
            sa.ForeignKey("case_file.id", name="fk_answered_request_case_id"),
            nullable=False,
        ),
        sa.Column("actor", _TEXT, nullable=False),
        sa.Column("what", _TEXT, nullable=False),
        sa.Column("result", sa.Uuid(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_answered_request_case_id", "answered_request", ["case_id"])


def downgrade() -> None:
    """Take them away; lines that say that somebody acknowledged become comments, which every version can read."""
    _rewrite("commented", {"what": "commented", "text": "acknowledged"})
    op.drop_table("answered_request")
    op.drop_column("case_file", "acknowledged_at")
    op.drop_column("case_log", "said_at")


def _rewrite(what: str, payload: dict[str, str]) -> None:
    lift, again = _GUARDS[op.get_bind().dialect.name]
    line = sa.table("case_log", sa.column("what"), sa.column("payload", sa.JSON()))
    op.execute(lift)
    op.execute(sa.update(line).where(line.c.what == "acknowledged").values(what=what, payload=payload))
    op.execute(again)
