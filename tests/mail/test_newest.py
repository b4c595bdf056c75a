"""What is new in a reply, in every program's style; signatures and footers cut, answers between quotes kept."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import pytest

from mail.newest import newest_text
from mail.parse import parse_mail
from tests.mail.corpus.forwards import build
from tests.mail.corpus.letters import LETTERS, PAGES
from tests.mail.corpus.phrases import CARDS, DEVICE_LINES, INTRODUCTIONS, UNDATED
from tests.mail.corpus.replies import Reply, replies

REPLIES = list(replies())


@pytest.mark.parametrize("reply", REPLIES, ids=[reply.label for reply in REPLIES])
def test_only_the_newest_text_is_left(reply: Reply) -> None:
    assert newest_text(reply.text) == reply.newest


@pytest.mark.parametrize("subject", ["Re: Angebot", "Angebot"])
def test_no_reply_is_taken_for_a_forward(subject: str) -> None:
    for reply in REPLIES[::3]:
        if reply.text:
            raw = build(
                subject, reply.text, headers="In-Reply-To: <q@x.example>\r\n", to="anna.kern@kern-druck.example"
            )
            assert parse_mail(raw).original is None, reply.label


def test_an_html_reply_loses_its_quote_and_signature() -> None:
    page = '<div dir="ltr">Ja, passt.<br clear="all"><div><br></div>-- <br><div class="gmail_signature">Anna<br>Kern Druck</div></div><br><div class="gmail_quote"><div class="gmail_attr">Am Mo., 2. März 2026 um 10:12 Uhr schrieb Tom &lt;<a href="mailto:tom@acme.example">tom@acme.example</a>&gt;:<br></div><blockquote class="gmail_quote">Passt Freitag?</blockquote></div>'
    assert parse_mail(build("Re: x", None, html_text=page)).outer.newest == "Ja, passt."


def test_one_div_around_everything() -> None:
    page = "<div>Ja.<div><div><b>Von:</b> Tom &lt;tom@acme.example&gt;<br><b>Gesendet:</b> Montag, 2. März 2026 10:12<br><b>An:</b> Anna<br><b>Betreff:</b> x</div><div>Passt Freitag?</div></div></div>"
    assert (
        parse_mail(build("AW: x", None, html_text=page, headers="In-Reply-To: <q@x.example>\r\n")).outer.newest == "Ja."
    )


def test_what_a_ticket_system_keeps_below_its_marker_is_old() -> None:
    assert (
        newest_text("It works now.\n\n##- Please type your reply above this line -##\n\nTicket 12\nHello")
        == "It works now."
    )


ANSWER = "Thanks, that works for us.\n\nFriday at ten?"


@pytest.mark.parametrize("label", INTRODUCTIONS)
def test_what_programs_write_above_a_quote_goes_with_it(label: str) -> None:
    line = INTRODUCTIONS[label]
    assert newest_text(f"{ANSWER}\n\n{line}\n\n> can we meet?\n> Anna\n") == ANSWER
    assert newest_text(f"{ANSWER}\n{line}\n> can we meet?\n> Anna\n") == ANSWER
    if label not in UNDATED and (label == "groupwise" or not line.startswith(">")):
        assert newest_text(f"{ANSWER}\n\n{line}\n\ncan we meet?\nAnna\n") == ANSWER


@pytest.mark.parametrize("line", DEVICE_LINES)
def test_a_device_signs(line: str) -> None:
    assert newest_text(f"{ANSWER}\n\n{line}") == ANSWER
    quote = "On 2 Mar 2026, at 10:12, Anna Kern <anna@kern.example> wrote:\n\n> old\n"
    assert newest_text(f"{ANSWER}\n\n{line}\n\n{quote}") == ANSWER


@pytest.mark.parametrize("label", CARDS)
def test_a_card_goes_and_a_name_may_stay(label: str) -> None:
    closing, name, card = CARDS[label]
    signed = f"{ANSWER}\n\n{closing}\n{name}"
    assert newest_text(f"{signed}\n{card}") in (ANSWER, f"{ANSWER}\n\n{closing}", signed)
    assert newest_text(signed) in (ANSWER, f"{ANSWER}\n\n{closing}", signed)


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("Thanks!\nOn Mon, Mar 2, 2026 at 10:12 AM Anna <a@b.example> wrote:\n> x", "Thanks!"),
        ("Yes, that is what we want, I think, and it should be done by Friday.\nAm 02.03.2026 um 10:12 schrieb Anna:\n> x",
         "Yes, that is what we want, I think, and it should be done by Friday."),
        ("ok\n\n> a long line of the quote that some program has wrapped at its\nseventieth letter\n> and more", "ok"),
    ],
)  # fmt: skip
def test_text_right_above_or_beside_a_quote(text: str, newest: str) -> None:
    assert newest_text(text) == newest


@pytest.mark.parametrize("label", LETTERS)
def test_what_is_new_in_a_letter(label: str) -> None:
    text, right = LETTERS[label]
    assert newest_text(text) in right


@pytest.mark.parametrize("label", PAGES)
def test_what_is_new_in_a_page(label: str) -> None:
    page, right = PAGES[label]
    raw = build("Re: x", None, html_text=page, headers="In-Reply-To: <q@x.example>\r\n", to="anna@kern.example")
    assert parse_mail(raw).outer.newest in right


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("It is fine.\n\nAnna Kern\nNordwind GmbH", "It is fine."),
        ("It is fine.\n\nAnna Kern, Nordwind GmbH", "It is fine."),
        ("It is fine.\n\nAnna Kern", "It is fine.\n\nAnna Kern"),
        ("It is fine.\n\nAnna Kern is at the fair.", "It is fine.\n\nAnna Kern is at the fair."),
        ("Invited are\n\nAnna Kern\nBert Busch will say a few words at ten.", None),
    ],
)
def test_a_card_is_known_by_its_writers_name(text: str, newest: str | None) -> None:
    assert newest_text(text, writer="Anna Kern") == (newest or text)
