"""Inserting once per unique key, in each database's own words."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.sql.dml import ReturningInsert


@cache
def insert_once(dialect: str, table: Table, columns: tuple[str, ...]) -> ReturningInsert[Any]:
    """Inserts these columns and gives the id, or nothing where a row with the same key is there; made once."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    # Only the dialect in use is imported: PostgreSQL's costs a start 0.1 s.
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).values(values).on_conflict_do_nothing().returning(table.c.id)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table).values(values).on_conflict_do_nothing().returning(table.c.id)
