"""Resident memory of `rapport run` after 100 messages in three languages, with Telegram running, and after 20 mails.

python -m bench.memory [--messages 100]
"""

from __future__ import annotations

import argparse
import asyncio
import smtplib
import socket
import tempfile
from pathlib import Path

from bench.corpus import NAMES, TEAM, mail_of, settled, text_of
from bench.measuring import children_of, memory_of, show
from bench.service import TOKEN, environment_of, rapport, running_service
from tests.fakes.bot_api_remote import RemoteBotApi

_PEOPLE = ((7001, "Max Kern", "en"), (7002, "Lena Frei", "de"), (7003, "Irina Koch", "ru"))
_MAILS = 20


def measure(folder: Path, count: int) -> None:
    """Talks, reads memory, mails, reads memory again."""
    port = _free_port()
    with RemoteBotApi.started(TOKEN) as telegram:
        environment = environment_of(
            folder / "memory.db",
            TELEGRAM_TOKEN=TOKEN,
            TELEGRAM_API=telegram.url,
            DROP=f"127.0.0.1:{port}",
            MAIL_FROM=TEAM.address,
            AUTHSERV="mx.firma.example",
            TIMEZONE="Europe/Berlin",
        )
        for user, name, language in _PEOPLE:
            if user != _PEOPLE[0][0]:  # the owner is there already
                rapport(environment, "user", "add", name, "--telegram", str(user), "--language", language)
            telegram.user(user, name, language)
        with running_service(environment) as service:
            idle = memory_of(service.pid)
            for number in range(count):
                user = _PEOPLE[number % 3][0]
                telegram.says(user, NAMES[number] if number % 5 == 4 else text_of(number))  # a name: show the card
                telegram.hears(user, timeout=20)
            talked, own = memory_of(service.pid), memory_of(service.pid, "RssAnon")
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                for number in range(_MAILS):
                    smtp.sendmail("max@firma.example", [TEAM.address], mail_of(number))
            workers = [pid for pid, command in children_of(service.pid).items() if "mail.worker" in command]
            mailed, most = memory_of(service.pid), memory_of(service.pid, "VmHWM")
            worker = sum(memory_of(pid) for pid in workers)
    rows = [
        ("when ready", _mib(idle)),
        (f"after {count} messages", f"{_mib(talked)}   (aim 110 MiB; {own:.0f} its own, the rest files' pages)"),
        (f"after {_MAILS} mails more", _mib(mailed)),
        ("the most it ever was", _mib(most)),
        ("the mail's parsing process", f"{_mib(worker)}   (started at the first mail)"),
    ]
    figures = {"ready": idle, "talked": talked, "anonymous": own, "mailed": mailed, "most": most, "worker": worker}
    mib = {name: round(value, 1) for name, value in figures.items()}
    show("memory of rapport run", rows, {"messages": count, "mib": mib})


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _mib(value: float) -> str:
    return f"{value:6.1f} MiB"


def main() -> None:
    """One run: memory doesn't depend on what else the machine does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        asyncio.run(settled(Path(folder) / "memory.db"))
        measure(Path(folder), args.messages)


if __name__ == "__main__":
    main()
