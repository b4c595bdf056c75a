"""Visiting cards that come with mail: offered, added by a tap with all that they tell, and never without one."""

from __future__ import annotations

from mail.parse import parse_mail
from tests.flow.test_mail import PROVED
from tests.house import TestHouse

BERT = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Busch;Bert\nFN:Bert Busch\nORG:Globex AG;Sales\nTITLE:CTO\n"
    "TEL;TYPE=CELL:+49 171 1234567\n"
    "TEL;TYPE=WORK:+49 30 901820\nEMAIL:Bert@Globex.example\nEMAIL:b.busch@globex.example\nEND:VCARD\n"
)


def with_card(
    *cards: str, sender: str = "Anna Kern <anna@nordwind.example>", text: str = "Meld dich bei Bert.", more: str = ""
) -> str:
    """A mail with a card file."""
    return (
        f"{more}From: {sender}\nTo: crm@firma.example\nSubject: Kontakt\nMessage-ID: <v1@nordwind.example>\n"
        "Date: Mon, 23 Nov 2026 09:30:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: text/vcard; charset=utf-8\n"
        f'Content-Disposition: attachment; filename="people.vcf"\n\n{"".join(cards)}--b--\n'
    )


async def test_the_person_on_a_card_is_added_by_a_tap_alone(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(with_card(BERT))
    [told] = await house.max.hears()
    assert told.endswith("📎 people.vcf")
    assert house.max.buttons[-2:] == ["📎 people.vcf", "Add contact Bert Busch"]
    assert len(await house.rows("contacts")) == 1
    said = await house.max.taps("Add contact Bert Busch")
    assert said.startswith("👤 Bert Busch, Globex AG: new contact")
    [_, contact] = await house.rows("contacts")
    assert (contact["title"], contact["status"]) == ("CTO", "contact")
    values = [row["value"] for row in await house.rows("handles", contact_id=contact["id"])]
    assert values == ["bert@globex.example", "+491711234567", "b.busch@globex.example", "+4930901820"]
    await house.max.says("undo")
    assert len(await house.rows("contacts")) == 1


async def test_it_is_offered_under_the_notice_of_an_unknown_sender_and_a_forward(house: TestHouse) -> None:
    await house.gets_mail(with_card(BERT, sender="Zoe <zoe@new.example>"))
    assert (await house.max.hears())[0].startswith("⚠ Unknown sender")
    assert house.max.buttons[-1] == "Add contact Bert Busch"
    text = (
        "---------- Forwarded message ---------\nFrom: Carla <carla@new.example>\nDate: Mon, Nov 23, 2026 at 9:30 AM\n"
        "Subject: Kontakt\nTo: Max Kern <max@firma.example>\n\n\nHier.\n"
    )
    await house.gets_mail(with_card(BERT, sender="Max Kern <max@firma.example>", text=text, more=PROVED))
    assert (await house.max.hears())[0].startswith("👤 Carla: new lead")
    assert house.max.buttons[-1] == "Add contact Bert Busch"


async def test_who_is_known_or_of_the_team_is_not_offered(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("new contact Bert Busch, b.busch@globex.example")
    ours = "BEGIN:VCARD\nVERSION:4.0\nFN:Max Kern\nEMAIL:max@firma.example\nEND:VCARD\n"
    await house.gets_mail(with_card(BERT, ours))
    await house.max.hears()
    assert not any(each.startswith("Add contact") for each in house.max.buttons)


async def test_somebody_of_the_same_name_is_asked_about(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("new contact Bert Busch, Globex AG")
    await house.gets_mail(with_card(BERT))
    await house.max.hears()
    assert (await house.max.taps("Add contact Bert Busch")).startswith("❓ There is Bert Busch · Globex AG already.")
    await house.max.taps("Bert Busch · Globex AG")
    assert len(await house.rows("contacts")) == 2


def test_cards_stay_few_whatever_comes() -> None:
    many = "".join(f"BEGIN:VCARD\nFN:P {n}\nEMAIL:p{n}@x.example\nEND:VCARD\n" for n in range(20_000))
    mail = parse_mail(with_card(many).encode())
    assert len(mail.cards) == 10
    photo = BERT.replace("END:", "PHOTO;ENCODING=b:" + "QUJD" * 50_000 + "\nEND:")
    [card] = parse_mail(with_card(photo, "END:VCARD\nBEGIN:VCARD\nFN:x\n").encode()).cards
    assert (card.name, card.company, card.title) == ("Bert Busch", "Globex AG", "CTO")
    for broken in ("BEGIN:VCARD\nFN:\n", "\x00" * 50, "BEGIN:VCARD\n" * 500, "TEL:" + "1" * 100_000):
        assert parse_mail(with_card(broken).encode()).cards == ()


def test_a_local_number_is_read_by_the_senders_country() -> None:
    raw = with_card(BERT.replace("+49 30 901820", "030 901820"), sender="Anna <anna@nordwind.de>")
    assert parse_mail(raw.encode()).cards[0].phones == ("+491711234567", "+4930901820")
