"""The database: there, readable, writable, whole, and nobody waits in it."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.health.check import Check, fail, ok, size, span, warn
from bot.health.facts import Facts, read_facts
from bot.settings import Settings
from storage.backup import known_versions
from storage.database import Database, database_url
from storage.errors import RapportError
from storage.holding import InUse, alone, shared
from storage.schema import HEAD, schema_version

_BIG = 200_000_000  # bytes of a file that is read as a whole to check it
_BIG_LOG = 200_000_000
_SLOW, _STUCK = timedelta(minutes=5), timedelta(hours=6)


def examine_database(settings: Settings, wall: datetime) -> tuple[list[Check], Facts | None]:
    """The findings, and what can be read of the work; None when nothing can. Makes no database."""
    url = database_url(settings.database)
    if url.get_backend_name() != "sqlite":
        return _examine(Database(settings.database), url.render_as_string(hide_password=True), wall, None)
    path = Path(str(url.database)).resolve()
    if not path.exists():
        where = f"there is none at {path}"
        return [fail("database", where, "rapport init makes it, or set RAPPORT_DATABASE to yours")], None
    if not path.is_file():
        return [fail("database", f"{path} is no file", "set RAPPORT_DATABASE to a file's path")], None
    running = _is_open(path)
    try:
        with shared(path):
            checks, facts = _examine(Database(settings.database), str(path), wall, path)
    except RapportError as error:
        return [fail("database", str(error).rstrip("."), "wait for its end")], None
    except OSError as error:
        return [_unwritable(path, error.strerror or "")], None
    todo = "" if running else "mail, Telegram and reminders need `rapport run`"
    checks.append(ok("process", "one has the database open" if running else "none has the database open", todo))
    return checks, facts


def examine_work(facts: Facts, wall: datetime) -> list[Check]:
    """What waits in the database, and who could see to it."""
    return [
        _owners(facts),
        _inbox(facts, wall),
        _parked(facts),
        _outbox(facts, wall),
    ]


def _examine(database: Database, name: str, wall: datetime, path: Path | None) -> tuple[list[Check], Facts | None]:
    try:
        version = database.look(schema_version)
        if version is None:
            return [fail("database", f"{name} is empty", "rapport init, or rapport restore a backup")], None
        if version not in known_versions():
            what = f"{name} was made by a newer Rapport (schema {version})"
            return [fail("schema", what, "update Rapport, or restore an older backup")], None
        checks = [ok("database", name if path is None else f"{name}, {size(path.stat().st_size)}")]
        if version != HEAD:
            todo = "rapport db upgrade (rapport backup first)"
            return [*checks, warn("schema", f"{version}, this Rapport's is {HEAD}", todo)], None
        checks.append(ok("schema", version))
        checks += [] if path is None else _file(database, path)
        checks.append(_writing(database, path))
        return checks, database.look(lambda connection: read_facts(connection, wall))
    except SQLAlchemyError as error:
        return [_unusable(name, error, path)], None
    finally:
        database.close_now()


def _file(database: Database, path: Path) -> list[Check]:
    checks = []
    log = Path(f"{path}-wal")
    if log.exists() and (octets := log.stat().st_size) > _BIG_LOG:
        todo = "some program reads without end: stop it, or restart `rapport run`"
        checks.append(warn("log", f"{log.name} has grown to {size(octets)}", todo))
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) & 0o044:
        checks.append(warn("privacy", f"other users of this machine can read {path}", f"chmod 600 {path}"))
    if path.stat().st_size > _BIG:
        return [*checks, ok("integrity", "not checked: the file is big", "rapport backup FILE checks its copy")]

    def check(connection: Connection) -> str:
        return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())

    said = database.look(check)
    if said == "ok":
        return [*checks, ok("integrity", "the file is whole")]
    return [*checks, fail("integrity", f"the file is damaged ({said[:80]})", _RESTORE)]


_RESTORE = "stop rapport, keep the file, then rapport restore FILE --force with the newest backup"


def _writing(database: Database, path: Path | None) -> Check:
    try:
        database.transact(lambda connection: None)
    except DBAPIError as error:
        if "locked" in str(error.orig):
            return fail("writing", "another process has held the write lock for 10 s", "end the one that hangs")
        return _unwritable(path, "") if path is not None else fail("writing", "it is read-only", "use the primary")
    return ok("writing", "it can be written")


def _unwritable(path: Path, why: str) -> Check:
    todo = f"give the user that runs Rapport the right to write {path} and in {path.parent}"
    return fail("writing", f"{path} can't be written" + (f" ({why})" if why else ""), todo)


def _unusable(name: str, error: SQLAlchemyError, path: Path | None) -> Check:
    said = str(getattr(error, "orig", "")).lower()
    if path is None:
        todo = "is the server up, and are host, user and password in RAPPORT_DATABASE right?"
        return fail("database", f"{name} can't be reached", todo)
    if "locked" in said:
        return fail("database", f"{name} is locked by another program", "end the one that hangs")
    if any(word in said for word in ("readonly", "unable to open", "permission")):
        return _unwritable(path, "")
    if "not a database" in said or "malformed" in said:
        return fail("integrity", f"{name} is damaged, or no database", _RESTORE)
    return fail("database", f"{name} can't be read ({type(error).__name__})", "is the disk in order?")


def _is_open(path: Path) -> bool:
    try:
        with alone(path):
            return False
    except InUse:
        return True


def _owners(facts: Facts) -> Check:
    owners = [user for user in facts.team if user.role == "owner"]
    if not owners:
        todo = "rapport user add NAME --role owner, or rapport user claim-code and send it to the bot"
        return warn("owners", "nobody owns this Rapport", todo)
    deaf = [user.name for user in facts.team if not user.telegram and not user.email]
    what = ", ".join(user.name for user in owners)
    if deaf:
        return ok("owners", what, f"only at the console: {', '.join(deaf)} (no Telegram id, no mail address)")
    return ok("owners", what)


def _inbox(facts: Facts, wall: datetime) -> Check:
    if not facts.unhandled.count or facts.unhandled.since is None:
        return ok("inbox", "everything is handled")
    age = wall - facts.unhandled.since
    what = f"{facts.unhandled.count} unhandled, the oldest for {span(age)}"
    if age < _SLOW:
        return ok("inbox", what)
    todo = "is `rapport run` up? Its log tells more"
    return fail("inbox", what, todo) if age > _STUCK else warn("inbox", what, todo)


def _parked(facts: Facts) -> Check:
    if not facts.parked:
        return ok("parked", "no message was given up")
    what = f"{facts.parked} message{'s' * (facts.parked > 1)} couldn't be handled"
    return warn("parked", what, 'say "triage" in the chat to see them')


def _outbox(facts: Facts, wall: datetime) -> Check:
    if facts.undeliverable:
        count = sum(number for _, number in facts.undeliverable)
        why = facts.undeliverable[0][0] or "no reason known"
        what = f"{count} couldn't be delivered in the last days, mostly: {why}"
        return warn("outbox", what, "see the members' Telegram ids and addresses: rapport user list")
    waits = facts.undelivered
    if waits.count and waits.since is not None and wall - waits.since > _SLOW:
        what = f"{waits.count} wait to be sent, the oldest for {span(wall - waits.since)}"
        return warn("outbox", what, "is `rapport run` up, and can it reach Telegram and the mail server (see below)?")
    return ok("outbox", f"{waits.count} on the way" if waits.count else "everything is sent")
