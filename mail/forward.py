"""Finds the original inside a forward: by its separator, its header block, or both; tells it from a reply's quote."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import dedent

from mail.blocks import Block, BlockFinder, scan_limit, with_separator
from mail.dates import parse_date
from mail.glued import unglue
from mail.html import END, strip_marks
from mail.labels import may_be_label, read_label
from mail.lexicon import key
from mail.lines import (
    Line,
    Separator,
    classify_separator,
    credits_forwarder,
    is_closing_rule,
    join_lines,
    split_lines,
    trim,
)
from mail.newest import newest_text
from mail.quotes import Attribution, find_attribution
from mail.signature import cut_comment
from mail.subject import split_subject, without_forward
from storage.messages import Address, Letter, MailKind

MAX_CHAIN = 12  # forwards within forwards
_ROBOT = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|wordpress|notifications?|notify|mailer(?:-daemon)?|forms?|webmaster|voicemail|fax|alerts?"
    r"|quarantine|jira|tickets?|robot|bot|system|postmaster|bounces?|cron|root|daemon|invoices?|billing|receipts?)[.+@_-]"
)
_OPENING = ("forward", "original", "rule")
_SEPARATOR_NAMES = {"forward": "a forward's separator", "original": "an 'original message' line", "rule": "a rule"}


@dataclass(frozen=True, slots=True)
class Context:
    """What the mail around the text says about itself."""

    subject: str
    sender: Address
    recipients: tuple[Address, ...]
    threaded: bool  # it names a mail that it answers or continues
    date: datetime | None = None
    nested: bool = False  # it is the mail inside a forward


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward taken apart: the innermost letter, what the outermost forwarder wrote above and below, and why."""

    letter: Letter
    comment: str
    because: tuple[str, ...]
    kind: MailKind = "personal"  # the innermost letter's own, where headers tell it


@dataclass(frozen=True, slots=True)
class _Found:
    top: int  # first line that isn't comment
    body: int  # first line of the original's text
    depth: int  # its quote depth
    block: Block | None
    attribution: Attribution | None
    separator: Separator
    named: Address  # from a separator that names the sender


def find_forward(text: str, context: Context, chain: int = 0) -> Forward | None:
    """The forward in the text (which may hold the HTML reader's marks), or None. Follows forwards within forwards."""
    lines = split_lines(unglue(text, split_subject(context.subject)[0][:1] == ("forward",)))
    found = _first_boundary(lines, context)
    if found is None:
        return None
    top = found.top
    if top and not lines[top - 1].blank and credits_forwarder(lines[top - 1].text):
        top -= 1
    above = lines[:top]
    inner, below = _split_body(lines, found)
    letter = _letter(found, inner, context)
    comment = cut_comment(strip_marks(join_lines(above)), context.sender.name)
    under = cut_comment(strip_marks(join_lines(below)), context.sender.name)
    reason = _reason(found, context.subject)
    deeper = None
    if chain and not (letter.sender.address or letter.sender.name):
        return None  # a separator inside a forward that tells nothing
    if chain < MAX_CHAIN:
        within = Context(letter.subject, letter.sender, letter.to + letter.cc, True, letter.date or context.date, True)
        deeper = find_forward(inner, within, chain + 1)
    if deeper is not None:
        return Forward(deeper.letter, "\n\n".join(filter(None, (comment, under))), (reason, *deeper.because))
    body = trim(strip_marks(inner))
    letter = replace(letter, body=body, newest=newest_text(body, writer=letter.sender.name))
    return Forward(letter, "\n\n".join(filter(None, (comment, under))), (reason,))


def _first_boundary(lines: list[Line], context: Context) -> _Found | None:
    """Walks down to the first place where another mail begins, and decides whether that is a forward's."""
    prefix = (split_subject(context.subject)[0] or ("",))[0]
    introduced: Attribution | None = None
    finder = BlockFinder(lines)
    limit = scan_limit(lines)
    at = first = next((index for index in range(limit) if not lines[index].blank), limit)
    while at < limit:
        line = lines[at]
        if line.blank:
            at += 1
            continue
        kind = classify_separator(line.text)
        if kind in ("forward", "original"):
            found = _behind_separator(lines, finder, at, kind, limit)
            verdict = _decide(lines, found, context, prefix) if found else None
            if verdict is not None:
                return found if verdict else None
        elif may_be_label(line.text) or prefix == "forward":
            block = finder.find(at, loose=prefix == "forward", bare=prefix == "forward" and at == first)
            if block is not None and (block.is_strong or prefix == "forward"):
                block = with_separator(lines, block)
                found = _Found(block.top, block.end, block.depth, block, None, block.separator, Address())
                verdict = _decide(lines, found, context, prefix)
                if verdict is not None:
                    return found if verdict else None
        attribution = find_attribution(lines, at)
        if attribution is not None:
            answered = context.threaded and attribution.quoted and _is_among(attribution.sender(), context.recipients)
            if prefix != "forward" or answered:
                return None
            if introduced is None and (line.depth == 0 or _heads_quote(lines, at)):
                introduced = attribution
                at = attribution.end
                continue
        at += 1
    if introduced is not None:
        return _by_attribution(lines, introduced, context)
    return None


