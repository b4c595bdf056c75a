"""The two tables where channels and handlers meet, and what binds them: buttons, questions, the trail of changes."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from storage.tables.columns import BigInt, identity, metadata, moment, one_of, reference

_NEW = text("state = 'new'")
_OPEN = text("state IN ('queued', 'claimed')")
_UNDONE = text("state IN ('queued', 'running')")

inbox = Table(
    "inbox",
    metadata,
    identity(),
    Column("channel", String(10), nullable=False),
    Column("external_id", String(300), nullable=False),
    Column("lane", String(300), nullable=False),
    Column("message", Text, nullable=False),  # an InboundMessage, as JSON
    Column("raw", LargeBinary),  # what came over the wire, compressed
    Column("state", String(6), nullable=False, server_default="new"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    moment("kept_at", required=True),
    moment("retry_at"),
    moment("handled_at"),
    one_of("channel", "console", "telegram", "email"),
    one_of("state", "new", "done", "parked"),
    UniqueConstraint("channel", "external_id"),
    Index("ix_inbox_next", "id", sqlite_where=_NEW, postgresql_where=_NEW),
    Index("ix_inbox_new", "lane", "id", sqlite_where=_NEW, postgresql_where=_NEW),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    Column("key", String(300), nullable=False, unique=True),
    Column("channel", String(10), nullable=False),
    Column("lane", String(300), nullable=False),
    reference("users", "user_id"),
    reference("inbox", "inbox_id"),
    Column("kind", String(8), nullable=False),
    Column("address", String(320), nullable=False, server_default=""),
    Column("body", Text, nullable=False),  # a Reply, as JSON; purged when it was delivered
    Column("in_answer_to", String(998)),
    Column("edits", String(300)),
    Column("state", String(9), nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    moment("created_at", required=True),
    moment("not_before", required=True),  # the business's clock: quiet hours
    moment("retry_at"),  # the wall clock, as are the two below
    moment("lease_until"),
    moment("sent_at"),
    Column("carrier", String(10), nullable=False, server_default=""),  # which face delivered it
    Column("sent_ref", String(300), nullable=False, server_default=""),  # the channel's id of what was sent
    one_of("channel", "console", "telegram", "email", "push"),
    one_of("kind", "reply", "reminder", "digest", "notice", "letter"),
    one_of("state", "queued", "claimed", "sent", "uncertain", "parked"),
    Index("ix_outbox_next", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_outbox_open", "lane", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_outbox_inbox_id", "inbox_id"),
    Index("ix_outbox_sent_ref", "carrier", "sent_ref"),
    sqlite_autoincrement=True,
)

buttons = Table(
    "buttons",
    metadata,
    identity(),
    Column("token", String(32), nullable=False, unique=True),
    reference("outbox", "outbox_id", required=True, cascade=True),
    reference("users", "user_id", required=True),
    Column("label", String(200), nullable=False),
    Column("act", String(40), nullable=False),
    Column("arguments", JSON, nullable=False),
    moment("used_at"),
    Index("ix_buttons_outbox_id", "outbox_id"),
    Index("ix_buttons_user_id", "user_id", "id"),
    sqlite_autoincrement=True,
)

questions = Table(
    "questions",  # what Rapport asked and waits for: at most one a user and lane
    metadata,
    identity(),
    reference("users", "user_id", required=True),
    Column("lane", String(300), nullable=False),
    Column("asks", String(40), nullable=False),
    Column("arguments", JSON, nullable=False),
    moment("asked_at", required=True),
    UniqueConstraint("user_id", "lane"),
    sqlite_autoincrement=True,
)

changes = Table(
    "changes",  # the trail: every change of a record, with what it was before, from which it is undone
    metadata,
    identity(),
    moment("at", required=True),
    reference("users", "user_id"),
    reference("inbox", "inbox_id"),
    Column("table_name", String(40), nullable=False),
    Column("row_id", BigInt, nullable=False),
    Column("contact_id", BigInt),  # whose data it holds, so that it can be erased
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("undone_by", BigInt),
    Index("ix_changes_inbox_id", "inbox_id"),
    Index("ix_changes_user_id", "user_id", "id"),
    Index("ix_changes_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",  # what takes longer than a transaction may: done outside, its outcome coming back through the inbox
    metadata,
    identity(),
    Column("kind", String(10), nullable=False),
    Column("source", String(10), nullable=False, server_default=""),  # where its file is to be fetched from
    reference("users", "user_id", required=True),
    reference("inbox", "inbox_id", required=True),  # the message that began it, on which its changes hang
    Column("channel", String(10), nullable=False),
    Column("lane", String(300), nullable=False),
    Column("about", BigInt),  # of an undoing: the inbox id whose changes are taken back
    Column("arguments", JSON, nullable=False),
    Column("state", String(7), nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("created_at", required=True),  # this and those below by the wall clock
    moment("retry_at"),
    moment("lease_until"),
    one_of("kind", "look", "import", "undo"),
    one_of("state", "queued", "running", "done", "stopped"),
    UniqueConstraint("inbox_id", "kind"),
    Index("ix_jobs_open", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    sqlite_autoincrement=True,
)

mailboxes = Table(
    "mailboxes",  # how far each IMAP folder was read: what is kept, not what is marked as read, is the truth
    metadata,
    identity(),
    Column("account", String(600), nullable=False),  # user@host:port
    Column("folder", String(600), nullable=False),
    Column("uidvalidity", BigInt, nullable=False),
    Column("last_uid", BigInt, nullable=False),  # mail up to it is kept
    Column("found_to", BigInt, nullable=False),  # mail up to it was there at first sight
    moment("found_at", required=True),  # when that was (the business's clock)
    UniqueConstraint("account", "folder"),
    sqlite_autoincrement=True,
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)
