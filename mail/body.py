"""Which parts of a mail are its text, and that text: plain before HTML, format=flowed joined."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mail.charset import clean
from mail.html import END, html_to_text, strip_marks
from mail.lines import trim
from mail.parts import Part

MAX_TEXT = 1_000_000  # characters of a mail's text that are kept

_STUB = re.compile(r"\b(html|browser|client|view|ansehen|anzeigen|afficher|visualizar|visualizza)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """The text as shown, the HTML's text with the reader's marks where there is any, and the parts that were used."""

    text: str
    marked: str  # of the HTML; empty without
    html: str
    used: frozenset[int]
    from_html: bool


def read_body(root: Part) -> Body:
    """The text of the mail whose tree this is; parts inside attached mails aren't looked into."""
    plains: list[Part] = []
    htmls: list[Part] = []
    _gather(root, plains, htmls)
    html = "\n".join(part.text() for part in htmls[:50])
    plain = "\n".join(_plain_text(part) for part in plains)[:MAX_TEXT]
    marked = html_to_text(clean(html)) if html else ""
    used = frozenset(part.number for part in plains + htmls)
    rendered = strip_marks(marked)
    if plain.strip() and not (rendered.strip() and _is_stub(plain, rendered)):
        return Body(trim(plain), marked, html, used, False)
    return Body(trim(rendered), marked, html, used, True)


def tail_of(marked: str) -> str:
    """What stands below a forward's container in the HTML: the forwarder's words again."""
    return strip_marks(marked.rpartition(END)[2]).strip() if END in marked else ""


def _gather(part: Part, plains: list[Part], htmls: list[Part]) -> None:
    """The text parts in their order. Of an alternative each form is taken once; a file is no text."""
    waiting = [part]
    while waiting:
        node = waiting.pop()
        if node.media_type in ("message/rfc822", "message/global"):
            continue
        if node.children:
            waiting.extend(reversed(node.children))
            continue
        if node.disposition == "attachment" or (
            node.file_name and node.disposition != "inline" and node.number > 0 and (plains or htmls)
        ):
            continue
        if node.media_type == "text/plain" and not (node.file_name and (plains or htmls)):
            plains.append(node)
        elif node.media_type in ("text/html", "application/xhtml+xml"):
            htmls.append(node)
        elif node.media_type.startswith("text/") and node.number == 0:
            plains.append(node)


def _plain_text(part: Part) -> str:
    text = clean(part.text())
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def unflow(text: str, delete_space: bool) -> str:
    """format=flowed (RFC 3676) to whole paragraphs: a line that ends in a blank goes on in the next."""
    out: list[str] = []
    open_depth = -1
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        content = raw[depth:]
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if flows and delete_space:
            content = content[:-1]
        if open_depth == depth and content != "-- ":
            out.append(content)
        else:
            out.append("\n" + (">" * depth + " " if depth else "") + content)
        open_depth = depth if flows else -1
    return "".join(out).removeprefix("\n")


def _is_stub(plain: str, rendered: str) -> bool:
    """Does the plain part only say that the mail is HTML?"""
    short = " ".join(plain.split())
    if len(short) > 300 or len(rendered) < 2 * len(short):
        return False
    return _STUB.search(short) is not None or len(rendered) > 20 * len(short) + 400
