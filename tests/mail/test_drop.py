"""The drop, spoken to by real clients (aiosmtplib, smtplib) and, for what they would never send, line by line."""

from __future__ import annotations

import asyncio
import logging
import random
import smtplib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
import pytest

from mail.conversations import Conversations, Limits
from mail.drop import CannotListen, serve_drop
from mail.errors import MailUnreadable
from storage.errors import WrongSetting

OURS = "crm@rapport.example"
HELLO = b"From: ana@kern.example\r\nSubject: hello\r\n\r\nGood morning.\r\n"
SIZE = 500_000


class Inbox:
    """Stands for the flow: keeps what it is given, or waits at a gate, or fails."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.error: Exception | None = None

    async def take(self, raw: bytes) -> object:
        self.asked.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if self.error is not None:
            raise self.error
        self.mails.append(raw)
        return len(self.mails)


class Line:
    """A connection spoken by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hears(self) -> str:
        """One answer, with all of its lines; empty at the connection's end."""
        lines = []
        while True:
            line = await self.reader.readline()
            lines.append(line.decode().rstrip("\r\n"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def sends(self, data: bytes) -> None:
        self.writer.write(data)

    async def says(self, command: str) -> str:
        self.sends(command.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.hears()

    async def begins(self, *recipients: str, greeting: str = "EHLO") -> None:
        """Up to 354."""
        assert (await self.says(f"{greeting} client.example")).startswith("250")
        assert (await self.says("MAIL FROM:<ana@kern.example>")).startswith("250")
        for recipient in recipients or (OURS,):
            assert (await self.says(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.says("DATA")).startswith("354")

    async def is_over(self) -> bool:
        try:
            return await self.reader.read() == b""
        except ConnectionResetError:
            return True


@pytest.fixture
async def inbox() -> Inbox:
    return Inbox()


@asynccontextmanager
async def dropping(inbox: Inbox, limits: Limits | None = None, size_limit: int = SIZE) -> AsyncIterator[int]:
    """A running drop's port."""

    def is_ours(address: str) -> bool:
        user, _, domain = address.lower().partition("@")
        return (user.partition("+")[0], domain) == ("crm", "rapport.example")

    async with serve_drop(
        ("127.0.0.1", 0), is_ours=is_ours, take=inbox.take, size_limit=size_limit, limits=limits
    ) as address:
        yield address[1]


@asynccontextmanager
async def calling(port: int, *, greeted: bool = True) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    line = Line(reader, writer)
    try:
        if greeted:
            assert await line.hears() == "220 rapport ESMTP"
        yield line
    finally:
        writer.close()


def hang_up(line: Line) -> None:
    """Resets the connection, as a process or machine that dies."""
    line.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.writer.transport.abort()


@pytest.fixture
async def port(inbox: Inbox) -> AsyncIterator[int]:
    async with dropping(inbox) as port:
        yield port


# Real clients


async def test_a_mail_is_taken_as_it_was_sent(port: int, inbox: Inbox) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        refused, answer = await client.sendmail("ana@kern.example", [OURS], HELLO)
        assert (refused, answer) == ({}, "2.0.0 Kept")
        await client.sendmail("ana@kern.example", ["CRM+deals@Rapport.Example"], HELLO)
    assert inbox.mails == [HELLO, HELLO]


async def test_smtplib_sends_a_message(port: int, inbox: Inbox) -> None:
    message = EmailMessage()
    message["Subject"] = "Angebot für Müller"
    message["From"] = "ana@kern.example"
    message["To"] = OURS
    message.set_content("Grüße\n.\n..zwei Punkte\n", cte="8bit")

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.ehlo()
            assert client.has_extn("8bitmime")
            assert client.has_extn("smtputf8")
            assert client.esmtp_features["size"] == str(SIZE)
            assert client.send_message(message) == {}

    await asyncio.to_thread(send)
    assert inbox.mails[0].endswith("\r\n\r\nGrüße\r\n.\r\n..zwei Punkte\r\n".encode())


async def test_what_is_not_ours_is_refused_by_itself(port: int, inbox: Inbox) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        refused, _ = await client.sendmail("ana@kern.example", [OURS, "someone@elsewhere.example"], HELLO)
        assert list(refused) == ["someone@elsewhere.example"]
        assert refused["someone@elsewhere.example"].code == 550
        assert refused["someone@elsewhere.example"].message.startswith("5.1.1 This inbox takes mail for the CRM's own")
        assert OURS not in refused["someone@elsewhere.example"].message
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await client.sendmail("ana@kern.example", ["crm@elsewhere.example"], HELLO)
    assert inbox.mails == [HELLO]


async def test_lmtp_answers_for_each_recipient(port: int, inbox: Inbox) -> None:
    def send() -> list[tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
            client.ehlo()
            assert client.has_extn("pipelining")
            assert client.has_extn("enhancedstatuscodes")
            answers = [client.mail("ana@kern.example")]
            answers += [client.rcpt(to) for to in (OURS, "no@elsewhere.example", "crm+tag@rapport.example")]
            answers += [client.data(HELLO), client.getreply(), client.noop()]
            return answers

    answers = await asyncio.to_thread(send)
    assert [code for code, _ in answers] == [250, 250, 550, 250, 250, 250, 250]
    assert answers[4] == answers[5] == (250, b"2.0.0 Kept")
    assert inbox.mails == [HELLO]


@pytest.mark.parametrize(
    ("error", "code"), [(OSError("disk full at /secret"), "451 4.3.0"), (MailUnreadable("empty"), "554 5.6.0")]
)
@pytest.mark.parametrize("greeting", ["EHLO", "LHLO"])
async def test_what_fails_is_answered_and_the_next_mail_is_taken(
    port: int, inbox: Inbox, caplog: pytest.LogCaptureFixture, error: Exception, code: str, greeting: str
) -> None:
    caplog.set_level(logging.INFO, "rapport.drop")
    recipients = (OURS, "crm+a@rapport.example")
    async with calling(port) as line:
        for inbox.error, expected in ((error, code), (None, "250 2.0.0")):
            await line.begins(*recipients, greeting=greeting)
            line.sends(HELLO + b".\r\n")
            for _ in recipients if greeting == "LHLO" else "1":
                answer = await line.hears()
                assert answer.startswith(expected)
                assert "secret" not in answer
        assert await line.says("NOOP") == "250 2.0.0 OK"
    assert inbox.mails == [HELLO]
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "rapport.drop")
    assert "a mail of" in logged
    assert not any(word in logged for word in ("secret", "example", "morning"))


async def test_a_keeping_that_takes_too_long_may_be_tried_again(inbox: Inbox) -> None:
    inbox.open.clear()
    async with dropping(inbox, Limits(take=0.01)) as port, calling(port) as line:
        await line.begins()
        assert (await line.says(HELLO.decode() + ".")).startswith("451 4.3.0")
    assert inbox.mails == []


async def test_250_comes_only_when_the_mail_is_kept(port: int, inbox: Inbox) -> None:
    inbox.open.clear()
    async with calling(port) as line:
        await line.begins()
        line.sends(HELLO + b".\r\n")
        answer = asyncio.create_task(line.hears())
        await inbox.asked.wait()
        async with calling(port) as other:  # a whole conversation goes by meanwhile
            assert await other.says("EHLO other.example")
        assert not answer.done()
        inbox.open.set()
        assert await answer == "250 2.0.0 Kept"


# The bytes


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        pytest.param(b"..\r\n...\r\n..a\r\n.b\r\n a.\r\n", b".\r\n..\r\n.a\r\nb\r\n a.\r\n", id="dots"),
        pytest.param(b"\r\n..\r\n", b"\r\n.\r\n", id="an empty first line"),
        pytest.param(b"", b"", id="nothing"),
        pytest.param(
            b"S: \x00\xff\xfe \xd0\x96\r\n\r\n\x00\r\n", b"S: \x00\xff\xfe \xd0\x96\r\n\r\n\x00\r\n", id="8 bit"
        ),
        pytest.param(b"a\n.\nb\r\n", b"a\n.\nb\r\n", id="LF.LF"),
        pytest.param(b"a\n.\r\nb\r\n", b"a\n.\r\nb\r\n", id="LF.CRLF"),
        pytest.param(b"a\r\n.\nb\r\n", b"a\r\n\nb\r\n", id="CRLF.LF"),
        pytest.param(b"a\r.\rb\r\n", b"a\r.\rb\r\n", id="CR.CR"),
        pytest.param(b"a\r\n.\rb\r\n", b"a\r\n\rb\r\n", id="CRLF.CR"),
        pytest.param(b"a\r.\r\nb\r\n", b"a\r.\r\nb\r\n", id="CR.CRLF"),
        pytest.param(b"x" * 100_000 + b"\r\n", b"x" * 100_000 + b"\r\n", id="a long line"),
        pytest.param(b"x." * 100_000 + b"\r\n", b"x." * 100_000 + b"\r\n", id="a long line of dots"),
        pytest.param(b"..\r\n" * 100_000, b".\r\n" * 100_000, id="many dots"),
        pytest.param(b"x.\r\n" * 100_000, b"x.\r\n" * 100_000, id="many ends"),
    ],
)
async def test_the_bytes_are_those_that_were_meant(port: int, inbox: Inbox, sent: bytes, taken: bytes) -> None:
    async with calling(port) as line:
        await line.begins()
        line.sends(sent + b".\r\n")
        assert await line.hears() == "250 2.0.0 Kept"
        assert await line.says("NOOP") == "250 2.0.0 OK"
    assert inbox.mails == [taken]


async def test_the_bytes_may_come_in_any_pieces(port: int, inbox: Inbox) -> None:
    async with calling(port) as line:
        sock = line.writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await line.begins()
        for byte in b"..a\r\n\r\n..\r\n.\r\nNOOP\r\n":
            line.sends(bytes([byte]))
            await line.writer.drain()
            await asyncio.sleep(0)
        assert [await line.hears(), await line.hears()] == ["250 2.0.0 Kept", "250 2.0.0 OK"]
    assert inbox.mails == [b".a\r\n\r\n.\r\n"]


async def test_any_bytes_come_through(port: int, inbox: Inbox) -> None:
    """Mails of nothing but what ends lines and mails, all sent at once, as RFC 5321 4.5.2 says."""
    chance = random.Random(5321)
    mails = [bytes(chance.choices(b"\r\n.x", k=chance.randrange(12))) + b"\r\n" for _ in range(500)]
    async with calling(port) as line:
        await line.says("EHLO c.example")
        for mail in mails:
            stuffed = b"\r\n".join(b"." + part if part.startswith(b".") else part for part in mail.split(b"\r\n"))
            line.sends(f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode() + stuffed + b".\r\n")
            assert [(await line.hears())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
    assert inbox.mails == mails


async def test_a_second_mail_cannot_be_smuggled_in(port: int, inbox: Inbox) -> None:
    hidden = f"MAIL FROM:<boss@rapport.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\nFrom: boss\r\n\r\npay\r\n".encode()
    for end in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\n\n.\r\n", b"\r\n\x00.\r\n", b"\r.\r\n"):
        async with calling(port) as line:
            await line.begins()
            line.sends(HELLO + b"one" + end + hidden + b".\r\nQUIT\r\n")
            assert [await line.hears(), await line.hears()] == ["250 2.0.0 Kept", "221 2.0.0 Bye"]
            assert await line.is_over()
    assert len(inbox.mails) == 8
    assert all(b"pay" in mail for mail in inbox.mails)


async def test_commands_and_mails_may_come_all_at_once(port: int, inbox: Inbox) -> None:
    mail = f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nRCPT TO:<no@x.example>\r\nDATA\r\n".encode() + HELLO + b".\r\n"
    async with calling(port) as line:
        line.sends(b"EHLO c.example\r\n" + mail + mail + b"RSET\r\nQUIT\r\n")
        line.writer.write_eof()  # as `nc` does; the answers come all the same
        answers = [(await line.hears())[:3] for _ in range(13)]
        assert answers == ["250", *["250", "250", "550", "354", "250"] * 2, "250", "221"]
        assert await line.is_over()
    assert inbox.mails == [HELLO, HELLO]


async def test_addresses_may_have_any_letters(port: int, inbox: Inbox) -> None:
    async with calling(port) as line:
        assert "SMTPUTF8" in await line.says("EHLO c.example")
        assert await line.says("MAIL FROM:<жанна@пример.рф> SMTPUTF8 BODY=8BITMIME SIZE=60") == "250 2.0.0 OK"
        assert await line.says("RCPT TO:<crm+größe@rapport.example>") == "250 2.1.5 OK"
        assert (await line.says("RCPT TO:<größe@rapport.example>")).startswith("550 5.1.1")
        assert (await line.says("RCPT TO:<\udcff\udcfe@rapport.example>")).startswith("55")
        assert (await line.says("DATA")).startswith("354")
        assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"
    assert inbox.mails == [HELLO]


# Limits


async def test_a_mail_that_says_it_is_too_big_is_refused_before_it_comes(port: int) -> None:
    async with calling(port) as line:
        assert f"SIZE {SIZE}" in await line.says("EHLO c.example")
        assert (await line.says(f"MAIL FROM:<a@b.example> SIZE={SIZE + 1}")).startswith("552 5.3.4")
        assert await line.says(f"MAIL FROM:<a@b.example> SIZE={SIZE}") == "250 2.0.0 OK"


@pytest.mark.parametrize("greeting", ["EHLO", "LHLO"])
async def test_a_mail_that_is_too_big_is_refused(port: int, inbox: Inbox, greeting: str) -> None:
    recipients = (OURS, "crm+a@rapport.example")
    dots = b".\r\n" * (SIZE // 3 - 1)
    fits = dots + b"x" * (SIZE - len(dots) - 2) + b"\r\n"
    assert len(fits) == SIZE
    mails = ((fits + b"x", "552 5.3.4"), (b"x" * 5 * SIZE, "552 5.3.4"), (b"x.\r\n" * SIZE, "552"), (fits, "250 2.0.0"))
    async with calling(port) as line:
        for mail, expected in mails:
            await line.begins(*recipients, greeting=greeting)
            stuffed = mail.replace(b"\r\n.", b"\r\n..")
            line.sends((b"." if stuffed.startswith(b".") else b"") + stuffed)
            line.sends(b".\r\n" if mail.endswith(b"\r\n") else b"\r\n.\r\n")
            for _ in recipients if greeting == "LHLO" else "1":
                assert (await line.hears()).startswith(expected)
        assert await line.says("NOOP") == "250 2.0.0 OK"
    assert inbox.mails == [fits]


async def test_too_many_recipients_at_once_may_be_sent_to_later(inbox: Inbox) -> None:
    async with dropping(inbox, Limits(recipients=2)) as port, calling(port) as line:
        await line.begins(OURS, OURS, greeting="LHLO")
        line.sends(b".\r\n")
        assert [await line.hears(), await line.hears()] == ["250 2.0.0 Kept"] * 2
        assert await line.says("MAIL FROM:<a@b.example>") == "250 2.0.0 OK"
        answers = [(await line.says(f"RCPT TO:<{OURS}>"))[:9] for _ in range(3)]
        assert answers == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


async def test_sixty_connections(port: int, inbox: Inbox) -> None:
    lines = [Line(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(60)]
    greetings = await asyncio.gather(*(line.hears() for line in lines))
    assert sorted(greeting[:3] for greeting in greetings) == ["220"] * 50 + ["421"] * 10
    for line, greeting in zip(lines, greetings, strict=True):
        if greeting.startswith("220"):
            assert await line.says("QUIT") == "221 2.0.0 Bye"
        assert await line.is_over()
        line.writer.close()
    async with calling(port) as line:
        await line.begins()
        assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"


@pytest.mark.parametrize("greeting", ["EHLO", "LHLO"])
async def test_more_mail_than_fits_into_memory_may_be_tried_again(inbox: Inbox, greeting: str) -> None:
    async with dropping(inbox, Limits(memory=50_000)) as port, calling(port) as line:
        for mail, answer in ((b"x" * SIZE, "452 4.3.1 Too much"), (b"x" * 1_000, "250 2.0.0 Kept")):
            await line.begins(greeting=greeting)
            line.sends(mail + b"\r\n.\r\n")
            assert (await line.hears()).startswith(answer)
    assert inbox.mails == [b"x" * 1_000 + b"\r\n"]


async def test_a_mail_that_is_kept_is_not_counted_any_more(inbox: Inbox) -> None:
    async with dropping(inbox, Limits(memory=50_000)) as port, calling(port) as line, calling(port) as other:
        for _ in range(5):
            for one in (line, other):
                await one.begins()
                assert await one.says("x" * 30_000 + "\r\n.") == "250 2.0.0 Kept"


async def test_commands_without_a_mail_come_to_an_end(inbox: Inbox) -> None:
    async with dropping(inbox, Limits(answers=10)) as port, calling(port) as line:
        for _ in range(3):  # mails are never too many
            await line.begins()
            assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"
        answers = [await line.says("NOOP") for _ in range(10)]
        assert answers == ["250 2.0.0 OK"] * 9 + ["421 4.7.0 Too many commands without a mail"]
        assert await line.is_over()


async def test_a_client_that_says_nothing_is_sent_away(inbox: Inbox) -> None:
    async with dropping(inbox, Limits(idle=0.01)) as port, calling(port) as line:
        assert (await line.hears()).startswith("421 4.4.2")
        assert await line.is_over()
    async with dropping(inbox, Limits(idle=0.2)) as port, calling(port) as line:
        await line.begins()
        line.sends(HELLO)
        assert (await line.hears()).startswith("421 4.4.2")
    assert inbox.mails == []


async def test_a_client_is_not_idle_while_its_mail_comes_in(inbox: Inbox) -> None:
    async with dropping(inbox, Limits(idle=0.2)) as port, calling(port) as line:
        await line.begins()
        end = asyncio.get_running_loop().time() + 0.4
        while asyncio.get_running_loop().time() < end:
            line.sends(b"x")
            await asyncio.sleep(0)
        assert await line.says("\r\n.") == "250 2.0.0 Kept"


async def test_a_client_is_not_idle_while_its_mail_is_being_kept(inbox: Inbox) -> None:
    inbox.open.clear()
    async with dropping(inbox, Limits(idle=0.2)) as port, calling(port) as line, calling(port) as idle:
        await line.begins()
        line.sends(HELLO + b".\r\n")
        await inbox.asked.wait()
        assert (await idle.hears()).startswith("421")  # it has been as long
        async with calling(port) as later:
            assert (await later.hears()).startswith("421")
        inbox.open.set()
        assert await line.hears() == "250 2.0.0 Kept"


# Clients that misbehave


@pytest.mark.parametrize("abrupt", [True, False])
async def test_a_mail_that_breaks_off_is_not_taken(port: int, inbox: Inbox, *, abrupt: bool) -> None:
    async with calling(port) as line:
        await line.begins()
        line.sends(HELLO + b"\r\n.")
        await line.writer.drain()
        if abrupt:
            hang_up(line)
        else:
            line.writer.write_eof()
            assert await line.is_over()
    async with calling(port) as line:
        await line.begins()
        assert await line.says("another\r\n.") == "250 2.0.0 Kept"
    assert inbox.mails == [b"another\r\n"]


async def test_a_mail_in_hand_is_kept_though_the_client_went_away(port: int, inbox: Inbox) -> None:
    inbox.open.clear()
    async with calling(port) as line:
        await line.begins()
        line.sends(HELLO + b".\r\n")
        await inbox.asked.wait()
        hang_up(line)
    async with calling(port) as line:
        assert await line.says("NOOP")
        inbox.open.set()
        await line.begins()
        assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"
    assert inbox.mails == [HELLO, HELLO]
    assert not inbox.cancelled.is_set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("", "500 5.5.2"),
        ("XYZ\x00\x07", "500 5.5.2"),
        ("ÄÖ", "500 5.5.2"),
        ("\udcff", "500 5.5.2"),
        ("NOOP " + "x" * 3000, "500 5.5.2"),
        ("NOOP " + "x" * 3_000_000, "500 5.5.2"),
        ("EHLO", "501 5.5.4"),
        ("LHLO", "501 5.5.4"),
        ("MAIL", "501 5.5.4"),
        ("MAIL TO:<x@y.example>", "501 5.5.4"),
        ("MAIL FROM:", "501 5.5.4"),
        ("MAIL FROM:<", "553 5.1.3"),
        ("MAIL FROM:<x@y.example> SIZE=many", "501 5.5.4"),
        ("MAIL FROM:<x@y.example> SIZE=²", "451 4.3.0"),
        ("MAIL FROM:<x@y.example> FOO=BAR", "555 5.5.4"),
        ("RCPT TO:<x@y.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("DATA now", "501 5.5.4"),
        ("BDAT 10 LAST", "500 5.5.2"),
        ("STARTTLS", "454"),
        ("AUTH PLAIN AGEAYg==", "502 5.5.1"),
        ("EXPN all", "502 5.5.1"),
        ("VRFY \udcff\r250 yes", "252 2.1.5"),
        ("HELP", "214 2.0.0"),
        ("QUIT now", "501 5.5.4"),
    ],
)
async def test_nonsense_is_answered_and_the_next_mail_is_taken(
    port: int, inbox: Inbox, command: str, code: str
) -> None:
    async with calling(port) as line:
        await line.says("EHLO c.example")
        answer = await line.says(command)
        assert answer.startswith(code)
        assert len(answer) < 512
        assert answer.isprintable()
        await line.begins()
        assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"
    assert inbox.mails == [HELLO]


async def test_a_greeting_comes_first(port: int) -> None:
    async with calling(port) as line:
        assert await line.says("MAIL FROM:<a@b.example>") == "503 5.5.1 Error: send HELO first"
        assert await line.says("DATA") == "503 5.5.1 Error: send HELO first"
        assert await line.says("HELO c.example") == "250 rapport"
        assert await line.says("MAIL FROM:<a@b.example>") == "250 2.0.0 OK"
        assert await line.says("DATA") == "503 5.5.1 Error: need RCPT command"


async def test_a_new_greeting_begins_anew(port: int, inbox: Inbox) -> None:
    async with calling(port) as line:
        await line.says("LHLO c.example")
        assert await line.says("MAIL FROM:<a@b.example>") == "250 2.0.0 OK"
        assert (await line.says("EHLO c.example")).startswith("250-rapport")
        assert await line.says("MAIL FROM:<a@b.example>") == "250 2.0.0 OK"
        assert [await line.says(f"RCPT TO:<{OURS}>") for _ in "12"] == ["250 2.1.5 OK"] * 2
        assert (await line.says("LHLO")).startswith("501")  # which is none
        assert (await line.says("DATA")).startswith("354")
        assert await line.says(HELLO.decode() + ".") == "250 2.0.0 Kept"
        assert await line.says("NOOP") == "250 2.0.0 OK"
    assert inbox.mails == [HELLO]


async def test_a_web_page_gets_nothing_in(port: int, inbox: Inbox) -> None:
    mail = f"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode() + HELLO + b".\r\n"
    async with calling(port) as line:
        line.sends(b"POST / HTTP/1.1\r\n\r\n" + mail)
        assert (await line.hears()).startswith("421 4.7.0")
        assert await line.is_over()
    assert inbox.mails == []


async def test_an_error_within_may_pass_and_is_not_told() -> None:
    def is_ours(address: str) -> bool:
        raise RuntimeError("secret")

    async def take(raw: bytes) -> None:
        raise AssertionError

    async with serve_drop(("127.0.0.1", 0), is_ours=is_ours, take=take) as (_, port), calling(port) as line:
        await line.says("EHLO c.example")
        await line.says("MAIL FROM:<a@b.example>")
        assert await line.says(f"RCPT TO:<{OURS}>") == "451 4.3.0 Something went wrong here: try again later"
        assert await line.says("DATA") == "503 5.5.1 Error: need RCPT command"


async def test_after_an_error_the_rest_of_a_mail_is_no_command(
    port: int, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Conversations) -> bool:
        raise MemoryError("secret")

    monkeypatch.setattr(Conversations, "is_out_of_memory", fail)
    async with calling(port) as line:
        await line.begins()
        line.sends(HELLO)
        assert await line.hears() == "421 4.3.0 Something went wrong here: try again later"
        assert await line.is_over()
    assert inbox.mails == []


# Beginning and end


@pytest.mark.parametrize("hurried", [True, False])
async def test_a_mail_in_hand_is_finished_at_the_end(inbox: Inbox, *, hurried: bool) -> None:
    inbox.open.clear()
    serving = dropping(inbox, Limits(farewell=0.02 if hurried else 30))
    port = await serving.__aenter__()
    async with calling(port) as line, calling(port) as idle, calling(port) as receiving:
        await line.begins()
        line.sends(HELLO + b".\r\n")
        await inbox.asked.wait()
        await receiving.begins(OURS, OURS, greeting="LHLO")
        end = asyncio.create_task(serving.__aexit__(None, None, None))
        assert (await idle.hears()).startswith("421 4.3.2")
        assert await idle.is_over()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        if hurried:
            assert (await line.hears()).startswith("421 4.3.2")
            await inbox.cancelled.wait()
        else:
            assert not end.done()
            inbox.open.set()
            receiving.sends(b"the rest\r\n.\r\n")
            assert await line.hears() == "250 2.0.0 Kept"
            assert [await receiving.hears(), await receiving.hears()] == ["250 2.0.0 Kept"] * 2
        for one in (line, receiving):
            assert (await one.hears())[:9] in {"421 4.3.2", ""}
            assert await one.is_over()
        await end
    assert sorted(inbox.mails) == ([] if hurried else [HELLO, b"the rest\r\n"])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_port_in_use_is_said_with_what_to_do(port: int, inbox: Inbox) -> None:
    serving = serve_drop(("127.0.0.1", port), is_ours=lambda _: True, take=inbox.take)
    with pytest.raises(CannotListen, match=f"Port {port} at 127.0.0.1 is in use.*RAPPORT_DROP.*or to off"):
        await serving.__aenter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "rapport.example", ""])
async def test_other_machines_are_kept_out_unless_they_are_let_in(inbox: Inbox, host: str) -> None:
    with pytest.raises(WrongSetting, match=r"RAPPORT_DROP.*127\.0\.0\.1:2525"):
        await serve_drop((host, 0), is_ours=lambda _: True, take=inbox.take).__aenter__()


@pytest.mark.parametrize(("host", "anywhere"), [("localhost", False), ("127.0.0.2", False), ("0.0.0.0", True)])
async def test_it_listens_where_it_may(inbox: Inbox, host: str, *, anywhere: bool) -> None:
    serving = serve_drop((host, 0), is_ours=lambda _: True, take=inbox.take, anywhere=anywhere)
    async with serving as (bound, port), calling_at(bound, port) as line:
        assert await line.hears() == "220 rapport ESMTP"


@asynccontextmanager
async def calling_at(host: str, port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection(host, port)
    yield Line(reader, writer)
    writer.close()
