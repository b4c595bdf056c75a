"""What the signature of a letter tells of its writer: numbers, job title, firm, address, website. Pure, never raises.

Only what says by itself what it is counts: a number by its label or its country, a title by its words beside the
writer's name, a firm by its legal form, an address by street and postcode. What may be something else is left.
"""

from __future__ import annotations

import re

from mail.lexicon import key, load_lexicon, says_wrote
from mail.lines import classify_separator
from storage.messages import Letter, Signed

MAX_LINES = 20  # of a signature, empty ones not counted

_WIDTH = 200  # characters of a line
_BODY = 100_000  # characters of a letter
_PHONES = 3
_RULES = "-_=*\u2014\u2013\u2500~#+>"
_BESIDE = 4  # lines from the writer's name in which the title stands
_SPLIT = re.compile(
    r"\s{0,9}[|\u2022\u00b7\u25cf\u25aa\u2016\u2219\u2502]\s{0,9}|\t+| {3,99}|\s[\u2013\u2014-]\s|;\s|\s//\s"
)
_NUMBER = re.compile(r"(?<![\w@/])(?:\+|\(\+?|)\d[\d\s()/.\u2010-\u2013\u00a0-]{4,24}\d(?![\w@])")
_URL = re.compile(
    r"(?<![@\w.-])(https?://)?(www\.)?((?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24})(/[\w/.~-]{0,60})?(?![\w@])", re.IGNORECASE
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|png|jpe?g|html?|zip|txt)$")
_ELSEWHERE = re.compile(
    r"(?:^|\.)(?:linkedin|facebook|fb|twitter|x|instagram|youtube|xing|t|wa|telegram|calendly|zoom|google|goo|outlook|"
    r"microsoft|aka|github|gitlab|tiktok|vk|ok|pinterest|bit|gmail|apple|gmx|web|mail|yandex|whatsapp|meet|teams|skype|"
    r"trustpilot|kununu|hubspot|mailchimp)\.[^\W\d_]{2,5}$"
)
_DIGITS = re.compile(r"\d\D{0,4}\d\D{0,4}\d\D{0,4}\d\D{0,4}\d\D{0,4}\d")
_WORDS = re.compile(r"[^\W\d_]+")
# Legal forms of firms, as they stand behind (or before) a firm's name.
_FIRM = re.compile(
    r"(?<![\w&])(?:"
    r"GmbH(?: ?& ?Co\.? ?(?:KG|OHG)(?:aA)?)?|gGmbH|mbH|AG|KGaA|KG|OHG|UG|GbR|e\.\s?K\.|e\.\s?V\.|SE|"
    r"Ltd\.? ?Şti\.?|Ltd\.?|Limited|Inc\.?|LLC|LLP|L\.P\.|PLC|plc|Corp\.?|Corporation|Pty\.?(?: Ltd\.?)?|Co\.,? Ltd\.?|"
    r"S\.?A\.?R\.?L\.?|SAS|SASU|EURL|S\.A\.S?\.?|S\.\s?L\.(?:\s?U\.)?|S\.r\.l\.|Srl|SRL|S\.p\.A\.|SpA|Lda\.?|Ltda\.?|"
    r"B\.V\.|BV|N\.V\.|NV|BVBA|[sS]p\. ?z ?o\. ?o\.|S\.K\.A\.|s\.\s?r\.\s?o\.|a\.s\.|spol\. s r\.o\.|Kft\.?|Zrt\.?|"
    r"Nyrt\.?|Bt\.|AB|A/S|ApS|AS|ASA|Oy|Oyj|d\.\s?o\.\s?o\.|EOOD|OOD|UAB|SIA|OÜ|A\.Ş\.|A\.E\.|Ε\.Π\.Ε\.|Α\.Ε\.|"
    r"ООО|ОАО|ЗАО|ПАО|АО|ТОВ|ТОО|ФОП|ИП)(?!\w)|株式会社|有限会社|有限公司|주식회사"
)
_LEADS = re.compile(r"^(?:ООО|ОАО|ЗАО|ПАО|АО|ТОВ|ТОО|UAB|SIA|株式会社|주식회사)")
_POSTCODE = re.compile(
    r"^(?:[A-Z]{1,3}[- ]{1,3})?(?:\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4}-\d{3}|\d{4,6})"
    r"\s{1,3}[^\W\d_][^\d,;:@]{1,40}$"
    r"|^[^\W\d_][\w .'-]{1,40}\s(?:[A-Z]{2}\s\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})$"
    r"|^(?:[A-Z]{2}\s\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})$"
)
_POSTAL = re.compile(r"\d{2} ?-?\d{2}|[A-Z]\d[A-Z\d]? ?\d[A-Z]{2}|\d{3} \d{2}")
_STREET = re.compile(
    r"^[^\W\d_][^\d@:]{2,50}\s\d{1,4}\s?[a-zA-Z]?(?:\s?[-/]\s?\d{1,4}[a-z]?)?$|^\d{1,5}[a-zA-Z]?,?\s[^\W\d_][^\d@:]{2,50}$"
)
_RUSSIAN = re.compile(r"\b\d{5,6}\b.{0,80}\b(?:ул|просп|пр-т|пр|пер|наб|шоссе|ш|б-р|вул|пл)\b\.?", re.IGNORECASE)


