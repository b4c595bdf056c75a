"""The docs against the code: every command, setting and intent is documented, and the README's conversation is real."""

from __future__ import annotations

import argparse
import re
import tomllib
import typing
from pathlib import Path

import pytest

from bot.chat import chat_piped
from bot.cli import _parser
from bot.settings import NAMES, load_settings
from handlers.understand.intents import IntentName

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(parser: argparse.ArgumentParser, prefix: str = "rapport") -> dict[str, argparse.ArgumentParser]:
    """Every command of the command line, by its words."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                deeper = commands(child, f"{prefix} {name}")
                found |= deeper or {f"{prefix} {name}": child}
    return found


def test_every_command_and_option_is_documented() -> None:
    text = read("docs/commands.md")
    for words, parser in commands(_parser()).items():
        [line] = [line for line in text.splitlines() if f"`{words}" in line and line.startswith("|")]
        for option in (option for action in parser._actions for option in action.option_strings):
            assert option in ("-h", "--help") or option in line, f"{words} {option}"


def test_every_documented_command_exists() -> None:
    known = commands(_parser())
    for words in re.findall(r"^\| `(rapport(?: [a-z-]+)+)", read("docs/commands.md"), re.MULTILINE):
        assert any(words == name or words.startswith(name + " ") for name in known), words


def test_every_setting_is_documented_and_none_else() -> None:
    documented = set(re.findall(r"^\| `RAPPORT_([A-Z_]+)`", read("docs/settings.md"), re.MULTILINE))
    assert documented == set(NAMES)


def test_every_intent_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", read("docs/using.md"), re.MULTILINE))
    assert documented == set(typing.get_args(IntentName))


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + [each for extra in project["optional-dependencies"].values() for each in extra]
    text = read("docs/dependencies.md").lower()
    for requirement in wanted:
        name = re.split(r"[\[<>=~ ]", requirement)[0].lower()
        assert name == "rapport" or name in text, name


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


async def test_the_readmes_conversation_is_what_rapport_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = read("README.md").split("```")[1].strip()
    lines = [line.removeprefix("› ") for line in block.splitlines() if line.startswith("› ")]
    script = tmp_path / "lines"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = load_settings(
        {"RAPPORT_DATABASE": str(tmp_path / "readme.db"), "RAPPORT_TIMEZONE": "Europe/Berlin", "RAPPORT_COUNTRY": "DE"},
        tmp_path,
    )
    with script.open(encoding="utf-8") as file:
        await chat_piped(settings, name=None, now="2026-11-23T10:00", as_jsonl=False, lines=file)
    answers = re.sub(r"^› .*\n\n", "", block, flags=re.MULTILINE)
    assert capsys.readouterr().out.strip() == answers.strip()


@pytest.mark.parametrize("example", re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", read("docs/using.md"), re.MULTILINE))
def test_every_example_of_using_is_understood_so(example: tuple[str, str]) -> None:
    from datetime import UTC, datetime

    from handlers.understand.intents import Known
    from handlers.understand.understand import understand
    from reminders.moment import Setting

    class Store:
        """Knows who the examples are about."""

        def people(self, words: str) -> list[Known]:
            known = [Known("Anna Kern", "Nordwind GmbH", 0.97)]
            return known if any(word in words.lower() for word in ("anna", "kern", "nordwind")) else []

        def members(self) -> list[str]:
            return ["Max Kern", "Eve Sand"]

        def stages(self) -> list[str]:
            return ["new", "proposal", "won", "lost"]

    name, text = example
    if text == "–":
        return
    setting = Setting(now=datetime(2026, 11, 23, 9, tzinfo=UTC), zone="Europe/Berlin", country="DE")
    assert understand(text, setting, Store()).intents[0].name == name
