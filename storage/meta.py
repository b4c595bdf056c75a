"""Single facts about the installation itself."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from storage.clock import new_token
from storage.tables import meta

_CLAIM = "claim_code"


def read_meta(connection: Connection, name: str) -> str:
    """A fact, "" when it isn't there."""
    return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar() or ""


def write_meta(connection: Connection, name: str, value: str) -> None:
    """Sets a fact."""
    if connection.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        connection.execute(insert(meta).values(name=name, value=value))


def claim_code(connection: Connection) -> str:
    """The one-time code that claims ownership, "" when there is none."""
    return read_meta(connection, _CLAIM)


def new_claim_code(connection: Connection) -> str:
    """A new one-time code, instead of any earlier one."""
    code = new_token()[:10]
    write_meta(connection, _CLAIM, code)
    return code


def end_claim(connection: Connection) -> None:
    """The code, if there was one, is worth nothing any more."""
    connection.execute(delete(meta).where(meta.c.name == _CLAIM))
