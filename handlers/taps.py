"""What a tap on a button does: the act that the database bound to its token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.acting import Acting, draft, together
from handlers.digests import open_task
from handlers.mail_answers import button_chosen, button_confirmed, said_in_answer
from handlers.mailroom import receive
from handlers.understand.intents import Intent, Slots
from handlers.verbs.act import act_on
from handlers.verbs.attachments import fetch_part
from handlers.verbs.cards import card, history_of
from handlers.verbs.deals import moved
from handlers.verbs.fields import set_field
from handlers.verbs.files import start_import
from handlers.verbs.finishing import assigned, dropped, ended, finished
from handlers.verbs.followups import follow_up_on, keep_open
from handlers.verbs.joining import delete_person, merge_people
from handlers.verbs.letters import why
from handlers.verbs.mails import (
    address_to,
    ask_address,
    ask_text,
    ask_words,
    drop_letter,
    mark_arrived,
    send_letter,
    use_template,
)
from handlers.verbs.meetings import do_without, remind_of_meeting
from handlers.verbs.meta import show_help, undone
from handlers.verbs.moving import drop_private, lead_and_orders, log_elsewhere, move_elsewhere
from handlers.verbs.notes import take_note
from handlers.verbs.people import add_person, make_contact, update_person
from handlers.verbs.picking import pick_day, pick_hour, picked
from handlers.verbs.rules import keep_out, revoke
from handlers.verbs.snoozing import next_week_of, rescheduled, snoozed, stop_nagging, tomorrow_of
from handlers.verbs.tasks import list_tasks
from handlers.verbs.triage import ignore, let_be, make_lead, put_aside, show_triage
from handlers.verbs.visiting_cards import add_card
from reminders.moment import Moment
from storage.buttons import Pressed, ask, use
from storage.codec import unpack
from storage.contacts import contact_by_id
from storage.inbox import believe, message_of
from storage.messages import Draft, Mail
from storage.tasks import Task, task_by_id
from storage.triage import close_message

Act = Callable[[Acting, dict[str, Any]], Draft]

# After these the message that the button stood on has served: on Telegram the answer takes its place.
REPLACING = frozenset(
    (
        *("send_letter", "drop_letter", "letter_to", "letter_arrived"),
        *("undo", "do", "new_and_do", "add_anyway", "update", "drop"),
        *(
            "done",
            "drop_task",
            "stop",
            "snooze_this",
            "tomorrow",
            "next_week",
            "all_tomorrow",
            "stop_nagging",
            "pick_hour",
        ),
        *("pick", "pick_month", "pick_day", "assign_this", "move_this", "move", "delete", "merge"),
        *("follow_up", "keep_open"),
        *("make_lead", "ignore", "log_on", "move_to", "confirm_mail", "put_aside", "let_be", "ignore_domain", "import"),
        *("remind_meeting", "drop_meeting"),
        *("private", "never_log", "revoke", "own_address"),
    )
)


# They may be pressed again: they only show another page.
_PAGES = frozenset(("pick", "pick_month", "pick_day"))


def press(acting: Acting, pressed: Pressed) -> Draft:
    """Does what the button stands for. A button that acted already says so."""
    if pressed.act in REPLACING - _PAGES and not use(acting.connection, pressed.id, at=acting.now):
        return draft(acting.say("That was done already."))
    return ACTS[pressed.act](replace(acting, pressed=pressed), pressed.arguments)


def take_mail(acting: Acting, mail: Mail) -> Draft | None:
    """A member's mail: a button pressed by answering, an answer to a question, or what the mailroom makes of it."""
    if mail.kind == "personal":
        confirmed = button_confirmed(acting, mail)
        if confirmed is not None:
            return press(acting, confirmed)
        if mail.authentic and (answered := _answered(acting, mail)) is not None:
            return answered
    return receive(acting, mail, from_team=True)


def _answered(acting: Acting, mail: Mail) -> Draft | None:
    pressed, rest = button_chosen(acting, mail)
    if pressed is None:
        return said_in_answer(acting, mail)
    done = press(acting, pressed)
    also = said_in_answer(acting, mail, rest) if rest else None
    return done if also is None else together([done, also])


def _confirm_mail(acting: Acting, arguments: dict[str, Any]) -> Draft:
    """The member says that the mail was theirs: it is treated as proved."""
    message = message_of(acting.connection, arguments["inbox"])
    if message.mail is None:
        return draft(acting.say("It is gone by now."))
    believe(acting.connection, arguments["inbox"])
    close_message(acting.trail, arguments["inbox"])
    acting = replace(acting, mail_id=arguments["inbox"], said_at=message.at)
    return take_mail(acting, replace(message.mail, authentic=True)) or draft(acting.say("Logged."))


