"""Which time zone people mean: by its name in whatever case, or by a city that lies in it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

_AREAS = frozenset("Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific".split())  # noqa: SIM905


def zone_named(text: str) -> str | None:
    """The zone's own name: "Europe/Berlin" for "europe/berlin", "Asia/Tokyo" for "Tokyo"; None for an unknown one."""
    return _zones().get(_folded(text))


@cache
def _zones() -> dict[str, str]:
    names = sorted(available_timezones())
    cities = {_folded(name.rpartition("/")[2]): name for name in names if name.partition("/")[0] in _AREAS}
    known: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["cities"]
    return {**cities, **known, **{_folded(name): name for name in names}}


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip(" .,!?").replace("_", " ").replace("-", " ").replace("ё", "е").split())
