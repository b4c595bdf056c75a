"""Lateness of reminders with 100,000 pending and 20 falling due each second, their CPU, and what waiting costs.

python -m bench.reminders [--pending 100000] [--seconds 20] [--rate 20]
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from sqlalchemy import Connection, func, select

from bench.corpus import settings_for
from bench.measuring import cpu_of, median, memory_of, percentile, show
from bench.service import TOKEN, environment_of, running_service
from bot.wiring import open_house, running, start_delivery, start_parts
from storage.messages import OutgoingMessage
from storage.opening import open_database_now
from storage.outbox import Carrier
from storage.reminders import next_reminder
from storage.tables import reminders, tasks
from storage.users import add_user
from tests.fakes.bot_api_remote import RemoteBotApi

_TEAM = 20  # people with a Telegram chat each: Telegram takes one message a second a chat
_FIRST_CHAT = 8000
_LEAD = 4.0  # seconds between the filling of the database and the first reminder that falls due
_IDLE = 4.0


@dataclass
class RecordingFace:
    """Takes every message and writes down how late it came, in milliseconds."""

    late: list[float] = field(default_factory=list)

    @property
    def carrier(self) -> Carrier:
        """Telegram's rows, without a Telegram."""
        return Carrier("telegram")

    async def deliver(self, message: OutgoingMessage) -> str:
        """The moment that it was due is the end of its key."""
        due = datetime.fromisoformat(message.key.split(":", 2)[2])
        self.late.append((datetime.now(UTC) - due).total_seconds() * 1e3)
        return f"{_FIRST_CHAT}:{message.id}"


def people(path: Path) -> None:
    """A new database with the team in it."""
    with open_database_now(str(path)) as database:

        def work(connection: Connection) -> None:
            for number in range(_TEAM):
                chat = str(_FIRST_CHAT + number)
                role = "member" if number else "owner"
                add_user(connection, f"Member {number}", at=datetime.now(UTC), role=role, telegram=chat, timezone="UTC")

        database.transact(work)


def fill(path: Path, moments: list[datetime]) -> None:
    """A task with its pending reminder for each moment, in one bulk write, as another process may do it."""
    with open_database_now(str(path)) as database:

        def work(connection: Connection) -> None:
            first = (connection.execute(select(func.max(tasks.c.id))).scalar() or 0) + 1
            made = datetime.now(UTC)
            rows = [
                {
                    "id": first + number,
                    "title": f"call customer {number}",
                    "due_wall": f"{at:%Y-%m-%dT%H:%M}",
                    "zone": "UTC",
                    "has_time": True,
                    "due_at": at,
                    "remind_at": at,
                    "assignee_id": 1 + number % _TEAM,
                    "author_id": 1 + number % _TEAM,
                    "created_at": made,
                }
                for number, at in enumerate(moments)
            ]
            connection.execute(tasks.insert(), rows)
            pending = [
                {"task_id": row["id"], "user_id": row["assignee_id"], "due_at": row["remind_at"]} for row in rows
            ]
            connection.execute(reminders.insert(), pending)

        database.transact(work)


def far(count: int) -> list[datetime]:
    """So many moments, over the year that begins tomorrow."""
    start = datetime.now(UTC) + timedelta(days=1)
    return [start + timedelta(days=365) * number / count for number in range(count)]


def soon(start: datetime, seconds: int, rate: int, *, at_once: bool) -> list[datetime]:
    """So many moments each second: evenly apart, or all at the full second."""
    step = 0 if at_once else 1 / rate
    return [start + timedelta(seconds=second + place * step) for second in range(seconds) for place in range(rate)]


async def in_process(path: Path, args: argparse.Namespace, *, at_once: bool) -> dict[str, float]:
    """The service's own loops with a face that only looks at the clock."""
    face = RecordingFace()
    async with open_house(settings_for(path)) as house, AsyncExitStack() as parts:
        started = await parts.enter_async_context(running())
        await start_parts(house, parts, started)
        start_delivery(started, house, face)
        start = datetime.now(UTC) + timedelta(seconds=_LEAD)
        moments = soon(start, args.seconds, args.rate, at_once=at_once)
        fill(path, moments)
        await asyncio.sleep((start - datetime.now(UTC)).total_seconds() - 0.1)
        began = process_time()
        await asyncio.sleep(args.seconds + 1)
        for _ in range(60):
            if len(face.late) >= len(moments):
                break
            await asyncio.sleep(1)
        spent = process_time() - began
    return _summary(face.late, spent, len(moments))


