"""One line of a header block: its label, in any language and dress, and its value."""

from __future__ import annotations

from mail.lexicon import key, load_lexicon
from mail.lines import MAX_LINE

MAX_LABEL = 40

_DRESS = "*_ \t\u00a0|\u2022\u00b7"
_AGREED = frozenset(  # labels that stand in blocks too and say nothing about who wrote to whom
    (
        "importance", "priority", "attachments", "attachment", "sensitivity", "organization",
        "organisation", "reply-to", "anlagen", "wichtigkeit", "priorität", "message-id", "mailing-list",
        "return-path", "importancia", "pièces jointes", "vedhæftede filer", "bilagor", "categories",
        "flag", "signed by", "signed-by", "mailed-by", "resent-from", "x-mailer", "user-agent", "content-type",
        "mime-version", "delivered-to", "in-reply-to", "references", "list-id", "вложения", "важность",
        "allegati", "priorità", "prioridad", "datos adjuntos", "adjuntos", "anexos", "bijlagen",
        "urgentie", "załączniki", "liitteet", "přílohy", "附件", "添付ファイル", "reply to", "security",
        "categorias",
    )
)  # fmt: skip

_RAW = frozenset(
    (
        "return-path", "received", "delivered-to", "message-id", "mime-version", "dkim-signature", "x-received",
        "authentication-results", "arc-seal", "x-original-to", "envelope-to", "delivery-date", "content-type",
    )
)  # fmt: skip


def read_label(text: str) -> tuple[str | None, str, frozenset[str]] | None:
    """`*From:* Anna` to field, value and languages; the field is None for an unknown label; None without a label."""
    head = text[: MAX_LABEL + 12].replace("\uff1a", ":")
    at = head.find(":")
    if head[:1] == "|":
        at = _cell_end(head, at)
    if at < 1:
        return None
    word = key(head[:at].strip(_DRESS))
    if not word or len(word) > MAX_LABEL:
        return None
    value = text[at + 1 : MAX_LINE].strip(" \t\u00a0")
    if head[:1] == "|":
        value = value.strip(" |")
    if value[:1] in "*_":
        value = value.lstrip("*_").strip()
    headers = load_lexicon().headers
    known = headers.get(word) or headers.get(word.partition("(")[0].strip())
    if known:
        return known[0], value, known[1]
    if len(word.split()) > 4 or any(char in word for char in "/@<>,;!?") or word[-1:].isdigit():
        return None
    return None, value, frozenset()


def may_be_label(text: str) -> bool:
    """Is it worth reading the line as a label?"""
    return ":" in text[:60] or "\uff1a" in text[:40] or text[:1] == "|"


def _cell_end(head: str, colon: int) -> int:
    """Where the label of a table's row ends: `| From | Anna |` has no colon before its second bar."""
    bar = head.find("|", 2)
    return bar if bar > 0 and not 0 < colon < bar else colon


def is_agreed(text: str) -> bool:
    """Is it a label that stands in header blocks too, and tells nothing of who wrote to whom?"""
    return key(text[: MAX_LABEL + 12].partition(":")[0].strip(_DRESS)) in _AGREED


def begins_raw_headers(text: str) -> bool:
    """Is it a header as it travels, `Return-Path: <a@b>`, with which a whole mail pasted into a text begins?"""
    return text[:40].partition(":")[0].lower() in _RAW


def read_bare_label(text: str) -> tuple[str, str] | None:
    """`From Anna Kern <a@b>` to field and value: a known label of up to three words that no colon closes."""
    words = text[:MAX_LINE].strip(_DRESS).split(None, 3)
    if len(words) < 2 or not words[0][:1].isalpha() or words[0][:1].islower():
        return None
    for count in range(min(3, len(words) - 1), 0, -1):
        known = load_lexicon().headers.get(key(" ".join(words[:count])))
        if known:
            return known[0], " ".join(words[count:])
    return None
