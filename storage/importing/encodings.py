"""In which encoding a text file was written, judged by its bytes."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

_SAMPLE = 1 << 16  # bytes that are looked at closely
_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_COMMON = frozenset("оеаинтсрвлкмд")
_WRONG_CASE = re.compile("[а-яё][А-ЯЁ]")


def encoding_of(path: Path) -> str:
    """The encoding that the whole file can be read in: UTF-8 when it is that, else what its letters look like."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    if _is_utf8(path):
        return "utf-8"
    return _legacy(_first_high(path))


def is_text(sample: bytes) -> bool:
    """Could these first bytes of a file be text?"""
    if any(sample.startswith(mark) for mark, _ in _BOMS) or _wide(sample):
        return True
    controls = sum(octet < 32 and octet not in b"\t\n\r\f\x1b\x1a\x00" for octet in sample)
    return sample.count(0) <= len(sample) / 50 and controls <= len(sample) / 50


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte is zero, or nearly."""
    pairs = len(sample) // 2
    if pairs < 4:
        return ""
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.4 and odd < pairs * 0.05:
        return "utf-16-be"
    return ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_high(path: Path) -> bytes:
    """A sample from where the first letters beyond ASCII stand, which may be late in the file."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if found := _HIGH.search(chunk):
                return chunk[found.start() : found.start() + _SAMPLE]
    return b""


def _legacy(sample: bytes) -> str:
    """Cyrillic words are runs of high bytes; in Western ones they stand alone between ASCII letters."""
    runs = _HIGH.findall(sample)
    long = sum(len(run) for run in runs if len(run) > 2)
    if long <= 0.5 * sum(map(len, runs)):
        return "cp1252"
    return max(_CYRILLIC, key=lambda name: _russian(sample.decode(name, "replace")))


def _russian(text: str) -> float:
    """How Russian it looks: the common letters in lower case, few capitals inside words."""
    return sum(letter in _COMMON for letter in text) - 5 * len(_WRONG_CASE.findall(text))
