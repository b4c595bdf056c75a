"""The MIME tree of a raw mail (RFC 2045, 2046), read iteratively and within limits: its parts and their bytes."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from mail.charset import decode_bytes
from mail.headers import Headers, decode_words, split_headers, split_parameters

MAX_PARTS = 1_000  # further parts stay unread
MAX_DEPTH = 40  # deeper ones are taken as one opaque part

_QUOTED_HEX = re.compile(rb"(?:=[0-9A-Fa-f]{2})+")
_SOFT_BREAK = re.compile(rb"=[ \t]{0,80}\r?\n")
_TRAILING_BLANKS = re.compile(rb"[ \t]{1,400}(?=\r?\n)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_UU = re.compile(rb"(?m)^begin [0-7]{3,4} ")


@dataclass(slots=True)
class Part:
    """One node of the tree. `number` counts from 0 in the order of the bytes and names the part for ever."""

    number: int
    headers: Headers
    media_type: str
    parameters: dict[str, str]
    raw: bytes  # the whole mail: `body` is a slice of it
    start: int
    end: int
    children: list[Part] = field(default_factory=list)

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or empty (RFC 2183)."""
        return split_parameters(self.headers.plain("content-disposition"))[0]

    @property
    def file_name(self) -> str:
        """The file's name as its sender gave it, decoded; empty when none was given."""
        name = split_parameters(_loose(self.headers.raw("content-disposition")))[1].get("filename", "")
        return " ".join(decode_words(name or self.parameters.get("name", "")).split())

    @property
    def content_id(self) -> str:
        """The Content-ID without its brackets."""
        return self.headers.plain("content-id").strip("<> ")

    def content(self, limit: int | None = None) -> bytes:
        """The decoded bytes (RFC 2045 6), of damaged encodings what can be read. `limit` caps the encoded bytes."""
        end = self.end if limit is None else min(self.end, self.start + limit)
        data = self.raw[self.start : end]
        encoding = self.headers.plain("content-transfer-encoding").lower().strip(" ;\"'")
        if encoding == "base64":
            return decode_base64(data)
        if encoding in ("quoted-printable", "quotedprintable"):
            return decode_quoted_printable(data)
        if encoding in ("x-uuencode", "uuencode", "x-uue"):
            return _decode_uu(data)
        return data

    def text(self, limit: int = 8_000_000) -> str:
        """The decoded text with LF line ends."""
        text = decode_bytes(self.content(limit), self.parameters.get("charset"))
        return text.replace("\r\n", "\n").replace("\r", "\n")


def read_tree(raw: bytes) -> list[Part]:
    """All parts in their order, the mail itself first; `children` make them a tree. Never raises."""
    parts: list[Part] = []
    waiting: list[tuple[int, int, int, Part | None, bool]] = [(0, len(raw), 0, None, False)]
    while waiting and len(parts) < MAX_PARTS:
        start, end, depth, parent, in_digest = waiting.pop()
        headers, body = split_headers(raw, start, end)
        kind, parameters = split_parameters(_loose(headers.raw("content-type")))
        if kind.count("/") != 1 or " " in kind:
            kind = "message/rfc822" if in_digest else "text/plain"
        part = Part(len(parts), headers, kind, parameters, raw, min(body, end), end)
        parts.append(part)
        if parent is not None:
            parent.children.append(part)
        if depth >= MAX_DEPTH:
            part.media_type = "application/octet-stream" if kind.startswith(("multipart/", "message/")) else kind
        elif kind.startswith("multipart/"):
            spans = _split_multipart(raw, part.start, end, parameters.get("boundary", ""))
            if not spans:
                part.media_type = "text/plain"
            is_digest = kind == "multipart/digest"
            waiting.extend((*span, depth + 1, part, is_digest) for span in reversed(spans))
        elif kind in ("message/rfc822", "message/global") and not _is_encoded(headers):
            waiting.append((part.start, end, depth + 1, part, False))
    return parts


def read_embedded(part: Part) -> bytes:
    """The bytes of the mail that a message/rfc822 part holds."""
    return part.content()


def decode_base64(data: bytes) -> bytes:
    """Base64 with junk, missing padding or a cut end, to what can be read."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", data)
        if len(kept) % 4 == 1:
            kept = kept[:-1]
        try:
            return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
        except binascii.Error:
            return b""


def decode_quoted_printable(data: bytes) -> bytes:
    """Quoted-printable (RFC 2045 6.7); wrong escapes stay as they are."""
    if b"=" not in data:
        return data
    joined = _SOFT_BREAK.sub(b"", _TRAILING_BLANKS.sub(b"", data))
    return _QUOTED_HEX.sub(lambda hit: binascii.unhexlify(hit[0].replace(b"=", b"")), joined)


def _decode_uu(data: bytes) -> bytes:
    begin = _UU.search(data)
    if begin is None:
        return data
    out: list[bytes] = []
    for line in data[begin.start() :].splitlines()[1:]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)


def _is_encoded(headers: Headers) -> bool:
    return headers.plain("content-transfer-encoding").lower() in ("base64", "quoted-printable")


def _loose(raw: bytes) -> str:
    return decode_bytes(raw, None).replace("\r", " ").replace("\n", " ")


def _split_multipart(raw: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Where the parts lie between the boundary's lines (RFC 2046 5.1.1); an unclosed last part runs to the end."""
    if not boundary:
        return []
    marker = b"--" + boundary.encode("utf-8", "replace").rstrip()
    spans: list[tuple[int, int]] = []
    opened = -1
    at = start
    while len(spans) < MAX_PARTS:
        found = raw.find(marker, at, end)
        if found < 0:
            break
        line_end = raw.find(b"\n", found, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[found + len(marker) : min(line_end, found + len(marker) + 200)].strip()
        at = found + len(marker)
        if (found > start and raw[found - 1 : found] != b"\n") or rest not in (b"", b"--"):
            continue
        if opened >= 0:
            spans.append((opened, max(opened, _before_break(raw, found))))
            opened = -1
        if rest == b"--":
            return spans
        opened = min(line_end + 1, end)
        at = max(at, opened)
    if opened >= 0:
        spans.append((opened, end))
    return spans


def _before_break(raw: bytes, at: int) -> int:
    if raw[at - 1 : at] == b"\n":
        at -= 1
        if raw[at - 1 : at] == b"\r":
            at -= 1
    return at
