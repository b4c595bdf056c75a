"""Mail: the drop, the mailboxes, the server that it is sent by, and whose word proves a sender."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import closing
from functools import partial

from bot.health.check import Check, fail, ok, warn
from bot.health.facts import Facts
from bot.health.network import told
from bot.settings import ADDRESS, Settings
from mail.account import Account
from storage.errors import RapportError

_SECONDS = 15.0


async def examine_mail(settings: Settings, facts: Facts | None) -> list[Check]:
    """Every way that mail goes, each tried."""
    asked = [_drop(settings), _smtp(settings)]
    asked += [_mailbox(settings, account, number) for number, account in enumerate(settings.imap, 1)]
    checks = await asyncio.gather(*asked)
    if not settings.imap:
        checks.append(ok("imap", "off: no RAPPORT_IMAP"))
    return [*_address(settings), *checks, *_authserv(settings, facts)]


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


async def _mailbox(settings: Settings, account: Account, number: int) -> Check:
    from mail.imap import Limits, LoginRefused, NoFolder, open_mailbox
    from mail.oauth import NoToken, access_token
    from mail.tls import trusting

    name = f"imap {number}" if len(settings.imap) > 1 else "imap"
    place = f"{account.host}:{account.port}"
    limits = Limits(connect=_SECONDS, answer=_SECONDS)
    try:
        tls = await asyncio.to_thread(trusting, settings.tls_ca)
        async with open_mailbox(
            account, tls, token=partial(access_token, settings.oauth_command), limits=limits
        ) as mailbox:
            await mailbox.select(await mailbox.find(account.folder))
    except LoginRefused:
        todo = (
            "is it an app password, is IMAP switched on in the mailbox? See docs/running.md. A running Rapport tries "
            "again within 15 minutes, and at once when it is started anew"
        )
        return fail(name, f"{place} refuses the user or the password", todo)
    except NoFolder:
        return fail(name, f"{place} has no such folder as RAPPORT_IMAP names", "INBOX is there always")
    except NoToken as error:
        return fail(name, str(error), "run RAPPORT_OAUTH_COMMAND by hand")
    except (RapportError, OSError) as error:
        what, todo = told(error)
        if isinstance(error, RapportError) and error.__cause__ is None:
            what = str(error).rstrip(".")
        return fail(name, f"{place}: {what}", todo)
    return ok(name, f"{place}: logged in, the folder is there")


async def _smtp(settings: Settings) -> Check:
    if settings.smtp is None:
        return ok("smtp", "off: no RAPPORT_SMTP", "without it, members without Telegram hear only at the console")
    from mail.submission import Submission
    from storage.outbox import Never, NotNow

    place = f"{settings.smtp.host}:{settings.smtp.port}"
    hello = settings.team.address.rpartition("@")[2].encode("idna").decode()
    try:
        async with Submission(settings.smtp, hello=hello, ca=settings.tls_ca, seconds=_SECONDS) as submission:
            await submission.greet()
    except (NotNow, Never, OSError) as error:
        said = str(error)
        if " 53" in said:
            return fail(
                "smtp", f"{place} refuses the user or the password", "is it an app password? See docs/running.md"
            )
        what, todo = told(error)
        if not isinstance(error, OSError) and what.startswith("it can't be reached"):
            what, todo = said, "check RAPPORT_SMTP"
        return fail("smtp", f"{place}: {what}", todo)
    return ok("smtp", f"{place}: logged in")


def _authserv(settings: Settings, facts: Facts | None) -> list[Check]:
    seen = facts.authservs if facts else ()
    ours = ", ".join(sorted(settings.authserv))
    if not settings.authserv:
        if seen:
            most = seen[0][0]
            todo = f"if {most} is your mail server, set RAPPORT_AUTHSERV={most}: then nobody need confirm their mails"
            return [
                warn("authserv", f"RAPPORT_AUTHSERV isn't set, so no mail proves its sender; seen most: {most}", todo)
            ]
        if facts is not None and facts.mails:
            todo = "let your mail server write Authentication-Results, and set RAPPORT_AUTHSERV to its name"
            return [warn("authserv", "RAPPORT_AUTHSERV isn't set, so no mail proves its sender", todo)]
        return [ok("authserv", "RAPPORT_AUTHSERV isn't set; no mail has come yet")]
    if seen and not any(name in settings.authserv for name, _ in seen):
        todo = f"set RAPPORT_AUTHSERV to the name that your mail server writes, if that is {seen[0][0]}"
        return [warn("authserv", f"{ours} is believed, but the mails carry {seen[0][0]}", todo)]
    return [ok("authserv", ours)]
