"""A user without Telegram works by mail alone, over a real SMTP server: asks, is answered, is reminded, answers."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.delivery import Delivery
from bot.flow import Flow
from mail.server import parse_server
from mail.smtp import MailFace
from tests.fakes.mail_server import FakeMailServer, Taken
from tests.house import TEAM, TestHouse

CRM = "crm@firma.example"
PROVED = "mx.firma.example; dmarc=pass header.from=firma.example"


class Correspondence:
    """Max, who has nothing but a mailbox."""

    def __init__(self, house: TestHouse, face: MailFace, server: FakeMailServer) -> None:
        self.house = house
        self.face = face
        self._delivery = Delivery(house.database, house.clock, face)
        self._server = server
        self._numbers = itertools.count(1)

    async def writes(self, text: str, *, subject: str = "Hi", to: str = CRM, **more: str) -> list[Taken]:
        """Sends a mail that is proved to be his; the mails that come of it."""
        return await self._sends(text, {"Subject": subject, "To": to, **more}, proved=True)

    async def answers(
        self, taken: Taken, text: str, more: dict[str, str] | None = None, *, proved: bool = True, quoting: bool = True
    ) -> list[Taken]:
        """Answers one of Rapport's mails, as a mail program does it."""
        mail = taken.mail
        quote = "\n".join(f"> {line}" for line in taken.text.splitlines())
        body = f"{text}\n\nAm Mo., 23. Nov. 2026 um 10:00 schrieb Rapport <{CRM}>:\n{quote}\n" if quoting else text
        headers = {
            "Subject": str(mail["Subject"]) if str(mail["Subject"]).startswith("Re:") else f"Re: {mail['Subject']}",
            "To": CRM,
            "In-Reply-To": str(mail["Message-ID"]),
            "References": f"{mail['References'] or ''} {mail['Message-ID']}".strip(),
        }
        return await self._sends(body, headers | (more or {}), proved=proved)

    async def forges(self, text: str, **more: str) -> list[Taken]:
        """Sends a mail that nothing proves."""
        return await self._sends(text, {"Subject": "Hi", "To": CRM, **more}, proved=False)

    async def hears(self) -> list[Taken]:
        """What comes by mail: what is due, and what was queued."""
        await self.house.flow.push_due()
        before = len(self._server.mails)
        await self._delivery.deliver_all()
        return self._server.mails[before:]

    async def is_reminded(self, of: str = "Call Anna") -> Taken:
        """The reminder that comes at half past ten."""
        self.house.at("2026-11-23T10:30")
        [reminder] = [each for each in await self.hears() if of in each.text]
        return reminder

    async def _sends(self, text: str, headers: dict[str, str], *, proved: bool) -> list[Taken]:
        mail = EmailMessage()
        if proved:
            mail["Authentication-Results"] = PROVED
        mail["From"] = "Max Kern <max@firma.example>"
        mail["Message-ID"] = f"<max{next(self._numbers)}@firma.example>"
        mail["Date"] = self.house.clock.now()
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        await self.house.gets_mail(mail.as_bytes())
        return await self.hears()


@pytest.fixture
async def max_(house: TestHouse) -> AsyncIterator[Correspondence]:
    """Max, whom mail reaches and nothing else."""
    house.flow = Flow(house.database, house.clock, replace(TEAM, by_mail=True))
    async with (
        FakeMailServer() as server,
        MailFace(parse_server(server.setting), CRM, house.database, house.clock) as face,
    ):
        yield Correspondence(house, face, server)


