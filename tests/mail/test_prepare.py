"""The parsing process: started lazily, killed at its limits, started again; answers never get mixed up."""

from __future__ import annotations

import asyncio

import pytest

from mail.errors import MailTooHard, MailUnreadable
from mail.parse import parse_mail
from mail.prepare import MailParser
from tests.mail.corpus.forwards import cases


def is_up(parser: MailParser) -> bool:
    return parser.running


async def test_the_process_understands_what_the_function_understands() -> None:
    raws = [case.raw for case in cases()][:12]
    proved = (
        b"Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\nFrom: tom@acme.example\n\nHello"
    )
    async with MailParser(authserv=frozenset({"mx.acme.example"})) as parser:
        assert is_up(parser) is False
        assert await asyncio.gather(*(parser.parse(raw) for raw in raws)) == [
            parse_mail(raw, authserv=frozenset({"mx.acme.example"})) for raw in raws
        ]
        assert is_up(parser)
        with pytest.raises(MailUnreadable):
            await parser.parse(b"")
        assert (await parser.parse(proved)).authentic
    assert not is_up(parser)


async def test_limits_of_time_and_memory_and_a_crash_cost_one_mail_each() -> None:
    async with MailParser(seconds=1.5, memory=400 * 1024 * 1024, module="tests.mail.stubborn") as parser:
        with pytest.raises(MailTooHard, match="longer than"):
            await parser.parse(b"sleep")
        assert not is_up(parser)
        assert (await parser.parse(b"From: a@b.example\n\nHello")).outer.body == "Hello"
        with pytest.raises(MailTooHard):
            await parser.parse(b"eat")
        with pytest.raises(MailTooHard, match="broke down"):
            await parser.parse(b"die")
        assert (await parser.parse(b"From: a@b.example\n\nHello")).outer.body == "Hello"


async def test_a_cancelled_wait_leaves_no_half_read_answer() -> None:
    async with MailParser(module="tests.mail.stubborn") as parser:
        task = asyncio.create_task(parser.parse(b"sleep"))
        while not parser.running:  # noqa: ASYNC110 - the process is started by the parser itself
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await parser.parse(b"From: a@b.example\n\nHello")).outer.body == "Hello"


async def test_a_module_that_doesnt_start_is_reported() -> None:
    async with MailParser(module="tests.mail.no_such_module") as parser:
        with pytest.raises(MailTooHard, match="start"):
            await parser.parse(b"From: a@b.example\n\nHello")
