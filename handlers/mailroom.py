"""Mail: whose it is, what is logged where, who is told. One place for these rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from handlers.acting import Acting, draft, of_kind, shortened, together
from handlers.case import Case, judge
from handlers.lookups import StoreLookups
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on
from handlers.verbs.people import open_card
from handlers.verbs.triage import decisions
from handlers.whom import label_of
from storage.contacts import Contact, add_contact, contact_by_id, contacts_by_handles
from storage.interactions import interaction_by_id, log_interaction, log_on, same_content, take_off
from storage.messages import Choice, Draft, Letter, Mail
from storage.notes import add_note
from storage.search import find_contacts
from storage.triage import Reason, close_for, is_ignored, put_in_triage
from storage.users import User, owners, team_addresses, user_by_id

_QUOTE = 160  # code points of a mail that a receipt shows
_ROUTES_APART = timedelta(hours=26)  # a forward's date lacks its zone


def concerned(connection: Connection, mail: Mail) -> list[User]:
    """Who is told of a mail from outside: whoever its sender's contact belongs to, else the owners."""
    address = mail.outer.sender.address
    for contact_id, _ in contacts_by_handles(connection, "email", [address]).get(address, []):
        contact = contact_by_id(connection, contact_id)
        if contact is not None and contact.owner_id is not None:
            owner = user_by_id(connection, contact.owner_id)
            if owner is not None:
                return [owner]
    return owners(connection)


def receive(acting: Acting, mail: Mail, *, from_team: bool) -> Draft | None:
    """Logs a mail, does what a member's own and proved mail asks; the receipt or notice, None when nobody is told."""
    members = frozenset(team_addresses(acting.connection))
    case = judge(mail, from_team=from_team, members=members, team=acting.team)
    if mail.kind != "personal":
        case = replace(case, said="")  # no program gives orders
    if from_team and not case.people:
        if case.route == "forward":
            return _unknown(acting, mail, case)
        return _instructions(acting, mail, case) if case.said.strip() else None
    known = _known(acting, case)
    if isinstance(known, str):
        return _several(acting, mail, case, known)
    if not known:
        addressed = any(person.address for person in case.people)
        if from_team and mail.authentic and mail.kind == "personal" and addressed:
            return _new_leads(acting, mail, case)
        return _unknown(acting, mail, case)
    logged, fresh = _log(acting, mail, case, tuple(contact.id for contact in known))
    if not from_team:
        return _came_in(acting, case, known[0], logged) if fresh and mail.kind == "personal" else None
    return _receipt(acting, mail, case, known[0], logged, fresh=fresh)


def log_silently(acting: Acting, mail: Mail, *, from_team: bool, waits: bool) -> None:
    """Logs an old mail where it matches, else on nobody: no lead, no word, and nothing is done from it.

    Only with `waits` does what is nobody's wait in triage.
    """
    members = frozenset(team_addresses(acting.connection))
    case = judge(mail, from_team=from_team, members=members, team=acting.team)
    if from_team and not case.people and case.route != "forward":
        return  # what a member once said to Rapport
    known = _known(acting, case)
    interaction_id, fresh = _log(acting, mail, case, ())
    by_nobody = replace(acting.trail, user_id=None)  # `undo` means what a user did last
    for contact in known if not isinstance(known, str) else ():
        log_on(by_nobody, interaction_id, contact.id)
    sender = case.people[0].address if case.people else case.letter.sender.address
    if waits and fresh and (isinstance(known, str) or not known) and not is_ignored(acting.connection, sender):
        reason: Reason = "several" if known else "unknown"
        put_in_triage(acting.connection, reason, at=acting.now, interaction_id=interaction_id, inbox_id=acting.inbox_id)


def log_elsewhere(acting: Acting, interaction_id: int, contact_id: int) -> Draft:
    """Logs what waited in triage on this contact."""
    contact = contact_by_id(acting.connection, contact_id)
    if contact is None or interaction_by_id(acting.connection, interaction_id) is None:
        return draft(acting.say("It is gone by now."))
    log_on(acting.trail, interaction_id, contact_id)
    close_for(acting.trail, interaction_id)
    return draft(
        "📥 " + acting.say("Logged on {name}", name=label_of(contact)),
        choices=((acting.undo, open_card(acting, contact)),),
    )


def move_elsewhere(acting: Acting, interaction_id: int, contact_id: int) -> Draft:
    """Takes a logged mail off its contacts and logs it on this one."""
    if interaction_by_id(acting.connection, interaction_id) is None:
        return draft(acting.say("It is gone by now."))
    take_off(acting.trail, interaction_id)
    return log_elsewhere(acting, interaction_id, contact_id)


