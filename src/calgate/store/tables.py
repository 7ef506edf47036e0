"""Every table. The organization comes first in every key, so that one schema shards by organization; only the
look-ups by login and by secret, where the organization is what is asked for, stand apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=False)


def _belongs(*columns: str, to: str) -> ForeignKeyConstraint:
    """The row belongs to the `to` row of the same organization and goes with it."""
    local = ["org_id", *columns]
    remote = [f"{to}.org_id", f"{to}.id"] if columns else [f"{to}.id"]
    return ForeignKeyConstraint(local, remote, ondelete="CASCADE")


organizations = Table(
    "organizations", metadata,
    _text("id"), _text("name"), _text("pack"), _text("timezone"), _json("policy"),
    _number("number"), _number("records"), _number("last_id"), _text("epoch"),
    PrimaryKeyConstraint("id"),
)  # fmt: skip

logins = Table(
    "logins", metadata,
    _text("login"), _text("org_id"),
    PrimaryKeyConstraint("login"), _belongs(to="organizations"),
)  # fmt: skip

people = Table(
    "people", metadata,
    _text("org_id"), _text("id"), _text("name"), _text("email"), _json("roles"), _flag("gone"),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
)  # fmt: skip

former_addresses = Table(
    "former_addresses", metadata,
    _text("org_id"), _text("address"), _text("person_id"),
    PrimaryKeyConstraint("org_id", "address"), _belongs("person_id", to="people"),
)  # fmt: skip

app_passwords = Table(
    "app_passwords", metadata,
    _text("hash"), _text("org_id"), _text("person_id"), _number("id"), _text("label"),
    _number("created_at"), Column("last_used_at", BigInteger), Column("revoked_at", BigInteger),
    PrimaryKeyConstraint("hash"), UniqueConstraint("org_id", "id"), _belongs("person_id", to="people"),
    Index(None, "org_id", "person_id"),
)  # fmt: skip

clients = Table(
    "clients", metadata,
    _text("org_id"), _text("id"), _text("first_name"), _text("last_name"), _text("internal_id"),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
)  # fmt: skip

services = Table(
    "services", metadata,
    _text("org_id"), _text("id"), _text("name"), _json("modifiers"),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
)  # fmt: skip

locations = Table(
    "locations", metadata,
    _text("org_id"), _text("id"), _text("name"), _text("address"), _text("place_of_service"),
    _json("rooms"), _text("type"), Column("prerequisites_done", Boolean),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
)  # fmt: skip

programmes = Table(
    "programmes", metadata,
    _text("org_id"), _text("id"), _text("name"),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
)  # fmt: skip

assignments = Table(
    "assignments", metadata,
    _text("org_id"), _text("practitioner"), _text("client"), _text("service"),
    _text("from_day"), _text("to_day"), _text("per"), Column("hours", Float, nullable=False),
    PrimaryKeyConstraint("org_id", "practitioner", "client", "service", "from_day"),
    _belongs(to="organizations"),
)  # fmt: skip

availabilities = Table(
    "availabilities", metadata,
    _text("org_id"), _text("person_id"), _text("text"),
    PrimaryKeyConstraint("org_id", "person_id"), _belongs("person_id", to="people"),
)  # fmt: skip

collections = Table(
    "collections", metadata,
    _text("org_id"), _number("id"), _text("owner"), _text("slug"), _flag("managed"),
    _text("components"), _json("props"), Column("zone", Text), _number("number"), _number("floor"),
    _flag("gone"),
    PrimaryKeyConstraint("org_id", "id"), UniqueConstraint("org_id", "owner", "slug"),
    _belongs("owner", to="people"),
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    _text("org_id"), _text("id"), _text("uid"), _text("kind"), _text("practitioner"),
    Column("client", Text), Column("service", Text), _text("status"),
    _number("starts_at"), _number("ends_at"), _flag("endless"), _json("body"), _number("revision"),
    _number("number"), Column("varied", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
    Index(None, "org_id", "practitioner", "starts_at"),
    Index(
        "ix_sessions_assignment",
        "org_id", "practitioner", "client", "service", "starts_at", "ends_at", "endless",
    ),
    Index(None, "org_id", "starts_at"),
    Index(None, "org_id", "uid"),
)  # fmt: skip
Index(
    "ix_sessions_varied", sessions.c.org_id, sessions.c.practitioner, sessions.c.starts_at,
    sessions.c.ends_at, sessions.c.endless,
    sqlite_where=sessions.c.varied == true(), postgresql_where=sessions.c.varied == true(),
)  # fmt: skip

resources = Table(
    "resources", metadata,
    _text("org_id"), _number("id"), _number("collection_id"), _text("href"), _text("uid"),
    _text("component"), Column("session_id", Text), _text("etag"), _number("number"), _number("size"),
    _number("modified_at"), _flag("gone"), Column("indexed_until", BigInteger), _flag("hidden"),
    _number("sequence"), _number("sequence_floor"),
    PrimaryKeyConstraint("org_id", "id"), UniqueConstraint("org_id", "collection_id", "href"),
    _belongs("collection_id", to="collections"),
    # Listing and sync read this index and never the rows.
    Index("ix_resources_listing", "org_id", "collection_id", "number", "gone", "href", "etag", "component"),
    Index(None, "org_id", "collection_id", "uid"),
    Index(None, "org_id", "session_id"),
)  # fmt: skip
Index(
    "ix_resources_indexed_until", resources.c.org_id, resources.c.indexed_until, resources.c.collection_id,
    sqlite_where=resources.c.indexed_until.is_not(None),
    postgresql_where=resources.c.indexed_until.is_not(None),
)  # fmt: skip

Index(
    "ix_resources_tombstones", resources.c.org_id, resources.c.modified_at,
    sqlite_where=resources.c.gone & ~resources.c.hidden,
    postgresql_where=resources.c.gone & ~resources.c.hidden,
)  # fmt: skip

resource_texts = Table(
    "resource_texts", metadata,
    _text("org_id"), _number("resource_id"), _text("text"), _text("personal"),
    Column("notice", JSON(none_as_null=True)), Column("notice_until", BigInteger),
    PrimaryKeyConstraint("org_id", "resource_id"), _belongs("resource_id", to="resources"),
)  # fmt: skip
Index(
    "ix_resource_texts_notice_until", resource_texts.c.org_id, resource_texts.c.notice_until,
    sqlite_where=resource_texts.c.notice_until.is_not(None),
    postgresql_where=resource_texts.c.notice_until.is_not(None),
)  # fmt: skip

occurrences = Table(
    "occurrences", metadata,
    _text("org_id"), _number("collection_id"), _flag("long"), _number("starts_at"), _number("ends_at"),
    _number("resource_id"), _number("part"), _text("on_"), _text("busy"),
    PrimaryKeyConstraint("org_id", "collection_id", "long", "starts_at", "resource_id", "part", "on_"),
    _belongs("resource_id", to="resources"),
    Index(None, "org_id", "resource_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

bounces = Table(
    "bounces", metadata,
    _text("org_id"), _number("collection_id"), _text("href"), _text("body_hash"), _number("at"),
    PrimaryKeyConstraint("org_id", "collection_id", "href", "body_hash"),
    _belongs("collection_id", to="collections"),
)  # fmt: skip

stirs = Table(
    "stirs", metadata,
    _text("org_id"), _number("resource_id"), _number("due_at"),
    PrimaryKeyConstraint("org_id", "resource_id"), _belongs("resource_id", to="resources"),
    Index(None, "org_id", "due_at"),
)  # fmt: skip

holds = Table(
    "holds", metadata,
    _text("org_id"), _text("kind"), _text("session_id"), _text("of_id"), _json("body"), _number("due_at"),
    PrimaryKeyConstraint("org_id", "kind", "session_id"), _belongs(to="organizations"),
    Index(None, "org_id", "due_at"),
    Index(None, "org_id", "of_id"),
)  # fmt: skip

views = Table(
    "views", metadata,
    _text("org_id"), _number("id"), _text("audience"), _text("target"), _text("detail"), _text("cancelled"),
    _text("statuses"), _flag("join_link"), _flag("ready"), _number("number"), _number("modified_at"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint(
        "org_id", "audience", "target", "detail", "cancelled", "statuses", "join_link", name="uq_views_spec"
    ),
    _belongs(to="organizations"),
)  # fmt: skip
Index("ix_views_unready", views.c.org_id, sqlite_where=~views.c.ready, postgresql_where=~views.c.ready)

# A feed reads on from the first end in its window: in this order that is one stretch of the table.
view_copies = Table(
    "view_copies", metadata,
    _text("org_id"), _number("view_id"), _number("ends_at"), _text("uid"), _number("starts_at"),
    _text("session_id"), _number("sequence"), _number("modified_at"), _text("zones"), _text("text"),
    PrimaryKeyConstraint("org_id", "view_id", "ends_at", "uid"), _belongs("view_id", to="views"),
    Index(None, "org_id", "session_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

links = Table(
    "links", metadata,
    _text("org_id"), _text("id"), _text("kind"), _text("audience"), _text("target"),
    Column("view_id", BigInteger), _text("name"), _text("color"), _text("detail"), _text("cancelled"),
    _text("statuses"), _number("past_days"), _number("future_days"), _flag("join_link"),
    _number("created_at"), Column("expires_at", BigInteger), Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger), _text("last_used_by"),
    PrimaryKeyConstraint("org_id", "id"), _belongs(to="organizations"),
    Index(None, "org_id", "view_id"),
)  # fmt: skip
Index(
    "ix_links_expires_at", links.c.org_id, links.c.expires_at,
    sqlite_where=links.c.view_id.is_not(None), postgresql_where=links.c.view_id.is_not(None),
)  # fmt: skip

link_secrets = Table(
    "link_secrets", metadata,
    _text("hash"), _text("org_id"), _text("link_id"), _number("created_at"),
    Column("revoked_at", BigInteger),
    PrimaryKeyConstraint("hash"), _belongs("link_id", to="links"),
    Index(None, "org_id", "link_id"),
)  # fmt: skip

decisions = Table(
    "decisions", metadata,
    _text("org_id"), _number("number"), _number("seq"), _number("at"), _text("actor"), _text("role"),
    _text("door"), Column("session_id", Text), _json("changes"), _text("verdict"), _text("rule"),
    _json("rules"), _text("sentence"), _text("contact"), _text("pack"), _text("pack_version"),
    PrimaryKeyConstraint("org_id", "number", "seq"), _belongs(to="organizations"),
)  # fmt: skip
