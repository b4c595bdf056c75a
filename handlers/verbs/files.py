"""A file sent into the chat: looked at, imported when its user says so, and what came of it told."""

from __future__ import annotations

import re

from handlers.acting import Acting, draft
from storage.codec import pack, unpack
from storage.jobs import add_job, is_being_undone, newest_import, stop_job
from storage.messages import Choice, Draft, JobKind, Outcome, SentFile
from storage.undoing import MOST_AT_ONCE, count_standing

READABLE = frozenset((".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".vcf", ".jsonl"))
_MOST_BYTES = {"telegram": 20_000_000}  # https://core.telegram.org/bots/api#getfile
_UNASKED = 10  # records that go in at once: more are many
_SHOWN = 5  # problems that are told by their line
_TOLD = re.compile(r"(?P<what>.*?) (?P<reason>is no mail address|is no number|is no date|is no amount|can't be read)")


def read_file(acting: Acting, file: SentFile) -> Draft:
    """Lets a file be looked at, if it is of a kind that can be imported."""
    if not acting.user.may_write:
        return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))
    source = acting.lane.partition(":")[0]
    most = _MOST_BYTES.get(source)
    if file.suffix not in READABLE:
        return draft(
            acting.say(
                "I can't read {name}. Contacts come in as CSV, XLSX, ODS, vCard or a Rapport export (.jsonl).",
                name=file.name[:100],
            )
        )
    if most is not None and file.size > most:
        return draft(
            acting.say(
                "{name} has {n} MB, and Telegram hands me {most} at most. Split it, or import it on the server.",
                name=file.name[:100],
                n=-(-file.size // 1_000_000),
                most=most // 1_000_000,
            )
        )
    _begin(acting, "look", file, source)
    return draft("📄 " + acting.say("{name}: reading …", name=file.name[:100]))


def start_import(acting: Acting, packed: dict[str, object]) -> Draft:
    """The user wants it in."""
    file = unpack(SentFile, packed)
    _begin(acting, "import", file, acting.lane.partition(":")[0])
    return draft("📄 " + acting.say("{name}: importing … I'll tell you when it is done.", name=file.name[:100]))


def tell_outcome(acting: Acting, outcome: Outcome) -> Draft | None:
    """What became of a job, for the user who asked for it; None when the next step says it."""
    if outcome.kind == "undo":
        return _tell_undone(acting, outcome)
    name = outcome.file.name[:100] if outcome.file is not None else ""
    if outcome.error:
        return draft(f"⚠ {name}", _failure(acting, outcome.error))
    if outcome.kind == "import":
        return _tell_imported(acting, name, outcome)
    if outcome.rows == 0:
        nothing = acting.say("there is nothing in it that I can take in.")
        return draft(f"📄 {name}: {nothing}", *_problems(acting, outcome))
    if outcome.rows <= _UNASKED and outcome.file is not None:
        _begin(acting, "import", outcome.file, acting.lane.partition(":")[0])
        return None
    rows = acting.words.count("{n} record", "{n} records", outcome.rows)
    examples = acting.say("For example: {names}", names=", ".join(outcome.names)) if outcome.names else ""
    row = (
        Choice(acting.say("Import"), "import", {"file": pack(outcome.file)}),
        Choice(acting.say("Cancel"), "drop"),
    )
    return draft(
        f"📄 {name}: {outcome.label}, {rows}", examples, *_problems(acting, outcome),
        acting.say("Shall I import it? What is there already isn't doubled."), choices=(row,),
    )  # fmt: skip


def undo_slowly(acting: Acting, inbox_id: int) -> Draft | None:
    """Undoes by a job what is too much for one transaction, or still going on; None when it isn't."""
    if is_being_undone(acting.connection, inbox_id):
        return draft(acting.say("That is being undone already."))
    stopped = stop_job(acting.connection, "import", inbox_id)
    if not stopped and count_standing(acting.connection, inbox_id) <= MOST_AT_ONCE:
        return None
    add_job(
        acting.connection, "undo", user_id=acting.user.id, inbox_id=acting.inbox_id, lane=acting.lane, at=acting.now,
        about=inbox_id, arguments={"answers": acting.answers},
    )  # fmt: skip
    return draft("↩ " + acting.say("That is much. I am taking it back, and tell you when it is done."))


def import_under_way(acting: Acting) -> int | None:
    """The message on which the changes of this user's running import hang."""
    return newest_import(acting.connection, acting.user.id)


def _begin(acting: Acting, kind: JobKind, file: SentFile, source: str) -> None:
    add_job(
        acting.connection, kind, user_id=acting.user.id, inbox_id=acting.inbox_id, lane=acting.lane, at=acting.now,
        source=source, arguments={"file": pack(file), "source": source, "answers": acting.answers},
    )  # fmt: skip


def _tell_imported(acting: Acting, name: str, outcome: Outcome) -> Draft:
    count = acting.words.count
    parts = [
        count("{n} added", "{n} added", outcome.added) if outcome.added else "",
        count("{n} updated", "{n} updated", outcome.updated) if outcome.updated else "",
        count("{n} unchanged", "{n} unchanged", outcome.unchanged) if outcome.unchanged else "",
        count("{n} left out", "{n} left out", outcome.skipped) if outcome.skipped else "",
    ]
    said = ", ".join(filter(None, parts)) or acting.say("there is nothing in it that I can take in.")
    undo = Choice(acting.say("Undo"), "undo", {"inbox": outcome.changes})
    changed = outcome.added or outcome.updated
    return draft(f"✓ {name}: {said}", *_problems(acting, outcome), choices=((undo,),) if changed else ())


def _tell_undone(acting: Acting, outcome: Outcome) -> Draft:
    if outcome.error:
        return draft("⚠ " + acting.say("Not all of it could be taken back. Say undo again."))
    lines = ["↩ " + acting.say("Undone.")]
    if outcome.skipped:
        stay = acting.words.count(
            "{n} contact stays, because newer entries build on it: {names}",
            "{n} contacts stay, because newer entries build on them: {names}",
            outcome.skipped,
            names=", ".join(outcome.names[:_SHOWN]) + (" …" if outcome.skipped > _SHOWN else ""),
        )
        lines.append(stay)
    return draft(*lines)


def _problems(acting: Acting, outcome: Outcome) -> list[str]:
    lines = [
        acting.say("line {n}: {reason}", n=line, reason=_reason(acting, reason))
        for line, reason in outcome.problems[:_SHOWN]
    ]
    more = outcome.problem_count - len(lines)
    if more > 0:
        lines.append(acting.words.count("… and {n} more line like this", "… and {n} more lines like these", more))
    return lines


def _reason(acting: Acting, reason: str) -> str:
    """A row's problem in the user's language, for those that people meet; the rest are our own export's."""
    told = _TOLD.fullmatch(reason)
    said = {
        "is no mail address": acting.say("is no mail address"),
        "is no number": acting.say("is no number"),
        "is no date": acting.say("is no date"),
        "is no amount": acting.say("is no amount"),
        "can't be read": acting.say("can't be read"),
        "the row has no name": acting.say("the row has no name"),
        "the row has no name, address or number": acting.say("the row has no name, address or number"),
        "the card has no name, address or number": acting.say("the card has no name, address or number"),
        "the card doesn't end": acting.say("the card doesn't end"),
        "no JSON object": acting.say("this is no record of an export"),
        "the database refuses it": acting.say("the database refuses it"),
    }
    return f"{told['what']} {said[told['reason']]}" if told else said.get(reason, reason)


def _failure(acting: Acting, error: str) -> str:
    """Why a file couldn't be read, in the user's language."""
    if "empty" in error:
        return acting.say("The file is empty.")
    if "names its columns" in error:
        return acting.say("No row names its columns. The first one should read, for example: Name,Email,Phone,Company")
    if "too big" in error:
        return acting.say("The file is too big. Split it, or save it as CSV.")
    if "gone" in error:
        return acting.say("I can't get the file any more. Send it again.")
    if "none of" in error:
        return acting.say("That is none of the kinds I can read: CSV, XLSX, ODS, XLS, vCard, or a Rapport export.")
    return acting.say("The file is damaged, or locked by a password. Save it anew, or as CSV.")
