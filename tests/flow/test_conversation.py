"""Conversations as people have them, from the typed line to the rows in the database."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


async def test_a_lead_with_a_note_is_told_tasked_shown_done_and_undone(house: TestHouse) -> None:
    anna = await house.max.says(
        "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example, +49 30 901820, wants 20 licences"
    )
    assert anna.splitlines()[0] == "👤 Anna Kern, Nordwind GmbH: new lead"
    assert "anna@nordwind.example · +49 30 901820" in anna
    assert "Note: wants 20 licences" in anna
    assert house.max.buttons == ["Undo", "Task", "Open"]

    assert "prefers mornings" in await house.max.says("note for Anna: prefers mornings")
    assert "tomorrow, 9:00" in await house.max.says("remind me tomorrow 9:00 to send Anna the quote")

    card = await house.max.says("anna")
    for fact in ("Nordwind GmbH", "anna@nordwind.example", "prefers mornings", "Send Anna the quote"):
        assert fact in card

    assert "1. Send Anna the quote" in await house.max.says("tasks")
    assert "done" in await house.max.says("done 1")
    assert "No open tasks" in await house.max.says("tasks")
    assert "Undone" in await house.max.says("undo")
    assert "Send Anna the quote" in await house.max.says("tasks")
    assert "note for Anna" in await house.max.says("help")


async def test_a_reminder_comes_at_its_moment_and_can_be_done_snoozed_and_put_off(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow 9:00 to send the quote")
    house.at("2026-11-24T08:59:59")
    assert await house.max.hears() == []
    house.at("2026-11-24T09:00")
    assert await house.max.hears() == ["⏰ Send the quote\nasked yesterday"]
    assert house.max.buttons == ["Done", "1 h", "Tomorrow 9:00", "Next week", "Pick ..."]
    assert await house.max.hears() == []

    assert "today, 10:00" in await house.max.taps("1 h")
    house.at("2026-11-24T10:00")
    assert (await house.max.hears())[0].startswith("⏰ Send the quote")
    assert "tomorrow, 9:00" in await house.max.taps("Tomorrow 9:00")
    house.at("2026-11-25T09:00")
    assert (await house.max.hears())[0].startswith("⏰ Send the quote")
    await house.max.taps("Done")
    house.at("2026-11-26T09:00")
    assert await house.max.hears() == []


async def test_what_was_missed_while_down_comes_once_and_says_so(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow 9:00 to send the quote")
    house.at("2026-11-24T11:30")
    [missed] = await house.max.hears()
    assert missed.startswith("⏰ Send the quote")
    assert "(due 9:00, I was offline)" in missed
    assert await house.max.hears() == []


async def test_an_undone_lead_leaves_nothing_behind(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example, wants 20 licences")
    await house.max.taps("Undo")
    for table in ("contacts", "handles", "notes", "companies", "contact_terms"):
        assert await house.rows(table) == [], table
    assert "undone already" in await house.max.says("undo") or "nothing to undo" in await house.max.says("undo")


async def test_undo_refuses_what_newer_entries_build_on(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    first = house.max.heard[-1].reply.buttons[0][0].token
    await house.max.says("note for Anna: prefers mornings")
    answer = await house.max._send(tap=first)
    assert "Undo those first" in answer
    assert len(await house.rows("contacts")) == 1
    assert len(await house.rows("notes")) == 1


async def test_an_ambiguous_name_is_asked_about_and_one_tap_does_it(house: TestHouse) -> None:
    await house.max.says("new lead Jutta Müller, Seeblick Hotels")
    await house.max.says("new lead Ralf Müller, Dachbau GmbH")
    assert (await house.max.says("note for Müller: calls back")).startswith("❓ Which")
    assert "Jutta Müller · Seeblick Hotels" in house.max.buttons
    assert "calls back" in await house.max.taps("Ralf Müller · Dachbau GmbH")
    [note] = await house.rows("notes")
    assert note["text"] == "calls back"


async def test_a_likely_twin_is_asked_about_before_a_second_record_is_made(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    answer = await house.max.says("new lead Anna Kern, anna@nordwind.example, +49 30 901820")
    assert answer.startswith("❓")
    await house.max.taps("Anna Kern")
    assert len(await house.rows("contacts")) == 1
    assert [row["value"] for row in await house.rows("handles", kind="phone")] == ["+4930901820"]


async def test_a_viewer_reads_and_cannot_write(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    eve = house.member("Eve Sand", role="viewer")
    assert "anna@nordwind.example" in await eve.says("anna")
    assert "look, not write" in await eve.says("note for Anna: secret")
    assert await house.rows("notes") == []


async def test_anothers_button_does_nothing(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    token = house.max.heard[-1].reply.buttons[0][0].token
    eve = house.member("Eve Sand")
    assert "no such button" in await eve._send(tap=token)
    assert len(await house.rows("contacts")) == 1


async def test_fields_are_kept_in_the_form_that_serves_later(house: TestHouse) -> None:
    await house.max.says("new lead anna kern, nordwind gmbh, anna@nordwind.example")
    await house.max.says("birthday of anna 17 May")
    await house.max.says("anna phone +49 30 901820")
    await house.max.says("tag anna as vip")
    [contact] = await house.rows("contacts")
    assert (contact["name"], contact["birthday"]) == ("Anna Kern", "--05-17")
    assert [row["name"] for row in await house.rows("companies")] == ["Nordwind GmbH"]
    assert [row["value"] for row in await house.rows("handles", kind="phone")] == ["+4930901820"]
    assert [row["tag"] for row in await house.rows("contact_tags")] == ["vip"]


async def test_a_handle_that_another_contact_has_is_refused_by_name(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("new lead Bert Busch, bert@busch.example")
    assert "is Anna Kern's already" in await house.max.says("Bert Busch email is anna@nordwind.example")


async def test_delete_asks_first_and_can_be_undone(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example, wants 20 licences")
    await house.max.says("delete Anna Kern")
    assert len(await house.rows("contacts")) == 1
    await house.max.taps("Delete")
    assert await house.rows("contacts") == []
    await house.max.says("undo")
    assert "wants 20 licences" in await house.max.says("anna")


async def test_merge_asks_first_and_makes_one(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("new lead Anne Kerner, +49 30 901820")
    await house.max.says("merge Anna Kern and Anne Kerner")
    await house.max.taps("Merge")
    assert [row["name"] for row in await house.rows("contacts")] == ["Anna Kern"]
    assert {row["contact_id"] for row in await house.rows("handles")} == {1}


async def test_a_senseless_moment_is_told_with_what_works(house: TestHouse) -> None:
    assert "is no date" in await house.max.says("remind me 32 nov to call Anna")
    assert await house.rows("tasks") == []


async def test_quiet_hours_are_set_in_words(house: TestHouse) -> None:
    assert "20:00–8:00" in await house.max.says("quiet hours 20:00-8:00")
    [user] = await house.rows("users")
    assert (user["quiet_from"], user["quiet_to"]) == ("20:00", "08:00")


async def test_a_repeated_reminder_comes_each_time_at_the_same_hour_over_a_clock_change(house: TestHouse) -> None:
    house.at("2027-03-22T10:00")
    await house.max.says("remind me every monday at 9 to send the report")
    for monday in ("2027-03-29", "2027-04-05"):  # clocks change on the 28th
        house.at(f"{monday}T08:59")
        assert await house.max.hears() == []
        house.at(f"{monday}T09:00")
        assert [text.splitlines()[0] for text in await house.max.hears()] == ["⏰ Send the report"]
    house.at("2027-05-04T12:00")  # down for four weeks: what was missed comes once
    assert len(await house.max.hears()) == 1
    house.at("2027-05-10T09:00")
    assert len(await house.max.hears()) == 1


async def test_done_on_a_repeated_task_means_this_time_and_stop_means_all(house: TestHouse) -> None:
    house.at("2026-11-23T10:00")
    await house.max.says("remind me every friday at 9 to send the report")
    house.at("2026-11-27T09:00")
    await house.max.hears()
    assert "Next: Fri 4 Dec, 9:00" in await house.max.taps("Done")
    assert "Next: Fri 11 Dec, 9:00" in await house.max.says("done 1")  # ahead of time
    house.at("2026-12-04T09:00")
    assert await house.max.hears() == []
    await house.max.taps("Stop repeating")
    house.at("2026-12-11T09:00")
    assert await house.max.hears() == []
    assert await house.max.says("tasks") == "No open tasks."


async def test_a_repeated_task_ends_when_its_rule_does(house: TestHouse) -> None:
    house.at("2026-11-23T10:00")
    await house.max.says("remind me every day at 9 for 3 times to drink water")
    heard = []
    for day in range(24, 31):
        house.at(f"2026-11-{day}T09:00")
        heard += await house.max.hears()
    assert len(heard) == 3


async def test_a_task_that_was_reminded_of_is_done_rather_than_undone(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow 9:00 to send the quote")
    house.at("2026-11-24T09:00")
    await house.max.hears()
    assert "came already" in await house.max.taps("Undo")
    await house.max.taps("Done")
    assert await house.max.says("tasks") == "No open tasks."
    assert len(await house.rows("tasks")) == 1


@pytest.mark.parametrize("said", ["thanks", "ok", "good morning!", "спасибо", "guten Morgen"])
async def test_small_talk_isnt_quoted_back_as_if_it_were_wrong(house: TestHouse, said: str) -> None:
    answer = await house.max.says(said)
    assert answer == "Write what is to be done, or about whom. For example: remind me friday 14:00 to call Anna"
    assert house.max.buttons == ["Help"]
