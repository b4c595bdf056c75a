"""A subject's prefixes: what `Re:`, `AW:`, `Fwd:`, `WG:` before it say about the mail."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from mail.lexicon import key, load_lexicon

Prefix = Literal["reply", "forward", "either"]

_TAG = re.compile(r"\s{0,20}(?:\[[^\[\]:]{1,40}\]|\{[^{}:]{1,40}\}|\*{2,5}[^*]{1,30}\*{2,5})\s{0,20}")
_LABEL = re.compile(
    r"\s{0,20}([^\s:\uff1a\[\](){}][^:\uff1a\[\](){}]{0,24}?)\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s{0,3}[:\uff1a]\s{0,20}"
)
_WRAPPED = re.compile(r"\s{0,20}\[\s{0,3}(fwd?|wg|tr)\s{0,3}:\s{0,5}(.{0,900}?)\]\s{0,20}$", re.IGNORECASE)
_TRAILING = re.compile(r"\s{0,5}\((fwd?|forwarded)\)\s{0,5}$", re.IGNORECASE)


@lru_cache(maxsize=128)
def split_subject(subject: str) -> tuple[tuple[Prefix, ...], str]:
    """The prefixes, outermost first, and the bare subject after them. A tag in brackets before one is passed over."""
    prefixes: list[Prefix] = []
    rest = subject[:1_000]
    while len(prefixes) < 12:
        wrapped = _WRAPPED.match(rest)
        if wrapped:
            prefixes.append("forward")
            rest = wrapped[2]
            continue
        tag = _TAG.match(rest)
        label = _LABEL.match(rest, tag.end() if tag else 0)
        kind = _prefix(label[1]) if label else None
        if label is None or kind is None:
            break
        prefixes.append(kind)
        rest = rest[label.end() :]
    trailing = _TRAILING.search(rest[-40:])
    if trailing:
        prefixes.insert(0, "forward")
        rest = rest[: len(rest) - (len(rest[-40:]) - trailing.start())]
    return tuple(prefixes), rest.strip()


def without_forward(subject: str) -> str:
    """The subject without its outermost forward prefix: the original's own, when nothing better tells it."""
    rest = subject[:1_000].strip()
    wrapped = _WRAPPED.match(rest)
    if wrapped:
        return wrapped[2].strip()
    tag = _TAG.match(rest)
    label = _LABEL.match(rest, tag.end() if tag else 0)
    if label and _prefix(label[1]) in ("forward", "either"):
        return rest[label.end() :].strip()
    return _TRAILING.sub("", rest).strip()


def bare_subject(subject: str) -> str:
    """For comparing: without prefixes, folded."""
    return key(split_subject(subject)[1])


def _prefix(label: str) -> Prefix | None:
    lexicon = load_lexicon()
    word = key(label).rstrip(".")
    is_forward, is_reply = word in lexicon.forward_prefixes, word in lexicon.reply_prefixes
    if is_forward and is_reply:
        return "either"
    return "forward" if is_forward else "reply" if is_reply else None
