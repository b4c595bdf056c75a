"""What `rapport doctor` and `rapport init` say of a real mailbox (Dovecot) and a real mail server, right and wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.health.check import Check
from bot.health.mail import examine_mail
from bot.settings import load_settings
from mail.account import Account
from tests.commands.test_init import terminal
from tests.fakes.mail_server import PASSWORD, USER, Certificates, FakeMailServer, make_certificates
from tests.mail.conftest import dovecot as dovecot  # the same server for all tests of mail
from tests.mail.dovecot import Dovecot, ScriptedServer

SECRET = "wr0ng-w0rd"
ACCOUNT = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


def mail(authserv: str = "") -> bytes:
    """A mail as a mailbox holds it, checked by that server."""
    checked = f"Authentication-Results: {authserv}; dkim=pass header.d=firma.example\r\n" if authserv else ""
    below = "Authentication-Results: forged.example; dmarc=pass\r\n"
    return f"{checked}{below if authserv else ''}From: max@firma.example\r\nSubject: hi\r\n\r\nHello\r\n".encode()


def url(account: Account, *, scheme: str = "imaps", host: str = "localhost") -> str:
    """RAPPORT_IMAP for it."""
    folder = quote(account.folder, safe="")
    return f"{scheme}://{account.user}:{quote(account.password, safe='')}@{host}:{account.port}/{folder}"


async def found(folder: Path, **values: str) -> dict[str, Check]:
    """What is found about mail."""
    settings = {f"RAPPORT_{name.upper()}": value for name, value in ({"drop": "off"} | values).items()}
    checks = await examine_mail(load_settings({"RAPPORT_DATABASE": str(folder / "no.db"), **settings}, folder), None)
    assert SECRET not in repr(checks)
    return {check.name: check for check in checks}


async def test_a_mailbox_that_can_be_followed(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account()
    for name in ("mx.firma.example", "mx.firma.example", ""):
        dovecot.puts(account, mail(name))
    checks = await found(tmp_path, imap=url(account), tls_ca=dovecot.ca)
    place = f"localhost:{account.port}"
    assert (checks["imap"].status, checks["imap"].todo) == ("ok", "")
    assert checks["imap"].what == f'{place}: logged in, "INBOX" has 3 mails; new mail is noticed at once'
    assert checks["authserv"].status == "warn"
    assert "set RAPPORT_AUTHSERV=mx.firma.example" in checks["authserv"].todo
    assert "if mx.firma.example is your own" in checks["authserv"].todo


@pytest.mark.parametrize(
    ("authserv", "in_mails", "status", "what"),
    [
        ("mx.firma.example", "mx.firma.example", "ok", "mx.firma.example, in 2 of 2 mails"),
        ("mx.firma.example", "mx.other.example", "warn", "is believed, but the mails carry mx.other.example"),
        ("mx.firma.example", "", "warn", "mx.firma.example is believed, but vouches for none of 2 mails"),
        ("", "", "warn", "RAPPORT_AUTHSERV isn't set, and no server vouches for 2 mails"),
    ],
)
async def test_does_the_word_that_is_believed_fit_the_mails(
    tmp_path: Path, dovecot: Dovecot, authserv: str, in_mails: str, status: str, what: str
) -> None:
    account = dovecot.account()
    for _ in range(2):
        dovecot.puts(account, mail(in_mails))
    check = (await found(tmp_path, imap=url(account), tls_ca=dovecot.ca, authserv=authserv))["authserv"]
    assert (check.status, what in check.what, bool(check.todo)) == (status, True, status == "warn"), check


async def test_an_empty_mailbox_and_the_folder_of_sent_mail(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account()
    sent = replace(account, folder="\\Sent")
    checks = await found(tmp_path, imap=f"{url(account)} {url(sent)}", tls_ca=dovecot.ca, authserv="mx.firma.example")
    assert '"INBOX" has 0 mails' in checks["imap 1"].what
    assert '"Sent" (sent mail) has 0 mails' in checks["imap 2"].what
    assert checks["authserv"].what == "mx.firma.example; no mail has come yet"


async def test_starttls_is_tried_as_it_is_set(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account(security="starttls")
    checks = await found(tmp_path, imap=url(account, scheme="imap+starttls"), tls_ca=dovecot.ca)
    assert checks["imap"].status == "ok"


async def test_a_wrong_password_and_a_wrong_folder(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account()
    wrong = (await found(tmp_path, imap=url(replace(account, password=SECRET)), tls_ca=dovecot.ca))["imap"]
    assert (wrong.status, "refuses the user or the password" in wrong.what) == ("fail", True)
    assert "app password" in wrong.todo
    lost = (await found(tmp_path, imap=url(replace(account, folder="CRM/Neu")), tls_ca=dovecot.ca))["imap"]
    assert (lost.status, lost.what) == (
        "fail",
        f'localhost:{account.port}: logged in, but the folder "CRM/Neu" isn\'t there',
    )
    assert lost.todo == "name one that is there, percent-encoded: INBOX, Sent"


async def test_a_certificate_that_is_not_trusted_or_of_another_name(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account()
    unknown = (await found(tmp_path, imap=url(account)))["imap"]
    assert (unknown.status, "its certificate isn't trusted" in unknown.what) == ("fail", True)
    assert "RAPPORT_TLS_CA" in unknown.todo
    other = (await found(tmp_path, imap=url(account, host="127.1"), tls_ca=dovecot.ca))["imap"]
    assert (other.status, "is for another name" in other.what) == ("fail", True)


async def test_tls_where_none_is_spoken(tmp_path: Path, dovecot: Dovecot) -> None:
    account = replace(dovecot.account(), port=dovecot.port("plain"))
    check = (await found(tmp_path, imap=url(account), tls_ca=dovecot.ca))["imap"]
    assert (check.status, "no TLS at that port" in check.what) == ("fail", True)


async def test_a_server_that_tells_nothing_by_itself(tmp_path: Path) -> None:
    answers = {
        "LOGIN": "{tag} OK in",
        "SELECT": "* OK [UIDVALIDITY 7] ok\r\n{tag} OK done",
        "UID SEARCH": "* SEARCH\r\n{tag} OK done",
        "LIST": '* LIST () "/" INBOX\r\n{tag} OK done',
    }
    async with ScriptedServer(answers).running() as port:
        check = (await found(tmp_path, imap=f"imap://max:pw@127.0.0.1:{port}"))["imap"]
    assert check.what.endswith("new mail is looked for every 30 s")


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    folder = tmp_path / "ca"
    folder.mkdir()
    return make_certificates(folder)


async def test_a_mail_server_that_takes_the_login(tmp_path: Path, certificates: Certificates) -> None:
    for security in ("tls", "starttls"):
        async with FakeMailServer(security=security, tls=certificates) as server:
            checks = await found(tmp_path, smtp=server.setting, tls_ca=certificates.ca, mail_from="crm@firma.example")
            assert (checks["smtp"].status, checks["smtp"].what) == ("ok", f"127.0.0.1:{server.port}: logged in")
            assert server.mails == [], "nothing is sent"
    async with FakeMailServer() as server:
        assert "answers, without a login" in (await found(tmp_path, smtp=server.setting))["smtp"].what


async def test_what_a_mail_server_refuses(tmp_path: Path, certificates: Certificates) -> None:
    async with FakeMailServer(security="tls", tls=certificates) as server:
        wrong = server.setting.replace(ACCOUNT, f"crm%40firma.example:{SECRET}")
        check = (await found(tmp_path, smtp=wrong, tls_ca=certificates.ca))["smtp"]
        assert (check.status, "refuses the user or the password" in check.what) == ("fail", True)
        check = (await found(tmp_path, smtp=server.setting))["smtp"]
        assert (check.status, "certificate isn't trusted" in check.what) == ("fail", True)
        assert "RAPPORT_TLS_CA" in check.todo

        server.will("greeting", "421 busy")
        check = (await found(tmp_path, smtp=server.setting, tls_ca=certificates.ca))["smtp"]
        assert (check.status, "421" in check.what, check.todo) == ("fail", True, "try again in some minutes"), check
    async with FakeMailServer() as server:
        check = (await found(tmp_path, smtp=f"smtps://{ACCOUNT}@127.0.0.1:{server.port}"))["smtp"]
        assert (check.status, "no TLS at that port" in check.what) == ("fail", True), check
        clear = f"smtp+starttls://{ACCOUNT}@127.0.0.1:{server.port}"
        check = (await found(tmp_path, smtp=clear))["smtp"]
        assert (check.status, "no STARTTLS" in check.what, "465" in check.todo) == ("fail", True, True), check


@contextmanager
def remote(server: FakeMailServer) -> Iterator[FakeMailServer]:
    """A mail server whose loop runs in a thread of its own, for tests that wait."""
    import threading

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        yield server
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_first_set_up_tries_mailbox_and_server_at_once(
    tmp_path: Path, dovecot: Dovecot, certificates: Certificates
) -> None:
    account = dovecot.account()
    dovecot.puts(account, mail("mx.firma.example"))
    both = tmp_path / "both.pem"
    both.write_text(Path(dovecot.ca).read_text() + Path(certificates.ca).read_text())
    with (
        remote(FakeMailServer(security="tls", tls=certificates)) as server,
        terminal(tmp_path, "init", tls_ca=str(both), drop="off") as at,
    ):
        at.asks("Your name", "Max Kern")
        for question in ("Language", "Time zone", "Country", "Bot token"):
            at.asks(question, "")
        at.asks("mail address", "crm@firma.example")
        at.asks("Its mailbox", url(replace(account, password=SECRET)))
        at.says("refuses the user or the password")
        at.asks("all the same?", "n")
        at.asks("Its mailbox", url(account))
        at.says('"INBOX" has 1 mail;')
        at.asks("for sending", server.setting.replace(ACCOUNT, f"crm%40firma.example:{SECRET}"))
        at.says("refuses the user or the password")
        at.asks("all the same?", "")
        at.asks("for sending", server.setting)
        at.says("logged in")
        at.says("carry the word of mx.firma.example")
        at.asks("Authentication-Results", "mx.firma.example")
        assert at.ends() == 0, at.seen
    assert SECRET not in at.seen
    written = (tmp_path / "rapport.toml").read_text(encoding="utf-8")
    assert SECRET not in written
    assert url(account) in written
    assert "ok    imap: " in at.seen
    assert "ok    authserv: mx.firma.example" in at.seen
