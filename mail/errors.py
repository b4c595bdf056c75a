"""What can go wrong with a mail, in words for the person who has to deal with it."""

from __future__ import annotations

from storage.errors import RapportError


class MailUnreadable(RapportError):
    """There is no mail in these bytes."""


class MailTooHard(RapportError):
    """The mail couldn't be understood within its limits of time and memory; its raw bytes are kept."""


class NoSuchPart(RapportError):
    """The mail has no part of that number."""


class ArchiveUnreadable(RapportError):
    """There is no mail to be read at this path."""
