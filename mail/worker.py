"""The parsing process: raw mails in by frames on stdin, JSON of the Mail out on stdout, until stdin closes.

Frame in: 4 bytes length (big-endian), 2 bytes length of the options, these (JSON: authserv, keys), the raw mail.
Frame out: 4 bytes length, then `+` and the Mail as JSON, or `-` and the reason why there is none.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import BinaryIO

from mail.errors import MailUnreadable
from mail.lexicon import load_lexicon
from mail.parse import parse_mail
from storage.codec import to_json
from storage.messages import Mail


def serve(source: BinaryIO, sink: BinaryIO, parse: Callable[..., Mail]) -> None:
    """Answers every frame of the source on the sink."""
    while len(head := source.read(6)) == 6:
        size, listed = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
        options = json.loads(source.read(listed))
        raw = source.read(size)
        try:
            answer = "+" + to_json(parse(raw, authserv=frozenset(options["authserv"]), keys=options["keys"]))
        except MailUnreadable as error:
            answer = f"-{error}"
        except MemoryError:
            answer = "!the mail needs more memory than it may have"
        data = answer.encode("utf-8", "replace")
        del raw, answer
        sink.write(len(data).to_bytes(4, "big") + data)
        sink.flush()


def main(parse: Callable[..., Mail] = parse_mail) -> None:
    """`python -m mail.worker MEMORY_BYTES`."""
    if len(sys.argv) > 1:
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    load_lexicon()
    sys.stdout.buffer.write(b".")
    sys.stdout.buffer.flush()
    serve(sys.stdin.buffer, sys.stdout.buffer, parse)


if __name__ == "__main__":
    main()