def _heads_quote(lines: list[Line], at: int) -> bool:
    """Does a quote begin with this line, or is it GroupWise's `>>> Anna Kern 02.03.2026 10:12 >>>`?"""
    return not any(line.depth for line in lines[:at])


def _behind_separator(lines: list[Line], finder: BlockFinder, at: int, kind: Separator, limit: int) -> _Found | None:
    """What follows a separator: a header block, an introduction, or nothing that tells the sender."""
    named = _named_in(lines[at].text)
    after = at + 1
    while after < limit and (lines[after].blank or classify_separator(lines[after].text) == "rule") and after < at + 5:
        after += 1
    if after < limit:
        block = finder.find(after, loose=True, bare=kind == "forward")
        if block is not None and ("@" in block.fields["from"] or len(block.fields) > 2 or kind == "forward"):
            return _Found(at, _past_twin(lines, finder, block.end), block.depth, block, None, kind, named)
        attribution = find_attribution(lines, after)
        if attribution is not None and kind == "forward":
            return _Found(at, attribution.end, attribution.depth, None, attribution, kind, attribution.sender())
    if kind == "forward" and (named.address or named.name):
        return _Found(at, at + 1, lines[at].depth, None, None, kind, named)
    if kind == "forward" and lines[at].text.strip()[:3] in ("---", "***", "===", "___"):
        return _Found(at, at + 1, lines[at].depth, None, None, kind, Address())
    return None


def _past_twin(lines: list[Line], finder: BlockFinder, at: int) -> int:
    """Behind a second separator or rule, with which some programs close the header block; another block is none's."""
    for index in range(at, min(at + 3, len(lines))):
        if lines[index].blank:
            continue
        if not is_closing_rule(lines[index].text) and classify_separator(lines[index].text) not in _OPENING:
            return at
        after = next((ahead for ahead in range(index + 1, min(index + 4, len(lines))) if not lines[ahead].blank), None)
        if after is not None and (finder.find(after, loose=True) or find_attribution(lines, after)):
            return at
        return index + 1
    return at


def _named_in(separator: str) -> Address:
    """`----- Forwarded message from Anna Kern <anna@x> -----`."""
    from mail.addresses import parse_address

    if "@" not in separator:
        return Address()
    core = separator.strip(" -=_*#:")
    _, _, tail = core.partition(" from ")
    address = parse_address(tail or core)
    return address if tail else replace(address, name="")


def _decide(lines: list[Line], found: _Found, context: Context, prefix: str) -> bool | None:
    """Forward (True), reply (False), or neither (None: look further down)."""
    original = found.block.sender if found.block else found.named
    to_original = _is_among(original, context.recipients)
    explicit = found.separator == "forward"
    if explicit and found.block is None and not found.attribution and not found.named.address:
        # A separator alone, without anything that tells the sender.
        return True if prefix in ("forward", "") and lines[found.top].depth == 0 else None
    quoted = lines[found.top].depth > 0
    if prefix == "forward":
        return not (context.threaded and to_original and not explicit and _has_subject_of(found.block, context))
    if explicit and context.nested and found.block is not None and _is_sibling(found.block, context):
        return False
    if explicit and not quoted:
        return not (prefix == "reply" and context.threaded and to_original)
    # Apple Mail quotes its separator too; a reply to a forward quotes something above it, or has the prefix.
    buried = quoted and any(line.depth for line in lines[: found.top])
    if explicit:
        return prefix != "reply" and not (context.threaded and buried)
    if prefix == "either":
        return not to_original
    block = found.block
    if block is None or not block.is_strong or buried:
        return False if prefix == "reply" else None
    if not prefix and not found.separator and "to" not in block.fields:
        return None  # a list of what somebody ordered or asked
    if prefix == "reply":
        return _has_subject_of(block, context) and not context.threaded and not to_original and bool(context.recipients)
    if context.threaded and quoted and not found.separator:
        return False
    if to_original or _continues(block, context) or _ROBOT.match(context.sender.address):
        return False
    return not (context.threaded and _goes_round(block, context))


def _is_among(address: Address, others: tuple[Address, ...]) -> bool:
    if address.address:
        return any(other.address == address.address for other in others)
    return bool(address.name) and any(key(other.name) == key(address.name) for other in others)


def _has_subject_of(block: Block | None, context: Context) -> bool:
    subject = block.fields.get("subject", "") if block else ""
    return bool(subject) and key(subject) == key(context.subject)


def _is_sibling(block: Block, context: Context) -> bool:
    """Did the mail go to the same people as the one above it, not to its sender: the second of two forwarded ones?"""
    had = (*block.addresses("to"), *block.addresses("cc"))
    return any(_is_among(one, context.recipients) for one in had) and not _is_among(context.sender, had)


def _goes_round(block: Block, context: Context) -> bool:
    """Does the mail go to somebody who had the one below it already, as an answer does and a forward doesn't?"""
    had = (block.sender, *block.addresses("to"), *block.addresses("cc"))
    return any(not _is_among(one, (context.sender,)) and _is_among(one, had) for one in context.recipients)


