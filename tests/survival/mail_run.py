"""The experiment with all of mail in it: killed while Dovecot, the mail server and Telegram fail too.

    python -m tests.survival.mail_run [--mails 300] [--messages 80] [--kills 30] [--stops 8] [--seed 1] [--hurried]

Mails come into an INBOX and a folder of sent mail on a real Dovecot, by the drop and by pipes; two members write in
Telegram, and a third one has nothing but a mailbox. What must come of it is told by `MailOutcome.faults`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import smtplib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select, update

from storage.changes import Trail
from storage.contacts import add_contact
from storage.opening import open_database_now
from storage.tables import users
from storage.users import add_handle, add_user
from tests.fakes.bot_api_remote import RemoteBotApi
from tests.fakes.mail_server import make_certificates
from tests.mail.dovecot import Dovecot
from tests.survival.aftermath import Aftermath
from tests.survival.leaks import spellings
from tests.survival.mailbag import ADDRESS, AUTHSERV, CONTACTS, IDA, MARKER, Parcel, Stamps, by_door, pack
from tests.survival.post_office import INBOX, REFUSALS, SENT, TOKEN, WRONG, Mailboxes, ServerOfFaults, serving
from tests.survival.program import CRM, EVA, MAX, Place, Program, free_port, until
from tests.survival.siege import Outcome, Siege

HURRIED = (sys.executable, "-m", "tests.survival.hurried")
BOT = f"123:{MARKER}bottoken"
_METHODS = ("sendMessage", "getUpdates", "getMe", "deleteWebhook")
_FAULTY = 0.12  # of Telegram's answers


@dataclass(frozen=True)
class Plan:
    """How much comes in, how often it and Dovecot are killed, and the chance's seed."""

    mails: int = 300
    messages: int = 80
    kills: int = 30
    stops: int = 8
    seed: int = 1

    def parcels(self) -> list[Parcel]:
        """The mails."""
        return pack(self.mails, self.seed)

    def said_by(self, person: int) -> list[str]:
        """What a person says in Telegram, in this order."""
        dice = Random(f"{self.seed} {person}")
        said = []
        for place, number in enumerate(range(0 if person == MAX else 1, self.messages, 2)):
            note = f"note for Anna: n-{number:04} {MARKER}words"
            task = f"remind me in {dice.randint(2, 8)} seconds to call k-{number:04}"
            said.append((note, task, f"deal with Anna: {MARKER}work d-{number:04}, 500 EUR")[place % 3])
        return said


@dataclass
class MailOutcome(Outcome):
    """What came of it."""

    dovecot_stops: int = 0
    folders_made_anew: int = 0
    smtp_faults: Counter[str] = field(default_factory=Counter)
    telegram_faults: Counter[str] = field(default_factory=Counter)
    delivered_by_mail: int = 0
    delivered_by_telegram: int = 0
    doubled_by_mail: str = ""
    doubled_by_telegram: str = ""
    log_lines: int = 0
    leaks: int = 0


