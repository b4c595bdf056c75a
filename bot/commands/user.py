"""`rapport user`: the team."""

from __future__ import annotations

import argparse
import dataclasses
import json
from zoneinfo import available_timezones

from sqlalchemy import Connection

from bot.settings import load_settings
from handlers.leaving import leave
from storage.clock import Clock
from storage.errors import NotFound, RapportError, WrongSetting
from storage.meta import end_claim, new_claim_code
from storage.opening import open_database_now
from storage.users import User, add_user, all_users, owners, user_by_name


def add(args: argparse.Namespace) -> int:
    """Adds a member."""
    settings = load_settings()
    zone = args.timezone or settings.team.zone
    if zone not in available_timezones():
        raise WrongSetting(f"There is no time zone {zone!r}. Example: Europe/Berlin")
    if args.email and args.email.count("@") != 1:
        raise WrongSetting(f"{args.email!r} is no mail address. Example: anna@example.com")
    if args.telegram and not args.telegram.lstrip("-").isdigit():
        raise WrongSetting(f"{args.telegram!r} is no Telegram id: it is a number, which the bot @userinfobot tells.")

    def work(connection: Connection) -> None:
        add_user(
            connection,
            args.name.strip(),
            at=Clock().wall(),
            role=args.role,
            language=args.language or settings.team.language,
            timezone=zone,
            email=args.email,
            telegram=args.telegram,
        )
        if args.role == "owner":
            end_claim(connection)

    with open_database_now(settings.database) as database:
        database.transact(work)
    print(f"{args.name}: {args.role}")
    return 0


def show(args: argparse.Namespace) -> int:
    """Lists the team."""
    with open_database_now(load_settings().database) as database:
        team = database.look(all_users)
    if args.json:
        print(json.dumps([_as_json(user) for user in team], ensure_ascii=False))
        return 0
    for user in team:
        print(" · ".join(filter(None, (user.name, user.role, user.email, user.telegram, user.language, user.timezone))))
    if not team:
        print("Nobody yet. `rapport user add NAME --role owner` adds the first.")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Takes a member out of the team; what they did stays, what they had to do is an owner's."""

    def work(connection: Connection) -> str:
        user = user_by_name(connection, args.name)
        if user is None:
            raise NotFound(f"There is no user {args.name!r}. `rapport user list` shows the team.")
        if user.role == "owner" and len(owners(connection)) == 1 and len(all_users(connection)) > 1:
            raise RapportError(f"{user.name} is the only owner. Add another owner first.")
        heir, tasks = leave(connection, user, at=Clock().wall())
        return f"; open tasks that are {heir.name}'s now: {tasks}" if heir is not None and tasks else ""

    with open_database_now(load_settings().database) as database:
        handed_over = database.transact(work)
    print(f"{args.name}: removed{handed_over}")
    return 0


def show_claim_code(args: argparse.Namespace) -> int:
    """A new one-time code for the first owner."""

    def work(connection: Connection) -> str:
        if owners(connection):
            raise RapportError("There is an owner already: " + ", ".join(user.name for user in owners(connection)))
        return new_claim_code(connection)

    with open_database_now(load_settings().database) as database:
        print(database.transact(work))
    return 0


def _as_json(user: User) -> dict[str, object]:
    return {name: value for name, value in dataclasses.asdict(user).items() if name != "default_time"}
