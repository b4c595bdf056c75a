"""What came of the siege with mail in it: lost, doubled, out of order, unexplained, or told to a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.bot_api_remote import RemoteBotApi
from tests.fakes.mail_server import Taken
from tests.survival.doubles import Delivery, Doubles, by_mail, by_telegram, explained, retries_in
from tests.survival.leaks import leaks
from tests.survival.mailbag import CONTACTS, IDA, MARKER, Parcel
from tests.survival.mailbag import EVA as EVAS_NAME
from tests.survival.mailbag import MAX as MAXS_NAME
from tests.survival.post_office import row_of
from tests.survival.program import CRM, EVA, MAX, Place

if TYPE_CHECKING:
    from tests.survival.mail_run import MailOutcome

Messages = list[dict[str, Any]]
Said = dict[int, Messages]  # by chat

_MARK = re.compile(r"\bm-\d{4}\b")
_CALL = re.compile(r"\b(?:k-|tm-)\d{4}\b")
_NAMES = ("Max Kern", "Eva Sand", "Ida Lund", "Kern", "Lund")


class Aftermath:
    """Looks at all that is left when everybody has fallen silent."""

    def __init__(
        self,
        said_by: Callable[[int], list[str]],
        parcels: list[Parcel],
        asked: dict[int, list[int]],
        place: Place,
        outcome: MailOutcome,
    ) -> None:
        self._said_by = said_by
        self._parcels = parcels
        self._asked = asked
        self._place = place
        self._outcome = outcome

    def look(self, telegram: RemoteBotApi, mails: list[Taken], kills: list[float], secrets: tuple[str, ...]) -> None:
        """All of it."""
        self._look_at_the_facts()
        said = {chat: telegram.said(chat) for chat in (MAX, EVA)}
        self._look_at_the_chats(said)
        self._look_at_the_mails(mails)
        self._look_for_doubles(said, telegram.answered(), mails, kills)
        self._look_for_leaks(secrets)
        try:
            telegram.assert_clean()
        except AssertionError as fault:
            self._outcome.faults.append(str(fault))

    def _look_at_the_facts(self) -> None:
        expect, rows = self._outcome.expect, self._place.rows
        expect("inbox states", rows("SELECT DISTINCT state FROM inbox"), ["done"])
        expect("outbox states", rows("SELECT DISTINCT state FROM outbox WHERE key NOT LIKE 'triage:%'"), ["sent"])
        expect("reminder states", rows("SELECT DISTINCT state FROM reminders"), ["sent"])
        kept = [self._mark_of(message) for message in rows("SELECT message FROM inbox WHERE channel = 'email'")]
        expect("mails kept", kept, [parcel.mark for parcel in self._parcels for _ in range(parcel.kept)])
        messages = rows("SELECT external_id FROM inbox WHERE channel = 'telegram'")
        expect(
            "messages kept", [int(each.split(":")[2]) for each in messages], sorted(self._asked[MAX] + self._asked[EVA])
        )
        logged = [self._mark_of(subject) for subject in rows("SELECT subject FROM interactions")]
        expect("mails logged", logged, [parcel.mark for parcel in self._parcels if parcel.logged])
        said = self._said_by(MAX) + self._said_by(EVA)
        notes = [text.partition(": ")[2] for text in said if text.startswith("note")]
        expect("notes", rows("SELECT text FROM notes"), notes + [n for parcel in self._parcels for n in parcel.notes])
        tasks = [f"call {mark}" for text in said for mark in _CALL.findall(text)]
        expect("tasks", rows("SELECT title FROM tasks"), tasks + [each.task for each in self._parcels if each.task])
        deals = [text.partition(": ")[2].partition(",")[0] for text in said if text.startswith("deal")]
        expect("deals", rows("SELECT title FROM deals"), deals + [each.deal for each in self._parcels if each.deal])
        people = [name for name, _ in CONTACTS] + [parcel.lead for parcel in self._parcels if parcel.lead]
        expect("contacts", rows("SELECT name FROM contacts"), people)
        self._outcome.backlog = rows("SELECT count(*) FROM inbox WHERE attempts > 0")[0]

    def _look_at_the_chats(self, said: Said) -> None:
        expect = self._outcome.expect
        for chat, user in ((MAX, MAXS_NAME), (EVA, EVAS_NAME)):
            answers = [one["reply_to_message"]["message_id"] for one in said[chat] if "reply_to_message" in one]
            expect(f"answers to {chat}, in order", list(dict.fromkeys(answers)), self._asked[chat], ordered=True)
            pushed = [one["text"] for one in said[chat] if "reply_to_message" not in one]
            self._look_at_pushes(user, pushed, [mark for text in self._said_by(chat) for mark in _CALL.findall(text)])
            ids = {f"{chat}:{one['message_id']}": one["text"] for one in said[chat]}
            lane = self._place.rows(
                f"SELECT sent_ref FROM outbox WHERE lane = 'push:{1 if chat == MAX else 2}'"
                " AND sent_ref <> '' ORDER BY id"
            )
            expect(f"pushes to {chat}, in order", list(dict.fromkeys(pushed)), [ids[ref] for ref in lane], ordered=True)

    def _look_at_the_mails(self, mails: list[Taken]) -> None:
        expect = self._outcome.expect
        self._look_at_pushes(
            IDA,
            [f"{taken.mail['Subject']} {taken.text}" for taken in mails],
            [mark for parcel in self._parcels for mark in _CALL.findall(parcel.task)],
        )
        expect("recipients", sorted({taken.recipients for taken in mails}), [("ida@firma.example",)])
        rows = dict.fromkeys(row_of(taken) for taken in mails)
        sent = self._place.rows("SELECT id FROM outbox WHERE carrier = 'email' ORDER BY id")
        expect("mails to Ida, in order", list(rows), sent, ordered=True)
        ids = {str(taken.mail["Message-ID"]) for taken in mails}
        expect("Message-IDs", sorted(ids), self._place.rows("SELECT sent_ref FROM outbox WHERE carrier = 'email'"))

    def _look_at_pushes(self, user: str, pushed: list[str], tasks: list[str]) -> None:
        """Who is to hear of a mail or a task has heard of it; what was heard twice is looked at elsewhere."""
        rung = {mark for text in pushed if "⏰" in text for mark in _CALL.findall(text)}
        self._outcome.expect(f"reminders to {user}", sorted(rung), tasks)
        heard = {mark for text in pushed if "⏰" not in text for mark in _MARK.findall(text)}
        told = [parcel.mark for parcel in self._parcels if parcel.told == user]
        # After the first mail of an unknown sender the next ones are only counted, at the full hour.
        waiting = (
            "SELECT subject FROM interactions JOIN triage ON interaction_id = interactions.id AND reason = 'unknown'"
        )
        heard |= {mark for mark in map(self._mark_of, self._place.rows(waiting)) if mark in told}
        self._outcome.expect(f"mails that {user} is told of", sorted(heard), told)

    def _look_for_doubles(
        self,
        said: Said,
        answered: list[dict[str, Any]],
        mails: list[Taken],
        kills: list[float],
    ) -> None:
        outcome = self._outcome
        outcome.telegram_faults = Counter(each["fault"] for each in answered if each["fault"])
        retries = retries_in(self._logs())
        refs = dict(self._place.rows("SELECT sent_ref, id FROM outbox WHERE carrier = 'telegram'"))
        by_chat, letters = list(by_telegram(said, answered, refs)), list(by_mail(mails))
        outcome.delivered_by_telegram, outcome.delivered_by_mail = len(by_chat), len(letters)
        doubles = [explained(each, kills, retries) for each in (by_chat, letters)]
        outcome.doubled_by_telegram, outcome.doubled_by_mail = (str(each) for each in doubles)
        for channel, found in zip(("Telegram", "mail"), doubles, strict=True):
            outcome.faults += [f"twice by {channel} without a reason: {each}" for each in found.unexplained]
        self._look_at_attempts(by_chat + letters, doubles)

    def _look_at_attempts(self, deliveries: list[Delivery], doubles: list[Doubles]) -> None:
        """A row can't have been delivered more often than it was claimed."""
        claimed = dict(self._place.rows("SELECT id, attempts FROM outbox WHERE state = 'sent'"))
        for row, times in Counter(each.row for each in deliveries).items():
            if times > claimed.get(row, 0):
                self._outcome.faults.append(f"outbox {row}: delivered {times} times, claimed {claimed.get(row)}")
        if missing := set(claimed) - {each.row for each in deliveries}:
            self._outcome.lost += len(missing)
            self._outcome.faults.append(f"marked as sent, but nobody got them: {sorted(missing)}, {doubles}")

    def _look_for_leaks(self, secrets: tuple[str, ...]) -> None:
        lines = [line for log in self._logs() for line in log.splitlines()]
        found = leaks("\n".join(lines), (MARKER, CRM, *_NAMES), secrets)
        self._outcome.log_lines, self._outcome.leaks = len(lines), len(found)
        self._outcome.faults += [f"in a log: {line}" for line in found[:20]]

    def _logs(self) -> list[str]:
        """What all processes ever wrote to stderr."""
        return [path.read_text(encoding="utf-8", errors="replace") for path in self._place.folder.glob("process-*/err")]

    def _mark_of(self, text: str) -> str:
        found = _MARK.search(text)
        return found[0] if found else text
