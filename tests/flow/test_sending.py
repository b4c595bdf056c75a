"""Mail to contacts from chat: previewed, sent by a tap and by nothing else, logged when it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.delivery import Delivery
from bot.flow import Flow
from mail.server import parse_server
from mail.smtp import MailFace
from tests.fakes.mail_server import FakeMailServer
from tests.flow.test_mail import PROVED, mail
from tests.house import TEAM, TestHouse

ANNA = "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"


@pytest.fixture
async def server() -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer() as fake:
        yield fake


@pytest.fixture
def mailing(house: TestHouse) -> TestHouse:
    """A house that has a mail server."""
    house.flow = Flow(house.database, house.clock, replace(TEAM, by_mail=True))
    return house


@asynccontextmanager
async def delivery_of(house: TestHouse, server: FakeMailServer) -> AsyncIterator[Delivery]:
    face = MailFace(parse_server(server.setting), TEAM.address, house.database, house.clock, beside_telegram=True)
    async with face:
        yield Delivery(house.database, house.clock, face)


async def sends(house: TestHouse, server: FakeMailServer) -> list[str]:
    """The outbox's letters are handed over; what Max hears of it."""
    async with delivery_of(house, server) as delivery:
        await delivery.deliver_all()
    return await house.max.hears()


async def test_one_mail_to_one_contact_goes_out_after_send_and_is_logged(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    preview = await mailing.max.says("mail Anna: the quote is on its way")
    assert preview == (
        "📤 Mail to Anna Kern <anna@nordwind.example>\nSubject: The quote is on its way\n\n"
        "the quote is on its way\n\nOnce sent it can't be taken back."
    )
    assert mailing.max.buttons == ["Send", "Edit", "Cancel"]
    await sends(mailing, server)
    assert server.mails == []
    assert await mailing.max.taps("Send") == "📤 On its way to Anna Kern: “The quote is on its way”"
    assert await mailing.rows("interactions") == []
    assert await sends(mailing, server) == ["📤 Sent to Anna Kern: “The quote is on its way”"]
    [taken] = server.mails
    assert (taken.sender, taken.recipients) == (TEAM.address, ("anna@nordwind.example",))
    assert taken.mail["From"] == "Max Kern <max@firma.example>"
    assert taken.mail["Reply-To"] == "Max Kern <crm@firma.example>"
    assert taken.mail["Subject"] == "The quote is on its way"
    assert taken.text == "the quote is on its way"
    assert "Rapport" not in taken.octets.decode()
    assert taken.mail["Auto-Submitted"] is None
    [interaction] = await mailing.rows("interactions")
    assert (interaction["direction"], interaction["user_id"]) == ("out", mailing.max.user.id)
    assert interaction["message_id"] == taken.mail["Message-ID"]
    assert [row["contact_id"] for row in await mailing.rows("interaction_contacts")] == [1]
    assert "📤 today, 10:00 The quote is on its way" in await mailing.max.says("what happened with Anna")


async def test_the_copy_that_comes_back_is_the_same_interaction_and_says_nothing(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: The quote is on its way.\n\nBest wishes\nMax")
    await mailing.max.taps("Send")
    await sends(mailing, server)
    await mailing.gets_mail(PROVED.encode() + server.mails[0].octets)
    assert await mailing.max.hears() == []
    assert len(await mailing.rows("interactions")) == 1


async def test_the_answer_is_shown_to_who_wrote_and_not_only_to_the_owner(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    eve = mailing.member("Eve Sand", email="eve@firma.example", role="member")
    await eve.says("mail Anna: When do you need it?")
    await eve.taps("Send")
    async with delivery_of(mailing, server) as delivery:
        await delivery.deliver_all()
    await eve.hears()
    sent = server.mails[0].mail["Message-ID"]
    await mailing.gets_mail(mail("By friday.", message_id="<b2@nordwind.example>", more=f"In-Reply-To: {sent}\n"))
    for each in (eve, mailing.max):
        [told] = await each.hears()
        assert told.startswith("📥 Anna Kern: “Angebot”")
