"""One finding about one part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """`name` of the part, what is so with it, and what to do about it ("" when nothing)."""

    name: str
    status: Status
    what: str
    todo: str = ""


def ok(name: str, what: str, todo: str = "") -> Check:
    """As it should be."""
    return Check(name, "ok", what, todo)


def warn(name: str, what: str, todo: str) -> Check:
    """It works, but not as it should, or not for long."""
    return Check(name, "warn", what, todo)


def fail(name: str, what: str, todo: str) -> Check:
    """It doesn't work."""
    return Check(name, "fail", what, todo)


def size(octets: int) -> str:
    """A file's size for people."""
    for unit in ("bytes", "kB", "MB"):
        if octets < 1000:
            return f"{octets:.0f} {unit}"
        octets //= 1000
    return f"{octets} GB"


def span(length: timedelta) -> str:
    """How long something lasts, roughly."""
    minutes = max(0, round(length.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