def read_signed(letter: Letter) -> Signed | None:
    """The facts of the letter's signature; None when it has none or tells nothing."""
    lines = signature_of(letter)
    if not lines:
        return None
    whole = "\n".join(lines)
    pieces = [[part for piece in _SPLIT.split(line) if (part := piece.strip(" ,*_"))] for line in lines]
    found = Signed(
        phones=_phones(lines),
        title=_title(pieces, letter.sender.name),
        company=_company(pieces) if _FIRM.search(whole) else "",  # most have none, and each piece costs
        address=_address(pieces) if _POSTAL.search(whole) else "",
        website=_website(lines, letter.sender.address.rpartition("@")[2]),
    )
    return found if found != Signed() else None


def signature_of(letter: Letter) -> list[str]:
    """The lines between the letter's newest text and what it quotes, empty ones left out."""
    wanted = [line.strip() for line in letter.newest.split("\n") if line.strip()]
    lines = letter.body[:_BODY].split("\n")
    at = next_wanted = 0
    while at < len(lines) and next_wanted < len(wanted):
        next_wanted += lines[at].strip() == wanted[next_wanted]
        at += 1
    if next_wanted < len(wanted):
        return []  # quotes between the text: where the signature begins isn't sure
    found: list[str] = []
    for line in lines[at:]:
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith(">") or len(found) >= MAX_LINES or _begins_mail(stripped):
            break
        if len(stripped) <= _WIDTH:
            found.append(stripped)
    return found


def _begins_mail(line: str) -> bool:
    """Does an earlier mail begin here: a separator, a header's label, a line that says who wrote?"""
    label, colon, _ = line.partition(":")
    if colon and len(label) < 30:
        meaning = load_lexicon().headers.get(key(label.strip(" *>")))
        if meaning is not None and meaning[0] in ("from", "date", "subject"):
            return True
    if line.endswith((":", "\uff1a")):
        return says_wrote(line)
    return line[0] in _RULES and classify_separator(line) in ("forward", "original")


def _phones(lines: list[str]) -> tuple[str, ...]:
    """Numbers that are labelled as telephones, or stand with their country; each once."""
    found: dict[str, str] = {}
    for line in lines:
        if not _DIGITS.search(line):
            continue
        end = 0
        for hit in _NUMBER.finditer(line):
            label, end = _label(line[end : hit.start()]), hit.end()
            digits = re.sub(r"\D", "", hit[0])
            abroad = hit[0].startswith(("+", "(+", "00"))
            alone = hit[0].strip() == line and hit[0].startswith(("0", "("))
            if 7 <= len(digits) <= 15 and (label == "phone" or (not label and (abroad or alone))):
                found.setdefault(digits[-9:], " ".join(hit[0].split()))
    return tuple(found.values())[:_PHONES]


