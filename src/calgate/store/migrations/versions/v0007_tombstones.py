"""Tombstones by age, so that old ones can be forgotten; nobody looks for decisions by session.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_resources_tombstones",
        "resources",
        ["org_id", "modified_at"],
        sqlite_where=sa.text("gone = 1 AND hidden = 0"),
        postgresql_where=sa.text("gone AND NOT hidden"),
    )
    op.drop_index("ix_decisions_org_id_session_id_number", "decisions")


def downgrade() -> None:
    op.create_index("ix_decisions_org_id_session_id_number", "decisions", ["org_id", "session_id", "number"])
    op.drop_index("ix_resources_tombstones", "resources")