class MailExperiment:
    """One run of a plan at a place."""

    def __init__(self, plan: Plan, place: Place, telegram: RemoteBotApi, boxes: Mailboxes, server: ServerOfFaults):
        self.plan = plan
        self.outcome = MailOutcome()
        self.parcels = plan.parcels()
        self.asked: dict[int, list[int]] = {MAX: [], EVA: []}  # the ids of what they said
        self._place = place
        self._telegram = telegram
        self._boxes = boxes
        self._server = server
        self._siege = Siege(place, plan.kills, plan.seed, self.outcome)
        self._stamps = Stamps()
        self._port = free_port()

    def run(self) -> MailOutcome:
        """Does it all, and looks at what came of it."""
        began = time.monotonic()
        self._settle()
        self._telegram.random_faults(self.plan.seed, _FAULTY, *_METHODS)
        with ExitStack() as stack:
            last = stack.enter_context(self._under_fire(stack.enter_context(self._siege.start()).ready()))
            drained = time.monotonic()
            wanted = sum(parcel.kept for parcel in self.parcels)
            kept = "SELECT count(*) FROM inbox WHERE channel = 'email'"
            try:
                self._telegram.all_confirmed(60)
                until("all mails are kept", lambda: self._place.rows(kept)[0] >= wanted, 180)
                until("drained", self._place.is_drained, 600)
            except AssertionError as fault:
                waiting = "SELECT id, lane, state, attempts, retry_at, error FROM outbox WHERE state != 'sent' LIMIT 5"
                # What is missing is found out below.
                self.outcome.faults.append(f"{fault}; in the outbox: {self._place.rows(waiting)}")
            self.outcome.drained_in = round(time.monotonic() - drained, 1)
            secrets = (INBOX[1], SENT[1], TOKEN, WRONG, BOT, self._server.account[1])
            self._ask_the_doctor(secrets)
            self._siege.look_at_the_end(last.stops())
        self.outcome.dovecot_stops, self.outcome.folders_made_anew = self._boxes.stops, self._boxes.made_anew
        self.outcome.smtp_faults = self._server.struck
        Aftermath(self.plan.said_by, self.parcels, self.asked, self._place, self.outcome).look(
            self._telegram, self._server.mails, self._siege.kill_times, secrets
        )
        self.outcome.seconds = round(time.monotonic() - began, 1)
        return self.outcome

    def _settle(self) -> None:
        self._place.settings |= {
            "RAPPORT_TELEGRAM_TOKEN": BOT,
            "RAPPORT_TELEGRAM_API": self._telegram.url,
            "RAPPORT_DROP": f"127.0.0.1:{self._port}",
            "RAPPORT_IMAP": self._boxes.setting,
            "RAPPORT_OAUTH_COMMAND": f"echo {TOKEN}",
            "RAPPORT_SMTP": self._server.setting,
            "RAPPORT_TLS_CA": str(self._place.folder / "ca.pem"),
            "RAPPORT_AUTHSERV": AUTHSERV,
            "HURRIED_LOG": "DEBUG",
        }
        self._place.team()
        for number, user in ((MAX, "Max Kern"), (EVA, "Eva Sand")):
            self._telegram.user(number, user)

        def work(connection: Connection) -> None:
            now = datetime.now(UTC)
            add_user(connection, IDA, at=now, timezone="Europe/Berlin", email=ADDRESS[IDA])
            add_handle(connection, 2, "email", ADDRESS["Eva Sand"])
            connection.execute(update(users).values(quiet_from="00:00", quiet_to="00:00"))
            ids = {row.name: row.id for row in connection.execute(select(users.c.id, users.c.name))}
            trail = Trail(connection, at=now, user_id=1, inbox_id=None)
            for (name, address), owner in CONTACTS.items():
                add_contact(trail, name, emails=(address,), owner_id=ids[owner])

        with open_database_now(str(self._place.database)) as database:
            database.transact(work)

    def _under_fire(self, program: Program) -> Program:
        """Everybody sends, the servers break down, and the program is killed; gives the last one, which lives."""
        siege = self._siege
        drop, pipe, inbox, sent = (by_door(self.parcels, door) for door in ("drop", "pipe", "inbox", "sent"))
        with ThreadPoolExecutor(9) as pool:
            senders: list[Future[None]] = [pool.submit(self._talk, person) for person in (MAX, EVA)]
            for name, mails, each in (
                ("post 0", drop[::2], self._post),
                ("post 1", drop[1::2], self._post_by_lmtp),
                ("pipe 0", pipe[::2], self._pipe),
                ("pipe 1", pipe[1::2], self._pipe),
                ("inbox", inbox, self._receive),
                ("sent", sent, self._keep_sent),
            ):
                senders.append(pool.submit(siege.paced, mails, each, name))
            senders.append(pool.submit(self._break_dovecot))
            program = siege.goes_on(program)
            for sender in senders:
                sender.result()
        return program

    def _ask_the_doctor(self, secrets: tuple[str, ...]) -> None:
        """A refused login is seen there, since it is asked again ever more rarely. Places are named, but no secrets."""
        told = self._place.does("doctor", "--json").output
        found = [check["status"] for check in json.loads(told)["checks"] if check["name"].startswith("imap ")]
        self.outcome.expect("mailboxes, to the doctor", found, ["ok", "ok", "fail", "fail"], ordered=True)
        spelled = [spelling for secret in secrets for spelling in spellings(secret) if spelling in told]
        self.outcome.expect("secrets that the doctor tells", spelled, [])

    def _talk(self, person: int) -> None:
        def say(text: str, _: Random) -> None:
            self.asked[person].append(self._telegram.says(person, text)["message_id"])

        self._siege.paced(self.plan.said_by(person), say, f"talk {person}")

    def _post(self, mail: tuple[str, bytes], _: Random, kind: type[smtplib.SMTP] = smtplib.SMTP) -> None:
        raw = self._stamps.stamped(*mail)

        def taken() -> bool:
            try:
                with kind("127.0.0.1", self._port, timeout=10) as server:
                    server.sendmail(f"sender@{MARKER}post.example", [CRM], raw)
            except REFUSALS:
                self._siege.count("mail_retries")
                return False
            return True

        self._siege.insists(f"{mail[0]} taken by the drop", taken)

    def _post_by_lmtp(self, mail: tuple[str, bytes], dice: Random) -> None:
        self._post(mail, dice, smtplib.LMTP)

    def _pipe(self, mail: tuple[str, bytes], dice: Random) -> None:
        raw = self._stamps.stamped(*mail)
        self._siege.insists(f"{mail[0]} taken by the pipe", lambda: self._siege.pipe(raw, dice))

    def _receive(self, mail: tuple[str, bytes], _: Random) -> None:
        raw = self._stamps.stamped(*mail)
        self._siege.insists(f"{mail[0]} in the INBOX", lambda: self._boxes.receives(raw))

    def _keep_sent(self, mail: tuple[str, bytes], _: Random) -> None:
        raw = self._stamps.stamped(*mail)
        self._siege.insists(f"{mail[0]} in the folder of sent mail", lambda: self._boxes.keeps_sent(raw))

    def _break_dovecot(self) -> None:
        """Stops it at moments spread over all kills.

        Once, early, both folders are made anew: then all is read again, which would make up for what was lost before.
        """
        dice = Random(f"dovecot {self.plan.seed}")
        for number in range(self.plan.stops):
            self._siege.after((number + 1) * self.plan.kills // (self.plan.stops + 1))
            anew = number == self.plan.stops // 4
            self._boxes.stops_for(dice.uniform(0.1, 3.0), renumbers=anew)
            if anew:
                self._boxes.makes_sent_anew()


@contextmanager
def experiment(plan: Plan, place: Place, dovecot: Dovecot) -> Iterator[MailExperiment]:
    """All the servers of an experiment. The Dovecot is running, and is its own."""
    certificates = make_certificates(place.folder)
    trusted = place.folder / "ca.pem"
    trusted.write_text(trusted.read_text(encoding="ascii") + Path(dovecot.ca).read_text(encoding="ascii"), "ascii")
    server = ServerOfFaults(plan.seed, certificates)
    with RemoteBotApi.started(BOT) as telegram, serving(server):
        yield MailExperiment(plan, place, telegram, Mailboxes(dovecot), server)


@contextmanager
def own_dovecot() -> Iterator[Dovecot]:
    """A Dovecot for one experiment, which stops it as it likes."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not below another's: the server runs as another user
    folder.chmod(0o755)
    dovecot = Dovecot(folder, users=dict((INBOX, SENT)))
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Runs it at full size and prints its figures; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description="Kills Rapport while every server fails, and counts what is lost.")
    for name in ("mails", "messages", "kills", "stops", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Plan(), name))
    parser.add_argument("--hurried", action="store_true", help="take over dead processes' claims after 6 s, not 30")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or Dovecot would be left behind
    plan = Plan(options.mails, options.messages, options.kills, options.stops, options.seed)
    with tempfile.TemporaryDirectory() as folder, own_dovecot() as dovecot:
        place = Place(Path(folder), {"HURRIED_LEASE": "6" if options.hurried else "30"}, HURRIED)
        with experiment(plan, place, dovecot) as made:
            outcome = made.run()
    print(f"{plan}\n{outcome}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
