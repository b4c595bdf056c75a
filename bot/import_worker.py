"""Reads a file that came by chat in a process of its own, with a limit of memory: a request in, reports out, as JSON.

One request on stdin (a line); on stdout a line for each report. The last line has `"end": true`; without it, it broke.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from storage.codec import from_json
from storage.errors import is_trouble
from storage.importing.asked import Asked
from storage.importing.files import open_file
from storage.importing.importer import PAUSE, Import, run_import
from storage.importing.records import CannotImport, Counts, Problem
from storage.importing.values import Habits
from storage.opening import open_database_now

MEMORY = 1 << 30  # bytes
_PROBLEMS = 20  # that are told by their line; of the others, how many
_NAMES = 3
_OFTEN = 0.5  # seconds between two signs of life


def main() -> None:
    """`python -m bot.import_worker`: answers one request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = from_json(Asked, sys.stdin.readline())
    try:
        for report in _imported(asked) if asked.database else _looked_at(asked):
            _say(report)
    except CannotImport as error:
        _say({"error": str(error), "end": True})
    except MemoryError:
        _say({"error": "The file is too big. Split it, or save it as CSV.", "end": True})
    except Exception as error:
        if not is_trouble(error):
            raise
        sys.exit(os.EX_TEMPFAIL)


def _say(report: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def _looked_at(asked: Asked) -> Iterator[dict[str, object]]:
    """What is in the file, without touching the database."""
    opened = open_file(Path(asked.path), _habits(asked))
    lines: set[int] = set()  # an export is read several times
    names: dict[str, None] = {}
    problems: list[Problem] = []
    shown = time.monotonic()
    for step in opened.steps:
        if isinstance(step, Problem):
            problems.append(step)
        else:
            lines.add(step.line)
            if step.name and len(names) < _NAMES:
                names[step.name] = None
        if time.monotonic() - shown > _OFTEN:
            shown = time.monotonic()
            yield {"rows": len(lines)}
    yield {"label": opened.label, "rows": len(lines), "names": list(names), "end": True} | _told(problems)


def _imported(asked: Asked) -> Iterator[dict[str, object]]:
    habits, parent = _habits(asked), os.getppid()
    opened = open_file(Path(asked.path), habits)
    ordered = Import(asked.at, asked.user_id, asked.inbox_id, habits, asked.zone)
    counts, problems, shown = Counts(), list[Problem](), 0.0
    with open_database_now(asked.database) as database:
        for report in run_import(ordered, opened, database.transact):
            counts = report.counts
            problems += report.problems
            if os.getppid() != parent:
                return  # nobody waits for it: whoever takes the job over begins anew
            if time.monotonic() - shown > _OFTEN:
                shown = time.monotonic()
                yield {"rows": counts.total}
            time.sleep(PAUSE)
    yield {"label": opened.label, "rows": counts.total, "end": True} | asdict(counts) | _told(problems)


def _habits(asked: Asked) -> Habits:
    return Habits(asked.country, asked.month_first)


def _told(problems: list[Problem]) -> dict[str, object]:
    first = [[each.line, each.reason] for each in problems[:_PROBLEMS]]
    return {"problems": first, "problem_count": len(problems)}


if __name__ == "__main__":
    main()
