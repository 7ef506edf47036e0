"""Calendars whose names are those of the scheduling inbox and outbox from now on get others.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_collections = sa.table("collections", sa.column("id", sa.BigInteger()), sa.column("slug", sa.Text()))


def upgrade() -> None:
    slug = _collections.c.slug
    renamed = slug + "-calendar-" + sa.cast(_collections.c.id, sa.Text())
    op.execute(sa.update(_collections).where(slug.in_(("inbox", "outbox"))).values(slug=renamed))


def downgrade() -> None:
    """The names stay: nothing else knows the inbox."""
