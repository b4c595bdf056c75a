"""A program under siege: killed at random moments and started again, while everybody who sends goes on sending."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.survival.program import Place, Program, until

_PATIENCE = 600.0  # seconds that a sender goes on trying
_AGAIN = 0.1  # seconds between two tries


@dataclass
class Outcome:
    """What came of it, in figures and in faults."""

    kills: int = 0
    kills_before_ready: int = 0
    pipes_killed: int = 0
    mail_retries: int = 0
    seconds: float = 0.0
    drained_in: float = 0.0
    backlog: int = 0  # messages that were kept by one process and handled by another
    lost: int = 0
    too_many: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())

    def expect(self, what: str, found: list[Any], wanted: list[Any], *, ordered: bool = False) -> None:
        """Notes down what is lost, what is there too often, and, where that counts, a wrong order."""
        if (found if ordered else sorted(found)) == (wanted if ordered else sorted(wanted)):
            return
        have, want = Counter(found), Counter(wanted)
        lost, more = list((want - have).elements()), list((have - want).elements())
        self.lost += len(lost)
        self.too_many += len(more)
        self.faults.append(f"{what}: lost {lost}, too many {more}" if lost or more else f"{what}: order {found}")


class Siege:
    """Kills `rapport run` at a place as often as is planned; `dice` decide on delays alone."""

    def __init__(self, place: Place, kills: int, seed: int, outcome: Outcome) -> None:
        self.kill_times: list[float] = []  # seconds since the epoch
        self.runs: list[Program] = []
        self._place = place
        self._kills = kills
        self._seed = seed
        self._dice = Random(seed)
        self._outcome = outcome
        self._start_seconds = 1.0  # of the last start that was waited for
        self._is_broken_off = False
        self._counting = threading.Lock()

    def start(self) -> Program:
        """Starts the program."""
        program = self._place.start("run")
        self.runs.append(program)
        return program

    def goes_on(self, program: Program) -> Program:
        """All the kills; the last program, which lives."""
        try:
            while self._outcome.kills < self._kills:
                program = self._kill(program)
            return program.ready()
        except BaseException:
            self._is_broken_off = True  # or those who send would go on trying
            raise

    def _kill(self, program: Program) -> Program:
        """Lets it run for a random while, mostly counted from when it is up, kills it, and starts it again.

        The while is measured by how long its start took: a machine with much else to do gets nothing done in a second.
        """
        began = time.monotonic()
        if self._dice.random() < 0.2:
            program.ends_within(self._dice.uniform(0.0, self._start_seconds))
        else:
            program.ready()
            if program is not self.runs[0]:
                self._start_seconds = time.monotonic() - began
            # Rather sooner than later: it is busiest with what gathered while it was down.
            program.ends_within(3 * self._start_seconds * self._dice.random() ** 2)
        assert program.process.poll() is None, f"it ended by itself: {program.errors}"
        self._outcome.kills_before_ready += not program.is_ready
        program.kill()
        self.kill_times.append(time.time())
        self._outcome.kills += 1
        return self.start()

    def paced(self, things: list[Any], each: Callable[[Any, Random], None], name: str) -> None:
        """Spreads what is sent over all kills: between two of them its share comes in, all at once."""
        dice = Random(f"{self._seed} {name}")
        for number, thing in enumerate(things):
            self.after(number * self._kills // len(things))
            each(thing, dice)

    def after(self, kills: int) -> None:
        """Waits until so many kills are done."""
        self.insists(f"kill {kills}", lambda: self._outcome.kills >= kills)

    def insists(self, what: str, look: Callable[[], bool]) -> None:
        """Waits, or tries again and again, as whoever sends a mail does."""
        until(what, lambda: self._is_broken_off or look(), _PATIENCE, every=_AGAIN)
        assert not self._is_broken_off, f"{what}: the siege was broken off"

    def count(self, figure: str, by: int = 1) -> None:
        """Counts something that several threads count."""
        with self._counting:
            setattr(self._outcome, figure, getattr(self._outcome, figure) + by)

    def pipe(self, raw: bytes, dice: Random) -> bool:
        """Hands in a mail by a pipe that may be killed itself; was it taken?"""
        with self._place.start("mail", "deliver", "-", said=raw) as program:
            if dice.random() < 0.3 and not program.ends_within(dice.uniform(0.3, 2.0)):
                self.count("pipes_killed")
                return False
            code = program.ends()
        if code not in (0, 75):
            self._outcome.faults.append(f"deliver ended with {code}: {program.errors}")
        self.count("mail_retries", code != 0)
        return code == 0

    def look_at_the_end(self, code: int) -> None:
        """The last exit, the file, and whether any process is left or has told of a defect."""
        outcome = self._outcome
        outcome.expect("exit code at SIGTERM", [code], [0])
        try:
            self._place.assert_sound()
            until("no process is left", lambda: all(run.is_alone() for run in self.runs), 5)
        except AssertionError as fault:
            outcome.faults.append(str(fault))
        for run in self.runs:
            if "Traceback" in run.errors or '"level": "error"' in run.errors:
                outcome.faults.append(run.errors)
