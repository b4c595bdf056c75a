"""Structured logs: one line an event, ids and counts only; never bodies, addresses, tokens or passwords."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

_LOUD = (
    "httpx",
    "httpcore",
    "telegram",
    "mail.log",
    "aioimaplib",
    "asyncio",
    "alembic",
    "sqlalchemy",
)  # others' logs quote URLs and text


class Lines(logging.Formatter):
    """time level logger message, and the places of an exception without its text; JSON where no person reads it."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """One event as one line (or, for people, with its trace below)."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        error = record.exc_info[1] if record.exc_info else None
        trace = (
            [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
            if error
            else []
        )
        if self._as_json:
            event = {"at": at, "level": record.levelname.lower(), "from": record.name, "event": record.getMessage()}
            if error is not None:
                event |= {"error": type(error).__name__, "trace": " < ".join(reversed(trace))}
            return json.dumps(event, ensure_ascii=False)
        head = f"{at} {record.levelname.lower()} {record.name}: {record.getMessage()}"
        return "\n".join([head, *(f"    {place}" for place in trace)])


def start_logging(level: str = "INFO") -> None:
    """Logs to stderr: for people on a terminal, as JSON Lines elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=not sys.stderr.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("rapport").setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
