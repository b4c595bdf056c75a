"""Mail to contacts from chat: previewed, sent by a tap and by nothing else, logged when it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Table, select, update
from sqlalchemy.exc import IntegrityError

from bot.delivery import Delivery
from bot.flow import Flow
from mail.server import parse_server
from mail.smtp import MailFace
from storage import outbox
from storage.letters import mark_going
from storage.messages import Draft, OutgoingMessage, Span
from storage.outbox import Carrier, Destination
from storage.tables import buttons, letters, users
from storage.tables import outbox as outbox_table
from storage.users import change_user
from tests.fakes.mail_server import FakeMailServer, Phase
from tests.flow.test_mail import PROVED, mail
from tests.house import TEAM, TestHouse

ANNA = "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"


@pytest.fixture
async def server() -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer() as fake:
        yield fake


@pytest.fixture
def mailing(house: TestHouse) -> TestHouse:
    """A house that has a mail server."""
    house.flow = Flow(house.database, house.clock, replace(TEAM, by_mail=True))
    return house


@asynccontextmanager
async def delivery_of(house: TestHouse, server: FakeMailServer) -> AsyncIterator[Delivery]:
    face = MailFace(
        parse_server(server.setting), TEAM.address, house.database, house.clock, beside_telegram=True, seconds=1
    )
    async with face:
        yield Delivery(house.database, house.clock, face)


async def sends(house: TestHouse, server: FakeMailServer) -> list[str]:
    """The outbox's letters are handed over; what Max hears of it."""
    async with delivery_of(house, server) as delivery:
        await delivery.deliver_all()
    return await house.max.hears()


