"""The newest text of a mail: what its writer typed, without quotes, signature and footers."""

from __future__ import annotations

import re

from mail.blocks import BlockFinder, scan_limit, with_separator
from mail.html import strip_marks
from mail.labels import may_be_label
from mail.lexicon import key, load_lexicon
from mail.lines import Line, classify_separator, split_lines
from mail.quotes import find_attribution
from mail.signature import cut_signature

MAX_TEXT = 400_000  # characters; the rest of a longer text isn't looked at

_INITIALS = re.compile(r"\s{0,3}[A-Z]{1,3}>")
_BLANKS = re.compile(r"\n{3,}")


def newest_text(text: str, language: str | None = None, *, writer: str = "") -> str:
    """The text without quoted mail, the lines that introduce it, signature and legal footer.

    Answers between quotes and below them stay, in their order. `language` is a hint that changes nothing yet, as the
    phrases of all languages are known at once; `writer`, the writer's name, helps to know their card. Never raises;
    linear in the text.
    """
    del language
    lines = split_lines(strip_marks(text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")))
    kept = _without_quotes(lines)
    return _BLANKS.sub("\n\n", "\n".join(cut_signature(kept, writer)).strip())


def _without_quotes(lines: list[Line]) -> list[str]:
    kept: list[str] = []
    at = 0
    limit = scan_limit(lines)
    finder = BlockFinder(lines)
    quoting = any(line.depth for line in lines)
    while at < limit:
        line = lines[at]
        if line.depth == 3 and find_attribution(lines, at) and _has_text(kept):
            break  # GroupWise
        if line.depth or (line.text[:6].lstrip()[:1].isupper() and _INITIALS.match(line.text[:10])):
            at += 1
            continue
        if line.blank:
            kept.append("")
            at += 1
            continue
        attribution = find_attribution(lines, at)
        if attribution is not None and (attribution.quoted or _has_text(kept)):
            if not attribution.quoted:
                break
            at = attribution.end
            continue
        if _mail_begins(lines, finder, at, _has_text(kept)):
            break
        kept.append(line.text if line.text == "-- " else line.text.rstrip())
        at += 1
    if quoting and not _has_text(kept):
        return kept
    return _without_rule(kept) if at < limit else kept


def _mail_begins(lines: list[Line], finder: BlockFinder, at: int, something_above: bool) -> bool:
    """Does an earlier mail begin in this line, unquoted: by a separator or a header block?"""
    text = lines[at].text
    if something_above and 15 <= len(text) < 120 and _is_marker(text):
        return True
    kind = classify_separator(text)
    if kind in ("forward", "original"):
        return something_above or _follows_block(lines, finder, at)
    if may_be_label(text):
        block = finder.find(at)
        if block is not None:
            return block.is_strong or with_separator(lines, block).separator in ("forward", "original")
    return False


def _is_marker(text: str) -> bool:
    """`##- Please type your reply above this line -##`"""
    stripped = text.strip()
    core = stripped.strip(" -_=*#~<>\u2014.:")
    word = key(core)
    if len(core) < len(stripped):
        return any(phrase in word for phrase in load_lexicon().reply_markers)
    return word in load_lexicon().reply_markers


def _follows_block(lines: list[Line], finder: BlockFinder, at: int) -> bool:
    for after in range(at + 1, min(at + 4, len(lines))):
        if not lines[after].blank:
            return finder.find(after) is not None
    return False


def _has_text(kept: list[str]) -> bool:
    return any(line.strip() for line in kept)


def _without_rule(kept: list[str]) -> list[str]:
    """The rule that stood above the header block belongs to it."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    if end and classify_separator(kept[end - 1]) == "rule":
        return kept[: end - 1]
    return kept
