"""Mail out against a real server: what arrives, over TLS and not, and what each failure at each phase means."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import pytest

from bot.delivery import Delivery
from mail import submission
from mail.server import parse_server
from mail.smtp import MailFace
from mail.submission import SETUP_PAUSE, Submission
from storage import outbox
from storage.errors import WrongSetting
from storage.messages import Button, FileRef, OutgoingMessage, Reply, Span
from storage.outbox import Destination, Never, NotNow, Unknown
from tests.fakes.mail_server import PASSWORD, USER, Certificates, FakeMailServer, Phase, make_certificates
from tests.house import TestHouse

SENDER = "crm@firma.example"
HELLO = b"Subject: hello\r\n\r\n.Hello\r\n"


@pytest.fixture
async def server() -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer() as fake:
        yield fake


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("ca"))


def submitting(server: FakeMailServer, *, ca: str = "", seconds: float = 5) -> Submission:
    return Submission(parse_server(server.setting), hello="firma.example", ca=ca, seconds=seconds)


@asynccontextmanager
async def face_of(house: TestHouse, server: FakeMailServer, seconds: float = 5) -> AsyncIterator[MailFace]:
    face = MailFace(parse_server(server.setting), SENDER, house.database, house.clock, seconds=seconds)
    async with face:
        yield face


def message(text: str = "⏰ Call Anna", **values: object) -> OutgoingMessage:
    reply = Reply((Span(text),), ((Button("Done", "secret-token"),),), "reminder")
    fields: dict[str, object] = {"user_id": 1, "address": "", "reply": reply, **values}
    return OutgoingMessage(7, "reminder:1:x", "push", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_over_tls_with_a_login(security: str, certificates: Certificates) -> None:
    async with FakeMailServer(security=security, tls=certificates) as server:  # type: ignore[arg-type]
        async with submitting(server, ca=certificates.ca) as submission:
            assert await submission.send(SENDER, ["max@firma.example"], HELLO) == {}
        assert server.logins == [(USER, PASSWORD)]
        [taken] = server.mails
        assert (taken.sender, taken.recipients) == (SENDER, ("max@firma.example",))
        assert taken.octets.endswith(b"\r\n\r\n.Hello\r\n")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_that_is_not_trusted_gets_nothing(security: str, certificates: Certificates) -> None:
    async with FakeMailServer(security=security, tls=certificates) as server:  # type: ignore[arg-type]
        async with submitting(server) as submission:
            with pytest.raises(NotNow, match="isn't trusted") as caught:
                await submission.send(SENDER, ["max@firma.example"], HELLO)
        assert caught.value.wait == SETUP_PAUSE
        assert (server.logins, server.mails) == ([], [])


async def test_tls_is_never_given_up(server: FakeMailServer) -> None:
    setting = server.setting.replace("smtp://", "smtp+starttls://crm:secret@")
    async with Submission(parse_server(setting), hello="firma.example") as submission:
        with pytest.raises(NotNow, match="doesn't offer what RAPPORT_SMTP asks for"):
            await submission.send(SENDER, ["max@firma.example"], HELLO)
    assert server.mails == []


async def test_a_wrong_password_waits_for_a_right_one_ever_longer(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        FakeMailServer(security="tls", tls=certificates) as server,
        submitting(server, ca=certificates.ca) as submission,
    ):
        for pause in (60, 120, 240, 480, 900, 900):
            server.will("AUTH", "no", "no")  # aiosmtplib tries a second way
            with pytest.raises(NotNow, match="said 535") as caught:
                await submission.send(SENDER, ["max@firma.example"], HELLO)
            assert caught.value.wait == pause
            tried = len(server.logins)
            with pytest.raises(NotNow, match="isn't asked again yet") as caught:
                await submission.send(SENDER, ["eve@firma.example"], HELLO)  # another mail doesn't try either
            assert caught.value.wait is not None
            assert pause - 60 < caught.value.wait <= pause
            assert len(server.logins) == tried
            monkeypatch.setattr(submission, "_shut_until", 0.0)  # so long it takes
            server._faults.clear()
        assert await submission.send(SENDER, ["max@firma.example"], HELLO) == {}
        assert submission._shut_for == 0


@pytest.mark.parametrize(
    ("phase", "fault", "meaning"),
    [
        ("greeting", "421 4.3.2 too many", NotNow),
        ("greeting", "554 5.7.1 not you", NotNow),
        ("greeting", "drop", NotNow),
        ("greeting", "hang", NotNow),
        ("EHLO", "421 4.3.2 closing", NotNow),
        ("MAIL", "451 4.3.0 later", NotNow),
        ("MAIL", "550 5.7.1 wrong sender", NotNow),
        ("MAIL", "552 5.3.4 too big", Never),
        ("MAIL", "drop", NotNow),
        ("MAIL", "hang", NotNow),
        ("RCPT", "451 4.7.1 greylisted", NotNow),
        ("RCPT", "421 4.3.2 closing", NotNow),
        ("RCPT", "550 5.1.1 <max@firma.example> unknown", Never),
        ("RCPT", "530 5.7.0 log in first", NotNow),
        ("RCPT", "drop", NotNow),
        ("DATA", "451 4.3.0 later", NotNow),
        ("DATA", "554 5.5.1 no", Never),
        ("DATA", "hang", Unknown),
        ("text", "drop", Unknown),
        ("dot", "451 4.3.0 later", NotNow),
        ("dot", "550 5.7.1 spam", Never),
        ("dot", "drop", Unknown),
        ("dot", "take and drop", Unknown),
        ("dot", "take and hang", Unknown),
    ],
)
async def test_each_failure_at_each_phase_has_its_meaning_and_the_next_mail_a_new_connection(
    server: FakeMailServer, phase: Phase, fault: str, meaning: type[Exception]
) -> None:
    server.will(phase, fault)
    async with submitting(server, seconds=0.3 if fault.endswith("hang") else 5) as submission:
        with pytest.raises((NotNow, Never)) as caught:
            await submission.send(SENDER, ["max@firma.example"], HELLO)
        assert type(caught.value) is meaning
        assert "max@" not in str(caught.value)
        taken = len(server.mails)
        assert taken == fault.startswith("take")
        assert await submission.send(SENDER, ["max@firma.example"], HELLO) == {}
    assert len(server.mails) == taken + 1
    assert server.connections == 2


async def test_nobody_there_is_not_now(server: FakeMailServer) -> None:
    async with FakeMailServer() as gone:
        port = gone.port
    async with Submission(parse_server(f"smtp://127.0.0.1:{port}"), hello="firma.example") as submission:
        with pytest.raises(NotNow, match="at connecting"):
            await submission.send(SENDER, ["max@firma.example"], HELLO)


async def test_each_recipient_has_their_own_result(server: FakeMailServer) -> None:
    server.will("RCPT", "ok", "550 5.1.1 unknown", "451 4.7.1 later")
    everybody = ["max@firma.example", "eve@firma.example", "ida@firma.example"]
    async with submitting(server) as submission:
        refused = await submission.send(SENDER, everybody, HELLO)
    assert {address: type(verdict) for address, verdict in refused.items()} == {
        everybody[1]: Never,
        everybody[2]: NotNow,
    }
    assert server.mails[0].recipients == ("max@firma.example",)


async def test_a_connection_serves_several_mails_and_one_that_has_gone_is_replaced(server: FakeMailServer) -> None:
    async with submitting(server) as submission:
        for _ in range(3):
            await submission.send(SENDER, ["max@firma.example"], HELLO)
        assert server.connections == 1
        server.will("RSET", "drop")
        await submission.send(SENDER, ["max@firma.example"], HELLO)
    assert (server.connections, len(server.mails)) == (2, 4)


async def test_an_idle_connection_is_closed(server: FakeMailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "KEPT_OPEN", 0.0)
    async with submitting(server) as sending:
        await sending.send(SENDER, ["max@firma.example"], HELLO)
        async with asyncio.timeout(5):
            await server._conversations[0].over()
        await sending.send(SENDER, ["max@firma.example"], HELLO)
    assert len(server.mails) == 2


async def test_a_cancelled_send_leaves_no_connection_behind(server: FakeMailServer) -> None:
    server.will("dot", "take and hang")
    async with submitting(server) as submission:
        sending = asyncio.create_task(submission.send(SENDER, ["max@firma.example"], HELLO))
        await server.takes(1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await submission.send(SENDER, ["max@firma.example"], HELLO)
    assert server.connections == 2


async def test_the_face_writes_to_the_users_own_address_and_to_nobody_else(
    sqlite_house: TestHouse, server: FakeMailServer
) -> None:
    async with face_of(sqlite_house, server) as face:
        reference = await face.deliver(message(address="customer@nordwind.example"))
        with pytest.raises(Never, match="no mail address"):
            await face.deliver(message(user_id=None, address="customer@nordwind.example"))
        with pytest.raises(Never, match="no mail address"):
            await face.deliver(message(user_id=sqlite_house.member("Eve").user.id))
    [taken] = server.mails
    assert taken.recipients == ("max@firma.example",)
    assert taken.mail["Message-ID"] == reference
    assert taken.mail["Subject"] == "⏰ Call Anna"
    assert taken.text == "⏰ Call Anna\n\n[Done]"


async def test_a_mail_of_unknown_outcome_is_sent_again_by_the_same_message_id_and_ever_less_often(
    sqlite_house: TestHouse, server: FakeMailServer
) -> None:
    server.will("dot", "take and drop", "take and drop")
    async with face_of(sqlite_house, server) as face:
        waits = []
        for attempts in (1, 20):
            with pytest.raises(NotNow) as caught:
                await face.deliver(message(attempts=attempts))
            waits.append(caught.value.wait)
        await face.deliver(message(attempts=21))
    assert waits == [2.0, 6 * 60 * 60]
    assert len({taken.mail["Message-ID"] for taken in server.mails}) == 1
    assert len(server.mails) == 3


async def test_a_big_mail_arrives_whole(sqlite_house: TestHouse, server: FakeMailServer) -> None:
    text = "\n".join(f"Zeile {number}: Größe" for number in range(20_000))
    async with face_of(sqlite_house, server) as face:
        await face.deliver(message(text))
    assert server.mails[0].text.startswith(text)


async def test_delivery_parks_what_is_refused_for_good_and_logs_no_address(
    sqlite_house: TestHouse, server: FakeMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    from handlers.acting import draft

    now = sqlite_house.clock.now()
    await sqlite_house.database.write(
        lambda connection: outbox.add(connection, draft("secret words"), Destination("push", 1), key="a", now=now)
    )
    server.will("RCPT", "550 5.1.1 <max@firma.example> is unknown")
    with caplog.at_level(logging.ERROR, "mail.log"), caplog.at_level(logging.INFO):  # the server's own is silent
        async with face_of(sqlite_house, server) as face:
            assert await Delivery(sqlite_house.database, sqlite_house.clock, face).deliver_all() == 1
    [row] = await sqlite_house.rows("outbox")
    assert (row["state"], row["error"]) == ("parked", "the mail server said 550 5.1.1 at RCPT")
    assert "550 5.1.1" in caplog.text
    assert "max@" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("smtps://crm:p@ss@mail.example", "%40"),
        ("smtps://crm:p/ss@mail.example", "%2F"),
        ("smtps://crm:p#ss@mail.example", "%23"),
        ("smtps://crm:p ss@mail.example", "%20"),
        ("smtps://crm:100%@mail.example", "%25"),
        ("smtps://crm@mail.example", "password is missing"),
        ("smtp://crm:secret@mail.example", "this machine alone"),
        ("smtps://crm:secret@mail.example:70000", "port"),
        ("smtps://crm:secret@", "host"),
        ("smtps://crm:se%0Acret@mail.example", "control character"),
        ("mailto:secret", "must begin with"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why_and_not_the_password(setting: str, hint: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        parse_server(setting)
    assert hint in str(caught.value)
    assert "secret" not in str(caught.value)


def test_settings_are_decoded_and_have_their_usual_ports() -> None:
    server = parse_server("smtps://crm%40firma.example:p%40ss%2Fword@mail.example")
    assert (server.user, server.password, server.port) == ("crm@firma.example", "p@ss/word", 465)
    assert "p@ss" not in repr(server)
    assert parse_server("smtp+starttls://a:b@mail.example/").port == 587
    assert (parse_server("smtp://[::1]").host, parse_server("smtp://localhost:2526").port) == ("::1", 2526)


ANNA_WRITES = (
    "From: Anna <anna@nordwind.example>\nTo: crm@firma.example\nSubject: Offer\nMessage-ID: <o@nordwind.example>\n"
    "Date: Mon, 23 Nov 2026 09:30:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    '--b\n\nhi\n--b\nContent-Type: application/pdf; name="Angebot für Max.pdf"\nContent-Disposition: attachment\n'
    "Content-Transfer-Encoding: base64\n\nJVBERg==\n--b--\n"
)


@pytest.mark.parametrize("part", [2, 9])
async def test_a_file_goes_with_the_words_or_words_say_why_not(
    house: TestHouse, server: FakeMailServer, part: int
) -> None:
    kept = await house.gets_mail(ANNA_WRITES)
    file = FileRef(kept.id, part, "Angebot für Max.pdf", 4, "application/pdf", otherwise="⚠ It stays with its mail.")
    async with face_of(house, server) as face:
        await face.deliver(message(reply=Reply((Span("📎 Here"),), (), "reply", file)))
    [taken] = server.mails
    mail = message_from_bytes(taken.octets, policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == ("📎 Here" if part == 2 else "⚠ It stays with its mail.")
    attached = [(each.get_filename(), each.get_content_type(), each.get_content()) for each in mail.iter_attachments()]
    assert attached == ([("Angebot für Max.pdf", "application/pdf", b"%PDF")] if part == 2 else [])
