"""Hours that people set for themselves.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "availabilities",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"],
            ["people.org_id", "people.id"],
            name="fk_availabilities_people",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "person_id", name="pk_availabilities"),
    )


def downgrade() -> None:
    op.drop_table("availabilities")
