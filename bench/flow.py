"""CPU of a logged chat message and of a logged mail, against raw sqlite3 running the flow's own statements and commits.

python -m bench.flow [--messages 300] [--rounds 7] [--profile] [--statements]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from bench.corpus import AUTHSERV, NullFace, mail_of, settings_for, settled, spoken, text_of
from bench.measuring import children_of, median, show
from bench.recording import Recording, Understanding, recording, replay, timed_understanding
from bench.sampling import sampled
from bot.delivery import Delivery
from bot.mail_in import MailIn
from bot.wiring import House, open_house, running, start_delivery, start_parts
from mail.prepare import MailParser
from storage.inbox import compress

WARM = 20  # messages before the measuring begins: statements are compiled, catalogues read


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of CPU a message, of one round: the flow's own process, understanding in it, the mail's parser."""

    whole: float
    understanding: float
    parsing: float = 0.0
    keeping: float = 0.0
    handling: float = 0.0


Send = Callable[[int], Awaitable[None]]


class Scene:
    """One way to send messages through a house: chat, mail, or chat with all loops running."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keeping = self.handling = 0.0

    @asynccontextmanager
    async def opened(self, house: House) -> AsyncIterator[Send]:
        """The house ready to take the n-th message and to be done with it."""
        face = NullFace()
        async with AsyncExitStack() as parts:
            if self.name == "loops":
                tasks = await parts.enter_async_context(running())
                await start_parts(house, parts, tasks)
                start_delivery(tasks, house, face)
                yield lambda number: self._chat_by_loops(house, face, number)
                return
            delivery = Delivery(house.database, house.clock, face)
            if self.name == "mail":
                parser = await parts.enter_async_context(MailParser(authserv=AUTHSERV))
                taken = MailIn(house.flow, parser, house.clock)
                yield lambda number: self._mail(house, taken, delivery, number)
            else:
                yield lambda number: self._chat(house, delivery, number)

    async def _chat(self, house: House, delivery: Delivery, number: int) -> None:
        message, raw = spoken(text_of(number), number)
        began = process_time()
        await house.flow.keep(message, raw=compress(raw))
        kept = process_time()
        await house.flow.handle_next()
        self.keeping += kept - began
        self.handling += process_time() - kept
        await delivery.deliver_all()

    async def _mail(self, house: House, taken: MailIn, delivery: Delivery, number: int) -> None:
        began = process_time()
        await taken.take(mail_of(number))
        kept = process_time()
        await house.flow.handle_next()
        self.keeping += kept - began
        self.handling += process_time() - kept
        await delivery.deliver_all()

    async def _chat_by_loops(self, house: House, face: NullFace, number: int) -> None:
        message, raw = spoken(text_of(number), number)
        face.came.clear()
        await house.flow.keep(message, raw=compress(raw))
        await face.came.wait()
        await asyncio.sleep(0.01)  # the loops mark it, look once more, and go to sleep


async def measured(path: Path, scene: Scene, count: int, spent: Understanding) -> Round:
    """One round of the flow on this file."""
    async with open_house(settings_for(path)) as house, scene.opened(house) as send:
        for number in range(WARM):
            await send(number)
        spent.seconds = scene.keeping = scene.handling = 0.0
        parsed, began = _parser_cpu(), process_time()
        for number in range(WARM, WARM + count):
            await send(number)
        whole, parsing = process_time() - began, _parser_cpu() - parsed
    parts = (whole, spent.seconds, parsing, scene.keeping, scene.handling)
    return Round(*(seconds / count for seconds in parts))


async def recorded(path: Path, scene: Scene, count: int, spent: Understanding) -> Recording:
    """The same round, its statements written down; fails when a message didn't do what it says."""
    async with open_house(settings_for(path)) as house:
        before = await _counts(house)
        with recording(spent) as found:
            async with scene.opened(house) as send:
                for number in range(WARM + count):
                    if number:
                        found.next_message()
                    await send(number)
        after = await _counts(house)
    logged = sum((after - before)[name] for name in (["interactions"] if scene.name == "mail" else ["notes", "tasks"]))
    assert logged == WARM + count, f"{scene.name}: {WARM + count} were sent, {logged} logged"
    assert (after - before)["outbox"] >= count * 0.9, "nearly every message has an answer"
    return found


async def _counts(house: House) -> Counter[str]:
    names = ("interactions", "notes", "tasks", "outbox")
    query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
    return Counter(
        dict(await house.database.read(lambda connection: connection.exec_driver_sql(query).fetchall()))  # type: ignore[arg-type]
    )


def _parser_cpu() -> float:
    """CPU of the mail's parsing process so far, from the scheduler's own account (nanoseconds)."""
    workers = [pid for pid, command in children_of(os.getpid()).items() if "mail.worker" in command]
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in workers) / 1e9