def _label(before: str) -> str:
    """What a number is, by the word right before it: phone, fax, web, address, or nothing."""
    card = load_lexicon().card
    words = _WORDS.findall(key(before))[-3:]
    kinds = [card[word] for word in words if word in card]
    whole = card.get(key(before).strip(" .:-–()/"))
    if whole:
        return whole
    if "phone" in kinds and "fax" in kinds and "/" in before:
        return "phone"
    return kinds[-1] if kinds else ""


def _website(lines: list[str], domain: str) -> str:
    best = ""
    for line in lines:
        for hit in _URL.finditer(line):
            host = hit[3].lower()
            if _ELSEWHERE.search(host) or _FILE.search(host) or "@" in line[max(0, hit.start() - 1) : hit.start()]:
                continue
            own = bool(domain) and (host == domain or domain.endswith(f".{host}") or host.endswith(f".{domain}"))
            said = hit[1] or hit[2] or _label(line[: hit.start()]) == "web"
            shown = f"{hit[2] or ''}{hit[3]}{(hit[4] or '').rstrip('/.')}".lower()
            if own and (said or hit[0].strip() == line.strip()):
                return shown
            if said and not best:
                best = shown
    return best


def _company(pieces: list[list[str]]) -> str:
    for line in pieces:
        for piece in line:
            if len(piece) > 120 or "@" in piece or _is_notice(piece):
                continue
            parts = re.split(r",\s+(?!(?:Inc|Ltd|LLC|L\.L\.C|S\.?A|Corp)\b)", piece)
            for part in parts:
                hit = _FIRM.search(part)
                name = part.strip(" ,.\"'") + ("." if part.rstrip().endswith(".") else "")
                if hit and 3 < len(name) <= 80 and len(hit[0]) + 1 < len(name):
                    end = hit.end() if not _LEADS.match(part) and hit.start() else len(part)
                    return part[:end].strip(" ,")
    return ""


def _is_notice(piece: str) -> bool:
    """A line of the legal notice: with a label before a colon."""
    label, colon, rest = piece.partition(":")
    return bool(colon and rest.strip()) and load_lexicon().card.get(key(label)) is None


def _title(pieces: list[list[str]], writer: str) -> str:
    name = frozenset(word for word in _WORDS.findall(key(writer)) if len(word) > 1)
    if not name:
        return ""
    since = _BESIDE
    for line in pieces:
        named = any(_names(piece, name) for piece in line)
        since = 0 if named else since + 1
        if since >= _BESIDE:
            continue
        for piece in line:
            for part in piece.split(", "):
                if not _names(part, name) and _is_title(part):
                    return part.strip(" ,.-")
    return ""


def _names(piece: str, name: frozenset[str]) -> bool:
    words = set(_WORDS.findall(key(piece)))
    return len(words & name) >= min(2, len(name)) and len(words) <= len(name) + 8


def _is_title(piece: str) -> bool:
    if not 2 < len(piece) <= 70 or any(sign in piece for sign in "@:?!") or re.search(r"\d{2}", piece):
        return False
    if _FIRM.search(piece) or piece.rstrip().endswith(".") or len(piece.split()) > 9:
        return False
    words, titles = _WORDS.findall(key(piece)), load_lexicon().titles
    if not words:
        return False
    if ord(words[0][0]) > 0x2E80:  # scripts that don't part words
        return any(word in key(piece) for word in titles if ord(word[0]) > 0x2E80)
    runs = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]
    return not titles.isdisjoint((*runs, *key(piece).split()))


def _address(pieces: list[list[str]]) -> str:
    parts: list[str] = []
    for piece in (each for line in pieces for each in line):
        label, colon, rest = piece.partition(":")
        plain = rest if colon and load_lexicon().card.get(key(label)) == "address" else piece
        if len(plain) <= 150 and _RUSSIAN.search(plain):
            return " ".join(plain.split()).strip(" ,.")
        parts += [part for each in plain.split(",") if (part := each.strip(" ."))]
    for at in range(1, len(parts)):
        if _POSTCODE.match(parts[at]):
            for street in range(at - 1, max(-1, at - 3), -1):
                if _STREET.match(parts[street]) and not _NUMBER.fullmatch(parts[street]):
                    return ", ".join(parts[street : at + 1])[:150]
    return ""
