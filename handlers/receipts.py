"""What is said about a mail: to whom it came, what became of it, and what can be done with a tap."""

from __future__ import annotations

from handlers.acting import Acting, draft, gathered, of_kind, shortened
from handlers.case import Case
from handlers.matching import Match
from handlers.verbs.followups import follow_up_choice
from handlers.verbs.triage import decisions
from handlers.whom import label_of
from storage.contacts import Contact
from storage.messages import Address, Choice, Direction, Draft, Letter
from storage.triage import Reason, count_waiting

_QUOTE = 160  # code points of a mail that a receipt shows
_NAMES = 4  # people who are named beside the first


def came_in(acting: Acting, case: Case, found: Match, interaction_id: int) -> Draft:
    """A mail from outside was logged."""
    first = found.contacts[0]
    quoted = acting.quoted(case.letter.subject)
    if found.by == "thread" and case.people:
        who = written(case.people[0])
        head = acting.say("{who} writes in the thread with {name}: {subject}", who=who, name=first.name, subject=quoted)
        about = {"interaction": interaction_id}
        newcomer = (
            Choice(acting.say("New lead"), "make_lead", about),
            Choice(
                acting.say("Also {name}'s address", name=first.first_name or first.name),
                "own_address",
                {"contact": first.id, "address": case.people[0].address},
            ),
        )
        rows = (newcomer, *on_logged(acting, first, interaction_id))
    else:
        head, rows = f"{first.name}: {quoted}", on_logged(acting, first, interaction_id)
    lines = (f"📥 {head}", _beside(acting, found.contacts[1:]), excerpt(acting, case.letter))
    return of_kind(draft(*lines, choices=rows), "notice")


def receipt(
    acting: Acting, case: Case, everybody: tuple[Contact, ...], made: tuple[Contact, ...], interaction_id: int, *,
    fresh: bool, offered: tuple[Address, ...] = (),
) -> Draft:  # fmt: skip
    """A member's own mail, or forward, was logged; `made` are the leads that it made."""
    sign, first = "📤" if case.direction == "out" else "📥", everybody[0]
    what = {"name": first.name, "subject": shortened(case.letter.subject, 80)}
    says = acting.say("new lead (sent mail)") if case.route == "copy" else acting.say("new lead (forwarded mail)")
    lines = [f"👤 {each.name}: {says}" for each in made]
    if first in made:
        lines.append(f"{sign} {acting.quoted(case.letter.subject)}")
    elif not fresh:
        lines.insert(0, f"{sign} " + acting.say("{name}: “{subject}” was logged already", **what))
    elif case.route == "forward":
        lines.insert(0, f"{sign} " + acting.say("{name}: “{subject}” (forward by you)", **what))
    else:
        lines.insert(0, f"{sign} " + acting.say("{name}: “{subject}” (sent by you)", **what))
    lines += [_beside(acting, tuple(each for each in everybody[1:] if each not in made)), excerpt(acting, case.letter)]
    news = tuple(
        Choice(
            acting.say("New lead {name}", name=each.name or each.address),
            "lead_on",
            {"interaction": interaction_id, "name": each.name, "address": each.address},
        )
        for each in offered[:2]
    )
    return draft(*lines, choices=(*on_logged(acting, first, interaction_id, case.direction), news))


def unknown(acting: Acting, case: Case, interaction_id: int, reason: Reason) -> Draft:
    """Nobody knows its sender: who is to decide gets the buttons."""
    sender = case.people[0] if case.people else case.letter.sender
    what = {"who": written(sender), "subject": shortened(case.letter.subject, 80)}
    head = acting.say("Unknown sender: {who}, “{subject}”", **what)
    rows = decisions(acting, interaction_id, sender.address)
    if reason == "unproven":
        head = acting.say("A mail in your name, not proved to be yours: {who}, “{subject}”", **what)
        about = {"interaction": interaction_id}
        log_on = Choice(acting.say("Log on ..."), "ask_log_on", about)
        rows = ((confirm(acting), log_on, Choice(acting.say("Not me"), "ignore", about)),)
    return of_kind(draft(f"⚠ {head}", excerpt(acting, case.letter), choices=rows), "notice")


def more_unknown(acting: Acting) -> Draft:
    """How much waits by now, said once an hour."""
    waits = acting.words.count(
        "{n} message waits for your decision", "{n} messages wait for your decision", count_waiting(acting.connection)
    )
    said = of_kind(draft(f"⚠ {waits}", choices=((Choice(acting.say("Triage"), "triage"),),)), "notice")
    return gathered(said, "triage")


def several(acting: Acting, case: Case, holders: tuple[Contact, ...], interaction_id: int) -> Draft:
    """Several contacts fit: asked, never guessed."""
    rows = [
        (Choice(label_of(each), "log_on", {"interaction": interaction_id, "contact": each.id}),) for each in holders[:4]
    ]
    rows.append((Choice(acting.say("Log on ..."), "ask_log_on", {"interaction": interaction_id}),))
    sender = case.people[0] if case.people else case.letter.sender
    head = acting.say(
        "Whose mail is “{subject}” from {address}?",
        subject=shortened(case.letter.subject, 80),
        address=sender.address or sender.name,
    )
    return of_kind(draft(f"❓ {head}", excerpt(acting, case.letter), choices=tuple(rows)), "notice")


def unproved(acting: Acting, said: str, *, gone: bool = False) -> Draft:
    """What a mail asks isn't done before its author says that it was them; which of one that is gone nobody can."""
    return draft(
        "⚠ " + acting.say("“{text}” was not done: the mail isn't proved to be yours.", text=shortened(said, 80)),
        choices=() if gone else ((confirm(acting), Choice(acting.say("Not me"), "drop")),),
    )


def kept_out(acting: Acting, case: Case) -> Draft:
    """A mail isn't logged."""
    sender = written(case.people[0]) if case.people else ""
    return draft(acting.say("The mail itself isn't logged: a rule keeps out {sender}.", sender=sender))


def confirm(acting: Acting) -> Choice:
    """The button that says so."""
    return Choice(acting.say("It was me"), "confirm_mail", {"inbox": acting.mail_inbox})


def on_logged(
    acting: Acting, contact: Contact, interaction_id: int, direction: Direction = "in"
) -> tuple[tuple[Choice, ...], ...]:
    """The buttons under a mail that is logged on a contact."""
    about = {"interaction": interaction_id}
    answer = Choice(acting.say("Reply"), "ask_mail", {"contact": contact.id, **about})
    first = (
        Choice(acting.say("Task"), "ask_task", {"contact": contact.id}),
        *((answer,) if direction == "in" else ()),
        Choice(acting.say("Other contact"), "ask_move_to", about),
        acting.undo,
    )
    later = (follow_up_choice(acting, contact.id),) if direction == "out" else ()
    return first, (*later, Choice(acting.say("Private"), "private", about))


def excerpt(acting: Acting, letter: Letter) -> str:
    """How a mail begins."""
    return acting.quoted(letter.newest or letter.body, _QUOTE)


def written(person: Address) -> str:
    """A mailbox as one reads it."""
    return f"{person.name} <{person.address}>" if person.name and person.address else person.address or person.name


def _beside(acting: Acting, others: tuple[Contact, ...]) -> str:
    if not others:
        return ""
    names = ", ".join(each.name for each in others[:_NAMES]) + (" …" if len(others) > _NAMES else "")
    return acting.say("Also on {names}", names=names)