def bench(folder: Path, seed: Path, scene: Scene, count: int, rounds: int, spent: Understanding) -> Recording:
    """Interleaved rounds of the flow and of its statements alone, and their ratio."""

    def fresh(name: str) -> Path:
        path = folder / f"{scene.name}-{name}.db"
        shutil.copy(seed, path)
        return path

    found = asyncio.run(recorded(fresh("recorded"), scene, count, spent))
    flows, raws = [], []
    for number in range(rounds):
        flows.append(asyncio.run(measured(fresh(f"flow{number}"), scene, count, spent)))
        raws.append(replay(fresh(f"raw{number}"), found.messages, WARM) / count)
    raw = median(raws)
    own = median(each.whole - each.understanding for each in flows)
    ratio = median((each.whole - each.understanding) / base for each, base in zip(flows, raws, strict=True))
    parts = {
        "understanding": median(each.understanding for each in flows),
        "parsing": median(each.parsing for each in flows),
        "keep": median(each.keeping for each in flows),
        "handle": median(each.handling - each.understanding for each in flows),
    }
    rows = [
        ("statements and commits a message", f"{found.statements:.1f} + {found.commits:.1f}"),
        ("raw sqlite3", _us(raw)),
        ("flow without understanding", f"{_us(own)}   {ratio:.2f} x raw (aim 3)"),
        ("understanding, its look-ups included", f"{_us(parts['understanding'])}   {_apart(found)} statements"),
    ]
    if scene.name == "mail":
        rows.append(("parsing, in its own process", _us(parts["parsing"])))
    if scene.name != "loops":
        rows += [("of the flow: keep", _us(parts["keep"])), ("of the flow: handle", _us(parts["handle"]))]
        rows.append(("of the flow: deliver", _us(own - parts["keep"] - parts["handle"])))
    micro = {name: round(value * 1e6) for name, value in {"raw": raw, "flow": own, **parts}.items()}
    show(f"flow: {scene.name}", rows, {"messages": count, "rounds": rounds, "ratio": round(ratio, 2), "us": micro})
    return found


def _apart(found: Recording) -> str:
    return f"{found.apart / len(found.messages):.1f}"


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:8.0f} µs"


def most_frequent(found: Recording) -> None:
    """Each statement, and how often a message sends it."""
    counts: Counter[str] = Counter(" ".join(each.sql.split()) for message in found.messages for each in message)
    for sql, number in counts.most_common(60):
        print(f"  {number / len(found.messages):5.2f}  {sql[:200]}")


async def profiled(path: Path, scene: Scene, count: int) -> None:
    """Where the flow's CPU goes; everything in one thread, so that it can be sampled."""
    async with open_house(settings_for(path)) as house, scene.opened(house) as send:
        database = house.database

        async def write(work):  # type: ignore[no-untyped-def]
            return database.transact(work)

        database.write = write  # type: ignore[method-assign]
        for number in range(WARM):
            await send(number)
        began = process_time()
        with sampled() as (places, functions):
            for number in range(WARM, WARM + count):
                await send(number)
        spent = (process_time() - began) / count
    total = sum(places.values())
    figures = {"samples": total, "us": round(spent * 1e6)}
    for by, found in (("place", places), ("own function", functions)):
        rows = [(name, f"{n / total:6.1%} {_us(spent * n / total)}") for name, n in found.most_common(25)]
        show(f"flow: where {scene.name} goes, in one thread, by {by}", rows, figures)


async def hop(path: Path, count: int = 1000) -> None:
    """What a transaction costs before its first statement: through the writer's thread, and in place; and a read."""

    def nothing(_connection: object) -> None:
        return None

    async with open_house(settings_for(path)) as house:
        spent: dict[str, list[float]] = {"write": [], "transact": [], "read": [], "look": []}
        for _ in range(5):
            for name, times in spent.items():
                call = getattr(house.database, name)
                began = process_time()
                for _ in range(count // 5):
                    result = call(nothing)
                    if asyncio.iscoroutine(result):
                        await result
                times.append((process_time() - began) / (count // 5))
    medians = {name: median(times) for name, times in spent.items()}
    rows = [
        ("write: the writer's thread", _us(medians["write"])),
        ("transact: in place", _us(medians["transact"])),
        ("read: the async engine", _us(medians["read"])),
        ("look: in place", _us(medians["look"])),
    ]
    show("flow: an empty transaction", rows, {"us": {name: round(value * 1e6) for name, value in medians.items()}})


def main() -> None:
    """Chat, mail, chat with all loops running; then what is asked for besides."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scene", choices=["chat", "mail", "loops"], action="append")
    parser.add_argument("--profile", action="store_true", help="also: where the time goes")
    parser.add_argument("--statements", action="store_true", help="also: which statements a message sends")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as name, timed_understanding() as spent:
        folder = Path(name)
        seed = folder / "seed.db"
        asyncio.run(settled(seed))
        for scene in [Scene(each) for each in args.scene or ("chat", "mail", "loops")]:
            found = bench(folder, seed, scene, args.messages, args.rounds, spent)
            if args.statements:
                most_frequent(found)
            if args.profile and scene.name != "loops":
                path = folder / f"{scene.name}-profile.db"
                shutil.copy(seed, path)
                asyncio.run(profiled(path, scene, max(args.messages, 1000)))
        asyncio.run(hop(seed))


if __name__ == "__main__":
    main()
