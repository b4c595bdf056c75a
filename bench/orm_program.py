"""What programs in frameworks do: policy.default, and an async ORM session a mail on aiosqlite.

python -m bench.orm_program DATABASE (MBOX | PORT USER)
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, cast

from sqlalchemy import ForeignKey, LargeBinary, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.simple_program import OWN
from bench.sources import mails_of


class Base(DeclarativeBase):
    """The tables of simple_program."""


class Contact(Base):
    """A person."""

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(unique=True)


class Message(Base):
    """A mail as it came."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[str]


class Interaction(Base):
    """What happened with whom."""

    __tablename__ = "interactions"
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    contact: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    direction: Mapped[str]
    occurred_at: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]


async def log(sessions: async_sessionmaker[AsyncSession], raw: bytes) -> None:
    """One mail."""
    parsed = cast(EmailMessage, email.message_from_bytes(raw, policy=email.policy.default))
    sender = parsed["From"].addresses[0].addr_spec.lower()
    to = parsed["To"].addresses[0].addr_spec.lower()
    body = parsed.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    direction, other = ("out", to) if sender == OWN else ("in", sender)
    async with sessions() as session, session.begin():
        message_id = str(parsed["Message-ID"])
        if await session.scalar(select(Message.id).where(Message.message_id == message_id)) is not None:
            return
        contact = await session.scalar(select(Contact).where(Contact.address == other))
        message = Message(message_id=message_id, raw=raw, kept_at=datetime.now(UTC).isoformat())
        session.add(message)
        await session.flush()
        session.add(
            Interaction(
                message=message.id,
                contact=contact.id if contact else None,
                direction=direction,
                occurred_at=parsed["Date"].datetime.isoformat(),
                subject=str(parsed["Subject"]),
                text=text,
            )
        )


async def main(database: str, *source: str) -> None:
    """Logs all of them."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    sessions = async_sessionmaker(engine, expire_on_commit=False)
    for raw in mails_of(*source):
        await log(sessions, raw)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
