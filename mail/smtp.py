"""Mail's way out: what Rapport says goes to the team's own addresses, a letter to whom its author's tap released it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from functools import partial
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from mail.digest import content_digest
from mail.enclosure import read_enclosure
from mail.errors import NoSuchPart
from mail.render import Envelope, Personal, domain_of, enclose, on_the_wire, render_letter, render_mail
from mail.server import MailServer
from mail.submission import Submission
from storage.clock import Clock
from storage.database import Database
from storage.letters import WrittenLetter, mark_going, released_letter
from storage.messages import Address, FileRef, Letter, Mail, OutgoingMessage, Span
from storage.outbox import Carrier, Never, Unknown
from storage.sent import answered_mail, mail_id
from storage.users import User, user_by_id

_ENCLOSED = 15_000_000  # bytes of a file that goes with a mail: a third more on the wire, and many servers take 25 MB
_BIG = 100_000  # characters: what is longer is made into bytes in a thread
_LONGEST_DOUBT = 6 * 60 * 60.0  # seconds between two tries while nobody knows whether the last one arrived


class MailFace:
    """Sends to the team's own addresses, and a letter that a tap released to its contact; to nobody else."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        database: Database,
        clock: Clock,
        *,
        ca: str = "",
        beside_telegram: bool = False,
        seconds: float = 15,
    ) -> None:
        self._sender = on_the_wire(sender)
        self._address = sender
        self._domain = domain_of(sender)
        self._database = database
        self._clock = clock
        self._beside_telegram = beside_telegram
        self._submission = Submission(server, hello=self._domain, ca=ca, seconds=seconds)

    async def __aenter__(self) -> Self:
        await self._submission.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._submission.__aexit__(kind, error, trace)

    @property
    def carrier(self) -> Carrier:
        """The pushes to users who have an address and, beside Telegram, no chat."""
        return Carrier("email", beside_telegram=self._beside_telegram)

    async def deliver(self, message: OutgoingMessage) -> str:
        """Sends one message and gives its Message-ID. Raises NotNow or Never.

        When nobody knows whether it was taken it is sent again, by the same Message-ID, less and less often.
        """
        if message.reply.kind == "letter":
            return await self._deliver_letter(message)
        user, answers = await self._database.read(lambda connection: _look_up(connection, message))
        if user is None or not user.email:
            raise Never("its user has no mail address")
        reference = f"<{mail_id(message.id, message.key, message.reply)}@{self._domain}>"
        envelope = Envelope(self._sender, Address(user.name, user.email), reference, self._clock.wall(), answers)
        file, content = message.reply.file, await self._content(message.reply.file)
        if file is not None and content is None:
            message = replace(message, reply=replace(message.reply, spans=(Span(file.otherwise or file.name),)))
        try:
            recipient, mail = on_the_wire(user.email), render_mail(message, envelope)
        except ValueError as error:
            raise Never("its user's address can't be written to") from error
        if file is not None and content is not None:
            await asyncio.to_thread(enclose, mail, file, content)
        octets = await _flattened(mail, len(message.reply.text) + len(content or b""))
        try:
            refused = await self._submission.send(self._sender, [recipient], octets)
        except Unknown as error:
            error.wait = min(2.0 ** min(message.attempts, 20), _LONGEST_DOUBT)
            raise
        if recipient in refused:
            raise refused[recipient]
        return reference

    async def _content(self, file: FileRef | None) -> bytes | None:
        """The bytes of a file that is to go with the words; None when it is gone, or too big for a mail."""
        if file is None or file.size > _ENCLOSED:
            return None
        try:
            content = await read_enclosure(self._database, file)
        except NoSuchPart:
            return None
        return content if len(content) <= _ENCLOSED else None

    async def _deliver_letter(self, message: OutgoingMessage) -> str:
        """Sends a user's letter to its contact, once: what isn't certain to have failed is never tried again.

        Raises Unknown when nobody knows whether it went. That it's being handed over is written down before.
        """
        letter, user = await self._database.read(lambda connection: _released(connection, message))
        if letter is None or user is None or letter.state not in ("queued", "going"):
            raise Never("no tap of a member released it")
        if letter.state == "going":
            raise Unknown("the program stopped while it was handed over")
        own, ours = Address(user.name, user.email), Address(user.name, self._address)
        as_user = bool(user.email) and user.email.rpartition("@")[2] == self._address.rpartition("@")[2].lower()
        personal = Personal(
            sender=own if as_user else ours,
            to=Address("", letter.address),
            reply_to=ours if as_user else None,
            subject=letter.subject,
            text=message.reply.text,
            message_id=letter.message_id,
            date=self._clock.wall(),
            thread=tuple(letter.thread.split()),
        )
        try:
            recipient, mail = on_the_wire(letter.address), render_letter(personal)
        except ValueError as error:
            raise Never("the address can't be written to", "5.1.3") from error
        octets = await _flattened(mail, len(personal.text))
        digest = content_digest(Letter(personal.sender, subject=personal.subject, body=personal.text), None)

        async def begin() -> None:
            mark = partial(mark_going, letter_id=letter.id, digest=digest.partition("-")[0])
            if not await self._database.write(mark):
                raise Never("it was taken back")

        refused = await self._submission.send(self._sender, [recipient], octets, begin)
        if recipient in refused:
            raise refused[recipient]
        return letter.message_id


def _released(connection: Connection, message: OutgoingMessage) -> tuple[WrittenLetter | None, User | None]:
    """The letter, if it is the one that a tap released, and its author, if that is still a member who may write."""
    letter = released_letter(connection, message.id)
    user = user_by_id(connection, letter.user_id) if letter is not None else None
    fits = letter is not None and user is not None and user.may_write and letter.address == message.address
    return (letter, user) if fits else (None, None)


def _look_up(connection: Connection, message: OutgoingMessage) -> tuple[User | None, Mail | None]:
    """Whom it goes to, and the mail of theirs that it answers."""
    user = user_by_id(connection, message.user_id) if message.user_id is not None else None
    mail = answered_mail(connection, message.id) if message.in_answer_to else None
    return user, mail if mail is not None and mail.message_id[:998] == message.in_answer_to else None


async def _flattened(mail: EmailMessage, length: int) -> bytes:
    return await asyncio.to_thread(mail.as_bytes) if length > _BIG else mail.as_bytes()