def pick_contact(acting: Acting, act: str, interaction_id: int, typed: str) -> Draft:
    """The name that was typed, as buttons or at once when it is sure."""
    hits = find_contacts(acting.connection, typed)
    if not hits:
        return draft(acting.say("Nobody here is called {name}.", name=typed[:60]))
    if hits[0].sure:
        done = log_elsewhere if act == "log_on" else move_elsewhere
        return done(acting, interaction_id, hits[0].contact.id)
    rows = tuple(
        (Choice(label_of(hit.contact), act, {"interaction": interaction_id, "contact": hit.contact.id}),)
        for hit in hits[:4]
    )
    return draft("❓ " + acting.say("Which {name}?", name=typed[:60]), choices=rows)


def _known(acting: Acting, case: Case) -> list[Contact] | str:
    """The contacts that its people are; or the address that several contacts share."""
    found = contacts_by_handles(acting.connection, "email", [each.address for each in case.people if each.address])
    ids: list[int] = []
    for each in case.people:
        holders = found.get(each.address, [])
        if len(holders) > 1:
            return each.address
        if holders and holders[0][1]:
            return each.address
        ids += [contact_id for contact_id, _ in holders if contact_id not in ids]
    if not ids and len(case.people) == 1 and not case.people[0].address:
        hits = find_contacts(acting.connection, case.people[0].name)
        if hits and hits[0].sure:
            ids.append(hits[0].contact.id)
    return [contact for each in ids if (contact := contact_by_id(acting.connection, each)) is not None]


def _log(acting: Acting, mail: Mail, case: Case, contact_ids: tuple[int, ...]) -> tuple[int, bool]:
    """One interaction, whatever the route: a forward of what is logged already is that."""
    letter = case.letter
    at = _aware(letter.date, acting)
    content = mail.digest.partition("-")[0]  # without the moment, which a forward doesn't have in full
    twin = same_content(acting.connection, content, at, _ROUTES_APART)
    if twin is not None:
        for contact_id in contact_ids:
            log_on(acting.trail, twin, contact_id)
        return twin, False
    first = case.people[0] if case.people else letter.sender
    return log_interaction(
        acting.trail,
        channel="email",
        direction=case.direction,
        occurred_at=at,
        external_id=f"mail:{acting.inbox_id}",
        contacts=contact_ids,
        subject=letter.subject,
        text=letter.newest or letter.body,
        sender=first.address,
        sender_name=first.name,
        message_id=mail.message_id if mail.original is None else "",
        digest=content,
        attachments=mail.attachments,
    )


def _came_in(acting: Acting, case: Case, contact: Contact, interaction_id: int) -> Draft:
    return of_kind(
        draft(
            f"📥 {contact.name}: {acting.quoted(case.letter.subject)}",
            _excerpt(acting, case.letter),
            choices=(_logged(acting, contact, interaction_id),),
        ),
        "notice",
    )


def _receipt(acting: Acting, mail: Mail, case: Case, contact: Contact, interaction_id: int, *, fresh: bool) -> Draft:
    sign = "📤" if case.direction == "out" else "📥"
    what = {"name": contact.name, "subject": shortened(case.letter.subject, 80)}
    head = acting.say("{name}: “{subject}” (sent by you)", **what)
    if case.route == "forward":
        head = acting.say("{name}: “{subject}” (forward by you)", **what)
    if not fresh:
        head = acting.say("{name}: “{subject}” was logged already", **what)
    said = draft(f"{sign} {head}", _excerpt(acting, case.letter), choices=(_logged(acting, contact, interaction_id),))
    if not case.said.strip():
        return of_kind(said, "notice")
    if not mail.authentic:
        return of_kind(together([said, _unproved(acting, case.said)]), "notice")
    return of_kind(together([said, *_obey(acting, case.said, contact)]), "notice")


def _new_leads(acting: Acting, mail: Mail, case: Case) -> Draft:
    """A member's proved forward or copy that names an unknown person makes that person a lead."""
    made = []
    for person in case.people[:1] if case.direction == "in" else case.people:
        if person.address:
            contact_id = add_contact(
                acting.trail,
                person.name or person.address,
                emails=(person.address,),
                status="lead",
                source="forwarded mail",
                owner_id=acting.user.id,
            )
            made.append(contact_id)
    interaction_id, _ = _log(acting, mail, case, tuple(made))
    close_for(acting.trail, interaction_id)
    contact = contact_by_id(acting.connection, made[0])
    assert contact is not None
    said = draft(
        f"👤 {contact.name}: " + acting.say("new lead (forwarded mail)"),
        f"{'📤' if case.direction == 'out' else '📥'} {acting.quoted(case.letter.subject)}",
        _excerpt(acting, case.letter),
        choices=(_logged(acting, contact, interaction_id),),
    )
    return of_kind(together([said, *(_obey(acting, case.said, contact) if case.said.strip() else [])]), "notice")


