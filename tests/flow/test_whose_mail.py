"""Whose mail it is: threads, several people, what stays private; rules about senders; a mail shown and explained."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from storage.changes import Trail
from storage.contacts import add_handle
from storage.tables import handles, outbox
from tests.flow.test_mail import PROVED, forward, mail
from tests.house import MONDAY, TestHouse

MAX = "Max Kern <max@firma.example>"


@pytest.fixture
async def anna(house: TestHouse) -> None:
    """Anna is known, and wrote once."""
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(mail("Was kosten die Lampen?"))
    await house.max.hears()


def _share(connection: Connection) -> None:
    """Carl is reached at Anna's address too."""
    connection.execute(update(handles).values(shared=True))
    trail = Trail(connection, at=MONDAY, user_id=None, inbox_id=None)
    add_handle(trail, 2, "email", "anna@nordwind.example", shared=True)


async def on(house: TestHouse, interaction_id: int) -> list[int]:
    """The contacts that an interaction is logged on."""
    return [row["contact_id"] for row in await house.rows("interaction_contacts", interaction_id=interaction_id)]


async def test_a_colleague_who_answers_in_a_thread_is_told_apart_and_logged_there(house: TestHouse, anna: None) -> None:
    answer = mail(
        "Ich übernehme für Anna.",
        sender="Bert Busch <bert@nordwind.example>",
        message_id="<b1@nordwind.example>",
        date="Mon, 23 Nov 2026 10:30:00 +0100",
        more="In-Reply-To: <a1@nordwind.example>\n",
    )
    await house.gets_mail(answer)
    [told] = await house.max.hears()
    assert told.startswith("📥 Bert Busch <bert@nordwind.example> writes in the thread with Anna Kern: “Angebot”")
    assert house.max.buttons[:2] == ["New lead", "Also Anna's address"]
    assert await on(house, 2) == [1]
    assert await house.rows("triage") == []
    await house.max.taps("Also Anna's address")
    assert [row["value"] for row in await house.rows("handles", contact_id=1)] == [
        "anna@nordwind.example",
        "bert@nordwind.example",
    ]


async def test_the_thread_decides_between_those_who_share_an_address(house: TestHouse, anna: None) -> None:
    await house.max.says("new contact Carl Kern")
    await house.database.write(_share)
    await house.gets_mail(
        mail(
            "Und?",
            message_id="<a2@n.example>",
            more="References: <a1@nordwind.example>\n",
            subject="Re: Angebot",
        )
    )
    assert await on(house, 2) == [1]


async def test_whoever_got_it_too_has_it_on_their_timeline(house: TestHouse, anna: None) -> None:
    await house.max.says("new contact Bert Busch, bert@nordwind.example")
    await house.gets_mail(
        mail("An euch beide.", sender="Carla Toth <carla@nordwind.example>", to="bert@nordwind.example, x@y.example")
    )
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender"), "a copy to somebody known doesn't make its author known"
    await house.gets_mail(
        mail("An alle.", to="crm@firma.example, Bert <bert@nordwind.example>, new@nordwind.example", subject="Plan")
    )
    [told] = await house.max.hears()
    assert "Also on Bert Busch" in told
    assert await on(house, 3) == [1, 2]


async def test_a_copy_to_a_known_and_an_unknown_person(house: TestHouse, anna: None) -> None:
    await house.gets_mail(
        mail(
            "Hier ist das Angebot.",
            sender=MAX,
            to="Anna Kern <anna@nordwind.example>, Bert Busch <bert@nordwind.example>\nCc: Carla <c@n.example>",
            more=PROVED,
        )
    )
    [told] = await house.max.hears()
    assert told.splitlines()[:2] == [
        "📤 Anna Kern: “Angebot” (sent by you)",
        "👤 Bert Busch: new lead (sent mail)",
    ]
    assert house.max.buttons == ["Task", "Other contact", "Undo", "Follow up in 3 days", "Private", "New lead Carla"]
    assert await on(house, 2) == [1, 2]
    assert (await house.max.taps("New lead Carla")).startswith("👤 Carla: new lead")
    assert await on(house, 2) == [1, 2, 3]


async def test_mail_between_members_is_not_logged_and_gives_no_orders(house: TestHouse, anna: None) -> None:
    house.member("Eve", email="eve@firma.example")
    await house.gets_mail(
        mail("remind me tomorrow to call Anna", sender="Eve <eve@firma.example>", to=MAX, more=PROVED, subject="Hi")
    )
    await house.gets_mail(mail("Essen?", sender=MAX, to="eve@firma.example", more=PROVED, subject="Mittag"))
    assert await house.max.hears() == []
    assert len(await house.rows("interactions")) == 1
    assert await house.rows("tasks") == []


async def test_private_mail_is_dropped_with_one_tap(house: TestHouse) -> None:
    await house.gets_mail(forward("Dr. Lund <praxis@lund.example>"))
    await house.max.hears()
    assert await house.max.taps("Private") == "Dropped. Nothing of it is kept."
    assert await house.rows("interactions") == []
    assert await house.rows("contacts") == []
    assert all("lamps" not in str(row) for row in await house.rows("inbox"))
    assert all("Lund" not in str(row) for row in await house.rows("changes"))
    assert {row["raw"] for row in await house.rows("inbox")} == {None}
    assert await house.max.taps("Never log praxis@lund.example")
    await house.gets_mail(forward("Dr. Lund <praxis@lund.example>", comment="again", message_id="<f2@firma.example>"))
    await house.gets_mail(mail("Ihr Termin", sender="Dr. Lund <praxis@lund.example>"))
    assert await house.max.hears() == []
    assert await house.rows("interactions") == []
    assert all("Termin" not in str(row) for row in await house.rows("inbox"))
    assert {row["raw"] for row in await house.rows("inbox")} == {None}


