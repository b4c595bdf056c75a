"""A reply becomes messages that Telegram takes: checked by the rules of the fake server."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.render import TEXT_LIMIT, Part, keyboard, render
from storage.messages import Button, Reply, Span, Style
from tests.fakes.bot_api_limits import check_markup, clean_text, utf16_length


def said(*spans: Span | str) -> Reply:
    return Reply(tuple(span if isinstance(span, Span) else Span(span) for span in spans))


def styled(part: Part) -> list[tuple[str, str]]:
    """Each entity's type, and the words that it stands on, cut out as Telegram does."""
    units = part.text.encode("utf-16-le")
    return [
        (str(each.type), units[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le"))
        for each in part.entities
    ]


def labels(reply: Reply) -> list[list[str]]:
    markup = keyboard(reply)
    return [[button.text for button in row] for row in markup.inline_keyboard] if markup else []


def row(*names: str) -> tuple[Button, ...]:
    return tuple(Button(name, f"token-{name}"[:64]) for name in names)


class TestText:
    def test_plain_words_are_sent_as_they_are(self) -> None:
        (part,) = render(said("☑ Call <b>Anna</b> & *Max*_\nThu 26 Nov, 9:00"))
        assert part == Part("☑ Call <b>Anna</b> & *Max*_\nThu 26 Nov, 9:00")

    def test_styles_become_entities_counted_in_utf_16(self) -> None:
        (part,) = render(
            said("👤 ", Span("Анна 🙂 Kern", "bold"), " · ", Span("a@b.example", "code"), "\n", Span("q", "quote"))
        )
        assert styled(part) == [("bold", "Анна 🙂 Kern"), ("code", "a@b.example"), ("blockquote", "q")]
        assert part.entities[0].offset == 3

    def test_white_space_around_is_left_out_and_entities_move_along(self) -> None:
        (part,) = render(said("\n ", Span(" bold \n", "bold"), "\n\n"))
        assert part.text == "bold"
        assert styled(part) == [("bold", "bold")]

    @pytest.mark.parametrize("reply", [said(), said(""), said("  \n")])
    def test_nothing_to_say_gives_nothing_to_send(self, reply: Reply) -> None:
        assert render(reply) == ()

    def test_half_a_letter_is_replaced(self) -> None:
        (part,) = render(said("a\ud83d b \ud83d\ude42"))
        assert part.text == "a\ufffd b 🙂"


class TestSplitting:
    def test_a_text_of_just_the_limit_stays_whole(self) -> None:
        assert len(render(said("🙂" * (TEXT_LIMIT // 2)))) == 1
        assert len(render(said("🙂" * (TEXT_LIMIT // 2) + "x"))) == 2

    def test_it_is_split_at_line_breaks(self) -> None:
        text = "\n".join(f"{number} " + " ".join(["wort"] * 30) for number in range(100))
        parts = render(said(text))
        assert len(parts) == 4
        assert "\n".join(part.text for part in parts) == text

    def test_a_line_too_long_is_split_at_a_space_and_a_word_too_long_anywhere(self) -> None:
        assert [part.text for part in render(said("aaaa bbbb cccc"), limit=10)] == ["aaaa bbbb", "cccc"]
        assert [part.text for part in render(said("🙂🙂🙂"), limit=5)] == ["🙂🙂", "🙂"]

    def test_a_style_goes_on_in_the_next_part(self) -> None:
        first, second = render(said("one ", Span("two\nthree", "bold"), " four"), limit=10)
        assert (first.text, styled(first)) == ("one two", [("bold", "two")])
        assert (second.text, styled(second)) == ("three four", [("bold", "three")])

    @given(
        st.lists(
            st.builds(Span, st.text(st.sampled_from("ab🙂é \n\tЯ"), max_size=30), st.sampled_from(get_args(Style))),
            max_size=6,
        ),
        st.integers(5, 40),
    )
    def test_telegram_takes_every_part_and_no_word_is_lost(self, spans: list[Span], limit: int) -> None:
        reply = Reply(tuple(spans))
        parts = render(reply, limit)
        for part in parts:
            assert 0 < utf16_length(part.text) <= limit
            entities = [entity.to_dict() for entity in part.entities]
            assert clean_text(part.text, entities, limit, "too long") == (part.text, entities)
        assert "".join("".join(part.text for part in parts).split()) == "".join(reply.text.split())


class TestButtons:
    def test_no_buttons_no_keyboard(self) -> None:
        assert keyboard(said("x")) is None

    def test_buttons_carry_their_tokens(self) -> None:
        markup = keyboard(Reply((Span("x"),), (row("Done", "Snooze 1h", "Tomorrow"), row("Undo"))))
        assert markup is not None
        check_markup(markup.to_dict())
        assert [[(each.text, each.callback_data) for each in line] for line in markup.inline_keyboard] == [
            [("Done", "token-Done"), ("Snooze 1h", "token-Snooze 1h"), ("Tomorrow", "token-Tomorrow")],
            [("Undo", "token-Undo")],
        ]

    def test_a_row_too_wide_for_a_phone_becomes_several_of_even_length(self) -> None:
        wide = row("Jutta Müller · Seeblick Hotels", "Ralf Müller · Müller Dachbau", "New contact")
        assert labels(Reply((Span("?"),), (wide,))) == [[button.label] for button in wide]
        four = row("New lead", "Log on ...", "Ignore", "Ignore domain")
        assert labels(Reply((Span("?"),), (four,))) == [["New lead", "Log on ..."], ["Ignore", "Ignore domain"]]
