"""What members say above a forward, or in a mail to Rapport: nothing of it gets lost, wherever the mail goes."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from storage.changes import Trail
from storage.contacts import add_handle
from storage.tables import handles
from tests.flow.test_mail import PROVED, forward, mail
from tests.house import MONDAY, TestHouse

MAX = "Max Kern <max@firma.example>"
VERA = "Vera Lund <vera@fjordlicht.example>"


def outlook(comment: str, *, proved: bool = True) -> str:
    """Max forwards a mail of Gerd's, as Outlook writes it inside an organisation: without his address."""
    text = (
        f"{comment}\n\n-----Ursprüngliche Nachricht-----\nVon: Gerd Gans\nGesendet: Montag, 23. November 2026 09:30\n"
        "An: Max Kern\nBetreff: Anfrage\n\nKönnen Sie zwölf Lampen liefern?\n"
    )
    return mail(
        text,
        sender=MAX,
        subject="WG: Anfrage",
        message_id="<o1@firma.example>",
        date="Mon, 23 Nov 2026 09:55:00 +0100",
        more=PROVED if proved else "",
    )


@pytest.fixture
async def shared(house: TestHouse) -> None:
    """Klaus and Heike Hauser share one address."""
    await house.max.says("new lead Klaus Hauser, haus@hauser.example")
    await house.max.says("new contact Heike Hauser")

    def share(connection: Connection) -> None:
        connection.execute(update(handles).values(shared=True))
        add_handle(
            Trail(connection, at=MONDAY, user_id=None, inbox_id=None), 2, "email", "haus@hauser.example", shared=True
        )

    await house.database.write(share)


async def test_what_stands_above_a_forward_is_done_when_its_sender_is_made_a_lead(house: TestHouse) -> None:
    await house.gets_mail(outlook("erinnere mich morgen um 9, das Angebot zu schicken\nDeal 4k"))
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Gerd Gans")
    assert await house.rows("tasks") == []
    house.at("2026-11-24T08:00")
    said = await house.max.taps("New lead")
    assert "today, 9:00" in said, "tomorrow was said on Monday"
    [task] = await house.rows("tasks")
    assert task["contact_id"] == 1
    [deal] = await house.rows("deals")
    assert (deal["amount"], deal["contact_id"]) == (400000, 1)
    await house.max.taps("Undo")
    assert await house.rows("tasks") == await house.rows("deals") == await house.rows("contacts") == []
    await house.max.says("triage")
    await house.max.taps("New lead")
    assert len(await house.rows("tasks")) == 1


async def test_what_stands_above_a_forward_is_done_when_it_is_decided_whose_it_is(
    house: TestHouse, shared: None
) -> None:
    await house.gets_mail(
        forward("Haus Hauser <haus@hauser.example>", comment="remind me friday to pay\ndeal 3k\n#vip")
    )
    [told] = await house.max.hears()
    assert told.startswith("❓ Whose mail")
    await house.max.taps("Klaus Hauser")
    assert [(row["title"], row["contact_id"]) for row in await house.rows("tasks")] == [("pay", 1)]
    assert len(await house.rows("deals")) == 1
    assert len(await house.rows("contact_tags")) == 1
    await house.max.says("triage")
    await house.gets_mail(
        forward(
            "Haus Hauser <haus@hauser.example>", comment="remind me monday to call", message_id="<f2@firma.example>"
        )
    )
    assert "was logged already" in (await house.max.hears())[-1]
    assert [row["contact_id"] for row in await house.rows("tasks")] == [1, 1], "it is known whose it is"


async def test_a_name_that_is_typed_decides_too(house: TestHouse, shared: None) -> None:
    await house.gets_mail(forward("Haus Hauser <haus@hauser.example>", comment="remind me friday to pay"))
    await house.max.hears()
    await house.max.taps("Log on ...")
    await house.max.says("Heike Hauser")
    assert [(row["title"], row["contact_id"]) for row in await house.rows("tasks")] == [("pay", 2)]
    await house.max.taps("Undo")
    assert await house.rows("tasks") == []


async def test_an_unproved_wish_waits_for_both_its_author_and_its_contact(house: TestHouse, shared: None) -> None:
    await house.gets_mail(forward("Haus Hauser <haus@hauser.example>", comment="remind me friday to pay", proved=False))
    await house.max.hears()
    assert "was not done" in await house.max.taps("Klaus Hauser")
    assert await house.rows("tasks") == []
    await house.max.taps("It was me")
    assert [(row["title"], row["contact_id"]) for row in await house.rows("tasks")] == [("pay", 1)]


