"""A fake Telegram Bot API server, for tests: one bot, and people who talk to it.

It keeps chats and updates as Telegram does, refuses what Telegram refuses, checks every call and every own answer
against the published list of methods and types, and fails where a test wants it to fail.
Source: https://core.telegram.org/bots/api.

    async with FakeBotApi() as api:
        max = api.user(111, "Max")
        await max.says("/start")
        ...                                 # a bot that talks to api.url
        answer = await max.hears()
        await max.taps(answer, "Undo")
        api.assert_clean()

In a process of its own: python -m tests.fakes.bot_api --port 0 (see bot_api_control and bot_api_remote).
"""

import argparse
import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Literal, NamedTuple, Self

from tests.fakes.bot_api_control import Control
from tests.fakes.bot_api_faults import Fault, FaultPlan, Schedule
from tests.fakes.bot_api_http import Request, Response, serve
from tests.fakes.bot_api_limits import NotCoveredError, Refusal
from tests.fakes.bot_api_methods import Methods
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.bot_api_schema import JsonObject, load_schema
from tests.fakes.bot_api_state import NEVER_STARTED, Chat, State
from tests.fakes.bot_api_webhook import deliver_updates

TOKEN = "123:abc"
_BOT_PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_FILE_PATH = re.compile(r"/file/bot(?P<token>[^/]+)/files/(?P<file>[^/]+)/.*")
_TOKEN_FORM = re.compile(r"\d+:[\w-]+")


class Call(NamedTuple):
    """One call that arrived, whatever became of it."""

    method: str
    params: JsonObject


