"""Mail addresses that people had before: meetings go on naming them.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_addresses",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"],
            ["people.org_id", "people.id"],
            name="fk_former_addresses_people",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "address", name="pk_former_addresses"),
    )


def downgrade() -> None:
    op.drop_table("former_addresses")
