"""What a contact's signature tells and their card lacks: offered once, written by a tap."""

from __future__ import annotations

from tests.flow.test_mail import PROVED, mail
from tests.house import TestHouse

SIGNED = (
    "Passt.\n\nMit freundlichen Grüßen\nAnna Kern\nVertriebsleiterin\nNordwind GmbH\nHafenstr. 12\n20457 Hamburg\n"
    "Tel. 040 1234567\nMobil +49 171 1234567\nwww.nordwind.example"
)


async def test_what_is_lacking_is_offered_once_and_written_by_a_tap(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example, +49 171 1234567")
    await house.gets_mail(mail(SIGNED))
    await house.max.hears()
    wanted = ["Add phone +49 40 1234567", "Title Vertriebsleiterin", "Company Nordwind GmbH"]
    assert house.max.buttons[-3:] == wanted
    [contact] = await house.rows("contacts")
    assert (contact["title"], contact["company_id"]) == ("", None)
    assert "Phone: +49 40 1234567" in await house.max.taps("Add phone +49 40 1234567")
    assert "Job title: Vertriebsleiterin" in await house.max.taps("Title Vertriebsleiterin")
    [contact] = await house.rows("contacts")
    assert (contact["title"], contact["company_id"]) == ("Vertriebsleiterin", None)
    await house.gets_mail(
        mail(SIGNED, message_id="<a2@n.example>", subject="Noch etwas", date="Mon, 23 Nov 2026 09:40:00 +0100")
    )
    await house.max.hears()
    assert house.max.buttons[-2:] == ["Add address Hafenstr. 12, 20457 Hamburg", "Add website www.nordwind.example"]
    await house.gets_mail(
        mail(SIGNED, message_id="<a3@n.example>", subject="Und", date="Mon, 23 Nov 2026 09:50:00 +0100")
    )
    await house.max.hears()
    assert house.max.buttons[-1] == "Private"
    await house.gets_mail(
        mail(
            SIGNED.replace("040 1234567", "040 7654321"),
            message_id="<a4@n.example>",
            date="Mon, 23 Nov 2026 09:55:00 +0100",
        )
    )
    await house.max.hears()
    assert house.max.buttons[-1] == "Add phone +49 40 7654321", "another number is another offer"


async def test_of_a_forward_the_originals_author_is_meant(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    text = (
        "zur Info\n\n-- \nMax Kern\nTel. +49 30 1112223\n\n---------- Forwarded message ---------\n"
        "From: Anna Kern <anna@nordwind.example>\nDate: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Lampen\n"
        f"To: Max Kern <max@firma.example>\n\n\n{SIGNED}\n"
    )
    await house.gets_mail(mail(text, sender="Max Kern <max@firma.example>", subject="Fwd: Lampen", more=PROVED))
    await house.max.hears()
    assert "Add phone +49 40 1234567" in house.max.buttons
    assert not any("111" in each for each in house.max.buttons)


async def test_strangers_programs_and_shared_numbers_offer_nothing(house: TestHouse) -> None:
    await house.gets_mail(mail(SIGNED, sender="Zoe <zoe@new.example>"))
    await house.max.hears()
    assert not any(each.startswith(("Add", "Title", "Company")) for each in house.max.buttons)
    await house.max.says("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example")
    await house.max.says("new lead Bert Busch, +49 40 1234567")
    await house.gets_mail(mail(SIGNED, message_id="<a2@n.example>", subject="Zwei"))
    await house.max.hears()
    assert "Title Vertriebsleiterin" in house.max.buttons
    assert "Add phone +49 40 1234567" not in house.max.buttons, "the number is another contact's"
    assert "Company Nordwind GmbH" not in house.max.buttons


async def test_a_new_lead_from_a_forward_gets_the_offers_at_once(house: TestHouse) -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Anna Kern <anna@nordwind.example>\n"
        "Date: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Lampen\nTo: Max Kern <max@firma.example>\n\n\n"
        f"{SIGNED}\n"
    )
    await house.gets_mail(mail(text, sender="Max Kern <max@firma.example>", subject="Fwd: Lampen", more=PROVED))
    [told] = await house.max.hears()
    assert told.startswith("👤 Anna Kern: new lead")
    assert house.max.buttons[-3:] == [
        "Add phone +49 40 1234567",
        "Add phone +49 171 1234567",
        "Title Vertriebsleiterin",
    ]
    await house.max.taps("Title Vertriebsleiterin")
    await house.max.says("undo")
    assert (await house.rows("contacts"))[0]["title"] == ""
