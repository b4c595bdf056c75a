"""How many moments are found, and how fast: reminders.when beside dateparser's search, on the same messages in one run.

`python -m bench.moments [ROWS]`: of the development set at most so many rows a language (default all). Only the moment
itself is compared (of a date without a time the date), since dateparser finds neither recurrences nor titles.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.measuring import median, percentile, show
from reminders.moment import Setting
from reminders.when import find_moment

Row = dict[str, Any]
Finder = Callable[[Row], datetime | None]
_TESTS = Path(__file__).parent.parent / "tests"
SETS = {
    "development": _TESTS / "reminders" / "moments.jsonl",
    "held out": _TESTS / "held_out" / "moments.jsonl",
}
LANGUAGES = ("en", "de", "ru")


def main() -> None:
    """A table for each set: right ones, quiet ones, median and p95 of the CPU time of a message."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else sys.maxsize
    warnings.simplefilter("ignore")  # dateparser's own, about days without a year
    for name, path in SETS.items():
        rows = list(_rows(path, most))
        lines: list[tuple[str, str]] = []
        figures: dict[str, object] = {}
        for finder, find in (("rapport", _by_rapport), ("dateparser", _by_dateparser)):
            for row in rows[:: max(1, len(rows) // 30)]:
                find(row)  # lexicons are read and languages loaded before the clock runs
            times: list[float] = []
            right: dict[str, list[bool]] = {}
            for row in rows:
                begin = time.process_time()
                found = find(row)
                times.append((time.process_time() - begin) * 1000)
                kind = f"{'quiet' if row['at'] is None else 'right'} {row['lang']}"
                right.setdefault(kind, []).append(_is_right(row, found))
            rates = {kind: round(100 * sum(hits) / len(hits), 1) for kind, hits in sorted(right.items(), reverse=True)}
            shown = ", ".join(f"{kind} {rate} % of {len(right[kind])}" for kind, rate in rates.items())
            lines += [
                (finder, shown),
                ("", f"median {median(times):.2f} ms, p95 {percentile(times, 95):.2f} ms a message"),
            ]
            figures[finder] = {**rates, "median_ms": round(median(times), 3), "p95_ms": round(percentile(times, 95), 2)}
        show(f"moments, {name} set", lines, figures)


def _rows(path: Path, most: int) -> Iterator[Row]:
    """The rows of a set in the three languages."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if counts.get(row["lang"], most) < most:
            counts[row["lang"]] += 1
            yield row


def _is_right(row: Row, found: datetime | None) -> bool:
    if row["at"] is None or found is None:
        return row["at"] is None and found is None
    wanted = datetime.fromisoformat(row["at"])
    return found == wanted if row["has_time"] else found.date() == wanted.date()


def _now_of(row: Row) -> datetime:
    now = datetime.fromisoformat(row["now"])
    return now if now.tzinfo else now.replace(tzinfo=ZoneInfo(row["tz"]))


def _by_rapport(row: Row) -> datetime | None:
    moment = find_moment(row["text"], Setting(_now_of(row), row["tz"], row["lang"], row.get("country")))
    return moment.wall if moment is not None else None


def _by_dateparser(row: Row) -> datetime | None:
    from dateparser.search import search_dates

    found = search_dates(
        row["text"],
        languages=[row["lang"]],
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": _now_of(row).replace(tzinfo=None),
            "DATE_ORDER": "MDY" if row.get("country") == "US" else "DMY",
        },
    )
    return found[0][1].replace(tzinfo=None, microsecond=0) if found else None


if __name__ == "__main__":
    main()
