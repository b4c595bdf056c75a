"""A mailbox of RAPPORT_IMAP, tried: login, folder, how new mail is noticed, and whose word its mails carry."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.health.authserv import Authservs, count_authservs
from bot.health.check import Check, fail, ok
from bot.health.network import told
from mail.account import Account
from mail.imap import Limits, LoginRefused, Mailbox, NoFolder, open_mailbox
from mail.oauth import NoToken, access_token
from mail.tls import trusting
from storage.errors import RapportError

_SECONDS = 15.0
_NEWEST = 50  # mails whose checks are looked at
_MOST_NAMES = 8  # folders that are named
_NONE = Authservs()


async def examine_mailbox(
    account: Account, *, name: str = "imap", ca: str = "", oauth_command: str = ""
) -> tuple[Check, Authservs]:
    """Logs in and looks, changing nothing."""
    place = f"{account.host}:{account.port}"
    token = partial(access_token, oauth_command)
    try:
        tls = await asyncio.to_thread(trusting, ca)
        limits = Limits(connect=_SECONDS, answer=_SECONDS)
        async with open_mailbox(account, tls, token=token, limits=limits) as mailbox:
            try:
                folder = await mailbox.find(account.folder)
                await mailbox.select(folder)
            except NoFolder:
                return fail(
                    name, f"{place}: logged in, but {_quoted(account)} isn't there", await _others(mailbox)
                ), _NONE
            count, seen = await _look(mailbox)
            sent = await mailbox.is_sent(folder)
    except LoginRefused:
        todo = (
            "is it an app password, is IMAP switched on in the mailbox? See docs/running.md. A running Rapport tries "
            "again within 15 minutes, at once when it is started anew"
        )
        return fail(name, f"{place} refuses the user or the password", todo), _NONE
    except NoToken as error:
        return fail(name, str(error), "run RAPPORT_OAUTH_COMMAND by hand"), _NONE
    except (RapportError, OSError) as error:
        what, todo = told(error)
        if isinstance(error, RapportError) and error.__cause__ is None:
            what = str(error).rstrip(".")
        return fail(name, f"{place}: {what}", todo), _NONE
    mails = "1 mail" if count == 1 else f"{count} mails"
    kind = " (sent mail)" if sent else ""
    notice = "new mail is noticed at once" if mailbox.can_idle else f"new mail is looked for every {Limits().poll:g} s"
    return ok(name, f'{place}: logged in, "{folder}"{kind} has {mails}; {notice}'), _NONE if sent else seen


async def _look(mailbox: Mailbox) -> tuple[int, Authservs]:
    """How many mails are there, and whose word the newest carry."""
    uids = await mailbox.uids_after(0)
    return len(uids), count_authservs(await mailbox.results(uids[-_NEWEST:]) if uids else ())


def _quoted(account: Account) -> str:
    return "a folder for sent mail" if account.folder.lower() == "\\sent" else f'the folder "{account.folder}"'


async def _others(mailbox: Mailbox) -> str:
    names = sorted(folder.name for folder in await mailbox.folders() if "\\noselect" not in folder.uses)
    more = ", ..." if len(names) > _MOST_NAMES else ""
    return f"name one that is there, percent-encoded: {', '.join(names[:_MOST_NAMES])}{more}"
