"""Who there is: the team's users, and the contacts and companies outside it, with the handles that reach them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.columns import filled_index, identity, metadata, moment, one_of, reference, version

users = Table(
    "users",
    metadata,
    identity(),
    Column("name", String(200), nullable=False),
    Column("role", String(10), nullable=False, server_default="member"),
    Column("language", String(8), nullable=False, server_default="en"),
    Column("timezone", String(64), nullable=False),
    Column("default_time", String(5), nullable=False, server_default="09:00"),  # of reminders that name only a date
    Column("quiet_from", String(5), nullable=False, server_default="22:00"),  # the user's wall clock
    Column("quiet_to", String(5), nullable=False, server_default="07:00"),
    Column("reminds_by", String(20), nullable=False, server_default=""),  # telegram, email or both; else what there is
    Column("signature", Text, nullable=False, server_default=""),  # below the mails that the user writes to contacts
    Column("mail_secret", String(40), unique=True),  # of an address that proves its user's mail
    Column("calendar_secret", String(40), unique=True),  # of the address of the user's calendar
    Column("digest", String(5), nullable=False, server_default="08:00"),  # its hour; empty for none
    Column("work_days", String(7), nullable=False, server_default="12345"),  # ISO weekdays: only then a digest comes
    Column("look_back", Boolean, nullable=False, server_default=text("false")),  # on Fridays, at the week
    Column("stale_leads", Integer, nullable=False, server_default="30"),  # days of quiet; 0 for never
    Column("stale_deals", Integer, nullable=False, server_default="14"),
    moment("digest_next"),  # when to look again whether there is a digest or a look-back to send
    moment("created_at", required=True),
    moment("removed_at"),
    version(),
    one_of("role", "owner", "member", "viewer"),
    Index(
        "uq_users_name",
        "name",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

user_handles = Table(
    "user_handles",
    metadata,
    identity(),
    reference("users", "user_id", required=True, cascade=True),
    Column("kind", String(10), nullable=False),
    Column("value", String(320), nullable=False),
    one_of("kind", "email", "telegram"),
    UniqueConstraint("kind", "value"),
    Index("ix_user_handles_user_id", "user_id"),
    sqlite_autoincrement=True,
)

companies = Table(
    "companies",
    metadata,
    identity(),
    Column("name", String(300), nullable=False),
    Column("folded", String(300), nullable=False),  # the name as it is compared: see storage/folding.py
    Column("domains", JSON, nullable=False, server_default="[]"),
    moment("created_at", required=True),
    version(),
    UniqueConstraint("folded"),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    identity(),
    Column("name", String(300), nullable=False),
    Column("first_name", String(150), nullable=False, server_default=""),
    Column("last_name", String(150), nullable=False, server_default=""),
    reference("companies", "company_id"),
    Column("title", String(200), nullable=False, server_default=""),
    Column("status", String(40), nullable=False, server_default="contact"),
    Column("source", String(200), nullable=False, server_default=""),
    reference("users", "owner_id"),
    Column("birthday", String(10), nullable=False, server_default=""),  # 1986-05-17, or --05-17 without a year
    Column("addresses", JSON, nullable=False, server_default="[]"),
    Column("fields", JSON, nullable=False, server_default="{}"),
    moment("created_at", required=True),
    version(),
    CheckConstraint("name <> ''", name="name"),
    Index("ix_contacts_company_id", "company_id"),
    Index("ix_contacts_status", "status", "created_at"),
    Index(
        "ix_contacts_birthday",
        "birthday",
        sqlite_where=text("birthday <> ''"),
        postgresql_where=text("birthday <> ''"),
    ),
    sqlite_autoincrement=True,
)

handles = Table(
    "handles",
    metadata,
    identity(),
    reference("contacts", "contact_id", required=True),
    Column("kind", String(10), nullable=False),
    Column("value", String(320), nullable=False),  # as it is compared: lower case, E.164
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    moment("dead_since"),  # mail to it came back for good
    one_of("kind", "email", "phone", "telegram", "username"),
    UniqueConstraint("contact_id", "kind", "value"),
    Index(
        "uq_handles_own",
        "kind",
        "value",
        unique=True,
        sqlite_where=text("NOT shared"),
        postgresql_where=text("NOT shared"),
    ),
    Index("ix_handles_kind_value", "kind", "value"),
    sqlite_autoincrement=True,
)

contact_tags = Table(
    "contact_tags",
    metadata,
    identity(),
    reference("contacts", "contact_id", required=True),
    Column("tag", String(80), nullable=False),
    UniqueConstraint("contact_id", "tag"),
    Index("ix_contact_tags_tag", "tag"),
    sqlite_autoincrement=True,
)

contact_sources = Table(
    "contact_sources",  # which record of another system a contact came from, so that a second import finds it again
    metadata,
    identity(),
    reference("contacts", "contact_id", required=True),
    Column("system", String(60), nullable=False),
    Column("external_id", String(200), nullable=False),
    UniqueConstraint("system", "external_id"),
    Index("ix_contact_sources_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

contact_terms = Table(
    "contact_terms",  # the search's own index: derived from names and companies, never exported
    metadata,
    identity(),
    reference("contacts", "contact_id", required=True, cascade=True),
    Column("term", String(80), nullable=False),
    Column("weight", Integer, nullable=False),
    Index("ix_contact_terms_term", "term", "contact_id"),
    Index("ix_contact_terms_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    identity(),
    Column("text", Text, nullable=False),
    reference("contacts", "contact_id"),
    reference("companies", "company_id"),
    reference("deals", "deal_id"),
    reference("users", "author_id"),
    moment("created_at", required=True),
    version(),
    CheckConstraint(
        "(CASE WHEN contact_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN deal_id IS NULL THEN 0 ELSE 1 END) = 1",
        name="subject",
    ),
    Index("ix_notes_contact_id", "contact_id", "created_at"),
    filled_index("notes", "company_id"),
    filled_index("notes", "deal_id"),
    sqlite_autoincrement=True,
)
