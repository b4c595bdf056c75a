"""Follows an IMAP folder: what arrives there is kept, and the folder's cursor moves with it, in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.flow import Flow
from bot.mail_in import MailIn
from mail.account import Account
from mail.digest import content_digest
from mail.errors import MailUnreadable
from mail.imap import MOST_HEADS, MOST_MAILS, Head, Limits, Mailbox, Refused, open_mailbox
from mail.tls import trusting
from storage.clock import Clock
from storage.database import Database
from storage.mailboxes import Cursor, cursor_of, move_cursor, start_cursor
from storage.messages import InboundMessage

log = logging.getLogger("rapport.imap")

_OLD = timedelta(days=7)  # what is older when a folder is first seen is history
_REFUSALS = 3  # after so many the server won't ever hand a mail out


class FolderFollower:
    """Follows one folder of one account; `number` is its place in RAPPORT_IMAP, which is what logs call it."""

    def __init__(
        self,
        number: int,
        account: Account,
        *,
        taking: MailIn,
        flow: Flow,
        database: Database,
        clock: Clock,
        ca: str = "",
        token: Callable[[str], Awaitable[str]] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._number = number
        self._account = account
        self._taking = taking
        self._flow = flow
        self._database = database
        self._clock = clock
        self._ca = ca
        self._token = token
        self._limits = limits or Limits()
        self._refused: Counter[int] = Counter()
        self._is_sent = False

    async def follow(self) -> None:
        """Keeps what is there and what comes, until it is cancelled. Raises MailboxTrouble: to be begun again."""
        tls = await asyncio.to_thread(trusting, self._ca)
        async with open_mailbox(self._account, tls, token=self._token, limits=self._limits) as mailbox:
            folder = await mailbox.find(self._account.folder)
            self._is_sent = await mailbox.is_sent(folder)
            cursor = await self._begin(mailbox, folder)
            log.info("mailbox %d: followed from %d", self._number, cursor.last_uid)
            while True:
                cursor = await self._catch_up(mailbox, cursor)
                if not await mailbox.wait_for_news():
                    # A folder that was made anew meanwhile may look empty for ever in a session that knew the old one.
                    cursor = await self._begin(mailbox, folder)

    async def _begin(self, mailbox: Mailbox, folder: str) -> Cursor:
        """The folder's place; of one that is new, or whose UIDs mean other mail now, its beginning."""
        uidvalidity = await mailbox.select(folder)
        account = self._account.name
        known = await self._database.read(lambda connection: cursor_of(connection, account, folder))
        if known is not None and known.uidvalidity == uidvalidity:
            return known
        present = await mailbox.uids_after(0)
        log.info("mailbox %d: seen for the first time, with %d mails", self._number, len(present))
        found_to, found_at = max(present, default=0), self._clock.now()

        def work(connection: Connection) -> Cursor:
            return start_cursor(connection, account, folder, uidvalidity=uidvalidity, found_to=found_to, at=found_at)

        return await self._database.write(work)

    async def _catch_up(self, mailbox: Mailbox, cursor: Cursor) -> Cursor:
        """Keeps all that is above the cursor; the cursor where it then is."""
        while uids := await mailbox.uids_after(cursor.last_uid):
            for start in range(0, len(uids), MOST_HEADS):
                some = uids[start : start + MOST_HEADS]
                for heads in in_batches(await mailbox.heads(some), self._limits.batch):
                    cursor = await self._keep(await self._fetch(mailbox, heads), heads, cursor)
                cursor = await self._move(cursor, some[-1])  # past those that have gone meanwhile
        return cursor

    async def _fetch(self, mailbox: Mailbox, heads: Sequence[Head]) -> dict[int, bytes]:
        """The raw mails. What the server refuses is asked for one by one, so that one bad mail stops no others.

        A mail is passed over when others were handed out and it was refused again and again. Raises Refused before.
        """
        try:
            return await _fetched(mailbox, heads)
        except Refused as error:
            refusal = error
        mails: dict[int, bytes] = {}
        refused: list[int] = []
        for head in heads:
            try:
                mails |= await _fetched(mailbox, [head])
            except Refused:
                refused.append(head.uid)
        self._refused.update(refused)
        if refused and (not mails or min(self._refused[uid] for uid in refused) < _REFUSALS):
            raise refusal
        for uid in refused:
            log.error("mailbox %d: the server doesn't hand out mail %d: passed over", self._number, uid)
        return mails

    async def _keep(self, mails: dict[int, bytes], heads: Sequence[Head], cursor: Cursor) -> Cursor:
        """Keeps a batch and moves the cursor past it, in one transaction."""
        await self._flow.wait_for_room()
        here = [head for head in heads if head.uid in mails]
        preparing = [asyncio.ensure_future(self._prepare(mails[head.uid], head, cursor)) for head in here]
        try:
            prepared = await asyncio.gather(*preparing)  # one is packed while the next is parsed
        finally:
            for each in preparing:
                each.cancel()
        ready = [each for each in prepared if each is not None]
        last = heads[-1].uid
        await self._flow.keep_all(ready, also=partial(move_cursor, cursor_id=cursor.id, last_uid=last))
        log.info("mailbox %d: %d mails kept, up to %d", self._number, len(ready), last)
        return replace(cursor, last_uid=last)

    async def _prepare(self, raw: bytes, head: Head, cursor: Cursor) -> tuple[InboundMessage, bytes] | None:
        try:
            message, packed = await self._taking.prepare(raw)
        except MailUnreadable as error:
            log.warning("mailbox %d: mail %d can't be taken: %s", self._number, head.uid, error)
            return None
        if len(raw) < head.size and len(raw) >= self._limits.biggest:
            log.warning("mailbox %d: mail %d is too big: its end isn't kept", self._number, head.uid)
        message = replace(message, silent=is_history(message, head, cursor))
        return (as_sent(message) if self._is_sent else message), packed

    async def _move(self, cursor: Cursor, last_uid: int) -> Cursor:
        if last_uid > cursor.last_uid:
            await self._database.write(partial(move_cursor, cursor_id=cursor.id, last_uid=last_uid))
        return replace(cursor, last_uid=last_uid)


