"""The words of a letter as a chat message holds them: where they begin and end, what of them is the subject. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.understand.lexicon import listed
from handlers.understand.tokens import split

_SUBJECT = 60  # code points of a first line that a subject shows
_LABEL = re.compile(r"\s*([^\W\d_]{2,20})\s*[:：]\s*")
_END = re.compile(r"[.!?…](?=\s|$)")
_MOST_OF_GREETING = 5  # words
_ANSWER = re.compile(r"\s*(?:re|aw|antw|antwort|sv|ответ|отв)\s*(?:\[\d{1,3}\])?\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wording:
    """What is to be written; `subject` only where the words name one."""

    text: str
    subject: str = ""


def read_wording(words: str) -> Wording:
    """The letter in these words: a first line "subject: ..." (in any language) names the subject."""
    first, _, rest = words.strip().partition("\n")
    label = _LABEL.match(first)
    if label is None or not listed("subject_words", split(label[1])[0].fold):
        return Wording(words.strip())
    return Wording(rest.strip(), " ".join(first[label.end() :].split()))


def as_written(text: str, message: str, *, to_end: bool) -> str:
    """The place in a message that a slot was read from, with its line breaks and last signs; `to_end`: and the rest."""
    words = text.split()
    found = re.search(r"\s+".join(map(re.escape, words)), message) if words else None
    if found is None:
        return text
    end = len(message)
    if not to_end:
        end = found.end()
        while end < len(message) and not message[end].isalnum() and not message[end].isspace():
            end += 1
    begin = found.start()
    while begin and message[begin - 1] in '("„«“':
        begin -= 1
    return message[begin:end].strip()


def subject_from(text: str) -> str:
    """A short subject from a letter's first words, past the greeting."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and _greets(lines[0]):
        lines.pop(0)
    first = lines[0] if lines else ""
    greeting, comma, rest = first.partition(",")
    if comma and rest.strip() and _greets(greeting):
        first = rest.strip()
    end = _END.search(first)
    first = first[: end.start()] if end is not None and end.start() > 2 else first
    if len(first) > _SUBJECT:
        first = first[:_SUBJECT].rpartition(" ")[0] or first[:_SUBJECT]
        first = first.rstrip(" ,;:-–—") + "…"
    first = first.rstrip(" .,;:!")
    return first[:1].upper() + first[1:]


def answer_to(subject: str) -> str:
    """The subject of an answer to a mail with this one."""
    flat = " ".join(subject.split())
    return flat if _ANSWER.match(flat) else f"Re: {flat}".strip()


def template_named(text: str) -> str | None:
    """The name in "template offer"; None when the words are no template's."""
    tokens = split(text.strip())
    if len(tokens) < 2 or not listed("template_words", tokens[0].fold):
        return None
    return text.strip()[tokens[0].end :].strip(' :„“”"«»\n') or None


def _greets(line: str) -> bool:
    words = [token for token in split(line) if token.kind == "word"]
    return 0 < len(words) <= _MOST_OF_GREETING and listed("greetings", words[0].fold)
