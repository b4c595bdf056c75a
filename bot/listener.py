"""A small HTTP listener, behind a proxy that speaks TLS: for what Telegram posts, and for who fetches a calendar.

One request a connection, with limits on everything; the body is read only when its head was found right. Paths are
secrets: none is ever logged.
Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from storage.errors import RapportError

log = logging.getLogger("rapport.listener")

_HEARD = 20.0  # seconds for an answer with a body to be taken
_LINGER = 65536  # bytes that are read, and forgotten, of a request that was refused


class CannotListen(RapportError):
    """The address can't be listened at; the message says what to set instead."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds, and how many at once."""

    head: int = 16 * 1024
    body: int = 1024 * 1024  # an update has some kilobytes
    request: float = 10.0  # for all of a request to come
    answer: float = 30.0  # for finding the answer; Telegram waits a minute
    connections: int = 64
    farewell: float = 3.0  # for requests in hand at the end


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first lines; the headers' names in lower case."""

    method: str
    path: str  # without what follows a question mark
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a request."""

    status: HTTPStatus
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Door(Protocol):
    """Who answers: `check` refuses a request by its head, or lets it pass; `take` gets the body too."""

    def check(self, head: Head) -> Answer | None:
        """The refusal, if it is one."""

    async def take(self, head: Head, body: bytes) -> Answer:
        """The answer; 503 when it raises or takes too long."""


class Doors:
    """Several doors as one: the one whose path it is answers."""

    def __init__(self, doors: Mapping[str, Door]) -> None:
        self._doors = doors

    def check(self, head: Head) -> Answer | None:
        """The refusal, if it is one; nobody answers to other paths."""
        door = self._door(head)
        return Answer(HTTPStatus.NOT_FOUND) if door is None else door.check(head)

    async def take(self, head: Head, body: bytes) -> Answer:
        """The door's answer."""
        door = self._door(head)
        return Answer(HTTPStatus.NOT_FOUND) if door is None else await door.take(head, body)

    def _door(self, head: Head) -> Door | None:
        """A path that ends in a slash stands for all below it; the longest that fits answers."""
        fits = [
            path for path in self._doors if head.path == path or (path.endswith("/") and head.path.startswith(path))
        ]
        path = max(fits, key=len, default=None)
        return None if path is None else self._doors[path]


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class _Listener:
    def __init__(self, door: Door, limits: Limits) -> None:
        self._door = door
        self._limits = limits
        self._open: set[asyncio.Task[None]] = set()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        task = asyncio.current_task()
        assert task is not None
        has_room = len(self._open) < self._limits.connections
        self._open.add(task)
        try:
            head, answer = await self._answer(reader) if has_room else (None, Answer(HTTPStatus.SERVICE_UNAVAILABLE))
            await _say(reader, writer, answer, with_body=head is None or head.method != "HEAD")
        except (OSError, EOFError):  # the other side has gone
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[Head | None, Answer]:
        head = None
        try:
            async with asyncio.timeout(self._limits.request):
                head = await _read_head(reader)
                if (refused := self._door.check(head)) is not None:
                    return head, refused
                body = await reader.readexactly(_length(head, self._limits.body))
        except _Refused as error:
            return head, Answer(error.status)
        except asyncio.LimitOverrunError:
            return head, Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except TimeoutError:
            return head, Answer(HTTPStatus.REQUEST_TIMEOUT)
        try:
            async with asyncio.timeout(self._limits.answer):
                return head, await self._door.take(head, body)
        except Exception as error:  # the loop's edge: the sender keeps it, and comes again
            log.warning("a request of %d bytes couldn't be taken: %s", len(body), type(error).__name__)
            return head, Answer(HTTPStatus.SERVICE_UNAVAILABLE)

    async def close(self) -> None:
        """Lets requests in hand finish for some seconds, then ends them."""
        if self._open:
            await asyncio.wait(self._open, timeout=self._limits.farewell)
        for each in list(self._open):
            each.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def listening(
    address: tuple[str, int], door: Door, limits: Limits | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Answers requests at (host, port) until the block ends; yields the address that is bound. Raises CannotListen."""
    limits = limits or Limits()
    listener = _Listener(door, limits)
    host, port = address
    try:
        server = await asyncio.start_server(
            listener.converse, "127.0.0.1" if host == "localhost" else host, port, limit=limits.head
        )
    except OSError as error:
        raise CannotListen(
            f"RAPPORT_LISTEN: {host}:{port} can't be listened at ({error.strerror}). Set another address, for example "
            "127.0.0.1:8081, and the same in the proxy before it."
        ) from error
    try:
        bound = server.sockets[0].getsockname()
        yield bound[0], bound[1]
    finally:
        server.close()
        await listener.close()


async def _read_head(reader: asyncio.StreamReader) -> Head:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or name.lower() in headers:
            raise _Refused(HTTPStatus.BAD_REQUEST)  # doubled or folded: nothing that proxies send
        headers[name.lower()] = value.strip()
    return Head(words[0], words[1].partition("?")[0], headers)


def _length(head: Head, most: int) -> int:
    length = head.headers.get("content-length", "")
    if head.method in ("GET", "HEAD") and not length and "transfer-encoding" not in head.headers:
        return 0
    if "transfer-encoding" in head.headers or not length:
        raise _Refused(HTTPStatus.LENGTH_REQUIRED)
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    if int(length) > most:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(length)


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, *, with_body: bool) -> None:
    status, fields = answer.status, "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    length = "" if status is HTTPStatus.NOT_MODIFIED else f"Content-Length: {len(answer.body)}\r\n"
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}{length}Connection: close\r\n\r\n"
    writer.write(head.encode() + (answer.body if with_body else b""))
    with suppress(TimeoutError):
        async with asyncio.timeout(_HEARD if answer.body else 1):
            await writer.drain()
            writer.write_eof()
            # What is still coming is read away: ending the connection before would take the answer with it.
            left = _LINGER
            while left > 0 and (piece := await reader.read(left)):
                left -= len(piece)
