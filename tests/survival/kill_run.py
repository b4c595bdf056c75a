"""The experiment: Rapport is killed at random moments, again and again, while mails and chat messages come in.

    python -m tests.survival.kill_run [--mails 200] [--messages 200] [--kills 20] [--seed 1] [--hurried]

The chance decides on delays alone; the senders are as obstinate as real ones: a mail server tries again until it is
told 250, a pipe until exit code 0, and Telegram gives an update again until it is confirmed. What must come of it is
told by `Outcome.faults`.
"""

from __future__ import annotations

import argparse
import re
import smtplib
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from tests.fakes.bot_api_remote import RemoteBotApi
from tests.survival.program import CRM, EVA, MAX, Place, Program, free_port, letter, until
from tests.survival.siege import Outcome, Siege

HURRIED = (sys.executable, "-m", "tests.survival.hurried")
TOKEN = "123:abc"
_DROP_CLIENTS, _PIPES = 4, 2
REFUSALS = (OSError, smtplib.SMTPException)
_MARK = re.compile(r"k-\d+")


@dataclass(frozen=True)
class Plan:
    """How much comes in, how often it is killed, and the chance's seed."""

    mails: int = 200
    messages: int = 200
    kills: int = 20
    seed: int = 1
    pipe_every: int = 2  # every so many mails one comes by a pipe, the others by the drop

    def mail_marks(self) -> list[str]:
        """What the mails are called."""
        return [f"m-{number:04}" for number in range(self.mails)]

    def said_by(self, person: int) -> list[str]:
        """What a person says, in this order: every third is a task that falls due within seconds."""
        numbers = range(0 if person == MAX else 1, self.messages, 2)
        dice = Random(f"{self.seed} {person}")
        return [
            f"remind me in {dice.randint(2, 8)} seconds to call k-{number:04}"
            if place % 3 == 2
            else f"note for Anna: n-{number:04}"
            for place, number in enumerate(numbers)
        ]


@dataclass
class ChatOutcome(Outcome):
    """What came of it."""

    doubled_answers: int = 0
    doubled_reminders: int = 0