def _do(acting: Acting, arguments: dict[str, Any]) -> Draft:
    return act_on(acting, unpack(Intent, arguments["intent"]))


def _new_and_do(acting: Acting, arguments: dict[str, Any]) -> Draft:
    intent = unpack(Intent, arguments["intent"])
    contact = make_contact(acting, replace(intent, name="add_contact"))
    return act_on(acting, replace(intent, contact_id=contact.id))


def _add_anyway(acting: Acting, arguments: dict[str, Any]) -> Draft:
    return add_person(acting, unpack(Intent, arguments["intent"]), sure=True)


def _new_lead_named(acting: Acting, arguments: dict[str, Any]) -> Draft:
    return add_person(acting, Intent("add_lead", Slots(person=arguments["name"])))


def _own_address(acting: Acting, arguments: dict[str, Any]) -> Draft:
    slots = Slots(field="email", value=arguments["address"])
    return set_field(acting, Intent("set_field", slots, contact_id=arguments["contact"]))


def _add_fact(acting: Acting, arguments: dict[str, Any]) -> Draft:
    slots = Slots(field=arguments["field"], value=arguments["value"])
    return act_on(acting, Intent("set_field", slots, contact_id=arguments["contact"]))


def _with_task(then: Callable[[Acting, Task], Draft]) -> Act:
    def act(acting: Acting, arguments: dict[str, Any]) -> Draft:
        task = task_by_id(acting.connection, arguments["task"])
        return then(acting, task) if task else draft(acting.say("That task is gone."))

    return act


def _snooze(until: Callable[[Acting], datetime]) -> Act:
    def act(acting: Acting, arguments: dict[str, Any]) -> Draft:
        at = datetime.fromisoformat(arguments["until"]) if "until" in arguments else until(acting)
        return _with_task(lambda acting, task: snoozed(acting, task, at, arguments.get("due")))(acting, arguments)

    return act


def _all_tomorrow(acting: Acting, arguments: dict[str, Any]) -> Draft:
    until, again = tomorrow_of(acting), 0
    for each in arguments["every"]:
        task = task_by_id(acting.connection, each["task"])
        if task is not None and task.done_at is None:
            snoozed(acting, task, until, each["due"])
            again += 1
    line = acting.words.count("{n} reminder again", "{n} reminders again", again)
    return draft(f"☑ {line}: {acting.words.moment(until, acting.now)}", choices=((acting.undo,),))


def _move_this(acting: Acting, arguments: dict[str, Any]) -> Draft:
    when = unpack(Moment, arguments["when"])
    return _with_task(lambda acting, task: rescheduled(acting, task, when))(acting, arguments)


def _done(acting: Acting, arguments: dict[str, Any]) -> Draft:
    return _with_task(lambda acting, task: finished(acting, task, arguments.get("due")))(acting, arguments)


def _picking(then: Callable[..., Draft], names: tuple[str, ...]) -> Act:
    def act(acting: Acting, arguments: dict[str, Any]) -> Draft:
        task = task_by_id(acting.connection, arguments["task"])
        if task is None:
            return draft(acting.say("That task is gone."))
        return then(acting, task, due=arguments.get("due"), **{name: arguments[name] for name in names})

    return act


def _card(acting: Acting, arguments: dict[str, Any]) -> Draft:
    contact = contact_by_id(acting.connection, arguments["contact"])
    return card(acting, contact) if contact else draft(acting.say("It is gone by now."))


def _timeline(acting: Acting, arguments: dict[str, Any]) -> Draft:
    contact = contact_by_id(acting.connection, arguments["contact"])
    return history_of(acting, contact) if contact else draft(acting.say("It is gone by now."))


def _note_on(acting: Acting, arguments: dict[str, Any]) -> Draft:
    return take_note(acting, Intent("add_note", Slots(text=arguments["text"]), contact_id=arguments["contact"]))


def _asking(what: str, message: Callable[[Acting], str]) -> Act:
    def act(acting: Acting, arguments: dict[str, Any]) -> Draft:
        ask(acting.connection, acting.user.id, acting.lane, what, arguments, at=acting.now)
        return draft("❓ " + message(acting))

    return act


