"""Mail to contacts: what users write and send, and the templates that they write it from."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table, Text, UniqueConstraint, text

from storage.tables.columns import BigInt, filled_index, identity, metadata, moment, one_of, reference, version

_QUEUED = text("message_id <> ''")

letters = Table(
    "letters",  # mail to a contact, from the first draft to what became of it
    metadata,
    identity(),
    reference("users", "user_id", required=True),
    # Whom it is to and what it answers: without foreign keys, since it neither keeps them nor goes with them.
    Column("contact_id", BigInt),
    Column("answers_id", BigInt),  # an interaction
    Column("address", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("in_reply_to", String(998), nullable=False, server_default=""),
    Column("thread", Text, nullable=False, server_default=""),  # the ids before it, separated by blanks
    Column("state", String(9), nullable=False, server_default="draft"),
    Column("error", Text, nullable=False, server_default=""),
    Column("lane", String(300), nullable=False),  # where its author wrote it, and the message that shows it there
    Column("shown", String(300), nullable=False, server_default=""),
    Column("message_id", String(300), nullable=False, server_default=""),  # fixed when it is queued
    Column("digest", String(64), nullable=False, server_default=""),  # of its content, by which a copy is known
    reference("outbox", "outbox_id"),  # the row that carries it
    reference("buttons", "released_by"),  # the tap on [Send], without which nothing leaves
    Column("released_in", BigInt),  # the inbox id of that tap
    Column("interaction_id", BigInt),  # once it is sent
    moment("created_at", required=True),
    moment("queued_at"),  # by the wall clock, as the next one
    moment("told_at"),  # that it takes long
    version(),
    one_of("state", "draft", "queued", "going", "sent", "refused", "uncertain", "dropped"),
    CheckConstraint("state IN ('draft', 'dropped') OR released_by IS NOT NULL", name="released"),
    Index("ix_letters_user_id", "user_id"),
    Index("ix_letters_contact_id", "contact_id"),
    Index("ix_letters_message_id", "message_id", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
    filled_index("letters", "outbox_id"),
    filled_index("letters", "released_by"),
    sqlite_autoincrement=True,
)

letter_templates = Table(
    "letter_templates",  # the team's; one text a name and language
    metadata,
    identity(),
    Column("name", String(100), nullable=False),
    Column("folded", String(100), nullable=False),  # the name as it is compared
    Column("language", String(2), nullable=False, server_default=""),  # "" is for everybody else
    Column("subject", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    reference("users", "user_id", required=True),
    moment("created_at", required=True),
    version(),
    UniqueConstraint("folded", "language"),
    Index("ix_letter_templates_user_id", "user_id"),
    sqlite_autoincrement=True,
)
