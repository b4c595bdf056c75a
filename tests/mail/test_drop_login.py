"""A member logs in at the drop: what they hand over is proved to be theirs, and nobody else's is."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiosmtplib
import pytest

from bot.mail_in import MailIn
from mail.drop import serve_drop
from mail.prepare import MailParser
from storage.users import mail_secret, new_mail_secret
from tests.house import TestHouse

ORDER = b"From: Max <max@firma.example>\r\nTo: crm@firma.example\r\nSubject: Order\r\n\r\nnew lead Tom Baker\r\n"


@asynccontextmanager
async def drop(house: TestHouse) -> AsyncIterator[int]:
    """The drop of the house; its port."""
    async with (
        MailParser() as parser,
        serve_drop(
            ("127.0.0.1", 0),
            is_ours=lambda address: address == "crm@firma.example",
            take=MailIn(house.flow, parser, house.clock).take,
            log_in=house.flow.log_in,
        ) as (_, port),
    ):
        yield port


@pytest.fixture
async def secret(house: TestHouse) -> str:
    """Max's."""
    return await house.database.write(lambda connection: mail_secret(connection, 1))


def client(port: int, **more: Any) -> aiosmtplib.SMTP:
    """Not connected yet."""
    return aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, use_tls=False, **more)


@pytest.mark.parametrize("mechanism", ["plain", "login"])
async def test_a_members_mail_is_obeyed(house: TestHouse, secret: str, mechanism: str) -> None:
    async with drop(house) as port, client(port) as smtp:
        await smtp.ehlo()
        await getattr(smtp, f"auth_{mechanism}")("Max@firma.example", secret)
        await smtp.sendmail("max@firma.example", ["crm@firma.example"], ORDER)
    await house.handles()
    assert [row["name"] for row in await house.rows("contacts")] == ["Tom Baker"]


async def test_the_whole_secret_address_is_a_password_too(house: TestHouse, secret: str) -> None:
    async with drop(house) as port, client(port) as smtp:
        await smtp.login("max@firma.example", f"crm+me.{secret}@firma.example")


async def test_who_does_not_log_in_proves_nothing(house: TestHouse, secret: str) -> None:
    async with drop(house) as port, client(port) as smtp:
        await smtp.sendmail("max@firma.example", ["crm@firma.example"], ORDER)
    await house.handles()
    assert await house.rows("contacts") == []
    assert secret


async def test_a_member_proves_nobody_elses_mail(house: TestHouse) -> None:
    house.member("Eva Sand", email="eva@firma.example")
    [eva] = [row["id"] for row in await house.rows("users", name="Eva Sand")]
    hers = await house.database.write(lambda connection: mail_secret(connection, eva))
    async with drop(house) as port, client(port) as smtp:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await smtp.login("max@firma.example", hers)
        await smtp.login("eva@firma.example", hers)
        await smtp.sendmail("max@firma.example", ["crm@firma.example"], ORDER)
    await house.handles()
    assert await house.rows("contacts") == []


async def test_wrong_secrets_get_nowhere_and_soon_lose_the_line(house: TestHouse, secret: str) -> None:
    await house.database.write(lambda connection: new_mail_secret(connection, 1))
    async with drop(house) as port:
        smtp = client(port)
        await smtp.connect()
        await smtp.ehlo()
        for wrong in (secret, ""):
            with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                await smtp.auth_plain("max@firma.example", wrong)
        with pytest.raises((aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPServerDisconnected)):
            await smtp.auth_plain("nobody@firma.example", secret)
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await smtp.noop()


@pytest.mark.parametrize(
    "said",
    [
        b"PLAIN",
        b"PLAIN !!!",
        b"PLAIN =",
        b"PLAIN " + base64.b64encode(b"a"),
        b"PLAIN " + base64.b64encode(b"\0a\0b\0c"),
        b"PLAIN " + base64.b64encode(b"\0\xff\0\xff"),
        b"PLAIN " + base64.b64encode(b"\0max@firma.example\0" + b"x" * 900),
        b"CRAM-MD5",
        b"",
        b"LOGIN",
    ],
)
async def test_nonsense_is_refused_and_the_line_stays(house: TestHouse, said: bytes) -> None:
    async with drop(house) as port, client(port) as smtp:
        await smtp.ehlo()
        answer = await smtp.execute_command(b"AUTH", said)
        while answer.code == 334:
            answer = await smtp.execute_command(b"*")
        assert answer.code in (501, 504, 535)
        assert (await smtp.sendmail("a@b.example", ["crm@firma.example"], b"From: a@b.example\r\n\r\nHi\r\n"))[0] == {}