async def test_asked_answered_reminded_done_by_mail_alone(max_: Correspondence) -> None:
    [answer] = await max_.writes("remind me friday to call Anna", subject="Anna")
    assert answer.text.startswith("☑ Call Anna\nFri 27 Nov, 9:00")
    assert answer.text.endswith("[Undo]  [Other time]")
    assert answer.recipients == ("max@firma.example",)
    assert (answer.mail["Subject"], answer.mail["In-Reply-To"]) == ("Re: Anna", "<max1@firma.example>")
    assert answer.mail["Auto-Submitted"] == "auto-replied"
    assert await max_.hears() == []
    max_.house.at("2026-11-27T09:00")
    [reminder] = await max_.hears()
    assert reminder.text.startswith("⏰ Call Anna")
    assert reminder.mail["Subject"] == "⏰ Call Anna"
    assert reminder.mail["In-Reply-To"] is None
    assert reminder.mail["Auto-Submitted"] == "auto-generated"
    [done] = await max_.answers(reminder, "done")
    assert done.text == "☑ Call Anna: done\n\n[Undo]"
    assert done.mail["References"].split()[0] == reminder.mail["Message-ID"]
    [task] = await max_.house.rows("tasks")
    assert task["done_at"] is not None
    [undone] = await max_.answers(done, "Undo!\n-- \nMax")
    assert "Undone" in undone.text
    assert (await max_.house.rows("tasks"))[0]["done_at"] is None


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("1 h", "Snoozed to today, 11:30"),
        ("1h", "Snoozed to today, 11:30"),
        ("2", "Snoozed to today, 11:30"),
        ("tomorrow", "Snoozed to tomorrow, 9:00"),
        ("[Done]", "☑ Call Anna: done"),
        ("Done, thanks!", "☑ Call Anna: done"),
        ("friday 14:00", "Fri 27 Nov, 14:00"),
        ("snooze", "Snoozed to today, 11:30"),
        ("in 2 hours", "Snoozed to today, 12:30"),
        ("Next week", "Snoozed to Mon 30 Nov, 9:00"),
        ("Pick", "[Today]  [Tomorrow]"),
        ("Bitte verschieb es auf Freitag", "☑ Call Anna\nFri 27 Nov"),
        ("перенеси на пятницу", "☑ Call Anna\nFri 27 Nov"),
        ("Not needed any more, thanks", "☑ Call Anna: off the list"),
        ("больше не нужно", "☑ Call Anna: off the list"),
        ("Done, call again in 2 weeks", "Mon 7 Dec"),
        ("erledigt, in 2 Wochen wieder anrufen", "Mon 7 Dec"),
        ("готово, позвонить снова через 2 недели", "Mon 7 Dec"),
        ("erledigt", "☑ Call Anna: done"),
    ],
)
async def test_what_an_answer_to_a_reminder_may_say(max_: Correspondence, said: str, heard: str) -> None:
    await max_.writes("remind me at 10:30 to write Bob")  # another one, which isn't meant
    await max_.writes("remind me at 10:30 to call Anna")
    reminder = await max_.is_reminded()
    [answer] = await max_.answers(reminder, said)
    assert heard in answer.text
    assert "Call Anna" in answer.text


async def test_what_stands_below_a_buttons_word_is_done_too(max_: Correspondence) -> None:
    await max_.writes("new lead Anna Kern, anna@nordwind.example")
    await max_.writes("remind me at 10:30 to call Anna Kern")
    reminder = await max_.is_reminded()
    [answer] = await max_.answers(reminder, "Done\n\nnote for Anna: prefers mornings")
    assert "done" in answer.text
    assert [row["text"] for row in await max_.house.rows("notes")] == ["prefers mornings"]


async def test_an_answer_is_about_the_contact_of_the_message(max_: Correspondence) -> None:
    [made] = await max_.writes("new lead Anna Kern, anna@nordwind.example")
    [answer] = await max_.answers(made, "remind me tomorrow to send the quote")
    assert "Anna Kern" in answer.text
    assert [row["contact_id"] for row in await max_.house.rows("tasks")] == [1]


async def test_a_question_is_answered_in_its_thread(max_: Correspondence) -> None:
    [answer] = await max_.writes("remind me friday to call Anna")
    [question] = await max_.answers(answer, "Other time")
    assert question.text.startswith("❓ When?")
    [moved] = await max_.answers(question, "thursday 15:00")
    assert "Thu 26 Nov, 15:00" in moved.text


