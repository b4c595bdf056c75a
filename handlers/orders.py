"""What a member's mail orders: the words above a forward, or in a mail to Rapport, are a chat message."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import receipts
from handlers.acting import Acting, draft, shortened
from handlers.case import Case, judge
from handlers.lookups import StoreLookups
from handlers.team import Team
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on
from storage.contacts import Contact, add_tag
from storage.inbox import message_of
from storage.messages import Draft, Mail
from storage.notes import add_note
from storage.users import User, team_addresses, user_by_handle, user_by_secret

_BY_TAG = {"task": "task:", "note": "note:", "lead": "new lead", "deal": "deal"}  # what is written to crm+task@ ...
_HASHTAG = re.compile(r"(?<!\S)#([^\W\d][\w-]{1,40})")
_SECRET = re.compile(r"me\.([a-z0-9]{10,40})")


def orders(mail: Mail, case: Case, team: Team) -> str:
    """What is said: the words and, by the +tag of the address that they were written to, what these are."""
    tag = next((each for each in _tags(mail, team) if each in _BY_TAG), "")
    if not tag or mail.kind != "personal" or case.route == "copy":
        return case.said
    return f"{_BY_TAG[tag]} {case.said.strip() or case.letter.subject}"


def proved_by_secret(acting: Acting, mail: Mail, author: User) -> bool:
    """Was it written to the author's own secret address?"""
    secrets = (found[1] for each in _tags(mail, acting.team) if (found := _SECRET.fullmatch(each)))
    return any(user_by_secret(acting.connection, each) == author.id for each in secrets)


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
    about = replace(acting, about=contact.id if contact else None, text=said)
    intents = understand(said, acting.setting, StoreLookups(acting.connection)).intents
    if contact is None:
        return [act_on(about, intent) for intent in intents]
    doable = [intent for intent in intents if intent.name not in READING]
    if not doable:
        add_note(acting.trail, said, contact_id=contact.id)
        noted = draft(acting.say("Note: {text}", text=shortened(said, 80)), choices=((acting.undo,),))
        return [*answers, noted]
    return [*answers, *(act_on(about, intent) for intent in doable)]


def obey_waiting(acting: Acting, messages: list[int], contact: Contact) -> list[Draft]:
    """Does what members said with mails that waited until it was known whose they are."""
    return [each for inbox_id in messages for each in _obey_message(acting, inbox_id, contact)]


def _obey_message(acting: Acting, inbox_id: int, contact: Contact) -> list[Draft]:
    message = message_of(acting.connection, inbox_id)
    mail = message.mail
    author = user_by_handle(acting.connection, "email", mail.outer.sender.address) if mail is not None else None
    if mail is None or author is None or mail.kind != "personal":
        return []
    case = judge(mail, from_team=True, members=frozenset(team_addresses(acting.connection)), team=acting.team)
    said = orders(mail, case, acting.team)
    if not said.strip():
        return []
    if mail.authentic or proved_by_secret(acting, mail, author):
        return obey(replace(acting, user=author, said_at=message.at), said, contact)
    return [receipts.unproved(replace(acting, mail_id=inbox_id), said)] if author.id == acting.user.id else []


def _tags(mail: Mail, team: Team) -> list[str]:
    """What stands behind the plus sign of our own addresses in the mail."""
    ours = (each.address for each in mail.outer.to + mail.outer.cc if team.is_own(each.address))
    return [tag for each in ours if (tag := each.partition("@")[0].partition("+")[2])]
