"""What of the digest a user may set by message: its hour and days, the look-back, when a lead has gone quiet."""

from __future__ import annotations

import re
from datetime import time

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from reminders.when import find_moment
from storage.messages import Draft
from storage.users import set_preference

FIELDS = frozenset(("digest", "digest_weekends", "look_back", "stale", "stale_leads", "stale_deals"))
_WORKING, _ALL = "12345", "1234567"
_NUMBER = re.compile(r"\d{1,4}")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?")
_MOST_DAYS = 3650


def change_digest(acting: Acting, intent: Intent) -> Draft:
    """Sets one of them; without a value it says how things are."""
    field, value = intent.slots.field or "", (intent.slots.value or "").strip()
    if field == "digest" and value:
        clock = "" if value == "off" else _clock(acting, value)
        if clock is None:
            return draft("❓ " + acting.say("“{text}” is no time of day. Try: digest at 7:30", text=value))
        set_preference(acting.trail, acting.user.id, digest=clock)
        return draft(
            acting.say("No digest any more.") if not clock else acting.say("Digest: {time}", time=_shown(clock))
        )
    if field == "digest_weekends":
        set_preference(acting.trail, acting.user.id, work_days=_WORKING if value == "off" else _ALL)
        if value == "off":
            return draft(acting.say("The digest comes from Monday to Friday."))
        return draft(acting.say("The digest comes on weekends too."))
    if field == "look_back":
        set_preference(acting.trail, acting.user.id, look_back=value != "off")
        if value == "off":
            return draft(acting.say("No look-back any more."))
        return draft(acting.say("A look-back at the week comes on Fridays at 16:00."))
    if field.startswith("stale") and value:
        return _stale(acting, field, value)
    return draft(digest_line(acting))


def digest_line(acting: Acting) -> str:
    """How things are, in one line."""
    user = acting.user
    if not user.digest:
        return acting.say("No digest. To get one: digest at 7:30")
    days = acting.say("daily") if user.work_days == _ALL else acting.say("on working days")
    return acting.say("Digest: {time}, {days}. To change it: digest at 7:30", time=_shown(user.digest), days=days)


def _stale(acting: Acting, field: str, value: str) -> Draft:
    number = _NUMBER.search(value)
    if value != "off" and (number is None or not 0 < int(number[0]) <= _MOST_DAYS):
        return draft("❓ " + acting.say("After how many days? Try: stale after 20 days"))
    days = 0 if value == "off" or number is None else int(number[0])
    names = {"stale_leads": ("stale_leads",), "stale_deals": ("stale_deals",)}.get(
        field, ("stale_leads", "stale_deals")
    )
    set_preference(acting.trail, acting.user.id, **dict.fromkeys(names, days))
    leads = days if "stale_leads" in names else acting.user.stale_leads
    deals = days if "stale_deals" in names else acting.user.stale_deals
    return draft(
        acting.say("In the digest: what has gone quiet"),
        acting.say("Leads: {after}", after=_after(acting, leads)),
        acting.say("Deals: {after}", after=_after(acting, deals)),
    )


def _after(acting: Acting, days: int) -> str:
    return acting.words.count("after {n} day", "after {n} days", days) if days else acting.say("never")


def _clock(acting: Acting, value: str) -> str | None:
    """A time of day as people write it: 7:30, 7, 8am, half past seven."""
    found = _CLOCK.fullmatch(value.strip(" .!"))
    if found is not None:
        try:
            return time(int(found[1]), int(found[2] or 0)).isoformat("minutes")
        except ValueError:
            return None
    moment = find_moment(acting.text, acting.setting)
    return moment.wall.time().isoformat("minutes") if moment is not None and moment.has_time else None


def _shown(clock: str) -> str:
    return clock.lstrip("0") if not clock.startswith("00") else clock[1:]
