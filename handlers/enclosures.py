"""What a mail brings along beside its words, offered under what is said of it: files, cards, its signature."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft, together
from handlers.verbs.attachments import attached, offered
from handlers.verbs.signed import facts_offered
from handlers.verbs.visiting_cards import cards_offered
from storage.attached import files_on
from storage.interactions import interaction_by_external_id
from storage.messages import Draft, Mail


def with_enclosures(acting: Acting, said: Draft | None, mail: Mail) -> Draft | None:
    """The notice or receipt of a mail, and below it what can be fetched or added with a tap."""
    if said is None or said.gathered:
        return said
    interaction_id = interaction_by_external_id(acting.connection, f"mail:{acting.inbox_id}")
    files = files_on(acting.connection, interaction_id) if interaction_id is not None else []
    lines = attached(acting, files)
    single = (*offered(files), *cards_offered(acting, mail))
    rows = tuple(row for row in (*((each,) for each in single), facts_offered(acting, mail)) if row)
    if not rows and not lines:
        return said
    return replace(together([said, draft(*lines)]) if lines else said, choices=(*said.choices, *rows), kind=said.kind)
