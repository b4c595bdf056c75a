"""A bot on a fake Telegram, and the people around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.settings import Settings
from bot.telegram import receive
from bot.wiring import House
from handlers.team import Team
from storage.opening import open_database
from storage.users import add_user
from tests.bot.telegram_house import bot_running
from tests.fakes.bot_api import TOKEN, FakeBotApi
from tests.fakes.bot_api_people import FakeUser


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    """Telegram; at the end, that nothing was asked of it against its rules."""
    async with FakeBotApi() as fake:
        yield fake
        fake.assert_clean()


@pytest.fixture
def telegram_settings(telegram: FakeBotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings for a bot alone, over an empty database file; its back-off is one that a test can wait for."""
    for pause in ("FIRST_PAUSE", "CONFLICT_PAUSE", "TOKEN_PAUSE"):
        monkeypatch.setattr(receive, pause, 0.05)
    team = Team("en", "Europe/Berlin")
    return Settings(str(tmp_path / "rapport.db"), team, telegram_token=TOKEN, telegram_api=telegram.url, drop=None)


@pytest.fixture
async def team(telegram_settings: Settings) -> None:
    """Max, an owner, and Olga, who reads only, are in the database before the bot starts."""

    def add(connection: Connection) -> None:
        now = datetime.now(UTC)
        add_user(connection, "Max", at=now, role="owner", timezone="Europe/Berlin", telegram="111")
        add_user(connection, "Olga", at=now, role="viewer", language="ru", telegram="222")

    async with open_database(telegram_settings.database) as database:
        await database.write(add)


@pytest.fixture
async def bot(telegram_settings: Settings, team: None) -> AsyncIterator[House]:
    """The running bot of the team."""
    async with bot_running(telegram_settings) as house:
        yield house


@pytest.fixture
def max_(telegram: FakeBotApi) -> FakeUser:
    """The owner."""
    return telegram.user(111, "Max Kern")


@pytest.fixture
def stranger(telegram: FakeBotApi) -> FakeUser:
    """Somebody whom the team doesn't know."""
    return telegram.user(666, "Sam Stranger")
