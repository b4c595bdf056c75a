"""The tables of the design's words; the rules that hold always are held by the database itself."""

from storage.tables.columns import metadata
from storage.tables.flow import buttons, changes, inbox, jobs, mailboxes, meta, outbox, questions
from storage.tables.letters import letter_templates, letters
from storage.tables.people import (
    companies,
    contact_sources,
    contact_tags,
    contact_terms,
    contacts,
    handles,
    notes,
    user_handles,
    users,
)
from storage.tables.work import (
    deal_sources,
    deals,
    interaction_contacts,
    interactions,
    meetings,
    pipelines,
    reminders,
    sender_rules,
    stages,
    tasks,
    triage,
)

__all__ = [
    "buttons",
    "changes",
    "companies",
    "contact_sources",
    "contact_tags",
    "contact_terms",
    "contacts",
    "deal_sources",
    "deals",
    "handles",
    "inbox",
    "interaction_contacts",
    "interactions",
    "jobs",
    "letter_templates",
    "letters",
    "mailboxes",
    "meetings",
    "meta",
    "metadata",
    "notes",
    "outbox",
    "pipelines",
    "questions",
    "reminders",
    "sender_rules",
    "stages",
    "tasks",
    "triage",
    "user_handles",
    "users",
]
