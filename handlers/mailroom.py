"""Mail: what is logged where, what is done because of it, and who is told. Whose it is: case.py and matching.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from handlers import receipts
from handlers.acting import Acting, of_kind, together
from handlers.automatic import bounced, note_absence
from handlers.case import Case, judge
from handlers.enclosures import with_enclosures
from handlers.matching import Match, match
from handlers.meetings import take_meeting
from handlers.orders import obey, obey_alone, orders
from handlers.verbs.triage import form_phones
from storage.contacts import Contact, add_contact, contact_by_id, contacts_by_handles, contacts_by_id, revive
from storage.inbox import empty
from storage.interactions import log_interaction, log_on, logged_on, same_content, thread_contacts
from storage.messages import Address, Draft, Mail
from storage.rules import is_ignored, is_never_logged
from storage.triage import Reason, asked_since, close_for, put_in_triage
from storage.users import User, owners, team_addresses, user_by_id

_ROUTES_APART = timedelta(hours=26)  # a forward's date lacks its zone
_GATHERED = timedelta(hours=1)  # after a notice of an unknown sender the next ones are told together


def concerned(connection: Connection, mail: Mail) -> list[User]:
    """Who is told of a mail from outside: whoever its contact, or its thread's, belongs to, else the owners."""
    person = mail.form.person if mail.form is not None else mail.outer.sender
    addresses = [each.address for each in mail.failed] or [person.address]
    held = contacts_by_handles(connection, "email", addresses)
    ids = [contact_id for address in addresses for contact_id, _ in held.get(address, [])]
    for contact_id in ids or thread_contacts(connection, (mail.in_reply_to, *reversed(mail.references))):
        contact = contact_by_id(connection, contact_id)
        if contact is not None and contact.owner_id is not None:
            owner = user_by_id(connection, contact.owner_id)
            if owner is not None:
                return [owner]
    return owners(connection)


def receive(acting: Acting, mail: Mail, *, from_team: bool) -> Draft | None:
    """Logs a mail, does what a member's own and proved mail asks; the receipt or notice, None when nobody is told."""
    mail = _from_own_group(acting, mail)
    case = _judged(acting, mail, from_team=from_team)
    if case is None:
        return None
    if mail.kind != "personal":
        case = replace(case, said="")  # no program gives orders
    if case.route == "kept out":
        return _kept_out(acting, mail, case)
    if mail.spam and from_team and not mail.authentic:
        _suspected(acting, mail, case)
        return None
    if from_team:
        said = _take(acting, mail, replace(case, said=orders(mail, case, acting.team)))
    else:
        said = _take_from_outside(acting, mail, case)
    return with_enclosures(acting, said, mail)


def _take_from_outside(acting: Acting, mail: Mail, case: Case) -> Draft | None:
    if mail.kind == "bounce":
        return bounced(acting, mail, _log(acting, mail, case, ())[0])
    found = match(acting.connection, mail, case)
    if found.several:
        return _several(acting, mail, case, found)
    if not found.contacts:
        return _unknown(acting, mail, case)
    logged, fresh = _log(acting, mail, case, tuple(each.id for each in found.contacts))
    if not fresh or mail.kind != "personal":
        if fresh and mail.away:
            note_absence(acting, mail, found.contacts[0])
        return None
    revive(acting.trail, case.people[0].address)
    return receipts.came_in(acting, case, found, logged)


def _take(acting: Acting, mail: Mail, case: Case) -> Draft | None:
    """A member's mail: a forward, a copy of what they wrote to others, or what they say to Rapport."""
    if not case.people and case.route != "forward":
        return _instructions(acting, mail, case) if case.said.strip() else None
    found = _whose(acting, mail, case)
    if found.several:
        return _several(acting, mail, case, found)
    sure = mail.authentic and mail.kind == mail.original_kind == "personal"
    wanted = _to_be_leads(case, found) if sure else ()
    if not found.contacts and not wanted:
        return _unknown(acting, mail, case)
    made = tuple(_make_lead(acting, mail, case, each) for each in wanted)
    everybody = (*found.contacts, *made)
    logged, fresh = _log(acting, mail, case, tuple(each.id for each in everybody))
    if made:
        close_for(acting.trail, logged)
    offered = tuple(each for each in (*found.unknown, *found.copied) if each not in wanted)
    said = receipts.receipt(acting, case, everybody, made, logged, fresh=fresh, offered=offered)
    if not case.said.strip():
        return of_kind(said, "notice")
    if not mail.authentic:
        return of_kind(together([said, receipts.unproved(acting, case.said)]), "notice")
    return of_kind(together([said, *obey(acting, case.said, everybody[0])]), "notice")


