"""Deals: money that may come, in the stages of a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from storage.changes import Trail
from storage.tables import contacts, deals, stages


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal; `amount` in the currency's own unit, None when nobody named one."""

    id: int
    title: str
    amount: Decimal | None
    currency: str
    stage: str
    probability: int  # percent
    outcome: str  # open, won, lost
    contact_id: int | None
    contact: str


_DEALS: Select[Any] = (
    select(
        deals,
        stages.c.name.label("stage"),
        stages.c.outcome,
        func.coalesce(deals.c.probability, stages.c.probability).label("chance"),
        func.coalesce(contacts.c.name, "").label("contact"),
    )
    .select_from(deals.join(stages).outerjoin(contacts, contacts.c.id == deals.c.contact_id))
    .order_by(stages.c.position, deals.c.id)
)


def add_deal(
    trail: Trail,
    title: str,
    *,
    amount: Decimal | None,
    currency: str,
    stage: str = "new",
    contact_id: int | None = None,
    owner_id: int | None = None,
) -> int:
    """A new deal; the id."""
    return trail.insert(
        deals,
        title=title,
        amount=None if amount is None else int((amount * 100).to_integral_value()),
        currency=currency,
        stage_id=stage_named(trail.connection, stage),
        contact_id=contact_id,
        owner_id=owner_id,
        created_at=trail.at,
    )


def move_deal(trail: Trail, deal_id: int, stage: str) -> None:
    """To another stage; a name that the pipeline doesn't have becomes an open stage before won and lost."""
    trail.update(deals, deal_id, stage_id=stage_named(trail.connection, stage))


def stage_named(connection: Connection, name: str) -> int:
    """The stage of this name in the first pipeline, made when it is new."""
    # Compared here: SQLite's lower() knows ASCII only.
    for row in connection.execute(select(stages.c.id, stages.c.name)):
        if row.name.casefold() == name.casefold():
            return int(row.id)
    pipeline_id = connection.execute(select(func.min(stages.c.pipeline_id))).scalar_one()
    last = connection.execute(select(func.max(stages.c.position)).where(stages.c.outcome == "open")).scalar_one()
    return int(
        connection.execute(
            insert(stages)
            .values(pipeline_id=pipeline_id, name=name, position=last, probability=50)
            .returning(stages.c.id)
        ).scalar_one()
    )


def deal_by_id(connection: Connection, deal_id: int) -> Deal | None:
    """One deal."""
    row = connection.execute(_DEALS.where(deals.c.id == deal_id)).first()
    return _deal(row) if row else None


def deals_of(connection: Connection, contact_id: int) -> list[Deal]:
    """A contact's deals, by stage."""
    return [_deal(row) for row in connection.execute(_DEALS.where(deals.c.contact_id == contact_id))]


def open_deals(connection: Connection, limit: int = 200) -> list[Deal]:
    """All that may still come, by stage."""
    return [_deal(row) for row in connection.execute(_DEALS.where(stages.c.outcome == "open").limit(limit))]


def _deal(row: Any) -> Deal:
    return Deal(
        id=row.id,
        title=row.title,
        amount=None if row.amount is None else Decimal(row.amount) / 100,
        currency=row.currency,
        stage=row.stage,
        probability=row.chance,
        outcome=row.outcome,
        contact_id=row.contact_id,
        contact=row.contact,
    )


def stage_names(connection: Connection) -> list[str]:
    """The pipeline's stages in their order."""
    return list(connection.execute(select(stages.c.name).order_by(stages.c.position, stages.c.id)).scalars())
