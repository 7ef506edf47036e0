"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "stirs",
    "resource_texts",
    "occurrences",
    "resources",
    "bounces",
    "collections",
    "app_passwords",
    "sessions",
    "services",
    "programmes",
    "people",
    "logins",
    "locations",
    "decisions",
    "clients",
    "assignments",
    "organizations",
)


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
    )
    op.create_table(
        "assignments",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("practitioner", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Text(), nullable=False),
        sa.Column("to_day", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_assignments_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "org_id", "practitioner", "client", "service", "from_day", name="pk_assignments"
        ),
    )
    op.create_table(
        "clients",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("internal_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_clients_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_clients"),
    )
    op.create_table(
        "decisions",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_decisions_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "number", "seq", name="pk_decisions"),
    )
    op.create_index("ix_decisions_org_id_session_id_number", "decisions", ["org_id", "session_id", "number"])
    op.create_table(
        "locations",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place_of_service", sa.Text(), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("prerequisites_done", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_locations_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_locations"),
    )
    op.create_table(
        "logins",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_logins_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("login", name="pk_logins"),
    )
    op.create_table(
        "people",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_people_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_people"),
    )
    op.create_table(
        "programmes",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_programmes_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_programmes"),
    )
    op.create_table(
        "services",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("modifiers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_services_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_services"),
    )
    op.create_table(
        "sessions",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("practitioner", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("endless", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_sessions_organizations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_sessions"),
    )
    op.create_index(
        "ix_sessions_org_id_practitioner_client_service",
        "sessions",
        ["org_id", "practitioner", "client", "service"],
    )
    op.create_index(
        "ix_sessions_org_id_practitioner_starts_at", "sessions", ["org_id", "practitioner", "starts_at"]
    )
    op.create_index("ix_sessions_org_id_starts_at", "sessions", ["org_id", "starts_at"])
    op.create_index("ix_sessions_org_id_uid", "sessions", ["org_id", "uid"])
    op.create_table(
        "app_passwords",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"],
            ["people.org_id", "people.id"],
            name="fk_app_passwords_people",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_app_passwords"),
        sa.UniqueConstraint("org_id", "id", name="uq_app_passwords_org_id_id"),
    )
    op.create_index("ix_app_passwords_org_id_person_id", "app_passwords", ["org_id", "person_id"])
    op.create_table(
        "collections",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("components", sa.Text(), nullable=False),
        sa.Column("props", sa.JSON(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "owner"],
            ["people.org_id", "people.id"],
            name="fk_collections_people",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_collections"),
        sa.UniqueConstraint("org_id", "owner", "slug", name="uq_collections_org_id_owner_slug"),
    )
    op.create_table(
        "bounces",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "collection_id"],
            ["collections.org_id", "collections.id"],
            name="fk_bounces_collections",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "collection_id", "href", "body_hash", name="pk_bounces"),
    )
    op.create_table(
        "resources",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("indexed_until", sa.BigInteger(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sequence_floor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "collection_id"],
            ["collections.org_id", "collections.id"],
            name="fk_resources_collections",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_resources"),
        sa.UniqueConstraint("org_id", "collection_id", "href", name="uq_resources_org_id_collection_id_href"),
    )
    op.create_index(
        "ix_resources_indexed_until",
        "resources",
        ["org_id", "indexed_until", "collection_id"],
        sqlite_where=sa.text("indexed_until IS NOT NULL"),
        postgresql_where=sa.text("indexed_until IS NOT NULL"),
    )
    op.create_index(
        "ix_resources_listing",
        "resources",
        ["org_id", "collection_id", "number", "gone", "href", "etag", "component"],
    )
    op.create_index("ix_resources_org_id_collection_id_uid", "resources", ["org_id", "collection_id", "uid"])
    op.create_index("ix_resources_org_id_session_id", "resources", ["org_id", "session_id"])
    op.create_table(
        "occurrences",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("long", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("on_", sa.Text(), nullable=False),
        sa.Column("busy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "resource_id"],
            ["resources.org_id", "resources.id"],
            name="fk_occurrences_resources",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "org_id",
            "collection_id",
            "long",
            "starts_at",
            "resource_id",
            "part",
            "on_",
            name="pk_occurrences",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_occurrences_org_id_resource_id", "occurrences", ["org_id", "resource_id"])
    op.create_table(
        "resource_texts",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text(), nullable=False),
        sa.Column("notice", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "resource_id"],
            ["resources.org_id", "resources.id"],
            name="fk_resource_texts_resources",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "resource_id", name="pk_resource_texts"),
    )
    op.create_index(
        "ix_resource_texts_notice",
        "resource_texts",
        ["org_id", "resource_id"],
        sqlite_where=sa.text("notice IS NOT NULL"),
        postgresql_where=sa.text("notice IS NOT NULL"),
    )
    op.create_table(
        "stirs",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "resource_id"],
            ["resources.org_id", "resources.id"],
            name="fk_stirs_resources",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "resource_id", name="pk_stirs"),
    )
    op.create_index("ix_stirs_org_id_due_at", "stirs", ["org_id", "due_at"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
