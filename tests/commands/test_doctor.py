"""The doctor on healthy and on broken set-ups, as lines for people and as JSON for scripts; it tells no secret."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from bot.backups import LAST, backup_folder
from bot.health.check import Check
from bot.health.examine import examine
from bot.settings import Settings, load_settings
from bot.wiring import open_house
from mail.drop import serve_drop
from storage import inbox
from storage.backup import back_up
from storage.backups import next_name
from storage.clock import Clock
from storage.holding import alone
from storage.meta import write_meta
from storage.opening import open_database_now
from storage.tables import meta, outbox
from storage.triage import put_in_triage
from tests.fakes.bot_api import TOKEN, FakeBotApi
from tests.house import TestHouse
from tests.survival.program import Place, free_port

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = "s3cr3t-w0rd"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(privacy=True) as fake:
        yield fake
        fake.assert_clean()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.team()
    return made


def given(place: Place, **values: str) -> Settings:
    """Settings over the place's database."""
    named = {f"RAPPORT_{name.upper()}": value for name, value in ({"drop": "off"} | values).items()}
    return load_settings({"RAPPORT_DATABASE": str(place.database)} | named, place.folder)


async def found(settings: Settings, wall: datetime | None = None) -> dict[str, Check]:
    """The findings by their names."""
    clock = Clock() if wall is None else Clock(wall=lambda: wall)
    return {check.name: check for check in await examine(settings, clock)}


def change(place: Place, *rows: tuple[Any, dict[str, Any]]) -> None:
    """Puts rows into the database."""

    def work(connection: Connection) -> None:
        for table, values in rows:
            connection.execute(insert(table).values(values))

    with open_database_now(str(place.database)) as database:
        database.transact(work)


def test_a_healthy_set_up_says_so_on_lines_and_as_json(place: Place) -> None:
    assert place.does("backup", str(place.folder / "copy.backup")).process.returncode == 0
    lines = place.does("doctor")
    assert lines.process.returncode == 0, lines.output
    assert {line[:6] for line in lines.output.splitlines()} == {"ok    "}
    assert "ok    owners: Max Kern" in lines.output
    assert "\033" not in lines.output
    as_json = place.does("doctor", "--json")
    [line] = as_json.output.splitlines()
    told = json.loads(line)
    assert told["ok"] is True
    assert {frozenset(check) for check in told["checks"]} == {frozenset(("name", "status", "what", "todo"))}
    assert [check["name"] for check in told["checks"]] == [
        line[6:].partition(":")[0] for line in lines.output.splitlines()
    ]


def test_without_a_database_it_fails_and_makes_none(tmp_path: Path) -> None:
    place = Place(tmp_path)
    done = place.does("doctor", "--json")
    assert done.process.returncode == 1
    told = json.loads(done.output)
    assert told["ok"] is False
    [check] = [check for check in told["checks"] if check["status"] == "fail"]
    assert "rapport init" in check["todo"]
    assert not place.database.exists()


