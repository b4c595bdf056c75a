"""Which task is meant: by its words, with or without saying that it is a task."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


@pytest.mark.parametrize(
    "said",
    [
        "move the report task to tuesday",
        "move the task send report to tuesday",
        "verschiebe die Report-Aufgabe auf Dienstag",
        "перенеси задачу report на вторник",
    ],
)
async def test_a_task_is_moved_by_its_words(house: TestHouse, said: str) -> None:
    await house.max.says("remind me friday 11:00 to send report")
    await house.max.says("remind me friday 12:00 to call Bob")
    assert "Send report" in await house.max.says(said)
    first, second = await house.rows("tasks")
    assert (first["due_wall"][:10], second["due_wall"][:10]) == ("2026-11-24", "2026-11-27")


@pytest.mark.parametrize(
    "said",
    [
        "delete the report task",
        "delete the task send report",
        "delete task 1",
        "lösche die Aufgabe send report",
        "удали задачу report",
    ],
)
async def test_a_task_is_deleted_and_brought_back(house: TestHouse, said: str) -> None:
    await house.max.says("remind me friday 11:00 to send report")
    await house.max.says("remind me friday 12:00 to call Bob")
    assert await house.max.says(said) == "☑ Send report: off the list"
    assert await house.max.says("tasks") == "☑ 1 task\n1. Call Bob · Fri 27 Nov, 12:00"
    await house.max.says("undo")
    assert "Send report" in await house.max.says("tasks")


async def test_of_several_tasks_one_is_asked_for(house: TestHouse) -> None:
    await house.max.says("remind me friday 11:00 to send report")
    await house.max.says("remind me friday 12:00 to read report")
    assert await house.max.says("delete the report task") == "❓ Which task?"
    assert "Read report: off the list" in await house.max.taps("Read report · Fri 27 Nov, 12:00")


async def test_deleting_nobody_known_says_who(house: TestHouse) -> None:
    assert "Bob" in await house.max.says("delete Bob")
    assert "?" not in await house.max.says("delete the report note")
