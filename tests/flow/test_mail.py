"""Mail comes in: known and unknown senders, forwards, copies, proved and unproved, twice and by several routes."""

from __future__ import annotations

import pytest

from bot.mail_in import MailIn
from mail.parse import parse_mail
from mail.prepare import MailParser
from storage import inbox
from storage.messages import Mail
from tests.house import TestHouse

PROVED = "Authentication-Results: mx.firma.example; dmarc=pass header.from=firma.example\n"


def mail(
    text: str,
    *,
    sender: str = "Anna Kern <anna@nordwind.example>",
    to: str = "crm@firma.example",
    subject: str = "Angebot",
    message_id: str = "<a1@nordwind.example>",
    date: str = "Mon, 23 Nov 2026 09:30:00 +0100",
    more: str = "",
) -> str:
    """A raw mail."""
    head = f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: {message_id}\nDate: {date}\n"
    return f"{more}{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n"


def forward(original: str, *, comment: str = "", proved: bool = True, message_id: str = "<f1@firma.example>") -> str:
    """Max forwards, as Gmail writes it."""
    text = (
        f"{comment}\n\n---------- Forwarded message ---------\nFrom: {original}\n"
        "Date: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Lamps\nTo: Max Kern <max@firma.example>\n\n\n"
        "When can you deliver the twelve lamps?\n"
    )
    return mail(
        text,
        sender="Max Kern <max@firma.example>",
        subject="Fwd: Lamps",
        message_id=message_id,
        date="Mon, 23 Nov 2026 09:55:00 +0100",
        more=PROVED if proved else "",
    )


