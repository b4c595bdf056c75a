"""Header blocks inside a text: `From: ... Sent: ... To: ... Subject: ...` in any language, order and dress."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail.addresses import parse_address, parse_addresses
from mail.dates import parse_date
from mail.html import LINK
from mail.lexicon import key, load_lexicon
from mail.lines import MAX_LINE, MAX_LINES, Line, Separator, classify_separator, is_framed
from storage.messages import Address

MAX_LABEL = 40

_DRESS = "*_ \t\u00a0|\u2022\u00b7"
_CONTINUES = re.compile(r"\s{0,8}(?:<|\"|[^\s@]{1,100}@|[^<>]{1,80}<[^<>\s]{1,120}@)")
_AGREED = frozenset(  # labels that stand in blocks too and say nothing about who wrote to whom
    (
        "importance", "priority", "attachments", "attachment", "sensitivity", "organization",
        "organisation", "reply-to", "anlagen", "wichtigkeit", "priorität", "message-id", "mailing-list",
        "return-path", "importancia", "pièces jointes", "vedhæftede filer", "bilagor", "categories",
        "flag", "signed by", "mailed-by", "resent-from", "x-mailer", "user-agent", "content-type",
        "mime-version", "delivered-to", "in-reply-to", "references", "list-id", "вложения", "важность",
        "allegati", "priorità", "prioridad", "datos adjuntos", "adjuntos", "anexos", "bijlagen",
        "urgentie", "załączniki", "liitteet", "přílohy", "附件", "添付ファイル", "reply to", "security",
        "categorias",
    )
)  # fmt: skip


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
    address = parse_address(value)
    return Address(address.name.removesuffix(";"), address.address)


class BlockFinder:
    """Finds header blocks in one text; remembers where there can be none, so that a long list of labels stays cheap."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._barren = 0  # no block begins before this line

    def find(self, start: int, *, loose: bool = False, bare: bool = False) -> Block | None:
        """The block that begins in line `start`, or None.

        `loose` takes labels of unknown languages by their values, `bare` a From with an address alone.
        """
        lines = self._lines
        if start < self._barren:
            return None
        label = read_label(lines[start].text)
        if label is None or (label[0] is None and not loose):
            return None
        collector = _Collector(lines, start, len(lines))
        collector.collect()
        if "from" not in collector.fields:
            if loose:
                return _by_structure(lines, start, len(lines))
            self._barren = collector.end
            return None
        if len(collector.fields) < 2 and not (bare and "@" in collector.fields["from"]):
            return None
        if collector.spare:
            collector.complete()
        return Block(start, collector.end, lines[start].depth, collector.fields, collector.languages(), top=start)


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


