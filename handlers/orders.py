"""What a member's mail orders: the words above a forward, or in a mail to Rapport, are a chat message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from handlers import receipts
from handlers.acting import Acting, draft, shortened
from handlers.case import Case, judge
from handlers.lookups import StoreLookups
from handlers.subaddress import author_of, tags
from handlers.team import Team
from handlers.understand.intents import Intent
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on
from storage.contacts import Contact, add_tag
from storage.inbox import message_of
from storage.messages import Draft, Mail
from storage.notes import add_note
from storage.users import team_addresses

_BY_TAG = {"task": "task:", "note": "note:", "lead": "new lead", "deal": "deal"}  # what is written to crm+task@ ...
_HASHTAG = re.compile(r"(?<!\S)#([^\W\d][\w-]{1,40})")
_PIECE = re.compile(r"\n\s*\n|(?<=[.!?\u2026])[ \t]*\n|(?<=[!?])[ \t]+")
_MOST_PIECES = 40
_TO_THE_END = frozenset(("add_note", "send_email", "save_template"))  # their text is all that follows


def orders(mail: Mail, case: Case, team: Team) -> str:
    """What is said: the words and, by the +tag of the address that they were written to, what these are."""
    tag = next((each for each in tags(mail, team) if each in _BY_TAG), "")
    if not tag or mail.kind != "personal" or case.route == "copy":
        return case.said
    return f"{_BY_TAG[tag]} {case.said.strip() or case.letter.subject}"


def obey(acting: Acting, said: str, contact: Contact | None) -> list[Draft]:
    """Does what is said; about a contact, what isn't understood stays as a note, and #words are tags."""
    said = said.strip()
    answers = []
    if contact is not None and (tags := dict.fromkeys(_HASHTAG.findall(said))):
        for tag in tags:
            add_tag(acting.trail, contact.id, tag.lower())
        said = _HASHTAG.sub("", said).strip()
        answers.append(draft(" ".join(f"#{tag}" for tag in tags), choices=((acting.undo,),)))
        if not said:
            return answers
    if contact is None:
        return [act_on(replace(acting, text=said), intent) for intent in _understood(acting, said)]
    asked, rest = _parted(said, lambda text: _doable(acting, text))
    about = replace(acting, about=contact.id, text=asked)
    answers += [act_on(about, intent) for intent in _doable(acting, asked)]
    if rest:
        add_note(acting.trail, rest, contact_id=contact.id)
        answers.append(draft(acting.say("Note: {text}", text=shortened(rest, 80)), choices=((acting.undo,),)))
    return answers


def obey_waiting(acting: Acting, messages: list[int], contact: Contact) -> list[Draft]:
    """Does what members said with mails that waited until it was known whose they are."""
    return [each for inbox_id in messages for each in _obey_message(acting, inbox_id, contact)]


def _obey_message(acting: Acting, inbox_id: int, contact: Contact) -> list[Draft]:
    message = message_of(acting.connection, inbox_id)
    mail = message.mail
    if mail is None or mail.kind != "personal":
        return []
    author, proved = author_of(acting.connection, mail, acting.team)
    if author is None:
        return []
    case = judge(mail, from_team=True, members=frozenset(team_addresses(acting.connection)), team=acting.team)
    said = orders(mail, case, acting.team)
    if not said.strip():
        return []
    if mail.authentic or proved:
        return obey(replace(acting, user=author, said_at=message.at), said, contact)
    return [receipts.unproved(replace(acting, mail_id=inbox_id), said)] if author.id == acting.user.id else []


def _understood(acting: Acting, text: str) -> tuple[Intent, ...]:
    return understand(text, acting.setting, StoreLookups(acting.connection)).intents


def _doable(acting: Acting, text: str) -> list[Intent]:
    """What a text asks to be done."""
    return [intent for intent in _understood(acting, text) if intent.name not in READING]


def _parted(said: str, doable: Callable[[str], list[Intent]]) -> tuple[str, str]:
    """What asks for something, and what is only told beside it; all of it is told where nothing is asked for."""
    asked: list[str] = []
    told: list[str] = []
    pieces = _pieces(said) if doable(said) else []
    pieces, beyond = pieces[:_MOST_PIECES], pieces[_MOST_PIECES:]
    for at, piece in enumerate(pieces):
        lines = piece.split("\n")
        first = next((place for place, line in enumerate(lines[:_MOST_PIECES]) if doable(line)), 0)
        above = "\n".join(lines[:first])
        if first and not doable(above):
            told.append(above)
            piece = "\n".join(lines[first:])
        intents = doable(piece)
        if intents and intents[-1].name in _TO_THE_END:
            asked += [piece, *pieces[at + 1 :], *beyond]
            beyond = []
            break
        (asked if intents else told).append(piece)
    if not asked:
        return (said, "") if pieces else ("", said)
    return "\n\n".join(asked), "\n".join(each for each in (*told, *beyond) if len(each.split()) > 1)


def _pieces(said: str) -> list[str]:
    """Paragraphs, and in them what ends as a sentence at a line's end; what ends in a colon or comma goes on."""
    pieces: list[str] = []
    for piece in _PIECE.split(said):
        if pieces and pieces[-1].endswith((":", ",")):
            pieces[-1] += f"\n{piece}"
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces
