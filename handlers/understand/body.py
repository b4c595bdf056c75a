"""A person's particulars in one breath: name, firm, address, number, money, and what remains as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.understand.clause import Clause, tidy, without_signs
from handlers.understand.intents import Slots
from handlers.understand.names import Who, read_who
from handlers.understand.pieces import Piece
from handlers.understand.tokens import Token, fold

_CUTS = ",;|/\n•("


def read_particulars(clause: Clause, tokens: Sequence[Token], case: str | None = None) -> Slots:
    """The slots of a new contact, lead or deal from the tokens after its trigger."""
    slots = with_pieces(clause, tokens)
    texts: list[str] = []
    first = True
    for chunk in _chunks(tokens):
        slots, rest = _chunk(clause, chunk, slots, first=first, case=case)
        first = first and not (slots.person or slots.company) and (slots.email or slots.phone) is None
        if rest:
            texts.append(rest)
    return replace(slots, text=", ".join(texts) or None)


def with_pieces(clause: Clause, tokens: Sequence[Token], money: bool = True) -> Slots:
    """The address, number and money among some tokens."""
    slots = Slots()
    if not tokens:
        return slots
    low, high = tokens[0].start, tokens[-1].end
    email, phone, paid = (clause.piece(kind, low, high) for kind in ("email", "phone", "money"))
    if email:
        slots = replace(slots, email=email.value)
    if phone:
        slots = replace(slots, phone=phone.value)
    if paid and money:
        slots = replace(slots, amount=paid.amount, currency=paid.currency)
    return slots


def _chunks(tokens: Sequence[Token]) -> list[list[Token]]:
    chunks: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        before, after = tokens[index - 1] if index else None, tokens[index + 1] if index + 1 < len(tokens) else None
        dash = token.fold == "-" and before and after and before.end < token.start and token.end < after.start
        stop = token.fold in (".", ")", ":") and after is not None and before is not None and len(before.word) > 2
        if token.kind == "sign" and (token.fold in _CUTS or dash or (stop and chunks[-1])):
            chunks.append([])
            if token.fold != "(":
                continue
        chunks[-1].append(token)
    return [found for chunk in chunks if (found := without_signs(chunk))]


def _chunk(clause: Clause, chunk: list[Token], slots: Slots, first: bool, case: str | None) -> tuple[Slots, str | None]:
    """Reads one chunk into the slots; what it couldn't read is left as text."""
    names = [token for token in chunk if token.kind not in ("email", "phone", "url")]
    names = _without_labels(clause, names, dropped=len(names) < len(chunk))
    if not names:
        return slots, None
    labelled = _labelled(clause, names, slots)
    if labelled is not None:
        return labelled
    titled = slots.person is None and clause.listed("honorifics", names[0])
    if slots.company is None and not titled and (company := _company(clause, names, first, slots)):
        slots = replace(slots, company=company.company or company.person)
        names = names[company.used :]
    elif slots.person is None and (first or slots.company is not None):
        who = read_who(clause, names, case)
        if who and (first or (who.capital and who.used == len(names))):
            slots = replace(slots, person=who.person or slots.person, company=who.company or slots.company)
            names = names[who.used :]
            more = read_who(clause, names) if first and not who.person else None
            if more and more.person and more.capital and more.used == len(names):
                slots, names = replace(slots, person=more.person), []
    if slots.company is None and names and first:
        company = _company(clause, names, False, slots)
        if company and (clause.listed("from", names[0]) or clause.listed("firm_labels", names[0])):
            slots = replace(slots, company=company.company or company.person)
            names = names[company.used :]
    working = slots.person and names and not first and clause.listed("job", names[0])
    if slots.company is None and slots.person and names and (first or working):
        slots, names = _company_inside(clause, names, slots)
    return slots, _text(clause, names)


def _labelled(clause: Clause, names: list[Token], slots: Slots) -> tuple[Slots, str | None] | None:
    """Whom to ask for, behind a word that says so: "contact is Maeve Quinn"; the name before it was the firm's."""
    at = 0
    while at < len(names) - 1 and (clause.listed("contact_labels", names[at]) or (at and names[at].fold in ":-")):
        at += 1
    if not at or not names[at].capital:
        return None
    who = read_who(clause, names[at:])
    if who is None or not who.person:
        return None
    slots = replace(slots, company=slots.company or who.company or slots.person, person=who.person)
    return slots, _text(clause, names[at + who.used :])


def _company_inside(clause: Clause, names: list[Token], slots: Slots) -> tuple[Slots, list[Token]]:
    """A firm at the end of what follows a name: "CEO of Acme Corp", or a word or two alone before an address."""
    at = next((i for i, t in enumerate(names[:-1]) if clause.listed("from", t) and names[i + 1].capital), None)
    if at is None and not (slots.email or slots.phone):
        return slots, names
    tokens = names if at is None else names[at + 1 :]
    who = read_who(clause, tokens, case="nomn")
    if who is None or who.used < len(tokens) or (at is None and clause.listed("job", tokens[0])):
        return slots, names
    return replace(slots, company=who.company or who.person), [] if at is None else names[:at]


def _company(clause: Clause, tokens: Sequence[Token], first: bool, slots: Slots) -> Who | None:
    """A chunk that is a firm: by its label, its form, or as a name that stands alone after a person's."""
    if (first and not clause.listed("firm_labels", tokens[0])) or clause.listed("job", tokens[0]):
        return None
    labelled = clause.listed("from", tokens[0]) or clause.listed("firm_labels", tokens[0])
    skip = 1 if clause.listed("from", tokens[0]) and len(tokens) > 1 else 0
    who = read_who(clause, tokens[skip:], case="nomn")
    if who is None:
        return None
    who = replace(who, used=who.used + skip)
    if labelled or (who.company and not who.person):
        return who
    if slots.person and who.used == len(tokens) and len(tokens) <= 4 and (who.capital or len(tokens) <= 2):
        return who
    return None


def _without_labels(clause: Clause, tokens: list[Token], dropped: bool) -> list[Token]:
    """Words like "tel." and "e-mail:" away where the piece that they announce was taken."""
    if not dropped:
        return tokens
    kept = [
        token
        for index, token in enumerate(tokens)
        if not clause.listed("piece_labels", token)
        and not (token.fold in ".:" and index and clause.listed("piece_labels", tokens[index - 1]))
    ]
    return without_signs(kept)


def _text(clause: Clause, tokens: list[Token]) -> str | None:
    while tokens and (tokens[0].kind == "sign" or clause.listed("connectors", tokens[0])):
        tokens = tokens[1:]
    if not tokens:
        return None
    return cut_money(clause, tokens[0].start, tokens[-1].end) or None


def cut_money(clause: Clause, start: int, end: int) -> str:
    """The words between two places without money, pieces, and the "about" or "for" that leads to money."""
    words, at = "", start
    for piece in clause.pieces:
        if piece.start < start or piece.end > end or piece.kind == "url":
            continue
        words += _without_lead(clause, clause.text[at : piece.start], piece)
        at = piece.end
    return tidy(words + clause.text[at:end])


def _without_lead(clause: Clause, words: str, piece: Piece) -> str:
    words = words.rstrip(" ~≈(")
    while words:
        last = words.rsplit(None, 1)[-1]
        leads = "leads" if piece.kind == "money" else "piece_labels"
        if not clause.has(leads, fold(last.strip(".:,"))):
            break
        words = words[: -len(last)].rstrip(" ~≈(")
    return words + " "