class Experiment:
    """One run of a plan at a place."""

    def __init__(self, plan: Plan, place: Place, telegram: RemoteBotApi) -> None:
        self.plan = plan
        self.outcome = ChatOutcome()
        self._place = place
        self._telegram = telegram
        self._siege = Siege(place, plan.kills, plan.seed, self.outcome)
        self._port = free_port()
        place.settings |= {
            "RAPPORT_TELEGRAM_TOKEN": TOKEN,
            "RAPPORT_TELEGRAM_API": telegram.url,
            "RAPPORT_DROP": f"127.0.0.1:{self._port}",
        }
        self._asked: dict[int, list[int]] = {MAX: [], EVA: []}  # the ids of what they said

    def run(self) -> ChatOutcome:
        """Does it all, and looks at what came of it."""
        began = time.monotonic()
        self._place.team()
        self._telegram.user(MAX, "Max Kern")
        self._telegram.user(EVA, "Eva Sand")
        with ExitStack() as stack:
            first = stack.enter_context(self._siege.start()).ready()
            self._asked[MAX].append(self._telegram.says(MAX, "new lead Anna Kern, anna@nordwind.example")["message_id"])
            assert "Anna Kern" in self._telegram.hears(MAX, 20)["text"]
            last = stack.enter_context(self._under_fire(first))
            drained = time.monotonic()
            self._telegram.all_confirmed(60)
            until("drained", self._place.is_drained, 120)
            self.outcome.drained_in = round(time.monotonic() - drained, 1)
            self._look(last.stops())
        self.outcome.seconds = round(time.monotonic() - began, 1)
        return self.outcome

    def _under_fire(self, program: Program) -> Program:
        """Everybody sends; meanwhile the program is killed and started; gives the last one, which lives."""
        marks = self.plan.mail_marks()
        piped = marks[:: self.plan.pipe_every]
        dropped = [mark for mark in marks if mark not in piped]
        with ThreadPoolExecutor(2 + _DROP_CLIENTS + _PIPES) as pool:
            senders: list[Future[None]] = [pool.submit(self._talk, person) for person in (MAX, EVA)]
            senders += [
                pool.submit(self._post, dropped[client::_DROP_CLIENTS], client) for client in range(_DROP_CLIENTS)
            ]
            senders += [pool.submit(self._pipe, piped[pipe::_PIPES], pipe) for pipe in range(_PIPES)]
            program = self._siege.goes_on(program)
            for sender in senders:
                sender.result()
        return program

    def _talk(self, person: int) -> None:
        def say(text: str, _: Random) -> None:
            self._asked[person].append(self._telegram.says(person, text)["message_id"])

        self._siege.paced(self.plan.said_by(person), say, f"talk {person}")

    def _post(self, marks: list[str], client: int) -> None:
        kind = smtplib.LMTP if client % 2 else smtplib.SMTP

        def send(mark: str, _: Random) -> None:
            raw = letter(mark)

            def taken() -> bool:
                try:
                    with kind("127.0.0.1", self._port, timeout=10) as server:
                        server.sendmail("anna@nordwind.example", [CRM], raw)
                except REFUSALS:
                    self._siege.count("mail_retries")
                    return False
                return True

            self._siege.insists(f"{mark} taken by the drop", taken)

        self._siege.paced(marks, send, f"post {client}")

    def _pipe(self, marks: list[str], pipe: int) -> None:
        def deliver(mark: str, dice: Random) -> None:
            raw = letter(mark)

            self._siege.insists(f"{mark} taken by the pipe", lambda: self._siege.pipe(raw, dice))

        self._siege.paced(marks, deliver, f"pipe {pipe}")

    # What came of it

    def _look(self, code: int) -> None:
        expect = self.outcome.expect
        self._siege.look_at_the_end(code)
        expect("inbox states", self._place.rows("SELECT DISTINCT state FROM inbox"), ["done"])
        expect(
            "outbox states",
            self._place.rows("SELECT DISTINCT state FROM outbox WHERE key NOT LIKE 'triage:%'"),
            ["sent"],
        )
        expect("reminder states", self._place.rows("SELECT DISTINCT state FROM reminders"), ["sent"])
        expect("mails logged", self._rows("SELECT subject FROM interactions"), self.plan.mail_marks())
        on_anna = "SELECT count(*) FROM interaction_contacts WHERE contact_id = 1"
        expect("mails on their contact", self._place.rows(on_anna), [self.plan.mails])
        said = self.plan.said_by(MAX) + self.plan.said_by(EVA)
        notes = [text.removeprefix("note for Anna: ") for text in said if text.startswith("note")]
        tasks = [mark for text in said for mark in _MARK.findall(text)]
        expect("notes", self._rows("SELECT text FROM notes"), notes)
        expect(
            "tasks", [mark for title in self._rows("SELECT title FROM tasks") for mark in _MARK.findall(title)], tasks
        )
        counted = self._place.rows("SELECT count(*) FROM inbox WHERE attempts > 0")
        self.outcome.backlog = counted[0]
        self._look_at_chats()
        try:
            self._telegram.assert_clean()
        except AssertionError as fault:
            self.outcome.faults.append(str(fault))

    def _look_at_chats(self) -> None:
        sent_twice: Counter[str] = Counter()
        for person in (MAX, EVA):
            heard = self._telegram.said(person)
            answers = [message["reply_to_message"]["message_id"] for message in heard if "reply_to_message" in message]
            first = list(dict.fromkeys(answers))
            self.outcome.expect(f"answers to {person}, in order", first, self._asked[person], ordered=True)
            self.outcome.doubled_answers += len(answers) - len(first)
            rung = [
                mark for message in heard if message["text"].startswith("⏰") for mark in _MARK.findall(message["text"])
            ]
            tasks = [mark for text in self.plan.said_by(person) for mark in _MARK.findall(text)]
            self.outcome.expect(f"reminders to {person}", list(dict.fromkeys(rung)), tasks)
            self.outcome.doubled_reminders += len(rung) - len(set(rung))
            self._explain(heard, sent_twice)
        again = self._place.rows("SELECT sum(attempts - 1) FROM outbox")[0]
        if sum(sent_twice.values()) > again:
            self.outcome.faults.append(
                f"{sum(sent_twice.values())} said twice, but sent again only {again} times: {sent_twice}"
            )

    def _explain(self, heard: list[dict[str, Any]], sent_twice: Counter[str]) -> None:
        """A message said twice must have been sent by a process that was killed before it could mark it."""
        times: dict[str, list[int]] = {}
        for message in heard:
            answered = message.get("reply_to_message", {}).get("message_id")
            times.setdefault(f"{answered} {message['text']}", []).append(message["date"])
        for said, dates in times.items():
            for one, next_one in pairwise(dates):
                sent_twice[said] += 1
                if not any(one <= at < next_one + 1 for at in self._siege.kill_times):
                    self.outcome.faults.append(f"said twice without a kill between: {said}")

    def _rows(self, query: str) -> list[str]:
        return [str(each) for each in self._place.rows(query)]


def main() -> int:
    """Runs it at full size and prints its figures; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description="Kills Rapport again and again, and counts what is lost.")
    for name in ("mails", "messages", "kills", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Plan(), name))
    parser.add_argument("--hurried", action="store_true", help="take over dead processes' claims after 3 s, not 30")
    options = parser.parse_args()
    plan = Plan(options.mails, options.messages, options.kills, options.seed)
    with tempfile.TemporaryDirectory() as folder, RemoteBotApi.started(TOKEN) as telegram:
        place = Place(Path(folder), command=HURRIED) if options.hurried else Place(Path(folder))
        outcome = Experiment(plan, place, telegram).run()
    print(f"{plan}\n{outcome}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
