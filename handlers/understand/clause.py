"""One clause of a message: its tokens, its moment, and what surrounds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.understand.intents import Lookups
from handlers.understand.lexicon import LANGUAGES, Lexicon, lexicon, listed
from handlers.understand.pieces import Piece
from handlers.understand.tokens import Token
from reminders.moment import Moment, Setting

OPENING = '«"„“('


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message that asks for one thing.

    `text` is the whole message and all places count its code points; `start` and `end` bound the clause. `row` are the
    clause's tokens, with pieces (mail addresses, phone numbers, money) as one token each.
    """

    text: str
    start: int
    end: int
    row: tuple[Token, ...]
    pieces: tuple[Piece, ...]
    moment: Moment | None
    code: str
    setting: Setting
    lookups: Lookups
    context: str | None = None  # the person that an earlier clause named
    words: Lexicon = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", lexicon(self.code if self.code in LANGUAGES else "en"))

    def listed(self, name: str, token: Token) -> bool:
        """Whether a token is in a word list, in this clause's language or, of a Latin script, in any."""
        return token.kind == "word" and self.has(name, token.fold)

    def has(self, name: str, word: str) -> bool:
        """Whether a folded word is in a list of this clause's language or of the others."""
        return listed(name, word)

    def field(self, words: str) -> str | None:
        """The built-in field that folded words name."""
        for code in (self.words.code, *LANGUAGES):
            if words in lexicon(code).fields:
                return lexicon(code).fields[words]
        return None

    def stage(self, words: str) -> str | None:
        """The built-in stage that folded words name."""
        for code in (self.words.code, *LANGUAGES):
            if words in lexicon(code).stages:
                return lexicon(code).stages[words]
        return None

    def between(self, start: int, end: int) -> str:
        """The message's words between two places, without signs around them."""
        return tidy(self.text[start:end])

    def piece(self, kind: str, start: int | None = None, end: int | None = None) -> Piece | None:
        """The first piece of a kind between two places."""
        low, high = self.start if start is None else start, self.end if end is None else end
        return next((p for p in self.pieces if p.kind == kind and low <= p.start and p.end <= high), None)

    def without_moment(self) -> list[Token]:
        """The tokens outside the moment."""
        return [token for token in self.row if not self.in_moment(token)]

    def in_moment(self, token: Token) -> bool:
        """Whether a token belongs to the moment."""
        return self.moment is not None and any(s <= token.start < e for s, e in self.moment.spans)


def tidy(words: str) -> str:
    """Words without blanks and signs around them; a closing sign stays where its opening one is inside."""
    words = " ".join(words.split())
    words = words.lstrip(",;:.!?)]-–—~…•*|/>=»”’ ")
    words = words.rstrip(",;:.([-–—~…•*|/>=«„‘ ")
    if words.startswith("(") and words.endswith(")") and words.count("(") == 1:
        words = words[1:-1].strip()
    return words


def without_signs(tokens: Sequence[Token]) -> list[Token]:
    """Tokens without signs at their ends."""
    found = list(tokens)
    while found and found[0].kind == "sign" and not (found[0].fold in OPENING and len(found) > 2):
        found.pop(0)
    while found and found[-1].kind == "sign" and not any(token.fold in OPENING for token in found[:-1]):
        found.pop()
    return found
