"""The look-ups of understanding, answered by the store."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.understand.intents import Known
from storage.deals import stage_names
from storage.search import find_contacts
from storage.users import all_users


class StoreLookups:
    """Asks the store within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def people(self, words: str) -> list[Known]:
        """The contacts that these words may name, best first."""
        hits = find_contacts(self._connection, words)
        return [Known(hit.contact.name, hit.contact.company, hit.score) for hit in hits]

    def members(self) -> list[str]:
        """The names of the team."""
        return [user.name for user in all_users(self._connection)]

    def stages(self) -> list[str]:
        """The names of the pipeline's stages."""
        return stage_names(self._connection)