async def test_a_note_for_somebody_presses_no_button_called_note(max_: Correspondence) -> None:
    await max_.writes("new lead Anna Kern, anna@nordwind.example")
    [card] = await max_.writes("anna")
    assert "[Note]" in card.text
    await max_.answers(card, "note for Anna: prefers mornings")
    assert [row["text"] for row in await max_.house.rows("notes")] == ["prefers mornings"]


async def test_a_notice_of_an_unknown_sender_is_decided_by_mail(max_: Correspondence) -> None:
    raw = f"From: Götz <goetz@kuehl.example>\nTo: {CRM}\nSubject: Anfrage\nMessage-ID: <g@k>\n\nWas kostet das?\n"
    await max_.house.gets_mail(raw)
    [notice] = await max_.hears()
    assert notice.recipients == ("max@firma.example",)
    assert notice.mail["Subject"].startswith("⚠ Unknown sender: Götz")
    assert notice.mail["In-Reply-To"] is None
    [answer] = await max_.answers(notice, "New lead")
    assert "new lead" in answer.text


async def test_a_forged_answer_does_nothing_until_the_token_comes_back(max_: Correspondence) -> None:
    await max_.writes("remind me at 10:30 to call Anna")
    reminder = await max_.is_reminded()
    [question] = await max_.answers(reminder, "done", proved=False)
    assert "was not done" in question.text
    assert re.fullmatch(r"To confirm, answer this mail: [0-9a-f]{24}", str(question.mail["Subject"]))
    assert (await max_.house.rows("tasks"))[0]["done_at"] is None
    [answer] = await max_.answers(question, "", proved=False)
    assert "☑ Call Anna: done" in answer.text
    [again] = await max_.answers(question, "", proved=False)
    assert "done already" in again.text


async def test_a_token_alone_is_enough_and_only_once(max_: Correspondence) -> None:
    [question] = await max_.forges("new lead Eve Sand, eve@sand.example")
    code = str(question.mail["Subject"]).rpartition(" ")[2]
    assert await max_.house.rows("contacts") == []
    [answer] = await max_.forges(f"It is {code}.", Subject="yes")
    assert "Eve Sand" in answer.text
    assert len(await max_.house.rows("contacts")) == 1
    await max_.forges(f"It is {code}.", Subject="yes")
    assert len(await max_.house.rows("contacts")) == 1


async def test_an_answer_without_a_quote_confirms_by_its_message_id(max_: Correspondence) -> None:
    [question] = await max_.forges("new lead Eve Sand, eve@sand.example")
    await max_.answers(question, "yes", {"Subject": "Re:"}, proved=False, quoting=False)
    assert len(await max_.house.rows("contacts")) == 1


async def test_what_was_confirmed_is_no_obstacle_to_what_comes_after_it(max_: Correspondence) -> None:
    [question] = await max_.forges("new lead Eve Sand, eve@sand.example")
    code = str(question.mail["Subject"]).rpartition(" ")[2]
    [answer] = await max_.answers(question, "yes", {"Subject": "Re:"}, proved=False, quoting=False)
    await max_.answers(answer, f"note for Eve: prefers mornings\n\n> {code}")
    await max_.answers(question, "note for Eve: speaks Danish")
    assert [row["text"] for row in await max_.house.rows("notes")] == ["prefers mornings", "speaks Danish"]
    assert len(await max_.house.rows("contacts")) == 1


async def test_a_token_can_be_refused(max_: Correspondence) -> None:
    [question] = await max_.forges("new lead Eve Sand, eve@sand.example")
    [answer] = await max_.answers(question, "Not me", proved=False)
    assert "Nothing was done" in answer.text
    assert await max_.house.rows("contacts") == []


