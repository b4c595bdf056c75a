"""Mails a second, parsed and logged, from an mbox and a mailbox; a mailbox's first sight; how soon a receipt comes.

python -m bench.mail [--only import,imap,sight,receipt] [--mails 1000] [--rounds 3] [--sight 50000] [--receipts 100]

Each is Rapport as shipped, in processes of its own. import and imap are compared with two programs that do the same
work in other ways (bench/simple_program.py, bench/orm_program.py), round by round.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.corpus import NAMES, TELEGRAM_ID, address_of, settled
from bench.measuring import children_of, cpu_of, median, memory_of, percentile, show
from bench.old_mail import old_mail, write_mbox
from bench.service import RAPPORT, TOKEN, environment_of
from bench.simple_program import SCHEMA
from mail.account import Account
from tests.fakes.bot_api_remote import RemoteBotApi
from tests.mail.dovecot import Dovecot

_ROOT = Path(__file__).resolve().parent.parent
_OURS = {"DROP": "off", "MAIL_FROM": "crm@firma.example", "AUTHSERV": "mx.firma.example", "TIMEZONE": "Europe/Berlin"}
_PATIENCE = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Spent:
    """What a program needed for all mails: seconds by the clock and of CPU, its helpers' included."""

    wall: float
    cpu: float


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a database holds, seen from outside."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(query).fetchall()


def count_of(path: Path, query: str) -> int:
    """One number of it."""
    return int(str(rows(path, query)[0][0]))


def ran(command: list[str], environment: dict[str, str]) -> Spent:
    """A program from its start to its end."""
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, cwd=_ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Spent(time.monotonic() - began, used.ru_utime + used.ru_stime)


