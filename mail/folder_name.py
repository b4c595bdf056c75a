"""Folder names as they go over the wire: modified UTF-7 (RFC 3501 5.1.3), quoted."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error

_SPECIAL = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def encode_folder(name: str) -> str:
    """`Entwürfe & mehr` as `Entw&APw-rfe &- mehr`."""
    return _SPECIAL.sub(lambda hit: "&-" if hit.group() == "&" else _shift(hit.group()), name)


def decode_folder(wire: str) -> str:
    """The name back; what isn't rightly encoded stays as it is."""
    return _SHIFTED.sub(_unshift, wire)


def quote(text: str) -> str:
    """A quoted string (RFC 3501 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shift(text: str) -> str:
    octets = text.encode("utf-16-be", "surrogatepass")
    return f"&{b64encode(octets).decode().rstrip('=').replace('/', ',')}-"


def _unshift(hit: re.Match[str]) -> str:
    shifted = hit.group(1).replace(",", "/")
    if not shifted:
        return "&"
    try:
        return b64decode(shifted + "=" * (-len(shifted) % 4)).decode("utf-16-be")
    except (Error, UnicodeDecodeError):
        return hit.group()
