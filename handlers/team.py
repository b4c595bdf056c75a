"""What holds for the whole team: the defaults that a user's own settings or a message's words override."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """Defaults of language, zone (IANA), country (ISO 3166) and currency (ISO 4217), and the CRM's own address.

    `by_mail`: users without a chat are answered by mail. `public_url`: where the world reaches this installation.
    """

    language: str = "en"
    zone: str = "UTC"
    country: str | None = None
    currency: str = "EUR"
    address: str = ""
    by_mail: bool = False
    public_url: str = ""

    def is_own(self, address: str) -> bool:
        """Is this the CRM's address, or a +tag form of it?"""
        user, _, domain = address.lower().rpartition("@")
        own_user, _, own_domain = self.address.lower().rpartition("@")
        return bool(own_user) and domain == own_domain and user.partition("+")[0] == own_user