def test_wrong_settings_are_a_finding(place: Place) -> None:
    done = place.does("doctor", "--json", timezone="Nowhere/At-all")
    assert done.process.returncode == 1
    [check] = json.loads(done.output)["checks"]
    assert (check["name"], check["status"]) == ("settings", "fail")
    assert "RAPPORT_TIMEZONE" in check["what"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a program as somebody else")
def test_a_folder_that_cannot_be_written_is_told_with_its_remedy(place: Place, tmp_path: Path) -> None:
    settings = given(place)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    for name in ("rapport.db", "rapport.db.lock"):
        (tmp_path / name).chmod(0o644)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        from bot.health.database import examine_database

        checks, _ = examine_database(settings, NOW)
        os._exit(0 if any(c.status == "fail" and "the right to write" in c.todo for c in checks) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


async def test_what_is_no_database_and_what_is_damaged(place: Place) -> None:
    change(place, *((meta, {"name": f"{number}", "value": "x" * 1000}) for number in range(500)))
    octets = bytearray(place.database.read_bytes())
    octets[200 * 1024 : 260 * 1024] = b"\xff" * (60 * 1024)
    place.database.write_bytes(octets)
    damaged = await found(given(place))
    assert damaged["integrity"].status == "fail"
    assert "rapport restore" in damaged["integrity"].todo
    place.database.write_text("Dear Anna, " * 1000)
    broken = await found(given(place))
    assert broken["integrity"].status == "fail"
    place.database.write_bytes(b"")
    assert "empty" in (await found(given(place)))["database"].what


async def test_a_newer_schema_and_a_restore_under_way(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.holding._PATIENCE", 0.05)
    with alone(place.database):
        assert "being restored" in (await found(given(place)))["database"].what
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert (await found(given(place)))["schema"].status == "fail"


async def test_others_can_read_the_file(place: Place) -> None:
    place.database.chmod(0o644)
    assert (await found(given(place)))["privacy"].status == "warn"
    place.database.chmod(0o600)
    assert "privacy" not in await found(given(place))


async def test_parked_messages_and_rows_that_wait(place: Place) -> None:
    async with open_house(given(place)) as house:
        from storage.messages import InboundMessage, Sender

        message = InboundMessage("telegram", "1", "telegram:111", Sender("telegram", "111"), NOW, text="hi")
        kept = await house.flow.keep(message)
        await house.database.write(lambda connection: put_in_triage(connection, "parked", at=NOW, inbox_id=kept.id))
    row: dict[str, Any] = {"key": "a", "channel": "telegram", "lane": "x", "kind": "reply", "body": "{}"}
    row |= {name: datetime.now(UTC) - timedelta(hours=2) for name in ("created_at", "not_before")}
    change(place, (outbox, row))
    kept_at = datetime.now(UTC)
    checks = await found(given(place), kept_at + timedelta(minutes=30))
    assert checks["parked"].what == "1 message couldn't be handled"
    assert "triage" in checks["parked"].todo
    assert checks["inbox"].status == "warn"
    assert "1 unhandled" in checks["inbox"].what
    assert checks["outbox"].status == "warn"
    assert (await found(given(place), kept_at + timedelta(days=1)))["inbox"].status == "fail"
    parked = row | {"key": "b", "state": "parked", "error": "bot was blocked by the user", "created_at": kept_at}
    change(place, (outbox, parked))
    told = (await found(given(place), kept_at))["outbox"]
    assert told.status == "warn"
    assert "blocked" in told.what


async def test_the_clock_behind_the_newest_entry(place: Place) -> None:
    checks = await found(given(place), datetime.now(UTC) - timedelta(days=3))
    assert checks["clock"].status == "fail"
    assert "NTP" in checks["clock"].todo
    assert (await found(given(place)))["clock"].status == "ok"
    assert (await found(given(place), datetime(2001, 1, 1, tzinfo=UTC)))["clock"].status == "fail"


async def test_the_age_of_the_newest_backup(place: Place) -> None:
    now = datetime.now(UTC)
    assert "none" in (await found(given(place)))["backup"].what
    folder = backup_folder(str(place.database))
    folder.mkdir()
    back_up(place.database, folder / next_name(now - timedelta(days=5)), wall=now)
    old = (await found(given(place)))["backup"]
    assert (old.status, old.what) == ("warn", "the newest is 5 days old")
    with open_database_now(str(place.database)) as database:
        database.transact(lambda connection: write_meta(connection, LAST, (now - timedelta(hours=3)).isoformat()))
    new = (await found(given(place)))["backup"]
    assert (new.status, new.what) == ("ok", "the newest is 3 h old")


async def test_a_full_disk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**12, 10**12, 5_000_000))
    assert (await found(given(place)))["disk"].status == "fail"
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**12, 10**12, 500_000_000))
    assert (await found(given(place)))["disk"].status == "warn"


async def test_the_bot_and_its_switches(place: Place, telegram: FakeBotApi) -> None:
    checks = await found(given(place, telegram_token=TOKEN, telegram_api=telegram.url))
    assert checks["telegram"].status == "ok"
    assert checks["botfather"].status == "ok"
    for switch in ("groups", "privacy", "inline", "business"):
        assert switch in checks["botfather"].what
    assert [call.method for call in telegram.calls] == ["getMe", "getWebhookInfo"], "it changes nothing"


async def test_a_bot_that_reads_all_in_groups_and_one_with_a_webhook(place: Place) -> None:
    async with FakeBotApi(privacy=False) as fake:
        fake.state.updates.webhook_url = "https://elsewhere.example/hook"
        checks = await found(given(place, telegram_token=TOKEN, telegram_api=fake.url))
    assert checks["botfather"].status == "warn"
    assert "/setprivacy" in checks["botfather"].todo
    assert checks["webhook"].status == "warn"
    assert "elsewhere" not in checks["webhook"].what