def log_silently(acting: Acting, mail: Mail, *, from_team: bool, waits: bool) -> None:
    """Logs an old mail where it matches, else on nobody: no lead, no word, and nothing is done from it.

    Only with `waits` does what is nobody's wait in triage.
    """
    case = _judged(acting, mail, from_team=from_team)
    if case is None or case.route == "kept out" or (from_team and not case.people and case.route != "forward"):
        return  # what a member once said to Rapport
    found = match(acting.connection, mail, case)
    interaction_id, fresh = _log(acting, mail, case, ())
    by_nobody = replace(acting.trail, user_id=None)  # `undo` means what a user did last
    for contact in found.contacts:
        log_on(by_nobody, interaction_id, contact.id)
    take_meeting(replace(acting, trail=by_nobody), mail, quietly=True)
    sender = case.people[0].address if case.people else case.letter.sender.address
    if waits and fresh and not found.contacts and not is_ignored(acting.connection, sender):
        reason: Reason = "several" if found.several else "unknown"
        put_in_triage(
            acting.connection, reason, at=acting.now, interaction_id=interaction_id, inbox_id=acting.mail_inbox
        )


def _judged(acting: Acting, mail: Mail, *, from_team: bool) -> Case | None:
    """Whose it is; None for what stays between members, or what a rule keeps out.

    Of that nothing is kept; what a member said with it is done all the same.
    """
    members = frozenset(team_addresses(acting.connection))
    case = judge(mail, from_team=from_team, members=members, team=acting.team)
    if case.route == "internal":
        return None
    people = case.people or (case.letter.sender,)
    kept = tuple(
        each
        for each in people
        if not each.address or not is_never_logged(acting.connection, each.address, acting.user.id)
    )
    if kept == people:
        return case
    if not kept or case.direction == "in":
        empty(acting.connection, acting.mail_inbox)
        return replace(case, route="kept out", people=people) if from_team and case.said.strip() else None
    return replace(case, people=kept)


def _kept_out(acting: Acting, mail: Mail, case: Case) -> Draft | None:
    """What a member says with a mail that a rule keeps out: it is about nobody."""
    said = orders(mail, case, acting.team)
    if not said.strip():
        return None
    if not mail.authentic:
        return of_kind(receipts.unproved(acting, said, gone=True), "notice")
    done = obey_alone(acting, said)
    return of_kind(together([*done, receipts.kept_out(acting, case)]), "notice") if done else None


def _whose(acting: Acting, mail: Mail, case: Case) -> Match:
    """Whom it is logged on; where its addresses don't tell, and it came before, whom somebody has put it on."""
    found = match(acting.connection, mail, case)
    twin = _twin(acting, mail, case) if not found.contacts else None
    there = logged_on(acting.connection, twin) if twin is not None else []
    return Match(tuple(contacts_by_id(acting.connection, there))) if there else found


def _to_be_leads(case: Case, found: Match) -> tuple[Address, ...]:
    """Whom a member's proved mail makes leads: the unknown author of what was forwarded, or those it was written to."""
    if case.direction == "in":
        return () if found.contacts else found.unknown[:1]
    return found.unknown if found.contacts else (*found.unknown, *found.copied)


def _make_lead(acting: Acting, mail: Mail, case: Case, person: Address) -> Contact:
    contact_id = add_contact(
        acting.trail,
        person.name or person.address,
        emails=(person.address,),
        phones=form_phones(acting, mail) if mail.form is not None and mail.form.person == person else (),
        status="lead",
        source="sent mail" if case.route == "copy" else "forwarded mail",
        owner_id=acting.user.id,
    )
    contact = contact_by_id(acting.connection, contact_id)
    assert contact is not None
    return contact


