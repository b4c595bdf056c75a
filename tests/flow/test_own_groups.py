"""Mail through a group of the team's own domain (sales@): its writer's, though it has a list's headers."""

from __future__ import annotations

import pytest

from tests.flow.test_mail import mail
from tests.house import TestHouse

GROUP = (
    "Precedence: list\nMailing-list: list sales@firma.example; contact sales+owners@firma.example\n"
    "List-ID: <sales.firma.example>\nList-Post: <https://groups.example/a>, <mailto:sales@firma.example>\n"
    "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@googlegroups.example>\n"
)
REWRITTEN = GROUP + "X-Original-From: Anna Kern <anna@nordwind.example>\nReply-To: Anna Kern <anna@nordwind.example>\n"


@pytest.mark.parametrize(
    ("sender", "more"),
    [("Anna Kern <anna@nordwind.example>", GROUP), ("\"'Anna Kern' via Sales\" <sales@firma.example>", REWRITTEN)],
)
async def test_a_customers_mail_is_theirs(house: TestHouse, sender: str, more: str) -> None:
    raw = mail("When will the lamps come?", sender=sender, to="sales@firma.example", more=more)
    await house.gets_mail(raw)
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Anna Kern <anna@nordwind.example>")
    await house.max.taps("New lead")
    assert [row["value"] for row in await house.rows("handles")] == ["anna@nordwind.example"]
    await house.gets_mail(
        mail("And when?", sender=sender, to="sales@firma.example", more=more, message_id="<a2@x>", subject="Again")
    )
    [told] = await house.max.hears()
    assert told.startswith("📥 Anna Kern: “Again”")


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        ("\"'Max Kern' via Sales\" <sales@firma.example>", GROUP + "X-Original-From: Max Kern <max@firma.example>\n"),
        ("News <news@firma.example>", GROUP),  # our own newsletter
        ("Anna Kern <anna@nordwind.example>", GROUP.replace("firma.example", "python.example")),  # anybody's list
        ("Anna Kern <anna@nordwind.example>", GROUP.replace("firma.example", "my-firma.example")),
        ("Build <build@ci.example>", "Auto-Submitted: auto-generated\n" + GROUP),
    ],
)
async def test_what_is_no_customers_stays_silent(house: TestHouse, sender: str, more: str) -> None:
    await house.gets_mail(mail("Hello all", sender=sender, to="sales@firma.example", more=more))
    assert await house.max.hears() == []
    assert await house.rows("contacts") == []
    assert await house.rows("triage") == []
