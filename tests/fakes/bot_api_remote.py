"""The fake Bot API in a process of its own, and a client that plays the people in it.

For tests that kill the bot's process, or that are no coroutines. All calls block; waiting is done by the fake.
"""

import base64
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from tests.fakes.bot_api_schema import JsonObject

_ROOT = Path(__file__).resolve().parents[2]
_SLACK = 10.0


class RemoteBotApi:
    """A client for the control side of a fake that runs at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._heard: Counter[int] = Counter()
        self._opener = build_opener(ProxyHandler({}))  # the loopback is never behind a proxy

    @classmethod
    @contextlib.contextmanager
    def started(cls, token: str = "123:abc", port: int = 0) -> Iterator["RemoteBotApi"]:
        """Start the fake in a process of its own and end it after use."""
        command = [sys.executable, "-m", "tests.fakes.bot_api", "--port", str(port), "--token", token]
        with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                url = process.stdout.readline().strip()
                assert url, "the fake Bot API didn't start"
                yield cls(url)
            finally:
                process.kill()

    def user(self, user: int, name: str, language: str = "en") -> JsonObject:
        """Make a person known."""
        return dict(self._post("user", user=user, name=name, language=language))

    def says(self, user: int, text: str, **more: object) -> JsonObject:
        """Let a person write; `more`: reply_to (a message id), chat, fields."""
        return dict(self._post("says", user=user, text=text, **more))

    def group(self, chat: int, title: str, members: list[int]) -> JsonObject:
        """Make a group with the bot in it; the first member owns it."""
        return dict(self._post("group", chat=chat, title=title, members=members))

    def sends_file(self, user: int, kind: str, data: bytes, **more: object) -> JsonObject:
        """Let a person send a file; `more`: name, mime_type, size, caption, reply_to, chat."""
        return dict(self._post("sends_file", user=user, kind=kind, data=base64.b64encode(data).decode(), **more))

    def taps(self, user: int, message_id: int, label: str, **more: object) -> JsonObject:
        """Let a person tap a button; give the callback query."""
        return dict(self._post("taps", user=user, message_id=message_id, label=label, **more))

    def edits(self, user: int, message_id: int, text: str, **more: object) -> JsonObject:
        """Let a person edit an own message."""
        return dict(self._post("edits", user=user, message_id=message_id, text=text, **more))

    def blocks_bot(self, user: int) -> None:
        """Let a person block the bot."""
        self._post("blocks", user=user)

    def unblocks_bot(self, user: int) -> None:
        """Let a person take the block away."""
        self._post("unblocks", user=user)

    def hears(self, chat: int, timeout: float = 5) -> JsonObject:
        """Wait for the bot's next message in a chat that this client hasn't heard yet."""
        said = self._get("said", timeout, chat=chat, after=self._heard[chat])
        assert said, f"the bot said nothing new in {chat} within {timeout} s"
        self._heard[chat] += 1
        return dict(said[0])

    def sees_edit(self, chat: int, message_id: int, after: int = 0, timeout: float = 5) -> JsonObject:
        """Wait for an edit of a bot's message, beyond the first `after` ones."""
        edits = self._get("edited", timeout, chat=chat, message_id=message_id, after=after)
        assert edits, f"message {message_id} was not edited within {timeout} s"
        return dict(edits[0])

    def sees_answer(self, query: JsonObject, timeout: float = 5) -> JsonObject:
        """Wait for the bot's answer to a tap."""
        answer = self._get("answer", timeout, query=query["id"])
        assert answer is not None, f"no answer to the query {query['id']} within {timeout} s"
        return dict(answer)

    def all_confirmed(self, timeout: float = 5) -> None:
        """Wait until the bot has confirmed every update."""
        pending = self._get("pending", timeout)
        assert pending == 0, f"{pending} updates are not confirmed within {timeout} s"

    def messages(self, chat: int) -> list[JsonObject]:
        """Give a chat's messages as they stand now."""
        return list(self._get("messages", chat=chat))

    def said(self, chat: int) -> list[JsonObject]:
        """Give all that the bot ever said in a chat, as it was sent."""
        return list(self._get("said", chat=chat))

    def calls(self) -> list[tuple[str, JsonObject]]:
        """Give all calls that arrived."""
        return [(method, parameters) for method, parameters in self._get("calls")]

    def answered(self) -> list[JsonObject]:
        """Give what was sent and what went wrong: method, at (seconds since the epoch), fault, chat, message."""
        return list(self._get("answered"))

    def fail_next(self, method: str, **fault: object) -> None:
        """Let the next call of a method fail; the keywords are those of FakeBotApi.fail_next."""
        self._post("faults", method=method, **fault)

    def random_faults(self, seed: int, rate: float, *methods: str) -> None:
        """Let calls (of these methods, else of any) fail at random, the same at each run with the same seed."""
        self._post("random_faults", seed=seed, rate=rate, methods=methods)

    def clear_faults(self) -> None:
        """Let everything work from now on."""
        self._post("faults")

    def redeliver(self, count: int) -> None:
        """Let the last updates appear again."""
        self._post("redeliver", count=count)

    def restart_update_ids(self, first: int = 1) -> None:
        """Let update ids begin anew."""
        self._post("restart_update_ids", first=first)

    def assert_clean(self) -> None:
        """Fail when a call broke the schema, or used what the fake doesn't cover."""
        violations = self._get("violations")
        assert not violations, "calls against the Bot API's rules:\n" + "\n".join(violations)

    def _get(self, path: str, wait: float = 0, **parameters: object) -> Any:
        query = urlencode(parameters | {"wait": wait})
        return self._open(Request(f"{self.url}/control/{path}?{query}"), wait)

    def _post(self, path: str, **body: object) -> Any:
        headers = {"Content-Type": "application/json"}
        return self._open(Request(f"{self.url}/control/{path}", json.dumps(body).encode(), headers), 0)

    def _open(self, request: Request, wait: float) -> Any:
        try:
            with self._opener.open(request, timeout=wait + _SLACK) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            with refusal:
                reason = refusal.read().decode()
            raise AssertionError(f"{request.full_url}: {reason}") from None
