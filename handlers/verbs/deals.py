"""Deals: opening them, moving them through the pipeline, and what may come in all."""

from __future__ import annotations

from decimal import Decimal

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from handlers.whom import label_of, need_whom
from storage.contacts import Contact
from storage.deals import Deal, add_deal, deal_by_id, deals_of, move_deal, open_deals
from storage.messages import Choice, Draft


def start_deal(acting: Acting, intent: Intent) -> Draft:
    """A new deal of a contact."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    slots = intent.slots
    deal = open_deal(acting, intent, found, title=slots.text)
    return draft(f"💶 {label_of(found)}", deal_line(acting, deal), choices=((acting.undo,),))


def open_deal(acting: Acting, intent: Intent, contact: Contact, *, title: str | None) -> Deal:
    """The deal that an intent describes."""
    slots = intent.slots
    deal_id = add_deal(
        acting.trail,
        title or contact.name,
        amount=slots.amount,
        currency=slots.currency or acting.team.currency,
        stage=slots.stage or "new",
        contact_id=contact.id,
        owner_id=acting.user.id,
    )
    deal = deal_by_id(acting.connection, deal_id)
    assert deal is not None
    return deal


def advance_deal(acting: Acting, intent: Intent) -> Draft:
    """The contact's deal to another stage; asks when there are several."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    slots = intent.slots
    if not slots.stage:
        return draft(
            "❓ " + acting.say("To which stage? Try: {example}", example=acting.say("move Nordwind to proposal"))
        )
    candidates = [deal for deal in deals_of(acting.connection, found.id) if deal.outcome == "open"]
    if not candidates:
        return draft(acting.say("{name} has no open deal.", name=found.name))
    if len(candidates) > 1:
        rows = tuple(
            (Choice(deal_line(acting, deal), "move", {"deal": deal.id, "stage": slots.stage}),)
            for deal in candidates[:5]
        )
        return draft("❓ " + acting.say("Which deal?"), choices=rows)
    return moved(acting, candidates[0].id, slots.stage)


def moved(acting: Acting, deal_id: int, stage: str) -> Draft:
    """One deal to a stage."""
    move_deal(acting.trail, deal_id, stage)
    deal = deal_by_id(acting.connection, deal_id)
    assert deal is not None
    return draft(f"💶 {deal.contact or deal.title}", deal_line(acting, deal), choices=((acting.undo,),))


def show_pipeline(acting: Acting, intent: Intent) -> Draft:
    """What may come, by stage, plain and weighted by probability."""
    deals = open_deals(acting.connection)
    if not deals:
        return draft(acting.say("No open deals."))
    lines = []
    for stage in dict.fromkeys(deal.stage for deal in deals):
        in_stage = [deal for deal in deals if deal.stage == stage]
        lines.append(f"{stage_word(acting, stage)}: {len(in_stage)} · {_sums(acting, in_stage)}")
    weighted = _sums(acting, deals, weighted=True)
    return draft(
        "💶 " + acting.words.count("{n} open deal", "{n} open deals", len(deals)) + f" · {_sums(acting, deals)}",
        *lines,
        acting.say("Weighted: {sum}", sum=weighted),
    )


def deal_line(acting: Acting, deal: Deal, *, title: str | None = None) -> str:
    """A deal in one line: title (its own if left out), amount, stage."""
    amount = acting.words.money(deal.amount, deal.currency) if deal.amount is not None else ""
    if title is None:
        title = deal.title if deal.title != deal.contact else ""
    return " ".join(filter(None, (title, amount, f"({stage_word(acting, deal.stage)})")))


def stage_word(acting: Acting, stage: str) -> str:
    """A stage's name: the built-in ones are translated, the team's own kept."""
    words = {
        "new": acting.say("new"),
        "contacted": acting.say("contacted"),
        "qualified": acting.say("qualified"),
        "proposal": acting.say("proposal"),
        "negotiation": acting.say("negotiation"),
        "won": acting.say("won"),
        "lost": acting.say("lost"),
    }
    return words.get(stage, stage)


def _sums(acting: Acting, deals: list[Deal], *, weighted: bool = False) -> str:
    sums: dict[str, Decimal] = {}
    for deal in deals:
        if deal.amount is not None:
            share = Decimal(deal.probability) / 100 if weighted else Decimal(1)
            sums[deal.currency] = sums.get(deal.currency, Decimal(0)) + deal.amount * share
    return " + ".join(acting.words.money(total, currency) for currency, total in sums.items()) or "–"