async def test_what_was_confirmed_is_done_when_its_sender_is_known(house: TestHouse) -> None:
    await house.gets_mail(outlook("erinnere mich morgen um 9, das Angebot zu schicken", proved=False))
    [told] = await house.max.hears()
    assert "not proved" in told
    assert "Unknown sender: Gerd Gans" in await house.max.taps("It was me")
    assert await house.rows("tasks") == []
    await house.max.taps("New lead")
    assert [row["contact_id"] for row in await house.rows("tasks")] == [1]
    assert await house.max.says("triage") == "Nothing waits."


@pytest.mark.parametrize("body", ["", "-- \nMax Kern\nFirma GmbH"])
async def test_a_subject_alone_is_what_is_said(house: TestHouse, body: str) -> None:
    wish = mail(body, sender=MAX, subject="remind me friday to send seven", more=PROVED)
    await house.gets_mail(wish)
    assert "Fri 27 Nov" in (await house.max.hears())[0]
    assert [row["title"] for row in await house.rows("tasks")] == ["send seven"]
    await house.gets_mail(wish.replace(PROVED, "").replace("<a1@", "<a2@"))
    assert "was not done" in (await house.max.hears())[0]
    assert len(await house.rows("tasks")) == 1
    await house.max.taps("It was me")
    assert len(await house.rows("tasks")) == 2


SIGNED = "\n\nMax Kern\nFirma GmbH"


async def test_the_members_own_card_gets_into_no_record(house: TestHouse) -> None:
    for number, said in enumerate(("remind me friday to call her", "deal 8k", "note: angry")):
        await house.gets_mail(forward(VERA, comment=said + SIGNED, message_id=f"<f{number}@firma.example>"))
    await house.gets_mail(mail("remind me friday to call her" + SIGNED, sender=MAX, more=PROVED, subject="Vera"))
    await house.gets_mail(
        mail(
            "remind me friday to call her\n\nMax", sender=MAX, more=PROVED, subject="Vera", message_id="<a2@x.example>"
        )
    )
    assert {row["title"] for row in await house.rows("tasks")} == {"call her"}
    assert [row["title"] for row in await house.rows("deals")] == ["Vera Lund"]
    assert [row["text"] for row in await house.rows("notes")] == ["angry"]


@pytest.mark.parametrize(
    ("comment", "tasks", "notes"),
    [
        (
            "Important customer!\nRemind me thursday to send the quote.",
            ["send the quote"],
            ["Important customer!"],
        ),
        ("Important customer! Remind me thursday to send the quote.", ["send the quote"], ["Important customer!"]),
        ("A very important one\nremind me thursday to answer", ["answer"], ["A very important one"]),
        ("remind me thursday to answer\n\nShe was angry about it.", ["answer"], ["She was angry about it."]),
        ("remind me friday to send the quote for the\ntwelve lamps", ["send the quote for the twelve lamps"], []),
        ("Hi,\nremind me friday to answer.\n\nThanks!", ["answer"], []),
        ("note: she is angry\n\nShe wants her money back.", [], ["she is angry She wants her money back"]),
        ("She is angry.\n\nShe wants her money back.", [], ["She is angry.\n\nShe wants her money back."]),
    ],
)
async def test_what_is_told_beside_a_wish_stays_as_a_note(
    house: TestHouse, comment: str, tasks: list[str], notes: list[str]
) -> None:
    await house.gets_mail(forward(VERA, comment=comment))
    assert [row["title"] for row in await house.rows("tasks")] == tasks
    assert [row["text"] for row in await house.rows("notes", contact_id=1)] == notes


async def test_what_a_mail_asks_is_answered_in_the_chat(house: TestHouse) -> None:
    await house.max.says("new contact Anna Kern")
    note = mail(
        "budget is 20k, decision in March", sender=MAX, to="crm+note@firma.example", subject="Meeting", more=PROVED
    )
    await house.gets_mail(note)
    assert (await house.max.hears())[-1] == "❓ Whom is it about? Type the name."
    assert "Note: budget is 20k" in await house.max.says("Anna")
    assert [row["contact_id"] for row in await house.rows("notes")] == [1]
    assert "Note" not in await house.max.says("Bert"), "it is asked once"


