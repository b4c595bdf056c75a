"""Gathers the lines of one header block: which belong to it, and to which of its fields."""

from __future__ import annotations

import re

from mail.dates import parse_date
from mail.headers import decode_words
from mail.labels import is_agreed, read_label
from mail.lines import Line

_CONTINUES = re.compile(r"\s{0,8}(?:<|\"|[^\s@]{1,100}@|[^<>]{1,80}<[^<>\s]{1,120}@)")


_RAW_FIELDS = frozenset(("from", "to", "cc", "date", "subject"))


class Collector:
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
        self.gap = 0  # the first line of the block's that stands after a blank one
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
            self.gap = self.gap or (self.at if self.blanks else 0)
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
            and (is_agreed(line.text) or self._known_after() or self._closes(line, label[1]))
        ):
            if self.last and self._wraps(line):
                self.fields[self.last] += " " + line.text.strip()
            else:
                self.last = ""
                if not is_agreed(line.text):
                    self.spare.append(label[1])
            return True
        if self.last and self._wraps(line):
            self.fields[self.last] = f"{self.fields[self.last]} {line.text.strip()}".strip()
            return True
        return False

    def _may_follow(self, name: str) -> bool:
        """After a blank line a field goes on only where all stand apart (HTML paragraphs), or From is still missing.

        Or it is the subject alone, which some programs set apart.
        """
        complete = {"from", "date", "subject", "to"} <= self.fields.keys() and name not in ("cc", "bcc", "reply_to")
        if name in self.fields or complete:
            return False
        if name == "subject" and {"from", "date"} <= self.fields.keys():
            return True
        return not self.adjacent or "from" not in self.fields or len(self.fields) < 2

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
            return len(line.text) < 300 and not (self.blanks and self.last in ("subject", "cc", "bcc"))
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


def collect_raw(lines: list[Line], start: int) -> tuple[dict[str, str], int]:
    """The fields of a mail's own headers, pasted into a text with all the others, and the line after them."""
    fields: dict[str, str] = {}
    last = ""
    depth = lines[start].depth
    at = start
    while at < min(len(lines), start + 300) and lines[at].depth == depth and not lines[at].blank:
        text = lines[at].text
        if text[:1] not in " \t":
            name, colon, value = text.partition(":")
            if not colon or " " in name:
                break
            last = name.lower() if name.lower() in _RAW_FIELDS and name.lower() not in fields else ""
            if last:
                fields[last] = value.strip()
        elif last:
            fields[last] += " " + text.strip()
        at += 1
    return {name: decode_words(value) if name == "subject" else value for name, value in fields.items()}, at