@pytest.mark.parametrize("guess", ["0" * 24, "deadbeefdeadbeefdeadbeef"])
async def test_a_guess_confirms_nothing(max_: Correspondence, guess: str) -> None:
    [question] = await max_.forges("new lead Eve Sand, eve@sand.example")
    outbox_id = str(question.mail["Message-ID"]).partition(".")[0]
    await max_.forges(f"yes {guess}", In_Reply_To=f"{outbox_id}.{guess}@firma.example>")
    assert await max_.house.rows("contacts") == []


async def test_another_members_token_confirms_nothing(max_: Correspondence) -> None:
    eve = max_.house.member("Eve Sand", email="eve@firma.example")
    [question] = await max_.forges("new lead Ida Lund, ida@lund.example")
    code = str(question.mail["Subject"]).rpartition(" ")[2]
    raw = f"From: eve@firma.example\nTo: {CRM}\nSubject: {code}\nIn-Reply-To: {question.mail['Message-ID']}\n\nyes\n"
    await max_.house.gets_mail(raw)
    assert await max_.house.rows("contacts") == []
    assert eve.user.id == 2


async def test_a_forged_forward_is_confirmed_by_mail(max_: Correspondence) -> None:
    text = (
        "remind me tomorrow to answer\n\n---------- Forwarded message ---------\n"
        "From: Vera Lund <vera@fjordlicht.example>\nDate: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Lamps\n"
        "To: Max Kern <max@firma.example>\n\nWhen can you deliver the twelve lamps?\n"
    )
    [question] = await max_.forges(text, Subject="Fwd: Lamps")
    assert await max_.house.rows("contacts") == []
    [answer] = await max_.answers(question, "It was me", proved=False)
    assert "Vera Lund: new lead" in answer.text
    assert len(await max_.house.rows("tasks")) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk", "List_Id": "<team.firma.example>"},
        {"X_Autoreply": "yes"},
    ],
)
async def test_nothing_automatic_is_answered_or_obeyed(max_: Correspondence, headers: dict[str, str]) -> None:
    await max_.writes("remind me at 10:30 to call Anna")
    reminder = await max_.is_reminded()
    assert await max_.answers(reminder, "done", headers) == []
    assert await max_.writes("new lead Eve Sand, eve@sand.example", **headers) == []
    assert await max_.forges("new lead Eve Sand, eve@sand.example", **headers) == []
    assert (await max_.house.rows("tasks"))[0]["done_at"] is None
    assert await max_.house.rows("contacts") == []


async def test_rapports_own_mail_coming_back_is_nobodys_news(max_: Correspondence) -> None:
    [answer] = await max_.writes("remind me friday to call Anna")
    await max_.house.gets_mail(answer.octets)
    assert await max_.hears() == []
    assert await max_.house.rows("triage") == []


async def test_mail_of_strangers_is_never_answered(max_: Correspondence) -> None:
    raw = f"From: Anna <anna@nordwind.example>\nTo: {CRM}\nSubject: Angebot\nMessage-ID: <a@n>\n\nKönnen Sie liefern?\n"
    await max_.house.gets_mail(raw)
    assert [taken.recipients for taken in await max_.hears()] == [("max@firma.example",)]


async def test_who_has_telegram_is_not_written_to(max_: Correspondence) -> None:
    max_.house.member("Eve Sand", email="eve@firma.example", telegram="222")
    max_.face._beside_telegram = True
    head = f"Authentication-Results: {PROVED}\nFrom: eve@firma.example\nTo: {CRM}\nSubject: x\n"
    await max_.house.gets_mail(f"{head}\nremind me friday to call\n")
    assert await max_.hears() == []
    assert len(await max_.house.rows("tasks")) == 1


async def test_it_speaks_the_users_language(max_: Correspondence) -> None:
    await max_.writes("language: de")
    await max_.writes("erinner mich um 10:30 Uhr, Anna anzurufen")
    reminder = await max_.is_reminded("Anna")
    assert "[Erledigt]" in reminder.text
    [done] = await max_.answers(reminder, "erledigt")
    assert "erledigt" in done.text