def _continues(block: Block, context: Context) -> bool:
    """Does a sender write again below their own earlier mail, to the same people?"""
    if not _is_among(block.sender, (context.sender,)):
        return False
    earlier = block.addresses("to") + block.addresses("cc")
    return any(_is_among(address, context.recipients) for address in earlier)


def _by_attribution(lines: list[Line], attribution: Attribution, context: Context) -> _Found | None:
    """A subject says forward, and only an `On ... wrote:` tells the original: unless its writer is being answered."""
    sender = attribution.sender()
    if not (sender.address or sender.name) or _is_among(sender, context.recipients):
        return None
    block, top = _labels_above(lines, attribution)
    return _Found(top, attribution.end, attribution.depth, block, attribution, "", sender)


def _labels_above(lines: list[Line], attribution: Attribution) -> tuple[Block | None, int]:
    """The lines with recipients and subject that stand right above an introduction, as a block that it completes."""
    fields: dict[str, str] = {}
    at = attribution.start
    while at and lines[at - 1].depth == lines[attribution.start].depth:
        label = read_label(lines[at - 1].text)
        if label is None or label[0] not in ("to", "cc", "subject") or label[0] in fields:
            break
        fields[label[0]] = label[1].rstrip(";")
        at -= 1
    if not fields:
        return None, attribution.start
    sender = attribution.sender()
    fields |= {"from": f"{sender.name} <{sender.address}>", "date": attribution.text}
    block = Block(at, attribution.end, attribution.depth, fields, frozenset(), top=at)
    return block, with_separator(lines, block).top


def _split_body(lines: list[Line], found: _Found) -> tuple[str, list[Line]]:
    """The original's text, its quote marks taken off, and the lines below it that are the forwarder's again."""
    depth = found.depth
    at = found.body
    end = len(lines)
    first = next((index for index in range(at, end) if not lines[index].blank), end)
    if depth == 0 and first < end and lines[first].depth > 0 and END not in lines[first].text:
        depth = _quoted_whole(lines, first)
    # Containers of forwards within forwards end one after another: the outermost one's end is the last.
    closing = max((index for index in range(at, end) if END in lines[index].text), default=-1)
    stop = end
    for index in range(at, end):
        line = lines[index]
        if depth and line.depth < depth and not line.blank and END not in line.text:
            stop = index
            break
        if index == closing:
            stop = index
            break
        if line.text[:1] in "-=_*" and line.depth == depth and classify_separator(line.text) == "end":
            stop = index
            break
    body = lines[at:stop]
    if found.separator == "forward" and stop == end:
        body = _without_closing_rule(body)
    below = lines[stop:end]
    if below and classify_separator(below[0].text) == "end":
        below = below[1:]
    text = join_lines(body, depth)
    if found.block is not None and lines[found.block.start].text[:2] in ("  ", "\t"):
        text = dedent(text)
    return text, below


def _without_closing_rule(body: list[Line]) -> list[Line]:
    """Without the row of dashes with which some programs close what they opened."""
    last = next((index for index in range(len(body) - 1, -1, -1) if not body[index].blank), -1)
    if last > 0 and classify_separator(body[last].text) == "rule" and len(body[last].text.strip()) >= 20:
        return body[:last]
    return body


def _quoted_whole(lines: list[Line], first: int) -> int:
    """1 when the original is quoted as one run of lines, which tells where it ends; 0 when only parts are."""
    at = first
    while at < len(lines) and (lines[at].depth > 0 or lines[at].blank):
        at += 1
    return 0 if any(line.depth > 0 for line in lines[at:]) else 1


def _letter(found: _Found, inner: str, context: Context) -> Letter:
    block = found.block
    if block is None:
        date = found.attribution.date(context.date) if found.attribution else None
        return Letter(sender=found.named, subject=without_forward(context.subject), date=date, body=inner)
    sender = block.sender
    if not sender.address and found.named.address:
        sender = replace(found.named, name=sender.name or found.named.name)
    return Letter(
        sender=sender,
        to=block.addresses("to"),
        cc=block.addresses("cc"),
        subject=_subject(block, context),
        date=parse_date(block.fields.get("date", ""), block.languages, context.date),
        body=inner,
    )


def _subject(block: Block, context: Context) -> str:
    written = " ".join(strip_marks(block.fields.get("subject", "")).split())
    if written.startswith("*") or written.endswith("*"):
        written = written.strip("*").strip()
    if not written and "subject" not in block.fields:
        return without_forward(context.subject)
    return written


def _reason(found: _Found, subject: str) -> str:
    """Why it is a forward, for people."""
    what = [_SEPARATOR_NAMES[found.separator]] if found.separator in _SEPARATOR_NAMES else []
    if found.block is not None:
        what.append("a header block")
    elif found.attribution is not None:
        what.append("a line that says who wrote")
    prefixes = split_subject(subject)[0]
    if prefixes and prefixes[0] == "forward":
        what.append("the subject's prefix")
    return f"forward: {', '.join(what)}"
