"""A reply as a mail: its headers, its two texts, its thread; hostile names, subjects and ids."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from mail.parse import parse_mail
from mail.render import Envelope, render_mail, subject_of
from storage.messages import Address, Button, Letter, Mail, OutgoingMessage, Reply, Span

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BUTTONS = ((Button("Done", "a"), Button("1 h", "b")), (Button("Pick ...", "c"),))
MAX = Address("Max Kern", "max@firma.example")
LONG = f"<{'x' * 200}@outlook.example>"


def reply(*spans: Span | str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Reply:
    return Reply(tuple(Span(each) if isinstance(each, str) else each for each in spans), buttons)


def rendered(said: Reply, answers: Mail | None = None, to: Address = MAX) -> bytes:
    envelope = Envelope("crm@firma.example", to, "<7.abc@firma.example>", NOW, answers)
    return render_mail(OutgoingMessage(7, "k", "push", 1, "", said), envelope).as_bytes()


def read(octets: bytes) -> EmailMessage:
    mail = message_from_bytes(octets, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def asked(subject: str = "Anna", message_id: str = "<m1@firma.example>", references: tuple[str, ...] = ()) -> Mail:
    return Mail(Letter(subject=subject), message_id=message_id, references=references)


def test_a_reminder_is_a_mail_that_no_program_answers() -> None:
    mail = read(rendered(reply("⏰ Anna anrufen\nKern & Söhne", buttons=BUTTONS)))
    assert mail["From"] == "Rapport <crm@firma.example>"
    assert mail["To"] == "Max Kern <max@firma.example>"
    assert mail["Subject"] == "⏰ Anna anrufen"
    assert mail["Message-ID"] == "<7.abc@firma.example>"
    assert mail["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["In-Reply-To"] is None
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == "⏰ Anna anrufen\nKern & Söhne\n\n[Done]  [1 h]\n[Pick ...]\n"
    words = html.get_content().replace("\r\n", "\n")
    assert "<p>⏰ Anna anrufen<br>\nKern &amp; Söhne</p>" in words
    assert "<p>[Done]  [1 h]<br>\n[Pick ...]</p>" in words


def test_rapports_own_mail_is_known_as_automatic_when_it_comes_back() -> None:
    assert parse_mail(rendered(reply("⏰ Anna anrufen"))).kind == "auto-reply"
    assert parse_mail(rendered(reply("☑ Anna"), asked())).kind == "auto-reply"


def test_an_answer_stands_in_the_thread_of_what_it_answers() -> None:
    mail = read(rendered(reply("☑ Call Anna"), asked("remind me", references=("<m0@firma.example>",))))
    assert mail["Subject"] == "Re: remind me"
    assert mail["In-Reply-To"] == "<m1@firma.example>"
    assert mail["References"].split() == ["<m0@firma.example>", "<m1@firma.example>"]
    assert mail["Auto-Submitted"] == "auto-replied"


def test_long_ids_are_repeated_as_they_are() -> None:
    octets = rendered(reply("☑"), asked(message_id=LONG, references=("<m0@firma.example>", LONG[:150] + ">")))
    assert f"In-Reply-To: {LONG}\r\n".encode() in octets
    assert f"References: <m0@firma.example>\r\n {LONG[:150]}>\r\n {LONG}\r\n".encode() in octets


def test_of_a_long_thread_the_first_and_the_last_ids_are_named() -> None:
    mail = read(rendered(reply("☑"), asked(references=tuple(f"<{number}@x>" for number in range(100)))))
    ids = mail["References"].split()
    assert (len(ids), ids[0], ids[-2], ids[-1]) == (20, "<0@x>", "<99@x>", "<m1@firma.example>")


@pytest.mark.parametrize("hostile", ["<a b@x>", "<ü@x>", "no id", "<a@x>\r\nBcc: eve@evil.example", ""])
def test_ids_that_cannot_be_repeated_are_left_out(hostile: str) -> None:
    mail = read(rendered(reply("☑"), asked(message_id=hostile, references=(hostile,))))
    assert mail["In-Reply-To"] is None
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-replied"


def test_no_name_and_no_subject_can_add_a_header() -> None:
    subject = "x\r\nBcc: eve@evil.example"
    mail = read(rendered(reply("☑"), asked(subject), Address('Max "\r\nBcc: eve@evil.example', "max@firma.example")))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Re: x Bcc: eve@evil.example"
    assert mail["To"].addresses[0].addr_spec == "max@firma.example"


def test_the_subject_of_an_answer_gets_one_re() -> None:
    said = reply("☑ Call Anna\nFri")
    assert subject_of(said, asked("Anna")) == "Re: Anna"
    assert subject_of(said, asked("AW: Anna")) == "AW: Anna"
    assert subject_of(said, asked("")) == "☑ Call Anna"
    assert subject_of(reply(Span("To confirm: 1", "bold"), "\nrest"), asked("Anna")) == "To confirm: 1"
    assert subject_of(reply("x" * 300), None) == "x" * 119 + "…"
    assert subject_of(reply(""), None) == "Rapport"


def test_styles_become_simple_html_and_nothing_else_does() -> None:
    html = read(rendered(reply(Span("<b>", "bold"), Span(" & "), Span("x", "code")))).get_body(("html",))
    assert html is not None
    assert "<p><b>&lt;b&gt;</b> &amp; <code>x</code></p>" in html.get_content()


def test_every_line_is_short_and_ascii() -> None:
    octets = rendered(reply("Größe " * 3000 + "\x00\ud83d", buttons=BUTTONS), asked("Ж" * 300))
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert b"\n" not in octets.replace(b"\r\n", b"")


def test_domains_are_written_as_servers_know_them() -> None:
    assert b"max@xn--bcher-kva.example" in rendered(reply("☑"), to=Address("Max", "max@bücher.example"))
    for address in ("mäx@firma.example", "max@", "max@a..b"):
        with pytest.raises(ValueError):
            rendered(reply("☑"), to=Address("Max", address))
