"""Backup and restore: while others write, killed at every step, refused where they must be, seven of them kept."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot import backups
from bot.backups import back_up_daily, last_backup
from bot.settings import Settings
from handlers.team import Team
from storage.backup import CannotBackUp, CannotRestore, back_up, check_backup, restore
from storage.backups import KEPT, drop_old, kept_backups, next_backup, next_name
from storage.clock import Clock
from storage.database import Database
from storage.errors import NewerSchema
from storage.holding import BeingRestored, InUse, alone
from storage.meta import write_meta
from storage.opening import open_database, open_database_now
from tests.commands.deaths import mark_of
from tests.conftest import require
from tests.survival.program import ROOT, Place, letter, until

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SCRIPT = (sys.executable, "-m", "tests.commands.deaths")


def marked(path: Path, mark: str, *, bulk: int = 0) -> Path:
    """A database of Rapport's that says which one it is, with so many kilobytes beside."""

    def work(connection: Connection) -> None:
        write_meta(connection, "mark", mark)
        for number in range(bulk):
            write_meta(connection, f"bulk-{number}", mark[0] * 1000)

    with open_database_now(str(path)) as database:
        database.transact(work)
    return path


@pytest.fixture
def rapport(tmp_path: Path) -> Path:
    """A database."""
    return marked(tmp_path / "rapport.db", "old")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where programs run."""
    made = Place(tmp_path)
    made.team()
    return made


def test_a_backup_is_one_private_whole_file_that_restores(rapport: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.backup"
    with open_database_now(str(rapport)):  # in use: the log isn't written back
        back_up(rapport, target, wall=NOW)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.backup"]
    marked(rapport, "newer")
    restore(target, rapport, force=True)
    assert mark_of(rapport) == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.backup", "rapport.db", "rapport.db.lock"]


def test_a_backup_is_on_the_disk_before_it_gets_its_name(
    rapport: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, fsync = tmp_path / "copy.backup", os.fsync
    flushed: list[tuple[int, bool]] = []

    def seen(descriptor: int) -> None:
        fsync(descriptor)
        flushed.append((os.fstat(descriptor).st_ino, target.exists()))

    monkeypatch.setattr(os, "fsync", seen)
    back_up(rapport, target, wall=NOW)
    assert flushed == [(target.stat().st_ino, False), (tmp_path.stat().st_ino, True)]
    flushed.clear()
    before = rapport.stat().st_ino
    restore(target, rapport, force=True)
    assert rapport.stat().st_ino not in (before, target.stat().st_ino)
    assert flushed[0][0] == rapport.stat().st_ino
    assert flushed[-1][0] == tmp_path.stat().st_ino


async def test_what_is_copied_while_others_write_is_the_state_of_one_moment(rapport: Path, tmp_path: Path) -> None:
    """Two counters move together in each transaction, far apart in the file; every copy has them equal."""

    def begin(connection: Connection) -> None:
        for name in ("first", *(f"{number:04}-between" for number in range(4000)), "last"):
            write_meta(connection, name, "0" * 1000)

    def both(value: str, connection: Connection) -> None:
        write_meta(connection, "first", value)
        write_meta(connection, "last", value)

    async with open_database(str(rapport)) as database:
        await database.write(begin)
        written = 0
        busy = True

        async def write() -> None:
            nonlocal written
            while busy:
                written += 1
                await database.write(partial(both, f"{written:01000}"))

        writing = asyncio.create_task(write())
        seen = []
        for number in range(3):
            before = written
            await asyncio.to_thread(back_up, rapport, tmp_path / f"{number}.backup", wall=NOW)
            assert written > before + 1, "nothing was written meanwhile"
            with closing(sqlite3.connect(tmp_path / f"{number}.backup")) as copy:
                values = dict(copy.execute("SELECT name, value FROM meta WHERE name IN ('first', 'last')").fetchall())
            assert values["first"] == values["last"]
            seen.append(int(values["first"]))
        busy = False
        await writing
    assert seen == sorted(seen)


def deaths(folder: Path, *words: str) -> list[dict[str, Any]]:
    """What became of the command, killed at its first step, its second, and so on; the last one lived."""
    environment = os.environ | {"RAPPORT_DATABASE": str(folder / "rapport" / "rapport.db"), "RAPPORT_DROP": "off"}
    done = subprocess.run(
        [*SCRIPT, str(folder), *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [life["died"] for life in found] == [True] * (len(found) - 1) + [False], done.stderr
    assert found[-1]["code"] == 0, done.stderr
    return found


def test_a_backup_killed_at_any_step_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "pristine").mkdir()
    marked(tmp_path / "pristine" / "rapport.db", "old", bulk=5000)
    lives = deaths(tmp_path, "backup", str(tmp_path / "rapport" / "copy.backup"))
    assert len(lives) > 8
    assert {life["copy"] for life in lives} == {"none", "old"}
    assert {life["database"] for life in lives} == {"old"}
    assert lives[-1]["copy"] == "old"
    assert [name for name in lives[-1]["files"] if "part" in name] == []


def test_a_backup_killed_at_any_step_leaves_the_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "pristine").mkdir()
    earlier = marked(tmp_path / "earlier.db", "earlier")
    back_up(earlier, tmp_path / "pristine" / "copy.backup", wall=NOW)
    marked(tmp_path / "pristine" / "rapport.db", "old", bulk=3000)
    lives = deaths(tmp_path, "backup", str(tmp_path / "rapport" / "copy.backup"))
    assert {life["copy"] for life in lives} == {"earlier", "old"}


@pytest.mark.parametrize("state", ["closed", "crashed"])
def test_a_restore_killed_at_any_step_leaves_the_old_database_or_the_new_one(tmp_path: Path, state: str) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    back_up(marked(tmp_path / "new.db", "new", bulk=5000), pristine / "copy.backup", wall=NOW)
    old = marked(pristine / "rapport.db", "before", bulk=3000)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE meta SET value = 'old' WHERE name = 'mark'")
        connection.commit()
        if state == "crashed":  # what was committed last is in the log alone
            crashed = tmp_path / "crashed"
            crashed.mkdir()
            for path in pristine.iterdir():
                (crashed / path.name).write_bytes(path.read_bytes())
            assert (crashed / "rapport.db-wal").stat().st_size > 0
    if state == "crashed":
        for path in crashed.iterdir():
            (pristine / path.name).write_bytes(path.read_bytes())
        (pristine / "rapport.db-shm").unlink()
    lives = deaths(tmp_path, "restore", str(tmp_path / "rapport" / "copy.backup"), "--force")
    assert len(lives) > 12
    marks = [life["database"] for life in lives]
    assert marks == sorted(marks, reverse=True), "once the new one is there, it stays"
    assert set(marks) == {"old", "new"}
    wanted = ["copy.backup", "rapport.db", "rapport.db-shm", "rapport.db-wal", "rapport.db.lock"]
    assert set(lives[-1]["files"]) <= set(wanted)


def test_restore_puts_a_database_where_none_is(rapport: Path, tmp_path: Path) -> None:
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    fresh = tmp_path / "elsewhere" / "rapport.db"
    restore(tmp_path / "copy.backup", fresh, force=False)
    assert mark_of(fresh) == "old"
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600


def test_restore_replaces_a_damaged_database_and_its_log(rapport: Path, tmp_path: Path) -> None:
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    rapport.write_bytes(b"SQLite format 3\0" + b"broken" * 1000)
    Path(f"{rapport}-wal").write_bytes(b"of another database")
    restore(tmp_path / "copy.backup", rapport, force=True)
    assert mark_of(rapport) == "old"
    assert not list(tmp_path.glob("*before-restore*"))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda file: file.write_text("Dear Anna"), CannotRestore, "no backup of Rapport"),
        (lambda file: None, CannotRestore, "can't be read"),
        (lambda file: execute(file, "CREATE TABLE songs (name)"), CannotRestore, "no backup of Rapport"),
        (
            lambda file: execute(marked(file, "x"), "UPDATE alembic_version SET version_num = '9999'"),
            NewerSchema,
            "newer",
        ),
        (lambda file: cut(marked(file, "x", bulk=500)), CannotRestore, "damaged"),
    ],
    ids=["text", "missing", "another program's", "newer", "cut off"],
)
@pytest.mark.parametrize("force", [True, False])
def test_restore_refuses(
    rapport: Path, tmp_path: Path, make: Callable[[Path], object], error: type[Exception], says: str, force: bool
) -> None:
    file = tmp_path / "file"
    make(file)
    with pytest.raises(error, match=says):
        restore(file, rapport, force=force)
    assert mark_of(rapport) == "old"


def execute(file: Path, statement: str) -> None:
    """Changes a SQLite file behind Rapport's back."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def cut(file: Path) -> None:
    """Leaves half of a file."""
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)