class FakeBotApi:
    """The server; also the test's door to everything in it.

    token: the only token that is known. now: gives the seconds since 1970 for the dates of messages.
    privacy: whether the bot's privacy mode is on (in groups it then gets only what addresses it).
    """

    def __init__(
        self, token: str = TOKEN, *, port: int = 0, now: Callable[[], float] = time.time, privacy: bool = False
    ) -> None:
        self.token = token
        self.url = ""
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.refused: list[str] = []
        self.answered: list[JsonObject] = []  # what was sent, and what went wrong: when, how, and the message if any
        self.state = State(int(token.split(":")[0]), now, privacy)
        self.methods = Methods(self.state)
        self._port = port
        self._faults = FaultPlan()
        self._users: dict[int, FakeUser] = {}
        self._control = Control(self)
        self._stack = contextlib.AsyncExitStack()
        self._listening = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(deliver_updates(self.state, self.methods))
        self._stack.push_async_callback(self._listening.aclose)
        self._port = await self._listening.enter_async_context(serve(self._answer, self._port))
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    # People and chats

    def user(self, user_id: int, name: str = "", *, language: str = "en", username: str = "") -> FakeUser:
        """Give the person with this id; a new one is made at the first time."""
        if user_id not in self._users:
            first, _, last = (name or f"User {user_id}").partition(" ")
            info: JsonObject = {"id": user_id, "is_bot": False, "first_name": first, "language_code": language}
            chat: JsonObject = {"id": user_id, "type": "private", "first_name": first}
            for fields in (info, chat):
                fields |= ({"last_name": last} if last else {}) | ({"username": username} if username else {})
            self.state.people[user_id] = info
            self.state.chats[user_id] = Chat(chat, NEVER_STARTED)
            self._users[user_id] = FakeUser(self.state, info)
        return self._users[user_id]

    def group(self, chat_id: int, title: str, members: Iterable[FakeUser]) -> Chat:
        """Make a supergroup with the bot in it; the first member owns it. Its id is negative."""
        chat = Chat({"id": chat_id, "type": "supergroup", "title": title})
        chat.members = {user.id: "member" if index else "creator" for index, user in enumerate(members)}
        self.state.chats[chat_id] = chat
        return chat

    def chat(self, chat_id: int) -> Chat:
        """Give a chat: its `messages` as they stand now, and all that the bot `said`."""
        return self.state.chats[chat_id]

    # What Telegram does by itself

    def push(self, kind: str, payload: JsonObject) -> None:
        """Let an update of any kind arrive, such as a business_message."""
        self.state.updates.put(kind, payload)

    def connect_business(self, connection_id: str, user: FakeUser, *, can_reply: bool = True) -> None:
        """Let a person connect the bot to their business account."""
        connection: JsonObject = {
            "id": connection_id,
            "user": user.info,
            "user_chat_id": user.id,
            "date": int(self.state.now()),
            "is_enabled": True,
            "rights": {"can_reply": True} if can_reply else {},
        }
        self.state.connections[connection_id] = connection
        self.push("business_connection", connection)

    def redeliver(self, count: int) -> None:
        """Let the last updates appear again, as after a lost confirmation."""
        self.state.updates.redeliver(count)

    def restart_update_ids(self, first: int = 1) -> None:
        """Let update ids begin anew, as after a week without updates."""
        self.state.updates.restart_ids(first)

    def expire_queries(self) -> None:
        """Make all taps and inline queries so far too old to be answered."""
        self.state.open_queries.clear()

    async def all_confirmed(self, timeout: float = 5) -> None:  # noqa: ASYNC109  (as FakeUser.hears)
        """Wait until the bot has confirmed every update."""
        done = await self.state.bell.until(lambda: not self.state.updates.pending or None, timeout)
        assert done, f"not confirmed within {timeout} s: {self.state.updates.pending}"

    async def polled(self, timeout: float = 5) -> None:  # noqa: ASYNC109  (as FakeUser.hears)
        """Wait until the bot waits in getUpdates: it is up, and done with asking for what was there."""
        waiting = await self.state.bell.until(lambda: self.state.updates.is_polled or None, timeout)
        assert waiting, f"the bot didn't poll within {timeout} s"

    # What goes wrong

    @property
    def faults(self) -> Schedule:
        """The schedule that decides on the faults of calls for which none is queued."""
        return self._faults.schedule

    @faults.setter
    def faults(self, schedule: Schedule) -> None:
        self._faults.schedule = schedule

    def fail_next(
        self,
        method: str,
        *,
        times: int = 1,
        status: int = 0,
        description: str = "",
        retry_after: int = 0,
        migrate_to_chat_id: int = 0,
        processed: bool = False,
        drop: Literal["before", "after"] | None = None,
        ok_false_200: bool = False,
        delay: float = 0,
    ) -> None:
        """Let the next call of a method ("*": of any) fail in the way that Fault describes."""
        fault = Fault(status, description, retry_after, migrate_to_chat_id, processed, drop, ok_false_200, delay)
        for _ in range(times):
            self._faults.queue(method, fault)

    def clear_faults(self) -> None:
        """Let everything work from now on."""
        self._faults.clear()

    @contextlib.asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Break all connections and take none, until the block ends; people can go on writing."""
        await self._listening.aclose()
        try:
            yield
        finally:
            await self._listening.enter_async_context(serve(self._answer, self._port))

    def assert_clean(self) -> None:
        """Fail when a call broke the schema, or used what the fake doesn't cover."""
        assert not self.violations, "calls against the Bot API's rules:\n" + "\n".join(self.violations)

    # Answering

    async def _answer(self, request: Request) -> Response | None:
        if request.path.startswith("/control/"):
            return await self._control.answer(request)
        if match := _FILE_PATH.fullmatch(request.path):
            file = self.state.files.get(match["file"])
            if file is None or match["token"] != self.token:
                return _error(404, "Not Found")
            return Response(200, file.data, "application/octet-stream")
        match = _BOT_PATH.fullmatch(request.path)
        if match is None or not _TOKEN_FORM.fullmatch(match["token"]):
            return _error(404, "Not Found")
        if match["token"] != self.token:
            return _error(401, "Unauthorized")
        try:
            return await self._answer_call(match["method"], request)
        except Exception as defect:  # the fake's own defect must fail the test, not hang the bot
            self.violations.append(f"{match['method']}: the fake broke: {defect!r}")
            return _error(500, f"Internal Server Error: {defect!r}")

    async def _answer_call(self, method: str, request: Request) -> Response | None:
        names = {name.lower(): name for name in load_schema().methods}
        if method.lower() not in names:
            self.calls.append(Call(method, request.parameters))
            self.violations.append(f"unknown method {method}")
            return _error(404, "Not Found")
        method = names[method.lower()]
        parameters, offences = load_schema().read_call(method, request.parameters, request.uploads)
        self.calls.append(Call(method, parameters))
        self.violations += offences
        self.state.bell.ring()
        fault = self._faults.take(method) or Fault()
        answer, usual = fault.answer(), None
        if fault.has_effect:
            usual = (
                _error(400, f"Bad Request: {offences[0]}")
                if offences
                else await self._carry_out(method, parameters, request)
            )
            answer = answer or usual
        self._note(method, parameters, fault, usual)
        await asyncio.sleep(fault.delay)
        return None if fault.drop else answer

    def _note(self, method: str, parameters: JsonObject, fault: Fault, usual: Response | None) -> None:
        """Writes down a call that sent something or went wrong: only so can a message that comes twice be explained."""
        sent = method == "sendMessage" and usual is not None and usual.status == 200
        if not (sent or fault.name):
            return
        message = json.loads(usual.body)["result"]["message_id"] if sent and usual is not None else None
        self.answered.append(
            {
                "method": method,
                "at": time.time(),
                "fault": fault.name,
                "chat": parameters.get("chat_id"),
                "message": message,
            }
        )

    async def _carry_out(self, method: str, parameters: JsonObject, request: Request) -> Response:
        try:
            result = await self.methods.call(method, parameters, request.uploads)
        except Refusal as refusal:
            self.refused.append(f"{method}: {refusal.description}")
            return _error(refusal.status, refusal.description)
        except NotCoveredError as gap:
            self.violations.append(str(gap))
            return _error(400, f"Bad Request: {gap}")
        return Response.of_json(200, {"ok": True, "result": result})


def _error(status: int, description: str) -> Response:
    return Response.of_json(status, {"ok": False, "error_code": status, "description": description})


async def _serve_forever(port: int, token: str) -> None:
    async with FakeBotApi(token, port=port) as api:
        print(api.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until killed; the first line on stdout is the URL."""
    parser = argparse.ArgumentParser(description="A fake Telegram Bot API server for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_forever(options.port, options.token))


if __name__ == "__main__":
    main()
