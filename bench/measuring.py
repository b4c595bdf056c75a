"""What every benchmark needs: medians, processes looked at from outside, a small table and one line of JSON."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def median(values: Iterable[float]) -> float:
    """The middle one: other work on the machine disturbs single rounds."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of the values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(percent / 100 * len(ordered) + 0.5) - 1))]


def show(name: str, rows: Iterable[tuple[str, str]], figures: dict[str, object]) -> None:
    """A table for people, then the figures as one line of JSON; the load says how busy the machine was besides."""
    rows = list(rows)
    width = max(len(label) for label, _ in rows)
    print(f"\n{name}")
    for label, value in rows:
        print(f"  {label:<{width}}  {value}")
    load = round(os.getloadavg()[0], 2)
    print(json.dumps({"bench": name, **figures, "cores": os.cpu_count(), "load": load}), flush=True)


def cpu_of(pid: int) -> float:
    """Seconds of CPU, user and system, of all threads of a running process; in steps of a clock tick (10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_of(pid: int, field: str = "VmRSS") -> float:
    """MiB of a running process: VmRSS (resident), VmHWM (the most that it ever was), RssAnon (its own pages)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def children_of(pid: int) -> dict[int, str]:
    """The running child processes: id -> command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue  # it ended meanwhile
    return found
