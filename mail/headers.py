"""Raw header bytes to names and decoded values: unfolding, encoded words (RFC 2047), 8-bit text, comments."""

from __future__ import annotations

import binascii
import re
import urllib.parse
from dataclasses import dataclass

from mail.charset import clean, decode_bytes

MAX_HEADERS = 2_000  # further headers of a part aren't looked at
MAX_VALUE = 64 * 1024  # bytes of one header's value that are looked at
MAX_HEADER_BYTES = 4 * 1024 * 1024

_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]{0,8000})\?=")
_HEADER_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,8}:")
_QUOTED_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of one part in their order: names lower-cased, values unfolded but otherwise raw."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def raw(self, name: str) -> bytes:
        """The first header of that (lower-case) name, or b""."""
        return next((value for key, value in self.fields if key == name), b"")

    def every(self, name: str) -> list[bytes]:
        """All headers of that name, topmost first."""
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        """The first header of that name as people read it."""
        return decode_header(self.raw(name))

    def plain(self, name: str) -> str:
        """The first header of that name, undecoded, as text: for structured fields."""
        return clean(decode_bytes(self.raw(name), None)).strip()

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def split_headers(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """The headers that begin at `start` (RFC 5322 2.2), and where the body begins. Junk before them is passed over."""
    stop = len(raw) if end is None else end
    limit = min(stop, start + MAX_HEADER_BYTES)
    fields: list[tuple[str, bytes]] = []
    name, pieces, size = "", [], 0
    at = start
    first = True
    while at < limit:
        newline = raw.find(b"\n", at, limit)
        line_end = limit if newline < 0 else newline
        line = raw[at : min(line_end, at + MAX_VALUE)].rstrip(b"\r")
        following = limit if newline < 0 else newline + 1
        if not line:
            at = following
            break
        if line[:1] in b" \t" and name:
            if size < MAX_VALUE:
                pieces.append(line)
                size += len(line)
        else:
            match = _HEADER_NAME.match(line)
            if match is None:
                if not (first or line.startswith((b"From ", b">From "))) and not fields and not name:
                    break  # a body without any header
                if name and not line.startswith((b"From ", b">From ")):
                    break  # the body follows without an empty line
            else:
                if name and len(fields) < MAX_HEADERS:
                    fields.append((name, b"".join(pieces)))
                name = match.group()[:-1].strip().decode("ascii").lower()
                pieces = [line[match.end() :]]
                size = len(line)
        first = False
        at = following
    if name and len(fields) < MAX_HEADERS:
        fields.append((name, b"".join(pieces)))
    bare = at > start and not fields and raw[start:at].strip() == b""  # no header at all, but the empty line after it
    return Headers(tuple(fields)), (at if fields or bare or at >= stop else start)


def decode_header(raw: bytes) -> str:
    """A header's value as people read it: encoded words decoded, white space single, control characters gone."""
    return " ".join(clean(decode_words(decode_bytes(raw[:MAX_VALUE], None))).split())


def decode_words(text: str) -> str:
    """Text with its encoded words (RFC 2047) decoded; neighbours are joined first, as writers split characters."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    last = 0
    for match in _ENCODED_WORD.finditer(text):
        between = text[last : match.start()]
        last = match.end()
        name = match[1].lower()
        if pending and (between.strip() or name != charset):
            out.append(decode_bytes(b"".join(pending), charset))
            pending = []
        if between.strip() or not (out or pending):
            out.append(between)
        charset = name
        pending.append(_word_bytes(match[2], match[3]))
    if pending:
        out.append(decode_bytes(b"".join(pending), charset))
    out.append(text[last:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("ascii", "replace")
    if encoding in "qQ":
        return _QUOTED_HEX.sub(lambda hit: bytes([int(hit[1], 16)]), data.replace(b"_", b" "))
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(data) % 4 == 1:
        data = data[:-1]
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` to its lower-case value and parameters (RFC 2045, continued ones by RFC 2231)."""
    pieces = _split_semicolons(value[:20_000])
    parameters: dict[str, str] = {}
    extended: dict[str, list[tuple[int, bool, str]]] = {}
    for piece in pieces[1:200]:
        key, equals, content = piece.partition("=")
        key = key.strip().lower()
        content = content.strip()
        if not equals or not key:
            continue
        if len(content) > 1 and content[0] == content[-1] == '"':
            content = content[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        else:
            content = content.strip('"')
        if "*" not in key:
            parameters.setdefault(key, content)
            continue
        base, _, tail = key.partition("*")
        number = tail.rstrip("*")
        extended.setdefault(base, []).append(
            (int(number) if number.isdecimal() and len(number) < 4 else 0, key.endswith("*"), content)
        )
    for base, parts in extended.items():
        parameters[base] = _join_extended(sorted(parts, key=lambda part: part[0]))
    return pieces[0].strip().lower(), parameters


def _join_extended(parts: list[tuple[int, bool, str]]) -> str:
    charset = None
    data = b""
    for index, (_, is_encoded, content) in enumerate(parts):
        text = content
        if is_encoded:
            if index == 0 and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            data += urllib.parse.unquote_to_bytes(text)
        else:
            data += text.encode("utf-8", "replace")
    return decode_bytes(data, charset)


def _split_semicolons(value: str) -> list[str]:
    pieces: list[str] = []
    current: list[str] = []
    quoted = False
    escaped = False
    for char in value:
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            pieces.append("".join(current))
            current = []
            continue
        current.append(char)
    pieces.append("".join(current))
    return pieces