@contextlib.contextmanager
def service(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`rapport run`, until the block ends."""
    log = Path(environment["HOME"]) / "run.log"
    with (
        log.open("ab") as sink,
        subprocess.Popen([*RAPPORT, "run"], env=environment, cwd=_ROOT, stderr=sink) as process,
    ):
        try:
            yield process
            process.terminate()
            process.wait(20)
        finally:
            process.kill()


def until(fits: Callable[[], bool], process: subprocess.Popen[bytes], pause: float = 0.05) -> None:
    """Waits until it is so; fails when the service ends before."""
    enough = time.monotonic() + _PATIENCE
    while not fits():
        assert process.poll() is None, "the service ended"
        assert time.monotonic() < enough, "it takes too long"
        time.sleep(pause)


class Bench:
    """The folder, the seeds of both databases, and the mail server."""

    def __init__(self, folder: Path, server: Dovecot) -> None:
        self.folder = folder
        self.server = server
        self.seed, self.plain_seed = folder / "seed.db", folder / "plain.db"
        asyncio.run(settled(self.seed))
        with closing(sqlite3.connect(self.plain_seed)) as connection:
            connection.executescript(SCHEMA)
            people = [(name, address_of(name)) for name in NAMES]
            connection.executemany("INSERT INTO contacts (name, address) VALUES (?, ?)", people)
            connection.commit()

    def fresh(self, seed: Path, name: str) -> Path:
        """A copy of a seed."""
        for end in ("", "-wal", "-shm"):
            (self.folder / f"{name}.db{end}").unlink(missing_ok=True)
        return Path(shutil.copy(seed, self.folder / f"{name}.db"))

    def other(self, program: str, count: int, *source: str) -> Spent:
        """One of the programs that Rapport is compared with."""
        path = self.fresh(self.plain_seed, program)
        command = [sys.executable, "-m", f"bench.{program}", str(path), *source]
        spent = ran(command, environment_of(path))
        assert count_of(path, "SELECT count(*) FROM interactions") == count, program
        return spent

    def imported(self, mbox: Path, count: int) -> Spent:
        """`rapport mail import`."""
        path = self.fresh(self.seed, "rapport")
        spent = ran([*RAPPORT, "mail", "import", str(mbox)], environment_of(path, **_OURS))
        assert count_of(path, "SELECT count(*) FROM interactions") == count
        return spent

    def followed(self, account: Account, count: int) -> Spent:
        """`rapport run` from its start until all of a folder is logged."""
        path = self.fresh(self.seed, "followed")
        environment = environment_of(path, **_OURS, IMAP=self.url_of(account))
        began = time.monotonic()
        with service(environment) as process:
            until(lambda: count_of(path, "SELECT count(*) FROM interactions") >= count, process)
            wall = time.monotonic() - began
            cpu = cpu_of(process.pid) + sum(cpu_of(child) for child in children_of(process.pid))
        assert count_of(path, "SELECT count(*) FROM interactions") == count
        return Spent(wall, cpu)

    def url_of(self, account: Account) -> str:
        """The setting for a folder."""
        return f"imap://{account.user}:{account.password}@127.0.0.1:{self.server.port('plain')}/INBOX"

    def filled(self, count: int) -> Account:
        """A folder with so many old mails."""
        account = self.server.account(security="plain")
        self.server.fills(account, count, old_mail, datetime.now(UTC) - timedelta(days=400))
        return account

    def telegram(self, api: RemoteBotApi, path: Path, account: Account | None, **more: str) -> dict[str, str]:
        """The settings with Telegram on top."""
        api.user(int(TELEGRAM_ID), "Max Kern")
        mailbox = {"IMAP": self.url_of(account)} if account is not None else {}
        settings = {**_OURS, **mailbox, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": api.url, **more}
        return environment_of(path, **settings)


def compare(name: str, count: int, rounds: int, each: dict[str, Callable[[], Spent]]) -> None:
    """The ways in turn, round by round; mails a second, CPU, and Rapport's speed as a multiple of the others'."""
    found: dict[str, list[Spent]] = {way: [] for way in each}
    for _ in range(rounds):
        for way, run in each.items():
            found[way].append(run())
    shown = []
    figures: dict[str, object] = {"mails": count, "rounds": rounds}
    for way, spent in found.items():
        speed, cpu = median(count / one.wall for one in spent), median(one.cpu / count for one in spent)
        against = [one.wall / ours.wall for one, ours in zip(spent, found["rapport"], strict=True)]
        against_cpu = [one.cpu / ours.cpu for one, ours in zip(spent, found["rapport"], strict=True)]
        times, cpu_times = median(against), median(against_cpu)
        ratio = f"Rapport: {times:.2f} x the speed, {cpu_times:.2f} x by CPU"
        shown.append((way, f"{speed:6.0f} mails/s   {cpu * 1e3:5.2f} ms CPU   {ratio}"))
        figures[way] = {"a second": round(speed), "cpu_ms": round(cpu * 1e3, 2), "x": round(times, 2)}
    show(f"mail: {name}", shown, figures)


def sight(bench: Bench, count: int) -> None:
    """Many old mails when a folder is first seen: killed once in the middle, while somebody chats."""
    account = bench.filled(count)
    path = bench.fresh(bench.seed, "sight")
    chat, latencies = int(TELEGRAM_ID), []
    logged = "SELECT count(*) FROM interactions"
    with RemoteBotApi.started(TOKEN) as api:
        environment = bench.telegram(api, path, account)
        began, memory = time.monotonic(), 0.0
        for part in (0.5, 1.0):
            with service(environment) as process:
                said = 0
                while said == 0 or count_of(path, logged) < count * part:
                    assert process.poll() is None, "the service ended"
                    assert time.monotonic() - began < _PATIENCE, "it takes too long"
                    asked = time.monotonic()
                    said += 1
                    api.says(chat, f"note for {NAMES[said % len(NAMES)]}: {part} {said}")
                    while f"{part} {said}" not in str(api.hears(chat, 60)["text"]):
                        pass
                    if said > 1:  # the first one of a life waits for its start
                        latencies.append(time.monotonic() - asked)
                    time.sleep(0.5)
                memory = max(memory, memory_of(process.pid, "VmHWM"))
                if part < 1:
                    process.kill()  # in the middle
                    process.wait()
                else:
                    wall = time.monotonic() - began
                    until(lambda: not count_of(path, "SELECT count(*) FROM inbox WHERE state = 'new'"), process)
    notices = count_of(path, "SELECT count(*) FROM outbox WHERE kind = 'notice'")
    kept = rows(path, "SELECT count(*), count(DISTINCT external_id) FROM inbox WHERE channel = 'email'")[0]
    once = rows(path, "SELECT count(*), count(DISTINCT message_id) FROM interactions")[0]
    assert kept == once == (count, count), (kept, once)
    show(
        "mail: a folder seen for the first time",
        [
            (f"{count:,} old mails, killed once in the middle", f"{wall:.0f} s, {count / wall:.0f} mails/s"),
            ("lost or doubled", "none"),
            ("the most memory of the service", f"{memory:.0f} MiB"),
            ("notices", str(notices)),
            (
                f"answers to {len(latencies)} chat messages meanwhile",
                f"p50 {percentile(latencies, 50) * 1e3:.0f} ms, p95 {percentile(latencies, 95) * 1e3:.0f} ms",
            ),
        ],
        {
            "mails": count,
            "seconds": round(wall, 1),
            "memory_mib": round(memory),
            "notices": notices,
            "chats": len(latencies),
            "p50_ms": round(percentile(latencies, 50) * 1e3),
            "p95_ms": round(percentile(latencies, 95) * 1e3),
            "max_ms": round(max(latencies) * 1e3),
        },
    )


def receipts(bench: Bench, count: int) -> None:
    """From the moment that the mail server has taken a mail to the receipt in Telegram, one mail at a time."""
    account = bench.server.account(security="plain")
    path = bench.fresh(bench.seed, "receipt")
    late = []
    with RemoteBotApi.started(TOKEN) as api, service(bench.telegram(api, path, account)) as process:
        api.says(int(TELEGRAM_ID), "help")  # a bot can't begin a conversation
        api.hears(int(TELEGRAM_ID), 60)
        until(lambda: count_of(path, "SELECT count(*) FROM mailboxes") == 1, process)
        for number in range(count + 3):
            name = NAMES[number % len(NAMES)]
            text = f"Could you deliver number {number} by the end of the month?"
            # Max forwards: a receipt is an answer, which quiet hours don't hold back.
            raw = (
                "Authentication-Results: mx.firma.example; dmarc=pass header.from=firma.example\n"
                f"From: Max Kern <max@firma.example>\nTo: crm@firma.example\nSubject: Fwd: Order {number}\n"
                f"Message-ID: <{number}.now@firma.example>\nDate: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000\n\n"
                f"---------- Forwarded message ---------\nFrom: {name} <{address_of(name)}>\n"
                f"Date: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Order {number}\n"
                f"To: Max Kern <max@firma.example>\n\n\n{text}\n"
            )
            bench.server.receives(account, raw.replace("\n", "\r\n").encode())
            arrived = time.monotonic()
            while f"Order {number}" not in str(api.hears(int(TELEGRAM_ID), 60)["text"]):
                pass
            late.append(time.monotonic() - arrived)
    late = late[3:]  # the first mail starts the parser's process
    times = {f"p{percent}_ms": round(percentile(late, percent) * 1e3) for percent in (50, 95, 100)}
    shown = f"p50 {times['p50_ms']} ms, p95 {times['p95_ms']} ms, at most {times['p100_ms']} ms"
    show(
        "mail: from the mail server's yes to the receipt in Telegram",
        [(f"{count} mails", shown)],
        {"mails": count, **times},
    )


def main() -> None:
    """All of it, or what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="import,imap,sight,receipt")
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sight", type=int, default=50_000)
    parser.add_argument("--receipts", type=int, default=100)
    args = parser.parse_args()
    asked = args.only.split(",")
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory(prefix="dovecot-") as place:
        Path(place).chmod(0o755)
        server = Dovecot(Path(place))
        server.start()
        try:
            bench = Bench(Path(own), server)
            if "import" in asked:
                mbox = Path(own) / "old.mbox"
                write_mbox(mbox, args.mails)
                ways = {
                    program: lambda program=program: bench.other(program, args.mails, str(mbox))
                    for program in ("simple_program", "orm_program")
                }
                compare(
                    "an mbox", args.mails, args.rounds, {"rapport": lambda: bench.imported(mbox, args.mails), **ways}
                )
            if "imap" in asked:
                account = bench.filled(args.mails)
                port = str(server.port("plain"))
                ways = {
                    program: lambda program=program: bench.other(program, args.mails, port, account.user)
                    for program in ("simple_program", "orm_program")
                }
                compare(
                    "a folder",
                    args.mails,
                    args.rounds,
                    {"rapport": lambda: bench.followed(account, args.mails), **ways},
                )
            if "sight" in asked:
                sight(bench, args.sight)
            if "receipt" in asked:
                receipts(bench, args.receipts)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
