"""What a user may set by message: quiet hours, language, time zone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from handlers.acting import Acting, draft, shortened
from handlers.understand.intents import Intent
from handlers.understand.tokens import split
from handlers.understand.wording import as_written
from handlers.verbs.digest_settings import FIELDS, change_digest, digest_line
from handlers.words import Words
from handlers.zones import zone_named
from reminders.home import follow_home
from storage.messages import Draft
from storage.users import mail_secret, new_mail_secret, set_preference

_NAMES = {"en": "English", "de": "Deutsch", "ru": "русский"}
_SPOKEN = (
    *(("en", "en"), ("англ", "en"), ("de", "de"), ("ge", "de"), ("нем", "de")),
    *(("ru", "ru"), ("рус", "ru")),
)
_TELEGRAM, _MAIL = ("telegr", "телегр", "chat", "чат"), ("mail", "email", "e-mail", "почт", "мейл", "имейл", "емейл")
_NEVER = "00:00"  # quiet hours that end when they begin
_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|to|bis|до)\s*(\d{1,2})(?:[:.](\d\d))?")


def change_settings(acting: Acting, intent: Intent) -> Draft:
    """Sets one thing, or shows how things are."""
    field, value = intent.slots.field or "", (intent.slots.value or "").strip()
    if field in FIELDS:
        return change_digest(acting, intent)
    if field == "quiet_hours" and value:
        return _no_quiet_hours(acting) if value == "off" else _quiet_hours(acting, acting.text)
    if field == "reminds_by":
        return _reminds_by(acting, acting.text)
    if field == "language" and value:
        return _language(acting, value)
    if field == "timezone" and value:
        return _timezone(acting, value)
    if field == "signature":
        return _signature(acting, value)
    if field in ("secret_address", "new_secret_address"):
        return _secret_address(acting, new=field.startswith("new"))
    user = acting.user
    return draft(
        acting.say("Language: {language} · time zone: {zone}", language=_NAMES[user.language], zone=user.timezone),
        _quiet_line(acting),
        digest_line(acting),
    )


def _language(acting: Acting, value: str) -> Draft:
    code = next((code for begin, code in _SPOKEN if value.casefold().startswith(begin)), None)
    if code is None:
        return draft("❓ " + acting.say("I speak English, German and Russian. Try: language German"))
    set_preference(acting.trail, acting.user.id, language=code)
    return draft(Words(code, acting.user.timezone).say("From now on in English."))


def _timezone(acting: Acting, value: str) -> Draft:
    zone = zone_named(value)
    if zone is None:
        unknown = acting.say("I don't know the time zone “{text}”.", text=shortened(value, 40))
        example = acting.say("Name a big city in it. For example: time zone Berlin")
        return draft("❓ " + unknown, example, acting.say("Still: {zone}", zone=acting.user.timezone))
    set_preference(acting.trail, acting.user.id, timezone=zone)
    follow_home(acting.trail, replace(acting.user, timezone=zone))
    return draft(acting.say("Time zone: {zone}", zone=zone))


def _reminds_by(acting: Acting, text: str) -> Draft:
    """On which channels reminders come: each that is named must be one that reaches the user."""
    user, said = acting.user, [token.fold for token in split(text)]
    both = any(word in ("both", "beides") for word in said)
    ways = {
        "telegram": both or any(word.startswith(_TELEGRAM) for word in said),
        "email": both or any(word.startswith(_MAIL) for word in said),
    }
    if ways["email"] and not user.email:
        return draft("⚠ " + acting.say("I know no mail address of yours."))
    if ways["email"] and not acting.team.by_mail:
        return draft("⚠ " + acting.say("I can't send mail here: RAPPORT_SMTP isn't set."))
    if ways["telegram"] and not user.telegram:
        return draft("⚠ " + acting.say("You have no chat with me in Telegram yet."))
    chosen = ",".join(way for way, wanted in ways.items() if wanted)
    set_preference(acting.trail, user.id, reminds_by=chosen)
    return draft(acting.say("Reminders: {channels}", channels=_ways(acting, chosen)))


def _ways(acting: Acting, chosen: str) -> str:
    if chosen == "email":
        return acting.say("by mail")
    return acting.say("in Telegram") if chosen == "telegram" else acting.say("by mail and in Telegram")


def _signature(acting: Acting, value: str) -> Draft:
    """What stands below the user's mails to contacts; shown when nothing is said."""
    if value:
        signature = "" if value == "off" else as_written(value, acting.text, to_end=True)
        set_preference(acting.trail, acting.user.id, signature=signature)
        if not signature:
            return draft(acting.say("No signature from now on."))
        return draft(acting.say("Below your mails from now on:"), signature)
    if acting.user.signature:
        return draft(acting.say("Your signature:"), acting.user.signature)
    return draft(
        acting.say(
            "You have no signature. Try: {example}", example=acting.say("my signature: Anna Kern, Nordwind GmbH")
        )
    )


def _secret_address(acting: Acting, *, new: bool) -> Draft:
    """The address that proves the user's mail where nothing else does; said in a chat only, never by mail."""
    local, _, domain = acting.team.address.partition("@")
    if not domain or acting.lane.startswith("email:"):
        return draft(acting.say("Ask me in the chat: I don't send that by mail."))
    secret = (new_mail_secret if new else mail_secret)(acting.connection, acting.user.id)
    return draft(
        f"{local}+me.{secret}@{domain}",
        acting.say("What you forward to this address is done without asking. Keep it to yourself."),
        acting.say("If somebody else knows it, say: new secret address"),
    )


def _quiet_hours(acting: Acting, value: str) -> Draft:
    found = _HOURS.search(value)
    try:
        if found is None:
            raise ValueError(value)
        start, end = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
    except ValueError:
        return draft("❓ " + acting.say("“{text}” are no hours. Try: quiet hours 20:00-8:00", text=value))
    stored = {"quiet_from": start.isoformat("minutes"), "quiet_to": end.isoformat("minutes")}
    set_preference(acting.trail, acting.user.id, **stored)
    return draft(
        acting.say("Quiet hours: {start}–{end}", start=_shown(stored["quiet_from"]), end=_shown(stored["quiet_to"]))
    )


def _no_quiet_hours(acting: Acting) -> Draft:
    set_preference(acting.trail, acting.user.id, quiet_from=_NEVER, quiet_to=_NEVER)
    return draft(acting.say("No quiet hours any more."))


def _quiet_line(acting: Acting) -> str:
    user = acting.user
    if user.quiet_from == user.quiet_to:
        return acting.say("No quiet hours. To have some: quiet hours 20:00-8:00")
    return acting.say(
        "Quiet hours: {start}–{end}. To change them: quiet hours 20:00-8:00",
        start=_shown(user.quiet_from),
        end=_shown(user.quiet_to),
    )


def _shown(clock: str) -> str:
    return clock.lstrip("0") if not clock.startswith("00") else clock[1:]
