"""A file sent into the chat: looked at, imported when its user says so, told, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.console import Console, ConsoleFace
from bot.jobs import Jobs, fetch_here
from bot.settings import Settings
from storage import jobs
from storage.messages import InboundMessage, OutgoingMessage, Sender
from tests.house import TEAM, Chat, TestHouse

HEADER = "First Name,Last Name,Email,Phone,Birthday\n"
TWO = HEADER + "Anna,Kern,anna@nordwind.example,+49301234567,1980-05-17\nBert,Maier,bert@suedwind.example,,yesterday\n"


class Desk:
    """A member's console whose jobs are done at once."""

    def __init__(self, house: TestHouse, chat: Chat) -> None:
        self.heard: list[OutgoingMessage] = []
        self._numbers = iter(range(1, 1000))
        settings = Settings(house.database.url.render_as_string(hide_password=False), TEAM)
        self.jobs = Jobs(settings, house.database, house.clock, {"console": fetch_here})
        self.work = True
        self._house, self._user = house, chat.user
        face = ConsoleFace(chat.user, lambda message, _line: self.heard.append(message))
        self._console = Console(chat.user, face, house.flow, house.database, house.clock, self._does)

    async def _does(self) -> bool:
        return self.work and await self.jobs.do_next()

    async def says(self, text: str) -> list[str]:
        """What Rapport answers, message by message."""
        before = len(self.heard)
        await self._console.say(text, next(self._numbers))
        return [each.reply.text for each in self.heard[before:]]

    async def taps(self, label: str) -> list[str]:
        """What Rapport answers to a tap."""
        before = len(self.heard)
        await self._console.tap(label, next(self._numbers))
        return [each.reply.text for each in self.heard[before:]]

    async def taps_on(self, message: OutgoingMessage, label: str) -> list[str]:
        """What Rapport answers to a tap on an older message's button."""
        [token] = [button.token for row in message.reply.buttons for button in row if button.label == label]
        user = self._user
        tap = InboundMessage(
            *("console", token, f"console:{user.id}", Sender("user", str(user.id)), self._house.clock.now()), tap=token
        )
        await self._house.flow.keep(tap)
        before = len(self.heard)
        await self.says("help")
        first, _help, *rest = [each.reply.text for each in self.heard[before:]]
        return [first, *rest]

    @property
    def buttons(self) -> list[str]:
        """The labels on the newest message."""
        return [button.label for row in self.heard[-1].reply.buttons for button in row]


@pytest.fixture
def desk(house: TestHouse) -> Desk:
    """The owner's console."""
    return Desk(house, house.max)


def many(count: int) -> str:
    """A table of so many people."""
    return HEADER + "".join(f"Kim{i},Lund,kim{i}@lund.example,,\n" for i in range(count))


async def names(house: TestHouse) -> list[str]:
    """Everybody."""
    return [row["name"] for row in await house.rows("contacts")]


