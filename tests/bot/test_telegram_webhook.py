"""Updates that Telegram posts: kept before they are answered, once, in order; and nothing else gets in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus

import pytest
from sqlalchemy import select

from bot.health.telegram import ask_telegram
from bot.listener import Answer, CannotListen, Head, Limits, listening
from bot.settings import Settings, load_settings
from bot.telegram import webhook
from bot.telegram.webhook import make_hook
from storage.errors import WrongSetting
from storage.tables import contacts, inbox
from tests.bot.telegram_house import ANNA, bot_running, calls, count
from tests.fakes.bot_api import TOKEN, FakeBotApi
from tests.fakes.bot_api_people import FakeUser
from tests.house import TEAM
from tests.mail.dovecot import eventually
from tests.survival.program import free_port

URL = "https://rapport.example.com/telegram"
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def hooked(telegram_settings: Settings, team: None, telegram: FakeBotApi) -> Settings:
    """Settings with a webhook; the fake posts past the proxy, to where Rapport listens."""
    port = free_port()
    telegram.methods.webhook_target = f"http://127.0.0.1:{port}/telegram"
    return replace(telegram_settings, telegram_webhook=URL, listen=("127.0.0.1", port))


async def request(
    settings: Settings, text: bytes = b"", *, body: bytes = b"{}", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The status of the answer, and all of it."""
    if not text:
        head = {"Content-Length": str(len(body))} | dict(headers or {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
        text = f"POST /telegram HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode() + body
    reader, writer = await asyncio.open_connection(*settings.listen)
    try:
        writer.write(text)
        answer = (await reader.read()).decode()
        return int(answer.split()[1]), answer
    finally:
        writer.close()


def secret(settings: Settings) -> dict[str, str]:
    """The header by which Telegram is known."""
    word = make_hook(settings.telegram_webhook, settings.listen, settings.telegram_token).secret
    return {SECRET: word}


async def test_what_telegram_posts_is_kept_and_answered(
    hooked: Settings, telegram: FakeBotApi, max_: FakeUser, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_running(hooked) as house:
        await max_.says(ANNA)
        answer = await max_.hears()
        assert "Anna Kern" in answer["text"]
        await max_.taps(answer, "Undo")
        await telegram.all_confirmed()
        assert await count(house, inbox) == 2
    [asked] = calls(telegram, "setWebhook")
    assert asked["url"] == URL
    assert {"message", "callback_query"} <= set(asked["allowed_updates"])
    assert asked["max_connections"] == 1, "one after the other: in order"
    assert calls(telegram, "getUpdates") == []
    assert calls(telegram, "answerCallbackQuery")
    assert asked["secret_token"] == secret(hooked)[SECRET]
    assert asked["secret_token"] not in caplog.text


async def test_many_messages_stay_in_their_order_and_come_once(
    hooked: Settings, telegram: FakeBotApi, max_: FakeUser
) -> None:
    for number in range(12):
        await max_.says(f"note for me {number}")
    async with bot_running(hooked) as house:
        await telegram.all_confirmed()
        telegram.redeliver(5)
        await telegram.all_confirmed()
        query = select(inbox.c.external_id).order_by(inbox.c.id)
        ids = await house.database.read(lambda connection: list(connection.execute(query).scalars()))
    numbers = [int(each.rpartition(":")[2]) for each in ids]
    assert (len(numbers), numbers) == (12, sorted(numbers))


async def test_200_comes_after_the_commit_and_503_when_it_cannot_be_kept(
    hooked: Settings, telegram: FakeBotApi, max_: FakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_running(hooked) as house:
        await max_.says("/leads")
        await max_.hears()
        keep, failures = house.flow.keep, 0

        async def failing(*words: object, **named: object) -> object:
            nonlocal failures
            failures += 1
            if failures <= 2:
                raise OSError("disk full")
            kept = await keep(*words, **named)  # type: ignore[arg-type]
            assert telegram.state.updates.first() is not None, "not confirmed before it was kept"
            return kept

        monkeypatch.setattr(house.flow, "keep", failing)
        await max_.says(ANNA)
        assert "Anna Kern" in (await max_.hears())["text"]
        assert telegram.methods.webhook_errors[-2:] == [503, 503]
        assert await count(house, contacts) == 1


async def test_what_came_while_rapport_was_down_comes_later(
    hooked: Settings, telegram: FakeBotApi, max_: FakeUser
) -> None:
    async with bot_running(hooked):
        await max_.says("/leads")
        await max_.hears()
    await max_.says(ANNA)
    async with bot_running(hooked) as house:
        assert "Anna Kern" in (await max_.hears())["text"]
        assert await count(house, contacts) == 1


async def test_nobody_else_gets_in(hooked: Settings, telegram: FakeBotApi, max_: FakeUser) -> None:
    update = {
        "update_id": 1,
        "message": {"message_id": 99, "date": 0, "text": ANNA, "chat": {"id": 111, "type": "private"}},
    }
    update["message"]["from"] = {"id": 111, "is_bot": False, "first_name": "Max"}  # type: ignore[index]
    forged = json.dumps(update).encode()
    async with bot_running(hooked) as house:
        await max_.says("/help")
        await max_.hears()
        known = secret(hooked)
        before = await count(house, inbox)
        assert (await request(hooked, body=forged))[0] == 403
        assert (await request(hooked, body=forged, headers={SECRET: "guess"}))[0] == 403
        assert (await request(hooked, body=forged, headers={SECRET: "\xe4"}))[0] == 403
        assert (await request(hooked, b"POST /other HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))[0] == 404
        status, answer = await request(hooked, b"GET /telegram HTTP/1.1\r\n\r\n")
        assert (status, "Allow: POST" in answer) == (405, True)
        assert (await request(hooked, b"nonsense\r\n\r\n"))[0] == 400
        assert (await request(hooked, b"POST /telegram HTTP/1.1\r\nA: 1\r\na: 2\r\n\r\n"))[0] == 400
        assert (await request(hooked, b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 40_000))[0] == 431
        assert (await request(hooked, body=b"no json", headers=known))[0] == 400
        assert (await request(hooked, body=b"[" * 100_000, headers=known))[0] == 400
        assert (await request(hooked, body=b"{}", headers=known))[0] == 400
        assert (await request(hooked, headers=known | {"Content-Length": "9999999"}))[0] == 413
        assert (await request(hooked, headers=known | {"Content-Length": "", "Transfer-Encoding": "chunked"}))[0] == 411
        assert (await request(hooked, headers=known | {"Content-Length": "-1"}))[0] == 400
        assert await count(house, inbox) == before
        assert (await request(hooked, body=forged, headers=known))[0] == 200
        assert await count(house, inbox) == before + 1


class Gate:
    """Requests that came in wait at it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting = asyncio.Semaphore(0)

    def check(self, _: Head) -> Answer | None:
        return None

    async def take(self, _: Head, __: bytes) -> Answer:
        self.waiting.release()
        await self.open.wait()
        return Answer(HTTPStatus.OK)


@asynccontextmanager
async def listener(limits: Limits, gate: Gate) -> AsyncIterator[Settings]:
    async with listening(("127.0.0.1", 0), gate, limits) as address:
        yield Settings("", TEAM, listen=address)


async def test_a_slow_request_and_too_many_are_ended() -> None:
    gate = Gate()
    async with listener(Limits(request=0.2, connections=2), gate) as settings:
        assert (await request(settings, b"POST / HT"))[0] == 408
        assert (await request(settings, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"))[0] == 408
        waiting = [asyncio.create_task(request(settings)) for _ in range(2)]
        for _ in waiting:
            await gate.waiting.acquire()
        assert (await request(settings))[0] == 503
        gate.open.set()
        assert [status for status, _ in await asyncio.gather(*waiting)] == [200, 200]


async def test_a_request_that_is_in_hand_at_the_end_is_finished() -> None:
    gate = Gate()
    async with listener(Limits(farewell=30), gate) as settings:
        waiting = asyncio.create_task(request(settings))
        await gate.waiting.acquire()
        asyncio.get_running_loop().call_soon(gate.open.set)
    assert (await waiting)[0] == 200


async def test_an_address_that_is_taken_says_what_to_set() -> None:
    async with listener(Limits(), Gate()) as settings:
        with pytest.raises(CannotListen, match="RAPPORT_LISTEN"):
            async with listening(settings.listen, Gate()):
                pass


async def test_a_webhook_that_somebody_took_away_is_set_again(
    hooked: Settings, telegram: FakeBotApi, max_: FakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LOOK", 0.05)
    async with bot_running(hooked):
        await max_.says("/leads")
        await max_.hears()
        await telegram.methods.call("deleteWebhook", {}, {})
        await max_.says(ANNA)
        assert "Anna Kern" in (await max_.hears())["text"]


async def test_back_to_polling_it_is_taken_away(hooked: Settings, telegram: FakeBotApi, max_: FakeUser) -> None:
    async with bot_running(hooked):
        await max_.says("/leads")
        await max_.hears()
    await max_.says(ANNA)
    async with bot_running(replace(hooked, telegram_webhook="")):
        assert "Anna Kern" in (await max_.hears())["text"]
    assert calls(telegram, "deleteWebhook")


@pytest.mark.parametrize(
    ("url", "api", "fits"),
    [
        (URL, "", True),
        ("https://rapport.example.com:8443/a/b", "", True),
        ("https://rapport.example.com:8080/", "", False),
        ("http://rapport.example.com/", "", False),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8081", True),
        ("https://user:word@rapport.example.com/", "", False),
        ("https://rapport.example.com/?key=1", "", False),
        ("https://", "", False),
        ("rapport.example.com/telegram", "", False),
        ("https://rapport.example.com:port/", "", False),
    ],
)
def test_which_urls_telegram_posts_to(tmp_path: object, url: str, api: str, fits: bool) -> None:
    environment = {"RAPPORT_DATABASE": "x.db", "RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_WEBHOOK": url}
    environment |= {"RAPPORT_TELEGRAM_API": api} if api else {}
    if fits:
        assert load_settings(environment).telegram_webhook == url
    else:
        with pytest.raises(WrongSetting, match="RAPPORT_TELEGRAM_WEBHOOK"):
            load_settings(environment)


def test_it_needs_a_token_and_listens_where_it_is_told() -> None:
    environment = {"RAPPORT_DATABASE": "x.db", "RAPPORT_TELEGRAM_WEBHOOK": URL}
    with pytest.raises(WrongSetting, match="RAPPORT_TELEGRAM_TOKEN"):
        load_settings(environment)
    environment["RAPPORT_TELEGRAM_TOKEN"] = TOKEN
    assert load_settings(environment).listen == ("127.0.0.1", 8080)
    assert load_settings(environment | {"RAPPORT_LISTEN": "0.0.0.0:80"}).listen == ("0.0.0.0", 80)
    with pytest.raises(WrongSetting, match="RAPPORT_LISTEN"):
        load_settings(environment | {"RAPPORT_LISTEN": "8080"})


async def test_the_doctor_tells_what_telegram_says_of_it(telegram: FakeBotApi, max_: FakeUser) -> None:
    async def found() -> tuple[str, str]:
        [check] = [each for each in await ask_telegram(TOKEN, telegram.url, URL) if each.name == "webhook"]
        return check.status, check.what

    assert await found() == ("warn", "none is set at Telegram; 0 updates wait at Telegram")
    telegram.methods.webhook_target = f"http://127.0.0.1:{free_port()}/telegram"
    await telegram.methods.call("setWebhook", {"url": URL}, {})
    assert await found() == ("ok", "Telegram posts to it; 0 updates wait at Telegram")
    await max_.says("hello")
    await eventually(lambda: bool(telegram.methods.webhook_errors))
    status, what = await found()
    assert (status, "Wrong response" in what, "1 update waits" in what) == ("fail", True, True)
    await telegram.methods.call("setWebhook", {"url": "https://else.example/x"}, {})
    assert (await found())[0] == "warn"
