"""Writing mail to a contact."""

from __future__ import annotations

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from storage.messages import Draft


def write_mail(acting: Acting, intent: Intent) -> Draft:
    """Rapport doesn't write to contacts yet: says so, and how the mail gets onto the timeline all the same."""
    return draft(
        acting.say("I can't send mail to contacts yet."),
        acting.say("Write it yourself with {address} in BCC, and it is logged.", address=acting.team.address),
    )