def as_a_service(path: Path, args: argparse.Namespace, *, at_once: bool) -> dict[str, float]:
    """`rapport run` and the fake Bot API: late is when Telegram's yes was written down."""
    with RemoteBotApi.started(TOKEN) as telegram:
        for number in range(_TEAM):
            telegram.user(_FIRST_CHAT + number, f"Member {number}")
            telegram.says(_FIRST_CHAT + number, "help")  # a bot can't write to who never wrote to it
        environment = environment_of(path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=telegram.url, DROP="off", TIMEZONE="UTC")
        with running_service(environment) as service:
            telegram.all_confirmed(timeout=30)
            time.sleep(2)
            idle = cpu_of(service.pid)
            time.sleep(_IDLE)
            idling = (cpu_of(service.pid) - idle) / _IDLE
            start = datetime.now(UTC) + timedelta(seconds=_LEAD)
            moments = soon(start, args.seconds, args.rate, at_once=at_once)
            fill(path, moments)
            _wait(start - timedelta(seconds=0.5))
            began = cpu_of(service.pid)
            _wait(start + timedelta(seconds=args.seconds + 1))
            _until_sent(path, len(moments))
            spent = cpu_of(service.pid) - began
            memory = memory_of(service.pid, "VmHWM")
        telegram.assert_clean()
    late = []
    for at, key in _sent(path):
        due = datetime.fromisoformat(key.split(":", 2)[2])
        late.append((datetime.fromisoformat(at).replace(tzinfo=UTC) - due).total_seconds() * 1e3)
    return _summary(late, spent, len(moments)) | {
        "idle_cpu_percent": round(idling * 100, 2),
        "memory_mib": round(memory),
    }


def _sent(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT sent_at, key FROM outbox WHERE kind = 'reminder' AND state = 'sent'").fetchall()


def _until_sent(path: Path, count: int, seconds: float = 60) -> None:
    """Waits until all are delivered; a slow machine is late, not wrong."""
    for _ in range(int(seconds)):
        if len(_sent(path)) >= count:
            return
        time.sleep(1)


def _wait(moment: datetime) -> None:
    left = (moment - datetime.now(UTC)).total_seconds()
    if left < 0:
        raise SystemExit("the machine is too slow just now: the first reminders were due before all was ready")
    time.sleep(left)


def _summary(late: list[float], spent: float, expected: int) -> dict[str, float]:
    assert len(late) == expected, f"{expected} fell due, {len(late)} were delivered"
    assert min(late) >= 0, "one came before it was due"
    return {
        "p50": round(percentile(late, 50), 1),
        "p95": round(percentile(late, 95), 1),
        "max": round(max(late), 1),
        "cpu_ms_each": round(spent / expected * 1e3, 2),
    }


async def ticks(path: Path, count: int = 200) -> dict[str, float]:
    """Microseconds of CPU: the query for the next moment alone, the loop's way to it, and a push with nothing due."""
    async with open_house(settings_for(path)) as house:
        spent: dict[str, list[float]] = {"query": [], "next_due": [], "push_due": []}
        for _ in range(5):
            for name, times in spent.items():
                began = process_time()
                if name == "query":
                    house.database.look(lambda connection: [next_reminder(connection) for _ in range(count)])
                else:
                    for _ in range(count):
                        await getattr(house.flow, name)()
                times.append((process_time() - began) / count * 1e6)
    return {name: round(median(times)) for name, times in spent.items()}


def starts(folder: Path, filled: Path, rounds: int = 3) -> dict[str, float]:
    """Seconds until `rapport: ready`, with an empty database and with the filled one, by turns."""
    empty = folder / "empty.db"
    people(empty)
    taken: dict[str, list[float]] = {"empty": [], "filled": []}
    for _ in range(rounds):
        for name, path in (("empty", empty), ("filled", filled)):
            with running_service(environment_of(path, DROP="off")) as service:
                taken[name].append(cpu_of(service.pid))
    return {name: round(median(times), 2) for name, times in taken.items()}


def main() -> None:
    """Each way of falling due, through the loops alone and through the service; then what waiting costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as name:
        folder = Path(name)
        path = folder / "filled.db"
        people(path)
        fill(path, far(args.pending))

        def fresh() -> Path:
            return Path(shutil.copy(path, folder / "run.db"))

        found: dict[str, dict[str, float]] = {}
        for label, at_once in (("evenly", False), ("at once", True)):
            found[f"{label}, loops"] = asyncio.run(in_process(fresh(), args, at_once=at_once))
            found[f"{label}, rapport run"] = as_a_service(fresh(), args, at_once=at_once)
        rows = [
            (
                label,
                "p50 {p50:7.1f}  p95 {p95:7.1f}  max {max:7.1f} ms late   {cpu_ms_each:6.2f} ms CPU each".format(
                    **each
                ),
            )
            for label, each in found.items()
        ]
        tick = asyncio.run(ticks(path))
        people(small := folder / "small.db")
        small_tick = asyncio.run(ticks(small))
        start = starts(folder, path)
        idle = found["evenly, rapport run"]["idle_cpu_percent"]
        rows += [
            (f"a look at the next, {args.pending} pending", _tick(tick)),
            ("a look at the next, none pending", _tick(small_tick)),
            ("CPU while nothing happens", f"{idle:.2f} % of a core"),
            ("the most memory of rapport run", f"{found['at once, rapport run']['memory_mib']:.0f} MiB"),
            ("CPU of the start, none / all pending", f"{start['empty']:.2f} / {start['filled']:.2f} s"),
        ]
        figures = {"pending": args.pending, "rate": args.rate, "late_ms": found, "tick_us": tick, "start_s": start}
        show("reminders", rows, figures)


def _tick(tick: dict[str, float]) -> str:
    return "{query:.0f} µs the query, {next_due:.0f} the loop's way, {push_due:.0f} a push of none".format(**tick)


if __name__ == "__main__":
    main()
