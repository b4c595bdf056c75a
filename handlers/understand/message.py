"""A whole message taken apart: tokens, pieces, moments, a slash command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.understand.clause import Clause
from handlers.understand.intents import Lookups
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.pieces import Piece, find_pieces
from handlers.understand.tokens import Token, split
from reminders.moment import Moment, Setting
from reminders.when import find_moment

LONGEST = 4096
_SLASH = re.compile(r"\s*/([a-z_]{1,32})(?:@\w{1,64})?(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\s*/[a-z]{1,20})_(\d{1,12})(?:_(\d{1,4}))?(?!\w)", re.IGNORECASE)
_COMMANDS = {"start": "help", "h": "help", "todo": "task", "search": "find", "remind": "task", "contact": "newcontact"}
_COMMANDS |= dict.fromkeys(("today", "heute", "day", "digest"), "mydigest")


@dataclass(frozen=True, slots=True)
class Message:
    """The message's tokens with each piece as one of them; `moment` is that of the whole; `command` a slash's word."""

    text: str
    row: tuple[Token, ...]
    pieces: tuple[Piece, ...]
    moment: Moment | None
    setting: Setting
    lookups: Lookups
    command: str | None = None
    code: str = "en"

    def clause(self, tokens: Sequence[Token], context: str | None = None) -> Clause:
        """A clause from some tokens in a row, with the moment that it says itself."""
        row = tuple(tokens)
        whole = len(row) == len(self.row)
        start = row[0].start if row else 0
        end = row[-1].end if row else 0
        moment = self.moment if whole else self._moment(start, end)
        pieces = tuple(piece for piece in self.pieces if start <= piece.start and piece.end <= end)
        return Clause(self.text, start, end, row, pieces, moment, self.code, self.setting, self.lookups, context)

    def _moment(self, start: int, end: int) -> Moment | None:
        """The moment of a part, in places of the whole message."""
        if self.moment is None:
            return None
        found = find_moment(self.text[start:end], self.setting)
        if found is None:
            return None
        spans = tuple((s + start, e + start) for s, e in found.spans)
        return replace(found, start=found.start + start, end=found.end + start, spans=spans)


def read_message(text: str, setting: Setting, lookups: Lookups) -> Message:
    """A message's parts; only its first LONGEST code points are read."""
    text = _NUMBERED.sub(r"\1 \2 \3", text[:LONGEST])  # /mail_812 can be tapped; its numbers are words
    pieces = find_pieces(text, region_of(setting))
    slash = _SLASH.match(text)
    tokens = with_pieces(split(text, slash.end() if slash else 0), pieces)
    command = None
    if slash:
        command = slash[1].lower()
        fold = _COMMANDS.get(command, command)
        tokens.insert(0, Token(slash.start(), slash.end(), command, fold))
    moment = find_moment(text, setting)
    return Message(text, tuple(tokens), tuple(pieces), moment, setting, lookups, command)


def with_pieces(tokens: Sequence[Token], pieces: Sequence[Piece]) -> list[Token]:
    """The tokens, with those of each piece replaced by one that stands for it."""
    row: list[Token] = []
    waiting = list(pieces)
    for token in tokens:
        while waiting and waiting[0].end <= token.start:
            waiting.pop(0)
        if waiting and waiting[0].start < token.end:
            piece = waiting[0]
            if not row or row[-1].start != piece.start:
                row.append(Token(piece.start, piece.end, piece.value or "\0", f"\0{piece.kind}", piece.kind))
        else:
            row.append(token)
    return row


def spelt_out(tokens: Sequence[Token], code: str) -> tuple[Token, ...]:
    """The tokens, with what templates see of short forms put into full words: "w/" is "with", "u" is "und"."""
    short = lexicon(code).short if code in LANGUAGES else {}
    row: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.fold == "/" and row and row[-1].end == token.start and tokens[index - 1].fold in short:
            row[-1] = replace(row[-1], end=token.end)
            continue
        meant = short.get(token.fold) if token.kind == "word" else None
        initial = token.capital and len(token.word) == 1
        if meant is not None and not initial and not (following is not None and following.fold in ("&", "@")):
            token = replace(token, fold=meant)
        row.append(token)
    return tuple(row)


def region_of(setting: Setting) -> str | None:
    """Where a phone number without a country code belongs: the user's country, else the zone's."""
    return setting.country.upper() if setting.country else zone_country(setting.zone)


def zone_country(zone: str) -> str | None:
    """The country of a zone, by its main city."""
    return _ZONES.get(zone)


_ZONES = {
    "Europe/Berlin": "DE",
    "Europe/Busingen": "DE",
    "Europe/Vienna": "AT",
    "Europe/Zurich": "CH",
    "Europe/London": "GB",
    "Europe/Dublin": "IE",
    "Europe/Paris": "FR",
    "Europe/Madrid": "ES",
    "Europe/Rome": "IT",
    "Europe/Amsterdam": "NL",
    "Europe/Brussels": "BE",
    "Europe/Luxembourg": "LU",
    "Europe/Copenhagen": "DK",
    "Europe/Stockholm": "SE",
    "Europe/Oslo": "NO",
    "Europe/Helsinki": "FI",
    "Europe/Warsaw": "PL",
    "Europe/Prague": "CZ",
    "Europe/Budapest": "HU",
    "Europe/Lisbon": "PT",
    "Europe/Athens": "GR",
    "Europe/Istanbul": "TR",
    "Europe/Kyiv": "UA",
    "Europe/Kiev": "UA",
    "Europe/Minsk": "BY",
    "Europe/Moscow": "RU",
    "Europe/Samara": "RU",
    "Europe/Volgograd": "RU",
    "Europe/Kaliningrad": "RU",
    "Asia/Yekaterinburg": "RU",
    "Asia/Omsk": "RU",
    "Asia/Novosibirsk": "RU",
    "Asia/Krasnoyarsk": "RU",
    "Asia/Irkutsk": "RU",
    "Asia/Yakutsk": "RU",
    "Asia/Vladivostok": "RU",
    "Asia/Almaty": "KZ",
    "Asia/Tbilisi": "GE",
    "Asia/Yerevan": "AM",
    "Asia/Tokyo": "JP",
    "Asia/Dubai": "AE",
    "Asia/Kolkata": "IN",
    "Asia/Singapore": "SG",
    "Australia/Sydney": "AU",
    "Australia/Melbourne": "AU",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Denver": "US",
    "America/Los_Angeles": "US",
    "America/Phoenix": "US",
    "America/Toronto": "CA",
    "America/Vancouver": "CA",
    "America/Sao_Paulo": "BR",
}
