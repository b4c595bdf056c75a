"""How much of the held-out sets is understood: rates only, so that nobody tunes words against single lines.

`python -m tests.held_out.score [moments|intents|mail]`
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from handlers.understand.explain import explained
from handlers.understand.intents import NoLookups
from handlers.understand.understand import understand
from mail.parse import parse_mail
from reminders.moment import Setting
from reminders.when import find_moment, title_without

FOLDER = Path(__file__).parent
Row = dict[str, Any]


def main() -> None:
    """Prints a table for each set that is asked for, all when none is."""
    scorers: dict[str, Callable[[], None]] = {"moments": moments, "intents": intents, "mail": mails}
    for name in sys.argv[1:] or scorers:
        scorers[name]()


def moments() -> None:
    """Moment, has_time, rule and title: each alone, and all of them right."""
    counts: dict[str, Counter[str]] = {}
    times = []
    for row in _rows("moments.jsonl"):
        setting = _setting(row)
        start = time.process_time()
        found = find_moment(row["text"], setting)
        times.append(time.process_time() - start)
        kind = row["id"].rpartition("-")[0]
        count = counts.setdefault(kind, Counter())
        count["n"] += 1
        if row["at"] is None:
            count["all"] += found is None
            continue
        wanted = datetime.fromisoformat(row["at"])
        right = {
            "moment": found is not None and found.wall == wanted,
            "has_time": found is not None and found.has_time == row["has_time"],
            "rule": found is not None and _same_rule(found.rrule, row["rrule"], wanted),
            "title": row["title"] is None
            or _plain(title_without(row["text"], found, row["lang"])) == _plain(row["title"]),
        }
        count.update(name for name, fits in right.items() if fits)
        count["all"] += all(right.values())
    _print("moments", counts, ("moment", "has_time", "rule", "title", "all"))
    times.sort()
    median, slow = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
    print(f"  median {median:.2f} ms, p95 {slow:.2f} ms of CPU a message")


def intents() -> None:
    """The intent, and the slots that are labelled; without a store."""
    counts: dict[str, Counter[str]] = {}
    for row in _rows("intents.jsonl"):
        found = explained(understand(row["text"], _setting(row), NoLookups(), row["lang"]))
        count = counts.setdefault(row["id"].rpartition("-")[0], Counter())
        count["n"] += 1
        right = {
            "intent": found["intent"] == row["intent"],
            "slots": all(_same_slot(name, found["slots"].get(name), value) for name, value in row["slots"].items()),
            "more": [each["intent"] for each in found["more"]] == row["more"],
        }
        count.update(name for name, fits in right.items() if fits)
        count["all"] += all(right.values())
        writes = found["intent"] not in (
            "unknown",
            "help",
            "lookup_contact",
            "history",
            "list_tasks",
            "list_leads",
            "pipeline",
        )
        count["misfire"] += row["intent"] == "unknown" and writes
    _print("intents", counts, ("intent", "slots", "more", "all", "misfire"))


def mails() -> None:
    """Forwards with all fields right, forwards seen where none is, newest text, kinds."""
    counts: dict[str, Counter[str]] = {}
    for row in _rows("mail/labels.jsonl"):
        mail = parse_mail((FOLDER / "mail" / row["file"]).read_bytes())
        letter = mail.letter
        group = "forward" if row["forwarded"] else "automatic" if row["kind"] != "personal" else "reply"
        group += "2" if row.get("set") == 2 else ""
        count = counts.setdefault(group, Counter())
        count["n"] += 1
        wanted_date = datetime.fromisoformat(row["date"]) if row["date"] else None
        newest = [row["newest"], *row.get("newest_or", [])]
        comments = [row["comment"], *row.get("comment_or", [])]
        right = {
            "forwarded": (mail.original is not None) == row["forwarded"],
            "from": letter.sender.name in [row["from_name"] or "", *row.get("from_name_or", [])]
            and letter.sender.verbatim == (row["from_address"] or ""),
            "to_cc": [each.verbatim for each in letter.to if each.address] == row["to"]
            and [each.verbatim for each in letter.cc if each.address] == row["cc"],
            "subject": row["subject"] is None or letter.subject == row["subject"],
            "date": _same_date(letter.date, wanted_date),
            "comment": not row["forwarded"] or _flat(mail.comment) in [_flat(each) for each in comments],
            "newest": row["newest"] is None or _flat(letter.newest) in [_flat(each) for each in newest],
            "kind": mail.kind == row["kind"],
        }
        count.update(name for name, fits in right.items() if fits)
        count["all"] += all(right.values())
    names = ("forwarded", "from", "to_cc", "subject", "date", "comment", "newest", "kind", "all")
    _print("mail", counts, names)


def _rows(name: str) -> Iterator[Row]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _setting(row: Row) -> Setting:
    now = datetime.fromisoformat(row["now"])
    now = now if now.tzinfo else now.replace(tzinfo=ZoneInfo(row["tz"]))
    return Setting(now=now, zone=row["tz"], language=row["lang"], country=row.get("country"))


def _print(title: str, counts: dict[str, Counter[str]], names: tuple[str, ...]) -> None:
    print(title)
    for kind, count in counts.items():
        cells = "  ".join(f"{name} {count[name]}" for name in names if count[name] or name == "all")
        print(f"  {kind:10} of {count['n']:3}: {cells}")


def _plain(text: str | None) -> str:
    words = re.findall(r"\w+", (text or "").casefold().replace("ё", "е"))
    return " ".join(word for word in words if word not in ("the", "a", "an", "der", "die", "das", "den", "dem"))


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def _same_rule(found: str | None, wanted: str | None, start: datetime) -> bool:
    """Rules are the same when they give the same next 12 moments."""
    if not found or not wanted:
        return not found and not wanted
    try:
        first, second = (
            list(rrulestr(rule.removeprefix("RRULE:"), dtstart=start).xafter(start, 12)) for rule in (found, wanted)
        )
    except ValueError:
        return False
    return first == second


def _same_slot(name: str, found: Any, wanted: Any) -> bool:
    if isinstance(wanted, int | float):
        return found is not None and abs(float(found) - float(wanted)) < 0.005
    if name == "phone":
        return re.sub(r"\D", "", str(found or "")) == re.sub(r"\D", "", str(wanted))
    return _plain(str(found or "")) == _plain(str(wanted))


def _same_date(found: datetime | None, wanted: datetime | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    if (found.tzinfo is None) != (wanted.tzinfo is None):
        return False
    return found.replace(second=0) == wanted.replace(second=0)


if __name__ == "__main__":
    main()
