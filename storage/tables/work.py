"""What happens and what is to be done: interactions, deals, tasks, reminders, triage."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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

interactions = Table(
    "interactions",
    metadata,
    identity(),
    Column("channel", String(10), nullable=False),
    Column("direction", String(3), nullable=False),
    moment("occurred_at", required=True),
    reference("users", "user_id"),
    reference("inbox", "inbox_id"),
    Column("sender", String(320), nullable=False, server_default=""),  # the customer's address, as it came
    Column("sender_name", String(300), nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("external_id", String(300), nullable=False),
    Column("message_id", String(998), nullable=False, server_default=""),  # RFC 5322, for threads
    Column("digest", String(64), nullable=False, server_default=""),  # of a mail's content: the same on every route
    Column("attachments", JSON, nullable=False, server_default="[]"),
    Column("automatic", Boolean, nullable=False, server_default=text("false")),  # no person wrote it: answers nothing
    moment("created_at", required=True),
    Index("ix_interactions_digest", "digest", sqlite_where=text("digest <> ''"), postgresql_where=text("digest <> ''")),
    one_of("channel", "email", "telegram", "console", "call", "meeting"),
    one_of("direction", "in", "out"),
    UniqueConstraint("external_id"),
    Index(
        "ix_interactions_message_id",
        "message_id",
        sqlite_where=text("message_id <> ''"),
        postgresql_where=text("message_id <> ''"),
    ),
    Index("ix_interactions_inbox_id", "inbox_id"),
    Index(
        "ix_interactions_meetings",
        "occurred_at",
        sqlite_where=text("channel = 'meeting'"),
        postgresql_where=text("channel = 'meeting'"),
    ),
    sqlite_autoincrement=True,
)

interaction_contacts = Table(
    "interaction_contacts",
    metadata,
    identity(),
    reference("interactions", "interaction_id", required=True),
    reference("contacts", "contact_id", required=True),
    UniqueConstraint("interaction_id", "contact_id"),
    Index("ix_interaction_contacts_contact_id", "contact_id", "interaction_id"),
    sqlite_autoincrement=True,
)

meetings = Table(
    "meetings",  # what a calendar says of an interaction of channel meeting: its moment is the interaction's
    metadata,
    identity(),
    reference("interactions", "interaction_id", required=True, cascade=True),
    Column("organizer", String(320), nullable=False, server_default=""),
    Column("sequence", Integer, nullable=False, server_default="0"),
    moment("stamp"),  # when the newest version that is known was written
    moment("ends_at", required=True),
    Column("all_day", Boolean, nullable=False, server_default=text("false")),
    Column("location", String(200), nullable=False, server_default=""),
    Column("recurrence", String(200), nullable=False, server_default=""),  # RFC 5545: told, never expanded
    Column("state", String(9), nullable=False, server_default="planned"),
    Column("task_id", BigInteger),  # its reminder: without a foreign key, since it may be undone
    one_of("state", "planned", "cancelled", "dropped"),  # dropped: its user wants none of it
    UniqueConstraint("interaction_id"),
    sqlite_autoincrement=True,
)

pipelines = Table(
    "pipelines",
    metadata,
    identity(),
    Column("name", String(100), nullable=False, unique=True),
    sqlite_autoincrement=True,
)

stages = Table(
    "stages",
    metadata,
    identity(),
    reference("pipelines", "pipeline_id", required=True, cascade=True),
    Column("name", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("probability", Integer, nullable=False),
    Column("outcome", String(5), nullable=False, server_default="open"),
    one_of("outcome", "open", "won", "lost"),
    CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
    UniqueConstraint("pipeline_id", "name"),
    sqlite_autoincrement=True,
)

deals = Table(
    "deals",
    metadata,
    identity(),
    Column("title", String(300), nullable=False),
    Column("amount", BigInteger),  # hundredths of the currency's unit
    Column("currency", String(3), nullable=False, server_default=""),
    reference("stages", "stage_id", required=True),
    Column("probability", Integer),  # where it differs from the stage's
    Column("close_on", String(10), nullable=False, server_default=""),  # the expected day, ISO
    reference("contacts", "contact_id"),
    reference("companies", "company_id"),
    reference("users", "owner_id"),
    moment("created_at", required=True),
    version(),
    Index("ix_deals_contact_id", "contact_id"),
    Index("ix_deals_stage_id", "stage_id"),
    filled_index("deals", "company_id"),
    sqlite_autoincrement=True,
)

deal_sources = Table(
    "deal_sources",  # which record of another system a deal came from
    metadata,
    identity(),
    reference("deals", "deal_id", required=True),
    Column("system", String(60), nullable=False),
    Column("external_id", String(200), nullable=False),
    UniqueConstraint("system", "external_id"),
    Index("ix_deal_sources_deal_id", "deal_id"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    identity(),
    Column("title", Text, nullable=False),
    Column("due_wall", String(19), nullable=False, server_default=""),  # as the user meant it: 2026-11-26T09:00
    Column("zone", String(64), nullable=False, server_default=""),
    Column("has_time", Boolean, nullable=False, server_default=text("false")),
    Column("rrule", Text, nullable=False, server_default=""),
    Column("series_from", String(19), nullable=False, server_default=""),  # the rule's own start: its first wall time
    moment("due_at"),  # the instant that wall time and zone stand for
    moment("remind_at"),  # the instant of its next reminder: a snooze moves this one alone
    Column("notices", JSON, nullable=False, server_default="[]"),  # reminders beside that one: early, or put off
    Column("nag", Integer, nullable=False, server_default="0"),  # minutes until it is reminded of again; 0 for never
    Column("from_completion", Boolean, nullable=False, server_default=text("false")),  # the rule counts from there
    moment("settled_to"),  # of a recurring one: up to this occurrence all are done, or were moved
    reference("users", "assignee_id"),
    reference("users", "author_id"),
    reference("contacts", "contact_id"),
    reference("deals", "deal_id"),
    reference("tasks", "parent_id"),
    moment("awaits_since"),  # a follow-up: it closes itself when its contact writes after this moment
    moment("answered_at"),  # when they did
    Column("cadence", String(40), nullable=False, server_default=""),  # due so long after the last interaction
    moment("done_at"),
    moment("created_at", required=True),
    version(),
    CheckConstraint("(due_at IS NULL) = (due_wall = '')", name="due"),
    Index(
        "ix_tasks_open",
        "assignee_id",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index("ix_tasks_contact_id", "contact_id"),
    filled_index("tasks", "deal_id"),
    filled_index("tasks", "parent_id"),
    sqlite_autoincrement=True,
)

reminders = Table(
    "reminders",
    metadata,
    identity(),
    reference("tasks", "task_id", required=True, cascade=True),
    reference("users", "user_id", required=True),
    moment("due_at", required=True),
    Column("kind", String(5), nullable=False, server_default="due"),
    moment("about_at"),  # of one put off: when that occurrence was due
    Column("state", String(9), nullable=False, server_default="pending"),
    moment("sent_at"),
    reference("outbox", "outbox_id"),  # the message that carries it, once it is queued
    one_of("kind", "due", "early", "again", "nag"),
    one_of("state", "pending", "queued", "sent", "cancelled"),
    UniqueConstraint("task_id", "user_id", "due_at"),
    Index("ix_reminders_outbox_id", "outbox_id"),
    Index(
        "ix_reminders_pending",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    sqlite_autoincrement=True,
)

triage = Table(
    "triage",
    metadata,
    identity(),
    Column("reason", String(10), nullable=False),
    reference("interactions", "interaction_id", cascade=True),
    reference("inbox", "inbox_id"),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("detail", Text, nullable=False, server_default=""),
    moment("created_at", required=True),
    moment("decided_at"),
    reference("users", "decided_by"),
    one_of("reason", "unknown", "several", "unproven", "parked", "spam"),
    one_of("state", "open", "decided"),
    Index("ix_triage_open", "created_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    Index("ix_triage_interaction_id", "interaction_id"),
    sqlite_autoincrement=True,
)

sender_rules = Table(
    "sender_rules",
    metadata,
    identity(),
    Column("kind", String(10), nullable=False),
    Column("value", String(320), nullable=False),
    Column("decision", String(10), nullable=False),
    reference("users", "user_id"),
    reference("users", "only_for"),  # whose mail it is about; nobody: everybody's
    moment("created_at", required=True),
    one_of("kind", "address", "domain"),
    one_of("decision", "ignore", "never"),  # ignore: it waits for nobody; never: it isn't logged
    UniqueConstraint("kind", "value"),
    sqlite_autoincrement=True,
)
