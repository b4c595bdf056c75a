"""The kinds of columns that the tables are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = BigInteger().with_variant(Integer, "sqlite")


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept as UTC: `timestamptz` on PostgreSQL, text without offset on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive moments: a room forgot to say which zone it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives every moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def identity() -> Column[int]:
    """A number that is never used again, not even after its row is deleted."""
    return Column("id", BigInt, primary_key=True, autoincrement=True)


def moment(name: str, *, required: bool = False) -> Column[datetime]:
    """A UTC moment."""
    return Column(name, UtcMoment, nullable=not required)


def reference(target: str, name: str, *, required: bool = False, cascade: bool = False) -> Column[int]:
    """A foreign key to `target`'s id. Without `cascade`, what is referred to can't be deleted."""
    key = ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return Column(name, BigInt, key, nullable=not required)


def filled_index(table: str, name: str) -> Index:
    """An index for a reference that most rows lack: what is referred to can only be deleted after a look at it."""
    filled = text(f"{name} IS NOT NULL")
    return Index(f"ix_{table}_{name}", name, sqlite_where=filled, postgresql_where=filled)


def version() -> Column[int]:
    """Counts a row's changes: who edits names the version they saw."""
    return Column("version", Integer, nullable=False, server_default="1")


def one_of(column: str, *words: str) -> CheckConstraint:
    """Only these words may stand in the column."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
