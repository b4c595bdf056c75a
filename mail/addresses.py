"""Address lists as programs and people really write them, broken ones too, to names and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mail.charset import clean
from mail.headers import decode_words
from storage.messages import Address

MAX_ADDRESSES = 500

_ADDRESS = re.compile(
    r"(?:\"[^\"\\<>@\n]{1,64}\"|[^\s<>()\[\]\",;:@|]{1,128})"
    r"@(?:\[(?:ipv6:)?[0-9a-f.:]{2,45}\]|[^\s<>()\[\]\",;:@|]{1,190})",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(<[^\s<>@]{1,64}) {0,2}@ {0,2}([^\s<>@]{1,190}>)")
_ESCAPED = re.compile(r"\\(.)")
_X500 = re.compile(r"/o=[^<>]{0,200}/cn=([^/<>]{1,80})$", re.IGNORECASE)
_WEB = re.compile(r"<https?:[^<>\s]{0,500}>")
_EMPTY = re.compile(r"\(\s{0,3}\)|\[\s{0,3}\]|<\s{0,3}>")
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_DRESSING = re.compile(r"[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}")
_ON_BEHALF = re.compile(
    r"\b(on behalf of|im auftrag von|de la part de|en nombre de|em nome de|per conto di|namens|от имени)\b",
    re.IGNORECASE,
)


def parse_addresses(value: str) -> tuple[Address, ...]:
    """All mailboxes of a header's or a forward block's value, in order; names without an address too. Never raises."""
    found: list[Address] = []
    for piece in _split(value[:60_000]):
        address = parse_address(piece)
        if address.name or address.address:
            found.append(address)
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found)


def parse_address(piece: str) -> Address:
    """One mailbox: `Name <a@b>`, `a@b (Name)`, `Name [mailto:a@b]`, `Name <a@b<mailto:a@b>>`, `<a@b`, `Name` alone."""
    text = clean(piece)[:2_000]
    text = _MAILTO.sub(" ", _WEB.sub(" ", text))
    if " @" in text or "@ " in text:
        text = _SPACED.sub(r"\1@\2", text)
    hits = list(_ADDRESS.finditer(text))
    angled = text.rfind("<")
    hit = None
    for candidate in hits:
        if hit is None or (candidate.start() > angled >= 0 and hit.start() < angled):
            hit = candidate
    if hit is not None and "/" in hit.group() and "." not in hit.group().rpartition("@")[2]:
        return Address(name=_name(text[: hit.end()].partition("/")[0]))  # Notes: `Tom Berg/ACME@ACME`
    if hit is None:
        return _nameless(text)
    spelled = _bare(hit.group())
    address = spelled.lower()
    spelled = spelled if spelled != address else ""
    before = text[: hit.start()]
    opening = max(before.rfind("<"), before.rfind("["), before.rfind("("))
    name = _name(text[: opening if opening >= 0 else hit.start()])
    deputy = _ON_BEHALF.search(text, hit.end())
    if deputy:
        return Address(_name(text[deputy.end() :].partition("<")[0]), address, spelled)
    if not name:
        name = _name(_comment(text[hit.end() :]))
    deputy = _ON_BEHALF.search(name)
    if deputy and "@" in name:  # `assistant@x on behalf of Anna Kern <anna@x>`
        name = _name(name[deputy.end() :])
    if "@" in name and address in name.lower():
        rest = _name(_EMPTY.sub(" ", re.sub(re.escape(address), " ", name, flags=re.IGNORECASE)))
        name = rest if rest and not _ON_BEHALF.fullmatch(rest) else ""
    return Address(name, address, spelled)


def _nameless(text: str) -> Address:
    """What holds no address as it stands: a name alone, or a mailbox that was encoded as a whole."""
    if "=?" in text:
        decoded = clean(decode_words(text))
        if "=?" not in decoded and _ADDRESS.search(decoded):
            return parse_address(decoded)
    before = text.partition("<")[0].strip()
    name = _name(before or text)
    exchange = _X500.search(name)
    if exchange:
        return Address(name=exchange[1])
    system, opening, comment = name.partition(" (")
    if opening and comment.endswith(")") and _is_system(system):
        return Address(name=comment[:-1])  # `MAILER-DAEMON (Mail Delivery System)`
    return Address(name=name)


def _is_system(name: str) -> bool:
    """Is it a mail system's own name, which older ones write without a domain?"""
    return name.lower() in ("mailer-daemon", "mail-daemon", "postmaster", "root", "daemon")


