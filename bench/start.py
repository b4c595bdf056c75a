"""Start of `rapport chat` (piped, one line) and of `rapport find`, against bare imports; and what they import.

python -m bench.start [--rounds 9] [--imports]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import settled
from bench.measuring import median, show

_ROOT = Path(__file__).resolve().parent.parent
_RAPPORT = "import sys; from bot.cli import main; sys.exit(main())"
_BARE = "import argparse, sqlite3, sqlalchemy"
_BARE_ASYNC = f"{_BARE}, asyncio"

# Packages that a start may do without, and what would need them.
_WATCHED = (
    "telegram", "httpx", "alembic", "babel", "phonenumbers", "dateparser", "dateutil", "pymorphy3", "rapidfuzz",
    "anyascii", "asyncio", "aiosqlite", "sqlalchemy.ext.asyncio", "psycopg", "email", "aiosmtpd", "selectolax",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """One program that is started: what it runs and what it reads."""

    name: str
    code: str
    args: tuple[str, ...] = ()
    said: str = ""
    answers: bool = False

    def run(self, environment: dict[str, str], *flags: str) -> tuple[float, float, str]:
        """Seconds of CPU, seconds until it ended, and what it wrote to stderr."""
        command = [sys.executable, *flags, "-c", self.code, *self.args]
        before, began = os.times(), time.perf_counter()
        done = subprocess.run(
            command, input=self.said, env=environment, cwd=_ROOT, capture_output=True, text=True, check=False
        )
        wall, after = time.perf_counter() - began, os.times()
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        assert not self.answers or done.stdout, f"{self.name} said nothing"
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return cpu, wall, done.stderr


STARTS = (
    Start("python -c pass", "pass"),
    Start(_BARE, _BARE),
    Start(_BARE_ASYNC, _BARE_ASYNC),
    Start("rapport find anna", _RAPPORT, ("find", "anna"), answers=True),
    Start("rapport chat, a question", _RAPPORT, ("chat",), "tasks\n", answers=True),
    Start("rapport chat, a note", _RAPPORT, ("chat",), "note for Anna Kern: prefers mornings\n", answers=True),
)


def measure(environment: dict[str, str], rounds: int) -> None:
    """All starts by turns; the median of each."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(rounds + 1):
        for each in STARTS:
            cpu, wall, _ = each.run(environment)
            if number:  # the first round compiles the bytecode
                times[each.name].append((cpu, wall))
    cpus = {name: median(cpu for cpu, _ in taken) for name, taken in times.items()}
    walls = {name: median(wall for _, wall in taken) for name, taken in times.items()}
    base = cpus[_BARE]
    rows = [
        (name, f"{cpus[name] * 1e3:6.0f} ms CPU  {walls[name] * 1e3:6.0f} ms wall  {cpus[name] / base:5.2f} x")
        for name in times
    ]
    figures = {name: {"cpu_ms": round(cpus[name] * 1e3), "wall_ms": round(walls[name] * 1e3)} for name in times}
    show("start (x: against the bare imports)", rows, {"rounds": rounds, "starts": figures})


def imports(environment: dict[str, str], most: int = 25) -> None:
    """Of each command: the time of the imports by package, their own time alone, and which watched ones are there."""
    for start in STARTS[3:]:
        _, _, report = start.run(environment, "-X", "importtime")
        own: dict[str, int] = defaultdict(int)
        modules: set[str] = set()
        for line in report.splitlines():
            if not line.startswith("import time:") or "[us]" in line:
                continue
            self_us, _, module = line.removeprefix("import time:").split("|")
            modules.add(module.strip())
            own[_package(module.strip())] += int(self_us)
        ranked = sorted(own.items(), key=lambda item: -item[1])[:most]
        rows = [(name, f"{micro / 1e3:6.1f} ms") for name, micro in ranked]
        there = [name for name in _WATCHED if name in modules]
        show(f"start: imports of {start.name}", rows, {"modules": len(modules), "watched": there})


def _package(module: str) -> str:
    first, _, rest = module.partition(".")
    if first in ("bot", "handlers", "storage", "mail", "reminders"):
        return module if rest.count(".") == 0 else f"{first}.{rest.partition('.')[0]}"
    return f"{first}.{rest.partition('.')[0]}" if first == "sqlalchemy" and rest else first


def main() -> None:
    """Times, and with --imports what is imported."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--imports", action="store_true", help="also: what each command imports, and for how long")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        path = Path(folder) / "start.db"
        asyncio.run(settled(path))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "RAPPORT_DATABASE": str(path)}
        measure(environment, args.rounds)
        if args.imports:
            imports(environment)


if __name__ == "__main__":
    main()
