"""Files of logged mail in Telegram: documents with their words, and what is said where there can be none."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Connection, update

from bot.mail_in import prepared
from bot.telegram import face
from bot.wiring import House
from mail.parse import parse_mail
from storage.inbox import compress, is_handled
from storage.tables import inbox, interactions
from tests.bot.telegram_house import ANNA, answered, calls, labels_of, until
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_people import FakeUser
from tests.flow.test_attachments import PDF, with_files


@pytest.fixture
async def mailed(bot: House, max_: FakeUser) -> None:
    """Anna sent two files."""
    await max_.says(ANNA)
    await max_.hears()
    raw = with_files(("offer.pdf", PDF), ("Preise für 2026.pdf", b"%PDF-1.7 prices"))
    # Silent: a notice would come at once or in the morning, by the hour at which the test runs.
    message = replace(prepared(raw, parse_mail(raw), bot.clock.now()), silent=True)
    kept = await bot.flow.keep(message, raw=compress(raw))
    await until(bot, lambda connection: is_handled(connection, kept.id))


async def change(bot: House, **values: object) -> None:
    """Changes what is logged of the mail."""

    def work(connection: Connection) -> None:
        connection.execute(update(interactions).values(**values))

    await bot.database.write(work)


async def test_it_comes_as_a_document(bot: House, telegram: FakeBotApi, max_: FakeUser, mailed: None) -> None:
    sent = await max_.says("/file_1_2")
    said = await max_.hears()
    assert said["document"]["file_name"] == "Preise für 2026.pdf"
    assert said["document"]["file_size"] == len(b"%PDF-1.7 prices")
    assert said["caption"].startswith("📎 Preise für 2026.pdf\n1 KB · Anna Kern")
    assert answered(said) == sent["message_id"]
    await max_.says("mail 1")
    shown = await max_.hears()
    assert labels_of(shown) == ["📎 offer.pdf", "📎 Preise für 2026.pdf", "Why here?"]
    await max_.taps(shown, "📎 offer.pdf")
    assert (await max_.hears())["document"]["file_name"] == "offer.pdf"
    assert len(calls(telegram, "sendDocument")) == 2


async def test_what_is_too_big_for_telegram_is_said(
    bot: House, telegram: FakeBotApi, max_: FakeUser, mailed: None
) -> None:
    await change(bot, attachments=[{"name": "film.mp4", "size": 61_500_000, "part": 2, "type": "video/mp4"}])
    await max_.says("file 1")
    assert (await max_.hears())["text"] == "⚠ film.mp4 has 62 MB: Telegram takes at most 50 MB."
    assert calls(telegram, "sendDocument") == []


async def test_what_was_forgotten_meanwhile_is_said(
    bot: House, telegram: FakeBotApi, max_: FakeUser, mailed: None
) -> None:
    await change(bot, attachments=[{"name": "gone.pdf", "size": 10, "part": 77}])
    await max_.says("file 1")
    assert (await max_.hears())["text"] == "⚠ gone.pdf can't be sent here. It stays with its mail."
    assert calls(telegram, "sendDocument") == []


async def test_an_upload_that_never_ends_gives_way(
    bot: House, telegram: FakeBotApi, max_: FakeUser, mailed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "_SLOW", 1)
    monkeypatch.setattr(face, "_UPLOAD", 0.5)
    telegram.fail_next("sendDocument", status=502, delay=3)
    await max_.says("file 1 1")
    async with asyncio.timeout(20):
        assert (await max_.hears(timeout=20))["text"] == "⚠ offer.pdf can't be sent here. It stays with its mail."


async def test_a_refused_document_is_tried_again(
    bot: House, telegram: FakeBotApi, max_: FakeUser, mailed: None
) -> None:
    telegram.fail_next("sendDocument", status=502)
    await max_.says("file 1 1")
    assert (await max_.hears(timeout=60))["document"]["file_name"] == "offer.pdf"


async def test_forgotten_mail_has_no_files(bot: House, max_: FakeUser, mailed: None) -> None:
    def forget(connection: Connection) -> None:
        connection.execute(update(inbox).values(raw=None))

    await bot.database.write(forget)
    await max_.says("file 1 1")
    assert (await max_.hears())["text"] == "⚠ offer.pdf isn't kept here, only its name."