async def _fetched(mailbox: Mailbox, heads: Sequence[Head]) -> dict[int, bytes]:
    mails = await mailbox.fetch(heads)
    missing = [head.uid for head in heads if head.uid not in mails]
    if missing and await mailbox.heads(missing):  # it hasn't gone
        raise Refused("a mail is missing in the answer")
    return mails


def in_batches(heads: Sequence[Head], most: int) -> Iterator[list[Head]]:
    """Parts of at most MOST_MAILS mails and about so many bytes; a mail that is bigger goes alone."""
    batch: list[Head] = []
    size = 0
    for head in heads:
        if batch and (len(batch) == MOST_MAILS or size + head.size > most):
            yield batch
            batch, size = [], 0
        batch.append(head)
        size += head.size
    if batch:
        yield batch


def as_sent(message: InboundMessage) -> InboundMessage:
    """Mail in the folder of sent mail: whoever put it there had logged in, so a member's From is the member's own.

    It is what they wrote to its recipients and says nothing to Rapport, not even when it is a forward, and nobody is
    told of it. Another route's copy of the same mail may say something: so it isn't the same message to the inbox.
    """
    mail = message.mail
    if mail is not None and mail.original is not None:
        mail = replace(mail, original=None, comment="", digest=content_digest(mail.outer, None))
    waits = not message.silent
    return replace(message, external_id=f"sent:{message.external_id}", mail=mail, silent=True, archived=waits)


def is_history(message: InboundMessage, head: Head, cursor: Cursor) -> bool:
    """Was the mail there when the folder was first seen, and old by then: by its arrival, or by its own date?"""
    if head.uid > cursor.found_to:
        return False
    written = message.mail.outer.date if message.mail is not None else None
    moments: list[datetime] = [each for each in (head.received, written) if each is not None]
    return any(_aware(each) < cursor.found_at - _OLD for each in moments)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
