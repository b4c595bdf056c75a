"""What was offered once about a contact, so that the same isn't offered with every mail: digests, not the words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection

from storage.meta import read_meta, write_meta

_MOST = 60  # of a contact: the oldest are forgotten


def not_offered_yet(connection: Connection, contact_id: int, facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the facts, field and value, that weren't offered before."""
    known = set((read_meta(connection, _name(contact_id)) or "").split())
    return [fact for fact in facts if _digest(fact) not in known]


def remember_offered(connection: Connection, contact_id: int, facts: Sequence[tuple[str, str]]) -> None:
    """These were offered now; who doesn't tap declines."""
    known = (read_meta(connection, _name(contact_id)) or "").split()
    whole = dict.fromkeys([*known, *map(_digest, facts)])
    write_meta(connection, _name(contact_id), " ".join(list(whole)[-_MOST:]))


def _name(contact_id: int) -> str:
    return f"offered:{contact_id}"


def _digest(fact: tuple[str, str]) -> str:
    return hashlib.sha256("\0".join(fact).casefold().encode()).hexdigest()[:8]
