"""A small HTTP/1.1 server on the loopback, for fakes.

It keeps connections open, reads forms, JSON and multipart bodies, and can close a connection without a word, as a
broken network does. Source: https://core.telegram.org/bots/api#making-requests; RFC 9112, RFC 7578.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import Message as Headers
from email.parser import BytesHeaderParser, HeaderParser
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.bot_api_schema import JsonObject, Upload

_BODY_LIMIT = 60 * 1024 * 1024
_LINE_LIMIT = 64 * 1024


@dataclass(frozen=True)
class Request:
    """One request: its path without the query, its parameters from query and body, uploaded files and headers."""

    verb: str
    path: str
    parameters: JsonObject = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)


@dataclass(frozen=True)
class Response:
    """One answer."""

    status: int
    body: bytes
    content_type: str = "application/json"

    @classmethod
    def of_json(cls, status: int, value: object) -> "Response":
        """Give an answer with a JSON body."""
        return cls(status, json.dumps(value).encode())


Handler = Callable[[Request], Awaitable[Response | None]]
"""Answers a request; None closes the connection without an answer."""


class BadBodyError(Exception):
    """The request can't be read."""


@contextlib.asynccontextmanager
async def serve(handler: Handler, port: int = 0) -> AsyncIterator[int]:
    """Serve on 127.0.0.1 and give the port; at the end close every connection, whatever it waits for."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await _serve_connection(handler, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away: its own affair
        except asyncio.CancelledError:
            pass  # the server ends; asyncio's callback would log a cancelled connection as an error
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            connections.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=_LINE_LIMIT)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


async def _serve_connection(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    start = await reader.readline()
    while start:
        try:
            request, keep_alive = await _read_request(start, reader)
        except BadBodyError as problem:
            await _write(
                writer, Response.of_json(400, {"ok": False, "error_code": 400, "description": str(problem)}), False
            )
            return
        # The next request's first line is read while this one is handled: an end of file there says that the
        # client has gone, and a long poll for nobody must not swallow updates or cause a conflict.
        answering = asyncio.ensure_future(handler(request))
        following = asyncio.ensure_future(reader.readline())
        try:
            await asyncio.wait({answering, following}, return_when=asyncio.FIRST_COMPLETED)
            if following.done() and not answering.done() and (following.exception() or not following.result()):
                return
            response = await answering
            if response is None:
                return
            await _write(writer, response, keep_alive)
            if not keep_alive:
                return
            start = await following
        finally:
            for task in (answering, following):
                task.cancel()
            await asyncio.gather(answering, following, return_exceptions=True)


async def _write(writer: asyncio.StreamWriter, response: Response, keep_alive: bool) -> None:
    head = (
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
        f"Content-Type: {response.content_type}\r\n"
        f"Content-Length: {len(response.body)}\r\n"
        f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n"
    )
    writer.write(head.encode() + response.body)
    await writer.drain()


async def _read_request(start: bytes, reader: asyncio.StreamReader) -> tuple[Request, bool]:
    try:
        return await _parse_request(start, reader)
    except (ValueError, LookupError) as problem:
        raise BadBodyError(f"Bad Request: unreadable: {problem}") from None


async def _parse_request(start: bytes, reader: asyncio.StreamReader) -> tuple[Request, bool]:
    verb, target, version = start.decode("ascii").split()
    lines = []
    while (line := await reader.readline()).strip():
        lines.append(line)
    headers = BytesHeaderParser().parsebytes(b"".join(lines))
    body = await _read_body(headers, reader)
    url = urlsplit(target)
    parameters: JsonObject = dict(parse_qsl(url.query, keep_blank_values=True))
    uploads: dict[str, Upload] = {}
    if body:
        fields, uploads = _read_fields(headers, body)
        parameters |= fields
    keep_alive = version != "HTTP/1.0" and str(headers.get("Connection", "")).lower() != "close"
    return Request(verb, unquote(url.path), parameters, uploads, headers), keep_alive


async def _read_body(headers: Headers, reader: asyncio.StreamReader) -> bytes:
    if str(headers.get("Transfer-Encoding", "")).lower() == "chunked":
        chunks = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            chunks.append((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        return b"".join(chunks)
    length = int(headers.get("Content-Length", 0))
    if length > _BODY_LIMIT:
        raise BadBodyError("Request Entity Too Large")
    return await reader.readexactly(length)


def _read_fields(headers: Headers, body: bytes) -> tuple[JsonObject, dict[str, Upload]]:
    match headers.get_content_type():
        case "application/json":
            value: Any = json.loads(body)
            if not isinstance(value, dict):
                raise BadBodyError("Bad Request: the body is no JSON object")
            return value, {}
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
        case "multipart/form-data":
            return _read_multipart(str(headers.get_param("boundary")), body)
        case other:
            raise BadBodyError(f"Bad Request: unknown content type {other}")


def _read_multipart(boundary: str, body: bytes) -> tuple[JsonObject, dict[str, Upload]]:
    """Take the parts apart by hand: the standard library's mail parser may touch the line ends of binary files."""
    fields: JsonObject = {}
    uploads: dict[str, Upload] = {}
    for part in re.split(rb"(?:^|\r\n)--" + re.escape(boundary.encode()), body)[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = HeaderParser().parsestr(head.decode())  # UTF-8, as browsers and the library write names
        name = headers.get_param("name", header="Content-Disposition")
        file_name = headers.get_param("filename", header="Content-Disposition")
        if file_name is None:
            fields[str(name)] = data.decode()
        else:
            uploads[str(name)] = Upload(str(file_name), data, headers.get_content_type())
    return fields, uploads
