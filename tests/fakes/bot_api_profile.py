"""The face that the bot gives itself: its commands, names, descriptions and menu buttons.

Source: https://core.telegram.org/bots/api#setmycommands, #setmyname, #setmydescription, #setchatmenubutton.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.bot_api_limits import bad_request, check_commands
from tests.fakes.bot_api_schema import JsonObject

Action = Callable[[JsonObject], Any]
"""Carries out one method: from its parameters to its result."""

_TEXTS = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}


class Profile:
    """What the bot has set: `commands` by (scope as sorted JSON, language), `texts` by (field, language)."""

    def __init__(self) -> None:
        self.commands: dict[tuple[str, str], list[JsonObject]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, JsonObject] = {}
        self.actions: dict[str, Action] = {
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda p: self.commands.get(_audience(p), []),
            "deleteMyCommands": self._delete_commands,
            "setChatMenuButton": self._set_menu_button,
            "getChatMenuButton": lambda p: self.menu_buttons.get(p.get("chat_id", 0), {"type": "default"}),
        }
        for name, (field, limit) in _TEXTS.items():
            self.actions[f"setMy{name}"] = self._text_setter(field, limit)
            self.actions[f"getMy{name}"] = self._text_getter(field)

    def _set_commands(self, p: JsonObject) -> bool:
        check_commands(p["commands"])
        self.commands[_audience(p)] = p["commands"]
        return True

    def _delete_commands(self, p: JsonObject) -> bool:
        self.commands.pop(_audience(p), None)
        return True

    def _text_setter(self, field: str, limit: int) -> Action:
        def set_text(p: JsonObject) -> bool:
            if len(p.get(field, "")) > limit:
                raise bad_request(f"{field} is too long")
            self.texts[field, p.get("language_code", "")] = p.get(field, "")
            return True

        return set_text

    def _text_getter(self, field: str) -> Action:
        def get_text(p: JsonObject) -> JsonObject:
            own = self.texts.get((field, p.get("language_code", "")))
            return {field: own or self.texts.get((field, ""), "")}

        return get_text

    def _set_menu_button(self, p: JsonObject) -> bool:
        self.menu_buttons[p.get("chat_id", 0)] = p.get("menu_button", {"type": "default"})
        return True


def _audience(p: JsonObject) -> tuple[str, str]:
    """Give the key under which a command list is kept: whom it is for, and in which language."""
    return json.dumps(p.get("scope", {"type": "default"}), sort_keys=True), p.get("language_code", "")
