"""The demo: a team to look around in, made by the flow itself, anew at every call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.commands.demo import MAX, make_team
from bot.settings import Settings
from handlers.team import Team
from storage.opening import open_database_now
from storage.tables import contacts, deals, inbox, interactions, notes, outbox, stages, tasks, triage, users
from tests.survival.program import Place


@pytest.mark.parametrize("hour", [0, 8, 23])
async def test_the_team_is_made_by_the_flow_whatever_the_hour(tmp_path: Path, hour: int) -> None:
    today = datetime(2026, 11, 25, hour, 30, tzinfo=UTC)
    settings = Settings(str(tmp_path / "demo.db"), Team("en", "Europe/Berlin", "DE", "EUR", "crm@lampen.example"))
    settings = Settings(settings.database, settings.team, authserv=frozenset({"mx.lampen.example"}), drop=None)
    await make_team(settings, today)

    def look(connection: Connection) -> None:
        def count(table: object) -> int:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

        assert count(users) == 2
        assert count(contacts) == 12
        assert count(notes) >= 3
        assert count(interactions) >= 5  # mails both ways, a call
        assert set(connection.execute(select(inbox.c.state)).scalars()) == {"done"}
        assert set(connection.execute(select(outbox.c.state)).scalars()) == {"sent"}
        assert list(connection.execute(select(triage.c.reason).where(triage.c.state == "open")).scalars()) == [
            "unknown"
        ]
        used = select(stages.c.name).join(deals, deals.c.stage_id == stages.c.id)
        assert set(connection.execute(used).scalars()) == {"new", "proposal", "negotiation"}
        assert None not in set(connection.execute(select(deals.c.amount)).scalars())
        days = {str(due)[:10] for due in connection.execute(select(tasks.c.due_wall)).scalars()}
        here = today.astimezone(ZoneInfo("Europe/Berlin")).date()
        assert {str(here + timedelta(days=number)) for number in (-1, 0, 1)} <= days
        names = set(connection.execute(select(contacts.c.name)).scalars())
        assert {"Anna Kern", "Jutta Müller", "Иван Петров"} <= names

    with open_database_now(settings.database) as database:
        database.look(look)


def test_piped_it_says_where_it_is_and_can_be_made_anew(tmp_path: Path) -> None:
    place = Place(tmp_path, {"XDG_DATA_HOME": str(tmp_path)})
    for _ in range(2):
        done = place.does("demo", telegram_token="1:a")
        assert done.process.returncode == 0, done.errors
    demo = tmp_path / "rapport" / "demo.db"
    assert f'RAPPORT_DATABASE="{demo}"' in done.output
    assert not place.database.exists(), "the team's own database isn't touched"
    chat = place.does("chat", "--user", MAX, said=b"pipeline\ntriage\n", database=str(demo))
    assert "€12,000" in chat.output
    assert "Götz Übelacker" in chat.output


def test_one_that_is_open_is_left_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, {"XDG_DATA_HOME": str(tmp_path)})
    place.does("demo")
    with open_database_now(str(tmp_path / "rapport" / "demo.db")):
        done = place.does("demo")
    assert done.process.returncode == 1
    assert "open already" in done.errors
