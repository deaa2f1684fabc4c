"""Files of evidence are found by their keys, since rows may share one.

Revision ID: evidence_keys
Revises: acknowledgement
"""

from alembic import op

revision = "evidence_keys"
down_revision = "acknowledgement"


def upgrade() -> None:
    """Add the indexes; files stay where they are, under the keys that they have."""
    op.create_index("ix_evidence_file_key", "evidence_file", ["key"])
    op.create_index("ix_evidence_file_original_key", "evidence_file", ["original_key"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_evidence_file_original_key", "evidence_file")
    op.drop_index("ix_evidence_file_key", "evidence_file")
