"""What users decided about senders, for good: who is ignored, and whose mail is never logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, bindparam, literal_column, or_, select

from storage.changes import Trail
from storage.tables import sender_rules

Decision = Literal["ignore", "never"]


_ABOUT = or_(
    and_(sender_rules.c.value == bindparam("address"), sender_rules.c.kind == literal_column("'address'")),
    and_(sender_rules.c.value == bindparam("domain"), sender_rules.c.kind == literal_column("'domain'")),
)
_RULED = select(sender_rules.c.id).where(_ABOUT).limit(literal_column("1"))
_KEPT_OUT = _RULED.where(
    sender_rules.c.decision == literal_column("'never'"),
    or_(sender_rules.c.only_for.is_(None), sender_rules.c.only_for == bindparam("user")),
)


@dataclass(frozen=True, slots=True)
class SenderRule:
    """A decision about an address or a whole domain; `only_for` is the one user for whom it holds, None for all."""

    id: int
    value: str
    decision: Decision
    only_for: int | None
    made_by: int | None


def decide_on_sender(trail: Trail, value: str, decision: Decision, *, only_for: int | None = None) -> None:
    """From now on mail from this address, or from this domain, waits for nobody, or isn't logged at all."""
    row = trail.connection.execute(select(sender_rules).where(sender_rules.c.value == value)).first()
    if row is None:
        kind = "address" if "@" in value else "domain"
        values = {"kind": kind, "value": value, "decision": decision, "only_for": only_for}
        trail.insert(sender_rules, **values, user_id=trail.user_id, created_at=trail.at)
    elif row.decision != decision:
        trail.update(sender_rules, row.id, decision=decision, only_for=only_for)
    elif row.only_for not in (None, only_for):
        trail.update(sender_rules, row.id, only_for=None)


def revoke_rule(trail: Trail, rule_id: int) -> SenderRule | None:
    """The rule holds no longer; None when it didn't."""
    row = trail.connection.execute(select(sender_rules).where(sender_rules.c.id == rule_id)).first()
    if row is None:
        return None
    trail.delete(sender_rules, rule_id)
    return _rule(row)


def rule_by_id(connection: Connection, rule_id: int) -> SenderRule | None:
    """One rule; None when it doesn't hold any more."""
    row = connection.execute(select(sender_rules).where(sender_rules.c.id == rule_id)).first()
    return None if row is None else _rule(row)


def sender_rules_of(connection: Connection, user_id: int) -> list[SenderRule]:
    """The rules that hold for this user, newest first."""
    here = or_(sender_rules.c.only_for.is_(None), sender_rules.c.only_for == user_id)
    query = select(sender_rules).where(here).order_by(sender_rules.c.id.desc())
    return [_rule(row) for row in connection.execute(query)]


def _rule(row: Row[Any]) -> SenderRule:
    return SenderRule(row.id, row.value, row.decision, row.only_for, row.user_id)


def is_ignored(connection: Connection, address: str) -> bool:
    """Did somebody decide that this sender is of no interest?"""
    asked = {"address": address, "domain": address.rpartition("@")[2]}
    return connection.execute(_RULED, asked).first() is not None


def is_never_logged(connection: Connection, address: str, user_id: int) -> bool:
    """Is this person's mail, as far as it is this user's, not to be kept?"""
    asked = {"address": address, "domain": address.rpartition("@")[2], "user": user_id}
    return connection.execute(_KEPT_OUT, asked).first() is not None