def _unknown(acting: Acting, mail: Mail, case: Case) -> Draft | None:
    """Nobody known: it waits in triage, and who is asked about it gets the buttons; what no person wrote waits not."""
    interaction_id, fresh = _log(acting, mail, case, ())
    sender = case.people[0] if case.people else case.letter.sender
    from_team = case.route != "direct" or case.direction == "out"
    again = from_team and mail.authentic and bool(case.said.strip())  # it was confirmed, or came before without words
    if not (fresh or again) or is_ignored(acting.connection, sender.address):
        return None
    asked = mail.kind == "personal" or _invites(mail)
    if not asked and not from_team:
        return None
    spam = mail.spam and not mail.authentic
    reason: Reason = "spam" if spam else "unproven" if from_team and not mail.authentic else "unknown"
    busy = not from_team and asked_since(acting.connection, acting.now - _GATHERED)
    put_in_triage(acting.connection, reason, at=acting.now, interaction_id=interaction_id, inbox_id=acting.mail_inbox)
    if spam or not asked:
        return None
    return receipts.more_unknown(acting) if busy else receipts.unknown(acting, case, interaction_id, reason)


def _from_own_group(acting: Acting, mail: Mail) -> Mail:
    """What comes through a group of the team's own domain (sales@) is whose it is, no list's.

    What the team's own domain sends through it, a newsletter of its own for example, stays a list's.
    """
    own = acting.team.address.rpartition("@")[2].lower()
    person = mail.form.person if mail.form is not None else mail.outer.sender
    if mail.kind != "bulk" or not own or not f".{mail.group}".endswith(f".{own}") or not person.address:
        return mail
    return mail if person.address.endswith(f"@{own}") else replace(mail, kind="personal")


def _invites(mail: Mail) -> bool:
    """Does somebody want to meet, who may be worth knowing?"""
    return mail.kind == "calendar" and mail.meeting is not None and mail.meeting.method == "REQUEST"


def _suspected(acting: Acting, mail: Mail, case: Case) -> None:
    """Flagged as spam, in a member's name, which spam likes best: it waits, and nobody is disturbed."""
    interaction_id = None
    if case.people:
        interaction_id, fresh = _log(acting, mail, case, ())
        if not fresh:
            return
    put_in_triage(acting.connection, "spam", at=acting.now, interaction_id=interaction_id, inbox_id=acting.mail_inbox)


def _several(acting: Acting, mail: Mail, case: Case, found: Match) -> Draft | None:
    interaction_id, fresh = _log(acting, mail, case, ())
    if not fresh and not (mail.authentic and case.said.strip()):
        return None
    put_in_triage(
        acting.connection, "several", at=acting.now, interaction_id=interaction_id, inbox_id=acting.mail_inbox
    )
    return receipts.several(acting, case, found.several, interaction_id)


def _instructions(acting: Acting, mail: Mail, case: Case) -> Draft:
    """A member's mail to Rapport itself is a chat message."""
    if not mail.authentic:
        return of_kind(receipts.unproved(acting, case.said), "notice")
    answers = obey(acting, case.said, None)
    return of_kind(together(answers), "notice")


def _log(acting: Acting, mail: Mail, case: Case, contact_ids: tuple[int, ...]) -> tuple[int, bool]:
    """One interaction, whatever the route: a forward of what is logged already is that."""
    letter = case.letter
    at = _aware(letter.date, acting)
    content = mail.digest.partition("-")[0]  # without the moment, which a forward doesn't have in full
    twin = _twin(acting, mail, case)
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
        external_id=f"mail:{acting.mail_inbox}",
        contacts=contact_ids,
        subject=letter.subject,
        text=letter.newest or letter.body,
        sender=first.address,
        sender_name=first.name,
        message_id=mail.message_id if mail.original is None else "",
        digest=content,
        attachments=mail.attachments,
        automatic=(mail.original_kind if mail.original is not None else mail.kind) != "personal",
    )


def _twin(acting: Acting, mail: Mail, case: Case) -> int | None:
    """The same letter, logged already by whatever route."""
    content = mail.digest.partition("-")[0]
    return same_content(acting.connection, content, _aware(case.letter.date, acting), _ROUTES_APART)


def _aware(date: datetime | None, acting: Acting) -> datetime:
    """A letter's date as an instant: without a zone it is the user's; without a date, or in the future, it is now."""
    if date is None:
        return acting.now
    at = date if date.tzinfo else date.replace(tzinfo=acting.words.zone)
    at = at.astimezone(UTC)
    return at if at <= acting.now + timedelta(days=1) else acting.now
