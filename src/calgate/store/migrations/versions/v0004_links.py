"""Links, and what their audiences are shown.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    _views()
    _links()


def _views() -> None:
    op.create_table(
        "views",
        _text("org_id"),
        _number("id"),
        _text("audience"),
        _text("target"),
        _text("detail"),
        _text("cancelled"),
        _text("statuses"),
        _flag("join_link"),
        _flag("ready"),
        _number("number"),
        _number("modified_at"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_views_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_views"),
        sa.UniqueConstraint(
            "org_id",
            "audience",
            "target",
            "detail",
            "cancelled",
            "statuses",
            "join_link",
            name="uq_views_spec",
        ),
    )
    op.create_index(
        "ix_views_unready",
        "views",
        ["org_id"],
        sqlite_where=sa.text("ready = 0"),
        postgresql_where=sa.text("NOT ready"),
    )
    op.create_table(
        "view_copies",
        _text("org_id"),
        _number("view_id"),
        _number("ends_at"),
        _text("uid"),
        _number("starts_at"),
        _text("session_id"),
        _number("sequence"),
        _number("modified_at"),
        _text("zones"),
        _text("text"),
        sa.ForeignKeyConstraint(
            ["org_id", "view_id"],
            ["views.org_id", "views.id"],
            name="fk_view_copies_views",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "view_id", "ends_at", "uid", name="pk_view_copies"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_view_copies_org_id_session_id", "view_copies", ["org_id", "session_id"])


def _links() -> None:
    op.create_table(
        "links",
        _text("org_id"),
        _text("id"),
        _text("kind"),
        _text("audience"),
        _text("target"),
        _number("view_id", nullable=True),
        _text("name"),
        _text("color"),
        _text("detail"),
        _text("cancelled"),
        _text("statuses"),
        _number("past_days"),
        _number("future_days"),
        _flag("join_link"),
        _number("created_at"),
        _number("expires_at", nullable=True),
        _number("revoked_at", nullable=True),
        _number("last_used_at", nullable=True),
        _text("last_used_by"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_links_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_links"),
    )
    op.create_index("ix_links_org_id_view_id", "links", ["org_id", "view_id"])
    op.create_index(
        "ix_links_expires_at",
        "links",
        ["org_id", "expires_at"],
        sqlite_where=sa.text("view_id IS NOT NULL"),
        postgresql_where=sa.text("view_id IS NOT NULL"),
    )
    op.create_table(
        "link_secrets",
        _text("hash"),
        _text("org_id"),
        _text("link_id"),
        _number("created_at"),
        _number("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "link_id"],
            ["links.org_id", "links.id"],
            name="fk_link_secrets_links",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_link_secrets"),
    )
    op.create_index("ix_link_secrets_org_id_link_id", "link_secrets", ["org_id", "link_id"])


def downgrade() -> None:
    for table in ("link_secrets", "links", "view_copies", "views"):
        op.drop_table(table)
