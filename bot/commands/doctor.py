"""`rapport doctor`: the health of every part, with what to do."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import logging
import sys

from bot.health.check import Check, fail
from bot.settings import load_settings
from storage.clock import Clock
from storage.errors import WrongSetting

_COLOURS = {"ok": "32", "warn": "33", "fail": "31;1"}


def doctor(args: argparse.Namespace) -> int:
    """Prints a line a check; 0 when nothing failed, 1 otherwise."""
    logging.disable(logging.CRITICAL)  # others' warnings may quote what they were told
    checks = _checks()
    healthy = all(check.status != "fail" for check in checks)
    if args.json:
        shown = {"ok": healthy, "checks": [dataclasses.asdict(check) for check in checks]}
        print(json.dumps(shown, ensure_ascii=False), flush=True)
    else:
        for check in checks:
            print(_line(check, in_colour=sys.stdout.isatty()))
    return 0 if healthy else 1


def _checks() -> list[Check]:
    from bot.health.examine import examine

    try:
        settings = load_settings()
    except WrongSetting as error:
        return [fail("settings", str(error), "see docs/settings.md")]
    return asyncio.run(examine(settings, Clock()))


def _line(check: Check, *, in_colour: bool) -> str:
    status = f"{check.status:<4}"
    if in_colour:
        status = f"\033[{_COLOURS[check.status]}m{status}\033[0m"
    return f"{status}  {check.name}: {check.what}" + (f" · {check.todo}" if check.todo else "")
