"""Finding contacts as people type them: a name's words in any order or alphabet, an address, the end of a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from storage.contacts import Contact, contacts_by_handles, contacts_by_id
from storage.folding import fold, skeleton, words_of
from storage.tables import companies, contact_terms, contacts, handles

_MOST = 300  # candidates that are compared in full
_FAINT = 0.5
_SURE = 0.86
_LEAD = 0.08  # how far the best must be ahead of the second to be taken without asking


@dataclass(frozen=True, slots=True)
class Hit:
    """A contact that may be meant: the score from 0 to 1, and whether it would be taken without asking."""

    contact: Contact
    score: float
    sure: bool = False


def find_contacts(connection: Connection, query: str, limit: int = 5) -> list[Hit]:
    """The contacts that fit best, descending; empty for a query without a letter or digit."""
    query = query.strip()[:200]
    exact = _by_handle(connection, query)
    if exact:
        return [Hit(contact, 1.0, len(exact) == 1) for contact in exact[:limit]]
    words = words_of(query)[:8]
    if not words:
        return []
    scored = [(row.contact_id, _score(words, row.name, row.company or "")) for row in _candidates(connection, words)]
    close = sorted((each for each in scored if each[1] >= _FAINT), key=lambda each: (-each[1], each[0]))
    best = dict(close[:limit])
    hits = [Hit(contact, best[contact.id]) for contact in contacts_by_id(connection, list(best))]
    if hits and hits[0].score >= _SURE and (len(hits) == 1 or hits[0].score - hits[1].score >= _LEAD):
        hits[0] = Hit(hits[0].contact, hits[0].score, sure=True)
    return hits


def _by_handle(connection: Connection, query: str) -> list[Contact]:
    if "@" in query and " " not in query:
        kind, value = ("username", query[1:].lower()) if query.startswith("@") else ("email", query.lower())
        found = contacts_by_handles(connection, kind, [value]).get(value, [])
        return contacts_by_id(connection, [contact_id for contact_id, _ in found])
    digits = re.sub(r"\D", "", query)
    if len(digits) < 4 or re.search(r"[^\W\d_]", query):
        return []
    ending = digits.lstrip("0")
    rows = connection.execute(
        select(handles.c.contact_id)
        .where(handles.c.kind == "phone", handles.c.value.like(f"%{ending}"))
        .distinct()
        .limit(10)
    )
    return contacts_by_id(connection, list(rows.scalars()))


@cache
def _fitting(shape: tuple[bool, ...]) -> Select[Any]:
    """The contacts with a term like one of the words; made once a number of words, and which of them are long."""
    terms = contact_terms.c
    fits = []
    for place, long in enumerate(shape):
        fits.append(terms.term == bindparam(f"sound{place}"))
        fits.append((terms.term >= bindparam(f"word{place}")) & (terms.term < bindparam(f"end{place}")))
        if long:
            fits.append((terms.term >= bindparam(f"start{place}")) & (terms.term < bindparam(f"stop{place}")))
    return (
        select(terms.contact_id, contacts.c.name, companies.c.name.label("company"))
        .select_from(contact_terms.join(contacts, contacts.c.id == terms.contact_id).outerjoin(companies))
        .where(or_(*fits))
        .group_by(terms.contact_id, contacts.c.name, companies.c.name)
        .order_by(func.sum(terms.weight).desc(), terms.contact_id)
        .limit(_MOST)
    )


def _candidates(connection: Connection, words: list[str]) -> list[Any]:
    values: dict[str, str] = {}
    shape = tuple(len(word) >= 4 for word in words)
    for place, word in enumerate(words):
        sound = "~" + skeleton(word)
        values |= {f"sound{place}": sound, f"word{place}": word, f"end{place}": word + "\uffff"}
        if shape[place]:
            start = sound[: max(4, len(sound) - 2)]
            values |= {f"start{place}": start, f"stop{place}": start + "\uffff"}
    return list(connection.execute(_fitting(shape), values))


def _score(words: list[str], own_name: str, own_company: str) -> float:
    """How well each typed word is met by a word of the name or the company; a company's word counts a little less."""
    name, company = words_of(own_name), words_of(own_company)
    met = [
        max([_alike(word, own) for own in name] + [0.96 * _alike(word, own) for own in company] + [0.0])
        for word in words
    ]
    score = sum(met) / len(met)
    if fold(own_name).split() == words:
        return 1.0
    return min(score, 0.99)


def _alike(typed: str, own: str) -> float:
    if typed == own:
        return 0.97
    if skeleton(typed) == skeleton(own):
        return 0.94
    if len(typed) >= 2 and own.startswith(typed):
        return 0.88
    from rapidfuzz import fuzz  # only where nothing simpler fits: it takes long to import

    ratio = fuzz.ratio(skeleton(typed), skeleton(own)) / 100
    return ratio * 0.95 if ratio >= 0.75 and min(len(typed), len(own)) >= 4 else 0.0
