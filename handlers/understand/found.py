"""A template that fits a clause, and what stands in its slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.understand import russian
from handlers.understand.clause import Clause, tidy
from handlers.understand.names import Who, read_who
from handlers.understand.pattern import Match
from handlers.understand.tokens import Token


@dataclass(frozen=True, slots=True)
class Found:
    """A match of a template on a row of the clause's tokens (all of them, or those outside the moment)."""

    clause: Clause
    match: Match
    row: Sequence[Token]
    low: int  # where the words inside the clause's frames start and end
    high: int

    @property
    def because(self) -> tuple[str, ...]:
        """Why: the template."""
        return (f"{self.match.template.intent}: {self.match.template.source}",)

    def has(self, slot: str) -> bool:
        """Whether a slot is there and not empty."""
        return bool(self.tokens(slot))

    def tokens(self, slot: str) -> list[Token]:
        """The tokens in a slot, without signs before and after them."""
        full = self.name(slot)
        found = [token for name, start, end in self.match.slots if name == full for token in self.row[start:end]]
        while found and found[0].kind == "sign" and found[0].fold not in '«"„“(':
            found.pop(0)
        while found and found[-1].kind == "sign" and found[-1].fold not in '»"“”)':
            found.pop()
        return found

    def case(self, slot: str) -> str | None:
        """The Russian case that the word before a slot asks for."""
        full = self.name(slot)
        for name, start, _ in self.match.slots:
            if name == full and start:
                return russian.case_after(self.row[start - 1].fold)
        return None

    def wanted_case(self, slot: str) -> str | None:
        """The Russian case of a slot: by its name's ending, else by the word before it."""
        full = self.name(slot) or slot
        return full.partition("_")[2].replace("poss", "") or self.case(full) or None

    def name(self, slot: str) -> str | None:
        """The slot's full name among those of the template: `who` finds `who`, `who_datv`, ..."""
        names = [name for name, _, _ in self.match.slots]
        return slot if slot in names else next((name for name in names if name.split("_")[0] == slot), None)

    def who(self, slot: str = "who", whole: bool = True, possessive: bool = False, strict: bool = False) -> Who | None:
        """The name in a slot; `whole`: nothing else may stand there."""
        full = self.name(slot)
        if full is None:
            return None
        tokens = self.tokens(full)
        possessive = possessive and self._possesses(full, tokens)
        who = read_who(self.clause, tokens, self.wanted_case(slot), possessive, strict)
        if who is None or (whole and who.used < len(tokens)):
            return None
        return who

    def _possesses(self, slot: str, tokens: Sequence[Token]) -> bool:
        """Whether a genitive may stand in a slot: something follows it, and no article of another case leads it."""
        start, end = next(((start, end) for name, start, end in self.match.slots if name == slot), (0, 0))
        before = self.row[start - 1 : start] if start else []
        articles = [token for token in (*before, *tokens[:1]) if token.fold in ("den", "dem")]
        led = bool(before) and self.clause.listed("person_leads", before[0])
        if end >= len(self.row) or articles or led:
            return False
        verbs = ("past", "states", "infinitives")
        return not any(self.clause.listed(name, self.row[end]) for name in verbs)

    def after(self, slot: str, used: int) -> str | None:
        """What stands in a slot after its first tokens, up to the slot's end, as written."""
        full = self.name(slot) or slot
        tokens = self.tokens(full)
        if used >= len(tokens):
            return self._tail(tokens[-1].end if tokens else 0, full)
        start = tokens[used - 1].end if used else tokens[0].start
        return self.words(start, self.end(full)) or None

    def _tail(self, start: int, slot: str) -> str | None:
        """A moment that ends the slot belongs to the text only after a sign: "Anna: tomorrow"."""
        end = self.end(slot)
        between = self.clause.text[start:end]
        return self.words(start, end) or None if between.lstrip()[:1] in (":", "-", "–", "—") else None

    def end(self, slot: str) -> int:
        """Where a slot ends in the message: at the next token that the template names, or the clause's end."""
        full = self.name(slot)
        for name, _, end in self.match.slots:
            if name == full:
                return self.row[end].start if end < len(self.row) else self.high
        return self.high

    def begin(self, slot: str) -> int:
        """Where a slot begins in the message."""
        full = self.name(slot)
        for name, start, _ in self.match.slots:
            if name == full:
                return self.row[start - 1].end if start else self.low
        return self.low

    def text(self, slot: str) -> str | None:
        """All that stands in a slot as written, moments included, connectors before it taken out."""
        return self.words(self.begin(slot), self.end(slot)) or None

    def words(self, start: int, end: int) -> str:
        """What is written between two places, without leading connectors and a moment that stands right there."""
        clause = self.clause
        inside = [token for token in clause.row if start <= token.start and token.end <= end]
        signed = clause.text[:start].rstrip()[-1:] in tuple(",:;-–—")
        while inside:
            head = inside[0]
            if head.kind == "sign" and head.fold not in '«"„“(':
                signed = True
            elif clause.listed("connectors", head):
                if len(inside) == 1:
                    return ""
                signed = True
            elif not (clause.in_moment(head) and not signed):
                break
            inside.pop(0)
        return tidy(clause.text[inside[0].start : end]) if inside else ""
