"""Bytes to text when the named charset is missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re
import unicodedata

_ALIASES = {
    "ansi": "cp1252", "ansi_x3.110-1983": "latin-1", "cp-850": "cp850", "cp1251": "cp1251", "default": "utf-8",
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb2312": "hz",
    "big5": "big5hkscs", "x-big5": "big5hkscs", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "tis-620": "cp874", "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "utf-8-sig": "utf-8",
    "unicode": "utf-8", "x-unknown": "utf-8", "unknown-8bit": "utf-8", "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "windows-1250": "cp1250",
    "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-874": "cp874", "koi8": "koi8-r",
}  # fmt: skip
# Codecs of Python that aren't charsets (rot13, hex, zip, idna...) must not be reached by a mail's word.
_CHARSETS = re.compile(
    r"(utf|iso|cp|windows|koi8|mac|big5|gb|hz|euc|shift|johab|ptcp|kz|tis|latin|us-ascii|ascii)", re.IGNORECASE
)
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\uffff\ue000-\ue00f\ud800-\udfff]"
)
_CYRILLIC = ("cp1251", "koi8-r")
_CYRILLIC_LABELS = ("cp1251", "koi8-r", "koi8-u", "iso-8859-5")
_TURNED = re.compile("[\u0430-\u044f][\u0410-\u042f]{2}")
_CAPITALISED = re.compile("[\u0410-\u042f][\u0430-\u044f]{2}")
_MULTIBYTE = ("gb18030", "cp932", "big5hkscs", "cp949", "euc_jp")


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Text of the bytes: UTF-8 when they are that, whatever the label says, else by the label, else by guess."""
    name = _codec(charset)
    seven_bit = data.isascii()
    if seven_bit and name is not None and name.startswith(("iso2022", "hz", "utf-7", "utf_7", "utf-16", "utf-32")):
        return _by(data, name) or data.decode("ascii", "replace")
    if seven_bit:
        if b"\x1b$" in data[:200_000] or b"\x1b(" in data[:200_000]:
            return _by(data, "iso2022_jp_ext") or data.decode("ascii")
        return data.decode("ascii")
    if name is not None and name.startswith(("utf-16", "utf-32")):
        return _by(data, name) or data.decode("utf-8", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut in the middle of a character, or nearly all of it UTF-8: the label lies.
        if error.start > len(data) - 4 or (name in (None, "utf-8") and _mostly_utf8(data)):
            return data.decode("utf-8", "replace")
    if name in (None, "cp1252", "utf-8"):
        return _guess(data)
    if name in _CYRILLIC_LABELS:
        name = _truer_cyrillic(data, name)
    return _by(data, name) or data.decode(name or "utf-8", "replace")


def clean(text: str) -> str:
    """Text without NULs, control characters, bidi overrides, lone surrogates and the HTML reader's marks."""
    return _CONTROLS.sub("", text)


def fold(text: str) -> str:
    """Text for comparing words: compatibility forms and case folded, no-break spaces plain."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _codec(charset: str | None) -> str | None:
    if not charset:
        return None
    name = charset.strip().strip("\"'").lower().replace(" ", "")
    name = _ALIASES.get(name, name)
    if not _CHARSETS.match(name):
        return None
    try:
        return name if codecs.lookup(name).name else None
    except (LookupError, ValueError):
        return None


def _by(data: bytes, name: str | None) -> str | None:
    if name is None:
        return None
    try:
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return None


def _mostly_utf8(data: bytes) -> bool:
    sample = data[:20_000].decode("utf-8", "replace")
    wrong = sample.count("\ufffd")
    right = sum(1 for char in sample if ord(char) > 127 and char != "\ufffd")
    return right > 4 * wrong


def _guess(data: bytes) -> str:
    """The likeliest reading of unlabelled 8-bit text: the one with the most letters of one script, in words."""
    sample = data[:4_000]
    high = sum(1 for byte in sample if byte > 127)
    letters = sum(1 for byte in sample if byte < 128 and chr(byte).isalpha())
    best, best_score = "cp1252", 0.0
    if high > letters * 0.5:
        for name in _CYRILLIC:
            text = sample.decode(name, "replace")
            small = sum(1 for char in text if "\u0430" <= char <= "\u044f")
            score = small / high
            if score > max(best_score, 0.55):
                best, best_score = name, score
        if not best_score:
            for name in _MULTIBYTE:
                found = _by(data, name)
                if found is None:
                    continue
                common = sum(
                    1
                    for char in found[:4_000]
                    if "\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3"
                )
                score = common / high
                if score > max(best_score, 0.35):
                    best, best_score = name, score
    return data.decode(best, "replace")


def _truer_cyrillic(data: bytes, name: str) -> str:
    """The Cyrillic charset in which the bytes read as words, where the label's own turns capitals over: `дНАПШИ`."""
    sample = data[:4_000]
    if sum(1 for byte in sample if byte > 127) < 6:
        return name
    text = sample.decode(name, "replace")
    turned = len(_TURNED.findall(text))
    if not turned or turned < 2 * len(_CAPITALISED.findall(text)):
        return name
    for other in _CYRILLIC:
        if other != name and len(_CAPITALISED.findall(sample.decode(other, "replace"))) >= turned:
            return other
    return name
