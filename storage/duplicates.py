"""Contacts that may be one person: the same name, however it is spelled, and what else speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Connection, select

from storage.folding import skeleton, words_of
from storage.tables import companies, contacts

_NAME, _NAME_AND_COMPANY, _OTHER_COMPANY = 0.85, 0.95, 0.6
_MOST_OF_A_NAME = 20  # namesakes that are compared with each other


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts, the older one first; a score from 0 to 1, and why."""

    a: int
    b: int
    score: float
    because: tuple[str, ...]


def find_duplicates(connection: Connection) -> list[Pair]:
    """Every likely pair once, the likeliest first."""
    query = select(contacts.c.id, contacts.c.name, companies.c.name).select_from(contacts.outerjoin(companies))
    namesakes: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for contact_id, name, company in connection.execute(query.order_by(contacts.c.id)):
        heard = tuple(sorted(skeleton(word) for word in words_of(name)))
        if len(heard) > 1:  # a first name alone says nothing
            namesakes.setdefault(heard, []).append((contact_id, company or ""))
    pairs = [
        _pair(first, second)
        for group in namesakes.values()
        for first, second in combinations(group[:_MOST_OF_A_NAME], 2)
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.a, pair.b))


def _pair(first: tuple[int, str], second: tuple[int, str]) -> Pair:
    (a, one), (b, other) = first, second
    if one and other and words_of(one) == words_of(other):
        return Pair(a, b, _NAME_AND_COMPANY, ("same name", "same company"))
    if one and other:
        return Pair(a, b, _OTHER_COMPANY, ("same name", "other company"))
    return Pair(a, b, _NAME, ("same name",))
