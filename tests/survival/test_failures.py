"""A message that fails by its own fault is given up; the machine's trouble is waited out; nothing is lost."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import OperationalError

from bot import loops
from bot.delivery import Delivery
from bot.loops import handle_messages, keep_running
from bot.mail_in import prepared
from handlers.bracket import handle
from handlers.team import Team
from mail.parse import parse_mail
from storage import outbox
from storage.errors import is_trouble
from storage.inbox import BEGUN, begin_attempt, compress
from storage.messages import Draft, InboundMessage, OutgoingMessage, Sender, Span
from storage.outbox import Carrier, Destination
from storage.tables import users
from storage.wakeup import sleep, watching
from tests.fakes.bot_api_remote import RemoteBotApi
from tests.house import Chat, TestHouse
from tests.survival.conftest import Server, Wall
from tests.survival.deaths import DEAD, Nursery
from tests.survival.kill_run import HURRIED, TOKEN
from tests.survival.program import MAX, Place, letter, until

Act = Callable[[Connection, InboundMessage], None]


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], None]:
    """Lets something happen after all that a message does, in the same transaction."""

    def then(happens: Act) -> None:
        def handled(connection: Connection, inbox_id: int, message: InboundMessage, team: Team) -> None:
            handle(connection, inbox_id, message, team)
            happens(connection, message)

        monkeypatch.setattr("bot.flow.handle", handled)

    return then


async def keeps(chat: Chat, *texts: str) -> None:
    """They say it, and nobody handles it yet."""
    for text in texts:
        message = InboundMessage(
            channel="console",
            external_id=f"{chat.user.id} {text[:80]}",
            lane=f"console:{chat.user.id}",
            sender=Sender("user", str(chat.user.id), chat.user.name),
            at=chat.house.clock.now(),
            text=text,
        )
        await chat.house.flow.keep(message)


async def notes(house: TestHouse) -> list[str]:
    return [row["text"] for row in await house.rows("notes")]


async def untouched(house: TestHouse) -> bool:
    """Is every message of the inbox new, or done without any attempt counted, and nothing in triage?"""
    rows = await house.rows("inbox")
    return all(row["state"] != "parked" and row["attempts"] == 0 for row in rows) and not await house.rows("triage")


class TestAMessageThatRaises:
    async def test_it_is_parked_after_three_attempts_and_the_others_go_on(
        self, house: TestHouse, wall: Wall, acts: Callable[[Act], None]
    ) -> None:
        eva = house.member("Eva Sand")
        await house.max.says("new lead Anna Kern")

        def fails(_: Connection, message: InboundMessage) -> None:
            assert "broken" not in message.text

        acts(fails)
        await keeps(house.max, "note for Anna: broken", "note for Anna: later")
        await keeps(eva, "note for Anna: from Eva")

        await house.handles()
        assert await notes(house) == ["from Eva"]
        assert "from Eva" in "".join(await eva.hears())
        for seconds, attempts in ((1, 2), (5, 3)):
            assert await house.max.hears() == []
            wall.passes(seconds - 0.1)
            assert await house.handles() == 0
            wall.passes(0.1)
            await house.handles()
            [row] = [row for row in await house.rows("inbox") if row["attempts"]]
            assert row["attempts"] == attempts
        assert (row["state"], row["error"]) == ("parked", "AssertionError")
        assert await notes(house) == ["from Eva", "later"]
        assert len(await house.rows("changes", table_name="notes")) == 2

        told, answer = await house.max.hears()
        assert told.startswith("⚠ I could not handle this message")
        assert "later" in answer
        assert await eva.hears() == []
        assert "could not be handled" in await house.max.says("triage")

    async def test_found_at_a_start_it_has_three_attempts_as_well(
        self, house: TestHouse, wall: Wall, acts: Callable[[Act], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        await house.max.says("new lead Anna Kern")
        await keeps(house.max, "note for Anna: broken", "note for Anna: later")
        attempts = []

        def fails(_: Connection, message: InboundMessage) -> None:
            attempts.append(message.text)
            assert "broken" not in message.text

        acts(fails)
        wall.passes(1)
        house.flow = type(house.flow)(house.database, house.clock, house.flow._team)
        for _ in range(5):
            await house.handles()
            wall.passes(10)
        assert attempts == ["note for Anna: broken"] * 3 + ["note for Anna: later"]
        assert [(row["state"], row["error"]) for row in await house.rows("inbox")][1] == ("parked", "AssertionError")
        assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
            "message 2 failed: AssertionError"
        ] * 3
        assert len(await house.max.hears()) == 2

    async def test_one_that_cannot_even_be_read_holds_up_nobody(self, house: TestHouse, wall: Wall) -> None:
        await house.max.says("new lead Anna Kern")
        await keeps(house.max, "note for Anna: one", "note for Anna: two")
        await house.database.write(
            lambda connection: connection.exec_driver_sql(
                'UPDATE inbox SET message = \'{"of": "tomorrow"}\' WHERE id = 2'
            )
        )
        for _ in range(4):
            await house.handles()
            wall.passes(10)
        assert [row["state"] for row in await house.rows("inbox")] == ["done", "parked", "done"]
        assert await notes(house) == ["two"]
        assert "could not be handled" in await house.max.says("triage")


class TestAMessageThatKillsTheProcess:
    def test_it_is_parked_after_three_deaths_and_the_others_are_handled(self, tmp_path: Path, nursery: Nursery) -> None:
        place = Place(tmp_path)
        place.team()
        (tmp_path / "said").touch()
        said = ((111, "note for Max: poison"), (222, "new lead Anna Kern"), (111, "new lead Ben Holm"))
        assert nursery.lives_with_poison(tmp_path, said) == [DEAD, DEAD, DEAD, 0]
        assert place.rows("SELECT state FROM inbox ORDER BY id") == ["parked", "done", "done"]
        assert sorted(place.rows("SELECT name FROM contacts")) == ["Anna Kern", "Ben Holm"]
        assert place.rows("SELECT reason FROM triage") == ["parked"]
        assert (tmp_path / "said").read_text().split() == ["111:0", "222:1", "111:2"]

    async def test_processes_that_begin_it_at_once_are_no_deaths(self, house: TestHouse, wall: Wall) -> None:
        await keeps(house.max, "new lead Anna Kern")
        wall.passes(1)
        flows = [type(house.flow)(house.database, house.clock, house.flow._team) for _ in range(6)]
        for flow in flows:
            await flow.handle_next()
        wall.passes(10)
        for flow in flows:
            await flow.handle_next()
        assert [row["state"] for row in await house.rows("inbox")] == ["done"]
        assert [row["name"] for row in await house.rows("contacts")] == ["Anna Kern"]


class TestARace:
    async def test_it_is_tried_again_without_being_counted(
        self, house: TestHouse, wall: Wall, acts: Callable[[Act], None]
    ) -> None:
        rivals = 3

        def loses(connection: Connection, _: InboundMessage) -> None:
            nonlocal rivals
            rivals -= 1
            if rivals >= 0:
                taken = {"id": house.max.user.id, "name": "Rival", "timezone": "UTC", "created_at": house.clock.now()}
                connection.execute(insert(users), taken)

        acts(loses)
        await keeps(house.max, "new lead Anna Kern")
        for _ in range(4):
            await house.handles()
            wall.passes(0.2)
        assert [row["name"] for row in await house.rows("contacts")] == ["Anna Kern"]
        assert await untouched(house)

    async def test_one_that_never_ends_is_the_messages_own_fault(
        self, house: TestHouse, wall: Wall, acts: Callable[[Act], None]
    ) -> None:
        def loses(connection: Connection, _: InboundMessage) -> None:
            connection.execute(insert(users), {"id": house.max.user.id, "name": "Rival", "timezone": "UTC"})

        acts(loses)
        await keeps(house.max, "new lead Anna Kern")
        for _ in range(12):
            await house.handles()
            wall.passes(10)
        assert [row["state"] for row in await house.rows("inbox")] == ["parked"]
        assert await house.rows("contacts") == []


@asynccontextmanager
async def handling(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The inbox is handled by the loop that the program has, in the background; it is patient for shorter only."""
    monkeypatch.setattr(loops, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(loops, "_LONGEST_PAUSE", 0.2)
    async with watching(house.database) as wakeups:
        bell = wakeups.bell()
        loop = asyncio.create_task(keep_running("inbox", lambda: handle_messages(house.flow, house.clock, bell)))
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.wait([loop])


async def comes(what: str, look: Callable[[], bool]) -> None:
    """Waits until something has come about."""
    await asyncio.to_thread(until, what, look, 20)


class TestTroubleWithTheMachine:
    async def test_a_full_disk_is_waited_out(
        self, sqlite_house: TestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        house = sqlite_house
        await house.max.says("new lead Anna Kern")
        long = "note for Anna: " + "many words " * 20_000
        await keeps(house.max, long, "note for Anna: short")
        pages = await house.database.write(_fills_up)
        with pytest.raises(OperationalError, match="full") as caught:
            await keeps(house.max, "!" + long)
        assert is_trouble(caught.value)
        async with handling(house, monkeypatch):
            await comes("trouble", lambda: caplog.text.count("trouble with the machine") >= 4)
            assert [row["state"] for row in await house.rows("inbox")] == ["done", "new", "new"]
            assert await notes(house) == []
            assert await untouched(house)
            await house.database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages * 100}").all())
            await _until_notes(house, 2)
        assert [note[:10] for note in await notes(house)] == ["many words", "short"]
        assert await untouched(house)
        assert len(await house.max.hears()) == 2

    async def test_another_process_that_holds_the_lock_for_too_long_is_waited_out(
        self,
        impatient_house: TestHouse,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        house = impatient_house
        await house.max.says("new lead Anna Kern")
        await keeps(house.max, "note for Anna: one", "note for Anna: two")
        with closing(sqlite3.connect(tmp_path / "rapport.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                await keeps(house.max, "note for Anna: three")
            async with handling(house, monkeypatch):
                await comes("trouble", lambda: caplog.text.count("trouble with the machine") >= 3)
                assert await notes(house) == []
                other.execute("COMMIT")
                await _until_notes(house, 2)
        assert await untouched(house)
        assert len(await house.max.hears()) == 2

    async def test_trouble_with_the_backlog_of_a_start_counts_nothing(
        self, impatient_house: TestHouse, tmp_path: Path, wall: Wall, acts: Callable[[Act], None]
    ) -> None:
        house, troubles = impatient_house, 5
        await house.max.says("new lead Anna Kern")
        await keeps(house.max, "note for Anna: one")

        def fails(_: Connection, message: InboundMessage) -> None:
            nonlocal troubles
            troubles -= 1
            if troubles >= 0:
                raise OSError(28, "No space left on device")

        acts(fails)
        for _ in range(5):  # the program is started again each time
            wall.passes(60)
            house.flow = type(house.flow)(house.database, house.clock, house.flow._team)
            with pytest.raises(OSError, match="space"):
                await house.handles()
        wall.passes(60)
        await house.handles()
        assert await notes(house) == ["one"]
        assert not await house.rows("triage")

    async def test_a_postgresql_server_that_goes_down_in_the_middle_is_waited_out(
        self,
        served_house: TestHouse,
        server: Server,
        acts: Callable[[Act], None],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        house, stops = served_house, 1
        await house.max.says("new lead Anna Kern")
        await keeps(house.max, "note for Anna: one", "note for Anna: two")

        def stop(_: Connection, __: InboundMessage) -> None:
            nonlocal stops
            stops -= 1
            if stops == 0:
                server.stop()

        acts(stop)
        async with handling(house, monkeypatch):
            await comes("trouble", lambda: caplog.text.count("trouble with the machine") >= 2)
            with pytest.raises(OperationalError):
                await keeps(house.max, "note for Anna: three")
            await asyncio.to_thread(server.start)
            await _until_notes(house, 2)
            await keeps(house.max, "note for Anna: three")
            await _until_notes(house, 3)
        assert await notes(house) == ["one", "two", "three"]
        assert await untouched(house)
        assert len(await house.max.hears()) == 3

    def test_a_disk_that_is_full_for_a_while_under_the_running_program(self, tmp_path: Path) -> None:
        with RemoteBotApi.started(TOKEN) as telegram:
            place = Place(tmp_path, {"RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_API": telegram.url}, HURRIED)
            place.team()
            telegram.user(MAX, "Max Kern")
            with place.start("run") as program:
                telegram.says(MAX, "new lead Anna Kern, anna@nordwind.example")
                telegram.hears(MAX, 20)
                resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
                for number in range(5):
                    telegram.says(MAX, f"note for Anna: n-{number}")
                until("trouble", lambda: "trouble with the machine" in program.errors)
                resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (-1, resource.RLIM_INFINITY))
                for number in range(5):
                    assert f"n-{number}" in telegram.hears(MAX, 20)["text"]
                until("drained", place.is_drained)
                assert program.stops() == 0
            telegram.assert_clean()
        assert place.rows("SELECT text FROM notes ORDER BY id") == [f"n-{number}" for number in range(5)]
        assert place.rows("SELECT max(attempts), count(*) FROM inbox WHERE state = 'done'") == [(0, 6)]
        place.assert_sound()

    def test_a_pipe_that_meets_a_locked_database_says_try_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HURRIED_BUSY_MS", "200")
        place = Place(tmp_path, command=HURRIED)
        place.team()
        with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = place.does("mail", "deliver", "-", said=letter("m-1"))
            other.execute("COMMIT")
        assert refused.process.returncode == 75
        assert len(refused.errors.splitlines()) == 1
        assert "try again later" in refused.errors
        taken = place.does("mail", "deliver", "-", said=letter("m-1"))
        assert (taken.process.returncode, taken.errors) == (0, "")
        assert place.rows("SELECT subject FROM interactions") == ["m-1"]


async def test_a_pipe_waits_for_a_mail_that_another_process_has_begun(sqlite_house: TestHouse, tmp_path: Path) -> None:
    house, raw = sqlite_house, letter("m-1")
    kept = await house.flow.keep(prepared(raw, parse_mail(raw), house.clock.now()), raw=compress(raw))
    begun = house.clock.wall() - BEGUN + timedelta(seconds=2.5)  # and dies over it
    assert not await house.database.write(lambda connection: begin_attempt(connection, kept.id, wall=begun))
    pipe = await asyncio.to_thread(Place(tmp_path).does, "mail", "deliver", "-", said=raw)
    assert (pipe.process.returncode, pipe.errors) == (0, "")
    assert [row["state"] for row in await house.rows("inbox")] == ["done"]


class Stubborn:
    """A face that raises what no face should, at some messages."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.said: list[str] = []

    @property
    def carrier(self) -> Carrier:
        return Carrier("telegram")

    async def deliver(self, message: OutgoingMessage) -> str:
        if self.error is not None and "broken" in message.reply.text:
            raise self.error
        self.said.append(message.reply.text)
        return f"1:{message.id}"


class TestAnAnswerThatCannotBeSent:
    async def test_a_defect_of_the_face_is_counted_and_parked_and_the_others_go_on(
        self, house: TestHouse, wall: Wall
    ) -> None:
        face = Stubborn(ZeroDivisionError())
        delivery = Delivery(house.database, house.clock, face)
        await queues(house, "1", "broken", "later")
        await queues(house, "2", "elsewhere")
        await delivery.deliver_all()
        assert face.said == ["elsewhere"]
        for _ in range(5):
            wall.passes(400)
            await delivery.deliver_all()
        assert face.said == ["elsewhere", "later"]
        [parked] = await house.rows("outbox", state="parked")
        assert (parked["error"], parked["attempts"]) == ("ZeroDivisionError", 3)

    async def test_the_machines_trouble_parks_nothing(self, house: TestHouse, wall: Wall) -> None:
        face = Stubborn(OSError(24, "Too many open files"))
        delivery = Delivery(house.database, house.clock, face)
        await queues(house, "1", "broken")
        for _ in range(5):
            await delivery.deliver_all()
            wall.passes(400)
        face.error = None
        await delivery.deliver_all()
        assert face.said == ["broken"]


async def queues(house: TestHouse, chat: str, *texts: str) -> None:
    """Something is to be said in a chat of Telegram."""

    def work(connection: Connection) -> None:
        for text in texts:
            to = Destination("telegram", house.max.user.id, chat)
            outbox.add(connection, Draft((Span(text),)), to, key=text, now=house.clock.now())

    await house.database.write(work)


async def _until_notes(house: TestHouse, count: int) -> None:
    async with asyncio.timeout(20):
        async with watching(house.database) as wakeups:
            bell = wakeups.bell()
            while len(await notes(house)) < count:
                await sleep(bell, 0.2)


def _fills_up(connection: Connection) -> int:
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").all()
    return pages