def _bare(address: str) -> str:
    """The address without what only dresses it: `*a@b*`, a full stop behind it."""
    address = address.strip("'`\u2018\u2019\u201c\u201d").rstrip(".")
    return address.strip("*_") if address[:1] in "*_" and address[-1:] in "*_" else address.strip("*")


def _comment(text: str) -> str:
    start = text.find("(")
    end = text.rfind(")")
    return text[start + 1 : end] if 0 <= start < end else ""


def _name(text: str) -> str:
    """A display name as people write it: decoded, without quotes, surrounding apostrophes and left-over brackets."""
    name = " ".join(decode_words(text).split())
    before = None
    while before != name:
        before = name
        name = _unbracketed(name.strip(" \t,;:<>|")).strip('"\u201c\u201d\u201e\u00ab\u00bb`')
        if len(name) > 1 and name[0] in "'\u2018*_" and name[-1] in "'\u2019*_":
            name = name[1:-1]
        name = name.strip("*").strip()
    return _ESCAPED.sub(r"\1", name)[:300] if "\\" in name else name[:300]


def _unbracketed(name: str) -> str:
    """Without square brackets around all of it, or left over at its ends: `Anna [IT]` keeps its own."""
    if name.count("[") == name.count("]") and not (name.startswith("[") and name.find("]") == len(name) - 1):
        return name if name.find("[") < name.find("]") or "[" not in name else name.strip("[]")
    return name.strip("[]")


def _split(value: str) -> list[str]:
    """Pieces at commas and semicolons outside quotes, brackets and comments; a group's name and end are dropped."""
    grouped = ";" in value
    separators = ";" if ";" in value and "@" not in value else ",;"
    pieces: list[str] = []
    start = depth = 0
    angled = has_at = angled_at = False
    for index, char in _unquoted(value):
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "<":
            angled, angled_at = True, False
        elif char == ">":
            angled = False
        elif char == "@":
            has_at, angled_at = True, angled
        elif char in separators and not depth and (angled_at or not angled):
            pieces.append(value[start:index])
            start = index + 1
            angled = has_at = False
        elif (
            char == ":" and not (has_at or angled) and grouped and value[max(0, index - 6) : index].lower() != "mailto"
        ):
            start = index + 1  # a group's name, as in `undisclosed-recipients:;`
    pieces.append(value[start:])
    return [piece for piece in _rejoin(pieces) if piece.strip()]


def _unquoted(value: str) -> Iterator[tuple[int, str]]:
    """The characters that stand outside quotes and mean something."""
    quoted = escaped = False
    for index, char in enumerate(value):
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "()<>@,;:":
            yield index, char


def _rejoin(pieces: list[str]) -> list[str]:
    """`Kern, Anna <a@b>` without quotes was cut at its comma: a piece without an address belongs to the next one."""
    if not any("@" in piece for piece in pieces):
        return pieces
    joined: list[str] = []
    held = ""
    for piece in pieces:
        if "@" in piece:
            stripped = piece.strip()
            if (
                held
                and ("<" in stripped or "[" in stripped)
                and not stripped.startswith(("<", "["))
                and len(held.split()) <= 3
            ):
                joined.append(f"{held},{piece}")
            elif held:
                joined.extend([held, piece])
            else:
                joined.append(piece)
            held = ""
        else:
            if held:
                joined.append(held)
            held = piece if piece.strip() else ""
    if held:
        joined.append(held)
    return joined