@pytest.mark.parametrize("token", [f"999:{SECRET}", SECRET])
async def test_a_token_that_is_refused_or_none(place: Place, telegram: FakeBotApi, token: str) -> None:
    done = await asyncio.to_thread(place.does, "doctor", telegram_token=token, telegram_api=telegram.url)
    assert done.process.returncode == 1
    assert "fail  telegram: " in done.output
    assert "@BotFather" in done.output
    assert SECRET not in done.output + done.errors


def test_nobody_answers_and_no_secret_is_told(place: Place) -> None:
    port = free_port()
    done = place.does(
        "doctor",
        telegram_token=f"123:{SECRET}",
        telegram_api=f"http://127.0.0.1:{port}",
        smtp=f"smtps://anna:{SECRET}@127.0.0.1:{port}",
        imap=f"imaps://anna:{SECRET}@127.0.0.1:{port}",
    )
    assert done.process.returncode == 1
    refused = [line for line in done.output.splitlines() if "connection refused" in line]
    assert [line.split()[1] for line in refused] == ["telegram:", "smtp:", "imap:"]
    assert SECRET not in done.output + done.errors


def test_an_unreachable_postgresql_is_told_without_its_password(place: Place) -> None:
    done = place.does("doctor", database=f"postgresql://anna:{SECRET}@127.0.0.1:{free_port()}/rapport")
    assert done.process.returncode == 1
    assert "can't be reached" in done.output
    assert SECRET not in done.output + done.errors


async def test_postgresql_is_examined_too(house: TestHouse) -> None:
    setting = house.database.url.render_as_string(hide_password=False)
    if setting.startswith("sqlite"):
        setting = str(house.database.url.database)
    settings = load_settings({"RAPPORT_DATABASE": setting, "RAPPORT_DROP": "off"})
    checks = await found(settings)
    assert {checks[name].status for name in ("database", "schema", "writing", "owners", "inbox")} == {"ok"}


async def test_the_drop_is_free_ours_or_anothers(place: Place) -> None:
    port = free_port()
    settings = given(place, drop=f"127.0.0.1:{port}", mail_from="crm@firma.example")
    assert "is free" in (await found(settings))["drop"].what

    async def take(_: bytes) -> None:
        raise AssertionError("the doctor hands over no mail")

    async with serve_drop(("127.0.0.1", port), is_ours=lambda address: address == "crm@firma.example", take=take):
        ours = (await found(settings))["drop"]
        assert ours.status == "ok"
        assert "takes mail for crm@firma.example" in ours.what

    async def other(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(other, "127.0.0.1", port):
        assert (await found(settings))["drop"].status == "fail"


async def test_whose_authentication_results_are_seen(place: Place) -> None:
    now = datetime.now(UTC)
    settings = given(place, mail_from="crm@firma.example")
    assert (await found(settings))["authserv"].status == "ok"
    assert "address" in await found(given(place, smtp="smtp://127.0.0.1:9"))

    def keep(connection: Connection) -> None:
        from storage.messages import InboundMessage, Sender

        for number, name in enumerate(("mx.google.com", "forged.example", "mx.google.com")):
            raw = f"Authentication-Results: {name}; spf=pass\nAuthentication-Results: below.example; x\n\nHi".encode()
            message = InboundMessage("email", str(number), str(number), Sender("email", ""), now)
            inbox.keep(connection, message, raw=inbox.compress(raw), wall=now)

    with open_database_now(str(place.database)) as database:
        database.transact(keep)
    check = (await found(settings))["authserv"]
    assert check.status == "warn"
    assert "RAPPORT_AUTHSERV=mx.google.com" in check.todo
    assert (await found(given(place, authserv="mx.google.com")))["authserv"].status == "ok"
    other = (await found(given(place, authserv="mail.firma.example")))["authserv"]
    assert other.status == "warn"
    assert "mx.google.com" in other.what
    signed = (await found(given(place, dkim="on")))["authserv"]
    assert signed.status == "ok"
    assert "RAPPORT_DKIM" in signed.what


async def test_nobody_owns_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with open_database_now(str(place.database)):
        pass
    check = (await found(given(place)))["owners"]
    assert check.status == "warn"
    assert "claim-code" in check.todo


async def test_settings_that_others_can_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    file = place.folder / "rapport.toml"
    file.write_text('telegram_token = "x"')
    file.chmod(0o644)
    assert (await found(given(place)))["settings"].status == "warn"
    file.chmod(stat.S_IRUSR)
    assert "settings" not in await found(given(place))
