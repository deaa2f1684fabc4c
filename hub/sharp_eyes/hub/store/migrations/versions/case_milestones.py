"""When each case was first dispatched, when somebody was there and when it was handled, and its appeal: for figures.

Revision ID: case_milestones
Revises: evidence_keys
"""

import sqlalchemy as sa
from alembic import op

from sharp_eyes.hub.store.types import UtcDateTime

revision = "case_milestones"
down_revision = "evidence_keys"

_MOMENTS = ("dispatched_at", "on_site_at", "handled_at")
_OF_TURNS = "(SELECT {what} FROM assignment AS turn WHERE turn.case_id = case_file.id{only})"
_LAST_WORD = """(
    SELECT line.payload FROM case_log AS line
    WHERE line.case_id = case_file.id AND line.what IN ('appealed', 'appeal_decided')
    ORDER BY line.sequence DESC LIMIT 1
)"""
_GRANTED = {"sqlite": "json_extract({line}, '$.granted')", "postgresql": "({line} ->> 'granted')::boolean"}


def upgrade() -> None:
    """Add them, as turns and log tell them, and the index by which a period's cases are found."""
    for name in _MOMENTS:
        op.add_column("case_file", sa.Column(name, UtcDateTime(timezone=True), nullable=True))
    op.add_column("case_file", sa.Column("appeal", sa.String(200), nullable=True))
    sent, there = (_OF_TURNS.format(what=f"min(turn.{column})", only="") for column in ("since", "arrived_at"))
    op.execute(f"UPDATE case_file SET dispatched_at = {sent}, on_site_at = {there}")
    done = _OF_TURNS.format(what="max(turn.until)", only=" AND turn.outcome = 'done'")
    cut_short = _OF_TURNS.format(what="1", only=" AND turn.outcome = 'ended' AND turn.until = case_file.ended_at")
    op.execute(
        f"UPDATE case_file SET handled_at = {done} "
        f"WHERE state IN ('handled', 'checked', 'closed') AND NOT EXISTS {cut_short}"
    )
    granted = _GRANTED[op.get_bind().dialect.name].format(line=_LAST_WORD)
    op.execute(
        f"UPDATE case_file SET appeal = CASE WHEN {granted} IS NULL THEN 'asked' WHEN {granted} THEN 'granted' "
        "ELSE 'refused' END WHERE id IN (SELECT case_id FROM case_log WHERE what = 'appealed')"
    )
    op.create_index("ix_case_file_reported_at", "case_file", ["reported_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_case_file_reported_at", "case_file")
    for name in ("appeal", *reversed(_MOMENTS)):
        op.drop_column("case_file", name)
