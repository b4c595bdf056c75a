"""vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350): one record a card, whatever is broken in it told."""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from storage.importing.encodings import encoding_of
from storage.importing.records import Firm, Person, Problem, Record, Skipped
from storage.importing.rows import shown
from storage.importing.values import Habits, clean, day_in, emails_in, is_no_day, phones_in, tags_in, telegram_in

_LONGEST = 1 << 20  # characters of a line; a photo may be longer and isn't wanted
_LINE = re.compile(r"(?:[\w-]{1,40}\.)?([A-Za-z][\w-]{0,60})((?:;(?:[^:\"]|\"[^\"]*\")*)?):(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SILENT = frozenset(
    [
        "VERSION",
        "PRODID",
        "REV",
        "PHOTO",
        "LOGO",
        "SOUND",
        "KEY",
        "AGENT",
        "X-ABLABEL",
        "X-ABUID",
        "X-ABADR",
        "X-ABRELATEDNAMES",
        "MAILER",
        "TZ",
        "GEO",
        "CLASS",
        "SORT-STRING",
        "LABEL",
        "XML",
        "CLIENTPIDMAP",
        "SOURCE",
        "NAME",
        "PROFILE",
        "X-PHONETIC-FIRST-NAME",
        "X-PHONETIC-LAST-NAME",
        "X-IMAGEHASH",
        "X-IMAGETYPE",
        "CALURI",
        "CALADRURI",
        "FBURL",
        "X-ACTIVITY-ALIAS",
        "X-SHARED-PHOTO-DISPLAY-PREF",
    ]
)
_CHAT = {"telegram", "tg", "x-telegram"}


@dataclass(frozen=True, slots=True)
class _Property:
    """One line of a card: its name and parameters in capitals, its value still escaped."""

    name: str
    parameters: dict[str, str]
    value: str


def read_cards(path: Path, habits: Habits) -> Iterator[Record | Problem]:
    """The cards of a file, each with its problems before it."""
    with path.open(encoding=encoding_of(path), errors="replace", newline=None) as file:
        yield from cards_in(file, habits)


def cards_in(file: TextIO, habits: Habits) -> Iterator[Record | Problem]:
    """The cards of an open file, whose line ends are already those of Python."""
    start, card, stray = 0, list[str](), False
    for number, line in _unfolded(file):
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if start:
                yield Problem(start, "the card doesn't end")
                yield from _record(start, card, habits)
            start, card, stray = number, [], False
        elif word == "END:VCARD" and start:
            yield from _record(start, card, habits)
            start, card = 0, []
        elif start:
            card.append(line)
        elif line.strip("\ufeff \x1a") and not stray:
            stray = True
            yield Problem(number, "not part of a card", lost=True)
    if start:
        yield Problem(start, "the card doesn't end")
        yield from _record(start, card, habits)


def _unfolded(file: TextIO) -> Iterator[tuple[int, str]]:
    """Whole lines with their number: continued by a blank at the start of the next, or by = in quoted-printable."""
    whole, start, soft = "", 0, False
    for number, line in _numbered(file):
        if start and soft and line.strip().upper() not in ("BEGIN:VCARD", "END:VCARD"):
            whole += "\n" + line
        elif start and line[:1] in (" ", "\t") and not (line.strip() and line.strip().upper() == "END:VCARD"):
            whole += line[1:]
        else:
            if start:
                yield start, whole
            whole, start = line, number
        head = whole[:200].upper()
        soft = whole.endswith("=") and "QUOTED-PRINTABLE" in head.partition(":")[0] and len(whole) < _LONGEST
        if len(whole) > _LONGEST:
            whole = whole[:_LONGEST]
    if start:
        yield start, whole


