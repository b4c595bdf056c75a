"""Who isn't of the team: one polite line a day, and the one-time code that makes the first owner."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.acting import draft
from handlers.team import Team
from handlers.words import Words
from storage import outbox
from storage.messages import Draft, InboundMessage
from storage.meta import claim_code, end_claim, read_meta, write_meta
from storage.outbox import Destination
from storage.users import add_user, owners

_PAUSE = timedelta(days=1)


def greet(connection: Connection, inbox_id: int, message: InboundMessage, team: Team) -> None:
    """Makes the first owner of who sends the code; tells any other stranger once a day that this bot isn't public."""
    private = message.lane == f"telegram:{message.sender.value}"
    if not private or message.tap is not None:
        return
    language = (message.language or team.language)[:2]
    words = Words(language, team.zone)
    if _is_code(connection, message.text) and not owners(connection):
        user_id = add_user(
            connection,
            message.sender.name or message.sender.value,
            at=message.now,
            role="owner",
            language=words.language,
            timezone=team.zone,
            telegram=message.sender.value,
        )
        end_claim(connection)
        said = draft(
            words.say(
                "You are the owner now. Try: {example}",
                example=words.say("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"),
            )
        )
        to = Destination("telegram", user_id, message.lane.partition(":")[2])
        _add(connection, inbox_id, message, said, to)
    elif message.text.startswith("/start ") and owners(connection):
        return  # a deep link
    elif _may_greet(connection, message):
        said = draft(words.say("This is a private bot. If you belong to the team, ask its owner to add you."))
        _add(connection, inbox_id, message, said, Destination("telegram", None, message.lane.partition(":")[2]))


def _add(connection: Connection, inbox_id: int, message: InboundMessage, said: Draft, to: Destination) -> None:
    outbox.add(
        connection,
        said,
        to,
        key=f"reply:{inbox_id}:{to.user_id or to.address}:0",
        now=message.now,
        inbox_id=inbox_id,
        in_answer_to=message.external_id,
    )


def _is_code(connection: Connection, text: str) -> bool:
    code = claim_code(connection)
    given = text.removeprefix("/start").strip()
    return bool(code) and hmac.compare_digest(code.encode(), given.encode())


def _may_greet(connection: Connection, message: InboundMessage) -> bool:
    name = f"greeted:{message.sender.value}"
    last = read_meta(connection, name)
    if last and message.now - datetime.fromisoformat(last) < _PAUSE:
        return False
    write_meta(connection, name, message.now.isoformat())
    return True
