"""Mail by IMAP, from a real Dovecot: what arrives is kept once and logged, whatever happens on the way."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import loops
from bot.imap_in import FolderFollower
from bot.loops import handle_messages, keep_running
from bot.mail_in import MailIn
from mail.account import Account
from mail.imap import Limits, LoginRefused, MailboxTrouble, open_mailbox
from mail.oauth import NoToken, access_token
from mail.parse import parse_mail
from mail.prepare import MailParser
from mail.tls import trusting
from mail.url import Security
from storage import inbox
from storage.inbox import Kept
from storage.messages import InboundMessage, Mail
from storage.opening import open_database
from storage.wakeup import watching
from tests.house import AUTHSERV, TestHouse
from tests.mail.dovecot import Dovecot, ScriptedServer, eventually, proxy_to

QUICK = Limits(connect=5, answer=1, renewal=0.5, poll=0.1)
Token = Callable[[str], Awaitable[str]]


def letter(
    number: int, *, text: str = "Können Sie liefern?", sender: str = "Anna Kern <anna@nordwind.example>"
) -> bytes:
    """A raw mail of its own number."""
    return (
        f"From: {sender}\r\nTo: max@firma.example\r\nSubject: Nr. {number}\r\n"
        f"Message-ID: <{number}@nordwind.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text} ({number})\r\n"
    ).encode()


class QuickParser(MailParser):
    """Understands mails in this process: its own starts in a second, which only one of these tests needs."""

    async def parse(self, raw: bytes, keys: object = None) -> Mail:
        return parse_mail(raw, authserv=AUTHSERV)


@dataclass
class Mailroom:
    """A house whose mailboxes are followed, and whose inbox is handled."""

    house: TestHouse
    ca: str
    parser: MailParser

    @asynccontextmanager
    async def follows(
        self, account: Account, *, limits: Limits | None = None, token: Token | None = None, ca: str | None = None
    ) -> AsyncIterator[None]:
        """While it lasts, the folder is followed as `run` does it."""
        house = self.house
        follower = FolderFollower(
            1,
            account,
            taking=MailIn(house.flow, self.parser, house.clock),
            flow=house.flow,
            database=house.database,
            clock=house.clock,
            ca=self.ca if ca is None else ca,
            token=token,
            limits=limits,
        )
        task = asyncio.create_task(keep_running("mailbox 1", follower.follow))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def kept(self) -> list[str]:
        """The subjects of the mails that were kept, in order."""
        return [row["subject"] for row in await self.house.rows("interactions")]

    async def has(self, *numbers: int) -> bool:
        """Are just these mails logged?"""
        return await self.kept() == [f"Nr. {number}" for number in numbers]


@pytest.fixture
async def room(dovecot: Dovecot, tmp_path: Path) -> AsyncIterator[Mailroom]:
    async with open_database(str(tmp_path / "rapport.db")) as database, watching(database) as wakeups:
        house = TestHouse(database)
        # The server's clock is the machine's; noon, so that nothing is held back by quiet hours.
        house.clock.set(datetime.now(UTC).replace(hour=11))
        await house.max.says("new lead Anna Kern, anna@nordwind.example")
        handling = asyncio.create_task(handle_messages(house.flow, house.clock, wakeups.bell("inbox")))
        try:
            yield Mailroom(house, dovecot.ca, QuickParser())
        finally:
            handling.cancel()
            await asyncio.gather(handling, return_exceptions=True)


async def test_new_mail_is_logged_within_two_seconds(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    async with room.follows(account):
        dovecot.receives(account, letter(1))
        await eventually(partial(room.has, 1))
        dovecot.receives(account, letter(2))
        assert await eventually(partial(room.has, 1, 2)) < 2
    assert len(await room.house.rows("interaction_contacts")) == 2
    assert len(await room.house.max.hears()) == 2
    with dovecot.client(account) as client:
        client.select()
        assert client.search(None, "UNSEEN")[1] == [b"1 2"]


async def test_a_restart_loses_and_doubles_nothing(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    dovecot.receives(account, letter(1))
    async with room.follows(account):
        await eventually(partial(room.has, 1))
    dovecot.receives(account, letter(2))
    dovecot.receives(account, letter(2))
    async with room.follows(account):
        await eventually(partial(room.has, 1, 2))
        dovecot.receives(account, letter(3))
        await eventually(partial(room.has, 1, 2, 3))
    [cursor] = await room.house.rows("mailboxes")
    assert (cursor["account"], cursor["last_uid"], cursor["found_to"]) == (account.name, 4, 1)
    assert len(await room.house.rows("inbox", channel="email")) == 3


async def test_the_cursor_is_never_ahead_of_what_is_kept(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    for number in range(1, 6):
        dovecot.receives(account, letter(number))

    class Breaking(QuickParser):
        left = 3

        async def parse(self, raw: bytes, keys: object = None) -> Mail:
            self.left -= 1
            if self.left == 0:
                raise OSError("no memory for another process")
            return await super().parse(raw)

    room.parser = Breaking()
    async with room.follows(account, limits=replace(QUICK, batch=1000)):
        await eventually(partial(room.has, 1, 2, 3, 4, 5))


async def test_the_cursor_moves_in_the_transaction_that_keeps_the_mails(
    room: Mailroom, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = dovecot.account()
    for number in range(1, 6):
        dovecot.receives(account, letter(number))
    keep, tried = inbox.keep, itertools.count(1)

    def fails_once(connection: Connection, message: InboundMessage, *, raw: bytes | None, wall: datetime) -> Kept:
        if next(tried) == 3:
            raise OSError("the disk is full")
        return keep(connection, message, raw=raw, wall=wall)

    monkeypatch.setattr(inbox, "keep", fails_once)
    async with room.follows(account):
        await eventually(partial(room.has, 1, 2, 3, 4, 5))


async def test_a_killed_server_is_followed_on_when_it_is_back(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    async with room.follows(account):
        dovecot.receives(account, letter(1))
        await eventually(partial(room.has, 1))
        await asyncio.to_thread(dovecot.stop)
        await asyncio.to_thread(dovecot.start)
        dovecot.receives(account, letter(2))
        await eventually(partial(room.has, 1, 2))


async def test_a_cut_connection_is_made_again(room: Mailroom, dovecot: Dovecot) -> None:
    async with proxy_to(dovecot.port()) as (proxy, port):
        account = dovecot.account(port=port)
        async with room.follows(account):
            dovecot.receives(account, letter(1))
            await eventually(partial(room.has, 1))
            proxy.cut()
            dovecot.receives(account, letter(2))
            await eventually(partial(room.has, 1, 2))


@pytest.mark.parametrize("size", [600, 3_000, 5_000, 60_000, 200_000])
async def test_a_connection_cut_in_the_middle_of_an_answer(room: Mailroom, dovecot: Dovecot, size: int) -> None:
    async with proxy_to(dovecot.port()) as (proxy, port):
        account = dovecot.account(port=port)
        dovecot.receives(account, letter(1))
        dovecot.receives(account, letter(2, text="lang\r\n" * 50_000))
        dovecot.receives(account, letter(3))
        proxy.cut_after = size
        async with room.follows(account):
            await eventually(partial(room.has, 1, 2, 3))
        assert proxy.connections == 2


async def test_a_connection_that_swallows_all_is_given_up(room: Mailroom, dovecot: Dovecot) -> None:
    async with proxy_to(dovecot.port()) as (proxy, port):
        account = dovecot.account(port=port)
        async with room.follows(account, limits=QUICK):
            dovecot.receives(account, letter(1))
            await eventually(partial(room.has, 1))
            proxy.swallows = True
            dovecot.receives(account, letter(2))
            seen = proxy.connections
            await eventually(lambda: proxy.connections > seen)  # the next one is swallowed too, at its greeting
            proxy.swallows = False
            await eventually(partial(room.has, 1, 2))


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
async def test_each_way_to_connect(room: Mailroom, dovecot: Dovecot, security: Security) -> None:
    account = dovecot.account(security=security)
    async with room.follows(account):
        dovecot.receives(account, letter(1))
        await eventually(partial(room.has, 1))


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_that_is_not_trusted_is_refused(dovecot: Dovecot, security: Security) -> None:
    with pytest.raises(MailboxTrouble, match=r"isn't trusted.*RAPPORT_TLS_CA"):
        async with open_mailbox(dovecot.account(security=security), trusting("")):
            pass


async def test_nothing_is_said_in_clear_to_another_machine(dovecot: Dovecot) -> None:
    account = replace(dovecot.account(security="plain"), host="mail.example")
    with pytest.raises(MailboxTrouble, match="imaps://"):
        async with open_mailbox(account, trusting("")):
            pass


async def test_a_wrong_password_is_said_and_tried_again(
    room: Mailroom, dovecot: Dovecot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_FIRST_REFUSED", 0.1)
    account = replace(dovecot.account(), password="changed-since")
    dovecot.receives(account, letter(1))
    with caplog.at_level(logging.WARNING):
        async with room.follows(account):
            await eventually(lambda: "doesn't take the user or the password" in caplog.text)
            dovecot.has_password(account, "changed-since")
            await eventually(partial(room.has, 1))
    assert "changed-since" not in caplog.text
    assert account.user not in caplog.text


def test_a_refused_login_is_tried_again_ever_more_rarely() -> None:
    refused, lost = LoginRefused("The server doesn't take the password"), MailboxTrouble("The connection was lost")
    pauses = [0.0]
    for error in (*[refused] * 7, *[lost] * 2, refused):
        pauses.append(loops.pause_after(error, pauses[-1]))
    assert pauses[1:] == [30, 60, 120, 240, 480, 900, 900, 30, 30, 60]


@pytest.mark.parametrize("code", ["UNAVAILABLE", "unavailable", "SERVERBUG", "INUSE", "LIMIT"])
async def test_a_server_that_cannot_check_a_login_refuses_none(code: str) -> None:
    answers = {"LOGIN": f"{{tag}} NO [{code}] later, max@firma.example"}
    with pytest.raises(MailboxTrouble, match="can't check a login now") as caught:
        async with ScriptedServer(answers).running() as port, open_mailbox(local(port), trusting(""), limits=QUICK):
            pass
    assert not isinstance(caught.value, LoginRefused)
    assert "max@" not in str(caught.value)


@pytest.mark.parametrize(("user", "password"), [("odd@firma.example", 'p/a"s#s\\w @rd%'), ("juergen", "pässwörd")])
async def test_passwords_of_any_letters(dovecot: Dovecot, user: str, password: str) -> None:
    account = replace(dovecot.account(), user=user, password=password)
    async with open_mailbox(account, trusting(dovecot.ca)) as mailbox:
        await mailbox.select("INBOX")
        assert await mailbox.uids_after(0) == []


@pytest.mark.parametrize("folder", ['Entwürfe & "Kunden"', "Заказы", "CRM/New leads", "100% &- (x) *"])
async def test_folder_names_of_any_letters(room: Mailroom, dovecot: Dovecot, folder: str) -> None:
    account = dovecot.account(folder)
    dovecot.makes(account)
    async with room.follows(account):
        dovecot.puts(account, letter(1))
        await eventually(partial(room.has, 1))
    [cursor] = await room.house.rows("mailboxes")
    assert cursor["folder"] == folder


async def test_a_folder_made_anew_is_read_from_its_beginning(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account("CRM")
    dovecot.makes(account)
    async with room.follows(account, limits=QUICK):
        for number in (1, 2, 3):
            dovecot.puts(account, letter(number))
        await eventually(partial(room.has, 1, 2, 3))
        [before] = await room.house.rows("mailboxes")
        with dovecot.client(account) as client:
            client.delete("CRM")
            client.create("CRM")
        for number in (3, 4):
            dovecot.puts(account, letter(number))
        await eventually(partial(room.has, 1, 2, 3, 4))

        async def is_begun_again() -> bool:
            [row] = await room.house.rows("mailboxes")
            return bool(row["uidvalidity"] != before["uidvalidity"] and row["last_uid"] == 2)

        await eventually(is_begun_again)
    assert len(await room.house.rows("inbox", channel="email")) == 4


async def test_a_mail_of_25_megabytes(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    attached = ("A" * 76 + "\r\n") * (25 * 1024 * 1024 // 78)
    raw = (
        "From: anna@nordwind.example\r\nSubject: Nr. 2\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n'
        '--x\r\nContent-Type: application/pdf; name="big.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{attached}\r\n--x--\r\n"
    ).encode()
    dovecot.receives(account, letter(1))
    await asyncio.to_thread(dovecot.receives, account, raw)
    dovecot.receives(account, letter(3))
    async with MailParser() as parser:
        room.parser = parser
        async with room.follows(account):
            await eventually(partial(room.has, 1, 2, 3), seconds=60)
    big = (await room.house.rows("interactions"))[1]
    assert [(each["name"], each["size"] > 18_000_000) for each in big["attachments"]] == [("big.pdf", True)]


async def test_hundreds_of_old_mails_at_first_sight_make_no_noise(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    old = room.house.clock.now() - timedelta(days=8)
    senders = ("Anna Kern <anna@nordwind.example>", "Götz <goetz@kuehl.example>", "Max <max@firma.example>")
    dovecot.fills(account, 500, lambda number: letter(number, sender=senders[number % 3]), old)
    dovecot.puts(account, letter(501))  # of today
    dovecot.puts(account, letter(502).replace(b"\r\n\r\n", b"\r\nDate: Mon, 1 Jun 2020 10:00:00 +0200\r\n\r\n", 1))
    async with room.follows(account):

        async def are_kept() -> bool:
            return len(await room.house.rows("inbox", channel="email")) == 502

        await eventually(are_kept, seconds=240)
    notices = await room.house.max.hears()
    assert [text for text in notices if "501" not in text] == []


async def test_an_old_mail_that_comes_later_is_news(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    old = room.house.clock.now() - timedelta(days=30)
    dovecot.puts(account, letter(1), old)
    async with room.follows(account):
        await eventually(partial(room.has, 1))
        dovecot.puts(account, letter(2), old)
        await eventually(partial(room.has, 1, 2))
    [told] = await room.house.max.hears()
    assert "Nr. 2" in told


async def test_first_sight_that_was_interrupted_stays_first_sight(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    old = room.house.clock.now() - timedelta(days=8)
    for number in (1, 2):
        dovecot.puts(account, letter(number), old)

    class Breaking(QuickParser):
        async def parse(self, raw: bytes, keys: object = None) -> Mail:
            if b"Nr. 2" in raw:
                raise OSError
            return await super().parse(raw)

    room.parser = Breaking()
    async with room.follows(account, limits=replace(QUICK, batch=1)):
        await eventually(partial(room.has, 1))
    room.parser = QuickParser()
    async with room.follows(account):
        await eventually(partial(room.has, 1, 2))
    assert await room.house.max.hears() == []


async def test_the_folder_of_sent_mail_is_outbound(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account("\\Sent")
    sent = b"From: Max Kern <max@firma.example>\r\nTo: anna@nordwind.example\r\nSubject: Nr. 1\r\n\r\nHere it is.\r\n"
    async with room.follows(account):
        dovecot.puts(replace(account, folder="Sent"), sent)
        await eventually(partial(room.has, 1))
    [interaction] = await room.house.rows("interactions")
    assert (interaction["direction"], interaction["user_id"]) == ("out", room.house.max.user.id)
    assert len(await room.house.rows("interaction_contacts")) == 1
    [cursor] = await room.house.rows("mailboxes")
    assert cursor["folder"] == "Sent"


LOGGED_IN = {
    "LOGIN": "{tag} OK in",
    "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n{tag} OK open",
    "UID SEARCH": "* SEARCH 5\r\n{tag} OK found",
    "UID FETCH 5 (UID RFC822": "* 1 FETCH (UID 5 RFC822.SIZE 40)\r\n{tag} OK",
    "UID FETCH 5 (UID BODY": "* 1 FETCH (BODY[] {36}\r\n"
    "From: a@b.example\r\nSubject: x\r\n\r\nok\r\n UID 5)\r\n{tag} OK",
}


def local(port: int, *, oauth: bool = False, security: Security = "plain") -> Account:
    return Account("127.0.0.1", port, "max@firma.example", "secret", security=security, oauth=oauth)


async def token_for(user: str) -> str:
    return f"token-of-{user}"


async def test_a_users_name_is_quoted() -> None:
    server = ScriptedServer(LOGGED_IN)
    async with server.running() as port:
        account = replace(local(port), user='o"d\\d name')
        async with open_mailbox(account, trusting(""), limits=QUICK):
            pass
    assert any(line.endswith('LOGIN "o\\"d\\\\d name" "secret"') for line in server.heard)


async def test_a_server_without_idle_is_asked_again_and_again(room: Mailroom) -> None:
    server = ScriptedServer(LOGGED_IN)
    async with server.running() as port, room.follows(local(port), limits=QUICK):
        await eventually(lambda: _is_logged(room))
        await eventually(lambda: sum("UID SEARCH" in line for line in server.heard) > 4)


async def _is_logged(room: Mailroom) -> bool:
    return await room.kept() == ["x"]


@pytest.mark.parametrize("initial", [True, False])
async def test_a_token_logs_in(initial: bool) -> None:
    said = "dXNlcj1tYXhAZmlybWEuZXhhbXBsZQFhdXRoPUJlYXJlciB0b2tlbi1vZi1tYXhAZmlybWEuZXhhbXBsZQEB"
    capable = f"* CAPABILITY IMAP4rev1 {'SASL-IR ' if initial else ''}AUTH=XOAUTH2\r\n{{tag}} OK done"
    answers = {"CAPABILITY": capable, "AUTHENTICATE XOAUTH2": "+ ", said: "{tag} OK in"}
    if initial:
        answers[f"AUTHENTICATE XOAUTH2 {said}"] = "{tag} OK in"
    async with (
        ScriptedServer(answers).running() as port,
        open_mailbox(local(port, oauth=True), trusting(""), token=token_for, limits=QUICK),
    ):
        pass


async def test_a_token_that_is_refused_is_said() -> None:
    class Refusing(ScriptedServer):
        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"* OK ready\r\n")
            tag = ""
            while line := await reader.readline():
                tag = line.split()[0].decode() if line.strip() else tag
                if b"CAPABILITY" in line:
                    writer.write(f"* CAPABILITY IMAP4rev1 SASL-IR\r\n{tag} OK done\r\n".encode())
                elif line.strip():
                    writer.write(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
                else:  # the empty line that asks for the outcome
                    writer.write(f"{tag} NO [AUTHENTICATIONFAILED] max@firma.example\r\n".encode())
            writer.close()

    with pytest.raises(LoginRefused, match="the token \\(NO AUTHENTICATIONFAILED\\)"):
        async with (
            Refusing({}).running() as port,
            open_mailbox(local(port, oauth=True), trusting(""), token=token_for, limits=QUICK),
        ):
            pass


async def test_a_token_comes_from_a_command(tmp_path: Path) -> None:
    script = tmp_path / "token"
    script.write_text('#!/bin/sh\necho "t0ken-$RAPPORT_OAUTH_USER"\n')
    script.chmod(0o755)
    assert await access_token(str(script), "max") == "t0ken-max"
    for command in ("false", "/does/not/exist", "echo two words", "true", "'"):
        with pytest.raises(NoToken, match="RAPPORT_OAUTH_COMMAND"):
            await access_token(command, "max")
    with pytest.raises(NoToken, match="within"):
        await access_token("sleep 60", "max", seconds=0.1)


@pytest.mark.parametrize(
    ("server", "why"),
    [
        (ScriptedServer({}, greeting="* BYE too busy"), "lost"),
        (ScriptedServer({}, greeting="* PREAUTH welcome"), "before the connection is encrypted"),
        (ScriptedServer({"STARTTLS": "{tag} BAD no"}), "no STARTTLS"),
        (ScriptedServer({"STARTTLS": "{tag} OK go\r\n* CAPABILITY EVIL..."}), "in clear after STARTTLS"),
    ],
)
async def test_encryption_is_never_given_up(server: ScriptedServer, why: str) -> None:
    async with server.running() as port:
        with pytest.raises(MailboxTrouble, match=why):
            async with open_mailbox(local(port, security="starttls"), trusting(""), limits=QUICK):
                pass
    assert not any("LOGIN" in line or "AUTHENTICATE" in line for line in server.heard)


async def test_a_mail_that_the_server_never_hands_out_stops_no_other(
    room: Mailroom, caplog: pytest.LogCaptureFixture
) -> None:
    server = ScriptedServer(
        {
            **LOGGED_IN,
            "UID SEARCH": "* SEARCH 4 5\r\n{tag} OK found",
            "UID SEARCH UID 6": "* SEARCH 5\r\n{tag} OK found",
            "UID FETCH 4,5 (UID RFC822": "* 1 FETCH (UID 4 RFC822.SIZE 40)\r\n"
            "* 2 FETCH (UID 5 RFC822.SIZE 40)\r\n{tag} OK",
            "UID FETCH 4,5 (UID BODY": "{tag} NO [SERVERBUG] sorry",
            "UID FETCH 4 (UID BODY": "{tag} NO [SERVERBUG] sorry",
        }
    )
    with caplog.at_level(logging.ERROR):
        async with server.running() as port, room.follows(local(port), limits=QUICK):
            await eventually(lambda: _is_logged(room))
    assert "doesn't hand out mail 4" in caplog.text
    [cursor] = await room.house.rows("mailboxes")
    assert cursor["last_uid"] == 5


async def test_growth_that_is_told_amid_another_answer_is_not_missed() -> None:
    server = ScriptedServer(
        {
            **LOGGED_IN,
            "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done",
            "UID SEARCH": "* SEARCH\r\n* 2 EXISTS\r\n{tag} OK",
        }
    )
    async with server.running() as port, open_mailbox(local(port), trusting(""), limits=Limits()) as mailbox:
        await mailbox.select("INBOX")
        assert await mailbox.uids_after(5) == []
        async with asyncio.timeout(5):
            await mailbox.wait_for_news()
