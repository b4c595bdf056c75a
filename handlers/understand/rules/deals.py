"""Deals and leads in the pipeline: new ones, a step further, and lists of them."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand.body import cut_money, read_particulars, with_pieces
from handlers.understand.clause import Clause
from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots
from handlers.understand.names import read_who
from handlers.understand.tokens import Token, fold


def add_deal(found: Found) -> Intent | None:
    """A new deal: with whom, what about, how much, by when."""
    clause = found.clause
    tokens = found.tokens(found.name("body") or "body")
    if not tokens:
        return None
    slots = with_pieces(clause, tokens)
    lead = next((i for i, t in enumerate(tokens) if clause.listed("deal_leads", t) and i + 1 < len(tokens)), None)
    if lead is not None and (who := _after_lead(clause, tokens, lead)):
        person, company, used = who
        before = tokens[:lead]
        after = _without_closing(clause, tokens[lead + 1 + used :])
        texts = [_text(clause, before), _text(clause, after)]
        slots = replace(slots, person=person, company=company, text=", ".join(filter(None, texts)) or None)
    elif (colon := next((i for i, t in enumerate(tokens) if t.fold == ":"), None)) and (
        (named := read_who(clause, tokens[:colon], found.case("body"))) and named.used == colon
    ):
        rest = _without_closing(clause, tokens[colon + 1 :])
        slots = replace(slots, person=named.person, company=named.company, text=_text(clause, rest))
    else:
        slots = read_particulars(clause, tokens, found.case("body"))
    if not (slots.person or slots.company or slots.amount is not None):
        return None
    due = clause.moment.words if clause.moment else None
    return Intent("add_deal", replace(slots, due_text=due), when=clause.moment, because=found.because)


def _after_lead(clause: Clause, tokens: list[Token], lead: int) -> tuple[str | None, str | None, int] | None:
    from handlers.understand import russian

    who = read_who(clause, tokens[lead + 1 :], russian.case_after(tokens[lead].fold))
    if who is None or not (who.capital or who.known or lead == 0):
        return None
    return who.person, who.company, who.used


def _without_closing(clause: Clause, tokens: list[Token]) -> list[Token]:
    """The tokens without what says at their end when the deal will close: "closing end of q1"."""
    if clause.moment is None:
        return tokens
    rest = list(tokens)
    while rest and (clause.in_moment(rest[-1]) or clause.listed("closing", rest[-1]) or rest[-1].kind == "sign"):
        rest.pop()
    return rest if any(token.kind == "word" for token in rest) else tokens


def _text(clause: Clause, tokens: list[Token]) -> str | None:
    while tokens and (tokens[0].kind == "sign" or clause.listed("connectors", tokens[0])):
        tokens = tokens[1:]
    while tokens and (tokens[-1].kind == "sign" or clause.listed("connectors", tokens[-1])):
        tokens = tokens[:-1]
    return cut_money(clause, tokens[0].start, tokens[-1].end) or None if tokens else None


def move_deal(found: Found) -> Intent | None:
    """A deal that goes to another stage."""
    clause = found.clause
    intent = found.match.template.intent
    stage = intent.partition(".")[2] or None
    if stage is None or found.has("stage"):
        stage = stage_of(clause, " ".join(token.word for token in found.tokens("stage")))
    if stage is None:
        return None
    if found.has("number"):
        word = found.tokens("number")[0].word
        return (
            Intent("move_deal", Slots(number=int(word), stage=stage), because=found.because)
            if word.isdecimal()
            else None
        )
    name = found.name("who")
    slots = Slots(stage=stage)
    if name and found.has(name):
        who = found.who(possessive=True)
        if who is None:
            return None
        slots = replace(slots, person=who.person, company=who.company)
    reason = found.text("text") if found.has("text") else None
    slots = replace(slots, text=reason)
    paid = clause.piece("money")
    if paid:
        slots = replace(slots, amount=paid.amount, currency=paid.currency)
    return Intent("move_deal", slots, because=found.because)


def stage_of(clause: Clause, words: str) -> str | None:
    """The stage that words name: a built-in one, or the team's own by its name."""
    folded = fold(words).strip(" .!\"'«»")
    for stage in clause.lookups.stages():
        named = fold(stage)
        if named == folded or (named.startswith(folded + " ") and named.count(" ") == folded.count(" ") + 1):
            return stage
    return clause.stage(folded)


def pipeline(found: Found) -> Intent | None:
    """The deals by their stages, or those of one stage."""
    slots = Slots()
    if found.has("stage"):
        stage = stage_of(found.clause, " ".join(token.word for token in found.tokens("stage")))
        if stage is None:
            return None
        slots = replace(slots, stage=stage)
    return Intent("pipeline", slots, when=found.clause.moment, because=found.because)


def list_leads(found: Found) -> Intent | None:
    """The leads, of a stage or a period where one is said."""
    clause = found.clause
    since = found.tokens("since")
    if any(token.kind == "word" and not clause.listed("since", token) for token in since):
        return None
    period = clause.moment.words if clause.moment else None
    while since and (clause.listed("from", since[0]) or clause.listed("since_leads", since[0])):
        since = since[1:]
    if len(since) > 1 and period is None:
        period = clause.between(since[0].start, since[-1].end)
    slots = Slots(due_text=period)
    if found.has("stage"):
        stage = stage_of(clause, " ".join(token.word for token in found.tokens("stage")))
        if stage is None:
            return None
        slots = replace(slots, stage=stage)
    return Intent("list_leads", slots, when=clause.moment, because=found.because)