def _unknown(acting: Acting, mail: Mail, case: Case) -> Draft | None:
    """Nobody known: it waits in triage, and who is asked about it gets the buttons."""
    interaction_id, fresh = _log(acting, mail, case, ())
    if not fresh:
        return None
    sender = case.people[0] if case.people else case.letter.sender
    if is_ignored(acting.connection, sender.address):
        return None
    from_team = case.route != "direct" or case.direction == "out"
    reason: Reason = "unproven" if from_team and not mail.authentic else "unknown"
    put_in_triage(acting.connection, reason, at=acting.now, interaction_id=interaction_id, inbox_id=acting.inbox_id)
    if mail.kind != "personal":
        return None
    who = f"{sender.name} <{sender.address}>" if sender.name and sender.address else sender.address or sender.name
    head = acting.say("Unknown sender: {who}, “{subject}”", who=who, subject=shortened(case.letter.subject, 80))
    rows: tuple[tuple[Choice, ...], ...] = (decisions(acting, interaction_id),)
    if reason == "unproven":
        head = acting.say(
            "A mail in your name, not proved to be yours: {who}, “{subject}”",
            who=who,
            subject=shortened(case.letter.subject, 80),
        )
        rows = (
            (
                _confirm(acting),
                Choice(acting.say("Log on ..."), "ask_log_on", {"interaction": interaction_id}),
                Choice(acting.say("Not me"), "ignore", {"interaction": interaction_id}),
            ),
        )
    return of_kind(draft(f"⚠ {head}", _excerpt(acting, case.letter), choices=rows), "notice")


def _several(acting: Acting, mail: Mail, case: Case, address: str) -> Draft | None:
    """Several contacts share the address: asked, never guessed."""
    interaction_id, fresh = _log(acting, mail, case, ())
    if not fresh:
        return None
    put_in_triage(acting.connection, "several", at=acting.now, interaction_id=interaction_id, inbox_id=acting.inbox_id)
    holders = contacts_by_handles(acting.connection, "email", [address])[address]
    rows = []
    for contact_id, _ in holders[:4]:
        contact = contact_by_id(acting.connection, contact_id)
        if contact is not None:
            rows.append((Choice(label_of(contact), "log_on", {"interaction": interaction_id, "contact": contact.id}),))
    rows.append((Choice(acting.say("Log on ..."), "ask_log_on", {"interaction": interaction_id}),))
    head = acting.say(
        "Whose mail is “{subject}” from {address}?", subject=shortened(case.letter.subject, 80), address=address
    )
    return of_kind(draft(f"❓ {head}", _excerpt(acting, case.letter), choices=tuple(rows)), "notice")


def _instructions(acting: Acting, mail: Mail, case: Case) -> Draft:
    """A member's mail to Rapport itself is a chat message."""
    if not mail.authentic:
        return of_kind(_unproved(acting, case.said), "notice")
    answers = _obey(acting, case.said, None)
    return of_kind(together(answers), "notice")


def _obey(acting: Acting, said: str, contact: Contact | None) -> list[Draft]:
    """Does what the lines above a forward ask; what isn't understood stays as a note."""
    about = replace(acting, about=contact.id if contact else None, text=said.strip())
    understanding = understand(said.strip(), acting.setting, StoreLookups(acting.connection))
    doable = [intent for intent in understanding.intents if intent.name not in READING]
    if contact is not None and not doable:
        add_note(acting.trail, said.strip(), contact_id=contact.id)
        return [draft(acting.say("Note: {text}", text=shortened(said, 80)), choices=((acting.undo,),))]
    return [act_on(about, intent) for intent in understanding.intents if contact is None or intent.name not in READING]


def _unproved(acting: Acting, said: str) -> Draft:
    return draft(
        "⚠ " + acting.say("“{text}” was not done: the mail isn't proved to be yours.", text=shortened(said, 80)),
        choices=((_confirm(acting), Choice(acting.say("Not me"), "drop")),),
    )


def _confirm(acting: Acting) -> Choice:
    return Choice(acting.say("It was me"), "confirm_mail", {"inbox": acting.inbox_id})


def _aware(date: datetime | None, acting: Acting) -> datetime:
    """A letter's date as an instant: without a zone it is the user's; without a date, or in the future, it is now."""
    if date is None:
        return acting.now
    at = date if date.tzinfo else date.replace(tzinfo=acting.words.zone)
    at = at.astimezone(UTC)
    return at if at <= acting.now + timedelta(days=1) else acting.now


def _excerpt(acting: Acting, letter: Letter) -> str:
    return acting.quoted(letter.newest or letter.body, _QUOTE)


def _logged(acting: Acting, contact: Contact, interaction_id: int) -> tuple[Choice, ...]:
    """The buttons under a mail that is logged on a contact."""
    return (
        Choice(acting.say("Task"), "ask_task", {"contact": contact.id}),
        Choice(acting.say("Other contact"), "ask_move_to", {"interaction": interaction_id}),
        acting.undo,
    )
