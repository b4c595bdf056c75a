"""The command line: reads the arguments, runs one command, turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from storage.errors import RapportError, WrongUsage, is_trouble

OK, FAILED, WRONG_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `rapport ARGS`; the exit code: 0 done, 1 failed, 2 wrong usage."""
    args = _parser().parse_args(argv)
    module, _, function = args.run.partition(":")
    try:
        command = getattr(importlib.import_module(f"bot.commands.{module}"), function)
        return int(command(args))
    except RapportError as error:
        print(f"rapport: {error}", file=sys.stderr)
        return WRONG_USAGE if isinstance(error, WrongUsage) else FAILED
    except BrokenPipeError:
        # Who read our output went away; closing stdout quietly keeps the interpreter from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(f"rapport: {_said(error)}", file=sys.stderr)
        return FAILED


def _said(error: Exception) -> str:
    """What a person can do about an error that nobody foresaw; its text may hold data, so it isn't shown."""
    if is_trouble(error):
        return f"the database or the disk can't be used now ({type(error).__name__}). `rapport doctor` tells more."
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"
    return f"stopped by a defect ({type(error).__name__} at {place}). Nothing kept is lost; please report it."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rapport", description="A CRM that you talk to.")
    parser.set_defaults(run="run:run")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    _command(commands, "run", "run:run", "start all that is configured (the default)")

    chat = _command(commands, "chat", "chat:chat", "talk as a member of the team")
    chat.add_argument("--user", metavar="NAME", help="who talks; the only owner if left out")
    chat.add_argument("--now", metavar="ISO", help="set the clock")
    chat.add_argument("--json", action="store_true", help="one JSON object a line")

    explain = _command(commands, "explain", "explain:explain", "what a message would be understood as, and why")
    explain.add_argument("text", nargs="?", metavar="TEXT")
    explain.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out")

    mail = commands.add_parser("mail", help="hand in, read and explain mail")
    mails = mail.add_subparsers(title="mail commands", metavar="COMMAND", required=True)
    mail_explain = _command(mails, "explain", "mail:explain", "what a raw mail is understood as")
    mail_explain.add_argument("files", nargs="+", metavar="FILE")
    newest = _command(mails, "newest", "mail:newest", "a mail's text without quotes and signature")
    newest.add_argument("--jsonl", action="store_true", required=True)
    deliver = _command(mails, "deliver", "mail:deliver", "hand in one raw mail, as a mail server's pipe does")
    deliver.add_argument("file", nargs="?", default="-", metavar="FILE")
    deliver.add_argument("--now", metavar="ISO", help="set the clock")

    archive = _command(mails, "import", "mail_import:import_mail", "take in old mail: mbox, Maildir, .eml files")
    archive.add_argument("path", metavar="PATH", help="an mbox file, a Maildir, a folder, or one .eml file")

    find = _command(commands, "find", "find:find", "find contacts")
    find.add_argument("query", nargs="?", metavar="QUERY")
    duplicates = _command(commands, "duplicates", "duplicates:duplicates", "contacts that may be one person")
    duplicates.add_argument("--json", action="store_true", help="one object a pair")
    find.add_argument("--jsonl", action="store_true", help="a query a line in, an array a line out")

    importing = _command(commands, "import", "importing:import_file", "read another system's file, or an export")
    importing.add_argument("file", metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS, vCard or our own .jsonl")
    importing.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    importing.add_argument("--as", dest="system", metavar="SYSTEM", help="whose file it is, if it doesn't tell itself")
    importing.add_argument("--user", metavar="NAME", help="whose undo takes it back; the first owner if left out")

    export = _command(commands, "export", "export:export", "everything as JSON Lines, or the contacts")
    export.add_argument("--format", choices=["jsonl", "csv", "xlsx", "vcard"], default="jsonl")
    export.add_argument("--out", metavar="PATH")

    _add_user_commands(commands)
    _add_upkeep_commands(commands)

    database = commands.add_parser("db", help="the database itself")
    databases = database.add_subparsers(title="database commands", metavar="COMMAND", required=True)
    _command(databases, "upgrade", "database:upgrade_database", "migrate to this version's schema (also done at start)")
    return parser


def _add_user_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    user = commands.add_parser("user", help="who belongs to the team")
    users = user.add_subparsers(title="user commands", metavar="COMMAND", required=True)
    add = _command(users, "add", "user:add", "add a member")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--email", default="", metavar="ADDRESS")
    add.add_argument("--telegram", default="", metavar="ID", help="the numeric Telegram id")
    add.add_argument("--role", choices=["owner", "member", "viewer"], default="member")
    add.add_argument("--language", choices=["en", "de", "ru"])
    add.add_argument("--timezone", metavar="ZONE", help="for example Europe/Berlin")
    listing = _command(users, "list", "user:show", "the team")
    listing.add_argument("--json", action="store_true")
    remove = _command(users, "remove", "user:remove", "take a member out of the team")
    remove.add_argument("name", metavar="NAME")
    _command(users, "claim-code", "user:show_claim_code", "a one-time code that makes its sender in Telegram the owner")


def _add_upkeep_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = _command(commands, "backup", "backup:backup", "a copy of the whole database, also while it is in use")
    backup.add_argument("file", metavar="FILE")
    restore = _command(commands, "restore", "backup:restore_backup", "put a backup in the database's place")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--force", action="store_true", help="replace the database that is there")
    doctor = _command(commands, "doctor", "doctor:doctor", "the health of every part, and what to do")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    calendar = _command(commands, "calendar", "calendar:calendar", "tasks, meetings and birthdays as an iCalendar file")
    calendar.add_argument("--user", metavar="NAME", help="whose; the first owner if left out")
    _command(commands, "init", "init:init", "first set-up, by questions")
    _command(commands, "demo", "demo:demo", "a small team to look around in")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: str, says: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    parser.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
