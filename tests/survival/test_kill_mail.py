"""Killed at random while Dovecot, the mail server and Telegram fail: nothing lost, nothing done twice or told."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest

from tests.conftest import require
from tests.mail.dovecot import is_installed
from tests.survival.doubles import Delivery, explained, retries_in
from tests.survival.leaks import leaks
from tests.survival.mail_run import HURRIED, Plan, experiment, own_dovecot
from tests.survival.program import Place


def test_mail_by_every_door_while_it_and_every_server_fails_again_and_again(tmp_path: Path) -> None:
    require(is_installed(), "Dovecot")
    place = Place(tmp_path, {"HURRIED_LEASE": "6"}, HURRIED)
    plan = Plan(mails=36, messages=12, kills=6, stops=2)
    with own_dovecot() as dovecot, experiment(plan, place, dovecot) as made:
        outcome = made.run()
    assert outcome.faults == [], outcome
    assert (outcome.kills, outcome.dovecot_stops, outcome.folders_made_anew) == (6, 2, 2)
    assert outcome.delivered_by_mail > 10 < outcome.log_lines


FIRST, AGAIN = Delivery(7, 100.0, ""), Delivery(7, 104.0, "")


def test_a_double_is_explained_by_what_stood_between_the_yes_and_the_mark() -> None:
    assert explained([FIRST], [], {}).count == 0
    assert explained([FIRST, Delivery(8, 101.0, "")], [], {}).count == 0
    killed = explained([FIRST, AGAIN], [100.5, 103.0], {7: [(102.0, "the mail server said 451 at MAIL")]})
    assert (killed.reasons, killed.longest_marking) == ({"killed before the mark": 1}, 0.5)
    assert explained([FIRST, AGAIN], [99.5], {}).reasons == {"killed before the mark": 1}  # it was read a little late
    assert explained([Delivery(7, 100.0, "take and drop"), AGAIN], [], {}).reasons == {"take and drop": 1}
    assert explained([FIRST, AGAIN], [103.0], {7: [(102.0, "time limit")]}).reasons == {"the time limit": 1}


@pytest.mark.parametrize("kills", [[], [90.0], [104.5]])
def test_a_double_without_such_a_reason_is_a_defect(kills: list[float]) -> None:
    found = explained([FIRST, AGAIN], kills, {8: [(102.0, "time limit")]})
    assert found.unexplained == ["outbox 7: 100.00 and 104.00, []"]


def test_what_had_time_enough_to_be_marked_or_was_misunderstood_is_a_defect() -> None:
    assert explained([FIRST, Delivery(7, 200.0, "")], [150.0], {}).unexplained
    assert explained([FIRST, AGAIN], [103.0], {7: [(102.0, "SMTPServerDisconnected at DATA")]}).unexplained


def test_retries_are_found_in_logs() -> None:
    event = {"at": "1970-01-01T00:01:42.000+00:00", "event": "outbox 7 is tried again: time limit"}
    assert retries_in([f"{json.dumps(event)}\nrapport: ready\n"]) == {7: [(102.0, "time limit")]}


@pytest.mark.parametrize(
    "line",
    [
        "the password is p@ss/w #ö",
        "imaps://crm:p%40ss%2Fw%20%23%C3%B6@host",
        "AUTH " + b64encode("\0crm\0p@ss/w #ö".encode()).decode(),
        "AUTH " + b64encode("\0crm1\0p@ss/w #ö".encode()).decode(),
        "AUTH " + b64encode("p@ss/w #ö".encode()).decode(),
        json.dumps("p@ss/w #ö"),
        "written by QXkern",
        "to somebody@firma.example",
    ],
)
def test_a_leak_is_found_in_any_spelling(line: str) -> None:
    assert leaks(f"mailbox 1: followed from 7\n{line}\n", ("qx",), ("p@ss/w #ö",)) == [line]


def test_ids_and_counts_are_no_leak() -> None:
    assert leaks("outbox 7 is tried again: the mail server said 451 4.3.0 at MAIL", ("qx",), ("secret",)) == []
