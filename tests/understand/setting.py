"""The setting that a labelled message is read in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.understand.intents import Known
from reminders.moment import Setting


def load_messages() -> list[dict[str, Any]]:
    """The labelled messages: id, text, lang, now, tz, intent, slots, more."""
    lines = Path(__file__).with_name("intents.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def setting_of(message: dict[str, Any]) -> Setting:
    """The setting of a labelled message: its `now` is local time in `tz`, its language the user's."""
    now = datetime.fromisoformat(message["now"]).replace(tzinfo=ZoneInfo(message["tz"]))
    return Setting(now=now, zone=message["tz"], language=message["lang"])


@dataclass(frozen=True, slots=True)
class Store:
    """A store of a few contacts, as look-ups see it: (name, company), found by any of their words."""

    contacts: tuple[tuple[str, str], ...] = ()
    users: tuple[str, ...] = ()
    stage_names: tuple[str, ...] = ()

    def people(self, words: str) -> list[Known]:
        """Those whose name or company has all the words."""
        wanted = set(words.casefold().split())
        return [
            Known(name, company, 1.0)
            for name, company in self.contacts
            if wanted and wanted <= set(f"{name} {company}".casefold().split())
        ]

    def members(self) -> list[str]:
        """The team."""
        return list(self.users)

    def stages(self) -> list[str]:
        """The pipeline."""
        return list(self.stage_names)
