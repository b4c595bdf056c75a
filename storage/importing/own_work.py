"""An export's deals, interactions, notes, tasks and reminders coming back, on the contacts that they were on."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Table, insert, select

from storage.changes import BulkTrail
from storage.derived import plan_reminder
from storage.importing.jsonl import Line, WrongValue
from storage.importing.known import Known, stage_by_outcome
from storage.importing.own_people import ADDED, SKIPPED, UNCHANGED, UPDATED
from storage.importing.people import company_of
from storage.importing.records import Counts
from storage.interactions import InteractionChannel, interaction_by_external_id, log_on, same_content
from storage.messages import Direction
from storage.tables import deals, interactions, notes, reminders, stages, tasks, triage
from storage.tasks import Notice, as_stored
from storage.triage import Reason
from storage.wakeup import announce

_APART = timedelta(minutes=1)
_CADENCE = re.compile(r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY);INTERVAL=[1-9]\d{0,3}")
_STATES = ("pending", "sent")
_KINDS = ("due", "early", "again", "nag")
_MOST_NOTICES = 20


def put_deal(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A deal: an older one of the same title, contact, company and amount, else a new one."""
    title = line.text("title", 300)
    if not title:
        raise WrongValue("a deal without a title")
    contact_id = _id(known, line, "contact", "contact_id")
    company = line.text("company", 300)
    amount = line.number_of("amount")
    chance = line.number_of("probability")
    values: dict[str, Any] = {
        "title": title,
        "amount": None if amount is None else int((Decimal(str(amount)) * 100).to_integral_value()),
        "currency": line.text("currency", 3),
        "close_on": line.day("close"),
        "contact_id": contact_id,
        "company_id": company_of(trail, known, company) if company else None,
    }
    stage_id, usual = _stage(trail, line.text("stage", 100), line.text("status"), chance)
    outcome = UNCHANGED
    deal_id = _older(
        trail, known, deals, {name: values[name] for name in ("title", "amount", "contact_id", "company_id")}
    )
    if deal_id is None:
        if chance is not None and chance != usual:
            values["probability"] = min(100, max(0, int(chance)))
        owner_id = known.get("user", line.text("owner").casefold())
        deal_id = trail.insert(deals, **values, stage_id=stage_id, owner_id=owner_id, created_at=trail.at)
        outcome = ADDED
    known.learn("deal", line.id, value=deal_id)
    return outcome


