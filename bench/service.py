"""`rapport run` as a service, in a process of its own, talking to the fake Bot API in another."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
RAPPORT = [sys.executable, "-m", "bot.cli"]
TOKEN = "123:abc"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its process id and the seconds from its start to the line `rapport: ready`."""

    pid: int
    ready_after: float


def environment_of(database: Path, **settings: str) -> dict[str, str]:
    """The environment of a command: this database, and settings by their names without RAPPORT_."""
    own = {"PATH": os.environ["PATH"], "HOME": str(database.parent), "RAPPORT_DATABASE": str(database)}
    return own | {f"RAPPORT_{name}": value for name, value in settings.items()}


def rapport(environment: dict[str, str], *args: str) -> None:
    """Runs one command of Rapport to its end."""
    subprocess.run([*RAPPORT, *args], env=environment, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running_service(environment: dict[str, str]) -> Iterator[Service]:
    """`rapport run`, from when it is ready until the block ends; fails when it doesn't stop cleanly."""
    log = Path(environment["HOME"]) / "run.log"
    began = time.monotonic()
    with log.open("w") as sink, subprocess.Popen([*RAPPORT, "run"], env=environment, cwd=_ROOT, stderr=sink) as process:
        try:
            while "rapport: ready" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - began < 60, "it isn't ready after a minute"
                time.sleep(0.005)
            yield Service(process.pid, time.monotonic() - began)
            process.terminate()
            code = process.wait(10)
        finally:
            process.kill()
    assert code == 0, log.read_text()
