"""What a mail filter flagged as spam: it waits in triage, and nobody is disturbed."""

from __future__ import annotations

import pytest

from mail.parse import parse_mail
from tests.flow.test_mail import forward, mail
from tests.house import TestHouse

FLAG = "X-Spam-Flag: YES\n"


@pytest.mark.parametrize(
    "head",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9.1 required=5.0 tests=BAYES_99",
        "X-Spam: Yes",
        "X-Spamd-Result: default: True [17.10 / 15.00]",
        "X-Bogosity: Spam, tests=bogofilter, spamicity=0.99",
        "X-MS-Exchange-Organization-SCL: 6",
        "X-Forefront-Antispam-Report: CIP:1.2.3.4;CTRY:DE;LANG:en;SCL:5;SRV:;SFV:SPM;H:x",
        "X-GMX-Antispam: 5 (nemesis mail header analyzer)",
        "X-Yandex-Spam: 4",
        "X-Apple-MoveToFolder: Junk",
        "Subject: ***SPAM*** Win",
        "Subject: [SPAM] Win",
    ],
)
def test_each_filter_has_a_header_of_its_own(head: str) -> None:
    assert parse_mail(f"{head}\nFrom: a@b.example\n\nWin".encode()).spam


@pytest.mark.parametrize(
    "head",
    [
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00",
        "X-Spam: No",
        "X-Spam: undefined",
        "X-Spamd-Result: default: False [-2.10 / 15.00]",
        "X-Bogosity: Ham, tests=bogofilter, spamicity=0.00",
        "X-MS-Exchange-Organization-SCL: -1",
        "X-MS-Exchange-Organization-SCL: 1",
        "X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:1;SFV:NSPM;H:x",
        "X-GMX-Antispam: 0 (Mail was not recognized as spam)",
        "X-GMX-Antispam: -2 (not scanned, whitelist)",
        "X-Yandex-Spam: 1",
        "Subject: Spam filters for our office",
        "Subject: Re: [spam filter] offer",
    ],
)
def test_what_a_filter_let_pass_is_none(head: str) -> None:
    assert not parse_mail(f"{head}\nFrom: a@b.example\n\nOffer".encode()).spam


async def test_it_waits_and_nobody_is_told(house: TestHouse) -> None:
    await house.gets_mail(mail("Win!", sender="Bob <bob@lottery.example>", subject="Win", more=FLAG))
    assert await house.max.hears() == []
    assert [row["reason"] for row in await house.rows("triage")] == ["spam"]
    shown = await house.max.says("/triage")
    assert shown.startswith("⚠ Bob <bob@lottery.example>: “Win” (flagged as spam)")
    assert house.max.buttons == ["New lead", "Log on ...", "Ignore", "Ignore domain"]
    assert "a mail filter flagged it as spam" in await house.max.says("/why")
    await house.max.says("/triage")
    await house.max.taps("New lead")
    assert [row["name"] for row in await house.rows("contacts")] == ["Bob"]


async def test_the_next_unknown_sender_is_told_at_once(house: TestHouse) -> None:
    await house.gets_mail(mail("Win!", sender="Bob <bob@lottery.example>", subject="Win", more=FLAG))
    await house.gets_mail(mail("Hello", sender="Eve <eve@real.example>", message_id="<2@x>"))
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Eve")


async def test_a_known_contact_is_heard_all_the_same(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(mail("Was kosten die Lampen?", more=FLAG))
    [told] = await house.max.hears()
    assert told.startswith("📥 Anna Kern: “Angebot”")


async def test_spam_in_a_members_name_disturbs_nobody_and_is_done_at_their_word(house: TestHouse) -> None:
    order = mail("new lead Tom Baker", sender="Max <max@firma.example>", subject="Order", more=FLAG)
    await house.gets_mail(order)
    assert await house.max.hears() == []
    assert await house.rows("contacts") == []
    shown = await house.max.says("/triage")
    assert shown == "⚠ A mail in the name of max@firma.example, flagged as spam: “Order”"
    assert house.max.buttons == ["It was me", "Put aside"]
    await house.max.taps("It was me")
    assert [row["name"] for row in await house.rows("contacts")] == ["Tom Baker"]
    assert await house.max.says("/triage") == "Nothing waits."


async def test_only_who_it_says_to_be_from_can_say_so(house: TestHouse) -> None:
    await house.gets_mail(mail("new lead Tom", sender="Max <max@firma.example>", more=FLAG))
    eva = house.member("Eva Sand")
    await eva.says("/triage")
    assert eva.buttons == ["Put aside"]


async def test_a_flagged_forward_in_a_members_name_waits_too(house: TestHouse) -> None:
    await house.gets_mail(FLAG + forward("Tom Baker <tom@redwood.example>", proved=False))
    assert await house.max.hears() == []
    assert [row["reason"] for row in await house.rows("triage")] == ["spam"]


async def test_what_a_member_proves_to_forward_is_no_spam(house: TestHouse) -> None:
    await house.gets_mail(FLAG + forward("Tom Baker <tom@redwood.example>"))
    assert [row["name"] for row in await house.rows("contacts")] == ["Tom Baker"]
