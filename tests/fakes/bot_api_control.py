"""The control side of the fake: JSON over HTTP, so that a test in another process can play the people.

POST /control/user, group, says, sends_file, taps, edits, blocks, unblocks, faults, random_faults, redeliver,
restart_update_ids; GET /control/messages?chat=111, said?chat=111&after=0&wait=5, edited, answer, pending, calls,
answered, violations. See bot_api_remote for a client.
"""

import base64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.bot_api_faults import random_faults
from tests.fakes.bot_api_http import Request, Response
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.bot_api_schema import JsonObject

if TYPE_CHECKING:
    from tests.fakes.bot_api import FakeBotApi


class Control:
    """Answers what comes to /control/."""

    def __init__(self, api: "FakeBotApi") -> None:
        self._api = api
        self._actions: dict[str, Callable[[JsonObject], Awaitable[object]]] = {
            "user": self._user,
            "group": self._group,
            "says": self._says,
            "sends_file": self._sends_file,
            "taps": self._taps,
            "edits": self._edits,
            "blocks": self._blocks,
            "unblocks": self._unblocks,
            "faults": self._faults,
            "random_faults": self._random_faults,
            "redeliver": self._redeliver,
            "restart_update_ids": self._restart_update_ids,
            "messages": self._messages,
            "said": self._said,
            "edited": self._edited,
            "answer": self._answer_to,
            "pending": self._pending,
            "calls": self._calls,
            "answered": self._answered,
            "violations": self._violations,
        }

    async def answer(self, request: Request) -> Response:
        """Carry out one request; what a person can't do is answered with 400 and the reason."""
        action = self._actions.get(request.path.removeprefix("/control/"))
        if action is None:
            return Response.of_json(404, {"error": f"unknown: {request.path}", "known": sorted(self._actions)})
        try:
            return Response.of_json(200, await action(request.parameters))
        except (AssertionError, KeyError, TypeError, ValueError) as problem:
            return Response.of_json(400, {"error": f"{type(problem).__name__}: {problem}"})

    def _person(self, p: JsonObject) -> FakeUser:
        return self._api.user(int(p["user"]), p.get("name", ""), language=p.get("language", "en"))

    def _shown(self, p: JsonObject) -> JsonObject:
        """Give the message that is meant, in the person's own chat or in the one named."""
        chat = self._api.chat(int(p["chat"] if "chat" in p else p["user"]))
        message = chat.message(int(p["message_id"]))
        return message or {"message_id": int(p["message_id"]), "chat": chat.info}

    async def _user(self, p: JsonObject) -> JsonObject:
        return self._person(p).info

    async def _group(self, p: JsonObject) -> JsonObject:
        members = [self._api.user(int(user)) for user in p["members"]]
        return self._api.group(int(p["chat"]), p["title"], members).info

    async def _says(self, p: JsonObject) -> JsonObject:
        chat = self._api.chat(int(p["chat"])) if "chat" in p else None
        return await self._person(p).says(p["text"], reply_to=self._replied(p), chat=chat, **p.get("fields", {}))

    async def _sends_file(self, p: JsonObject) -> JsonObject:
        """Send a file: its kind, its data as base64, and name, mime_type, size, caption as wanted."""
        chat = self._api.chat(int(p["chat"])) if "chat" in p else None
        details = {name: p[name] for name in ("name", "mime_type", "size", "caption") if name in p}
        person = self._api.user(int(p["user"]))
        data = base64.b64decode(p["data"])
        return await person.sends_file(p["kind"], data, reply_to=self._replied(p), chat=chat, **details)

    def _replied(self, p: JsonObject) -> JsonObject | None:
        return self._shown(p | {"message_id": p["reply_to"]}) if "reply_to" in p else None

    async def _taps(self, p: JsonObject) -> JsonObject:
        return await self._person(p).taps(self._shown(p), p["label"])

    async def _edits(self, p: JsonObject) -> JsonObject:
        return await self._person(p).edits(self._shown(p), p["text"])

    async def _blocks(self, p: JsonObject) -> bool:
        self._person(p).blocks_bot()
        return True

    async def _unblocks(self, p: JsonObject) -> bool:
        self._person(p).unblocks_bot()
        return True

    async def _faults(self, p: JsonObject) -> bool:
        """Queue a fault: {"method": "sendMessage", "status": 502, ...}; {} lets everything work again."""
        if p:
            self._api.fail_next(**p)
        else:
            self._api.clear_faults()
        return True

    async def _random_faults(self, p: JsonObject) -> bool:
        self._api.faults = random_faults(int(p["seed"]), float(p["rate"]), tuple(p.get("methods", ())))
        return True

    async def _redeliver(self, p: JsonObject) -> bool:
        self._api.redeliver(int(p["count"]))
        return True

    async def _restart_update_ids(self, p: JsonObject) -> bool:
        self._api.restart_update_ids(int(p.get("first", 1)))
        return True

    async def _messages(self, p: JsonObject) -> list[JsonObject]:
        chat = self._api.state.chats.get(int(p["chat"]))
        return chat.messages if chat else []

    async def _said(self, p: JsonObject) -> list[JsonObject]:
        """Give what the bot said after the first `after` messages; wait for `wait` seconds until there is something."""
        chats = self._api.state.chats

        def find() -> list[JsonObject] | None:
            chat = chats.get(int(p["chat"]))
            return (chat.said[int(p.get("after", 0)) :] if chat else None) or None

        return await self._api.state.bell.until(find, float(p.get("wait", 0))) or []

    async def _edited(self, p: JsonObject) -> list[JsonObject]:
        """Give the edits of a bot's message, waiting as _said does."""
        chat = self._api.chat(int(p["chat"]))

        def find() -> list[JsonObject] | None:
            return chat.edits[int(p["message_id"])][int(p.get("after", 0)) :] or None

        return await self._api.state.bell.until(find, float(p.get("wait", 0))) or []

    async def _answer_to(self, p: JsonObject) -> JsonObject | None:
        """Give the bot's answer to a tap, waiting as _said does."""
        answers = self._api.state.answers
        return await self._api.state.bell.until(lambda: answers.get(p["query"]), float(p.get("wait", 0)))

    async def _pending(self, p: JsonObject) -> int:
        """Tell how many updates the bot hasn't confirmed, waiting until there are none."""
        updates = self._api.state.updates
        await self._api.state.bell.until(lambda: not updates.pending or None, float(p.get("wait", 0)))
        return len(updates.pending)

    async def _calls(self, _: JsonObject) -> list[tuple[str, Any]]:
        return [(call.method, {name: _plain(value) for name, value in call.params.items()}) for call in self._api.calls]

    async def _answered(self, _: JsonObject) -> list[JsonObject]:
        return self._api.answered

    async def _violations(self, _: JsonObject) -> list[str]:
        return self._api.violations


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | list | dict) else repr(value)
