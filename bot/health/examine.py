"""All checks, in the order in which one thing depends on another."""

from __future__ import annotations

import asyncio

from bot.health.check import Check
from bot.health.database import examine_database, examine_work
from bot.health.machine import examine_machine
from bot.health.mail import examine_mail
from bot.health.telegram import examine_telegram
from bot.settings import Settings
from storage.clock import Clock


async def examine(settings: Settings, clock: Clock) -> list[Check]:
    """Every part, whatever is wrong with the others."""
    wall = clock.wall()
    checks, facts = await asyncio.to_thread(examine_database, settings, wall)
    if facts is not None:
        checks += examine_work(facts, wall)
    checks += examine_machine(settings, facts, wall)
    telegram, mail = await asyncio.gather(examine_telegram(settings), examine_mail(settings, facts))
    return checks + telegram + mail