async def test_mail_of_a_known_contact_is_on_the_timeline_without_quotes(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(
        mail("Können Sie liefern?\n\nOn Sun, 22 Nov 2026 at 10:00, Max <max@firma.example> wrote:\n> Hallo")
    )
    [told] = await house.max.hears()
    assert told.startswith("📥 Anna Kern: “Angebot”")
    [interaction] = await house.rows("interactions")
    assert interaction["text"] == "Können Sie liefern?"
    assert interaction["direction"] == "in"
    assert [row["contact_id"] for row in await house.rows("interaction_contacts")] == [1]
    assert "Angebot" in await house.max.says("anna")


async def test_the_same_mail_twice_is_one_interaction_and_one_notice(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    for _ in range(2):
        await house.gets_mail("Received: by other hop\n" + mail("Können Sie liefern?"))
    assert len(await house.rows("interactions")) == 1
    assert len(await house.rows("inbox", channel="email")) == 1
    assert len(await house.max.hears()) == 1


async def test_a_forged_message_id_does_not_suppress_the_real_mail(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(mail("nothing", sender="Mallory <m@evil.example>"))
    await house.gets_mail(mail("Können Sie liefern?"))
    assert [row["text"] for row in await house.rows("interactions")] == ["nothing", "Können Sie liefern?"]


async def test_an_unknown_sender_waits_and_the_owner_decides(house: TestHouse) -> None:
    await house.gets_mail(mail("Was kostet das?", sender="Götz Übelacker <goetz@kuehl.example>"))
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Götz Übelacker <goetz@kuehl.example>, “Angebot”")
    assert house.max.buttons == ["New lead", "Log on ...", "Ignore", "Ignore domain"]
    assert await house.rows("contacts") == []
    assert "new lead" in await house.max.taps("New lead")
    [contact] = await house.rows("contacts")
    assert (contact["name"], contact["status"]) == ("Götz Übelacker", "lead")
    assert len(await house.rows("interaction_contacts")) == 1
    assert await house.max.says("triage") == "Nothing waits."
    await house.max.says("undo")
    assert await house.rows("contacts") == []
    assert "Götz Übelacker" in await house.max.says("triage")


async def test_ignoring_a_sender_is_a_rule(house: TestHouse) -> None:
    spam = "Spam <spam@junk.example>"
    await house.gets_mail(mail("Kaufen Sie!", sender=spam))
    await house.max.hears()
    await house.max.taps("Ignore")
    await house.gets_mail(mail("Kaufen Sie jetzt!", sender=spam, message_id="<a2@x.example>"))
    assert await house.max.hears() == []
    assert await house.max.says("triage") == "Nothing waits."


async def test_log_on_asks_for_the_name_and_logs(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, Nordwind GmbH")
    await house.gets_mail(mail("Von privat", sender="Anna <anna.privat@home.example>"))
    await house.max.hears()
    assert "On whom?" in await house.max.taps("Log on ...")
    assert "Logged on Anna Kern" in await house.max.says("anna kern")
    assert len(await house.rows("interaction_contacts")) == 1


async def test_a_proved_forward_is_logged_on_its_original_sender(house: TestHouse) -> None:
    await house.max.says("new lead Vera Lund, vera@fjordlicht.example")
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>"))
    [receipt] = await house.max.hears()
    assert receipt.startswith("📥 Vera Lund: “Lamps” (forward by you)")
    assert house.max.buttons == ["Task", "Reply", "Other contact", "Undo", "Private"]
    [interaction] = await house.rows("interactions")
    assert interaction["sender"] == "vera@fjordlicht.example"
    assert "twelve lamps" in interaction["text"]
    await house.max.taps("Undo")
    assert await house.rows("interaction_contacts") == []


async def test_a_proved_forward_of_an_unknown_person_makes_a_lead_that_can_be_undone(house: TestHouse) -> None:
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>", comment="remind me tomorrow to answer"))
    [receipt] = await house.max.hears()
    assert receipt.startswith("👤 Vera Lund: new lead (forwarded mail)")
    assert "tomorrow, 9:00" in receipt
    [task] = await house.rows("tasks")
    assert (task["title"], task["contact_id"]) == ("answer", 1)
    await house.max.taps("Undo")
    assert await house.rows("contacts") == []
    assert await house.rows("tasks") == []


async def test_an_unproved_forward_creates_and_does_nothing_until_it_is_confirmed(house: TestHouse) -> None:
    await house.gets_mail(
        forward("Vera Lund <vera@fjordlicht.example>", comment="remind me tomorrow to answer", proved=False)
    )
    [told] = await house.max.hears()
    assert "not proved" in told
    assert await house.rows("contacts") == []
    assert await house.rows("tasks") == []
    await house.max.taps("It was me")
    assert [row["name"] for row in await house.rows("contacts")] == ["Vera Lund"]
    assert len(await house.rows("tasks")) == 1
    assert len(await house.rows("interactions")) == 1
    assert await house.max.says("triage") == "Nothing waits."


async def test_an_unproved_forward_from_a_known_contact_is_logged_but_its_wish_waits(house: TestHouse) -> None:
    await house.max.says("new lead Vera Lund, vera@fjordlicht.example")
    await house.gets_mail(
        forward("Vera Lund <vera@fjordlicht.example>", comment="remind me tomorrow to answer", proved=False)
    )
    [told] = await house.max.hears()
    assert "was not done" in told
    assert len(await house.rows("interaction_contacts")) == 1
    assert await house.rows("tasks") == []
    await house.max.taps("It was me")
    assert len(await house.rows("tasks")) == 1


async def test_a_results_header_that_the_sender_wrote_proves_nothing(house: TestHouse) -> None:
    real = "Authentication-Results: mx.firma.example; dmarc=fail header.from=firma.example\n"
    await house.gets_mail(real + forward("Vera Lund <vera@fjordlicht.example>"))  # a forged one stands below it
    assert await house.rows("contacts") == []


async def test_a_copy_of_the_teams_own_mail_is_outbound_on_its_recipients(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    raw = mail(
        "Dear Anna, here it is.",
        sender="Max Kern <max@firma.example>",
        to="Anna Kern <anna@nordwind.example>",
        subject="Our offer",
        more=PROVED,
    )
    await house.gets_mail(raw)
    [receipt] = await house.max.hears()
    assert receipt.startswith("📤 Anna Kern: “Our offer” (sent by you)")
    [interaction] = await house.rows("interactions")
    assert (interaction["direction"], interaction["user_id"]) == ("out", house.max.user.id)


async def test_mail_to_a_shared_address_is_asked_about(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, info@nordwind.example")

    def share(connection: object) -> None:
        from sqlalchemy import Connection, update

        from storage.tables import handles

        assert isinstance(connection, Connection)
        connection.execute(update(handles).values(shared=True))

    await house.database.write(share)
    await house.gets_mail(mail("Hallo", sender="Nordwind <info@nordwind.example>"))
    [told] = await house.max.hears()
    assert told.startswith("❓ Whose mail")
    assert await house.rows("interaction_contacts") == []
    await house.max.taps("Anna Kern")
    assert len(await house.rows("interaction_contacts")) == 1


async def test_a_forward_of_what_came_in_directly_is_the_same_interaction(house: TestHouse) -> None:
    await house.max.says("new lead Vera Lund, vera@fjordlicht.example")
    await house.gets_mail(
        mail("When can you deliver the twelve lamps?", sender="Vera Lund <vera@fjordlicht.example>", subject="Lamps")
    )
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>"))
    assert len(await house.rows("interactions")) == 1
    assert "was logged already" in (await house.max.hears())[-1]


async def test_newsletters_and_auto_replies_make_no_lead_and_no_noise(house: TestHouse) -> None:
    await house.gets_mail(
        mail("News", sender="News <news@shop.example>", more="List-Unsubscribe: <https://x.example>\n")
    )
    await house.gets_mail(mail("Away", sender="A <a@b.example>", more="Auto-Submitted: auto-replied\n"))
    assert await house.max.hears() == []
    assert await house.rows("contacts") == []


async def test_a_notice_waits_for_the_end_of_quiet_hours_a_receipt_does_not(house: TestHouse) -> None:
    house.at("2026-11-23T23:00")
    await house.gets_mail(mail("Was kostet das?", sender="Götz <goetz@kuehl.example>"))
    assert await house.max.hears() == []
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>"))
    assert [text.splitlines()[0] for text in await house.max.hears()] == ["👤 Vera Lund: new lead (forwarded mail)"]
    house.at("2026-11-24T07:00")
    assert [text.splitlines()[0][:16] for text in await house.max.hears()] == ["⚠ Unknown sender"]


async def test_old_mail_of_a_mailbox_is_logged_where_it_matches_and_nothing_else_comes_of_it(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("note for Anna: prefers mornings")
    await house.gets_mail(mail("Können Sie liefern?"), silent=True)
    await house.gets_mail(
        mail("Here it is.", sender="Max Kern <max@firma.example>", to="anna@nordwind.example", more=PROVED), silent=True
    )
    await house.gets_mail(mail("Was kostet das?", sender="Götz <goetz@kuehl.example>"), silent=True)
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>", comment="remind me tomorrow"), silent=True)
    await house.gets_mail(mail("remind me tomorrow", sender="Max <max@firma.example>", more=PROVED), silent=True)
    assert await house.max.hears() == []
    assert [row["direction"] for row in await house.rows("interactions")] == ["in", "out", "in", "in"]
    assert [row["contact_id"] for row in await house.rows("interaction_contacts")] == [1, 1]
    assert len(await house.rows("contacts")) == 1
    assert await house.rows("tasks") == []
    assert await house.rows("triage") == []
    await house.max.says("undo")
    assert await house.rows("notes") == []  # it means what Max did last


async def test_what_rapport_wrote_itself_is_nobodys_news(house: TestHouse) -> None:
    await house.gets_mail(mail("Done.", sender="Rapport <crm@firma.example>", to="max@firma.example"))
    assert await house.max.hears() == []
    assert await house.rows("triage") == []


class QuickParser(MailParser):
    """Understands mails in this process."""

    async def parse(self, raw: bytes, keys: object = None) -> Mail:
        return parse_mail(raw)


async def test_a_mail_that_is_taken_is_in_the_database_by_then(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = MailIn(house.flow, QuickParser(), house.clock)
    kept = await taking.take(mail("Können Sie liefern?").encode())
    assert [row["id"] for row in await house.rows("inbox")] == [kept.id]

    def fails(*_values: object, **_named: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(inbox, "keep", fails)
    with pytest.raises(OSError, match="disk is full"):
        await taking.take(mail("Und wann?").encode())
