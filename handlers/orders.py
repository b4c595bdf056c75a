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
from handlers.verbs.people import update_person
from handlers.whom import find_whom
from storage.contacts import Contact, add_tag
from storage.inbox import message_of
from storage.messages import Draft, Mail
from storage.notes import add_note
from storage.users import team_addresses

_BY_TAG = {"task": "task:", "note": "note:", "lead": "new lead", "deal": "deal"}  # what is written to crm+task@ ...
_HASHTAG = re.compile(r"(?<!\S)#([^\W\d][\w-]{1,40})")
_ALONE = frozenset(("add_task", "add_note", "add_deal", "add_lead", "add_contact", "log_call", "set_field"))
_BY_LEAD = re.compile(r"new lead\b[,:]?", re.IGNORECASE)
_TITLE = 120  # code points of a deal's
_PIECE = re.compile(r"\n\s*\n|(?<=[.!?\u2026])[ \t]*\n|(?<=[!?])[ \t]+")
_MOST_PIECES = 40
_TO_THE_END = frozenset(("add_note", "send_email", "save_template"))  # their text is all that follows


def orders(mail: Mail, case: Case, team: Team) -> str:
    """What is said: the words and, by the +tag of the address that they were written to, what these are."""
    tag = next((each for each in tags(mail, team) if each in _BY_TAG), "")
    if not tag or mail.kind != "personal" or case.route == "copy":
        return case.said
    said = case.said.strip()
    if tag == "lead" and case.route == "forward" and not said:
        return ""  # its sender is one in any case
    words = said if _HASHTAG.sub("", said).strip() else f"{case.letter.subject} {said}".strip()
    return f"{_BY_TAG[tag]} {words}"


def obey(acting: Acting, said: str, contact: Contact | None) -> list[Draft]:
    """Does what is said; about a contact, what isn't understood stays as a note, and #words are tags."""
    said = said.strip()
    answers: list[Draft] = []
    if contact is not None and (marks := dict.fromkeys(_HASHTAG.findall(said))):
        for mark in marks:
            add_tag(acting.trail, contact.id, mark.lower())
        said = _HASHTAG.sub("", said).strip()
        answers.append(draft(" ".join(f"#{mark}" for mark in marks), choices=((acting.undo,),)))
        if not said:
            return answers
    said = _named_deal(acting, said)
    if contact is None:
        return [act_on(replace(acting, text=said), intent) for intent in _understood(acting, said)]
    if (told := _BY_LEAD.match(said)) is not None:
        return [*answers, *_tell_of_lead(acting, said[told.end() :].strip(), contact)]
    asked, rest = _parted(said, lambda text: _doable(acting, text))
    about = replace(acting, about=contact.id, text=asked)
    answers += [act_on(about, _about_them(about, intent)) for intent in _doable(acting, asked)]
    if rest:
        add_note(acting.trail, rest, contact_id=contact.id)
        answers.append(draft(acting.say("Note: {text}", text=shortened(rest, 80)), choices=((acting.undo,),)))
    return answers


def obey_alone(acting: Acting, said: str) -> list[Draft]:
    """Does what is said with a mail that isn't kept; what asks for nothing is nobody's note."""
    alone = [intent for intent in _doable(acting, said) if intent.name in _ALONE]
    return [act_on(replace(acting, text=said), intent) for intent in alone]


def _tell_of_lead(acting: Acting, said: str, contact: Contact) -> list[Draft]:
    """What is told of a new lead that is there already: its note, its deal."""
    intents = _understood(acting, f"{_BY_TAG['lead']} {contact.name}, {said}") if said else ()
    if not intents or intents[0].name != "add_lead":
        return obey(acting, said, contact) if said else []
    about = replace(acting, about=contact.id, text=said)
    told = update_person(about, replace(intents[0], contact_id=contact.id))
    return [told, *(act_on(about, intent) for intent in intents[1:] if intent.name not in READING)]


def _named_deal(acting: Acting, said: str) -> str:
    """A deal's bare title in quotation marks, where it isn't understood without: `deal 20 licences`."""
    first, _, rest = said.partition("\n")
    deal, _, title = first.partition(" ")
    title = title.strip(' :"“”„')
    if deal.casefold().rstrip(":") != "deal" or not title or len(title) > _TITLE or _doable(acting, said):
        return said
    return f"deal “{title}”\n\n{rest}".strip()


def _about_them(about: Acting, intent: Intent) -> Intent:
    """A deal that names nobody who is known is the contact's, by that name."""
    slots = intent.slots
    named = slots.person or slots.company
    if intent.name != "add_deal" or not named or find_whom(about, intent) is not None:
        return intent
    title = " ".join(filter(None, (slots.person, slots.company, slots.text)))
    return replace(intent, slots=replace(slots, person=None, company=None, text=title))


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
