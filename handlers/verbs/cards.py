"""What is known: a contact's card and timeline, lists of leads, what waits in triage."""

from __future__ import annotations

from handlers.acting import Acting, draft, shortened
from handlers.understand.intents import Intent
from handlers.verbs.attachments import offered
from handlers.verbs.deals import deal_line
from handlers.verbs.tasks import task_line
from handlers.whom import decide, find_whom, label_of
from storage.attached import files_on
from storage.contacts import Contact, list_contacts
from storage.deals import deals_of
from storage.interactions import Entry, timeline
from storage.meetings import planned_meeting
from storage.messages import Choice, Draft
from storage.notes import notes_of
from storage.search import find_contacts
from storage.tasks import open_tasks
from storage.users import user_by_id

_FILES = 3  # of a mail, that a line names
_SIGNS = {
    "email": "📥",
    "telegram": "📥",
    "console": "📥",
    "call": "📞",
    "meeting": "👥",
    "note": "✎",
    "task": "☑",
    "deal": "💶",
}


def look_up(acting: Acting, intent: Intent) -> Draft:
    """The card of the contact that is named."""
    named = intent.slots.person or intent.slots.company or intent.slots.email or intent.slots.phone or intent.slots.text
    hits = find_contacts(acting.connection, named or "")
    found = find_whom(acting, intent) if intent.contact_id is not None else decide(acting, intent, hits, named or "")
    if isinstance(found, Draft):
        return found
    if found is None:
        return draft(
            acting.say("Nobody here is called {name}.", name=named or "?"),
            choices=((Choice(acting.say("New lead"), "new_lead_named", {"name": named or ""}),),) if named else (),
        )
    return card(acting, found)


def card(acting: Acting, contact: Contact) -> Draft:
    """All that matters of a contact on one small screen."""
    owner = user_by_id(acting.connection, contact.owner_id) if contact.owner_id is not None else None
    lines = [
        f"👤 {label_of(contact)}",
        _standing(acting, contact, owner.name if owner else ""),
        contact.title,
        " · ".join(
            (
                *(_reached(acting, contact, each) for each in contact.emails),
                *(acting.words.phone(each) for each in contact.phones),
                contact.telegram,
            )
        ).strip(" ·"),
        f"{acting.say('Birthday')}: {acting.words.birthday(contact.birthday)}" if contact.birthday else "",
        " · ".join(f"{name}: {value}" for name, value in contact.fields.items()),
    ]
    lines += [f"💶 {deal_line(acting, deal)}" for deal in deals_of(acting.connection, contact.id)[:3]]
    lines += [f"☑ {task_line(acting, task)}" for task in open_tasks(acting.connection, contact_id=contact.id, limit=3)]
    lines += [f"✎ {note}" for note in notes_of(acting.connection, contact.id, 3)]
    met = [
        entry
        for entry in timeline(acting.connection, contact.id, 10)
        if entry.kind not in ("note", "task", "done", "answered", "deal")
    ]
    ahead = [entry for entry in met if entry.at > acting.now]
    last = met[len(ahead) :]
    coming = next((each for each in reversed(ahead) if _is_planned(acting, each.id)), None)
    if coming is not None:
        lines.append(acting.say("Next: {entry}", entry=_entry_line(acting, coming, 80)))
    if last:
        lines.append(acting.say("Last: {entry}", entry=_entry_line(acting, last[0], 80)))
    filed = next((entry.id for entry in last if entry.files), None)
    files = files_on(acting.connection, filed) if filed is not None else []
    about = {"contact": contact.id}
    return draft(
        *lines,
        choices=(
            (
                Choice(acting.say("Note"), "ask_note", about),
                Choice(acting.say("Task"), "ask_task", about),
                Choice(acting.say("Mail"), "ask_mail", about),
                Choice(acting.say("Timeline"), "timeline", about),
            ),
            *((each,) for each in offered(files)),
        ),
    )


def _is_planned(acting: Acting, interaction_id: int) -> bool:
    """Not, when it is a meeting that was cancelled."""
    meeting = planned_meeting(acting.connection, interaction_id)
    return meeting is None or meeting.state == "planned"


def show_history(acting: Acting, intent: Intent) -> Draft:
    """The timeline of the contact that is named."""
    found = find_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    if found is None:
        named = intent.slots.person or intent.slots.company or "?"
        return draft(acting.say("Nobody here is called {name}.", name=named))
    return history_of(acting, found)


def history_of(acting: Acting, contact: Contact) -> Draft:
    """What happened with a contact, newest first."""
    entries = timeline(acting.connection, contact.id)
    if not entries:
        return draft(f"👤 {label_of(contact)}", acting.say("Nothing happened yet."))
    return draft(f"👤 {label_of(contact)}", *(_entry_line(acting, entry, 160) + _number(entry) for entry in entries))


def list_leads(acting: Acting, intent: Intent) -> Draft:
    """The newest leads."""
    leads = list_contacts(acting.connection, status="lead")
    if not leads:
        return draft(
            acting.say(
                "No leads yet. Try: {example}",
                example=acting.say("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"),
            )
        )
    lines = [f"👤 {label_of(lead)}" for lead in leads]
    rows = tuple((Choice(lead.name, "card", {"contact": lead.id}),) for lead in leads[:5])
    return draft(acting.words.count("{n} lead", "{n} leads", len(leads)), *lines, choices=rows)


def _standing(acting: Acting, contact: Contact, owner: str) -> str:
    status = {"lead": acting.say("Lead"), "contact": acting.say("Contact"), "customer": acting.say("Customer")}
    whose = acting.say("yours") if contact.owner_id == acting.user.id else owner
    since = ""
    if contact.created_at is not None:
        local = contact.created_at.astimezone(acting.words.zone).date()
        since = acting.say("since {day}", day=acting.words.day(local, acting.now.astimezone(acting.words.zone).date()))
    tags = " ".join(f"#{tag}" for tag in contact.tags)
    return ", ".join(filter(None, (status.get(contact.status, contact.status), whose, since))) + (
        f" · {tags}" if tags else ""
    )


def _reached(acting: Acting, contact: Contact, email: str) -> str:
    return f"{email} ({acting.say('unreachable')})" if email in contact.dead else email


def _number(entry: Entry) -> str:
    """By what a mail is shown whole: in Telegram it can be tapped."""
    return f" /mail_{entry.id}" if entry.kind == "email" else ""


def _entry_line(acting: Acting, entry: Entry, width: int) -> str:
    sign = "📤" if entry.direction == "out" and entry.kind not in ("call", "meeting") else _SIGNS.get(entry.kind, "☑")
    if entry.kind == "done":
        sign = acting.say("☑ done:")
    if entry.kind == "answered":
        sign = acting.say("☑ closed by an answer:")
    text = " ".join(entry.text.split())
    if len(text) > width:
        text = text[: width - 1].rstrip() + "…"
    return " ".join(filter(None, (sign, acting.words.moment(entry.at, acting.now), text, _files(entry))))


def _files(entry: Entry) -> str:
    names = ", ".join(shortened(each, 40) for each in entry.files[:_FILES])
    return f"📎 {names}{' …' if len(entry.files) > _FILES else ''}" if names else ""