def test_restore_refuses_to_overwrite_unless_forced(rapport: Path, tmp_path: Path) -> None:
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    marked(rapport, "newer")
    with pytest.raises(CannotRestore, match="--force"):
        restore(tmp_path / "copy.backup", rapport, force=False)
    assert mark_of(rapport) == "newer"


def test_restore_refuses_while_the_service_runs_and_works_after_it_was_killed(place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "copy.backup"
    with place.start("run") as run:
        run.ready()
        assert place.does("backup", str(copy)).process.returncode == 0
        refused = place.does("restore", str(copy), "--force")
        assert refused.process.returncode == 1
        assert "has" in refused.errors
        assert "open" in refused.errors
        assert run.process.poll() is None
        run.kill()
    restored = place.does("restore", str(copy), "--force")
    assert restored.process.returncode == 0, restored.errors
    place.assert_sound()


def test_restore_refuses_while_another_program_reads_the_file(rapport: Path, tmp_path: Path) -> None:
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM meta').fetchall();"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(rapport)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InUse):
            restore(tmp_path / "copy.backup", rapport, force=True)
        other.communicate("")
    restore(tmp_path / "copy.backup", rapport, force=True)


def test_opening_waits_for_a_restore_and_then_says_so(rapport: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.holding._PATIENCE", 0.05)
    with alone(rapport), pytest.raises(BeingRestored, match="being restored"), open_database_now(str(rapport)):
        pass
    with open_database_now(str(rapport)), open_database_now(str(rapport)):
        pass


def test_a_mail_that_comes_while_restoring_is_tried_again_later(place: Place) -> None:
    with alone(place.database):
        assert place.does("mail", "deliver", "-", said=letter("m-1")).process.returncode == 75


def test_backup_refuses_what_it_would_destroy(rapport: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters.txt"
    letters.write_text("Dear Anna")
    for target in (rapport, letters, tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(CannotBackUp):
            back_up(rapport, target, wall=NOW)
    assert letters.read_text() == "Dear Anna"
    assert mark_of(rapport) == "old"


def test_a_damaged_database_makes_no_backup(rapport: Path, tmp_path: Path) -> None:
    marked(rapport, "old", bulk=500)
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    octets = bytearray(rapport.read_bytes())
    octets[200 * 1024 : 260 * 1024] = b"\xff" * (60 * 1024)
    rapport.write_bytes(octets)
    with pytest.raises(CannotBackUp, match=r"damaged|malformed"):
        back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    check_backup(tmp_path / "copy.backup")


def test_what_holds_nothing_of_rapport_makes_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "rapport.db")) as connection:
        connection.execute("CREATE TABLE others (name)")
    with pytest.raises(CannotBackUp, match="nothing to back up"):
        back_up(tmp_path / "rapport.db", tmp_path / "copy.backup", wall=NOW)
    assert not list(tmp_path.glob("*copy*"))


def test_a_backup_can_be_broken_off(rapport: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="broken off"):
        back_up(rapport, tmp_path / "copy.backup", wall=NOW, stop=lambda: True)
    assert not list(tmp_path.glob("*copy*"))


def test_an_unfinished_copy_of_long_ago_is_swept_away(rapport: Path, tmp_path: Path) -> None:
    left = tmp_path / ".copy.backup.abcdefgh.part"
    left.write_bytes(b"half")
    os.utime(left, ((NOW - timedelta(days=2)).timestamp(),) * 2)
    back_up(rapport, tmp_path / "copy.backup", wall=NOW)
    assert not left.exists()


class Days:
    """The machine's clock, at which a test turns."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def seen(look: Callable[[], bool]) -> None:
    """Looks until it is so, in another thread meanwhile at work."""
    await asyncio.to_thread(until, "seen", look, 10)


def test_the_next_one_is_due_at_three_or_at_once_when_that_was_missed(tmp_path: Path) -> None:
    zone = "Europe/Berlin"  # three o'clock there is 2:00 UTC
    assert next_backup(tmp_path, zone, NOW) == NOW, "none yet"
    (tmp_path / next_name(datetime(2026, 11, 23, 2, 0, 30, tzinfo=UTC))).touch()
    assert next_backup(tmp_path, zone, NOW) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert next_backup(tmp_path, zone, NOW + timedelta(days=1)) == NOW + timedelta(days=1), "it was down at three"
    (tmp_path / next_name(NOW + timedelta(days=400))).touch()
    assert next_backup(tmp_path, zone, NOW + timedelta(days=1)) == NOW + timedelta(days=1), "a date that can't be"


def test_seven_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    (tmp_path / "before-the-move.backup").touch()
    for day in range(20):
        newest = tmp_path / next_name(NOW + timedelta(days=day))
        newest.touch()
        drop_old(tmp_path, newest)
    assert [kept.at for kept in kept_backups(tmp_path)] == [NOW + timedelta(days=day) for day in range(13, 20)]
    assert (tmp_path / "before-the-move.backup").exists()
    late = tmp_path / next_name(NOW)
    late.touch()
    drop_old(tmp_path, late)
    assert late.exists()
    assert len(kept_backups(tmp_path)) == KEPT


async def test_the_running_program_makes_one_a_day_and_keeps_seven(
    rapport: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_QUIET", 0.0)
    monkeypatch.setattr(backups, "LONGEST_SLEEP", 0.01)
    wall = Days(NOW)
    settings = Settings(str(rapport), Team("en", "Europe/Berlin"))
    async with open_database(str(rapport)) as database:
        loop = asyncio.create_task(back_up_daily(settings, database, Clock(wall=wall), asyncio.Event()))
        for day in range(10):
            wall.now = NOW + timedelta(days=day)
            await seen(lambda: last_backup(str(rapport), "") == wall.now)
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop
    found = kept_backups(tmp_path / "backups")
    assert [kept.at for kept in found] == [NOW + timedelta(days=day) for day in range(3, 10)]
    assert {check_backup(kept.path) for kept in found} == {check_backup(rapport)}
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700


async def test_a_backup_that_fails_stops_nothing_and_is_tried_again(
    rapport: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(backups, "_QUIET", 0.0)
    monkeypatch.setattr(backups, "_AGAIN", 0.01)
    (tmp_path / "backups").write_text("in the way")
    settings = Settings(str(rapport), Team("en", "Europe/Berlin"))
    async with open_database(str(rapport)) as database:
        loop = asyncio.create_task(back_up_daily(settings, database, Clock(wall=Days(NOW)), asyncio.Event()))
        await seen(lambda: "no daily backup" in caplog.text)
        (tmp_path / "backups").unlink()
        await seen(lambda: bool(kept_backups(tmp_path / "backups")))
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop


async def test_it_waits_for_a_quiet_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_QUIET", 0.2)
    bell = asyncio.Event()
    waiting = asyncio.create_task(backups._quiet(bell))
    for _ in range(20):
        await asyncio.sleep(0.02)
        bell.set()
    assert not waiting.done()
    async with asyncio.timeout(5):
        await waiting


async def test_a_stop_breaks_off_a_backup_under_way(rapport: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(_database: Database, _target: Path, _clock: Clock, stop: Callable[[], bool]) -> None:
        begun.set()
        while not stop():
            ended.wait(0.001)
        ended.set()

    monkeypatch.setattr(backups, "_QUIET", 0.0)
    monkeypatch.setattr(backups, "make_backup", endless)
    settings = Settings(str(rapport), Team("en", "Europe/Berlin"))
    async with open_database(str(rapport)) as database:
        loop = asyncio.create_task(back_up_daily(settings, database, Clock(), asyncio.Event()))
        assert await asyncio.to_thread(begun.wait, 10)
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop
    assert ended.wait(10)


def test_postgresql_is_dumped_and_restored_by_its_own_programs(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from tests.conftest import new_postgresql_database

    require(shutil.which("pg_dump") is not None, "pg_dump")
    setting = new_postgresql_database(postgresql)
    place = Place(tmp_path, {"RAPPORT_DATABASE": setting})
    copy = str(tmp_path / "copy.backup")

    def mark(word: str) -> None:
        with open_database_now(setting) as database:
            database.transact(lambda connection: write_meta(connection, "mark", word))

    def marked_as() -> str:
        with open_database_now(setting) as database:
            return str(
                database.look(
                    lambda connection: connection.execute(text("SELECT value FROM meta WHERE name = 'mark'")).scalar()
                )
            )

    mark("old")
    done = place.does("backup", copy)
    assert done.process.returncode == 0, done.errors
    assert stat.S_IMODE(Path(copy).stat().st_mode) == 0o600
    mark("newer")
    assert "--force" in place.does("restore", copy).errors
    with open_database_now(setting) as database:
        database.look(lambda connection: connection.execute(text("SELECT 1")).scalar())
        assert "open" in place.does("restore", copy, "--force").errors
    assert marked_as() == "newer"
    done = place.does("restore", copy, "--force")
    assert done.process.returncode == 0, done.errors
    assert marked_as() == "old"
    (tmp_path / "text").write_text("Dear Anna")
    assert "no backup" in place.does("restore", str(tmp_path / "text"), "--force").errors
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = place.does("backup", str(tmp_path / "other.backup"))
    assert refused.process.returncode == 1
    assert "pg_dump" in refused.errors
    until("nothing half", lambda: not list(tmp_path.glob("*.part")))