async def test_a_few_people_go_in_at_once_and_out_again(house: TestHouse, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "my people.csv"
    file.write_text(TWO)
    read, done = await desk.says(f"'{file}'")
    assert read == "📄 my people.csv: reading …"
    assert done.splitlines() == ["✓ my people.csv: 2 added", "line 3: “yesterday” is no date"]
    assert await names(house) == ["Anna Kern", "Bert Maier"]
    assert desk.buttons == ["Undo"]
    assert await desk.taps("Undo") == ["↩ Undone."]
    assert await names(house) == []


async def test_many_are_asked_for_and_again_nothing_is_doubled(house: TestHouse, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many(30))
    _, asked = await desk.says(str(file))
    assert asked.splitlines()[:2] == [
        "📄 many.csv: contacts, 30 records",
        "For example: Kim0 Lund, Kim1 Lund, Kim2 Lund",
    ]
    assert desk.buttons == ["Import", "Cancel"]
    assert await names(house) == []
    started, done = await desk.taps("Import")
    assert "importing" in started
    assert done == "✓ many.csv: 30 added"
    assert await desk.taps("Import") == ["That was done already."]
    await desk.says(str(file))
    assert (await desk.taps("Import"))[-1] == "✓ many.csv: 30 unchanged"
    assert len(await names(house)) == 30


async def test_what_was_worked_on_since_stays_when_much_is_undone(
    house: TestHouse, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.verbs.files.MOST_AT_ONCE", 20)
    monkeypatch.setattr("bot.jobs.FIRST_SLICE", 7)
    file = tmp_path / "many.csv"
    file.write_text(HEADER + "Anna,Kern,anna@nordwind.example,,\n" + many(30).removeprefix(HEADER))
    await desk.says(str(file))
    await desk.taps("Import")
    imported = desk.heard[-1]
    await desk.says("note for Anna Kern: prefers mornings")
    started, done = await desk.taps_on(imported, "Undo")
    assert started.startswith("↩ That is much.")
    assert done.splitlines() == [
        "↩ Undone.",
        "1 contact stays, because newer entries build on it: Anna Kern",
    ]
    assert await names(house) == ["Anna Kern"]
    assert [row["value"] for row in await house.rows("handles")] == ["anna@nordwind.example"]
    assert await desk.says("undo") == ["↩ Undone: “note for Anna Kern: prefers mornings”"], (
        "the note, and not for ever what stays of the import"
    )
    assert await house.rows("notes") == []


async def test_undo_stops_an_import_that_is_under_way(house: TestHouse, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many(30))
    await desk.says(str(file))
    desk.work = False
    await desk.taps("Import")
    assert (await desk.says("undo"))[0].startswith("↩ That is much.")
    desk.work = True
    assert (await desk.says("help"))[-1] == "↩ Undone."
    assert await names(house) == []
    assert [row["state"] for row in await house.rows("jobs")] == ["done", "stopped", "done"]


async def test_a_job_whose_process_died_is_begun_again_and_nothing_is_doubled(
    house: TestHouse, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many(30))
    await desk.says(str(file))
    desk.work = False
    await desk.taps("Import")
    wall = house.clock.wall()
    job = await house.database.write(lambda connection: jobs.claim_job(connection, ("", "console"), wall=wall))
    assert job is not None
    assert await house.database.write(lambda connection: jobs.claim_job(connection, ("", "console"), wall=wall)) is None
    later = wall + jobs.LEASE * 2
    again = await house.database.write(lambda connection: jobs.claim_job(connection, ("", "console"), wall=later))
    assert again is not None
    assert (again.id, again.attempts) == (job.id, 2)
    await house.database.write(lambda connection: jobs.release(connection, job.id))
    desk.work = True
    assert (await desk.says("help"))[-1] == "✓ many.csv: 30 added"
    assert len(await names(house)) == 30


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("noise.xlsx", b"PK\x03\x04 this is no workbook", "The file is damaged, or locked by a password."),
        ("words.csv", b"just some words\nand more\n", "No row names its columns."),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "That is none of the kinds I can read"),
    ],
)
async def test_what_cannot_be_read_is_said(desk: Desk, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    _, answer = await desk.says(str(file))
    assert answer.startswith(f"⚠ {name}\n{told}")


async def test_a_file_that_has_gone_is_asked_for_again(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many(30))
    await desk.says(str(file))
    file.unlink()
    assert (await desk.taps("Import"))[-1] == "⚠ many.csv\nI can't get the file any more. Send it again."


async def test_a_viewer_imports_nothing(house: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(TWO)
    viewer = Desk(house, house.member("Olga", role="viewer"))
    assert await viewer.says(str(file)) == ["⚠ You can look, not write. An owner can change that."]
    assert await house.rows("jobs") == []


async def test_a_path_in_a_sentence_is_no_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(TWO)
    answers = await desk.says(f"look at {file}")
    assert len(answers) == 1