async def test_a_secret_address_proves_mail_from_wherever_it_comes(house: TestHouse) -> None:
    address = (await house.max.says("my secret address")).splitlines()[0]
    private = "Max Privat <max.kern@gmail.com>"
    raw = forward(VERA, comment="remind me tomorrow to answer", proved=False).replace(
        "To: crm@firma.example", f"To: {address}"
    )
    await house.gets_mail(raw.replace("From: Max Kern <max@firma.example>", f"From: {private}", 1))
    [receipt] = await house.max.hears()
    assert receipt.startswith("👤 Vera Lund: new lead (forwarded mail)")
    assert len(await house.rows("tasks")) == 1
    assert "The sender is proved" in await house.max.says("why")
    await house.gets_mail(
        mail("remind me friday to send seven", sender=private, to=address, message_id="<p1@gmail.com>")
    )
    assert "Fri 27 Nov" in (await house.max.hears())[0]
    await house.gets_mail(
        mail("Here.", sender=private, to=f"{VERA}\nCc: {address}", message_id="<p2@gmail.com>", subject="Offer")
    )
    assert (await house.max.hears())[0].startswith("📤 Vera Lund: “Offer” (sent by you)")
    assert [row["name"] for row in await house.rows("contacts")] == ["Vera Lund"]


async def test_what_a_contact_answers_to_a_secret_address_is_theirs(house: TestHouse) -> None:
    address = (await house.max.says("my secret address")).splitlines()[0]
    await house.max.says("new lead Vera Lund, vera@fjordlicht.example")
    await house.gets_mail(mail("remind me friday to pay", sender=VERA, to=f"max@firma.example, {address}"))
    assert (await house.max.hears())[0].startswith("📥 Vera Lund")
    assert await house.rows("tasks") == []


async def test_what_is_said_with_a_mail_that_is_never_logged_is_done(house: TestHouse) -> None:
    await house.max.says("never log mail from bank.example")
    await house.gets_mail(forward("Bank <info@bank.example>", comment="remind me tomorrow to pay the fee"))
    [told] = await house.max.hears()
    assert "tomorrow, 9:00" in told
    assert told.endswith("The mail itself isn't logged: a rule keeps out Bank <info@bank.example>.")
    assert [(row["title"], row["contact_id"]) for row in await house.rows("tasks")] == [("pay the fee", None)]
    assert await house.rows("interactions") == await house.rows("contacts") == []
    assert all("lamps" not in str(row) for row in await house.rows("inbox"))
    await house.gets_mail(
        forward("Bank <info@bank.example>", comment="remind me to pay", proved=False, message_id="<f2@firma.example>")
    )
    assert "was not done" in (await house.max.hears())[0]
    await house.gets_mail(forward("Bank <info@bank.example>", comment="hm", message_id="<f3@firma.example>"))
    await house.gets_mail(
        forward("Bank <info@bank.example>", comment="remind me to pay", message_id="<f4@firma.example>"), silent=True
    )
    assert await house.max.hears() == []
    assert len(await house.rows("tasks")) == 1


def to_tag(tag: str, comment: str, subject: str = "Lamps") -> str:
    """A proved forward of Vera's to crm+tag@."""
    raw = forward(VERA, comment=comment).replace("To: crm@firma.example", f"To: crm+{tag}@firma.example", 1)
    return raw.replace("Lamps", subject)


@pytest.mark.parametrize(
    ("comment", "subject", "title", "notes"),
    [
        ("", "20 licences", "20 licences", []),
        ("", "Lamps", "Lamps", []),
        ("#vip", "20 licences", "20 licences", []),
        ("Offer for the fair", "Lamps", "Offer for the fair", []),
        ("Chairs 5k", "Enquiry", "Chairs", []),
        ("20 licences\nShe is in a hurry.", "Enquiry", "20 licences", ["She is in a hurry."]),
    ],
)
async def test_a_forward_as_a_deal_is_one_by_its_words_or_subject(
    house: TestHouse, comment: str, subject: str, title: str, notes: list[str]
) -> None:
    await house.gets_mail(to_tag("deal", comment, subject))
    assert [(row["title"], row["contact_id"]) for row in await house.rows("deals")] == [(title, 1)]
    assert [row["text"] for row in await house.rows("notes")] == notes


@pytest.mark.parametrize(
    ("comment", "notes", "amounts", "tasks"),
    [
        ("", [], [], []),
        ("met at the fair", ["met at the fair"], [], []),
        ("wants 20 licences, 5k", ["wants 20 licences"], [500000], []),
        ("wants 20 licences, 5k\nremind me friday to call", ["wants 20 licences"], [500000], ["call"]),
    ],
)
async def test_a_forward_as_a_lead_tells_of_its_sender(
    house: TestHouse, comment: str, notes: list[str], amounts: list[int], tasks: list[str]
) -> None:
    await house.gets_mail(to_tag("lead", comment))
    assert [row["name"] for row in await house.rows("contacts")] == ["Vera Lund"]
    assert [row["text"] for row in await house.rows("notes")] == notes
    assert [row["amount"] for row in await house.rows("deals")] == amounts
    assert [(row["title"], row["contact_id"]) for row in await house.rows("tasks")] == [(each, 1) for each in tasks]
