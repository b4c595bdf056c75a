"""A file's deals put into storage, each with its contact; several lines of one deal are one deal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from storage.changes import BulkTrail
from storage.deals import stage_named
from storage.importing.known import Known, stage_by_outcome, write_gathered
from storage.importing.people import Outcome, company_of, namesake, put_person, write_notes
from storage.importing.records import Offer, Source
from storage.tables import deal_sources, deals, notes, stages

_BY_SOURCE = select(deal_sources.c.deal_id).where(
    deal_sources.c.system == bindparam("system"), deal_sources.c.external_id == bindparam("external")
)
_NOTES = select(notes.c.id, notes.c.text).where(notes.c.deal_id == bindparam("deal")).order_by(notes.c.id)


def put_offer(trail: BulkTrail, known: Known, offer: Offer, source: Source) -> tuple[int, Outcome]:
    """Adds a deal with its contact and company, or fills what it lacks; its id, and what was done."""
    if known.names:
        write_gathered(trail, known)
    contact_id = None
    if offer.person is not None:
        contact_id = _contact(trail, known, offer, source)
    company_id = company_of(trail, known, offer.company) if offer.company else None
    owner_id = known.get("user", offer.owner.casefold()) if offer.owner else None
    values: dict[str, Any] = {
        "amount": offer.amount,
        "currency": offer.currency,
        "probability": offer.probability,
        "close_on": offer.close_on,
        "contact_id": contact_id,
        "company_id": company_id,
        "owner_id": owner_id,
    }
    values = {name: value for name, value in values.items() if value not in (None, "")}
    deal_id, outcome = _deal(trail, offer, source, contact_id, company_id), "unchanged"
    if deal_id is None:
        stage_id = stage_named(trail.connection, _stage(trail, offer))
        if values.get("probability") == _chance(trail, stage_id):
            values.pop("probability")  # it is kept only where it differs from its stage's
        deal_id = trail.insert(deals, title=offer.title, stage_id=stage_id, created_at=trail.at, **values)
        outcome = "added"
        known.learn("deal of this file", deal_id)
        if offer.external_id and source.system != "table":
            trail.insert(deal_sources, deal_id=deal_id, system=source.ids, external_id=offer.external_id)
    elif _fill(trail, deal_id, values):
        outcome = "updated"
    rest = offer.rest if owner_id is not None or not offer.owner else (("Owner", offer.owner), *offer.rest)
    if offer.notes or rest:
        there = [] if outcome == "added" else trail.connection.execute(_NOTES, {"deal": deal_id}).all()
        subject: dict[str, int | None] = {"deal_id": deal_id}
        wrote = write_notes(trail, offer.notes, rest, source, [(row.id, row.text) for row in there], subject)
        if wrote and outcome == "unchanged" and known.get("deal of this file", deal_id) is None:
            outcome = "updated"
    return deal_id, outcome  # type: ignore[return-value]


def _contact(trail: BulkTrail, known: Known, offer: Offer, source: Source) -> int:
    person = offer.person
    assert person is not None
    found = None
    if not (person.emails or person.phones):
        found = namesake(trail, known, person) or namesake(trail, known, replace(person, company=""))
    return found or put_person(trail, known, person, source)[0]


def _deal(trail: BulkTrail, offer: Offer, source: Source, contact_id: int | None, company_id: int | None) -> int | None:
    """The deal that is meant: by its source's id, else the one of this title with this contact and company."""
    if offer.external_id and source.system != "table":
        values = {"system": source.ids, "external": offer.external_id}
        found = trail.connection.execute(_BY_SOURCE, values).scalar()
    else:
        query = select(deals.c.id).where(deals.c.title == offer.title)
        for column, value in ((deals.c.contact_id, contact_id), (deals.c.company_id, company_id)):
            query = query.where(column.is_(None) if value is None else column == value)
        found = trail.connection.execute(query.order_by(deals.c.id).limit(1)).scalar()
    return None if found is None else int(found)


def _fill(trail: BulkTrail, deal_id: int, values: dict[str, Any]) -> bool:
    row = trail.connection.execute(select(deals).where(deals.c.id == deal_id)).mappings().one()
    lacking = {name: value for name, value in values.items() if row[name] in (None, "") and name != "probability"}
    if lacking:
        trail.update(deals, deal_id, **lacking)
    return bool(lacking)


def _stage(trail: BulkTrail, offer: Offer) -> str:
    if offer.outcome:
        return stage_by_outcome(trail.connection, offer.outcome)
    return offer.stage or stage_by_outcome(trail.connection, "open")


def _chance(trail: BulkTrail, stage_id: int) -> int:
    return int(trail.connection.execute(select(stages.c.probability).where(stages.c.id == stage_id)).scalar_one())