async def test_one_mail_to_one_contact_goes_out_after_send_and_is_logged(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    preview = await mailing.max.says("mail Anna: the quote is on its way")
    assert preview == (
        "📤 Mail to Anna Kern <anna@nordwind.example>\nSubject: The quote is on its way\n\n"
        "the quote is on its way\n\nOnce sent it can't be taken back."
    )
    assert mailing.max.buttons == ["Send", "Edit", "Cancel"]
    await sends(mailing, server)
    assert server.mails == []
    assert await mailing.max.taps("Send") == "📤 On its way to Anna Kern: “The quote is on its way”"
    assert await mailing.rows("interactions") == []
    assert await sends(mailing, server) == ["📤 Sent to Anna Kern: “The quote is on its way”"]
    [taken] = server.mails
    assert (taken.sender, taken.recipients) == (TEAM.address, ("anna@nordwind.example",))
    assert taken.mail["From"] == "Max Kern <max@firma.example>"
    assert taken.mail["Reply-To"] == "Max Kern <crm@firma.example>"
    assert taken.mail["Subject"] == "The quote is on its way"
    assert taken.text == "the quote is on its way"
    assert "Rapport" not in taken.octets.decode()
    assert taken.mail["Auto-Submitted"] is None
    [interaction] = await mailing.rows("interactions")
    assert (interaction["direction"], interaction["user_id"]) == ("out", mailing.max.user.id)
    assert interaction["message_id"] == taken.mail["Message-ID"]
    assert [row["contact_id"] for row in await mailing.rows("interaction_contacts")] == [1]
    assert "📤 today, 10:00 The quote is on its way" in await mailing.max.says("what happened with Anna")


async def test_the_copy_that_comes_back_is_the_same_interaction_and_says_nothing(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: The quote is on its way.\n\nBest wishes\nMax")
    await mailing.max.taps("Send")
    await sends(mailing, server)
    await mailing.gets_mail(PROVED.encode() + server.mails[0].octets)
    assert await mailing.max.hears() == []
    assert len(await mailing.rows("interactions")) == 1


async def test_the_answer_is_shown_to_who_wrote_and_not_only_to_the_owner(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    eve = mailing.member("Eve Sand", email="eve@firma.example", role="member")
    await eve.says("mail Anna: When do you need it?")
    await eve.taps("Send")
    async with delivery_of(mailing, server) as delivery:
        await delivery.deliver_all()
    await eve.hears()
    sent = server.mails[0].mail["Message-ID"]
    await mailing.gets_mail(mail("By friday.", message_id="<b2@nordwind.example>", more=f"In-Reply-To: {sent}\n"))
    for each in (eve, mailing.max):
        [told] = await each.hears()
        assert told.startswith("📥 Anna Kern: “Angebot”")


@pytest.mark.parametrize(
    ("edit", "subject", "text"),
    [
        ("Hello Anna,\nhere it is.", "The quote", "Hello Anna,\nhere it is."),
        ("subject: Quote 812", "Quote 812", "It comes today."),
        ("Betreff: Angebot\nHallo Anna", "Angebot", "Hallo Anna"),
        ("тема: Предложение\n\nДобрый день", "Предложение", "Добрый день"),
    ],
)
async def test_an_edit_replaces_the_text_or_the_subject(
    mailing: TestHouse, server: FakeMailServer, edit: str, subject: str, text: str
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: subject: The quote\nIt comes today.")
    assert "Write the new text" in await mailing.max.taps("Edit")
    assert f"Subject: {subject}\n\n{text}\n\n" in await mailing.max.says(edit)
    await mailing.max.taps("Send")
    await sends(mailing, server)
    [taken] = server.mails
    assert (taken.mail["Subject"], taken.text) == (subject, text)


async def test_an_old_preview_sends_nothing_but_shows_what_stands_now(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: first words")
    [[old, *_]] = mailing.max.heard[-1].reply.buttons
    await mailing.max.taps("Edit")
    await mailing.max.says("second words")
    assert "second words" in await mailing.max._send(tap=old.token)
    await sends(mailing, server)
    assert server.mails == []
    await mailing.max.taps("Send")
    assert await mailing.max._send(tap=old.token) == "That was done already."
    await sends(mailing, server)
    assert [taken.text for taken in server.mails] == ["second words"]


async def test_cancel_sends_nothing(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    [[send, *_]] = mailing.max.heard[-1].reply.buttons
    assert await mailing.max.taps("Cancel") == "Not sent: “The quote is on its way”"
    assert await mailing.max._send(tap=send.token) == "That mail was dropped."
    await sends(mailing, server)
    assert server.mails == []


async def test_what_no_tap_released_does_not_leave(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    draft = Draft((Span("words"),), kind="letter")
    somewhere = Destination("email", mailing.max.user.id, "anna@nordwind.example")
    now = mailing.clock.now()

    def forge(connection: Connection) -> None:
        outbox.add(connection, draft, somewhere, key="forged", now=now)
        row = outbox.add(connection, draft, somewhere, key="forged for a letter", now=now)
        button = connection.execute(select(buttons.c.id).where(buttons.c.act == "send_letter")).scalar_one()
        # A button that was shown, and that nobody pressed.
        connection.execute(update(letters).values(state="queued", released_by=button, outbox_id=row))

    await mailing.database.write(forge)
    await sends(mailing, server)
    assert server.mails == []
    assert {row["state"] for row in await mailing.rows("outbox", kind="letter")} == {"parked"}
    with pytest.raises(IntegrityError):
        await mailing.database.write(lambda connection: connection.execute(update(letters).values(released_by=None)))


@pytest.mark.parametrize(
    ("table", "forged", "leaves"),
    [
        (buttons, {}, 1),
        (buttons, {"used_at": None}, 0),
        (buttons, {"user_id": 2}, 0),
        (buttons, {"arguments": {"letter": 2, "version": 1}}, 0),
        (letters, {"address": "eve@elsewhere.example"}, 0),
        (users, {"role": "viewer"}, 0),
    ],
)
async def test_only_its_authors_own_tap_on_this_very_letter_lets_it_leave(
    mailing: TestHouse, server: FakeMailServer, table: Table, forged: dict[str, object], leaves: int
) -> None:
    mailing.member("Eve")
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    [letter] = await mailing.rows("letters")
    row = letter["released_by"] if table is buttons else 1
    change = update(table).where(table.c.id == row).values(forged) if forged else select(1)
    await mailing.database.write(lambda connection: connection.execute(change))
    await sends(mailing, server)
    assert len(server.mails) == leaves


async def test_an_unknown_mailbox_is_told_and_another_address_sends_the_kept_draft(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    server.will("RCPT", "550 5.1.1 no such user")
    [told] = await sends(mailing, server)
    assert told.startswith("⚠ The mail server refused: mailbox of anna@nordwind.example unknown.\n")
    assert told.endswith("The draft “The quote is on its way” is kept.")
    assert mailing.max.buttons == ["Edit address", "Edit", "Drop"]
    assert await mailing.rows("interactions") == []
    assert await mailing.max.taps("Edit address") == "❓ Which address?"
    assert "no address" in await mailing.max.says("the other one")
    assert "<kern@nordwind.example>" in await mailing.max.says("kern@nordwind.example")
    assert mailing.max.buttons == ["Send", "Edit", "Cancel", "anna@nordwind.example"]
    await mailing.max.taps("Send")
    await sends(mailing, server)
    assert server.mails[0].recipients == ("kern@nordwind.example",)
    assert len(await mailing.rows("interactions")) == 1


@pytest.mark.parametrize(
    ("phase", "fault"),
    [
        ("greeting", "drop"),
        ("greeting", "421 4.3.2 too many"),
        ("EHLO", "drop"),
        ("MAIL", "drop"),
        ("MAIL", "451 4.3.0 later"),
        ("RCPT", "drop"),
        ("RCPT", "451 4.7.1 greylisted"),
        ("DATA", "451 4.3.0 later"),
        ("dot", "452 4.3.1 full"),
    ],
)
async def test_what_certainly_did_not_go_is_sent_later_without_a_word(
    mailing: TestHouse, server: FakeMailServer, phase: Phase, fault: str
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    server.will(phase, fault)
    assert await sends(mailing, server) == []
    [row] = await mailing.rows("outbox", kind="letter")
    assert row["state"] == "queued"
    await due_again(mailing)
    assert await sends(mailing, server) == ["📤 Sent to Anna Kern: “The quote is on its way”"]
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("phase", "fault"), [("text", "drop"), ("dot", "drop"), ("dot", "take and drop"), ("dot", "take and hang")]
)
async def test_in_doubt_it_is_not_sent_again_by_itself_and_its_author_decides(
    mailing: TestHouse, server: FakeMailServer, phase: Phase, fault: str
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    server.will(phase, fault)
    [asked] = await sends(mailing, server)
    assert asked.startswith("❓ I don't know whether the mail to anna@nordwind.example went out")
    assert mailing.max.buttons == ["Send again", "It arrived"]
    assert await mailing.rows("interactions") == []
    taken = len(server.mails)
    await due_again(mailing)
    assert await sends(mailing, server) == []
    assert len(server.mails) == taken == fault.startswith("take")
    if fault == "take and drop":
        assert "Logged as sent" in await mailing.max.taps("It arrived")
    else:
        await mailing.max.taps("Send again")
        assert await sends(mailing, server) == ["📤 Sent to Anna Kern: “The quote is on its way”"]
        assert len(server.mails) == taken + 1
    assert len({each.mail["Message-ID"] for each in server.mails}) == 1
    assert len(await mailing.rows("interactions")) == 1


async def test_an_answer_to_a_mail_in_doubt_proves_that_it_arrived(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: when do you need it?")
    await mailing.max.taps("Send")
    server.will("dot", "take and drop")
    await sends(mailing, server)
    sent = server.mails[0].mail["Message-ID"]
    await mailing.gets_mail(mail("By friday.", message_id="<b2@nordwind.example>", more=f"References: {sent}\n"))
    assert {row["direction"] for row in await mailing.rows("interactions")} == {"in", "out"}
    assert (await mailing.max.hears())[0].startswith("📥 Anna Kern")
    assert await mailing.max.taps("Send again") == "That mail was sent. A sent mail can't be undone."


async def test_a_process_that_died_while_it_handed_over_leaves_a_doubt(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")

    def dies(connection: Connection) -> None:
        outbox.claim(connection, Carrier("email"), now=mailing.clock.now(), wall=mailing.clock.wall())
        assert mark_going(connection, 1, digest="x")
        connection.execute(update(outbox_table).values(lease_until=mailing.clock.wall() - timedelta(seconds=1)))

    await mailing.database.write(dies)
    [asked] = await sends(mailing, server)
    assert asked.startswith("❓ I don't know whether")
    assert server.mails == []


class Vanishing:
    """A face that fails once the letter may have gone, with what is neither a yes nor a no."""

    carrier = Carrier("email")

    def __init__(self, house: TestHouse, error: Exception) -> None:
        self._house = house
        self._error = error
        self.tried = 0

    async def deliver(self, message: OutgoingMessage) -> str:
        self.tried += 1
        await self._house.database.write(lambda connection: mark_going(connection, 1, digest="x"))
        raise self._error


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), ValueError("a defect")])
async def test_whatever_breaks_while_it_is_handed_over_leaves_a_doubt(mailing: TestHouse, error: Exception) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    face = Vanishing(mailing, error)
    delivery = Delivery(mailing.database, mailing.clock, face)
    await delivery.deliver_all()
    [asked] = await mailing.max.hears()
    assert asked.startswith("❓ I don't know whether")
    await due_again(mailing)
    await delivery.deliver_all()
    assert face.tried == 1
    assert [row["state"] for row in await mailing.rows("outbox", kind="letter")] == ["uncertain"]


async def test_a_process_that_died_before_leaves_none(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")

    def dies(connection: Connection) -> None:
        outbox.claim(connection, Carrier("email"), now=mailing.clock.now(), wall=mailing.clock.wall())
        connection.execute(update(outbox_table).values(lease_until=mailing.clock.wall() - timedelta(seconds=1)))

    await mailing.database.write(dies)
    assert await sends(mailing, server) == ["📤 Sent to Anna Kern: “The quote is on its way”"]


async def test_after_an_hour_the_author_hears_that_it_waits_and_can_take_it_back(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: the quote is on its way")
    await mailing.max.taps("Send")
    server.will("RCPT", *["451 4.7.1 greylisted"] * 3)
    assert await sends(mailing, server) == []
    mailing.at("2026-11-23T11:30")
    await due_again(mailing)
    [told] = await sends(mailing, server)
    assert "hasn't gone out yet" in told
    await due_again(mailing)
    assert await sends(mailing, server) == []
    assert await mailing.max.taps("Don't send") == "Not sent: “The quote is on its way”"
    await due_again(mailing)
    assert await sends(mailing, server) == []
    assert server.mails == []


async def test_undo_after_send_says_that_it_cannot_and_undoes_nothing_else(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("note for Anna: prefers mornings")
    for text, goes in (("gone", True), ("waits", False)):
        await mailing.max.says(f"mail Anna: it {text}")
        await mailing.max.taps("Send")
        if goes:
            await sends(mailing, server)
        said = await mailing.max.says("undo")
        assert said == ("⚠ A sent mail can't be undone." if goes else "Not sent: “It waits”")
    await sends(mailing, server)
    assert len(server.mails) == 1
    assert len(await mailing.rows("notes")) == 1
    assert await mailing.max.says("undo") == "↩ Undone: “note for Anna: prefers mornings”"
    assert await mailing.rows("notes") == []


async def test_an_answer_threads(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.gets_mail(mail("Können Sie liefern?", more="References: <a0@nordwind.example>\n"))
    await mailing.max.hears()
    assert "Subject: Re: Angebot" in await mailing.max.says("reply to Anna: Ja, am Freitag.")
    await mailing.max.taps("Send")
    await sends(mailing, server)
    head = server.mails[0].mail
    assert (head["Subject"], head["In-Reply-To"]) == ("Re: Angebot", "<a1@nordwind.example>")
    assert head["References"].split() == ["<a0@nordwind.example>", "<a1@nordwind.example>"]


async def test_the_cards_mail_button_asks_what_to_write(mailing: TestHouse) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("anna")
    assert await mailing.max.taps("Mail") == "❓ What shall I write to Anna Kern · Nordwind GmbH?"
    assert "Subject: Shall we meet\n" in await mailing.max.says("Hello Anna,\n\nshall we meet? Thursday suits me.")


async def test_without_an_address_it_is_asked_for_and_kept(mailing: TestHouse) -> None:
    await mailing.max.says("new lead Anna Kern")
    assert await mailing.max.says("mail Anna: hello") == "Anna Kern has no mail address.\n❓ Which address?"
    assert "Mail to Anna Kern <anna@nordwind.example>" in await mailing.max.says("Anna@Nordwind.example")
    assert [row["value"] for row in await mailing.rows("handles")] == ["anna@nordwind.example"]


async def test_the_address_last_written_from_comes_first(mailing: TestHouse) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("Anna's email is kern@home.example")
    await mailing.gets_mail(mail("Von zu Hause", sender="Anna <kern@home.example>"))
    assert "<kern@home.example>" in await mailing.max.says("mail Anna: hello")
    assert "<anna@nordwind.example>" in await mailing.max.taps("anna@nordwind.example")


async def test_several_of_a_name_are_asked_about_and_the_text_is_kept(mailing: TestHouse) -> None:
    await mailing.max.says("new lead Anna Kern, anna@nordwind.example")
    await mailing.max.says("new lead Anna Berg, anna@berg.example")
    assert await mailing.max.says("mail Anna: first line\nsecond line.") == "❓ Which Anna?"
    assert "<anna@berg.example>\nSubject: First line\n\nfirst line\nsecond line.\n" in await mailing.max.taps(
        "Anna Berg"
    )


async def test_a_viewer_writes_to_nobody(mailing: TestHouse) -> None:
    await mailing.max.says(ANNA)
    viewer = mailing.member("Vic", role="viewer")
    assert "You can look, not write" in await viewer.says("mail Anna: hello")
    await viewer.says("anna")
    assert "You can look, not write" in await viewer.taps("Mail")
    assert await mailing.rows("letters") == []


async def test_without_a_mail_server_the_text_is_there_to_be_copied(house: TestHouse) -> None:
    await house.max.says(ANNA)
    said = await house.max.says("mail Anna: the quote is on its way")
    assert "no mail server is set up (RAPPORT_SMTP)" in said
    assert "with crm@firma.example in BCC" in said
    assert said.endswith(
        "Mail to Anna Kern <anna@nordwind.example>\nSubject: The quote is on its way\n\nthe quote is on its way"
    )
    assert house.max.buttons == []


async def test_a_signature_stands_below(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("my signature: Max Kern\nFirma GmbH")
    assert await mailing.max.says("my signature") == "Your signature:\nMax Kern\nFirma GmbH"
    await mailing.max.says("mail Anna: hello, thanks")
    await mailing.max.taps("Send")
    await sends(mailing, server)
    assert server.mails[0].text == "hello, thanks\n\n-- \nMax Kern\nFirma GmbH"
    [interaction] = await mailing.rows("interactions")
    assert interaction["text"] == "hello, thanks"
    await mailing.gets_mail(PROVED.encode() + server.mails[0].octets)
    assert len(await mailing.rows("interactions")) == 1
    assert "No signature" in await mailing.max.says("no signature")


@pytest.mark.parametrize(
    ("language", "words", "send", "sent"),
    [
        ("de", "schreib Anna eine mail: das Angebot ist unterwegs", "Senden", "📤 An Anna Kern gesendet: „Das Angebot"),
        ("ru", "напиши Анна Керн: предложение в пути", "Отправить", "📤 Отправлено, Anna Kern: «Предложение"),
    ],
)
async def test_in_the_users_own_language(
    mailing: TestHouse, server: FakeMailServer, language: str, words: str, send: str, sent: str
) -> None:
    await mailing.max.says(ANNA)
    await mailing.database.write(lambda connection: change_user(connection, mailing.max.user.id, language=language))
    await mailing.max.says(words)
    await mailing.max.taps(send)
    [told] = await sends(mailing, server)
    assert told.startswith(sent)


async def test_a_user_of_another_domain_writes_from_the_crms_address(
    mailing: TestHouse, server: FakeMailServer
) -> None:
    await mailing.max.says(ANNA)
    eve = mailing.member("Eve Sand", email="eve@elsewhere.example")
    await eve.says("mail Anna: hello")
    await eve.taps("Send")
    await sends(mailing, server)
    [taken] = server.mails
    assert (taken.mail["From"], taken.mail["Reply-To"]) == ("Eve Sand <crm@firma.example>", None)
    await mailing.gets_mail(taken.octets)
    assert len(await mailing.rows("interactions")) == 1


async def test_a_template_is_filled_in_the_contacts_language(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    said = await mailing.max.says(
        "template offer: subject: Offer for {company}\nHello {first_name},\n\nyour offer.\n{me}"
    )
    assert said.startswith("✎ Template offer: kept")
    await mailing.max.says("template offer german: Hallo {vorname}, hier ist es. Bis {tag}?")
    assert (await mailing.max.says("templates")).count("offer") == 3
    assert "Subject: Offer for Nordwind GmbH\n\nHello Anna,\n\nyour offer.\nMax Kern\n" in await mailing.max.says(
        "mail Anna template offer"
    )
    await mailing.gets_mail(mail("Guten Tag, können Sie bitte am Freitag liefern? Vielen Dank und schöne Grüße"))
    await mailing.max.hears()
    assert await mailing.max.says("mail Anna template offer") == "❓ What stands for {tag} in “offer”?"
    assert "\n\nHallo Anna, hier ist es. Bis Freitag?\n\n" in await mailing.max.says("Freitag")
    assert await mailing.max.says("delete template offer") == "Template offer: deleted"
    assert "There is no template" in await mailing.max.says("mail Anna template offer")
    await mailing.max.says("undo")
    assert len(await mailing.rows("letter_templates")) == 2


async def test_a_template_is_a_button_where_the_text_is_asked_for(mailing: TestHouse) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("template thanks: Thank you, {first_name}.")
    assert "What shall I write" in await mailing.max.says("mail Anna")
    assert "\n\nThank you, Anna.\n\n" in await mailing.max.taps("thanks")
    assert "Anna Kern" in await mailing.max.says("anna")  # no question waits any more


async def due_again(house: TestHouse) -> None:
    """The time until the next try has passed."""
    await house.database.write(lambda connection: connection.execute(update(outbox_table).values(retry_at=None)))


async def test_reply_under_a_notice_answers_that_mail(mailing: TestHouse, server: FakeMailServer) -> None:
    await mailing.max.says(ANNA)
    await mailing.gets_mail(mail("Können Sie liefern?"))
    await mailing.max.hears()
    assert await mailing.max.taps("Reply") == "❓ What shall I write to Anna Kern · Nordwind GmbH?"
    assert "Subject: Re: Angebot\n" in await mailing.max.says("Ja, am Freitag.")
    await mailing.max.taps("Send")
    await sends(mailing, server)
    assert server.mails[0].mail["In-Reply-To"] == "<a1@nordwind.example>"


async def test_an_unknown_address_is_offered_as_a_new_contact(mailing: TestHouse) -> None:
    assert "I don't know bob@acme.example yet" in await mailing.max.says("mail bob@acme.example: hello there")
    assert "Mail to bob@acme.example <bob@acme.example>" in await mailing.max.taps("New contact")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("550 unknown", "mailbox of anna@nordwind.example unknown"),
        ("550 5.1.2 no such domain", "no mail server for anna@nordwind.example"),
        ("552 5.2.2 over quota", "mailbox of anna@nordwind.example full"),
        ("554 5.7.1 spam", "not allowed by its rules (554 5.7.1)"),
        ("554 no", "its answer was 554"),
    ],
)
async def test_each_refusal_has_its_words(mailing: TestHouse, server: FakeMailServer, fault: str, reason: str) -> None:
    await mailing.max.says(ANNA)
    await mailing.max.says("mail Anna: hello")
    await mailing.max.taps("Send")
    server.will("RCPT", fault)
    [told] = await sends(mailing, server)
    assert f"refused: {reason}." in told
