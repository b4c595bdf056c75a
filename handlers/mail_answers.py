"""Answering Rapport's own mails: a button's label presses it, a one-time token confirms, the rest is chat."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import Connection

from handlers.acting import Acting
from handlers.case import judge
from handlers.lookups import StoreLookups
from handlers.questions import answer_question
from handlers.task_answers import answer_about_task
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on_all
from storage.buttons import Pressed, ask, button, take_question
from storage.clock import new_code
from storage.messages import Draft, Mail, Span
from storage.sent import Sent, Shown, find_sent, sent_message
from storage.tasks import task_by_id
from storage.users import team_addresses

_CODE = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{24}(?![0-9a-zA-Z])")
_MOST_CODES = 10  # of one mail that are looked at
_CUT_SHORT = 3  # letters of a label that are enough
_CONFIRM = "confirm_mail"


def button_chosen(acting: Acting, mail: Mail) -> tuple[Pressed | None, str]:
    """The button that an answer to one of our mails names, and what else it says."""
    sent = _answered(acting, mail)
    if sent is None:
        return None, ""
    shown, rest = choose(sent.buttons, mail.outer.newest)
    return (button(acting.connection, shown.token, acting.user.id) if shown else None), rest


def button_confirmed(acting: Acting, mail: Mail) -> Pressed | None:
    """The button that an answer to a question for confirmation presses: "It was me", unless it names another.

    Who quotes its one-time token, or answers by its secret Message-ID, reads the mailbox that it was sent to.
    """
    sent = _answered(acting, mail)
    answers = sent is not None and _confirming(sent) is not None
    if not answers:
        sent = _by_code(acting, mail)
    if sent is None:
        return None
    named = choose(sent.buttons, mail.outer.newest)[0]
    shown = named or _confirming(sent)
    pressed = button(acting.connection, shown.token, acting.user.id) if shown else None
    if pressed is not None and pressed.used and named is None and (mail.authentic or not answers):
        return None  # the thread goes on, and quotes what was confirmed long ago
    return pressed


def said_in_answer(acting: Acting, mail: Mail, rest: str | None = None) -> Draft | None:
    """What an answer that presses nothing says: to a question that waits, or about the task or contact at hand.

    `rest` is what stands below a label: done as far as it asks for something. None when it is no answer of ours.
    """
    if not _to_us_alone(acting, mail):
        return None
    text = (mail.outer.newest if rest is None else rest).strip()
    acting = replace(acting, text=text)
    answered = answer_question(acting, text) if rest is None else None
    sent = _answered(acting, mail)
    if answered is not None or sent is None or not text:
        return answered
    contact_id = _contact_of(acting.connection, sent)
    intents = understand(text, acting.setting, StoreLookups(acting.connection)).intents
    if rest is not None:
        intents = tuple(intent for intent in intents if intent.name not in READING)
        return act_on_all(replace(acting, about=contact_id), intents) if intents else None
    if (done := answer_about_task(acting, sent, text, intents)) is not None:
        return done
    return act_on_all(replace(acting, about=contact_id), intents)


def choose(shown: tuple[Shown, ...], text: str) -> tuple[Shown | None, str]:
    """The button that a text names in its first line (its label, the label's beginning, its number), and the rest."""
    line, _, below = text.strip().partition("\n")
    typed, below = _bare(line), below.strip()
    for each in shown:
        if typed and _bare(each.label) == typed:
            return each, below
    if typed.isdecimal() and len(typed) < 3 and 0 < int(typed) <= len(shown):
        return shown[int(typed) - 1], below
    for each in shown:
        if len(typed) >= _CUT_SHORT and _bare(each.label).startswith(typed):
            return each, below
    for each in sorted(shown, key=lambda one: -len(one.label)):
        label, after = line[: len(each.label)], line[len(each.label) :]
        if label.casefold() == each.label.casefold() and after[:1] in (".", ",", "!", ";"):
            return each, f"{after[1:].strip()}\n{below}".strip()
    return None, ""


def with_code(acting: Acting, answer: Draft) -> tuple[Draft, str]:
    """A question for confirmation that goes out by mail, headed by a one-time token; others as they are, and ""."""
    asks = any(choice.act == _CONFIRM for row in answer.choices for choice in row)
    if not asks or not acting.team.by_mail or acting.user.telegram or not acting.user.email:
        return answer, ""
    code = new_code()
    heading = acting.say("To confirm, answer this mail: {code}", code=code)
    return replace(answer, spans=(Span(heading, "bold"), Span("\n"), *answer.spans)), code


def remember_code(acting: Acting, code: str, outbox_id: int) -> None:
    """The message that this one-time token stands for."""
    ask(acting.connection, acting.user.id, f"confirm:{code}", "confirm", {"outbox": outbox_id}, at=acting.now)


def _by_code(acting: Acting, mail: Mail) -> Sent | None:
    codes = dict.fromkeys(_CODE.findall(f"{mail.outer.subject}\n{mail.outer.body}"))
    for code in list(codes)[:_MOST_CODES]:
        question = take_question(acting.connection, acting.user.id, f"confirm:{code}")
        if question is not None:
            return sent_message(acting.connection, question.arguments["outbox"])
    return None


def _confirming(sent: Sent) -> Shown | None:
    return next((each for each in sent.buttons if each.act == _CONFIRM), None)


def _answered(acting: Acting, mail: Mail) -> Sent | None:
    """Our message that this mail answers."""
    if not _to_us_alone(acting, mail):
        return None
    references = dict.fromkeys(filter(None, (mail.in_reply_to, *reversed(mail.references))))
    return find_sent(acting.connection, references, acting.user.id)


def _to_us_alone(acting: Acting, mail: Mail) -> bool:
    """Is it no forward, and to nobody outside the team?"""
    members = frozenset(team_addresses(acting.connection))
    case = judge(mail, from_team=True, members=members, team=acting.team)
    return case.route == "direct"


def _contact_of(connection: Connection, sent: Sent) -> int | None:
    """The contact that a message was about, where its buttons name but one."""
    task_ids = {each.arguments["task"] for each in sent.buttons if "task" in each.arguments}
    contact_ids = {each.arguments["contact"] for each in sent.buttons if "contact" in each.arguments}
    task = task_by_id(connection, task_ids.pop()) if len(task_ids) == 1 else None
    if task is not None and task.contact_id is not None:
        contact_ids.add(task.contact_id)
    return contact_ids.pop() if len(contact_ids) == 1 else None


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
