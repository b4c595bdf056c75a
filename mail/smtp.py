"""Mail's way out: each row of the outbox that is for a member of the team, as a mail to their own address."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from mail.render import Envelope, domain_of, on_the_wire, render_mail
from mail.server import MailServer
from mail.submission import Submission, Unknown
from storage.clock import Clock
from storage.database import Database
from storage.messages import Address, Mail, OutgoingMessage
from storage.outbox import Carrier, Never
from storage.sent import answered_mail, mail_id
from storage.users import User, user_by_id

_BIG = 100_000  # characters: what is longer is made into bytes in a thread
_LONGEST_DOUBT = 6 * 60 * 60.0  # seconds between two tries while nobody knows whether the last one arrived


class MailFace:
    """Sends to the team's own addresses, to nobody else."""

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
        user, answers = await self._database.read(lambda connection: _look_up(connection, message))
        if user is None or not user.email:
            raise Never("its user has no mail address")
        reference = f"<{mail_id(message.id, message.key, message.reply)}@{self._domain}>"
        envelope = Envelope(self._sender, Address(user.name, user.email), reference, self._clock.wall(), answers)
        try:
            recipient, mail = on_the_wire(user.email), render_mail(message, envelope)
        except ValueError as error:
            raise Never("its user's address can't be written to") from error
        octets = await _flattened(mail, len(message.reply.text))
        try:
            refused = await self._submission.send(self._sender, [recipient], octets)
        except Unknown as error:
            error.wait = min(2.0 ** min(message.attempts, 20), _LONGEST_DOUBT)
            raise
        if recipient in refused:
            raise refused[recipient]
        return reference


def _look_up(connection: Connection, message: OutgoingMessage) -> tuple[User | None, Mail | None]:
    """Whom it goes to, and the mail of theirs that it answers."""
    user = user_by_id(connection, message.user_id) if message.user_id is not None else None
    mail = answered_mail(connection, message.id) if message.in_answer_to else None
    return user, mail if mail is not None and mail.message_id[:998] == message.in_answer_to else None


async def _flattened(mail: EmailMessage, length: int) -> bytes:
    return await asyncio.to_thread(mail.as_bytes) if length > _BIG else mail.as_bytes()
