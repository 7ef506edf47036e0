"""Series with an occurrence of another client or service: hours are counted of them, too.

Revision ID: 0010
Revises: 0009
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_sessions = sa.table(
    "sessions",
    sa.column("org_id", sa.Text()),
    sa.column("id", sa.Text()),
    sa.column("body", sa.JSON()),
    sa.column("varied", sa.Boolean()),
)
_c = _sessions.c


def upgrade() -> None:
    op.add_column("sessions", sa.Column("varied", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill()
    op.create_index(
        "ix_sessions_varied",
        "sessions",
        ["org_id", "practitioner", "starts_at", "ends_at", "endless"],
        sqlite_where=sa.text("varied = 1"),
        postgresql_where=sa.text("varied = true"),
    )


def _fill() -> None:
    """The bodies are read one by one: neither database's way into JSON is the other's."""
    body = sa.cast(_c.body, sa.Text)
    read = sa.select(_c.org_id, _c.id, body).where(body.like('%"overrides"%'))
    connection = op.get_bind()
    found = [
        {"org": org, "key": id_}
        for org, id_, text in connection.execute(read)
        if any("client" in each or "service" in each for each in json.loads(text).get("overrides", ()))
    ]
    update = sa.update(_sessions).where(_c.org_id == sa.bindparam("org"), _c.id == sa.bindparam("key"))
    if found:
        connection.execute(update.values(varied=True), found)


def downgrade() -> None:
    op.drop_index("ix_sessions_varied", "sessions")
    op.drop_column("sessions", "varied")
