"""What the process that reads a file is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done with which file, and for whom. `database` is empty when it is only to be looked at."""

    path: str
    country: str | None
    month_first: bool
    zone: str
    at: datetime
    user_id: int
    inbox_id: int
    database: str = ""
