"""Two workers on one PostgreSQL push, deliver and are answered at the same time: each reminder comes once."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.delivery import Delivery
from bot.flow import Flow
from storage.messages import InboundMessage, OutgoingMessage, Sender
from storage.opening import open_database
from storage.outbox import Carrier
from tests.conftest import new_postgresql_database
from tests.house import TEAM, Recorder, TestHouse, opened_house

_EACH, _PEOPLE = 12, 4


async def test_two_workers_remind_once_while_tasks_are_done(postgresql: str) -> None:
    url = new_postgresql_database(postgresql)
    async with open_database(url) as one, open_database(url) as two, opened_house(one) as house:
        people = [house.member(f"Member {number}", telegram=f"{number + 1}00") for number in range(_PEOPLE)]
        for person in people:
            for number in range(_EACH):
                await person.says(f"remind me every day at 11:00 to call k-{person.user.id}-{number:02}")
        house.at("2026-11-23T11:00")
        others = Flow(two, house.clock, TEAM)
        told: list[OutgoingMessage] = []
        face = Recorder(Carrier("telegram"), told)
        for person in people:
            await house.flow.keep(_done(house, person.user.id))
        # Both do everything at once, and again until nothing is left.
        for _ in range(20):
            await asyncio.gather(
                *(flow.push_due() for flow in (house.flow, others, house.flow, others)),
                others.handle_next(),
                house.flow.handle_next(),
                *(Delivery(database, house.clock, face).deliver_all() for database in (one, two)),
            )
        assert await house.rows("inbox", state="new") == []
        rung = Counter(message.reply.text.splitlines()[0] for message in told if message.reply.kind == "reminder")
        assert set(rung.values()) == {1}
        assert len(rung) >= _PEOPLE * (_EACH - 1)  # one of each was done at the same moment
        ahead = {str(task["due_wall"]) for task in await house.rows("tasks")}
        assert ahead <= {"2026-11-24T11:00:00", "2026-11-25T11:00:00"}
        pending = await house.rows("reminders", state="pending")
        assert sorted(row["task_id"] for row in pending) == [task["id"] for task in await house.rows("tasks")]


def _done(house: TestHouse, user_id: int) -> InboundMessage:
    return InboundMessage(
        channel="console",
        external_id=f"done-{user_id}",
        lane=f"console:{user_id}",
        sender=Sender("user", str(user_id)),
        at=house.clock.now(),
        text="done 1",
    )
