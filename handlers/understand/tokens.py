"""Words and signs of a message, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*['’]?|[^\w\s]|_|\n", re.UNICODE)
_FOLD = str.maketrans({"ё": "е", "ä": "ae", "ö": "oe", "ü": "ue", "’": "'", "‘": "'", "`": "'", "—": "-", "–": "-"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word, sign or piece: `start` and `end` count code points of the message.

    `fold` is what patterns see: lower case without umlauts and typographic signs. `kind` is "word", "sign", or the
    kind of a piece: "email", "phone", "money", "number", "url".
    """

    start: int
    end: int
    word: str
    fold: str
    kind: str = "word"

    @property
    def capital(self) -> bool:
        """Whether it starts with a capital letter."""
        return self.word[:1].isupper()


def fold(word: str) -> str:
    """A word as patterns see it."""
    return word.casefold().translate(_FOLD)


def split(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and signs of a text between two places, in order."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        word = match.group()
        kind = "word" if word[0].isalnum() else "sign"
        if kind == "word" and word.isdigit():
            kind = "number"
        found.append(Token(match.start(), match.end(), word, fold(word), kind))
    return found
