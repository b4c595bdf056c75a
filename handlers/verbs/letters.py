"""A logged mail, shown whole, and why it is where it is."""

from __future__ import annotations

from handlers.acting import Acting, draft
from handlers.case import judge
from handlers.matching import match
from handlers.subaddress import author_of
from handlers.understand.intents import Intent
from handlers.verbs.attachments import attached, offered
from storage.attached import files_on
from storage.contacts import contacts_by_id
from storage.inbox import message_of
from storage.interactions import Interaction, interaction_by_id, newest_mail, put_on_by
from storage.messages import Choice, Draft, Mail
from storage.triage import reason_for
from storage.users import team_addresses

_LONGEST = 12_000  # code points of a mail that are shown


def show_mail(acting: Acting, intent: Intent) -> Draft:
    """The mail of that number, or the newest, with all that it quotes."""
    interaction = _meant(acting, intent)
    if interaction is None:
        return draft(acting.say("There is no such mail. The numbers are in a contact's timeline."))
    mail = _kept(acting, interaction)
    letter = mail.letter if mail is not None else None
    text = letter.body if letter is not None else interaction.text
    head = f"{'📤' if interaction.direction == 'out' else '📥'} {acting.quoted(interaction.subject, 200)}"
    who = f"{interaction.sender_name} <{interaction.sender}>" if interaction.sender_name else interaction.sender
    lines = [head, f"{who} · {acting.words.moment(interaction.occurred_at, acting.now)}", "", text[:_LONGEST].strip()]
    if len(text) > _LONGEST:
        lines.append("…")
    files = files_on(acting.connection, interaction.id)
    lines += attached(acting, files)
    why = Choice(acting.say("Why here?"), "why", {"interaction": interaction.id})
    return draft("\n".join(lines), choices=(*((each,) for each in offered(files, 6)), (why,)))


def explain_mail(acting: Acting, intent: Intent) -> Draft:
    """Why that mail, or the newest, is where it is."""
    interaction = _meant(acting, intent)
    if interaction is None:
        return draft(acting.say("There is no such mail. The numbers are in a contact's timeline."))
    return why(acting, interaction.id)


def why(acting: Acting, interaction_id: int) -> Draft:
    """The evidence: what the mail was taken for, whose it is, and what that was decided by."""
    interaction = interaction_by_id(acting.connection, interaction_id)
    if interaction is None:
        return draft(acting.say("It is gone by now."))
    lines = [acting.quoted(interaction.subject, 80)]
    names = ", ".join(each.name for each in contacts_by_id(acting.connection, list(interaction.contacts)))
    if names:
        lines.append(acting.say("Logged on {names}", names=names))
    else:
        lines.append(_why_nowhere(acting, interaction))
    mail = _kept(acting, interaction)
    if mail is not None:
        lines += _evidence(acting, mail, interaction, put_on_by(acting.connection, interaction))
        lines += [f"· {each}" for each in mail.because[:8]]
    move = Choice(acting.say("Other contact"), "ask_move_to", {"interaction": interaction.id})
    return draft(*lines, choices=((move,),))


def _evidence(acting: Acting, mail: Mail, interaction: Interaction, by: str) -> list[str]:
    members = frozenset(team_addresses(acting.connection))
    author, proved = author_of(acting.connection, mail, acting.team)
    from_team = author is not None
    case = judge(mail, from_team=from_team, members=members, team=acting.team)
    found = match(acting.connection, mail, case)
    lines = []
    if case.route == "forward":
        lines.append(acting.say("Forwarded by {who}", who=mail.outer.sender.name or mail.outer.sender.address))
    elif case.route == "copy":
        lines.append(acting.say("Sent by {who}", who=mail.outer.sender.name or mail.outer.sender.address))
    first = case.people[0] if case.people else case.letter.sender
    if by and not any(each.id in interaction.contacts for each in found.contacts):
        lines.append(acting.say("Put there by {who}", who=by))
    elif found.several:
        lines.append(acting.say("{address} belongs to several contacts", address=first.address or first.name))
    elif found.by == "thread":
        lines.append(acting.say("It answers a mail that is logged there"))
    elif found.by == "name":
        lines.append(acting.say("By the name {name}: there was no address", name=first.name))
    elif found.by == "address":
        lines.append(acting.say("By the address {address}", address=first.address))
    if from_team:
        sure = proved or mail.authentic
        lines.append(acting.say("The sender is proved") if sure else acting.say("The sender is not proved"))
    return lines


def _why_nowhere(acting: Acting, interaction: Interaction) -> str:
    reason = reason_for(acting.connection, interaction.id)
    if reason == "several":
        return acting.say("It waits in triage: several contacts fit")
    if reason == "unproven":
        return acting.say("It waits in triage: it isn't proved to be yours")
    if reason == "spam":
        return acting.say("It waits in triage: a mail filter flagged it as spam")
    if reason is not None:
        return acting.say("It waits in triage: nobody knows the sender")
    return acting.say("Logged on nobody")


def _meant(acting: Acting, intent: Intent) -> Interaction | None:
    number = intent.slots.number
    if number is None:
        return newest_mail(acting.connection)
    found = interaction_by_id(acting.connection, number)
    return found if found is not None and found.channel == "email" else None


def _kept(acting: Acting, interaction: Interaction) -> Mail | None:
    return message_of(acting.connection, interaction.inbox_id).mail if interaction.inbox_id is not None else None