async def test_a_notice_of_private_mail_that_could_not_be_delivered_keeps_no_words(house: TestHouse) -> None:
    await house.gets_mail(forward("Dr. Lund <praxis@lund.example>"))
    [notice] = await house.rows("outbox")
    assert "Lund" in notice["body"]
    await house.max.hears()
    refused = update(outbox).values(state="parked", body=notice["body"])
    await house.database.write(lambda connection: connection.execute(refused))
    assert await house.max.taps("Private") == "Dropped. Nothing of it is kept."
    assert all("Lund" not in row["body"] for row in await house.rows("outbox"))


async def test_a_forward_of_mail_between_members_gives_no_orders(house: TestHouse) -> None:
    house.member("Eve", email="eve@firma.example")
    await house.gets_mail(forward("Eve <eve@firma.example>", comment="remind me tomorrow to order lamps"))
    assert await house.max.hears() == []
    assert await house.rows("interactions") == await house.rows("tasks") == []


@pytest.mark.parametrize(
    "words",
    [
        "never log mail from bank.example",
        "don't log emails with bank.example",
        "Mails von bank.example nie speichern",
        "nie Mails von bank.example protokollieren",
        "не записывай письма от bank.example",
    ],
)
async def test_a_domain_is_kept_out_and_let_in_again(house: TestHouse, words: str) -> None:
    assert "bank.example" in await house.max.says(words)
    await house.gets_mail(mail("Kontoauszug", sender="Bank <info@bank.example>"))
    assert await house.rows("interactions") == []
    assert "bank.example: never logged" in await house.max.says("rules")
    assert await house.max.taps("Revoke bank.example") == "Revoked: bank.example"
    await house.gets_mail(mail("Kontoauszug 2", sender="Bank <info@bank.example>"))
    assert len(await house.rows("interactions")) == 1
    assert "no rules" in await house.max.says("rules")


async def test_a_members_rule_is_for_their_own_mail(house: TestHouse) -> None:
    eve = house.member("Eve", email="eve@firma.example")
    await eve.says("never log mail from bank.example")
    await house.gets_mail(mail("Kontoauszug", sender="Bank <info@bank.example>"))
    assert len(await house.rows("interactions")) == 1
    await house.gets_mail(
        mail("Bitte prüfen", sender="Eve <eve@firma.example>", to="info@bank.example", more=PROVED, subject="Konto")
    )
    assert len(await house.rows("interactions")) == 1


async def test_unknown_senders_are_told_at_once_then_gathered_hourly(house: TestHouse) -> None:
    for minute, who in enumerate(("anna", "bert", "carla", "dora")):
        house.at(f"2026-11-23T10:{10 + minute}")
        await house.gets_mail(mail("Hallo", sender=f"{who.capitalize()} <{who}@new.example>", subject=who))
    assert [text.splitlines()[0] for text in await house.max.hears()] == [
        "⚠ Unknown sender: Anna <anna@new.example>, “anna”"
    ]
    house.at("2026-11-23T11:00")
    assert await house.max.hears() == ["⚠ 4 messages wait for your decision"]
    assert "Anna" in await house.max.taps("Triage")
    house.at("2026-11-23T14:00")
    await house.gets_mail(mail("Hallo", sender="Emil <emil@new.example>", subject="emil"))
    assert (await house.max.hears())[0].startswith("⚠ Unknown sender: Emil")


async def test_newsletters_do_not_wait_for_anybody(house: TestHouse) -> None:
    await house.gets_mail(mail("News", sender="News <n@shop.example>", more="List-Unsubscribe: <https://x.example>\n"))
    assert await house.max.says("triage") == "Nothing waits."
    assert len(await house.rows("interactions")) == 1


async def test_a_mail_is_shown_whole_and_explained(house: TestHouse, anna: None) -> None:
    await house.gets_mail(
        mail("Gut.\n\nAm 23.11.2026 schrieb Max:\n> Zwölf Lampen kosten 900 Euro.", message_id="<a9@nordwind.example>")
    )
    await house.max.hears()
    shown = await house.max.says("mail 2")
    assert "Zwölf Lampen kosten 900 Euro." in shown
    assert shown == await house.max.says("/mail_2")
    why = await house.max.taps("Why here?")
    assert "Logged on Anna Kern" in why
    assert "By the address anna@nordwind.example" in why
    assert "By the address" in await house.max.says("why")
    assert await house.max.says("mail 77") == "There is no such mail. The numbers are in a contact's timeline."
    assert "/mail_2" in await house.max.says("what happened with Anna")


async def test_it_is_said_why_a_mail_waits(house: TestHouse) -> None:
    await house.gets_mail(mail("Was kostet das?", sender="Götz <goetz@kuehl.example>"))
    assert "nobody knows the sender" in await house.max.says("why")


async def test_it_is_said_who_put_a_mail_where_it_is(house: TestHouse, anna: None) -> None:
    await house.gets_mail(mail("Was kostet das?", sender="Götz <goetz@kuehl.example>"))
    await house.max.hears()
    await house.max.taps("Log on ...")
    await house.max.says("Anna")
    assert "Put there by Max Kern" in await house.max.says("why")


async def test_a_lead_of_sent_mail_says_so(house: TestHouse) -> None:
    await house.gets_mail(mail("Hier.", sender=MAX, to="Bert Busch <bert@nordwind.example>", more=PROVED))
    [contact] = await house.rows("contacts")
    assert contact["source"] == "sent mail"
