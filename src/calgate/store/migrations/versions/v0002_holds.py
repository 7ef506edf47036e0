"""What clients' splits of series leave to be remembered for a while.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("of_id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_holds_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", "session_id", name="pk_holds"),
    )
    op.create_index("ix_holds_org_id_due_at", "holds", ["org_id", "due_at"])
    op.create_index("ix_holds_org_id_of_id", "holds", ["org_id", "of_id"])


def downgrade() -> None:
    op.drop_table("holds")
