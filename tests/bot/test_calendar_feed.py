"""The calendar at its secret address: who knows it gets it, once a change; nobody else gets anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from bot.wiring import House
from storage.calendars import calendar_secret, new_calendar_secret
from storage.changes import Trail
from storage.errors import WrongSetting
from storage.tasks import add_task
from storage.users import add_user
from tests.bot.telegram_house import bot_running
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_people import FakeUser
from tests.house import MONDAY, TEAM
from tests.survival.program import free_port


async def fetch(settings: Settings, path: str, *headers: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    reader, writer = await asyncio.open_connection(*settings.listen)
    try:
        lines = "".join(f"{each}\r\n" for each in ("Host: x", *headers))
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        first, *fields = head.decode().split("\r\n")
        return int(first.split()[1]), dict(field.lower().split(": ", 1) for field in fields), body
    finally:
        writer.close()


@pytest.fixture
def public(tmp_path: Path) -> Settings:
    """Settings with a public address."""
    team = replace(TEAM, public_url="https://rapport.example.com")
    return Settings(str(tmp_path / "rapport.db"), team, listen=("127.0.0.1", free_port()), drop=None)


def settle(house: House, name: str = "Max") -> tuple[int, str]:
    """A member with a calendar: the id, and the path."""

    def work(connection):  # type: ignore[no-untyped-def]
        user_id = add_user(connection, name, at=MONDAY, timezone="Europe/Berlin")
        return user_id, f"/calendar/{calendar_secret(connection, user_id)}.ics"

    found: tuple[int, str] = house.database.transact(work)
    return found


async def test_who_knows_the_address_gets_the_calendar(public: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with bot_running(public) as house:
        user_id, path = settle(house)
        status, headers, body = await fetch(public, path)
        assert status == 200
        assert headers["content-type"] == "text/calendar; charset=utf-8"
        assert int(headers["content-length"]) == len(body)
        assert body.startswith(b"BEGIN:VCALENDAR\r\n")
        assert await fetch(public, path, f"If-None-Match: {headers['etag']}") == (
            304,
            {key: headers[key] for key in ("etag", "cache-control", "connection")},
            b"",
        )
        assert (await fetch(public, path, method="HEAD"))[0::2] == (200, b"")

        def change(connection):  # type: ignore[no-untyped-def]
            from handlers.verbs.tasks import due_of
            from reminders.moment import Setting
            from reminders.when import find_moment
            from storage.users import user_by_id

            user = user_by_id(connection, user_id)
            when = find_moment("tomorrow 14:00", Setting(now=MONDAY, zone="Europe/Berlin"))
            assert user is not None
            assert when is not None
            trail = Trail(connection, at=MONDAY, user_id=user_id, inbox_id=None)
            add_task(trail, "Call Petrov", due=due_of(when, user, MONDAY), assignee_id=user_id)

        house.database.transact(change)
        status, changed, body = await fetch(public, path, f"If-None-Match: {headers['etag']}")
        assert status == 200
        assert changed["etag"] != headers["etag"]
        assert b"Call Petrov" in body
    assert path.split("/")[2].removesuffix(".ics") not in caplog.text


async def test_nobody_else_gets_anything(public: Settings) -> None:
    async with bot_running(public) as house:
        user_id, path = settle(house)
        guessed = f"/calendar/{'a' * 22}.ics"
        for wrong in (guessed, "/calendar/.ics", "/calendar/", "/", f"{path}x", f"{path[:-5]}.ics"):
            assert (await fetch(public, wrong))[0] == 404, wrong
        assert (await fetch(public, path, "Content-Length: 0", method="POST"))[0] == 405
        house.database.transact(lambda connection: new_calendar_secret(connection, user_id))
        assert (await fetch(public, path))[0] == 404


async def test_beside_the_webhook(telegram_settings: Settings, team: None, telegram: FakeBotApi) -> None:
    port = free_port()
    telegram.methods.webhook_target = f"http://127.0.0.1:{port}/telegram"
    settings = replace(
        telegram_settings, telegram_webhook="https://rapport.example.com/telegram", listen=("127.0.0.1", port)
    )
    async with bot_running(settings) as house:
        _, path = settle(house, "Somebody")
        assert (await fetch(settings, path))[0] == 200
        assert (await fetch(settings, "/telegram"))[0] == 405


async def test_without_a_public_address_nothing_listens(public: Settings) -> None:
    async with bot_running(replace(public, team=TEAM)):
        with pytest.raises(ConnectionRefusedError):
            await fetch(public, "/")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"PUBLIC_URL": "https://crm.example.com/"}, "https://crm.example.com"),
        ({"PUBLIC_URL": "http://10.0.0.2:8080"}, "http://10.0.0.2:8080"),
        (
            {"TELEGRAM_TOKEN": "1:x", "TELEGRAM_WEBHOOK": "https://crm.example.com:8443/hook"},
            "https://crm.example.com:8443",
        ),
        ({}, ""),
    ],
)
def test_where_the_world_reaches_us(given: dict[str, str], url: str, tmp_path: Path) -> None:
    environment = {f"RAPPORT_{name}": value for name, value in given.items()} | {"HOME": str(tmp_path)}
    assert load_settings(environment, tmp_path).team.public_url == url


@pytest.mark.parametrize(
    "url", ["crm.example.com", "ftp://x", "https://x/crm", "https://u:p@x", "https://x:0", "https://x?a"]
)
def test_what_is_no_public_address(url: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="RAPPORT_PUBLIC_URL"):
        load_settings({"RAPPORT_PUBLIC_URL": url, "HOME": str(tmp_path)}, tmp_path)


async def test_in_telegram_a_file_comes_into_ones_own_chat(bot: House, max_: FakeUser) -> None:
    await max_.says("remind me tomorrow 14:00 to call Petrov")
    await max_.hears()
    await max_.says("/calendar")
    said = await max_.hears()
    assert said["document"]["file_name"] == "rapport.ics"
    assert said["caption"].startswith("📅 rapport.ics")
