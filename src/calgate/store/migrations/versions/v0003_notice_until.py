"""When a copy's notice is over, so that those that are can be found.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_texts = sa.table(
    "resource_texts", sa.column("notice", sa.JSON()), sa.column("notice_until", sa.BigInteger())
)


def upgrade() -> None:
    op.add_column("resource_texts", sa.Column("notice_until", sa.BigInteger(), nullable=True))
    until = sa.cast(_texts.c.notice["until"].as_string(), sa.BigInteger)
    op.execute(sa.update(_texts).where(_texts.c.notice.is_not(None), until > 0).values(notice_until=until))
    op.drop_index("ix_resource_texts_notice", "resource_texts")
    op.create_index(
        "ix_resource_texts_notice_until",
        "resource_texts",
        ["org_id", "notice_until"],
        sqlite_where=sa.text("notice_until IS NOT NULL"),
        postgresql_where=sa.text("notice_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_resource_texts_notice_until", "resource_texts")
    op.drop_column("resource_texts", "notice_until")
    op.create_index(
        "ix_resource_texts_notice",
        "resource_texts",
        ["org_id", "resource_id"],
        sqlite_where=sa.text("notice IS NOT NULL"),
        postgresql_where=sa.text("notice IS NOT NULL"),
    )
