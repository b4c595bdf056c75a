"""A folder of a mailbox, and which one is for sent mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# As mail programs name it, in their languages, where a server tells no special use.
_SENT = frozenset(
    ("sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte",
     "gesendete nachrichten", "отправленные", "отправленные сообщения", "исходящие письма", "envoyés",
     "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "correo enviado", "itens enviados",
     "inviata", "posta inviata", "verzonden", "verzonden items", "wysłane", "elementy wysłane")
)  # fmt: skip
_LEVEL = re.compile(r"[/.\\]")


@dataclass(frozen=True, slots=True)
class Folder:
    """Its name, and what a server says of it, as `\\sent` (RFC 6154), in lower case."""

    name: str
    uses: frozenset[str] = frozenset()


def is_sent_folder(name: str, folders: Iterable[Folder]) -> bool:
    """Is this the one that the account's own sent mail is put into? By its use; by its name where none has that."""
    told = [folder.name for folder in folders if "\\sent" in folder.uses]
    return name in told if told else _LEVEL.split(name)[-1].strip().casefold() in _SENT