class _Collector:
    """Gathers the lines of one block: labels, values on the next line, wrapped values, single blank lines between."""

    def __init__(self, lines: list[Line], start: int, stop: int) -> None:
        self.lines = lines
        self.at = start
        self.end = start
        self.stop = min(stop, start + 80)
        self.depth = lines[start].depth
        self.fields: dict[str, str] = {}
        self.votes: list[frozenset[str]] = []
        self.last = ""
        self.blanks = 0
        self.adjacent = 0  # fields that followed another without a blank line between
        self.spare: list[str] = []  # values of labels that no language knows

    def collect(self) -> None:
        while self.at < self.stop:
            line = self.lines[self.at]
            if line.depth != self.depth and not (line.blank and line.depth < self.depth):
                break
            if line.blank:
                self.blanks += 1
                if self.blanks > (2 if self.last and not self.fields.get(self.last) else 1):
                    break
                self.at += 1
                continue
            if not self._take(line):
                break
            self.blanks = 0
            self.at += 1
            self.end = self.at

    def _take(self, line: Line) -> bool:
        label = read_label(line.text)
        name = label[0] if label is not None else None
        if label is not None and name is not None:
            _, value, languages = label
            if name in self.fields and (name in ("from", "subject", "date") or self.blanks):
                return False
            if self.blanks and not self._may_follow(name):
                return False
            self.fields[name] = f"{self.fields[name]}, {value}" if self.fields.get(name) else value
            self.votes.append(languages)
            self.adjacent += bool(self.last) and not self.blanks
            self.last = name
            return True
        if (
            label is not None
            and not self.blanks
            and self.fields
            and (self._is_agreed(line.text) or self._known_after() or self._closes(line, label[1]))
        ):
            if self.last and self._wraps(line):
                self.fields[self.last] += " " + line.text.strip()
            else:
                self.last = ""
                if not self._is_agreed(line.text):
                    self.spare.append(label[1])
            return True
        if self.last and self._wraps(line):
            self.fields[self.last] = f"{self.fields[self.last]} {line.text.strip()}".strip()
            return True
        return False

    def _may_follow(self, name: str) -> bool:
        """After a blank line a field goes on only where all stand apart (HTML paragraphs), or From is still missing."""
        complete = {"from", "date", "subject", "to"} <= self.fields.keys() and name not in ("cc", "bcc", "reply_to")
        if name in self.fields or complete:
            return False
        return not self.adjacent or "from" not in self.fields or len(self.fields) < 2

    def _is_agreed(self, text: str) -> bool:
        return key(text[: MAX_LABEL + 12].partition(":")[0].strip(_DRESS)) in _AGREED

    def _known_after(self) -> bool:
        """Is the next line a known label again, so that this one stands inside the block?"""
        if self.at + 1 >= self.stop or self.lines[self.at + 1].depth != self.depth:
            return False
        label = read_label(self.lines[self.at + 1].text)
        return label is not None and label[0] is not None and label[0] not in self.fields

    def _closes(self, line: Line, value: str) -> bool:
        """Is an unknown label the last line of a block that is one already: `X-Priority: 3` and a blank line?"""
        if len(self.fields) < 3 or "from" not in self.fields or not value or len(line.text) > 100:
            return False
        return self.at + 1 >= self.stop or self.lines[self.at + 1].blank

    def complete(self) -> None:
        """Gives what labels of no language said to the fields that are missing, by its looks."""
        for value in self.spare:
            if "date" not in self.fields and parse_date(value) is not None:
                self.fields["date"] = value
            elif "to" not in self.fields and "@" in value:
                self.fields["to"] = value
            elif "subject" not in self.fields and not value.isdecimal():
                self.fields["subject"] = value

    def _wraps(self, line: Line) -> bool:
        """Does the line belong to the value above it?"""
        value = self.fields[self.last]
        if not value:
            return len(line.text) < 300
        if self.blanks:
            return False
        if value.endswith((",", ";")) and self.last in ("to", "cc", "bcc"):
            return True
        if self.last in ("from", "to", "cc", "bcc") and _CONTINUES.match(line.text[:300]) and "@" in line.text[:300]:
            return self.last != "from" or "@" not in value
        if line.text[:1] in " \t" and self._known_after():
            return True
        above = self.lines[self.at - 1].text
        first = line.text.split(None, 1)[0]
        return len(above) + len(first) >= 72 and len(above) < 130 and (self._known_after() or self._blank_after())

    def _blank_after(self) -> bool:
        return self.at + 1 < self.stop and self.lines[self.at + 1].blank and self.last != "from"

    def languages(self) -> frozenset[str]:
        """The languages that know most of the labels."""
        counts: dict[str, int] = {}
        for vote in self.votes:
            for code in vote:
                counts[code] = counts.get(code, 0) + 1
        most = max(counts.values(), default=0)
        return frozenset(code for code, count in counts.items() if count == most)


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
        _, value, _ = label
        if "@" in value or LINK in value:
            name = "from" if "from" not in fields else "to" if "to" not in fields else "cc"
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        elif "date" not in fields and parse_date(value) is not None:
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
