"""Which language a message is in: its script, its small words, and the user's own setting."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.tokens import Token


def detect(tokens: Sequence[Token], hint: str | None, own: str) -> str:
    """The language of some words: `hint` is what the caller believes, `own` the user's; both decide a draw."""
    words = [token for token in tokens[:80] if token.kind == "word"]
    cyrillic = sum(1 for token in words if "\u0400" <= token.word[0] <= "\u04ff")
    if cyrillic * 2 > len(words):
        return own if own not in LANGUAGES and own in ("uk", "be", "bg", "sr") else "ru"
    scores = {
        code: sum(1.0 for token in words if token.fold in lexicon(code).stop_words)
        + 0.5 * sum(1 for token in words if lexicon(code).knows(token))
        for code in LANGUAGES
        if code != "ru"
    }
    if any(sign in token.word for token in words for sign in "äöüßÄÖÜ"):
        scores["de"] = scores.get("de", 0) + 1
    for liked, bonus in ((hint, 0.6), (own, 0.4)):
        if liked in scores:
            scores[liked] += bonus
    best = max(scores, key=lambda code: scores[code])
    if scores[best] <= 1.0 and not words:
        return hint or own
    if scores[best] < 1.0:
        return hint if hint in scores else own if own in scores else best
    return best
