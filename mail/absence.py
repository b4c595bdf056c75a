"""When the writer of an automatic reply is back: the words that say it, not read as a date."""

from __future__ import annotations

import re

from mail.lexicon import key, load_lexicon

MAX_TEXT = 5_000
MAX_CLAUSE = 160

_CLAUSE = re.compile(
    r"(?<=[^\d\W]{3})[.!?;](?=\s|$)|(?<=\d{4})\.(?=\s)|\.(?=[ \t]{0,3}\n)|\n\s{0,20}\n|[!?;\u3002\uff01](?=\s|$|\w)"
)
_DATED = re.compile(r"\d")


def find_return(text: str) -> str:
    """The clause that tells it, from the phrase on where the date follows: `back on 3 March`; empty without one."""
    lexicon = load_lexicon()
    for phrases in (lexicon.returns, lexicon.untils):
        for clause in _CLAUSE.split(text[:MAX_TEXT]):
            flat = " ".join(clause.split())
            word = key(flat)
            if len(word) != len(flat):
                word = flat.casefold()
            if not _is_dated(word):
                continue
            hits = [at for phrase in phrases if (at := word.find(phrase)) >= 0 and _stands_alone(word, at, phrase)]
            if hits:
                start = min(hits)
                return (flat[start:] if _is_dated(word[start:]) else flat)[:MAX_CLAUSE].strip(" ,.-\u2013")
    return ""


def _is_dated(word: str) -> bool:
    return _DATED.search(word) is not None or any(part in load_lexicon().months for part in re.findall(r"\w{3,}", word))


def _stands_alone(word: str, at: int, phrase: str) -> bool:
    if not phrase[0].isascii() and ord(phrase[0]) > 0x2E80:
        return True  # scripts that don't part words
    end = at + len(phrase)
    if word[max(0, at - 1) : at].isalnum() or word[end : end + 1].isalnum():
        return False
    if len(phrase) > 3:
        return True
    following = word[end:].split(None, 3)[:2]  # `ab 9. März`, `to 9 March`: so short a word needs the date beside it
    return any(part[:1].isdigit() for part in following)
