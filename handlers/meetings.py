"""Meetings that calendars invite to by mail: planned on the contacts who take part, followed by their UID."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.acting import Acting, draft, of_kind
from handlers.verbs.meetings import line_of, reminder_choice, shift_reminder, stop_reminder
from reminders.zones import resolve
from storage.contacts import contacts_by_handles, contacts_by_id
from storage.inbox import message_of
from storage.meetings import (
    Planned,
    cancel_meeting,
    known_meeting,
    log_meeting,
    move_meeting,
    planned_meeting,
)
from storage.messages import Address, Choice, Draft, Mail, Meeting
from storage.users import team_addresses, user_by_handle

_ANSWERS = frozenset(("accepted", "declined", "tentative"))


def take_meeting(acting: Acting, mail: Mail, *, quietly: bool = False, of: int | None = None) -> Draft | None:
    """Notes what the mail's calendar says, and tells it; None for what changes nothing.

    `of`: the contact it is planned on when no address tells any.

    A member's mail counts only when it is proved, and an outsider's only when it is an invitation, not a file.
    """
    meeting, members = mail.meeting, frozenset(team_addresses(acting.connection))
    if meeting is None or (meeting.start.tzinfo is not None and meeting.start.year < 1971):
        return None
    from_team = mail.outer.sender.address in members
    if (from_team and not mail.authentic and not quietly) or (not from_team and mail.kind != "calendar"):
        return None
    known = known_meeting(acting.connection, meeting)
    if known is not None and (known.state == "dropped" or _is_older(known, meeting)):
        return None
    people = _outside(acting, members, mail, meeting)
    if meeting.method in ("REPLY", "COUNTER"):
        return None if quietly else _tell_answer(acting, meeting, known, people)
    if known is not None and known.organizer != meeting.organizer.address:
        return None  # by its UID alone nobody changes another's meeting
    if meeting.method == "CANCEL":
        return _cancel(acting, meeting, known)
    contacts = _contacts(acting, people) or ((of,) if of is not None else ())
    told = _plan(acting, meeting, known, contacts, tells=not from_team and not quietly)
    if told is None or of is None:
        return told
    # Who decided whose it is has an Undo for all of that.
    return replace(
        told, choices=tuple(tuple(each for each in row if each.act != "drop_meeting") for row in told.choices)
    )


def plan_invited(acting: Acting, inbox_id: int | None, contact_id: int) -> Draft | None:
    """Plans what a mail invited to that is this contact's, as is known only now."""
    mail = message_of(acting.connection, inbox_id).mail if inbox_id is not None else None
    return take_meeting(acting, mail, of=contact_id) if mail is not None and mail.meeting is not None else None


def _plan(
    acting: Acting, meeting: Meeting, known: Planned | None, contacts: tuple[int, ...], *, tells: bool
) -> Draft | None:
    start, end = _instants(acting, meeting)
    if known is not None:
        changed = (known.at, known.ends_at, known.state) != (start, end, "planned")
        move_meeting(acting.trail, known, meeting, start, end, contacts)
        shift_reminder(acting, known, start, meeting.summary)
        return _told(acting, known.interaction_id, acting.say("Moved: {meeting}")) if changed else None
    if not contacts:
        return None
    trail = replace(acting.trail, user_id=_attending(acting, meeting))
    interaction_id = log_meeting(trail, meeting, start, end, contacts)
    return _told(acting, interaction_id, fresh=True) if tells else None


def _cancel(acting: Acting, meeting: Meeting, known: Planned | None) -> Draft | None:
    if known is None or known.state != "planned":
        return None
    said = line_of(acting, known)
    cancel_meeting(acting.connection, known, meeting)
    stop_reminder(acting, known)
    return of_kind(draft("📅 " + acting.say("Cancelled: {meeting}", meeting=said)), "notice")


