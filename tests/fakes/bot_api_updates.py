"""The updates that wait for the bot, as Telegram keeps them.

Source: https://core.telegram.org/bots/api#getting-updates.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

from tests.fakes.bot_api_limits import Refusal
from tests.fakes.bot_api_schema import JsonObject, load_schema

Found = TypeVar("Found")

FIRST_UPDATE_ID = 100_000_001
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_FUTURE_TOLERANCE = 10
_LIMIT = 100


class Bell:
    """Wakes those who wait for a change of the fake's state."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Let everyone who waits look again."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, find: Callable[[], Found | None], seconds: float) -> Found | None:
        """Wait until `find` gives something, at most so many seconds; None when it never did."""
        found = find()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while found is None:
                    await self._event.wait()
                    found = find()
        return found


class UpdateQueue:
    """Updates in the order of their ids; an offset confirms those before it, all others are given again."""

    def __init__(self, bell: Bell) -> None:
        self.pending: list[JsonObject] = []
        self.allowed: list[str] = []
        self.webhook_url = ""
        self._bell = bell
        self._all: list[JsonObject] = []
        self._next_id = FIRST_UPDATE_ID
        self._stubborn: set[int] = set()
        self._poll: object = None

    @property
    def is_polled(self) -> bool:
        """Tell whether a getUpdates waits right now."""
        return self._poll is not None

    def put(self, kind: str, payload: JsonObject) -> JsonObject | None:
        """Add an update; None when the bot didn't ask for this kind."""
        if kind not in self.allowed if self.allowed else kind in _NOT_BY_DEFAULT:
            return None
        update: JsonObject = {"update_id": self._next_id, kind: payload}
        offences = load_schema().check("Update", update, "update")
        assert not offences, f"the fake built a wrong update: {offences}"
        self._next_id += 1
        self.pending.append(update)
        self._all.append(update)
        self._bell.ring()
        return update

    def redeliver(self, count: int) -> None:
        """Let the last updates appear once more, whatever the next offset says: its confirmation was lost."""
        again = self._all[-count:]
        self._stubborn |= {update["update_id"] for update in again}
        self.pending = again + [update for update in self.pending if update not in again]
        self.pending.sort(key=lambda update: int(update["update_id"]))
        self._bell.ring()

    def restart_ids(self, first: int = 1) -> None:
        """Begin to count anew, as Telegram does when a week brought no update; what waited has expired."""
        self.pending.clear()
        self._all.clear()
        self._stubborn.clear()
        self._next_id = first

    async def get(self, offset: int, limit: int, seconds: float) -> list[JsonObject]:
        """Answer getUpdates. The newest poll wins, the one before it is told of the conflict."""
        if self.webhook_url:
            raise Refusal(409, _WEBHOOK_IS_ACTIVE)
        poll = self._poll = object()
        self._bell.ring()
        self._confirm(offset)

        def find() -> list[JsonObject] | None:
            if self._poll is not poll:
                raise Refusal(409, _TERMINATED)
            return self.pending[: limit if 0 < limit <= _LIMIT else _LIMIT] or None

        try:
            found = await self._bell.until(find, seconds) or []
        finally:
            if self._poll is poll:
                self._poll = None
                self._bell.ring()
        self._stubborn -= {update["update_id"] for update in found}
        return found

    def first(self) -> JsonObject | None:
        """Give the oldest update that waits."""
        return self.pending[0] if self.pending else None

    def confirm(self, update: JsonObject) -> None:
        """Forget an update that a webhook has taken."""
        self.pending = [other for other in self.pending if other is not update]
        self._stubborn.discard(update["update_id"])
        self._bell.ring()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset <= self._next_id + _FUTURE_TOLERANCE:
            # An offset from far ahead is one from before the ids restarted: Telegram ignores it.
            self.pending = [
                update
                for update in self.pending
                if update["update_id"] >= offset or update["update_id"] in self._stubborn
            ]
