"""Which parts of a mail are files, and their bytes."""

from __future__ import annotations

import re

from mail.errors import NoSuchPart
from mail.parts import Part, read_tree
from storage.messages import Attachment

MAX_ATTACHMENTS = 200

_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")
_EXTENSIONS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "text/calendar": "ics",
    "text/vcard": "vcf", "text/x-vcard": "vcf", "message/rfc822": "eml", "text/csv": "csv", "text/html": "html",
    "text/plain": "txt", "audio/ogg": "ogg", "application/zip": "zip",
}  # fmt: skip


def attachment_bytes(raw: bytes, part: int) -> bytes:
    """The decoded bytes of the part with that number (`Attachment.part`) in the raw mail; raises NoSuchPart."""
    parts = read_tree(raw)
    if not 0 <= part < len(parts):
        raise NoSuchPart(f"This mail has {len(parts)} parts, and none has the number {part}.")
    return parts[part].content()


def safe_name(name: str, media_type: str, number: int) -> str:
    """A file's name without folders and reserved characters, at most 120 characters long, never empty or hidden."""
    base = _UNSAFE.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not base:
        base = f"part-{number}.{_EXTENSIONS.get(media_type, 'bin')}"
    stem, dot, extension = base.rpartition(".")
    if len(base) > 120 and dot and len(extension) < 12:
        return f"{stem[: 119 - len(extension)]}.{extension}"
    return base[:120]


def describe_attachment(part: Part) -> Attachment:
    """The part as a file: its safe name, type and decoded size in bytes."""
    return Attachment(
        part.number, safe_name(part.file_name, part.media_type, part.number), part.media_type, _size(part)
    )


def is_inline_picture(part: Part, html: str) -> bool:
    """Is it a picture shown inside the text, as a signature's logo: does the HTML refer to its Content-ID?"""
    if not part.media_type.startswith("image/") or part.disposition == "attachment":
        return bool(part.media_type.startswith("image/") and part.content_id and f"cid:{part.content_id}" in html)
    return bool(part.content_id) and (f"cid:{part.content_id}" in html or not part.file_name)


def _size(part: Part) -> int:
    encoding = part.headers.plain("content-transfer-encoding").lower()
    if encoding != "base64":
        return len(part.content()) if encoding == "quoted-printable" else part.end - part.start
    body = part.raw[part.start : part.end]
    letters = len(body) - sum(body.count(blank) for blank in (b"\n", b"\r", b" ", b"="))
    return letters * 3 // 4