def _told(acting: Acting, interaction_id: int, frame: str = "{meeting}", *, fresh: bool = False) -> Draft | None:
    planned = planned_meeting(acting.connection, interaction_id)
    if planned is None:
        return None
    row = reminder_choice(acting, planned)
    if fresh:
        row += (Choice(acting.say("Undo"), "drop_meeting", {"meeting": interaction_id}),)
    return of_kind(draft("📅 " + frame.replace("{meeting}", line_of(acting, planned)), choices=(row,)), "notice")


def _tell_answer(acting: Acting, meeting: Meeting, known: Planned | None, people: tuple[Address, ...]) -> Draft | None:
    """Who answered, and what: to an invitation of a member's, whether Rapport saw it or not."""
    answering = [each for each in meeting.attendees if each.person.address in {one.address for one in people}]
    if not answering:
        return None
    contacts = contacts_by_id(acting.connection, list(_contacts(acting, (answering[0].person,))))
    if not contacts:
        return None
    status = answering[0].status
    if known is None and meeting.method == "REPLY" and status in ("accepted", "tentative"):
        start, end = _instants(acting, meeting)
        trail = replace(acting.trail, user_id=_attending(acting, meeting))
        log_meeting(trail, meeting, start, end, (contacts[0].id,))
    planned = known_meeting(acting.connection, meeting)
    said = line_of(acting, planned) if planned is not None else acting.quoted(meeting.summary, 80)
    if meeting.method == "COUNTER":
        start, end = _instants(acting, meeting)
        other = line_of(acting, replace(planned, at=start, ends_at=end)) if planned is not None else said
        text = acting.say("{who} proposes another time: {meeting}", who=contacts[0].name, meeting=other)
    elif status == "accepted":
        text = acting.say("{who} accepts: {meeting}", who=contacts[0].name, meeting=said)
    elif status == "declined":
        text = acting.say("{who} declines: {meeting}", who=contacts[0].name, meeting=said)
    elif status == "tentative":
        text = acting.say("{who} may come: {meeting}", who=contacts[0].name, meeting=said)
    else:
        return None
    return of_kind(draft(f"📅 {text}", choices=(reminder_choice(acting, planned) if planned else (),)), "notice")


def _is_older(known: Planned, meeting: Meeting) -> bool:
    """Is what it says older than what is known: by its sequence, else by its stamp?"""
    if meeting.method in ("REPLY", "COUNTER") or meeting.sequence != known.sequence:
        return meeting.method not in ("REPLY", "COUNTER") and meeting.sequence < known.sequence
    return meeting.stamp is not None and known.stamp is not None and meeting.stamp < known.stamp


def _outside(acting: Acting, members: frozenset[str], mail: Mail, meeting: Meeting) -> tuple[Address, ...]:
    """The organizer, who is invited, and who wrote, as far as they aren't of the team."""
    every = (meeting.organizer, *(each.person for each in meeting.attendees), mail.letter.sender)
    found = {
        each.address: each
        for each in reversed(every)
        if each.address and each.address not in members and not acting.team.is_own(each.address)
    }
    return tuple(reversed(found.values()))


def _contacts(acting: Acting, people: tuple[Address, ...]) -> tuple[int, ...]:
    """Those whom an address of their own tells."""
    held = contacts_by_handles(acting.connection, "email", [each.address for each in people])
    sure = [holders[0][0] for each in people if len(holders := held.get(each.address, [])) == 1 and not holders[0][1]]
    return tuple(dict.fromkeys(sure))


def _attending(acting: Acting, meeting: Meeting) -> int | None:
    """The first member who takes part: whose meeting it is."""
    for person in (meeting.organizer, *(each.person for each in meeting.attendees)):
        user = user_by_handle(acting.connection, "email", person.address) if person.address else None
        if user is not None:
            return user.id
    return None


def _instants(acting: Acting, meeting: Meeting) -> tuple[datetime, datetime]:
    """When it begins and ends; what floats, or is a whole day, in the zone of who reads it."""
    if meeting.start.tzinfo is not None:
        return meeting.start, meeting.end
    zone = acting.user.timezone
    return resolve(meeting.start, zone), max(resolve(meeting.end, zone), resolve(meeting.start, zone))
