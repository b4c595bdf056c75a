"""The visiting cards (vCards) that come with a mail: whom they are of, in few words."""

from __future__ import annotations

import io

from mail.parts import Part
from storage.messages import Card

MAX_CARDS = 10

_TYPES = ("text/vcard", "text/x-vcard", "text/directory", "application/vcard")
_FILES = 5  # parts that are looked into
_OCTETS = 2_000_000  # encoded, of each; a card with a photo has half of it
_HANDLES = 5  # addresses and numbers of one card


def find_cards(parts: list[Part], sender: str) -> tuple[Card, ...]:
    """The people on the cards, at most MAX_CARDS; `sender` is an address whose country local numbers are read by."""
    files = [part for part in parts[1:] if _is_cards(part)][:_FILES]
    if not files:
        return ()
    # Imported only then: few mails bring cards, and the reader knows the phone numbers of the world.
    from storage.importing.records import Person
    from storage.importing.values import Habits
    from storage.importing.vcards import cards_in

    found: dict[Card, None] = {}
    habits = Habits(country=_country(sender))
    for part in files:
        for record in cards_in(io.StringIO(part.text(_OCTETS)), habits):
            if isinstance(record, Person) and record.name and (record.emails or record.phones):
                found.setdefault(
                    Card(
                        name=record.name[:200],
                        company=record.company[:200],
                        title=record.title[:200],
                        emails=tuple(each[:320] for each in record.emails[:_HANDLES]),
                        phones=record.phones[:_HANDLES],
                    )
                )
            if len(found) >= MAX_CARDS:
                return tuple(found)
    return tuple(found)


def _is_cards(part: Part) -> bool:
    return not part.children and (part.media_type in _TYPES or part.file_name.lower().endswith((".vcf", ".vcard")))


def _country(address: str) -> str | None:
    """The country that an address ends in, as phonenumbers names it; None for .com and the like."""
    ending = address.rpartition(".")[2].upper()
    return {"UK": "GB"}.get(ending, ending) if len(ending) == 2 and ending.isascii() and ending.isalpha() else None
