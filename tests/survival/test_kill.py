"""Killed at random moments, and at every single commit: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.bot_api_remote import RemoteBotApi
from tests.survival.deaths import MESSAGES, Life, Nursery
from tests.survival.kill_run import HURRIED, TOKEN, Experiment, Plan
from tests.survival.program import MAX, Place, until


@pytest.fixture
def telegram() -> Iterator[RemoteBotApi]:
    with RemoteBotApi.started(TOKEN) as fake:
        yield fake
        fake.assert_clean()


def test_mails_and_messages_come_in_while_it_is_killed_again_and_again(tmp_path: Path, telegram: RemoteBotApi) -> None:
    if os.environ.get("RAPPORT_SURVIVAL") == "full":
        plan, place = Plan(), Place(tmp_path)
    else:
        plan, place = Plan(mails=40, messages=40, kills=6, pipe_every=8), Place(tmp_path, command=HURRIED)
    outcome = Experiment(plan, place, telegram).run()
    assert outcome.faults == [], outcome
    assert outcome.kills >= plan.kills


def test_a_kill_between_telegrams_yes_and_our_mark_sends_the_answer_again(
    tmp_path: Path, telegram: RemoteBotApi
) -> None:
    place = Place(tmp_path, {"RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_API": telegram.url}, HURRIED)
    place.team()
    telegram.user(MAX, "Max Kern")
    telegram.fail_next("sendMessage", delay=30)  # what is said is there at once, but the yes comes late
    with place.start("run") as program:
        program.ready()
        asked = telegram.says(MAX, "new lead Anna Kern")
        telegram.hears(MAX, 20)
        program.kill()
    with place.start("run") as program:
        again = telegram.hears(MAX, 20)
        assert again["reply_to_message"]["message_id"] == asked["message_id"]
        until("marked", place.is_drained)
        assert program.ready().stops() == 0
    assert [message["text"] for message in telegram.said(MAX)] == [again["text"]] * 2
    assert place.rows("SELECT name FROM contacts") == ["Anna Kern"]


def test_a_death_before_and_after_every_single_commit(tmp_path: Path, nursery: Nursery) -> None:
    """Dies at its n-th commit, for every n there is, and lives on in the next process: all is there, and only once."""
    spared, template = 0, Place(tmp_path)
    template.team()
    for moment in ("before", "after"):
        for number in range(1, 200):
            life = Life(tmp_path / f"{moment}-{number}", moment, number)
            codes = nursery.lives(life, template)
            assert codes[-1] == 0
            assert life.facts() == Life.WANTED, life
            said = Counter(life.said())
            assert set(said) == set(life.wanted_answers()), life
            doubled = [text for text, times in said.items() if times > 1]
            assert len(doubled) <= (moment == "before"), f"{life}: {said}"
            assert life.in_order(), life.said()
            if codes == [0]:
                spared += 1
                break
        assert number > 3 * len(MESSAGES), "it didn't die often enough to prove anything"
    assert spared == 2