def put_interaction(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """What happened, once per external id and content; what the file has on nobody waits for a decision again."""
    channel, direction, at = line.text("channel"), line.text("direction"), line.moment("occurred_at")
    if channel not in get_args(InteractionChannel) or direction not in get_args(Direction) or at is None:
        raise WrongValue("an interaction needs its channel, direction and occurred_at")
    found = [known.get("contact", each) for each in line.references("contacts")]
    if None in found:
        known.tell(line.number, "a contact of it isn't in the file")
    contact_ids = [each for each in dict.fromkeys(found) if each is not None]
    told = "\0".join((channel, direction, at.isoformat(), line.text("subject"), line.text("text")))
    external = line.text("external_id", 300) or "import:" + hashlib.sha256(told.encode()).hexdigest()
    digest = line.text("digest", 64)
    there = interaction_by_external_id(trail.connection, external)
    if there is None and digest:
        there = same_content(trail.connection, digest, at, _APART)
    if there is not None:
        logged = [log_on(trail, there, each) for each in contact_ids]
        return UPDATED if any(logged) else UNCHANGED
    by = line.text("user") or line.text("by")
    row_id = trail.insert(
        interactions,
        channel=channel,
        direction=direction,
        occurred_at=at,
        user_id=known.get("user", by.casefold()) if by else None,
        sender=line.text("sender", 320),
        sender_name=line.text("sender_name", 300),
        subject=line.text("subject"),
        text=line.text("text"),
        external_id=external,
        message_id=line.text("message_id", 998),
        digest=digest,
        automatic=line.flag("automatic"),
        attachments=_attachments(line),
        created_at=trail.at,
    )
    for contact_id in contact_ids:
        log_on(trail, row_id, contact_id)
    reason = line.text("triage") if "triage" in line.values or contact_ids else "unknown"
    if reason in get_args(Reason):
        trail.insert(triage, reason=reason, interaction_id=row_id, state="open", created_at=trail.at)
    return ADDED


def put_note(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A note on what it was on; the same text twice in the file is there twice."""
    text = line.text("text")
    subject = {
        f"{kind}_id": _id(known, line, kind, f"{kind}_id")
        for kind in ("contact", "company", "deal")
        if line.reference(f"{kind}_id") is not None
    }
    subject = {name: value for name, value in subject.items() if value is not None}
    if not text or len(subject) != 1:
        raise WrongValue("a note needs its text and one contact, company or deal of the file")
    if _older(trail, known, notes, {"text": text, **subject}) is not None:
        return UNCHANGED
    trail.insert_later(notes, text=text, author_id=trail.user_id, created_at=trail.at, **subject)
    return ADDED


def put_listed_notes(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """The notes that a contact or a company lists and that weren't records of their own."""
    texts = Counter(text for text in line.texts("notes") if text)
    subject_id = known.get(line.type, line.id)
    if not texts or subject_id is None:
        return Counts()
    trail.flush()
    column = notes.c[f"{line.type}_id"]
    there = Counter(trail.connection.execute(select(notes.c.text).where(column == subject_id)).scalars())
    for text in (texts - there).elements():
        trail.insert_later(notes, text=text, author_id=trail.user_id, created_at=trail.at, **{column.name: subject_id})
    return Counts()


def put_task(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A task: an older one of the same title, moment, contact and assignee, else a new one. Reminders come later."""
    title = line.text("title")
    if not title:
        raise WrongValue("a task without a title")
    assignee = line.text("assignee")
    assignee_id = known.get("user", assignee.casefold()) if assignee else None
    if assignee and assignee_id is None:
        known.tell(line.number, f"there is no member {assignee[:60]}: the task is nobody's")
    done_at = line.moment("done_at") or (trail.at if line.flag("done") else None)
    values: dict[str, Any] = {
        "title": title,
        "contact_id": _id(known, line, "contact", "contact_id"),
        "assignee_id": assignee_id,
        **_due(known, line, assignee_id),
    }
    outcome = UNCHANGED
    task_id = _older(trail, known, tasks, values)
    if task_id is None:
        values |= {"rrule": line.text("rrule"), "series_from": line.text("series_from", 19), "done_at": done_at}
        values |= {
            "notices": as_stored(tuple(_notice(each) for each in line.texts("notices", 120)[:_MOST_NOTICES])),
            "nag": int(min(max(line.number_of("nag") or 0, 0), 24 * 60)),
            "from_completion": line.flag("from_completion"),
        }
        values["deal_id"] = _id(known, line, "deal", "deal_id")
        values |= {"awaits_since": line.moment("awaits_since"), "answered_at": line.moment("answered_at")}
        values["cadence"] = cadence if _CADENCE.fullmatch(cadence := line.text("cadence", 40)) else ""
        task_id = trail.insert(tasks, **values, author_id=trail.user_id, created_at=trail.at)
        outcome = ADDED
        known.learn("new task", task_id)
    known.learn("task", line.id, value=task_id)
    return outcome


def put_parent(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """Which task a task belongs to, and when it is reminded of, if its reminders don't tell."""
    task_id = known.get("task", line.id)
    if task_id is None or known.get("new task", task_id) is None:
        return Counts()
    parent = line.reference("parent_id")
    if parent is not None and (parent_id := known.get("task", parent)) is not None:
        trail.update(tasks, task_id, parent_id=parent_id)
    row = trail.connection.execute(select(tasks).where(tasks.c.id == task_id)).mappings().one()
    if known.get("reminded", task_id) is None and row["due_at"] is not None and row["done_at"] is None:
        at = row["due_at"]
        if not row["has_time"]:
            at = datetime.combine(datetime.fromisoformat(row["due_wall"]).date(), time(9), ZoneInfo(row["zone"]))
        if at > trail.at:  # what is past isn't reminded of by the hundred
            trail.update(tasks, task_id, remind_at=at)
            plan_reminder(trail.connection, task_id, trail.at)
    return Counts()


def put_reminder(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """One delivery: sent ones stay sent, pending ones come at their moment."""
    due = line.moment("due")
    task_id = known.get("task", line.reference("task_id"))
    user_id = known.get("user", line.text("user").casefold())
    if due is None or task_id is None or user_id is None:
        raise WrongValue("a reminder needs its due, a task of the file and a member of the team")
    sent, kind = line.moment("sent_at"), line.text("kind") or "due"
    if kind not in _KINDS:
        raise WrongValue(f"there is no kind {kind[:40]} of reminders")
    query = select(reminders.c.id).where(
        reminders.c.task_id == task_id, reminders.c.user_id == user_id, reminders.c.due_at == due
    )
    if trail.connection.execute(query).scalar() is not None:
        return UNCHANGED
    if known.get("new task", task_id) is None:
        return SKIPPED  # the task has been there: its own reminders hold
    known.learn("reminded", task_id)
    # Not on the trail: reminders follow from their task, and go with it.
    if sent is None and kind == "due":
        trail.update(tasks, task_id, remind_at=due)
    if sent is None:
        announce(trail.connection, "reminders")
    about = line.moment("about")
    values = {"task_id": task_id, "user_id": user_id, "due_at": due, "sent_at": sent, "kind": kind, "about_at": about}
    trail.connection.execute(insert(reminders).values(**values, state=_STATES[sent is not None]))
    return ADDED


def _notice(text: str) -> Notice:
    """One early notice, or a reminder put off, as the export says it."""
    at, how, rest = (*text.split(" "), "", "")[:3]
    try:
        if how == "before":
            return Notice(_aware(at), before=timedelta(seconds=int(rest)))
        return Notice(_aware(at), about=_aware(rest) if rest else None)
    except (ValueError, OverflowError):
        raise WrongValue("notices has what is no notice") from None


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _id(known: Known, line: Line, kind: str, name: str) -> int | None:
    """The database's id for one of the file's."""
    told = line.reference(name)
    if told is None:
        return None
    found = known.get(kind, told)
    if found is None:
        known.tell(line.number, f"its {kind} isn't in the file")
    return None if found is None else int(found)


def _older(trail: BulkTrail, known: Known, table: Table, values: dict[str, Any]) -> int | None:
    """A row that was there before the import, says the same, and isn't another line's already."""
    if not known.before.get(table.name):
        return None
    query = select(table.c.id).where(table.c.id <= known.before[table.name]).order_by(table.c.id)
    for name, value in values.items():
        query = query.where(table.c[name].is_(None) if value is None else table.c[name] == value)
    for row_id in trail.connection.execute(query).scalars():
        if known.get("taken", table.name, row_id) is None:
            known.learn("taken", table.name, row_id)
            return int(row_id)
    return None


def _stage(trail: BulkTrail, name: str, outcome: str, chance: float | None) -> tuple[int, int]:
    """The stage of this name and its usual probability; a new one is made as the deal has it."""
    connection = trail.connection
    name = name or stage_by_outcome(connection, outcome or "open")
    rows = connection.execute(select(stages).order_by(stages.c.position, stages.c.id)).all()
    for row in rows:
        if row.name.casefold() == name.casefold():
            return row.id, row.probability
    outcome = outcome if outcome in ("won", "lost") else "open"
    usual = {"won": 100, "lost": 0}.get(outcome, 50 if chance is None else min(100, max(0, int(chance))))
    last = max((row.position for row in rows if row.outcome == "open"), default=0)
    statement = insert(stages).values(
        pipeline_id=rows[0].pipeline_id, name=name, position=last, probability=usual, outcome=outcome
    )
    return int(connection.execute(statement.returning(stages.c.id)).scalar_one()), usual


def _due(known: Known, line: Line, assignee_id: int | None) -> dict[str, Any]:
    """A task's moment as its table holds it: the wall time in its zone, and the instant."""
    text = line.text("due")
    if not text:
        return {"due_wall": "", "has_time": False, "due_at": None}
    zone = line.text("zone")
    if zone not in available_timezones():
        zone = known.get("zone of", assignee_id) or known.zone
    if len(text) == 10:
        wall = datetime.fromisoformat(line.day("due"))
        return {
            "due_wall": f"{wall:%Y-%m-%dT%H:%M:%S}",
            "zone": zone,
            "has_time": False,
            "due_at": _instant(wall, zone),
        }
    at = line.moment("due")
    assert at is not None
    if at.utcoffset() != at.astimezone(ZoneInfo(zone)).utcoffset():
        zone = _zone_of(at.utcoffset() or timedelta())
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return {
        "due_wall": wall.isoformat(timespec="seconds"),
        "zone": zone,
        "has_time": True,
        "due_at": at.astimezone(UTC),
    }


def _instant(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _zone_of(offset: timedelta) -> str:
    """A zone that always has this offset; UTC when none has."""
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    name = f"Etc/GMT{-hours:+d}"
    return name if not rest and hours and name in available_timezones() else "UTC"


def _attachments(line: Line) -> list[dict[str, Any]]:
    found = line.values.get("attachments")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise WrongValue("attachments is no list of objects")
    return [{"name": str(each.get("name") or ""), "size": each.get("size") or 0, "part": -1} for each in found]
