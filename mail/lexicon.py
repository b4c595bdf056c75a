"""The phrases of mail programs and of mail writers, one file a language under lexicons/, joined into fast look-ups."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from mail.charset import fold

_FOLDER = Path(__file__).with_name("lexicons")
_WORDS = re.compile(r"[^\W\d_]+")
_APOSTROPHES = re.compile("[\u2019\u02bc\u0060\u00b4]")

FORM_FIELDS = ("name", "first", "last", "email", "phone", "message")
CARD_LABELS = ("fax", "phone", "web", "address")
FIELDS = ("from", "date", "to", "cc", "bcc", "subject", "reply_to")


@dataclass(slots=True)
class Lexicon:
    """All languages' phrases, folded (see `key`)."""

    headers: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)  # label -> field, languages
    forwarded: set[str] = field(default_factory=set)  # a forward's separator
    originals: set[str] = field(default_factory=set)  # "original message": a reply's or a forward's
    ends: set[str] = field(default_factory=set)  # where a forwarded mail ends
    stems: tuple[str, ...] = ()  # parts of words that mean "forwarded"
    forward_prefixes: set[str] = field(default_factory=set)
    reply_prefixes: set[str] = field(default_factory=set)
    wrote_words: set[str] = field(default_factory=set)
    wrote_phrases: tuple[str, ...] = ()  # of several words, or of scripts that don't part words
    reply_markers: tuple[str, ...] = ()  # in a line below which a ticket system keeps the earlier mails
    sent_from: tuple[tuple[str, str], ...] = ()  # how such a line begins and ends
    closings: set[str] = field(default_factory=set)
    legal: tuple[str, ...] = ()
    list_footers: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()  # what programs and firms put below every mail
    auto_replies: tuple[str, ...] = ()
    bounces: tuple[str, ...] = ()
    delays: tuple[str, ...] = ()  # a bounce that only warns
    returns: tuple[str, ...] = ()  # the day after which somebody is back
    untils: tuple[str, ...] = ()  # the last day of an absence
    form: dict[str, str] = field(default_factory=dict)  # a web form's label -> name, first, last, email, phone, message
    card: dict[str, str] = field(default_factory=dict)  # a signature's label -> phone, fax, web, address
    titles: set[str] = field(default_factory=set)  # words of job titles
    months: dict[str, dict[str, int]] = field(default_factory=dict)  # name -> language -> 1..12
    orders: dict[str, str] = field(default_factory=dict)  # language -> dmy, mdy or ymd
    dayparts: dict[str, str] = field(default_factory=dict)  # word -> am or pm


def key(text: str) -> str:
    """Text as the look-ups hold it: folded, apostrophes straight, single blanks."""
    # The same line is looked up for many purposes; a long one would only fill the store.
    return _short_key(text) if len(text) <= 200 else _key(text)


def _key(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    return " ".join(_APOSTROPHES.sub("'", fold(text)).split())


_short_key = lru_cache(maxsize=2048)(_key)


def says_wrote(text: str) -> bool:
    """Does the text have a `wrote` of any language in it?"""
    lexicon = load_lexicon()
    word = key(text)
    if not lexicon.wrote_words.isdisjoint(_WORDS.findall(word)):
        return True
    return any(phrase in word for phrase in lexicon.wrote_phrases)


@cache
def load_lexicon() -> Lexicon:
    """Every language's phrases; read once."""
    lexicon = Lexicon()
    headers: dict[str, list[tuple[str, str]]] = {}
    wrote: set[str] = set()
    lists: dict[str, list[str]] = {
        "stems": [],
        "markers": [],
        "legal": [],
        "list_footer": [],
        "footers": [],
        "replies": [],
        "bounces": [],
        "delays": [],
        "returns": [],
        "untils": [],
        "sent_from": [],
    }
    for path in sorted(_FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        code = path.stem
        for name in FIELDS:
            for word in data["headers"].get(name, ()):
                headers.setdefault(key(word), []).append((name, code))
        forward, reply = data.get("forward", {}), data.get("reply", {})
        lexicon.forwarded |= _keys(forward, "separators")
        lexicon.originals |= _keys(forward, "originals")
        lexicon.ends |= _keys(forward, "ends")
        lexicon.forward_prefixes |= _keys(forward, "prefixes")
        lexicon.reply_prefixes |= _keys(reply, "prefixes")
        lists["markers"] += sorted(_keys(reply, "markers"))
        wrote |= _keys(reply, "wrote")
        lexicon.closings |= {word.rstrip("*., ") for word in _keys(data.get("signature", {}), "closings")}
        for section, names in (
            ("forward", ("stems",)),
            ("signature", ("legal", "list_footer", "footers", "sent_from")),
            ("automatic", ("replies", "bounces", "delays", "returns", "untils")),
        ):
            for name in names:
                lists[name] += sorted(_keys(data.get(section, {}), name))
        for name in FORM_FIELDS:
            lexicon.form |= dict.fromkeys(_keys(data.get("form", {}), name), name)
        for name in CARD_LABELS:
            for word in _keys(data.get("card", {}), name):
                lexicon.card.setdefault(word, name)
        lexicon.titles |= _keys(data.get("card", {}), "titles")
        lexicon.orders[code] = data["order"]
        _add_dates(lexicon, data["dates"], code)
    for word, meanings in headers.items():
        # A word with two meanings keeps the one that most languages give it.
        fields = [name for name, _ in meanings]
        best = max(fields, key=fields.count)
        lexicon.headers[word] = (best, frozenset(code for name, code in meanings if name == best))
    lexicon.stems = tuple(lists["stems"])
    lexicon.reply_markers = tuple(lists["markers"])
    lexicon.legal, lexicon.list_footers = tuple(lists["legal"]), tuple(lists["list_footer"])
    lexicon.auto_replies, lexicon.bounces = tuple(lists["replies"]), tuple(lists["bounces"])
    lexicon.footers = tuple(lists["footers"])
    lexicon.delays = tuple(lists["delays"])
    lexicon.returns, lexicon.untils = tuple(lists["returns"]), tuple(lists["untils"])
    lexicon.sent_from = tuple((first, last) for first, _, last in (_wild(item) for item in lists["sent_from"]))
    lexicon.wrote_words = {word for word in wrote if word.isalpha() and ord(word[0]) < 0x0E00}
    lexicon.wrote_phrases = tuple(sorted(wrote - lexicon.wrote_words))
    return lexicon


def _keys(section: dict[str, Any], name: str) -> set[str]:
    return {key(word) for word in section.get(name, ())}


def _wild(phrase: str) -> tuple[str, str, str]:
    first, star, rest = phrase.partition("*")
    return first.strip(), star, rest.rpartition("*")[2].strip() if star else "\0"


def _add_dates(lexicon: Lexicon, dates: dict[str, Any], code: str) -> None:
    for number, names in enumerate(dates["months"], 1):
        for name in names:
            lexicon.months.setdefault(key(name).rstrip("."), {})[code] = number
    for part in ("am", "pm"):
        for word in dates.get(part, ()):
            lexicon.dayparts.setdefault(key(word), part)
