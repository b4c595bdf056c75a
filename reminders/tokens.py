"""Splitting a text into words, numbers and marks, with their places in code points."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 4_000

Kind = Literal["word", "number", "mark", "opaque"]

_TOKEN = re.compile(
    r"""
    (?P<opaque>(?:https?://|www\.)\S{1,400}
        |[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}
        |\+\d[\d\ ().-]{5,18}\d
        |\#\w{1,64})
    |(?P<number>\d{1,40}(?:[.,:/–-]\d{1,40}){0,6}\d*)
    |(?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*(?:['’ʼ](?:[^\W\d_]|[\u0300-\u036f])+)*)
    |(?P<mark>\n|\S)
    """,
    re.VERBOSE,
)
_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark. `fold` is how it is compared; `glued`: nothing stands between it and the one before."""

    start: int
    end: int
    text: str
    fold: str
    kind: Kind
    glued: bool


def fold_word(word: str) -> str:
    """A word without case, accents on Latin letters and ё; й and ß's double s stay apart from и and s."""
    if word.isascii():
        return word.lower()
    lowered = unicodedata.normalize("NFC", word).casefold().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    if lowered.isascii():
        return lowered
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", lowered)))


def split_tokens(text: str) -> list[Token]:
    """The tokens of the first MAX_LENGTH code points, in order; newlines are marks, other blanks are left out."""
    tokens: list[Token] = []
    last = -1
    for found in _TOKEN.finditer(text[:MAX_LENGTH]):
        start, end = found.span()
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the pattern's groups are the kinds
        word = found.group()
        tokens.append(Token(start, end, word, fold_word(word), kind, start == last))
        last = end
    return tokens
