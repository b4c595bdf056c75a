"""Header blocks inside a text: `From: ... Sent: ... To: ... Subject: ...` in any language, order and dress."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail.addresses import parse_address, parse_addresses
from mail.collecting import Collector, collect_raw
from mail.dates import parse_date
from mail.html import LINK
from mail.labels import begins_raw_headers, read_bare_label, read_label
from mail.lines import MAX_LINES, Line, Separator, classify_separator, is_framed
from storage.messages import Address

_SEVERAL = re.compile(r">\s{0,3}[;,]\s{0,3}[^\s<>;,][^@]{0,100}@")
_MOMENT = re.compile(r"\b\d{4}\b.{0,30}\b\d{1,2}[:.]\d\d\b")


@dataclass(frozen=True, slots=True)
class Block:
    """A header block: its lines [start, end), its quote depth, its fields as written, and the separator above it."""

    start: int
    end: int
    depth: int
    fields: dict[str, str]
    languages: frozenset[str]
    separator: Separator = ""
    top: int = 0  # the line where its separator begins

    @property
    def sender(self) -> Address:
        """Who wrote the mail below."""
        return block_address(self.fields.get("from", ""))

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The mailboxes of `to` or `cc`."""
        return parse_addresses(_show_links(_undress(self.fields.get(name, ""))))

    @property
    def is_strong(self) -> bool:
        """Has a mail program written it, beyond doubt? From, and two of date, to and subject, one of them telling."""
        names = self.fields.keys() & {"date", "to", "subject", "cc"}
        if "from" not in self.fields or len(names) < 2 or not self.fields["from"].strip():
            return False
        moment = parse_date(self.fields["date"], self.languages) if "date" in names else None
        if moment is not None:
            if "@" in self.fields["from"] or LINK in self.fields["from"]:
                return True
            # A sender named without an address: a program tells the time of day too, a memo or a bill doesn't.
            named = any(char.isalpha() for char in self.fields["from"])
            timed = moment.hour or moment.minute or ":" in self.fields["date"]
            return named and "subject" in names and bool(timed)
        return {"subject", "to"} <= names and "@" in self.fields["from"]


def block_address(value: str) -> Address:
    """The one mailbox of a block's From."""
    value = _show_links(_undress(value))
    several = _SEVERAL.search(value)
    address = parse_address(value[: several.start() + 1] if several else value)
    return replace(address, name=address.name.removesuffix(";"))


class BlockFinder:
    """Finds header blocks in one text; remembers where there can be none, so that a long list of labels stays cheap."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._barren = 0  # no block begins before this line
        self._rawless = 0  # nor do raw headers

    def find(self, start: int, *, loose: bool = False, bare: bool = False) -> Block | None:
        """The block that begins in line `start`, or None.

        `loose` takes labels of unknown languages by their values, `bare` a From with an address alone.
        """
        lines = self._lines
        if start < self._barren:
            return None
        label = read_label(lines[start].text)
        if label is None or (label[0] is None and not loose):
            return _without_colons(lines, start) if label is None and (loose or bare) else None
        if (loose or bare) and start >= self._rawless and begins_raw_headers(lines[start].text):
            fields, end = collect_raw(lines, start)
            self._rawless = end
            if "from" in fields and len(fields) > 2:
                return Block(start, end, lines[start].depth, fields, frozenset(("en",)), top=start)
        collector = Collector(lines, start, len(lines))
        collector.collect()
        if "from" not in collector.fields:
            if loose:
                return _by_structure(lines, start, len(lines))
            self._barren = collector.end
            return None
        if collector.gap and label[0] != "from" and self._begins_later(collector.gap):
            return None
        if len(collector.fields) < 2 and not (bare and "@" in collector.fields["from"]):
            return None
        if collector.spare and len(collector.fields) > 2:
            collector.complete()
        return Block(start, collector.end, lines[start].depth, collector.fields, collector.languages(), top=start)

    def _begins_later(self, at: int) -> bool:
        """Does a whole block of its own begin after the gap, so that the label above it is somebody's text?"""
        later = Collector(self._lines, at, len(self._lines))
        later.collect()
        return later.adjacent > 1 and {"from", "subject"} <= later.fields.keys()


def with_separator(lines: list[Line], block: Block) -> Block:
    """The block together with the separator that stands above it."""
    if "date" not in block.fields:
        block = _with_dated_line(lines, block)
    at, skipped = block.top - 1, 0
    while at >= 0 and lines[at].blank and skipped < 3:
        at -= 1
        skipped += 1
    if at < 0:
        return block
    kind = classify_separator(lines[at].text)
    if not kind and is_framed(lines[at].text):
        kind = "rule"  # words of an unknown language between dashes
    if kind in ("forward", "original", "rule"):
        return replace(block, separator=kind, top=at)
    return block


def _with_dated_line(lines: list[Line], block: Block) -> Block:
    """With the line right above that tells the date: `Message du 02/03/26 10:12`."""
    at = block.start - 1
    if at < 0 or lines[at].depth != block.depth or not 8 <= len(lines[at].text) <= 60:
        return block
    text = lines[at].text
    if text.rstrip().endswith((".", "?", "!", ",")) or parse_date(text, block.languages) is None:
        return block
    return replace(block, fields={**block.fields, "date": text}, top=at)


def _without_colons(lines: list[Line], start: int) -> Block | None:
    """A block whose labels end without a colon, as in tables: three lines or more with a label that is known."""
    fields: dict[str, str] = {}
    at = start
    while at < min(len(lines), start + 12) and lines[at].depth == lines[start].depth:
        label = read_bare_label(lines[at].text)
        if label is None or label[0] in fields:
            break
        fields[label[0]] = label[1]
        at += 1
    if len(fields) < 3 or "from" not in fields or not fields.keys() & {"date", "subject"}:
        return None
    if "@" not in fields["from"] + fields.get("to", "") or ("date" in fields and parse_date(fields["date"]) is None):
        return None
    return Block(start, at, lines[start].depth, fields, frozenset(), top=start)


def _by_structure(lines: list[Line], start: int, stop: int) -> Block | None:
    """A block in a language we don't know: three label lines or more, one with a mailbox, one with a date."""
    fields: dict[str, str] = {}
    rest: list[str] = []
    depth = lines[start].depth
    at = start
    while at < min(stop, start + 12) and lines[at].depth == depth and not lines[at].blank:
        label = read_label(lines[at].text)
        if label is None:
            break
        name, value, _ = label
        if name == "from" and at == start + 1 and rest:
            return None  # a block that is known begins below a line of text with a colon
        if "@" in value or LINK in value:
            role = "from" if "from" not in fields else "to" if "to" not in fields else "cc"
            fields[role] = f"{fields[role]}, {value}" if role in fields else value
        elif "date" not in fields and (parse_date(value) is not None or _MOMENT.search(value)):
            fields["date"] = value
        else:
            rest.append(value)
        at += 1
    if at - start < 3 or "from" not in fields or "date" not in fields:
        return None
    if rest:
        fields["subject"] = rest[-1]
    return Block(start, at, depth, fields, frozenset(), top=start)


def _undress(value: str) -> str:
    return value.replace("*", "").strip(" |") if "*" in value or "|" in value else value


def _show_links(value: str) -> str:
    """A mailto link's hidden address as `<a@b>`."""
    if LINK not in value:
        return value
    pieces = value.split(LINK)
    return "".join(f" <{piece}>" if index % 2 else piece for index, piece in enumerate(pieces))


def scan_limit(lines: list[Line]) -> int:
    """How many lines are looked at for blocks."""
    return min(len(lines), MAX_LINES)
