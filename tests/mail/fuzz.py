"""Mutates real-looking mails and parses them; by hand: `python -m tests.mail.fuzz 100000 [SEED]`."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

TOKENS = (
    b"\r\n", b"\n", b"\0", b":", b"<", b">", b"@", b"=?utf-8?B?", b"?=", b"--b\r\n", b"--b--", b"From: ", b"On 2 Mar wrote:", b"> ",
    b"---------- Forwarded message ---------\n", b"Subject: Fwd: ", b"\xff\xfe", b"\xe2\x80\xae", b"Content-Type: text/html\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"<div>", b"<blockquote>", b"</table>", b"<a href='mailto:", b"9" * 40, b"charset=utf-7", b";" * 30,
    b"-- \n", b"\xed\xa0\x80", b"&#x0;", b"\xee\x80\x81", b"message/rfc822", b"multipart/mixed; boundary=", b"31 Dec 9999 23:59:59 -1459",
)  # fmt: skip


def mutate(chance: random.Random, raw: bytes) -> bytes:
    """The mail with one to eight random changes: bytes flipped, pieces cut, doubled, moved, tokens put in."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 3, 20, 200)))
        match chance.randrange(6):
            case 0:
                data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 30))
            case 3:
                data[at:at] = chance.choice(TOKENS)
            case 4:
                data[at:end] = chance.choice(TOKENS)
            case _:
                piece = bytes(data[at:end])
                del data[at:end]
                where = chance.randrange(len(data) + 1)
                data[where:where] = piece
    return bytes(data)


def run(count: int, seeds: list[bytes], parse: Callable[[bytes], object], seed: int) -> tuple[int, float]:
    """How many of `count` mutated mails raised, and the slowest one's seconds; prints each error once."""
    chance = random.Random(seed)
    failed = 0
    slowest = 0.0
    seen: set[str] = set()
    for _ in range(count):
        raw = mutate(chance, chance.choice(seeds)) + b"x"
        start = time.perf_counter()
        try:
            parse(raw)
        except Exception as error:  # every kind of failure is what is looked for
            failed += 1
            if repr(error)[:80] not in seen:
                seen.add(repr(error)[:80])
                print(repr(error)[:300], repr(raw[:2000]))
        slowest = max(slowest, time.perf_counter() - start)
    return failed, slowest


def main() -> None:
    """Runs the fuzz over the whole corpus."""
    from mail.parse import parse_mail
    from storage.codec import from_json, to_json
    from storage.messages import Mail
    from tests.mail.corpus.automatic import BOUNCES, FORMS
    from tests.mail.corpus.forwards import build, cases
    from tests.mail.corpus.harmless import harmless
    from tests.mail.corpus.kinds import KINDS
    from tests.mail.corpus.programs import PROGRAMS
    from tests.mail.corpus.replies import replies
    from tests.mail.corpus.shapes import SHAPES
    from tests.mail.corpus.special import NOT_FORWARDS, SPECIAL

    seeds = [case.raw for case in cases()] + [raw for _, _, raw in KINDS] + [item.raw for item in SPECIAL]
    seeds += [raw for _, raw in NOT_FORWARDS] + [build("Re: x", reply.text, encoding="8bit") for reply in replies()]

    seeds += [item.raw for item in (*PROGRAMS, *SHAPES)] + [harmless(number)[1] for number in range(200)]
    seeds += [build(row[1], row[3], sender=row[2], headers="Return-Path: <>\r\n", encoding="8bit") for row in BOUNCES]
    seeds += [build(row[1], row[3], sender=row[2], encoding="8bit") for row in FORMS]

    def parse(raw: bytes) -> None:
        mail = parse_mail(raw)
        assert from_json(Mail, to_json(mail).encode().decode()) == mail

    count = int(sys.argv[1])
    start = time.perf_counter()
    failed, slowest = run(count, seeds, parse, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    seconds = time.perf_counter() - start
    print(
        f"{count} mails from {len(seeds)} seeds: {failed} failed, {seconds / count * 1000:.2f} ms each, slowest {slowest:.2f} s"
    )


if __name__ == "__main__":
    main()
