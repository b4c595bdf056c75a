"""What a mail brings along beside its words, offered under what is said of it: files, cards, its signature."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft, of_kind, together
from handlers.meetings import take_meeting
from handlers.verbs.attachments import attached, offered
from handlers.verbs.signed import facts_offered
from handlers.verbs.visiting_cards import cards_offered
from storage.attached import files_on
from storage.interactions import interaction_by_external_id
from storage.messages import Draft, Mail


def with_enclosures(acting: Acting, said: Draft | None, mail: Mail) -> Draft | None:
    """The notice or receipt of a mail, what its calendar says, and below it what can be fetched or added with a tap."""
    met = take_meeting(acting, mail)
    if met is not None:
        said = met if said is None else of_kind(together([said, met]), said.kind)
    if said is None or said.gathered:
        return said
    interaction_id = interaction_by_external_id(acting.connection, f"mail:{acting.mail_inbox}")
    files = files_on(acting.connection, interaction_id) if interaction_id is not None else []
    if mail.kind == "bounce":
        files = []  # what came back, and the mail server's report
    if met is not None:
        files = [each for each in files if not each.name.lower().endswith(".ics")]  # what was just told
    lines = attached(acting, files)
    single = (*offered(files), *cards_offered(acting, mail))
    rows = tuple(row for row in (*((each,) for each in single), facts_offered(acting, mail)) if row)
    if not rows and not lines:
        return said
    return replace(together([said, draft(*lines)]) if lines else said, choices=(*said.choices, *rows), kind=said.kind)
