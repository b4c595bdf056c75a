"""Files and contacts sent to the bot: fetched from Telegram, imported, told below the message that brought them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot import jobs
from bot.wiring import House
from storage.tables import contacts, handles
from tests.bot.telegram_house import addresses, answered, calls, labels_of
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_people import FakeUser

TWO = b"Name,Email\nAnna Kern,anna@nordwind.example\nBert Maier,bert@suedwind.example\n"
TWENTY = b"Name,Email\n" + b"".join(b"Kim L,kim%d@lund.example\n" % i for i in range(20))


async def phones(house: House) -> list[tuple[str, str]]:
    """Names and numbers."""

    def work(connection: Connection) -> list[tuple[str, str]]:
        query = select(contacts.c.name, handles.c.value).join(handles).where(handles.c.kind == "phone")
        return [(row.name, row.value) for row in connection.execute(query)]

    return await house.database.read(work)


async def test_a_file_is_read_and_told_below_it(bot: House, max_: FakeUser) -> None:
    sent = await max_.sends_file("document", TWO, name="people.csv", mime_type="text/csv")
    reading, done = await max_.hears(), await max_.hears(timeout=60)
    assert reading["text"] == "📄 people.csv: reading …"
    assert done["text"] == "✓ people.csv: 2 added"
    assert answered(reading) == answered(done) == sent["message_id"]
    assert await addresses(bot) == ["anna@nordwind.example", "bert@suedwind.example"]
    await max_.taps(done, "Undo")
    assert (await max_.sees_edit(done["message_id"]))["text"] == "↩ Undone."
    assert await addresses(bot) == []


async def test_many_wait_for_a_tap(bot: House, max_: FakeUser) -> None:
    await max_.sends_file("document", TWENTY, name="people.csv", mime_type="text/csv")
    await max_.hears()
    asked = await max_.hears(timeout=60)
    assert labels_of(asked) == ["Import", "Cancel"]
    await max_.taps(asked, "Import")
    started = await max_.sees_edit(asked["message_id"])
    assert labels_of(started) == []
    assert (await max_.hears(timeout=60))["text"] == "✓ people.csv: 20 added"


@pytest.mark.parametrize("fault", [{"status": 502}, {"drop": "before"}, {"status": 429, "retry_after": 1}])
async def test_when_it_cannot_be_fetched_it_is_tried_again(
    bot: House, telegram: FakeBotApi, max_: FakeUser, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_RETRY", jobs._RETRY / 50)
    telegram.fail_next("getFile", **fault)
    await max_.sends_file("document", TWO, name="people.csv")
    await max_.hears()
    assert (await max_.hears(timeout=60))["text"] == "✓ people.csv: 2 added"


async def test_what_telegram_does_not_hand_out_is_said(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    await max_.sends_file("document", TWO, name="people.csv", size=31_500_000)
    assert (await max_.hears())["text"].startswith("people.csv has 32 MB, and Telegram hands me 20 at most.")
    assert calls(telegram, "getFile") == []
    await max_.sends_file("document", b"%PDF-1.7", name="offer.pdf")
    assert (await max_.hears())["text"].startswith("I can't read offer.pdf.")


async def test_words_below_a_file_are_a_message(bot: House, max_: FakeUser) -> None:
    await max_.says("new lead Anna Kern")
    await max_.hears()
    await max_.sends_file("document", b"%PDF-1.7", name="offer.pdf", caption="note for Anna: has our offer")
    assert "has our offer" in (await max_.hears())["text"]
    assert max_.unheard() == []


async def test_a_shared_contact_is_a_contact(bot: House, max_: FakeUser) -> None:
    await max_.shares_contact("+491701234567", first_name="Anna; Kern", user_id=42)
    await max_.hears()
    assert (await max_.hears(timeout=60))["text"] == "✓ Anna; Kern.vcf: 1 added"
    assert await phones(bot) == [("Anna; Kern", "+491701234567")]


async def test_files_of_strangers_are_not_read(
    bot: House, telegram: FakeBotApi, max_: FakeUser, stranger: FakeUser
) -> None:
    await stranger.sends_file("document", TWO, name="people.csv")
    await stranger.hears()
    assert calls(telegram, "getFile") == []
    assert await addresses(bot) == []
