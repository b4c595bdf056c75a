"""Finding contacts as people type them: a name's words in any order or alphabet, an address, the end of a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import Connection, func, or_, select

from storage.contacts import Contact, contacts_by_handles, contacts_by_id
from storage.folding import fold, skeleton, words_of
from storage.tables import contact_terms, handles

_MOST = 300  # candidates that are compared in full
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
    scored = [Hit(contact, _score(words, contact)) for contact in _candidates(connection, words)]
    hits = sorted((hit for hit in scored if hit.score >= 0.5), key=lambda hit: (-hit.score, hit.contact.id))[:limit]
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


def _candidates(connection: Connection, words: list[str]) -> list[Contact]:
    terms = contact_terms.c
    fits = []
    for word in words:
        sound = "~" + skeleton(word)
        fits += [terms.term == sound, (terms.term >= word) & (terms.term < word + "\uffff")]
        if len(word) >= 4:  # the first letters heard, for endings and typos further back
            start = sound[: max(4, len(sound) - 2)]
            fits.append((terms.term >= start) & (terms.term < start + "\uffff"))
    query = (
        select(terms.contact_id)
        .where(or_(*fits))
        .group_by(terms.contact_id)
        .order_by(func.sum(terms.weight).desc(), terms.contact_id)
        .limit(_MOST)
    )
    return contacts_by_id(connection, list(connection.execute(query).scalars()))


def _score(words: list[str], contact: Contact) -> float:
    """How well each typed word is met by a word of the name or the company; a company's word counts a little less."""
    name, company = words_of(contact.name), words_of(contact.company)
    met = [
        max([_alike(word, own) for own in name] + [0.96 * _alike(word, own) for own in company] + [0.0])
        for word in words
    ]
    score = sum(met) / len(met)
    if fold(contact.name).split() == words:
        return 1.0
    return min(score, 0.99)


def _alike(typed: str, own: str) -> float:
    if typed == own:
        return 0.97
    if skeleton(typed) == skeleton(own):
        return 0.94
    if len(typed) >= 2 and own.startswith(typed):
        return 0.88
    ratio = fuzz.ratio(skeleton(typed), skeleton(own)) / 100
    return ratio * 0.95 if ratio >= 0.75 and min(len(typed), len(own)) >= 4 else 0.0