def _numbered(file: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        rest = line
        while not rest.endswith("\n") and (rest := file.readline(_LONGEST)):
            pass
        yield number, line.rstrip("\n")


def _record(line: int, card: list[str], habits: Habits) -> Iterator[Record | Problem]:
    properties: dict[str, list[_Property]] = {}
    for text in card:
        found = _property(text)
        if found is not None:
            properties.setdefault(found.name, []).append(found)
        elif text.strip():
            yield Problem(line, f"{shown(text)} can't be read")
    kind = _text(properties, "KIND", "X-ADDRESSBOOKSERVER-KIND").casefold()
    if kind == "group":
        yield Skipped(line)
        return
    company = _structured(properties, "ORG")
    names = _structured(properties, "N")
    last, first, middle = [*names, "", "", ""][:3]
    name = _text(properties, "FN") or " ".join(filter(None, (first, middle, last)))
    emails, wrong_emails = _all(properties, "EMAIL", emails_in)
    phones, wrong_phones = _all(properties, "TEL", lambda text: phones_in(text.split(";")[0], habits.country))
    yield from (Problem(line, f"{shown(each)} is no mail address") for each in wrong_emails)
    yield from (Problem(line, f"{shown(each)} is no number") for each in wrong_phones)
    firm = company[0] if company else ""
    telegram = _telegram(properties)
    if not (name or emails or phones or firm or telegram):
        yield Problem(line, "the card has no name, address or number", lost=True)
        return
    notes = tuple(dict.fromkeys(filter(None, (_plain(each.value) for each in properties.get("NOTE", ())))))
    rest = tuple(pair for pair in _rest(properties, company[1:]) if not telegram or telegram not in pair[1].lower())
    only_firm = _text(properties, "X-ABSHOWAS").upper() == "COMPANY" or kind == "org"
    if only_firm and not (emails or phones):
        yield Firm(line, (firm or name)[:300], (), notes, rest)
        return
    birthday = _text(properties, "BDAY")
    day = day_in(birthday, habits) if birthday and not is_no_day(birthday) else ""
    if birthday and not day and not is_no_day(birthday):
        yield Problem(line, f"{shown(birthday)} is no date")
    yield Person(
        line,
        name=" ".join(name.split())[:300],
        first_name=first[:150],
        last_name=last[:150],
        company=firm[:300],
        title=_text(properties, "TITLE")[:200],
        emails=emails,
        phones=phones,
        telegram=telegram,
        addresses=tuple(dict.fromkeys(filter(None, map(_address, properties.get("ADR", ()))))),
        birthday=day,
        tags=tuple(
            dict.fromkeys(tag for each in properties.get("CATEGORIES", ()) for tag in tags_in(_plain(each.value)))
        ),
        fields=tuple(
            (field, value)
            for field, value in (("website", _text(properties, "URL")), ("nickname", _text(properties, "NICKNAME")))
            if value
        ),
        notes=notes,
        rest=rest,
        external_id=_text(properties, "UID")[:200],
    )


def _property(text: str) -> _Property | None:
    found = _LINE.fullmatch(text.strip())
    if found is None:
        return None
    parameters: dict[str, str] = {}
    for each in found[2].split(";")[1:]:
        name, _, value = each.partition("=")
        if not value:  # 2.1 writes TEL;WORK;VOICE
            name, value = ("ENCODING" if name.upper() in ("QUOTED-PRINTABLE", "BASE64", "B") else "TYPE"), name
        parameters[name.upper()] = value.strip('"')
    value = found[3]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        octets = quopri.decodestring(value.encode("utf-8", "replace"))
        value = _decoded(octets, parameters.get("CHARSET", "utf-8"))
    return _Property(found[1].upper(), parameters, clean(value))


def _decoded(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _parts(value: str) -> list[str]:
    """The parts between semicolons that aren't escaped."""
    parts, part, escaped = [], "", False
    for sign in value[:20_000]:
        if sign == ";" and not escaped:
            parts.append(_plain(part))
            part = ""
        else:
            part += sign
        escaped = sign == "\\" and not escaped
    return [*parts, _plain(part)]


def _structured(properties: dict[str, list[_Property]], name: str) -> list[str]:
    found = properties.get(name)
    return _parts(found[0].value) if found else []


def _text(properties: dict[str, list[_Property]], *names: str) -> str:
    for name in names:
        for each in properties.get(name, ()):
            if text := _plain(each.value):
                return text
    return ""


def _all(
    properties: dict[str, list[_Property]], name: str, read: Callable[[str], tuple[list[str], list[str]]]
) -> tuple[tuple[str, ...], list[str]]:
    found: list[str] = []
    wrong: list[str] = []
    for each in properties.get(name, ()):
        good, bad = read(_plain(each.value))
        found += [value for value in good if value not in found]
        wrong += bad
    return tuple(found), wrong


def _address(each: _Property) -> str:
    return ", ".join(" ".join(part.split()) for part in _parts(each.value) if part)[:1000]


def _telegram(properties: dict[str, list[_Property]]) -> str:
    for name in ("X-TELEGRAM", "IMPP", "X-SOCIALPROFILE", "SOCIALPROFILE"):
        for each in properties.get(name, ()):
            scheme, _, rest = _plain(each.value).rpartition(":")
            service = {scheme.lower(), *(value.lower() for value in each.parameters.values()), name.lower()}
            if service & _CHAT or "t.me/" in rest:
                return telegram_in(rest)
    return ""


_USED = frozenset(
    [
        "FN",
        "N",
        "ORG",
        "EMAIL",
        "TEL",
        "ADR",
        "BDAY",
        "NOTE",
        "CATEGORIES",
        "TITLE",
        "UID",
        "KIND",
        "X-ADDRESSBOOKSERVER-KIND",
        "X-ABSHOWAS",
        "X-TELEGRAM",
    ]
)


def _rest(properties: dict[str, list[_Property]], departments: list[str]) -> Iterator[tuple[str, str]]:
    """What we have no place for, by its name on the card."""
    yield from (("ORG", part) for part in departments if part)
    for name, found in properties.items():
        if name in _USED or name in _SILENT:
            continue
        for each in found[1:] if name in ("URL", "NICKNAME") else found:
            encoded = each.parameters.get("ENCODING", "").upper() in ("B", "BASE64") or each.value.startswith("data:")
            if (text := _plain(each.value)) and not encoded and "t.me/" not in text:
                yield name, text[:2000]
