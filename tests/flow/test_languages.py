"""One conversation in three languages, and by every channel: the same records come of it."""

from __future__ import annotations

import itertools

import pytest

from storage.messages import InboundMessage, Sender
from storage.outbox import Carrier
from storage.users import User
from tests.house import Chat, TestHouse

CONVERSATIONS = {
    "en": (
        "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example, +49 30 901820, wants 20 licences",
        "note for Anna: prefers mornings",
        "remind me tomorrow 9:00 to send Anna the quote",
        "anna",
        "tasks",
        "done 1",
        "undo",
        "help",
    ),
    "de": (
        "neuer Lead Anna Kern, Nordwind GmbH, anna@nordwind.example, +49 30 901820, will 20 Lizenzen",
        "Notiz zu Anna: lieber vormittags",
        "erinner mich morgen um 9 Anna das Angebot zu schicken",
        "anna",
        "Aufgaben",
        "erledigt 1",
        "rückgängig",
        "Hilfe",
    ),
    "ru": (
        "новый лид Анна Керн, ООО Нордвинд, anna@nordwind.example, +7 495 123-45-67, хочет 20 лицензий",
        "заметка по Анне: лучше утром",
        "напомни завтра в 9 отправить Анне предложение",
        "анна",
        "задачи",
        "готово 1",
        "отмена",
        "помощь",
    ),
}


class TelegramChat(Chat):
    """The same user in Telegram, as the receiver prepares what they write."""

    async def says(self, text: str) -> str:
        """What is answered there."""
        message = InboundMessage(
            channel="telegram",
            external_id=f"1:{self.user.telegram}:{next(self._numbers)}",
            lane=f"telegram:{self.user.telegram}",
            sender=Sender("telegram", self.user.telegram, self.user.name),
            at=self.house.clock.now(),
            text=text,
        )
        await self.house.flow.keep(message)
        await self.house.handles()
        return "\n".join(each.reply.text for each in await self._delivered(Carrier("telegram")))


class MailChat(Chat):
    """The same user writing proved mails to Rapport's address."""

    async def says(self, text: str) -> str:
        """What is answered, by whatever face reaches them."""
        number = next(self._numbers)
        raw = (
            "Authentication-Results: mx.firma.example; dmarc=pass header.from=firma.example\n"
            f"From: {self.user.name} <{self.user.email}>\nTo: crm@firma.example\nSubject: {number}\n"
            f"Message-ID: <{number}@firma.example>\nDate: Mon, 23 Nov 2026 10:00:00 +0100\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
        )
        await self.house.gets_mail(raw)
        return "\n".join(each.reply.text for each in await self._delivered(Carrier("console", self.user.id)))


@pytest.mark.parametrize("language", CONVERSATIONS)
@pytest.mark.parametrize("face", [Chat, TelegramChat, MailChat], ids=["console", "telegram", "mail"])
async def test_the_same_conversation_leaves_the_same_records(
    sqlite_house: TestHouse, face: type[Chat], language: str
) -> None:
    house = sqlite_house
    chat = _as(face, house, house.member("Eve Sand", language=language, telegram="222", email="eve@firma.example").user)
    lead, note, remind, card, tasks, done, undo, help_ = CONVERSATIONS[language]

    assert "anna@nordwind.example" in await chat.says(lead)
    [contact] = await house.rows("contacts")
    assert contact["status"] == "lead"
    assert {row["kind"] for row in await house.rows("handles")} == {"email", "phone"}

    said = note.partition(": ")[2]
    assert said in await chat.says(note)
    assert [row["text"] for row in await house.rows("notes")][-1] == said

    assert "9:00" in await chat.says(remind)
    [task] = await house.rows("tasks")
    assert (task["due_wall"], task["contact_id"]) == ("2026-11-24T09:00:00", contact["id"])

    shown = await chat.says(card)
    assert contact["name"] in shown
    assert said in shown
    assert "1. " in await chat.says(tasks)
    await chat.says(done)
    [task] = await house.rows("tasks")
    assert task["done_at"] is not None
    await chat.says(undo)
    [task] = await house.rows("tasks")
    assert task["done_at"] is None
    assert "•" in await chat.says(help_)


def _as(face: type[Chat], house: TestHouse, user: User) -> Chat:
    return face(house, user, [], itertools.count(1))
