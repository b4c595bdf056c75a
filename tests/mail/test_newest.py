"""What is new in a reply, in every program's style; signatures and footers cut, answers between quotes kept."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import pytest

from mail.newest import newest_text
from mail.parse import parse_mail
from tests.mail.corpus.forwards import build
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
