"""Triage: who is offered what, what one decision settles, and who may take rules back."""

from __future__ import annotations

import pytest

from tests.flow.test_mail import mail
from tests.house import TestHouse


async def waits(house: TestHouse) -> int:
    return len(await house.rows("triage", state="open"))


async def test_a_new_lead_takes_along_all_that_waited_of_theirs(house: TestHouse) -> None:
    for number in range(3):
        await house.gets_mail(
            mail("Hello", sender="Dana Dorn <dana@dorn.example>", subject=f"No {number}", message_id=f"<{number}@d>")
        )
    await house.max.hears()
    await house.max.says("/triage")
    said = await house.max.taps("New lead")
    assert "And 2 more that waited" in said
    assert len(await house.rows("interaction_contacts", contact_id=1)) == 3
    assert await waits(house) == 0
    await house.max.says("undo")
    assert await waits(house) == 3
    assert await house.rows("interaction_contacts") == []


async def test_who_is_known_by_now_is_offered_by_name(house: TestHouse) -> None:
    await house.gets_mail(mail("Hello", sender="Dana <dana@dorn.example>"))
    await house.max.says("new contact Dana Dorn, dana@dorn.example, Dorn GmbH")
    await house.max.says("/triage")
    assert house.max.buttons == ["Dana Dorn · Dorn GmbH", "Log on ...", "Put aside"]
    await house.max.taps("Dana Dorn · Dorn GmbH")
    assert len(await house.rows("interaction_contacts", contact_id=1)) == 1
    assert await waits(house) == 0


@pytest.mark.parametrize("domain", ["gmail.com", "web.de", "mail.ru", "yahoo.co.uk"])
async def test_a_domain_of_everybodys_is_not_ignored_as_one(house: TestHouse, domain: str) -> None:
    await house.gets_mail(mail("Hello", sender=f"Leo <leo@{domain}>"))
    await house.max.hears()
    assert house.max.buttons == ["New lead", "Log on ...", "Ignore"]


async def test_nobody_without_an_address_is_ignored(house: TestHouse) -> None:
    await house.gets_mail(mail("Hello", sender="Gerd Gans <>"))
    await house.max.hears()
    assert house.max.buttons == ["New lead", "Log on ...", "Put aside"]
    assert await house.max.taps("Put aside") == "Put aside."
    assert await waits(house) == 0
    assert await house.rows("sender_rules") == []


async def test_a_new_lead_is_offered_its_signature(house: TestHouse) -> None:
    text = "Please send an offer.\n\nKind regards\nDana Dorn\nHead of Sales\nDorn GmbH\nPhone: +49 30 5557788"
    await house.gets_mail(mail(text, sender="Dana Dorn <dana@dorn.example>"))
    await house.max.hears()
    await house.max.taps("New lead")
    assert any("+49 30 5557788" in label for label in house.max.buttons)


async def test_a_member_takes_back_no_rule_of_an_owners(house: TestHouse) -> None:
    eva = house.member("Eva Sand")
    await house.max.says("never log mail from bank.example")
    await eva.says("never log mail from club.example")
    shown = await eva.says("rules")
    assert shown == "• club.example: never logged (for you alone)\n• bank.example: never logged"
    assert eva.buttons == ["Revoke club.example"]
    await house.max.says("rules")
    assert house.max.buttons == ["Revoke bank.example"]
    await eva.taps("Revoke club.example")
    assert [row["value"] for row in await house.rows("sender_rules")] == ["bank.example"]
