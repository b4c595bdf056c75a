"""HTML mail to plain text: lines, lists, tables and quotes kept; scripts, styles and hidden parts left out."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML = 1_000_000  # characters that are looked at, pictures inside the text taken out
MAX_NESTING = 300  # deeper markup is stripped without being read as a tree: the tree's cost grows with the square
MAX_NODES = 200_000

END = "\ue001"  # alone on a line: a forwarded mail's own container ends here
LINK = "\ue002"  # wraps the address of a mailto link whose text doesn't show it

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_ANY_TAG = re.compile(r"<[^<>]{0,5000}>")
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_APART = frozenset(["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol"])
_SKIP = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "svg",
        "math",
        "select",
        "textarea",
        "button",
        "iframe",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "option",
        "dd",
        "dt",
    ]
)
_HIDDEN = re.compile(
    r"display\s{0,5}:\s{0,5}none|mso-hide\s{0,5}:\s{0,5}all|visibility\s{0,5}:\s{0,5}hidden", re.IGNORECASE
)
_DATA = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+\-]{1,60};base64,[A-Za-z0-9+/=%\s]*")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_CONTAINER = re.compile(r"\b(gmail_quote|moz-forward-container|yahoo_quoted|protonmail_quote|zmail_extra)\b")
_SIGNATURE = re.compile(
    r"\b(gmail_signature|moz-signature|protonmail_signature_block|signature_editor|ms-outlook-mobile-signature"
    r"|front-signature|zmail_signature_below|mailSignature|missive_signature)\b",
    re.IGNORECASE,
)
_SIGNATURE_ID = re.compile(
    r"(?:x_)*(?:Signature|ms-outlook-mobile-signature|composer_signature|protonmail_signature_block)"
)


def html_to_text(html: str) -> str:
    """Plain text of the HTML, blockquotes as `> ` lines, with the marks END and LINK (see `strip_marks`). Linear."""
    if "base64," in html:
        html = _DATA.sub("", html)
    html = html[:MAX_HTML]
    if _nesting(html) > MAX_NESTING:
        return _SPACES.sub(" ", _ANY_TAG.sub(" ", html)).strip()
    tree = LexborHTMLParser(html)
    writer = _Writer()
    root = tree.body or tree.root
    if root is not None:
        _walk(root, writer)
    return writer.finish()


def strip_marks(text: str) -> str:
    """The text without the reader's own marks."""
    if END not in text and LINK not in text:
        return text
    kept = [line for line in text.split("\n") if END not in line]
    return _LINK_MARK.sub("", "\n".join(kept))


_LINK_MARK = re.compile(f" ?{LINK}[^{LINK}\n]{{0,300}}{LINK}")


def _nesting(html: str) -> int:
    """How deep its elements may be nested at most, by name."""
    if html.count("<") <= MAX_NESTING:
        return 0
    depth: dict[str, int] = {}
    deepest: dict[str, int] = {}
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _VOID:
            continue
        now = depth.get(name, 0) + (-1 if match[1] else 1)
        depth[name] = max(now, 0)
        if now > deepest.get(name, 0):
            deepest[name] = now
    return sum(deepest.values())


class _Writer:
    """Collects lines with their quote depth."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.depth = 0
        self.last_depth = 0
        self.gap = False
        self.pre = 0
        self.bullet = ""

    def text(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.pieces.append(first)
            for line in rest:
                self.line()
                self.pieces.append(line)
            return
        text = _SPACES.sub(" ", text.replace("\u00a0", " ") if text.strip() == "" else text)
        if not text or (text == " " and not self.pieces):
            return
        if self.pieces and self.pieces[-1].endswith(" ") and text[0] == " ":
            text = text[1:]
        elif not self.pieces:
            text = text.lstrip(" ")
        if text:
            self.pieces.append(text)

    def line(self) -> None:
        """Ends the line, also an empty one."""
        self._put("".join(self.pieces).replace("\u00a0", " ").rstrip())
        self.pieces.clear()

    def block(self, apart: bool) -> None:
        """A block begins or ends: the line in hand ends; `apart` asks for an empty line before what follows."""
        if self.pieces and "".join(self.pieces).strip():
            self.line()
        else:
            self.pieces.clear()
        self.gap = self.gap or apart

    def mark(self, text: str) -> None:
        self.block(False)
        self.lines.append(text)

    def _put(self, text: str) -> None:
        prefix = "> " * self.depth
        if self.gap and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * min(self.depth, self.last_depth)).rstrip())
        self.gap = False
        if self.bullet and text:
            text, self.bullet = self.bullet + text, ""
        self.lines.append((prefix + text).rstrip())
        self.last_depth = self.depth

    def finish(self) -> str:
        self.block(False)
        return "\n".join(self.lines).strip("\n")


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Depth first without recursion: a node deeper than Python's stack must not matter."""
    stack: list[tuple[LexborNode | None, str]] = [(root, "")]
    seen = 0
    while stack and seen < MAX_NODES:
        node, leaving = stack.pop()
        if node is None:
            _leave(leaving, writer)
            continue
        seen += 1
        tag = node.tag or ""
        if tag == "-text":
            writer.text(node.text_content or "")
            continue
        if tag.startswith("-") or tag in _SKIP:
            continue
        attributes = node.attributes
        style = attributes.get("style") or ""
        if style and _HIDDEN.search(style[:2_000]):
            continue
        left = _enter(tag, attributes, node, writer)
        if left:
            stack.append((None, left))
        child = node.last_child
        while child is not None:
            stack.append((child, ""))
            child = child.prev


def _enter(tag: str, attributes: dict[str, str | None], node: LexborNode, writer: _Writer) -> str:
    """What opening the element writes; returns how it is left."""
    if tag == "br":
        writer.line()
        return ""
    if tag == "hr":
        writer.block(False)
        writer.pieces.append("_" * 32)
        writer.line()
        return ""
    if tag == "a":
        return _link(attributes.get("href") or "", node)
    if tag in ("td", "th"):
        if writer.pieces and not writer.pieces[-1].endswith((" ", "\t")):
            writer.pieces.append(" ")
        return ""
    if tag not in _BLOCK:
        return ""
    writer.block(tag in _APART)
    if tag == "blockquote":
        writer.depth = min(writer.depth + 1, 40)
    elif tag == "pre":
        writer.pre += 1
    elif tag == "li":
        writer.bullet = "- "
    classes = (attributes.get("class") or "")[:500]
    named = attributes.get("id") or ""
    if tag == "div" and ((classes and _SIGNATURE.search(classes)) or (named and _SIGNATURE_ID.fullmatch(named))):
        writer.pieces.append("-- ")
        writer.line()
    if tag == "div" and classes and _CONTAINER.search(classes):
        return "container"
    return tag


def _link(href: str, node: LexborNode) -> str:
    if href[:7].lower() != "mailto:" or "@" not in href:
        return ""
    address = href[7:].split("?")[0].strip()[:254]
    shown = node.text(deep=True)[:1_000]
    return "" if "@" in shown else f"link {address}"


def _leave(leaving: str, writer: _Writer) -> None:
    if leaving.startswith("link "):
        writer.pieces.append(f" {LINK}{leaving[5:]}{LINK}")
        return
    writer.block(leaving in _APART)
    if leaving == "blockquote":
        writer.depth = max(0, writer.depth - 1)
    elif leaving == "pre":
        writer.pre = max(0, writer.pre - 1)
    elif leaving == "container":
        writer.mark(END)
