"""What programs write: bounces, absences, web forms, forwarded newsletters; and what a member's mail orders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow import Flow
from tests.flow.test_mail import PROVED, forward, mail
from tests.house import TEAM, TestHouse

MAX = "Max Kern <max@firma.example>"

BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@mx.firma.example>
To: crm@firma.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce{status}@mx.firma.example>
Date: Mon, 23 Nov 2026 09:30:00 +0100
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system. Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.firma.example

Final-Recipient: rfc822; anna@nordwind.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; user unknown

--b--
"""


@pytest.fixture
async def anna(house: TestHouse) -> None:
    """Anna is known."""
    await house.max.says("new lead Anna Kern, anna@nordwind.example")


async def test_a_dead_address_is_marked_and_told(house: TestHouse, anna: None) -> None:
    await house.gets_mail(BOUNCE.format(status="5.1.1", action="failed"))
    assert await house.max.hears() == ["⚠ Anna Kern: anna@nordwind.example can't be reached any more"]
    assert "anna@nordwind.example (unreachable)" in await house.max.says("anna")
    assert await house.rows("triage") == []
    await house.gets_mail(BOUNCE.format(status="5.1.1", action="failed").replace("bounce5", "again5"))
    assert await house.max.hears() == []
    await house.gets_mail(mail("Ich bin wieder da."))
    assert "unreachable" not in await house.max.says("anna")


async def test_a_delay_is_no_news(house: TestHouse, anna: None) -> None:
    await house.gets_mail(BOUNCE.format(status="4.2.2", action="delayed"))
    assert await house.max.hears() == []
    assert "unreachable" not in await house.max.says("anna")
    assert await house.rows("contacts") == await house.rows("contacts", status="lead")


async def test_until_when_a_contact_is_away_is_noted(house: TestHouse, anna: None) -> None:
    away = mail("I am out of the office and will be back on 3 December.", more="Auto-Submitted: auto-replied\n")
    await house.gets_mail(away)
    assert await house.max.hears() == []
    assert [row["text"] for row in await house.rows("notes")] == ["Away, back Thu 3 Dec"]


async def test_a_web_form_is_its_writers(house: TestHouse) -> None:
    text = "Name: Vera Lund\nEmail: vera@fjordlicht.example\nPhone: +47 22 123456\nMessage: What do twelve lamps cost?"
    await house.gets_mail(mail(text, sender="Website <no-reply@firma-web.example>", subject="Contact form"))
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Vera Lund <vera@fjordlicht.example>")
    await house.max.taps("New lead")
    card = await house.max.says("vera")
    assert "vera@fjordlicht.example" in card
    assert "+47 22 12 34 56" in card


async def test_a_forwarded_newsletter_makes_no_lead(house: TestHouse) -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Shop News <newsletter@shop.example>\n"
        "Date: Mon, Nov 23, 2026 at 9:30 AM\nSubject: 20 % off everything\nTo: Max Kern <max@firma.example>\n\n\n"
        "Big sale today.\n\nTo unsubscribe from this newsletter click here. View this email in your browser.\n"
    )
    await house.gets_mail(mail(text, sender=MAX, subject="Fwd: 20 % off everything", more=PROVED))
    assert await house.rows("contacts") == []
    assert "New lead" in (await house.max.hears() and house.max.buttons)


async def test_the_address_says_what_the_words_are(house: TestHouse) -> None:
    raw = forward("Vera Lund <vera@fjordlicht.example>", comment="answer her friday")
    await house.gets_mail(raw.replace("To: crm@", "To: crm+task@", 1))
    await house.max.hears()
    [task] = await house.rows("tasks")
    assert task["title"].lower() == "answer her"
    assert task["contact_id"] == 1


async def test_hashtags_above_a_forward_are_tags(house: TestHouse) -> None:
    await house.gets_mail(forward("Vera Lund <vera@fjordlicht.example>", comment="#messe #Oslo wants lamps"))
    [told] = await house.max.hears()
    assert "#messe #Oslo" in told
    assert [row["tag"] for row in await house.rows("contact_tags")] == ["messe", "oslo"]
    assert [row["text"] for row in await house.rows("notes")] == ["wants lamps"]


async def test_a_secret_address_proves_its_users_mail_alone(house: TestHouse) -> None:
    eve = house.member("Eve", email="eve@firma.example")
    address = (await house.max.says("my secret address")).splitlines()[0]
    assert address == (await house.max.says("meine geheime Adresse")).splitlines()[0]
    raw = forward("Vera Lund <vera@fjordlicht.example>", proved=False).replace("crm@firma.example", address, 1)
    await house.gets_mail(raw.replace("max@firma.example", "eve@firma.example"))
    assert await house.rows("contacts") == [], "Eve's mail isn't proved by Max's address"
    await eve.hears()
    await house.gets_mail(raw.replace("<f1@", "<f7@"))
    assert [row["name"] for row in await house.rows("contacts")] == ["Vera Lund"]
    renewed = (await house.max.says("new secret address")).splitlines()[0]
    assert renewed != address
    await house.gets_mail(raw.replace("<f1@", "<f8@").replace("Vera", "Nora").replace("vera", "nora"))
    assert len(await house.rows("contacts")) == 1


async def test_a_forwarded_form_is_its_writers(house: TestHouse) -> None:
    text = (
        "remind me tomorrow to answer\n\n---------- Forwarded message ---------\n"
        "From: WordPress <wordpress@firma-web.example>\nDate: Mon, Nov 23, 2026 at 9:30 AM\n"
        "Subject: Kontaktformular\nTo: Max Kern <max@firma.example>\n\n\n"
        "Name: Kai Kolb\nE-Mail: kai@kolb.example\nTelefon: 030 1234567\nNachricht: Was kostet das?\n"
    )
    await house.gets_mail(mail(text, sender=MAX, subject="Fwd: Kontaktformular", more=PROVED))
    [receipt] = await house.max.hears()
    assert receipt.startswith("👤 Kai Kolb: new lead (forwarded mail)")
    assert [row["value"] for row in await house.rows("handles")] == ["kai@kolb.example", "+49301234567"]
    assert [row["contact_id"] for row in await house.rows("tasks")] == [1]


async def test_a_forms_number_is_of_the_country_that_the_user_lives_in(house: TestHouse) -> None:
    house.flow = Flow(house.database, house.clock, replace(TEAM, country=""))
    text = "Name: Kai Kolb\nE-Mail: kai@kolb.example\nTelefon: 030 1234567\nNachricht: Was kostet das?"
    await house.gets_mail(mail(text, sender="WordPress <wordpress@firma-web.example>", subject="Kontaktformular"))
    await house.max.hears()
    await house.max.taps("New lead")
    assert "+49301234567" in [row["value"] for row in await house.rows("handles")]
