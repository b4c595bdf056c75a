"""Words as they are compared: without case, accents, alphabets and the spellings that people mix up."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
_SAME = tuple(
    pair.split("=")
    for line in (
        "yu=u ju=u sch=sh tsch=ch dt=t th=t kh=h ph=f w=v ck=k",
        "ae=a oe=o ue=u y=i j=i c=k z=s",
    )
    for pair in line.split()
)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, one alphabet, umlauts written out: "Müller, Petröv" -> "mueller petroev"."""
    return " ".join(_WORD.findall(anyascii(text.translate(_UMLAUTS)).lower()))


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()


@lru_cache(maxsize=4096)
def skeleton(word: str) -> str:
    """How a folded word sounds, roughly: Mueller, Muller, Müler and Мюллер are one."""
    for written, heard in _SAME:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", word)
