"""Parses mails in a process of their own, which is killed at its limits: a thread can't be stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from mail.errors import MailTooHard, MailUnreadable
from storage.codec import from_json
from storage.messages import Mail

_ROOT = Path(__file__).resolve().parent.parent
_ENVIRONMENT = frozenset(
    ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
)  # no secrets
_START_SECONDS = 20  # a cold start on a slow machine


class MailParser:
    """`async with MailParser() as parser: mail = await parser.parse(raw)`; the process starts at the first mail."""

    def __init__(
        self,
        *,
        authserv: frozenset[str] = frozenset(),
        seconds: float = 10,
        memory: int = 512 * 1024 * 1024,
        module: str = "mail.worker",
    ) -> None:
        self._authserv = sorted(authserv)
        self._seconds = seconds
        self._memory = memory
        self._module = module
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def running(self) -> bool:
        """Is the process up?"""
        return self._process is not None and self._process.returncode is None

    async def parse(self, raw: bytes, keys: Mapping[str, str] | None = None) -> Mail:
        """The mail, understood; its From may be proved by these DKIM keys, too.

        Raises MailUnreadable (no content) or MailTooHard (a limit was reached).
        """
        options = json.dumps({"authserv": self._authserv, "keys": dict(keys or {})}).encode()
        async with self._turn:
            try:
                answer = await self._ask(raw, options)
            except BaseException:
                await self._stop()  # a half-read answer must never be taken for the next mail's
                raise
        if answer[:1] == b"+":
            return from_json(Mail, answer[1:].decode())
        if answer[:1] == b"-":
            raise MailUnreadable(answer[1:].decode())
        raise MailTooHard(answer[1:].decode())

    async def _ask(self, raw: bytes, options: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._seconds):
                process.stdin.write(len(raw).to_bytes(4, "big") + len(options).to_bytes(2, "big") + options)
                process.stdin.write(raw)
                await process.stdin.drain()
                size = int.from_bytes(await process.stdout.readexactly(4), "big")
                return await process.stdout.readexactly(size)
        except TimeoutError:
            raise MailTooHard(f"the mail took longer than {self._seconds:g} seconds to understand") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise MailTooHard("the parsing process broke down over this mail") from None

    async def _start(self) -> asyncio.subprocess.Process:
        """A running process that has said it is ready, so that its start doesn't count as the mail's time."""
        await self._stop()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, str(self._memory),
            env={name: value for name, value in os.environ.items() if name in _ENVIRONMENT},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
            process_group=0,  # Ctrl-C at the terminal isn't meant for it: a mail would seem to have broken it
        )  # fmt: skip
        self._process = process
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await process.stdout.readexactly(1)
        except (TimeoutError, asyncio.IncompleteReadError):
            raise MailTooHard("the parsing process doesn't start") from None
        if ready != b".":
            raise MailTooHard("the parsing process doesn't start as it should")
        return process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
