"""Hours are counted from the index: which sessions of an assignment lie in the week, without their rows.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COVERED = ["org_id", "practitioner", "client", "service"]


def upgrade() -> None:
    op.drop_index("ix_sessions_org_id_practitioner_client_service", "sessions")
    op.create_index("ix_sessions_assignment", "sessions", [*_COVERED, "starts_at", "ends_at", "endless"])


def downgrade() -> None:
    op.drop_index("ix_sessions_assignment", "sessions")
    op.create_index("ix_sessions_org_id_practitioner_client_service", "sessions", _COVERED)