ACTS: dict[str, Act] = {
    "undo": lambda acting, arguments: undone(acting, arguments["inbox"]),
    "do": _do,
    "new_and_do": _new_and_do,
    "add_anyway": _add_anyway,
    "update": lambda acting, arguments: update_person(acting, unpack(Intent, arguments["intent"])),
    "new_lead_named": _new_lead_named,
    "card": _card,
    "timeline": _timeline,
    "note_on": _note_on,
    "help": lambda acting, arguments: show_help(acting, Intent("help")),
    "triage": lambda acting, arguments: show_triage(acting, Intent("triage")),
    "drop": lambda acting, arguments: draft(acting.say("Nothing was done.")),
    "done": _done,
    "drop_task": _with_task(dropped),
    "stop": _with_task(ended),
    "snooze_this": _snooze(lambda acting: acting.now + timedelta(hours=1)),
    "tomorrow": _snooze(tomorrow_of),
    "next_week": _snooze(next_week_of),
    "all_tomorrow": _all_tomorrow,
    "move_this": _move_this,
    "stop_nagging": _with_task(stop_nagging),
    "assign_this": lambda acting, arguments: _with_task(lambda acting, task: assigned(acting, task, arguments["to"]))(
        acting, arguments
    ),
    "tasks": lambda acting, arguments: list_tasks(acting, Intent("list_tasks")),
    "pick": _picking(pick_day, ()),
    "pick_month": _picking(pick_day, ("month", "page")),
    "pick_day": _picking(pick_hour, ("day", "page")),
    "pick_hour": _picking(picked, ("at", "page")),
    "follow_up": lambda acting, arguments: follow_up_on(acting, arguments["contact"]),
    "open_task": _with_task(open_task),
    "keep_open": _with_task(keep_open),
    "move": lambda acting, arguments: moved(acting, arguments["deal"], arguments["stage"]),
    "delete": lambda acting, arguments: delete_person(acting, arguments["contact"]),
    "merge": lambda acting, arguments: merge_people(acting, arguments["into"], arguments["other"]),
    "make_lead": lambda acting, arguments: lead_and_orders(acting, arguments["interaction"]),
    "ignore": lambda acting, arguments: ignore(acting, arguments["interaction"]),
    "ignore_domain": lambda acting, arguments: ignore(acting, arguments["interaction"], domain=True),
    "let_be": lambda acting, arguments: let_be(acting, arguments["interaction"]),
    "put_aside": lambda acting, arguments: put_aside(acting, arguments["triage"]),
    "log_on": lambda acting, arguments: log_elsewhere(acting, arguments["interaction"], arguments["contact"]),
    "move_to": lambda acting, arguments: move_elsewhere(acting, arguments["interaction"], arguments["contact"]),
    "private": lambda acting, arguments: drop_private(acting, arguments["interaction"]),
    "never_log": lambda acting, arguments: keep_out(acting, arguments["value"]),
    "revoke": lambda acting, arguments: revoke(acting, arguments["rule"]),
    "remind_meeting": lambda acting, arguments: remind_of_meeting(acting, arguments["meeting"]),
    "drop_meeting": lambda acting, arguments: do_without(acting, arguments["meeting"]),
    "add_fact": _add_fact,
    "add_card": lambda acting, arguments: add_card(acting, arguments["inbox"], arguments["card"]),
    "fetch_file": lambda acting, arguments: fetch_part(acting, arguments["interaction"], arguments["part"]),
    "why": lambda acting, arguments: why(acting, arguments["interaction"]),
    "lead_on": lambda acting, arguments: make_lead(
        acting, arguments["interaction"], arguments["name"], arguments["address"]
    ),
    "own_address": _own_address,
    "confirm_mail": _confirm_mail,
    "import": lambda acting, arguments: start_import(acting, arguments["file"]),
    "send_letter": lambda acting, arguments: send_letter(acting, arguments["letter"], arguments["version"]),
    "drop_letter": lambda acting, arguments: drop_letter(acting, arguments["letter"]),
    "letter_to": lambda acting, arguments: address_to(acting, arguments["letter"], arguments["address"]),
    "letter_arrived": lambda acting, arguments: mark_arrived(acting, arguments["letter"]),
    "ask_letter": lambda acting, arguments: ask_text(acting, arguments["letter"]),
    "ask_letter_address": lambda acting, arguments: ask_address(acting, arguments["letter"]),
    "use_template": lambda acting, arguments: use_template(
        acting, arguments["contact"], arguments["interaction"], arguments["template"]
    ),
    "ask_mail": lambda acting, arguments: ask_words(acting, arguments["contact"], arguments.get("interaction")),
    "ask_note": _asking("note", lambda acting: acting.say("What shall I note?")),
    "ask_task": _asking("task", lambda acting: acting.say("What is to be done, and when?")),
    "ask_time": _asking("time", lambda acting: acting.say("When? For example: friday 14:00")),
    "ask_log_on": _asking("log_on", lambda acting: acting.say("On whom? Type the name.")),
    "ask_move_to": _asking("move_to", lambda acting: acting.say("On whom? Type the name.")),
}
