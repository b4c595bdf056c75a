"""Greetings, fillers and polite frames around what a message asks for."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.clause import Clause
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.tokens import Token, split


def inside_frames(tokens: Sequence[Token], code: str) -> tuple[list[Token], bool]:
    """The tokens between frames, and whether one of the frames was a polite question."""
    polite = False
    rest = list(tokens)
    order = (code, *(other for other in LANGUAGES if other != code)) if code in LANGUAGES else LANGUAGES
    for _ in range(6):
        for each in order:
            cut = lexicon(each).frame(rest)
            if cut is not None and cut[1] > cut[0]:
                start, end, asks = cut
                rest = rest[start:end]
                polite = polite or asks
                break
        else:
            break
    while rest and rest[0].kind == "sign" and rest[0].fold not in '«"„“(/#+':
        rest = rest[1:]
    return rest, polite


def strip_frames(words: str, clause: Clause) -> str:
    """Words without the frames around them."""
    tokens = split(words)
    rest, _ = inside_frames(tokens, clause.words.code)
    if not rest or len(rest) == len(tokens):
        return words
    end = rest[-1].end if rest[-1] is not tokens[-1] else len(words)
    return words[rest[0].start : end]
