"""An mbox file parted into its mails, read in order and never held as a whole.

Separators as programs really write them: mboxo and mboxrd (RFC 4155 and qmail's mbox(5)), Thunderbird's bare
"From ", files without the blank lines between, and bodies with lines that begin with "From ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LONGEST = 1 << 16  # bytes: what is longer comes in pieces, so that a file without line breaks needs no memory
_NEWLINES = (b"\n", b"\r\n")
# From <address> <asctime>: the weekday, month, day and clock are what a sentence that begins with "From" hasn't.
_DATED = re.compile(
    rb"From .{0,1000}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .{0,60}\d{4}"
)
_BARE = re.compile(rb"From(?: -)?\s*")
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
KNOWN_HEADER = re.compile(  # the names with which real mails begin
    rb"^(?i:return-path|received|delivered-to|envelope-to|x-[!-9;-~]+|message-id|date|from|to|cc|subject|reply-to|sender"
    rb"|mime-version|content-type|content-transfer-encoding|status|dkim-signature|authentication-results"
    rb"|arc-[!-9;-~]+|list-[!-9;-~]+|in-reply-to|references)[ \t]*:",
    re.MULTILINE,
)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One mail of the file, as it was before it was put there; `raw` is None when it is over the limit."""

    number: int  # from 1
    at: int  # the byte where its separator begins
    size: int
    raw: bytes | None


def is_mbox(head: bytes) -> bool:
    """Does a file that begins so look like an mbox?"""
    return head.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"From ")


def split_mbox(source: BinaryIO, limit: int) -> Iterator[Piece]:
    """The mails of a file, one at a time; at most one mail of `limit` bytes is held."""
    mail = bytearray()
    number = size = begun = at = 0
    whole, blank = True, True  # did the line before end, and was it empty?
    line = source.readline(_LONGEST)
    while line:
        following = source.readline(_LONGEST)
        if whole and _separates(line, following, blank, first=number == 0):
            if number:
                yield _piece(number, begun, size, mail, limit)
            number, begun, size = number + 1, at, 0
            mail.clear()
            blank = False
        else:
            if number == 0 and line.strip():
                number = 1  # something before the first separator is a mail, too
            size += len(line)
            if size <= limit + 2:
                mail += line
            blank = whole and line in _NEWLINES
        whole = line.endswith(b"\n")
        at += len(line)
        line = following
    if number:
        yield _piece(number, begun, size, mail, limit)


def _separates(line: bytes, following: bytes, blank: bool, *, first: bool) -> bool:
    """Does this line begin a new mail? `blank`: the line before it is empty.

    One with a date does after an empty line, or when a header follows; any other that begins with "From " only
    when both are so, since sentences begin with it, too.
    """
    if not line.startswith(b"From"):
        return first and line.startswith(b"\xef\xbb\xbfFrom ")
    if not line.startswith(b"From ") and line not in (b"From\n", b"From\r\n"):
        return False
    if first:
        return True
    if _DATED.match(line):
        return blank or _HEADER.match(following) is not None
    known = KNOWN_HEADER.match(following) is not None
    return known and (blank or _BARE.fullmatch(line) is not None)


def _piece(number: int, at: int, size: int, mail: bytearray, limit: int) -> Piece:
    for newline in (b"\r\n\r\n", b"\n\n"):
        if mail.endswith(newline):
            del mail[-len(newline) // 2 :]  # the empty line belongs to the separator
            size -= len(newline) // 2
            break
    if size > limit:
        return Piece(number, at, size, None)
    raw = bytes(mail)
    return Piece(number, at, size, _QUOTED.sub(rb"\1", raw) if b"\n>" in raw else raw)
