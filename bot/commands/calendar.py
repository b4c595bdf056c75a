"""`rapport calendar`: a member's calendar as an iCalendar file."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import Connection

from bot.settings import load_settings
from handlers.calendars import calendar_of
from storage.calendars import name_installation
from storage.clock import Clock
from storage.errors import NotFound
from storage.opening import open_database_now
from storage.users import owners, user_by_name


def calendar(args: argparse.Namespace) -> int:
    """Writes it to stdout."""

    def work(connection: Connection) -> str:
        name_installation(connection)
        user = user_by_name(connection, args.user) if args.user else next(iter(owners(connection)), None)
        if user is None:
            raise NotFound(f"There is no user {args.user or 'yet'}. `rapport user list` shows the team.")
        return calendar_of(connection, user, Clock().now())

    with open_database_now(load_settings().database) as database:
        sys.stdout.buffer.write(database.transact(work).encode())
    return 0
