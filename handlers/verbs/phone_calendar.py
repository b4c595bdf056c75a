"""The calendar for the phone: an address to subscribe to or, where the world can't reach us, a file."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft
from handlers.calendars import calendar_of
from handlers.understand.intents import Intent
from storage.calendars import calendar_secret, name_installation, new_calendar_secret
from storage.messages import Draft, FileRef

FILE_NAME = "rapport.ics"


def give_calendar(acting: Acting, intent: Intent) -> Draft:
    """Where the user's calendar is; a new address makes the old one worthless."""
    if not _is_private(acting):
        return draft(acting.say("Ask me in our own chat: who knows the address reads your calendar."))
    name_installation(acting.connection)
    new = intent.slots.field == "new"
    secret = (new_calendar_secret if new else calendar_secret)(acting.connection, acting.user.id)
    if not acting.team.public_url:
        return _as_file(acting)
    return draft(
        "📅 " + acting.say("Your calendar, to subscribe to on your phone:"),
        f"{acting.team.public_url}/calendar/{secret}.ics",
        acting.say("The old address gives nothing any more.")
        if new
        else acting.say("Keep it to yourself. If somebody else knows it, say: new calendar address"),
    )


def _as_file(acting: Acting) -> Draft:
    content = calendar_of(acting.connection, acting.user, acting.now)
    command = f'rapport calendar --user "{acting.user.name}"'
    file = FileRef(
        inbox_id=0,
        part=0,
        name=FILE_NAME,
        size=len(content.encode()),
        media_type="text/calendar",
        otherwise="⚠ " + acting.say("The file can't be sent here. On the server: {command}", command=command),
        content=content,
    )
    return replace(
        draft(
            f"📅 {FILE_NAME}",
            acting.say("Your calendar as it is now. It can be subscribed to once RAPPORT_PUBLIC_URL is set."),
        ),
        file=file,
    )


def _is_private(acting: Acting) -> bool:
    """Is nobody else listening? A chat of several people, and mail, which others carry, aren't private."""
    channel, _, chat = acting.lane.partition(":")
    return channel == "console" or (channel == "telegram" and chat == acting.user.telegram)
