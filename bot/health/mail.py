"""Mail: the drop, the mailboxes, the server that it is sent by, and whose word proves a sender."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from contextlib import closing

from bot.health.authserv import Authservs, examine_authserv
from bot.health.check import Check, fail, ok, warn
from bot.health.facts import Facts
from bot.health.network import OTHER_PORT, told
from bot.settings import ADDRESS, Settings
from mail.account import Account
from mail.server import MailServer

_SECONDS = 15.0


async def examine_mail(settings: Settings, facts: Facts | None) -> list[Check]:
    """Every way that mail goes, each tried."""
    drop, smtp, (mailboxes, seen) = await asyncio.gather(
        _drop(settings),
        examine_server(settings.smtp, settings.team.address, ca=settings.tls_ca),
        examine_mailboxes(settings.imap, ca=settings.tls_ca, oauth_command=settings.oauth_command),
    )
    if facts is not None:
        seen += facts.authservs
    return [*_address(settings), drop, smtp, *mailboxes, examine_authserv(settings.authserv, seen, dkim=settings.dkim)]


def _address(settings: Settings) -> list[Check]:
    if settings.team.address != ADDRESS:
        return [ok("address", settings.team.address)]
    if settings.drop is None and not settings.imap and settings.smtp is None:
        return []
    todo = "set RAPPORT_MAIL_FROM to the CRM's own address, for example crm@example.com"
    return [warn("address", f"RAPPORT_MAIL_FROM isn't set: {ADDRESS} is taken", todo)]


async def _drop(settings: Settings) -> Check:
    if settings.drop is None:
        return ok("drop", "off")
    host, port = settings.drop
    place = f"{host}:{port}"
    taken = fail("drop", f"another program listens at {place}", "stop it, or set RAPPORT_DROP to another port")
    try:
        async with asyncio.timeout(_SECONDS):
            answers = await _converse(host.strip("[]"), port, settings.team.address)
    except ConnectionRefusedError:
        return _free(host.strip("[]"), port)
    except TimeoutError:
        return taken
    except OSError as error:
        what, todo = told(error)
        return fail("drop", f"{place}: {what}", todo)
    if [answer[:3] for answer in answers] == ["220", "250", "250", "250"]:
        return ok("drop", f"{place} takes mail for {settings.team.address}")
    return taken


async def _converse(host: str, port: int, recipient: str) -> list[str]:
    """The answers up to RCPT TO; no mail is handed over."""
    reader, writer = await asyncio.open_connection(host, port)
    answers = []
    try:
        for said in ("", "HELO doctor", "MAIL FROM:<>", f"RCPT TO:<{recipient}>"):
            if said:
                writer.write(f"{said}\r\n".encode())
            line = await reader.readline()
            answers.append(line.decode(errors="replace"))
            if not line.startswith((b"220", b"250")):
                break
        writer.write(b"QUIT\r\n")
        await writer.drain()
    except ValueError:  # no line within the reader's limit
        answers.append("")
    finally:
        writer.close()
    return answers


def _free(host: str, port: int) -> Check:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with closing(socket.socket(family)) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        if error.errno == errno.EACCES:
            return fail("drop", f"port {port} isn't allowed: only root may listen below 1024", "set RAPPORT_DROP")
        return fail("drop", f"{host}:{port} can't be listened at", "set RAPPORT_DROP to another address, or off")
    return ok("drop", f"{host}:{port} is free", "mail is taken there while `rapport run` works")


async def examine_mailboxes(
    accounts: Sequence[Account], *, ca: str = "", oauth_command: str = ""
) -> tuple[list[Check], Authservs]:
    """Each folder of RAPPORT_IMAP, and whose word the mails there carry."""
    if not accounts:
        return [ok("imap", "off: no RAPPORT_IMAP")], Authservs()
    from bot.health.mailbox import examine_mailbox

    names = ["imap"] if len(accounts) == 1 else [f"imap {number}" for number in range(1, len(accounts) + 1)]
    found = await asyncio.gather(
        *(
            examine_mailbox(account, name=name, ca=ca, oauth_command=oauth_command)
            for account, name in zip(accounts, names, strict=True)
        )
    )
    return [check for check, _ in found], sum((seen for _, seen in found), Authservs())


async def examine_server(server: MailServer | None, address: str, *, ca: str = "") -> Check:
    """The server that mail is handed to: logs in, and sends nothing. `address` is the CRM's own."""
    if server is None:
        return ok("smtp", "off: no RAPPORT_SMTP", "without it, members without Telegram hear only at the console")
    from mail.submission import Submission
    from storage.outbox import Never, NotNow

    place = f"{server.host}:{server.port}"
    hello = address.rpartition("@")[2].encode("idna").decode()
    try:
        async with Submission(server, hello=hello, ca=ca, seconds=_SECONDS) as submission:
            await submission.greet()
    except (NotNow, Never, OSError) as error:
        said = str(error)
        if " 53" in said:
            todo = "is it an app password? See docs/running.md"
            return fail("smtp", f"{place} refuses the user or the password", todo)
        what, todo = told(error)
        if "doesn't offer" in said:
            what, todo = "it offers no STARTTLS, or no login", OTHER_PORT
        elif not isinstance(error, OSError) and what.startswith("it can't be reached"):
            what, todo = said, "try again in some minutes" if " said 4" in said else "check RAPPORT_SMTP"
        return fail("smtp", f"{place}: {what}", todo)
    return ok("smtp", f"{place}: logged in" if server.user else f"{place}: answers, without a login")
