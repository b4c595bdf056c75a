"""A small HTTP listener for one kind of request: a POST with a body, behind a proxy that speaks TLS.

One request a connection, with limits on everything; the body is read only when its head was found right.
Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

from storage.errors import RapportError

log = logging.getLogger("rapport.webhook")

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


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class _Listener:
    def __init__(
        self, check: Callable[[Head], HTTPStatus | None], take: Callable[[bytes], Awaitable[HTTPStatus]], limits: Limits
    ) -> None:
        self._check = check
        self._take = take
        self._limits = limits
        self._open: set[asyncio.Task[None]] = set()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        task = asyncio.current_task()
        assert task is not None
        has_room = len(self._open) < self._limits.connections
        self._open.add(task)
        try:
            status = await self._answer(reader) if has_room else HTTPStatus.SERVICE_UNAVAILABLE
            await _say(reader, writer, status)
        except (OSError, EOFError):  # the other side has gone
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> HTTPStatus:
        try:
            async with asyncio.timeout(self._limits.request):
                head = await _read_head(reader)
                if (refused := self._check(head)) is not None:
                    return refused
                body = await reader.readexactly(_length(head, self._limits.body))
        except _Refused as error:
            return error.status
        except asyncio.LimitOverrunError:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        except TimeoutError:
            return HTTPStatus.REQUEST_TIMEOUT
        try:
            async with asyncio.timeout(self._limits.answer):
                return await self._take(body)
        except Exception as error:  # the loop's edge: the sender keeps it, and comes again
            log.warning("a request of %d bytes couldn't be taken: %s", len(body), type(error).__name__)
            return HTTPStatus.SERVICE_UNAVAILABLE

    async def close(self) -> None:
        """Lets requests in hand finish for some seconds, then ends them."""
        if self._open:
            await asyncio.wait(self._open, timeout=self._limits.farewell)
        for each in list(self._open):
            each.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def listening(
    address: tuple[str, int],
    *,
    check: Callable[[Head], HTTPStatus | None],
    take: Callable[[bytes], Awaitable[HTTPStatus]],
    limits: Limits | None = None,
) -> AsyncIterator[tuple[str, int]]:
    """Answers requests at (host, port) until the block ends; yields the address that is bound.

    `check` refuses a request by its head with a status, or lets it pass; `take` gets the body and gives the status: 503
    when it raises or takes too long. Raises CannotListen.
    """
    limits = limits or Limits()
    listener = _Listener(check, take, limits)
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
    if "transfer-encoding" in head.headers or not length:
        raise _Refused(HTTPStatus.LENGTH_REQUIRED)
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    if int(length) > most:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(length)


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: HTTPStatus) -> None:
    allow = "Allow: POST\r\n" if status is HTTPStatus.METHOD_NOT_ALLOWED else ""
    writer.write(
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{allow}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await writer.drain()
            writer.write_eof()
            # What is still coming is read away: ending the connection before would take the answer with it.
            left = _LINGER
            while left > 0 and (piece := await reader.read(left)):
                left -= len(piece)
