"""Rapport as it runs: a mail to a contact, written and released in Telegram, taken by a real mail server."""

from __future__ import annotations

from dataclasses import replace

from bot.settings import Settings
from mail.server import parse_server
from tests.bot.telegram_house import ANNA, bot_running, labels_of
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.mail_server import FakeMailServer


def mailing(settings: Settings, server: FakeMailServer) -> Settings:
    team = replace(settings.team, address="crm@firma.example", by_mail=True)
    return replace(settings, team=team, smtp=parse_server(server.setting))


async def test_the_preview_becomes_what_was_sent(telegram_settings: Settings, team: None, max_: FakeUser) -> None:
    async with FakeMailServer() as server, bot_running(mailing(telegram_settings, server)):
        await max_.says(ANNA)
        await max_.hears()
        await max_.says("mail Anna: Hello Anna,\n\nthe quote is on its way.")
        preview = await max_.hears()
        assert labels_of(preview) == ["Send", "Edit", "Cancel"]
        [quoted] = preview["entities"]
        begin = quoted["offset"]
        assert preview["text"][begin - 1 : begin - 1 + quoted["length"]].strip().startswith("Hello Anna,")
        assert server.mails == []
        tap = await max_.taps(preview, "Send")
        assert await max_.sees_answer(tap)
        going = await max_.sees_edit(preview["message_id"])
        assert (going["text"], labels_of(going)) == ("📤 On its way to Anna Kern: “The quote is on its way”", [])
        sent = await max_.sees_edit(preview["message_id"], timeout=60)
        assert sent["text"] == "📤 Sent to Anna Kern: “The quote is on its way”"
        assert labels_of(sent) == ["Task", "Open"]
        [taken] = server.mails
        assert taken.mail["From"] == "Max <crm@firma.example>"
        assert max_.unheard() == []


async def test_in_doubt_the_author_is_asked_and_nothing_goes_twice(
    telegram_settings: Settings, team: None, max_: FakeUser
) -> None:
    async with FakeMailServer() as server, bot_running(mailing(telegram_settings, server)):
        server.will("dot", "take and drop")
        await max_.says(ANNA)
        await max_.hears()
        await max_.says("mail Anna: the quote is on its way")
        preview = await max_.hears()
        await max_.taps(preview, "Send")
        asked = await max_.hears(timeout=60)
        assert asked["text"].startswith("❓ I don't know whether")
        assert labels_of(asked) == ["Send again", "It arrived"]
        await max_.taps(asked, "It arrived")
        assert "Logged as sent" in (await max_.sees_edit(asked["message_id"]))["text"]
        assert len(server.mails) == 1


async def test_a_mail_server_that_comes_up_later_gets_it_once(
    telegram_settings: Settings, team: None, max_: FakeUser
) -> None:
    async with FakeMailServer() as server:
        settings = mailing(telegram_settings, server)
    async with bot_running(settings):  # the server is down by now
        await max_.says(ANNA)
        await max_.hears()
        await max_.says("mail Anna: the quote is on its way")
        preview = await max_.hears()
        await max_.taps(preview, "Send")
        await max_.sees_edit(preview["message_id"])
        async with server:
            await max_.sees_edit(preview["message_id"], timeout=20)
    assert len(server.mails) == 1
