"""Every word that a user sees: translated whole, compiled, with its placeholders, and its examples understood."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message

from handlers.understand.intents import IntentName, NoLookups
from handlers.understand.understand import understand
from handlers.words import LANGUAGES, Words
from reminders.moment import Setting
from reminders.when import find_moment
from tests.catalogues import ROOT, TRANSLATED, compiled, complete, extracted, load, po_path

BERLIN = "Europe/Berlin"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
EXAMPLES: dict[str, tuple[IntentName, ...]] = {
    "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example": ("add_lead",),
    "note for Anna: prefers mornings": ("add_note",),
    "remind me friday 14:00 to call Anna": ("add_task",),
    "called Anna, wants a discount": ("log_call",),
    "deal Anna 5k": ("add_deal",),
    "move Nordwind to proposal": ("move_deal",),
    "anna · tasks · leads · pipeline · triage · done 1 · undo": (
        *("lookup_contact", "list_tasks", "list_leads", "pipeline", "triage", "complete_task", "undo"),
    ),
}
MOMENTS = (
    "When? For example: friday 14:00",
    "“{words}” is past. Try “tomorrow 9:00” or “in 3 days”.",
    "“{words}” is no date. Try “30 Nov 9:00” or “in 3 days”.",
)
QUOTED = {"en": "“([^{}]+?)”", "de": "„([^{}]+?)“", "ru": "«([^{}]+?)»"}
IN_ENGLISH: set[str] = set()  # understood in every language
TWO_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_in_all_its_forms(language: str) -> None:
    catalogue = load(language)
    lacking = []
    for message in _messages(extracted()):
        found = catalogue.get(message.id)
        if found is None or not complete(found.string) or len(_forms(found)) != _forms_wanted(message, language):
            lacking.append(message.id)
    assert lacking == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders(language: str) -> None:
    for message in _messages(load(language)):
        for given in (message.id,) if isinstance(message.id, str) else message.id:
            for form in _forms(message):
                assert _placeholders(form) == _placeholders(given), (message.id, form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_stale_and_nothing_guessed(language: str) -> None:
    catalogue = load(language)
    said = {message.id for message in _messages(extracted())}
    assert {message.id for message in _messages(catalogue)} - said == set()
    assert not catalogue.obsolete
    assert not catalogue.fuzzy
    assert [message.id for message in catalogue if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_program_reads_what_translators_wrote(language: str) -> None:
    assert po_path(language).with_suffix(".mo").read_bytes() == compiled(load(language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 tasks", "1 task", "2 tasks", "5 tasks", "11 tasks", "21 tasks"]),
        ("de", ["0 Aufgaben", "1 Aufgabe", "2 Aufgaben", "5 Aufgaben", "11 Aufgaben", "21 Aufgaben"]),
        ("ru", ["0 задач", "1 задача", "2 задачи", "5 задач", "11 задач", "21 задача"]),
    ],
)
def test_plurals(language: str, said: list[str]) -> None:
    words = Words(language, BERLIN)
    assert [words.count("{n} task", "{n} tasks", number) for number in (0, 1, 2, 5, 11, 21)] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["today", "tomorrow", "yesterday", "Thu 26 Nov", "Sun 14 Mar 2027"]),
        ("de", ["heute", "morgen", "gestern", "Do 26. Nov.", "So 14. März 2027"]),
        ("ru", ["сегодня", "завтра", "вчера", "чт 26 нояб.", "вс 14 мар. 2027"]),
    ],
)
def test_days(language: str, said: list[str]) -> None:
    words = Words(language, BERLIN)
    days = [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 22), date(2026, 11, 26), date(2027, 3, 14)]
    assert [words.day(day, date(2026, 11, 23)) for day in days] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Thu 26 Nov, 9:00", "Thu 26 Nov", "today, 18:30", "tomorrow, 0:05"]),
        ("de", ["Do 26. Nov., 9:00", "Do 26. Nov.", "heute, 18:30", "morgen, 0:05"]),
        ("ru", ["чт 26 нояб., 9:00", "чт 26 нояб.", "сегодня, 18:30", "завтра, 0:05"]),
    ],
)
def test_moments_are_in_the_users_zone(language: str, said: list[str]) -> None:
    words = Words(language, BERLIN)
    thursday = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    assert [
        words.moment(thursday, MONDAY),
        words.moment(thursday, MONDAY, has_time=False),
        words.moment(datetime(2026, 11, 23, 17, 30, tzinfo=UTC), MONDAY),
        words.moment(datetime(2026, 11, 23, 23, 5, tzinfo=UTC), MONDAY),
    ] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["€5,000", "€5,000.50", "€1,234,567", "$0", "RUB 90,000", "CHF 12.30"]),
        ("de", ["5.000 €", "5.000,50 €", "1.234.567 €", "0 $", "90.000 RUB", "12,30 CHF"]),
        ("ru", ["5 000 €", "5 000,50 €", "1 234 567 €", "0 $", "90 000 ₽", "12,30 CHF"]),
    ],
)
def test_money(language: str, said: list[str]) -> None:
    words = Words(language, BERLIN)
    sums = [("5000", "EUR"), ("5000.5", "EUR"), ("1234567", "EUR"), ("0", "USD"), ("90000", "RUB"), ("12.3", "CHF")]
    assert [words.money(Decimal(amount), currency) for amount, currency in sums] == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_commands_that_are_understood(language: str, example: str) -> None:
    wanted = EXAMPLES[example]
    shown = Words(language, BERLIN).say(example)
    texts = shown.split(" · ") if len(wanted) > 1 else [shown]
    assert tuple(_intent(text, language) for text in texts) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", MOMENTS)
def test_examples_of_moments_are_moments(language: str, message: str) -> None:
    said = Words(language, BERLIN).say(message)
    shown = re.findall(QUOTED[language], said) or [said.partition(": ")[2]]
    found = {text: find_moment(text, _setting(language)) for text in shown}
    assert len(shown) == max(1, message.count("“") - 1)
    assert [
        text for text, moment in found.items() if moment is None or (moment.start, moment.end) != (0, len(text))
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_command_words_in_messages_are_understood(language: str) -> None:
    """A word in backticks is what to type."""
    words = Words(language, BERLIN)
    for message in _messages(extracted()):
        text = words.say(message.id if isinstance(message.id, str) else message.id[0])
        for typed in re.findall(r"`(.+?)`", text):
            assert _intent(typed, language) not in ("unknown", "lookup_contact"), (text, typed)


def test_no_words_outside_the_catalogues() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in sorted((ROOT / "handlers").rglob("*.py"))
        for line, text in untranslated(path.read_text(encoding="utf-8"))
        if text not in IN_ENGLISH
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('draft("Nobody is here.")', ["Nobody is here."]),
        ('draft("👤 " + name, f"{field}: not set")', [": not set"]),
        ('draft(say("Nobody is here."), "☑")', []),
        ('draft(words.count("{n} open task", "{n} open tasks", 2, of="all of them"))', ["all of them"]),
        ('draft(say("Try: {example}", example="call Anna"))', ["call Anna"]),
        ('draft(choices=((Choice("Not now", "ask_time"),),))', ["Not now"]),
        ('say("Nobody is here.")', []),
    ],
)
def test_the_check_for_words_outside_the_catalogues(source: str, texts: list[str]) -> None:
    assert [text for _, text in untranslated(source)] == texts


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """The literals of two words or more that a draft is given without asking the catalogues for them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) == "draft":
            yield from _literals(node)


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and TWO_WORDS.search(node.value):
        yield node.lineno, node.value
    translated = {"say": 1, "count": 2}.get(_called(node), 0) if isinstance(node, ast.Call) else 0
    skipped = node.args[:translated] if isinstance(node, ast.Call) else []
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from _literals(child)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _messages(catalogue: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalogue if message.id]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _forms_wanted(message: Message, language: str) -> int:
    return 1 if isinstance(message.id, str) else load(language).num_plurals


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _setting(language: str) -> Setting:
    return Setting(now=MONDAY.astimezone(ZoneInfo(BERLIN)), zone=BERLIN, language=language, country="DE")


def _intent(text: str, language: str) -> IntentName:
    """What a message asks for, read as by a user of that language who has no contacts yet."""
    (intent,) = understand(text, _setting(language), NoLookups()).intents
    return intent.name
